//! Something was erased: which entries of this log, why, and that it was not simply left out.

use alloc::vec::Vec;

use crate::time::UnixMillis;
use crate::tlv::{CanonicalError, In, Out};

const HEADER: &[u8] = b"consentry.redaction.v1\n";

/// Most ranges in one redaction; whoever erases more writes several.
pub const MOST_RANGES: usize = 2_000;

/// A redaction of earlier entries of the same log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// When.
    pub time: UnixMillis,
    /// Why, and hence how much is gone.
    pub reason: RedactionReason,
    /// Which entries, in ascending order, not touching each other. Entries in between that are not records lose nothing.
    pub entries: Vec<IndexRange>,
}

/// Why something was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedactionReason {
    /// The visitor asked for it through their preferences: the erasable part is gone, the evidence stays.
    Visitor,
    /// The operator did it for them (GDPR article 17): the erasable part is gone, the evidence stays.
    Operator,
    /// The time for which the policy keeps records was over for everything received before this: all but the leaf is gone.
    Retention {
        /// Records received earlier than this were to go.
        cutoff: UnixMillis,
    },
}

/// Entries from `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexRange {
    /// The first.
    pub start: u64,
    /// One past the last.
    pub end: u64,
}

impl IndexRange {
    /// The fewest ranges that cover these positions, which must ascend.
    pub fn cover(indexes: impl IntoIterator<Item = u64>) -> Vec<IndexRange> {
        let mut ranges: Vec<IndexRange> = Vec::new();
        for index in indexes {
            match ranges.last_mut() {
                Some(last) if last.end == index => last.end += 1,
                _ => ranges.push(IndexRange { start: index, end: index + 1 }),
            }
        }
        ranges
    }

    /// True if the position is one of these.
    pub const fn has(&self, index: u64) -> bool {
        self.start <= index && index < self.end
    }
}

/// The canonical bytes. Takes [`MOST_RANGES`] ranges at most.
pub fn serialize_redaction(redaction: &Redaction) -> Vec<u8> {
    let mut out = Out::new(HEADER);
    out.put(1, &redaction.time.0.to_be_bytes());
    let (word, cutoff) = match redaction.reason {
        RedactionReason::Visitor => ("visitor", None),
        RedactionReason::Operator => ("operator", None),
        RedactionReason::Retention { cutoff } => ("retention", Some(cutoff.0.to_be_bytes())),
    };
    out.put(2, word.as_bytes());
    out.put(3, cutoff.as_ref().map_or(&[], |bytes| bytes.as_slice()));
    let ranges = redaction.entries.iter().flat_map(|range| [range.start, range.end]);
    out.put(4, &ranges.flat_map(u64::to_be_bytes).collect::<Vec<u8>>());
    out.0
}

/// A redaction from its canonical bytes.
pub fn parse_redaction(bytes: &[u8]) -> Result<Redaction, CanonicalError> {
    let mut fields = In::new(bytes, HEADER)?;
    let time = UnixMillis(fields.number(1)?);
    let word = fields.take(2)?;
    let reason = match (word, fields.take(3)?) {
        (b"visitor", []) => RedactionReason::Visitor,
        (b"operator", []) => RedactionReason::Operator,
        (b"retention", cutoff) => {
            let cutoff = cutoff.try_into().map_err(|_| CanonicalError::Value(3))?;
            RedactionReason::Retention { cutoff: UnixMillis(u64::from_be_bytes(cutoff)) }
        }
        (b"visitor" | b"operator", _) => return Err(CanonicalError::Value(3)),
        _ => return Err(CanonicalError::Value(2)),
    };
    let (numbers, left_over) = fields.take(4)?.as_chunks::<8>();
    let (pairs, odd) = numbers.as_chunks::<2>();
    let entries: Vec<IndexRange> = pairs
        .iter()
        .map(|[start, end]| IndexRange { start: u64::from_be_bytes(*start), end: u64::from_be_bytes(*end) })
        .collect();
    fields.end()?;
    let ordered = entries.iter().all(|range| range.start < range.end)
        && entries.windows(2).all(|pair| matches!(pair, [left, right] if left.end < right.start));
    let fits = left_over.is_empty() && odd.is_empty() && entries.len() <= MOST_RANGES;
    if ordered && fits { Ok(Redaction { time, reason, entries }) } else { Err(CanonicalError::Value(4)) }
}
