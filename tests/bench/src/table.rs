//! The numbers as a table: medians over the rounds, and how they compare with the bare hop of the same rounds.

use crate::measure::{Measure, median};

/// Prints the names of the columns.
pub fn head() {
    println!(
        "\n{:<34}{:>6}{:>10}{:>9}{:>7}{:>9}{:>9}{:>7}{:>9}",
        "", "conns", "stored", "per s", "x hop", "p50 ms", "p99 ms", "x hop", "CPU ms"
    );
}

/// Prints a row. `stored` is how many records there were when the first round began; `hop` are the rounds of the bare hop,
/// in the same order. Its two ratios are the medians of each round's own ratio: whatever else the machine did during a
/// round, both had to live with it.
pub fn row(name: &str, connections: usize, stored: Option<u64>, rounds: &[Measure], hop: Option<&[Measure]>) {
    let stored = stored.map(|count| count.to_string()).unwrap_or_default();
    let of = |pick: fn(&Measure) -> f64| median(rounds.iter().map(pick));
    let ratio = |pick: fn(&Measure) -> f64| match hop {
        None => String::new(),
        Some(hop) => format!("{:.2}", ratio(rounds, hop, pick)),
    };
    let cpu: Option<Vec<f64>> = rounds.iter().map(|measure| measure.cpu).collect();
    println!(
        "{name:<34}{connections:>6}{stored:>10}{:>9.0}{:>7}{:>9.2}{:>9.2}{:>7}{:>9}",
        of(|measure| measure.rate),
        ratio(|measure| measure.rate),
        of(|measure| measure.p50),
        of(|measure| measure.p99),
        ratio(|measure| measure.p99),
        cpu.map(|cpu| format!("{:.3}", median(cpu))).unwrap_or_default(),
    );
}

fn ratio(rounds: &[Measure], hop: &[Measure], pick: fn(&Measure) -> f64) -> f64 {
    median(rounds.iter().zip(hop).map(|(one, other)| pick(one) / pick(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratio_to_the_hop_is_taken_round_by_round() {
        let measures = |rates: [f64; 3]| rates.map(|rate| Measure { rate, p50: 1.0, p99: 1.0, cpu: None });
        let (ours, hop) = (measures([50.0, 500.0, 10.0]), measures([100.0, 1000.0, 10.0]));
        assert_eq!(ratio(&ours, &hop, |measure| measure.rate), 0.5);
    }
}
