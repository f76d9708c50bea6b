//! The text forms that every row has many of, read without detours: hexadecimal, UUIDs, times. One spelling each, that of
//! exports; anything else is `None`.

use consentry_core::UnixMillis;
use consentry_core::time::DAY;

/// What a digit stands for, by its character; what has a bit above the fourth is none.
const DIGITS: [u8; 256] = digits();
const NONE: u8 = 0xF0;

#[allow(clippy::indexing_slicing, reason = "runs while compiling; a table has no `get` there")]
const fn digits() -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
}

#[allow(clippy::indexing_slicing, reason = "the table has a place for every byte")]
const fn digit(character: u8) -> u8 {
    DIGITS[character as usize]
}

/// Exactly `N` bytes from lower-case digits.
pub fn hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let (pairs, odd) = text.as_chunks::<2>();
    if pairs.len() != N || !odd.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    let mut seen = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (digit(*high), digit(*low));
        seen |= high | low;
        *byte = high << 4 | low;
    }
    // Only now: a loop without a way out is a fast one.
    if seen & NONE == 0 { Some(bytes) } else { None }
}

/// A UUID with its hyphens.
pub fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text = <&[u8; 36]>::try_from(text).ok()?;
    let (a, rest) = text.split_first_chunk::<8>()?;
    let [b'-', b0, b1, b2, b3, b'-', c0, c1, c2, c3, b'-', d0, d1, d2, d3, b'-', e @ ..] = rest else {
        return None;
    };
    let mut digits = [0; 32];
    let (start, rest) = digits.split_first_chunk_mut::<8>()?;
    *start = *a;
    let (middle, end) = rest.split_first_chunk_mut::<12>()?;
    *middle = [*b0, *b1, *b2, *b3, *c0, *c1, *c2, *c3, *d0, *d1, *d2, *d3];
    end.copy_from_slice(e);
    hex(&digits)
}

/// A time as `2026-11-21T09:30:00.123Z`, from 1970 on.
pub fn time(text: &[u8]) -> Option<UnixMillis> {
    let &[
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        n0,
        n1,
        b':',
        s0,
        s1,
        b'.',
        f0,
        f1,
        f2,
        b'Z',
    ] = text
    else {
        return None;
    };
    let mut seen = 0;
    let mut two = |high: u8, low: u8| {
        let (high, low) = (high.wrapping_sub(b'0'), low.wrapping_sub(b'0'));
        seen |= u8::from(high > 9) | u8::from(low > 9);
        u64::from(high) * 10 + u64::from(low)
    };
    let (year, month, day) = (two(y0, y1) * 100 + two(y2, y3), two(m0, m1), two(d0, d1));
    let (hour, minute, second) = (two(h0, h1), two(n0, n1), two(s0, s1));
    let millis = two(b'0', f0) * 100 + two(f1, f2);
    let fits = seen == 0
        && year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let time = days_before(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + millis;
    fits.then_some(UnixMillis(time))
}

const fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01. Years are counted from March, so that the leap day is the last.
const fn days_before(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.saturating_sub(1), month + 9) };
    let before = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    // That of 1970-01-01.
    before.saturating_sub(719_469)
}

/// A number without a sign or leading zeros, and what follows it.
pub fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(length)?;
    if digits.is_empty() || digits.len() > 1 && digits.starts_with(b"0") {
        return None;
    }
    let add = |number: u64, digit: &u8| number.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    Some((digits.iter().try_fold(0, add)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use consentry_api::time::{parse_time, serialize_time};
    use consentry_core::RecordId;
    use consentry_core::bytes::serialize_hex;
    use proptest::prelude::*;

    #[test]
    fn time_of_every_day_for_eight_hundred_years_is_read_as_it_was_written() {
        for day in 0..800 * 366 {
            let time = UnixMillis(day * DAY + day % DAY);
            assert_eq!(super::time(serialize_time(time).as_bytes()), Some(time), "{}", serialize_time(time));
        }
    }

    proptest! {
        #[test]
        fn time_with_one_character_changed_is_refused_or_as_others_read_it(
            millis in 0..250_000_000_000_000_u64, at in 0..24_usize, to in any::<u8>(),
        ) {
            let text = serialize_time(UnixMillis(millis));
            prop_assert_eq!(time(text.as_bytes()), Some(UnixMillis(millis)));
            let mut bytes = text.into_bytes();
            bytes[at] = to;
            let other = str::from_utf8(&bytes).ok().and_then(parse_time);
            if let Some(read) = time(&bytes) {
                prop_assert_eq!(Some(read), other);
            }
        }

        #[test]
        fn hex_and_uuid_are_read_back_and_changed_ones_refused(
            bytes in any::<[u8; 32]>(), at in 0..64_usize, to in any::<u8>(),
        ) {
            let mut text = serialize_hex(&bytes).into_bytes();
            prop_assert_eq!(hex(&text), Some(bytes));
            prop_assert_eq!(hex::<31>(&text), None);
            let id = RecordId::new(UnixMillis(millis_of(&bytes)), [7; 10]);
            prop_assert_eq!(uuid(id.to_string().as_bytes()), Some(*id.as_bytes()));
            prop_assert_eq!(uuid(&text[..36]), None);
            text[at] = to;
            let is_digit = to.is_ascii_digit() || (b'a'..=b'f').contains(&to);
            prop_assert_eq!(hex::<32>(&text).is_some(), is_digit);
        }

        #[test]
        fn number_is_read_as_it_was_written(value in any::<u64>(), rest in "[^0-9]{0,3}") {
            let text = format!("{value}{rest}");
            prop_assert_eq!(number(text.as_bytes()), Some((value, rest.as_bytes())));
            let with_zero = format!("0{}", text);
            prop_assert_eq!(number(with_zero.as_bytes()), None);
            let too_large = format!("{}0", u64::MAX);
            prop_assert_eq!(number(too_large.as_bytes()), None);
        }
    }

    fn millis_of(bytes: &[u8; 32]) -> u64 {
        bytes.iter().take(6).fold(0, |millis, byte| millis << 8 | u64::from(*byte))
    }
}
