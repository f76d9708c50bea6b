//! What the gate costs a page's main thread: in a crowd of elements, and on the page of a visitor who has decided.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::browser::{Browser, Network, Work};
use crate::crowd::{GATED, INERT, NOTHING, UNMARKED};
use crate::subjects::{BARE, OURS, PEER, SUBJECTS, Subject};
use crate::table::{median, show};

/// How long after its load event a page is watched. What comes soon after comes within it.
const REST: Duration = Duration::from_millis(2000);
/// Our button, on the crowd's page.
const ACCEPT: &str = "#consentry [data-consentry-part=layer] [data-consentry=accept]";
/// Our layer is there, and so is the banner: from then on the browser is idle.
const HYDRATED: &str =
    "return performance.getEntriesByType('resource').some((file) => file.name.endsWith('.wasm'))";

/// One round on the crowd's page.
struct Crowd {
    /// Nobody lets the marked elements run.
    inert: Work,
    /// The elements as they would be unmarked.
    unmarked: Work,
    /// With the gate, before a choice.
    before: Work,
    /// From the click on *accept* until everything is at rest.
    accept: Work,
    /// With the gate, everything granted on an earlier page.
    decided: Work,
}

/// What a visitor who has decided pays on the demonstration page, in one round.
pub struct Decided {
    bare: Work,
    ours: Work,
    peer: Work,
}

/// All rounds of all of it.
pub struct Cost {
    crowd: Vec<Crowd>,
    /// With the name of the answer.
    decided: [(&'static str, Vec<Decided>); 2],
}

/// Everything in turn, round after round.
pub async fn measure(browser: &Browser, origin: &str, rounds: usize) -> Result<Cost> {
    browser.set_network(Network::Unthrottled).await?;
    browser.count_work().await?;
    // A browser's first pages are slow ones.
    visit(browser, &format!("{origin}{UNMARKED}"), origin).await?;
    let mut cost = Cost { crowd: Vec::new(), decided: [("accept", Vec::new()), ("reject", Vec::new())] };
    for round in 0..rounds {
        eprintln!("· main thread, round {} of {rounds}", round + 1);
        cost.crowd.push(crowd(browser, origin).await?);
        for (answer, all) in &mut cost.decided {
            let of = |name| decided(browser, origin, name, answer);
            all.push(Decided { bare: of(BARE).await?, ours: of(OURS).await?, peer: of(PEER).await? });
        }
    }
    Ok(cost)
}

async fn crowd(browser: &Browser, origin: &str) -> Result<Crowd> {
    let at = |path: &str| format!("{origin}{path}");
    browser.forget(origin).await?;
    let inert = visit(browser, &at(INERT), origin).await?;
    let unmarked = visit(browser, &at(UNMARKED), origin).await?;
    let before = visit(browser, &at(GATED), origin).await?;
    if !browser.until(HYDRATED).await? {
        bail!("the banner did not come");
    }
    let start = browser.work().await?;
    browser.click(ACCEPT).await?;
    tokio::time::sleep(REST).await;
    let accept = browser.work().await?.since(start)?;
    let decided = visit(browser, &at(GATED), origin).await?;
    let waiting = "return document.querySelectorAll('[data-category]:is([type=\"text/plain\"],[data-src],[data-href])').length";
    if browser.run(waiting).await? != 0 {
        bail!("something still waits though everything was granted");
    }
    Ok(Crowd { inert, unmarked, before, accept, decided })
}

/// A visitor who gave this answer on the page before. Who has no buttons is not asked.
async fn decided(browser: &Browser, origin: &str, name: &str, answer: &str) -> Result<Work> {
    let subject = named(name)?;
    let url = format!("{origin}{}", subject.path());
    browser.forget(origin).await?;
    if let Some((_, way)) = subject.buttons.iter().find(|(button, _)| *button == answer) {
        browser.goto(&url).await?;
        let css = way.last().with_context(|| format!("{name}: no way to {answer}"))?;
        if !browser.until(&format!("return !!document.querySelector({css:?})?.checkVisibility()")).await? {
            bail!("{name}: {css} is not to be seen");
        }
        tokio::time::sleep(REST / 4).await;
        browser.click(css).await?;
        tokio::time::sleep(REST / 2).await;
    }
    let work = visit(browser, &url, origin).await?;
    let asked = format!("return !!document.querySelector({:?})?.checkVisibility()", subject.banner);
    if !subject.banner.is_empty() && browser.run(&asked).await? == true {
        bail!("{name}: asks although the visitor has decided");
    }
    Ok(work)
}

fn named(name: &str) -> Result<&'static Subject> {
    SUBJECTS.iter().find(|subject| subject.name == name).with_context(|| format!("nobody is called {name}"))
}

/// What a page takes, from an empty one of the same origin on: so it is the same process that counts.
async fn visit(browser: &Browser, url: &str, origin: &str) -> Result<Work> {
    browser.goto(&format!("{origin}{NOTHING}")).await?;
    let start = browser.work().await?;
    browser.goto(url).await?;
    tokio::time::sleep(REST).await;
    browser.work().await?.since(start).with_context(|| url.to_owned())
}

impl Decided {
    /// Our script time beyond the page's own, as a multiple of the peer's.
    fn ratio(&self) -> f64 {
        (self.ours.script - self.bare.script) / (self.peer.script - self.bare.script)
    }
}

/// Answer and ratio: the median of each round's.
pub fn ratios(cost: &Cost) -> impl Iterator<Item = (&'static str, Option<f64>)> {
    cost.decided.iter().map(|(answer, all)| (*answer, median(all.iter().map(Decided::ratio))))
}

/// The work with the gate, and without it.
type Pick = fn(&Crowd) -> (Work, Work);

/// What is told of the crowd's page.
const ROWS: [(&str, Pick); 3] = [
    ("before a choice", |one| (one.before, one.inert)),
    // What loading them takes by itself: the unmarked page, less the page on which they do nothing.
    ("on accept", |one| (one.accept, one.unmarked.less(one.inert))),
    ("decided, all granted", |one| (one.decided, one.unmarked)),
];

/// Prints the numbers.
pub fn print(cost: &Cost) {
    println!("\nMain thread: 2,000 elements, 200 of them marked, with the gate and without");
    println!("{:<26}{:>11}{:>9}{:>11}{:>9}{:>9}", "", "script ms", "without", "all ms", "without", "x page");
    for (name, pick) in ROWS {
        let of = |number: fn((Work, Work)) -> f64| show(median(cost.crowd.iter().map(pick).map(number)), 2);
        println!(
            "{name:<26}{:>11}{:>9}{:>11}{:>9}{:>9}",
            of(|(with, _)| with.script),
            of(|(_, without)| without.script),
            of(|(with, _)| with.tasks),
            of(|(_, without)| without.tasks),
            of(|(with, without)| with.tasks / without.tasks),
        );
    }
    println!("\nScript time of a decided visit of the demonstration page, beyond the bare page's");
    println!("{:<26}{:>11}{:>11}{:>11}{:>9}", "", "bare ms", "ours ms", "theirs ms", "x theirs");
    for (answer, all) in &cost.decided {
        let of = |pick: fn(&Decided) -> f64| show(median(all.iter().map(pick)), 2);
        println!(
            "{:<26}{:>11}{:>11}{:>11}{:>9}",
            format!("after {answer}"),
            of(|one| one.bare.script),
            of(|one| one.ours.script - one.bare.script),
            of(|one| one.peer.script - one.bare.script),
            of(Decided::ratio),
        );
    }
    println!("Processor time of the main thread, compiling scripts included. Theirs: {PEER}.");
}
