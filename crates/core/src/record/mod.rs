//! Consent records: what the browser drafts, what the edge adds, what the log keeps.
//!
//! One record per decision or change of signal, never per request. Fields follow ISO/IEC TS 27560:2023 and Kantara Consent
//! Receipt 1.1 where they have a counterpart. No address, no user agent, no URL.
//!
//! A record has two parts: [`Evidence`], which the log keeps for good, and [`Personal`], which can be erased.

mod canonical;
mod check;
mod draft;
mod personal;

use alloc::string::String;
use alloc::vec::Vec;

pub use canonical::{Own, Terms, parse_evidence, push_evidence, serialize_evidence, serialize_terms};
pub use check::{LONGEST_LANGUAGE, ReplayError};
pub use draft::{Arrival, Draft, DraftError, FRESH};
pub use personal::{Personal, commitment, parse_personal, serialize_personal, serialize_personal_over};

use crate::category::CategoryId;
use crate::choice::{Action, Source};
use crate::id::{ServiceId, SiteId};
use crate::jurisdiction::{Jurisdiction, Model};
use crate::signal::SignalEvidence;
use crate::time::UnixMillis;

/// A consent record as it is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who decided: can be erased.
    pub personal: Personal,
    /// What was decided, how and under which rules: stays.
    pub evidence: Evidence,
}

/// The part of a record that the log keeps for good. It says nothing about who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// SHA-256 of the canonical bytes of the record's [`Personal`] part.
    pub commitment: [u8; 32],
    /// The site.
    pub site: SiteId,
    /// When the edge received it: the authoritative time.
    pub server_time: UnixMillis,
    /// It came more than ten minutes after the client says it was made (an offline queue, a wrong clock): the headers it came
    /// with speak of the delivery, not of the decision.
    pub late: bool,
    /// Who vouches for where the visitor was and what their headers said.
    pub attested_by: AttestedBy,
    /// What was done.
    pub action: Action,
    /// How.
    pub source: Source,
    /// Every category of the policy, in its order, granted or not.
    pub categories: Vec<(CategoryId, bool)>,
    /// Services refused by name inside granted categories.
    pub denied_services: Vec<ServiceId>,
    /// What headers and DOM said.
    pub signals: SignalEvidence,
    /// The visitor's browser remembered a signal from now or earlier.
    pub signal_seen: bool,
    /// True when the visitor, having been told of their signal, decided otherwise.
    pub overridden: bool,
    /// Where the edge runtime saw the visitor.
    pub jurisdiction: Jurisdiction,
    /// The model in force there.
    pub model: Model,
    /// The published version of the policy.
    pub policy_version: u32,
    /// Where the log says that this version was published, and what visitors were shown with it.
    pub policy_entry: u64,
    /// SHA-256 of that policy as published.
    pub policy_hash: [u8; 32],
    /// The language of the texts shown (BCP 47), with their variant as private use: `en-x-b`.
    pub language: String,
    /// Until when the decision holds.
    pub valid_until: UnixMillis,
}

/// Who vouches for what the visitor could not have written themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttestedBy {
    /// The edge saw the visitor's own request.
    Edge,
    /// The operator handed it in: collected offline, in an app, at a counter.
    Operator,
}

impl AttestedBy {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Operator => "operator",
        }
    }

    /// From the word on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Edge, Self::Operator].into_iter().find(|word| word.as_str() == text)
    }
}

impl Record {
    /// When the client says the decision was made.
    pub fn client_time(&self) -> UnixMillis {
        self.personal.id.client_time()
    }
}
