//! Times between text and milliseconds, for columns of them: neighbours are mostly of one day, so only the rest is worked out.

use consentry_api::time::{parse_time, serialize_time};
use consentry_core::UnixMillis;

const DAY: i64 = 86_400_000;
/// The last time that has a text of its own.
const LAST: i64 = 253_402_207_200_999;
/// Bytes in a time: `2026-11-21T09:30:00.123Z`.
pub const LENGTH: usize = 24;

/// Remembers a day.
#[derive(Debug, Default)]
pub struct Clock {
    /// Days since 1970.
    day: i64,
    /// `2026-11-21T`, or nothing before the first time.
    text: String,
}

impl Clock {
    /// The milliseconds of a text, if it is exactly the one that [`serialize_time`] writes for them.
    pub fn parse(&mut self, text: &str) -> Option<i64> {
        let (date, rest) = text.split_at_checked(11)?;
        if date != self.text {
            let day = i64::try_from(parse_time(date.strip_suffix('T')?)?.0).ok()? / DAY;
            self.set(day)?;
            if date != self.text {
                return None;
            }
        }
        let &[h1, h2, b':', m1, m2, b':', s1, s2, b'.', i1, i2, i3, b'Z'] = rest.as_bytes() else {
            return None;
        };
        let hour = number(&[h1, h2]).filter(|hour| *hour < 24)?;
        let minute = number(&[m1, m2]).filter(|minute| *minute < 60)?;
        let second = number(&[s1, s2]).filter(|second| *second < 60)?;
        let millis = number(&[i1, i2, i3])?;
        let time = self.day * DAY + ((hour * 60 + minute) * 60 + second) * 1_000 + millis;
        (time <= LAST).then_some(time)
    }

    /// Appends the text of a time; `None`, and nothing, if it has none.
    pub fn print(&mut self, time: i64, out: &mut String) -> Option<()> {
        if !(0..=LAST).contains(&time) {
            return None;
        }
        let (day, rest) = (time / DAY, time % DAY);
        if day != self.day || self.text.is_empty() {
            self.set(day)?;
        }
        out.push_str(&self.text);
        let (minutes, millis) = (rest / 60_000, rest % 60_000);
        let (hour, minute, second, milli) = (minutes / 60, minutes % 60, millis / 1_000, millis % 1_000);
        for (number, digits, after) in
            [(hour, 10, ':'), (minute, 10, ':'), (second, 10, '.'), (milli, 100, 'Z')]
        {
            let mut place = digits;
            while place > 0 {
                out.push((b'0' + (number / place % 10) as u8) as char);
                place /= 10;
            }
            out.push(after);
        }
        Some(())
    }

    fn set(&mut self, day: i64) -> Option<()> {
        let text = serialize_time(UnixMillis(u64::try_from(day * DAY).ok()?));
        self.text = text.get(..11)?.into();
        self.day = day;
        Some(())
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_any_moment_is_written_and_read_as_everywhere_else() {
        let mut clock = Clock::default();
        let mut time = 0;
        while time <= LAST {
            let text = serialize_time(UnixMillis(time as u64));
            let mut printed = String::new();
            clock.print(time, &mut printed).unwrap();
            assert_eq!(printed, text);
            assert_eq!((text.len(), clock.parse(&text)), (LENGTH, Some(time)));
            // Steps that meet every hour, leap day and millisecond sooner or later.
            time += 1 + time / 700 + 12_345_678_901 % (time + 1);
        }
        assert_eq!(serialize_time(UnixMillis(LAST as u64 + 1)), serialize_time(UnixMillis(LAST as u64)));
    }

    #[test]
    fn time_in_another_form_is_none() {
        let mut clock = Clock::default();
        for text in [
            "",
            "2026-11-21T09:30:00Z",
            "2026-11-21T09:30:00.1234Z",
            "2026-11-21 09:30:00.123Z",
            "2026-11-21T24:00:00.000Z",
            "2026-11-21T23:59:60.000Z",
            "2026-11-31T00:00:00.000Z",
            "2026-11-21T09:30:00.123z",
            "2026-11-21T+9:30:00.123Z",
            "1969-12-31T23:59:59.999Z",
            "9999-12-31T00:00:00.000Z",
            "2026-11-2éT9:30:00.123Z",
        ] {
            assert_eq!(clock.parse(text), None, "{text}");
        }
        for time in [-1, LAST + 1, i64::MIN, i64::MAX] {
            assert_eq!(clock.print(time, &mut String::new()), None);
        }
    }
}
