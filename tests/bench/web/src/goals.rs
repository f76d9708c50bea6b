//! What a banner of ours may cost a page, and whether it kept to that in this run.

use crate::browser::Network;
use crate::cost::{Cost, ratios};
use crate::subjects::{BARE, FASTEST, OURS, PEER};
use crate::table::{median, named, ratio};
use crate::visit::{Click, Visit};

/// Visible, as a multiple of the bare page's first contentful paint.
const VISIBLE_TO_BARE: f64 = 1.15;
/// Visible, as a multiple of the fastest peer's.
const VISIBLE_TO_FASTEST: f64 = 0.75;
/// The page's own paints, as a multiple of the bare page's.
const PAINTS_TO_BARE: f64 = 1.05;
/// The longest script of ours with the slow processor, in milliseconds.
const LONGEST_SCRIPT: f64 = 50.0;
/// From a click to the next paint with the slow processor, in milliseconds.
const CLICK: f64 = 100.0;
/// Script time of a decided visit, as a multiple of the peer's.
const DECIDED: f64 = 0.5;

/// Prints each goal, what came of it, and whether that is enough.
pub fn judge(all: &[(Network, Vec<Vec<Visit>>)], clicks: &[Vec<Click>], cost: Option<&Cost>) {
    println!("\nGoals");
    for (network, rounds) in all {
        let (bare, fastest, ours) = (named(rounds, BARE), named(rounds, FASTEST), named(rounds, OURS));
        let line = |goal: &str, value: Option<f64>, limit: f64| say(goal, network.name(), value, limit);
        let fcp = |visit: &Visit| Some(visit.fcp);
        let lcp = |visit: &Visit| visit.lcp;
        let visible = |visit: &Visit| visit.visible;
        line("visible x bare FCP", ratio(ours, bare, visible, fcp), VISIBLE_TO_BARE);
        line("visible x fastest peer", ratio(ours, fastest, visible, visible), VISIBLE_TO_FASTEST);
        line("FCP x bare", ratio(ours, bare, fcp, fcp), PAINTS_TO_BARE);
        line("LCP x bare", ratio(ours, bare, lcp, lcp), PAINTS_TO_BARE);
        // What the page itself shifts is not ours.
        let shift = |visits: &[Visit]| visits.iter().map(|visit| visit.shift).fold(0.0, f64::max);
        line("layout shift beyond the page's", Some(shift(ours) - shift(bare)), 0.0);
        if *network == Network::Slow4g {
            line("longest script of ours, ms", median(ours.iter().map(|visit| visit.script)), LONGEST_SCRIPT);
        }
    }
    for click in clicks.iter().flatten().filter(|click| click.subject == OURS) {
        let goal = format!("click on {}, ms", click.button);
        say(&goal, "processor 4 x slower", median(click.durations.iter().copied()), CLICK);
    }
    for (answer, ratio) in cost.into_iter().flat_map(ratios) {
        say(&format!("scripts, after {answer}, x {PEER}"), "decided visit", ratio, DECIDED);
    }
}

fn say(goal: &str, where_: &str, value: Option<f64>, limit: f64) {
    let value = value.unwrap_or(f64::INFINITY);
    let verdict = if value <= limit { "reached" } else { "MISSED" };
    println!("{verdict:<9}{goal:<46}{value:>8.2}, at most {limit:<7}({where_})");
}
