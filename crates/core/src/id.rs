//! Identifiers: of sites and services (chosen by people), of records and visitors (made from random bytes).

use alloc::string::String;
use core::fmt;

use crate::bytes::{parse_hex, serialize_hex};
use crate::time::UnixMillis;

/// A site: names a log, a policy and a path. 1-40 of `a-z 0-9 -`, starting with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(String);

/// A service (vendor) of a policy. 1-40 of `a-z 0-9 _ -`, starting with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(String);

/// Longest site or service identifier, in bytes.
pub const LONGEST_ID: usize = 40;

fn is_slug(text: &str, also: &[u8]) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=LONGEST_ID).contains(&text.len())
        && text.bytes().next().is_some_and(letter)
        && text.bytes().all(|byte| letter(byte) || also.contains(&byte))
}

macro_rules! slug {
    ($name:ident, $also:expr) => {
        impl $name {
            /// The identifier, or `None` when it is not of the form the type's documentation gives.
            pub fn parse(text: &str) -> Option<Self> {
                is_slug(text, $also).then(|| Self(text.into()))
            }

            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}
slug!(SiteId, b"-");
slug!(ServiceId, b"_-");

/// A record: a UUID of version 7 (RFC 9562 §5.7), made by whoever made the decision. Its first 48 bits are the client's
/// clock in milliseconds, so the choice cookie needs no field for the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

/// A visitor on one site: 128 random bits, made at the first decision or signal, never before. Not shared between sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId([u8; 16]);

impl RecordId {
    /// A fresh identifier from a clock reading and ten random bytes (six of their bits give way to version and variant).
    pub fn new(time: UnixMillis, random: [u8; 10]) -> Self {
        let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = random;
        let [_, _, t0, t1, t2, t3, t4, t5] = time.0.to_be_bytes();
        Self([t0, t1, t2, t3, t4, t5, r0 & 0x0f | 0x70, r1, r2 & 0x3f | 0x80, r3, r4, r5, r6, r7, r8, r9])
    }

    /// The identifier if these bytes are a version 7 UUID.
    pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        let [.., version, _, variant, _, _, _, _, _, _, _] = bytes;
        (version >> 4 == 7 && variant >> 6 == 0b10).then_some(Self(bytes))
    }

    /// When the maker says the decision was made.
    pub fn client_time(&self) -> UnixMillis {
        let [t0, t1, t2, t3, t4, t5, ..] = self.0;
        UnixMillis(u64::from_be_bytes([0, 0, t0, t1, t2, t3, t4, t5]))
    }

    /// Parses 32 hexadecimal digits, or the hyphenated form of RFC 9562 §4; lower case only.
    pub fn parse(text: &str) -> Option<Self> {
        parse_uuid(text).and_then(Self::from_bytes)
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// 32 hexadecimal digits, as in the choice cookie.
    pub fn to_hex(&self) -> String {
        serialize_hex(&self.0)
    }
}

impl SubjectId {
    /// Any sixteen bytes; they should come from a cryptographic generator.
    pub const fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// Parses 32 hexadecimal digits (or the hyphenated form); lower case only.
    pub fn parse(text: &str) -> Option<Self> {
        parse_uuid(text).map(Self)
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// 32 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        serialize_hex(&self.0)
    }
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    if text.len() == 32 {
        return parse_hex(text);
    }
    let hyphens_in_place = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 8 | 13 | 18 | 23));
    let digits: String = hyphens_in_place.then(|| text.chars().filter(|&c| c != '-').collect())?;
    parse_hex(&digits)
}

impl fmt::Display for RecordId {
    /// The hyphenated form, as people know it from elsewhere.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                out.write_str("-")?;
            }
            write!(out, "{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn record_id_carries_its_time_and_reads_back_in_both_forms() {
        let id = RecordId::new(UnixMillis(1_763_771_000_123), [0xff; 10]);
        assert_eq!(id.client_time(), UnixMillis(1_763_771_000_123));
        assert_eq!(RecordId::parse(&id.to_string()), Some(id));
        assert_eq!(RecordId::parse(&id.to_hex()), Some(id));
    }

    #[test]
    fn record_id_of_another_uuid_version_is_refused() {
        assert_eq!(RecordId::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), None);
        assert_eq!(RecordId::parse("019ab0c7-2b3b-7fff-ffff-ffffffffffff"), None, "wrong variant");
        assert_eq!(RecordId::parse("019ab0c72b3b-7fff-bfff-ffffffffffff-"), None, "hyphens out of place");
    }

    #[test]
    fn site_id_with_path_or_script_characters_is_refused() {
        for text in ["", "-a", "a/b", "a.js", "A", "a b", "é", &"a".repeat(41)] {
            assert_eq!(SiteId::parse(text), None, "{text}");
        }
        assert!(SiteId::parse("shop-2").is_some());
    }
}
