//! A draft: the visitor's part of a record, made from the choice cookie, and what it must satisfy to become a record.

use alloc::string::String;
use alloc::vec::Vec;

use super::Record;
use crate::category::{CategoryId, Grants};
use crate::choice::{Action, Choice, Flags, Source};
use crate::id::{RecordId, ServiceId, SubjectId};
use crate::jurisdiction::Jurisdiction;
use crate::policy::Policy;
use crate::signal::{SignalEvidence, Signals};
use crate::time::UnixMillis;

/// Longest language tag taken, in bytes: `zh-Hant-TW` and then some (BCP 47).
pub const LONGEST_LANGUAGE: usize = 20;

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
        let signals = SignalEvidence { header: arrival.header, dom: self.dom };
        let grants = self.grants(arrival.policy)?;
        self.check_services(arrival.policy, grants)?;
        self.check_action(arrival.policy, grants)?;
        let fresh = arrival.server_time.0.saturating_sub(self.id.client_time().0) <= FRESH;
        let heard =
            if fresh { signals } else { SignalEvidence { header: Signals::default(), dom: self.dom } };
        self.check_signals(arrival.policy, grants, heard)?;
        if self.id.client_time().is_absurd(arrival.server_time) {
            return Err(DraftError::Clock);
        }
        if !is_language(&self.language) {
            return Err(DraftError::Language);
        }
        let parts = arrival.policy.parts();
        Ok(Record {
            id: self.id,
            subject: self.subject,
            previous: self.previous,
            site: parts.site.clone(),
            server_time: arrival.server_time,
            action: self.action,
            source: self.source,
            categories: self.categories,
            denied_services: self.denied_services,
            signals,
            overridden: self.overridden,
            jurisdiction: arrival.jurisdiction,
            model: arrival.policy.model(arrival.jurisdiction),
            policy_version: self.policy_version,
            policy_hash: arrival.policy_hash,
            language: self.language,
            valid_until: arrival.server_time.plus_days(parts.choice_days),
        })
    }

    fn grants(&self, policy: &Policy) -> Result<Grants, DraftError> {
        let expected = policy.parts().categories.iter();
        if !self.categories.iter().map(|(id, _)| id).eq(expected) {
            return Err(DraftError::Categories);
        }
        let grants = self
            .categories
            .iter()
            .enumerate()
            .filter(|(_, (_, granted))| *granted)
            .fold(Grants::NONE, |grants, (at, _)| grants.with(at));
        if Grants::REQUIRED.within(grants) { Ok(grants) } else { Err(DraftError::RequiredDenied) }
    }

    fn check_services(&self, policy: &Policy, grants: Grants) -> Result<(), DraftError> {
        for (at, id) in self.denied_services.iter().enumerate() {
            let category = policy
                .service_index(id)
                .and_then(|index| policy.parts().services.get(index))
                .and_then(|service| policy.category_index(&service.category));
            let twice = self.denied_services.iter().take(at).any(|earlier| earlier == id);
            if twice || !category.is_some_and(|category| category > 0 && grants.has(category)) {
                return Err(DraftError::Services);
            }
        }
        Ok(())
    }

    fn check_action(&self, policy: &Policy, grants: Grants) -> Result<(), DraftError> {
        let from_signal = matches!(self.source, Source::Gpc | Source::Dnt);
        if (self.action == Action::Signal) != from_signal {
            return Err(DraftError::SourceMismatch);
        }
        let fits = match self.action {
            Action::AcceptAll => grants == policy.all() && self.denied_services.is_empty(),
            Action::RejectAll | Action::Withdraw => grants == Grants::REQUIRED,
            Action::Signal => policy.denied_by_signal().and(grants) == Grants::NONE,
            Action::Save => true,
        };
        if fits { Ok(()) } else { Err(DraftError::ActionMismatch) }
    }

    fn check_signals(
        &self,
        policy: &Policy,
        grants: Grants,
        heard: SignalEvidence,
    ) -> Result<(), DraftError> {
        let signal = self.signal_seen || heard.in_force().any();
        let against_it = policy.denied_by_signal().and(grants) != Grants::NONE;
        let told = matches!(self.source, Source::Banner | Source::Preferences | Source::Form);
        let allowed = match (signal, self.overridden) {
            (false, overridden) => !overridden,
            (true, true) => told && against_it,
            (true, false) => !against_it,
        };
        if allowed { Ok(()) } else { Err(DraftError::SignalIgnored) }
    }
}

/// The shape of a BCP 47 tag: a primary language of two or three letters, then subtags of 1-8 letters and digits.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    tag.len() <= LONGEST_LANGUAGE
        && (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
