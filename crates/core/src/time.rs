//! Points and spans of time, as plain numbers: the core never asks a clock.

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored (POSIX time × 1000).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixMillis(pub u64);

/// Milliseconds in one day of 24 hours.
pub const DAY: u64 = 86_400_000;

/// The longest a browser keeps a cookie: Chromium and Firefox cap it at 400 days (RFC 6265bis §5.5).
pub const LONGEST_COOKIE_DAYS: u16 = 400;

/// How far a client's clock may run ahead of ours and still be believed.
pub const TOLERATED_AHEAD: u64 = DAY;

/// No consent can be older than this product: 2020-01-01T00:00:00Z. An earlier client time is a broken clock.
pub const EARLIEST: UnixMillis = UnixMillis(1_577_836_800_000);

/// How far the clocks of those who stamp records may differ, in milliseconds. A record that is further behind the newest one
/// of its log is not logged: the log's times would no longer tell the order of things.
pub const CLOCKS_DIFFER: u64 = 60_000;

/// How long so many months can be, in milliseconds: no run of calendar months is longer than 30.5 days each and two more.
/// A record that was kept for so many months may go after this time, never earlier.
pub const fn longest_months(months: u16) -> u64 {
    months as u64 * (DAY * 61 / 2) + 2 * DAY
}

impl UnixMillis {
    /// This time plus whole days; stays at the end of time instead of wrapping.
    pub const fn plus_days(self, days: u16) -> Self {
        UnixMillis(self.0.saturating_add(days as u64 * DAY))
    }

    /// True when this clock reading cannot be meant: before [`EARLIEST`], or a day and more ahead of `now`.
    pub const fn is_absurd(self, now: UnixMillis) -> bool {
        self.0 < EARLIEST.0 || self.0 > now.0.saturating_add(TOLERATED_AHEAD)
    }
}
