//! What one round came to, and the medians of several.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Answers of one kind within one round.
pub struct Measure {
    /// Answers a second.
    pub rate: f64,
    /// Half of them took less, in milliseconds.
    pub p50: f64,
    /// One in a hundred took longer, in milliseconds.
    pub p99: f64,
    /// Processor time of the server for each, in milliseconds; `None` where the system does not tell.
    pub cpu: Option<f64>,
}

impl Measure {
    /// From the latencies in microseconds.
    pub fn new(latencies: &Histogram<u32>, time: Duration, cpu: Option<Duration>) -> Self {
        let count = latencies.len() as f64;
        let millis = |quantile| latencies.value_at_quantile(quantile) as f64 / 1e3;
        Self {
            rate: count / time.as_secs_f64(),
            p50: millis(0.5),
            p99: millis(0.99),
            cpu: cpu.map(|cpu| cpu.as_secs_f64() * 1e3 / count.max(1.0)),
        }
    }
}

/// The one in the middle, or between the two in the middle; 0 without any.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    if values.len() % 2 == 1 { at(half) } else { (at(half.saturating_sub(1)) + at(half)) / 2.0 }
}

/// Processor time a process has used so far, all its threads together. Linux only.
pub fn cpu(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name is in parentheses and may hold anything, spaces and parentheses too.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    // What user programs are told is in hundredths of a second on every Linux.
    Some(Duration::from_millis(ticks * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_any_number_of_values_is_their_middle() {
        for (values, middle) in
            [(vec![], 0.0), (vec![3.0], 3.0), (vec![4.0, 1.0], 2.5), (vec![9.0, 1.0, 2.0], 2.0)]
        {
            assert_eq!(median(values.clone()), middle, "{values:?}");
        }
    }

    #[test]
    fn measure_of_latencies_is_in_milliseconds_and_per_second() {
        let mut latencies = Histogram::new(3).expect("a histogram");
        (1..=100).for_each(|millis| latencies.record(millis * 1000).expect("recorded"));
        let measure = Measure::new(&latencies, Duration::from_secs(2), Some(Duration::from_millis(50)));
        assert_eq!((measure.rate, measure.cpu), (50.0, Some(0.5)));
        assert!((measure.p50 - 50.0).abs() < 0.1 && (measure.p99 - 99.0).abs() < 0.1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn cpu_of_a_process_that_works_grows() {
        let (me, start) = (std::process::id(), std::time::Instant::now());
        let before = cpu(me).expect("a process");
        while start.elapsed() < Duration::from_millis(200) {
            std::hint::spin_loop();
        }
        assert!(cpu(me).expect("a process") > before);
    }
}
