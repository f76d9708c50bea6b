//! A draft: the visitor's part of a record, made from the choice cookie, and what it must satisfy to become a record.

use alloc::string::String;
use alloc::vec::Vec;

use super::{AttestedBy, Evidence, Personal, Record};
use crate::category::CategoryId;
use crate::choice::{Action, Choice, Flags, Source};
use crate::id::{RecordId, ServiceId, SubjectId};
use crate::jurisdiction::Jurisdiction;
use crate::policy::Policy;
use crate::signal::{SignalEvidence, Signals};
use crate::time::UnixMillis;

/// How old a decision may be, in milliseconds, for the headers of its delivery to speak of it too. A record that waited
/// in an offline queue arrives with the headers of another day.
pub const FRESH: u64 = 600_000;

/// What the client knows of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The record's identifier, with the client's time in it.
    pub id: RecordId,
    /// The visitor.
    pub subject: SubjectId,
    /// The superseded record.
    pub previous: Option<RecordId>,
    /// What was done.
    pub action: Action,
    /// How.
    pub source: Source,
    /// Every category, explicitly.
    pub categories: Vec<(CategoryId, bool)>,
    /// Services refused inside granted categories.
    pub denied_services: Vec<ServiceId>,
    /// What the page's DOM said.
    pub dom: Signals,
    /// Chosen after being told of a signal.
    pub overridden: bool,
    /// A signal was seen for this visitor, now or earlier.
    pub signal_seen: bool,
    /// The policy version the client decided under.
    pub policy_version: u32,
    /// The language of the texts it showed.
    pub language: String,
}

/// What the edge knows when a draft arrives.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    /// The policy of the version the draft names.
    pub policy: &'a Policy,
    /// SHA-256 of that policy as published.
    pub policy_hash: [u8; 32],
    /// Now, by the edge's clock.
    pub server_time: UnixMillis,
    /// Signals in the headers of the very request.
    pub header: Signals,
    /// Where the runtime sees the visitor.
    pub jurisdiction: Jurisdiction,
    /// Who vouches for headers and jurisdiction.
    pub attested_by: AttestedBy,
    /// Where the log says that the policy was published.
    pub policy_entry: u64,
    /// 32 fresh random bytes for the erasable part.
    pub salt: [u8; 32],
}

/// Why a draft is no record. Nothing was stored; the client may correct and resend it under the same identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftError {
    /// The categories are not exactly the policy's, in its order.
    Categories,
    /// Required is switched off, which nobody can do.
    RequiredDenied,
    /// A refused service is not in the policy, is named twice, or sits in a category that is not granted or is required.
    Services,
    /// The action says one thing and the categories another.
    ActionMismatch,
    /// Action and source do not go together: a signal is not a click.
    SourceMismatch,
    /// It grants what a signal denies without having overridden it, or overrides where no signal was.
    SignalIgnored,
    /// The client's clock is impossible: before 2020, or a day and more ahead of ours.
    Clock,
    /// The language is not a short BCP 47 tag.
    Language,
}

impl Draft {
    /// The draft of a stored choice. Positions beyond the given lists, which only a foreign cookie has, are left out.
    pub fn from_choice(
        choice: &Choice,
        categories: &[CategoryId],
        services: &[ServiceId],
        dom: Signals,
        policy_version: u32,
        language: &str,
    ) -> Self {
        let granted = |index| choice.grants.has(index);
        Draft {
            id: choice.record,
            subject: choice.subject,
            previous: choice.previous,
            action: choice.action,
            source: choice.source,
            categories: categories.iter().enumerate().map(|(at, id)| (id.clone(), granted(at))).collect(),
            denied_services: choice
                .denied_services
                .indexes()
                .filter_map(|at| services.get(at).cloned())
                .collect(),
            dom,
            overridden: choice.flags.has(Flags::OVERRIDE),
            signal_seen: choice.flags.seen().any(),
            policy_version,
            language: language.into(),
        }
    }

    /// Turns the draft into a record, if it is one that the policy, the signals and the clock allow.
    pub fn accept(self, arrival: &Arrival) -> Result<Record, DraftError> {
        let parts = arrival.policy.parts();
        let personal =
            Personal { salt: arrival.salt, id: self.id, subject: self.subject, previous: self.previous };
        let evidence = Evidence {
            commitment: personal.commitment(),
            site: parts.site.clone(),
            server_time: arrival.server_time,
            late: is_late(self.id, arrival.server_time),
            attested_by: arrival.attested_by,
            action: self.action,
            source: self.source,
            categories: self.categories,
            denied_services: self.denied_services,
            signals: SignalEvidence { header: arrival.header, dom: self.dom },
            signal_seen: self.signal_seen,
            overridden: self.overridden,
            jurisdiction: arrival.jurisdiction,
            model: arrival.policy.model(arrival.jurisdiction),
            policy_version: self.policy_version,
            policy_entry: arrival.policy_entry,
            policy_hash: arrival.policy_hash,
            language: self.language,
            valid_until: arrival.policy.valid_until(arrival.jurisdiction, arrival.server_time),
        };
        evidence.check(arrival.policy)?;
        if self.id.client_time().is_absurd(arrival.server_time) {
            return Err(DraftError::Clock);
        }
        Ok(Record { personal, evidence })
    }
}

/// Whether the headers of its delivery are too young to speak of the decision.
pub(super) fn is_late(id: RecordId, server_time: UnixMillis) -> bool {
    server_time.0.saturating_sub(id.client_time().0) > FRESH
}
