//! Token buckets: so many records at once, so many a second, for the whole site and for each client network.
//!
//! Held in memory only. An object that restarts forgives everybody, which is better than remembering who they were.

use std::collections::HashMap;

use consentry_core::UnixMillis;

/// How much is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Records a second for the whole site; bursts of two seconds' worth pass.
    pub site_per_second: u32,
    /// Records a minute for one client network; all of it may come at once.
    pub client_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { site_per_second: 5_000, client_per_minute: 120 }
    }
}

/// Most client networks remembered. When full, all are forgotten: a flood from many networks is the site bucket's job.
const MOST_CLIENTS: usize = 10_000;

/// A bucket, in thousandths of a record so that slow refills are exact.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: u64,
    filled: UnixMillis,
}

impl Bucket {
    /// Refills for the time gone by, then takes `cost` records; otherwise says how many seconds to wait.
    fn take(&mut self, cost: u64, capacity: u64, per_second: f64, now: UnixMillis) -> Result<(), u32> {
        // A clock that goes backwards refills nothing by that, and goes on refilling from where it is: a bucket that waited for
        // the clock to catch up would turn everybody away for as long.
        let gone = now.0.saturating_sub(self.filled.0);
        self.filled = now;
        self.level = (self.level + (gone as f64 * per_second) as u64).min(capacity * 1000);
        let cost = cost * 1000;
        if self.level >= cost {
            self.level -= cost;
            return Ok(());
        }
        let missing = (cost - self.level) as f64 / 1000.0;
        Err((missing / per_second.max(0.001)).ceil().clamp(1.0, 60.0) as u32)
    }
}

/// The buckets of one site.
pub struct Limiter {
    limits: Limits,
    site: Option<Bucket>,
    clients: HashMap<String, Bucket>,
}

impl Limiter {
    /// Full buckets.
    pub fn new(limits: Limits) -> Self {
        Self { limits, site: None, clients: HashMap::new() }
    }

    /// Lets `count` records pass, or says in how many seconds to try again.
    pub fn take(&mut self, client: Option<&str>, count: usize, now: UnixMillis) -> Result<(), u32> {
        let Limits { site_per_second, client_per_minute } = self.limits;
        let count = count as u64;
        if let Some(client) = client {
            if self.clients.len() >= MOST_CLIENTS {
                self.clients.clear();
            }
            let full = Bucket { level: u64::from(client_per_minute) * 1000, filled: now };
            let bucket = self.clients.entry(client.into()).or_insert(full);
            bucket.take(count, client_per_minute.into(), f64::from(client_per_minute) / 60.0, now)?;
        }
        let capacity = u64::from(site_per_second) * 2;
        let bucket = self.site.get_or_insert(Bucket { level: capacity * 1000, filled: now });
        bucket.take(count, capacity, site_per_second.into(), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { site_per_second: 10, client_per_minute: 3 };

    #[test]
    fn clock_that_goes_back_fills_no_bucket_and_stops_none_from_filling() {
        let mut limiter = Limiter::new(LIMITS);
        let hour = 3_600_000;
        assert_eq!(limiter.take(None, 20, UnixMillis(2 * hour)), Ok(()));
        assert_eq!(limiter.take(None, 10, UnixMillis(hour)), Err(1), "nothing was refilled");
        assert_eq!(limiter.take(None, 10, UnixMillis(hour + 1_000)), Ok(()), "a second later it was");
    }

    #[test]
    fn client_over_its_rate_waits_and_others_do_not() {
        let mut limiter = Limiter::new(LIMITS);
        let now = UnixMillis(1_000_000);
        for _ in 0..3 {
            assert_eq!(limiter.take(Some("a"), 1, now), Ok(()));
        }
        assert_eq!(limiter.take(Some("a"), 1, now), Err(20));
        assert_eq!(limiter.take(Some("b"), 1, now), Ok(()));
        assert_eq!(limiter.take(Some("a"), 1, UnixMillis(now.0 + 20_000)), Ok(()));
    }

    #[test]
    fn site_over_its_rate_waits_whoever_asks() {
        let mut limiter = Limiter::new(LIMITS);
        let now = UnixMillis(1_000_000);
        assert_eq!(limiter.take(None, 20, now), Ok(()));
        assert_eq!(limiter.take(None, 1, now), Err(1));
        assert_eq!(
            limiter.take(None, 1, UnixMillis(now.0 - 500_000)),
            Err(1),
            "a clock gone back refills nothing"
        );
        assert_eq!(limiter.take(None, 1, UnixMillis(now.0 + 100)), Ok(()));
    }
}
