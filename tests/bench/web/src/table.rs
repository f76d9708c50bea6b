//! The numbers as tables: medians over the rounds, and ratios taken round by round.

use crate::browser::Network;
use crate::subjects::{BARE, FASTEST, SUBJECTS};
use crate::visit::{Click, SHORTEST, Visit};

/// Prints what first visits came to. `rounds` has the visits of each subject, in the order of the subjects.
pub fn visits(network: Network, rounds: &[Vec<Visit>]) {
    println!("\nFirst visit, {}", network.name());
    println!(
        "{:<23}{:>9}{:>8}{:>9}{:>8}{:>7}{:>8}{:>7}{:>8}{:>6}{:>8}{:>7}{:>8}{:>9}{:>5}",
        "",
        "visible",
        "x bare",
        "x fast",
        "FCP",
        "x bare",
        "LCP",
        "x bare",
        "CLS",
        "tasks",
        "sum ms",
        "own",
        "kB seen",
        "kB all",
        "req"
    );
    for (subject, all) in SUBJECTS.iter().zip(rounds) {
        let of = |pick: fn(&Visit) -> Option<f64>| median(all.iter().filter_map(pick));
        let to = |other: &str, pick: fn(&Visit) -> Option<f64>, base: fn(&Visit) -> Option<f64>| {
            ratio(all, named(rounds, other), pick, base)
        };
        println!(
            "{:<23}{:>9}{:>8}{:>9}{:>8}{:>7}{:>8}{:>7}{:>8}{:>6}{:>8}{:>7}{:>8}{:>9}{:>5}",
            subject.name,
            show(of(|visit| visit.visible), 0),
            show(to(BARE, |visit| visit.visible, |visit| Some(visit.fcp)), 2),
            show(to(FASTEST, |visit| visit.visible, |visit| visit.visible), 2),
            show(of(|visit| Some(visit.fcp)), 0),
            show(to(BARE, |visit| Some(visit.fcp), |visit| Some(visit.fcp)), 2),
            show(of(|visit| visit.lcp), 0),
            show(to(BARE, |visit| visit.lcp, |visit| visit.lcp), 2),
            show(of(|visit| Some(visit.shift)), 4),
            show(of(|visit| Some(visit.tasks.0 as f64)), 0),
            show(of(|visit| Some(visit.tasks.1)), 0),
            show(of(|visit| Some(visit.script)), 0),
            show(of(|visit| Some(visit.bytes_visible / 1e3)), 1),
            show(of(|visit| Some(visit.bytes / 1e3)), 1),
            show(of(|visit| Some(visit.requests as f64)), 0),
        );
    }
    println!(
        "Times in ms since the navigation. x bare: to the bare page's FCP, or LCP; x fast: to {FASTEST}'s banner. tasks: over \
         50 ms,\nwhoever's; own: the longest that a script of the banner's ran in a slow frame."
    );
}

/// Prints what clicks took.
pub fn clicks(all: &[Vec<Click>]) {
    println!(
        "\nFrom a click to the next paint, processor 4 x slower (event timing; nothing below {SHORTEST:.0} ms is told)"
    );
    for click in all.iter().flatten() {
        let durations = || click.durations.iter().copied();
        println!(
            "{:<23}{:<24}{:>5} ms{:>9} at most",
            click.subject,
            click.button,
            show(median(durations()), 0),
            show(durations().reduce(f64::max), 0)
        );
    }
}

/// The visits of one subject.
pub fn named<'a>(rounds: &'a [Vec<Visit>], name: &str) -> &'a [Visit] {
    let position = SUBJECTS.iter().position(|subject| subject.name == name);
    position.and_then(|position| rounds.get(position)).map_or(&[], Vec::as_slice)
}

/// The median of each round's ratio: whatever else the machine did during a round, both had to live with it.
pub fn ratio(
    one: &[Visit],
    other: &[Visit],
    pick: fn(&Visit) -> Option<f64>,
    base: fn(&Visit) -> Option<f64>,
) -> Option<f64> {
    median(one.iter().zip(other).filter_map(|(one, other)| Some(pick(one)? / base(other)?)))
}

/// The one in the middle, or between the two in the middle; nothing of nothing.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let upper = *values.get(half)?;
    Some(if values.len() % 2 == 1 { upper } else { (upper + *values.get(half.checked_sub(1)?)?) / 2.0 })
}

/// A number with so many digits after its point, or that there is none.
pub fn show(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_any_number_of_values_is_their_middle() {
        for (values, middle) in [
            (vec![], None),
            (vec![3.0], Some(3.0)),
            (vec![4.0, 1.0], Some(2.5)),
            (vec![9.0, 1.0, 2.0], Some(2.0)),
        ] {
            assert_eq!(median(values.clone().into_iter()), middle, "{values:?}");
        }
    }

    #[test]
    fn ratio_is_taken_round_by_round_where_both_have_a_value() {
        let visits = |times: [Option<f64>; 3]| {
            times.map(|visible| Visit {
                visible,
                fcp: 10.0,
                lcp: None,
                shift: 0.0,
                tasks: (0, 0.0),
                script: 0.0,
                bytes: 0.0,
                bytes_visible: 0.0,
                requests: 0,
            })
        };
        let (one, other) =
            (visits([Some(50.0), Some(9.0), Some(10.0)]), visits([Some(100.0), None, Some(20.0)]));
        assert_eq!(ratio(&one, &other, |visit| visit.visible, |visit| visit.visible), Some(0.5));
        assert_eq!(ratio(&one, &other, |visit| visit.lcp, |visit| visit.visible), None);
    }
}
