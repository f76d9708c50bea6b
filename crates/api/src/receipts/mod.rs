//! Records as the receipts that two standards describe: one record joined with the policy version it names.
//!
//! In scope: ISO/IEC TS 27560:2023 in the profile of the W3C DPV community group, and Kantara Consent Receipt 1.1. Both are
//! views, made anew whenever somebody asks; what counts as evidence is the log's entry, which each receipt names.
//! Out of scope: signing receipts. The proof of a record is its `tlog-proof`.
//!
//! [`Terms`] is the policy's half: made once for a version and a language. [`Recorded`] is the record's half. The functions that
//! join them are pure: the same halves give the same receipt.

pub mod iso27560;
pub mod kantara;
mod state;
mod terms;
pub(crate) mod vocabulary;

use consentry_core::{Evidence, UnixMillis};

pub use state::{Earlier, Expression, State, state_of};
pub use terms::{Party, Purpose, Retention, Terms};
pub use vocabulary::{Care, DATA, Data, NOT_STATED, PURPOSES, PurposeKind};

use crate::export::ExportRow;

/// Stands for the visitor where that part of the record was erased or is withheld.
pub const REDACTED: &str = "redacted";

/// The formats a record can be told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// ISO/IEC TS 27560:2023, as JSON-LD.
    Iso27560,
    /// Kantara Consent Receipt 1.1.
    Kantara,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 2] = [Self::Iso27560, Self::Kantara];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Iso27560 => "iso27560",
            Self::Kantara => "kantara",
        }
    }

    /// From the word on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == text)
    }

    /// The media type of one receipt.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Iso27560 => "application/ld+json",
            Self::Kantara => "application/json",
        }
    }
}

/// The record's half of a receipt.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// The record's row: says who decided, or why that is not said, and where the log has it.
    pub row: &'a ExportRow<'a>,
    /// What was decided.
    pub evidence: &'a Evidence,
    /// The record it supersedes, where that can still be read. Without it nothing is known to be renewed.
    pub earlier: Option<Earlier<'a>>,
}

impl Recorded<'_> {
    /// The record's identifier. Where it was erased, its leaf in the log stands for it, which stays unique and can be found.
    fn id(&self) -> String {
        match self.row.record_id.as_ref() {
            "" => format!("urn:consentry:leaf:{}", self.row.leaf_hash),
            id => id.into(),
        }
    }

    /// The visitor on this site.
    fn principal(&self) -> &str {
        match self.row.subject_id.as_ref() {
            "" => REDACTED,
            subject => subject,
        }
    }

    fn state(&self, purpose: &Purpose) -> (State, Expression) {
        state_of(self.evidence, self.earlier, &purpose.category, purpose.service.as_deref())
    }
}

/// One receipt as JSON on one line, without a line end. `now` is when it is issued.
pub fn receipt_json(
    profile: Profile,
    terms: &Terms,
    recorded: &Recorded<'_>,
    now: UnixMillis,
) -> Result<Vec<u8>, serde_json::Error> {
    match profile {
        Profile::Iso27560 => serde_json::to_vec(&iso27560::receipt(terms, recorded, now)),
        Profile::Kantara => serde_json::to_vec(&kantara::receipt(terms, recorded)),
    }
}
