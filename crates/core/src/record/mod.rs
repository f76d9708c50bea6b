//! Consent records: what the browser drafts, what the edge adds, what the log keeps.
//!
//! One record per decision or change of signal, never per request. Fields follow ISO/IEC TS 27560:2023 and Kantara Consent
//! Receipt 1.1 where they have a counterpart. No address, no user agent, no URL.

mod canonical;
mod draft;

use alloc::string::String;
use alloc::vec::Vec;

pub use canonical::{CanonicalError, parse_record, serialize_record};
pub use draft::{Arrival, Draft, DraftError};

use crate::category::CategoryId;
use crate::choice::{Action, Source};
use crate::id::{RecordId, ServiceId, SiteId, SubjectId};
use crate::jurisdiction::{Jurisdiction, Model};
use crate::signal::SignalEvidence;
use crate::time::UnixMillis;

/// A consent record as it is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Chosen by the client, so that sending twice records once.
    pub id: RecordId,
    /// The visitor, on this site.
    pub subject: SubjectId,
    /// The record this one supersedes.
    pub previous: Option<RecordId>,
    /// The site.
    pub site: SiteId,
    /// When the edge received it: the authoritative time.
    pub server_time: UnixMillis,
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
    /// True when the visitor, having been told of their signal, decided otherwise.
    pub overridden: bool,
    /// Where the edge runtime saw the visitor.
    pub jurisdiction: Jurisdiction,
    /// The model in force there.
    pub model: Model,
    /// The published version of the policy.
    pub policy_version: u32,
    /// SHA-256 of that policy as published.
    pub policy_hash: [u8; 32],
    /// The language of the texts shown (BCP 47).
    pub language: String,
    /// Until when the decision holds.
    pub valid_until: UnixMillis,
}

impl Record {
    /// When the client says the decision was made.
    pub fn client_time(&self) -> UnixMillis {
        self.id.client_time()
    }
}
