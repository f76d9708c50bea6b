//! What a verification has come to.

use consentry_log::Hash;

use crate::batch::Counts;
use crate::finding::Finding;

/// What became of all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What is wrong, in the order of the rows; the first ones only.
    pub findings: Vec<Finding>,
    /// How much is wrong.
    pub found: u64,
    /// Rows, readable or not.
    pub rows: u64,
    /// What the readable ones are.
    pub counts: Counts,
    /// Each part whose rows hash to what was signed for it.
    pub parts: Vec<PartReport>,
    /// Policies that decisions were replayed under.
    pub policies: usize,
    /// Changes of the log's key.
    pub key_changes: usize,
    /// The key that signs now, if keys could be followed to it.
    pub key: Option<String>,
    /// False for a part of the log: nobody can tell from it whether rows were left out, or whether the log has them at all.
    pub complete: bool,
}

/// A part of a log that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartReport {
    /// Its number.
    pub part: u8,
    /// How many entries.
    pub size: u64,
    /// The root over them, which was signed.
    pub root: Hash,
}

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is there, and everything holds.
    Verified,
    /// Every row holds by itself; whether they are all, and whether the log has them, cannot be known.
    Partial,
    /// Something does not hold.
    Refused,
}

impl Verdict {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Partial => "partial",
            Self::Refused => "refused",
        }
    }
}

impl Report {
    /// The answer.
    pub const fn verdict(&self) -> Verdict {
        match (self.found, self.complete) {
            (0, true) => Verdict::Verified,
            (0, false) => Verdict::Partial,
            _ => Verdict::Refused,
        }
    }
}
