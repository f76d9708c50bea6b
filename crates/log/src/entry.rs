//! Entries: the envelope around everything the log holds, and the very bytes that are hashed.
//!
//! One byte for the version of the envelope, one for the kind of entry, then the payload as it is. There is exactly one
//! spelling of an entry: [`parse_entry`] refuses what [`serialize_entry`] would not write.

use alloc::vec::Vec;

/// The version this code writes, and the only one it reads.
pub const VERSION: u8 = 1;
/// Longest entry, in bytes: [C2SP tlog-tiles](https://c2sp.org/tlog-tiles) puts a 16-bit length before each.
pub const LONGEST_ENTRY: usize = u16::MAX as usize;
/// Longest payload, in bytes.
pub const LONGEST_PAYLOAD: usize = LONGEST_ENTRY - HEADER;

const HEADER: usize = 2;

/// What an entry tells of. Numbers are for ever: a retired kind keeps its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A consent record: a visitor's decision, or a change of their signal.
    Record = 1,
    /// A policy took force: what visitors were shown from here on.
    PolicyPublished = 2,
    /// Erasable fields of an earlier entry were erased.
    Redaction = 3,
    /// The log is signed with another key from here on.
    KeyChange = 4,
    /// How far the other parts of a sharded log have come.
    ShardHeads = 5,
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Kind; 5] =
        [Kind::Record, Kind::PolicyPublished, Kind::Redaction, Kind::KeyChange, Kind::ShardHeads];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The kind of this number.
    pub fn parse(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// An entry, borrowed from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What it tells of.
    pub kind: Kind,
    /// The rest, in the format of its kind. Opaque here.
    pub payload: &'a [u8],
}

/// Why something is no entry. Nothing was appended, the tree is as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryError {
    /// Longer than [`LONGEST_ENTRY`]: no tile could hold it. Holds the length it would have.
    TooLong(usize),
    /// Shorter than the two bytes every entry begins with.
    TooShort,
    /// Of a version that this code cannot read, hence must not judge.
    Version(u8),
    /// Of a kind that has no meaning yet.
    Kind(u8),
}

impl core::fmt::Display for EntryError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooLong(length) => write!(out, "an entry of {length} bytes; at most {LONGEST_ENTRY} fit"),
            Self::TooShort => write!(out, "an entry shorter than its {HEADER} bytes of header"),
            Self::Version(version) => {
                write!(out, "an entry of version {version}; this reads version {VERSION}")
            }
            Self::Kind(kind) => write!(out, "an entry of the unknown kind {kind}"),
        }
    }
}

impl core::error::Error for EntryError {}

/// The bytes of an entry: what is hashed, stored and exported.
pub fn serialize_entry(kind: Kind, payload: &[u8]) -> Result<Vec<u8>, EntryError> {
    let length = payload.len().saturating_add(HEADER);
    if length > LONGEST_ENTRY {
        return Err(EntryError::TooLong(length));
    }
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(&[VERSION, kind.number()]);
    bytes.extend_from_slice(payload);
    Ok(bytes)
}

/// An entry from its bytes.
pub fn parse_entry(bytes: &[u8]) -> Result<Entry<'_>, EntryError> {
    if bytes.len() > LONGEST_ENTRY {
        return Err(EntryError::TooLong(bytes.len()));
    }
    match bytes {
        [VERSION, kind, payload @ ..] => {
            let kind = Kind::parse(*kind).ok_or(EntryError::Kind(*kind))?;
            Ok(Entry { kind, payload })
        }
        [version, _, ..] => Err(EntryError::Version(*version)),
        _ => Err(EntryError::TooShort),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn entry_of_every_kind_comes_back_with_its_number() {
        for (kind, number) in Kind::ALL.into_iter().zip(1..) {
            let bytes = serialize_entry(kind, b"payload").unwrap();
            assert_eq!(bytes, [&[1, number], b"payload".as_slice()].concat());
            assert_eq!(parse_entry(&bytes), Ok(Entry { kind, payload: b"payload" }));
        }
    }

    #[test]
    fn entry_of_the_longest_payload_fits_and_one_byte_more_is_refused() {
        let longest = serialize_entry(Kind::Record, &vec![7; LONGEST_PAYLOAD]).unwrap();
        assert_eq!(longest.len(), 65_535);
        assert_eq!(parse_entry(&longest).map(|entry| entry.payload.len()), Ok(65_533));
        let refused = Err(EntryError::TooLong(65_536));
        assert_eq!(serialize_entry(Kind::Record, &vec![7; LONGEST_PAYLOAD + 1]), refused);
        assert_eq!(parse_entry(&[longest, vec![7]].concat()), Err(EntryError::TooLong(65_536)));
    }

    #[test]
    fn entry_with_unknown_version_or_kind_or_no_header_is_refused() {
        for (bytes, error) in [
            (&[][..], EntryError::TooShort),
            (&[1], EntryError::TooShort),
            (&[0, 1, 9], EntryError::Version(0)),
            (&[2, 1, 9], EntryError::Version(2)),
            (&[1, 0, 9], EntryError::Kind(0)),
            (&[1, 6, 9], EntryError::Kind(6)),
        ] {
            assert_eq!(parse_entry(bytes), Err(error), "{bytes:?}");
        }
    }
}
