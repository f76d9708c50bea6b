//! Times in words: RFC 3339, UTC, milliseconds.

use consentry_core::UnixMillis;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

/// `2026-11-21T09:30:00.123Z`. A time beyond year 9999 is written as the last one that has a form.
pub fn serialize_time(time: UnixMillis) -> String {
    let timestamp = i64::try_from(time.0)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .unwrap_or(Timestamp::MAX);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = DateTimePrinter::new().precision(Some(3)).print_timestamp(&timestamp, &mut text);
    text
}

/// A time from RFC 3339, or from a date alone (its first moment, UTC).
pub fn parse_time(text: &str) -> Option<UnixMillis> {
    let timestamp = match text.parse::<Timestamp>() {
        Ok(timestamp) => timestamp,
        Err(_) => text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp(),
    };
    u64::try_from(timestamp.as_millisecond()).ok().map(UnixMillis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_record_reads_back() {
        let time = UnixMillis(1_763_771_000_120);
        assert_eq!(serialize_time(time), "2025-11-22T00:23:20.120Z");
        assert_eq!(parse_time("2025-11-22T00:23:20.120Z"), Some(time));
        assert_eq!(parse_time("1970-01-02"), Some(UnixMillis(86_400_000)));
        assert_eq!(parse_time("yesterday"), None);
        assert_eq!(parse_time("1960-01-01"), None);
    }
}
