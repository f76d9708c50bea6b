//! What a policy allows a record to say: checked when it arrives, and again by whoever audits it.
//!
//! The same code answers both. A record that could not have been accepted cannot be replayed, whoever wrote it.

use crate::category::Grants;
use crate::choice::{Action, Source};
use crate::policy::Policy;
use crate::signal::{SignalEvidence, Signals};
use crate::time::UnixMillis;

use super::draft::is_late;
use super::{DraftError, Evidence, Personal};

/// Longest language tag taken, in bytes: `zh-Hant-TW` and then some (BCP 47).
pub const LONGEST_LANGUAGE: usize = 20;

/// Why a logged record does not follow from the policy it names: whoever logged it did not run these rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayError {
    /// It would have been refused on arrival.
    Decision(DraftError),
    /// It names another site.
    Site,
    /// It names another policy: version, hash or log entry differ.
    Policy,
    /// Another model applies where the visitor was.
    Model,
    /// It holds longer or shorter than policy and law say.
    ValidUntil,
    /// It says to have come in time and did not, or the other way round.
    Late,
    /// The erasable part is not the one it commits to.
    Commitment,
}

impl Evidence {
    /// Decides again, with the policy of this version, log entry and hash. Without the erasable part, which may be gone,
    /// everything else is still checked.
    pub fn replay(
        &self,
        policy: &Policy,
        (version, entry, hash): (u32, u64, &[u8; 32]),
        personal: Option<&Personal>,
    ) -> Result<(), ReplayError> {
        let parts = policy.parts();
        let same = (self.policy_version, self.policy_entry) == (version, entry) && self.policy_hash == *hash;
        if !same {
            return Err(ReplayError::Policy);
        }
        if self.site != parts.site {
            return Err(ReplayError::Site);
        }
        if self.model != policy.model(self.jurisdiction) {
            return Err(ReplayError::Model);
        }
        let holds = policy.may_hold_days(self.jurisdiction).map(|days| self.server_time.plus_days(days));
        if !holds.contains(&self.valid_until) {
            return Err(ReplayError::ValidUntil);
        }
        self.check(policy).map_err(ReplayError::Decision)?;
        let Some(personal) = personal else { return Ok(()) };
        // First of all: what belongs to another record says nothing of this one.
        if personal.commitment() != self.commitment {
            return Err(ReplayError::Commitment);
        }
        personal.replay(self.server_time, self.late)
    }

    /// What must hold of a record whenever it is looked at.
    pub(super) fn check(&self, policy: &Policy) -> Result<(), DraftError> {
        let grants = self.grants(policy)?;
        self.check_services(policy, grants)?;
        self.check_action(policy, grants)?;
        self.check_signals(policy, grants)?;
        if is_language(&self.language) { Ok(()) } else { Err(DraftError::Language) }
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

    fn check_signals(&self, policy: &Policy, grants: Grants) -> Result<(), DraftError> {
        let header = if self.late { Signals::default() } else { self.signals.header };
        let heard = SignalEvidence { header, dom: self.signals.dom };
        let signal = self.signal_seen || heard.in_force().any();
        let against_it = policy.denied_by_signal().and(grants) != Grants::NONE;
        let told = matches!(self.source, Source::Banner | Source::Preferences | Source::Form);
        let allowed = match (signal, self.overridden) {
            // Nobody acts on a signal that nobody heard.
            (false, overridden) => !overridden && self.action != Action::Signal,
            (true, true) => told && against_it,
            (true, false) => !against_it,
        };
        if allowed { Ok(()) } else { Err(DraftError::SignalIgnored) }
    }
}

impl Personal {
    /// Whether the identifier can be that of a record received at this time, late or not: the rest of
    /// [`Evidence::replay`] for a record whose commitment has been compared.
    pub fn replay(&self, server_time: UnixMillis, late: bool) -> Result<(), ReplayError> {
        if late != is_late(self.id, server_time) {
            return Err(ReplayError::Late);
        }
        if self.id.client_time().is_absurd(server_time) {
            return Err(ReplayError::Decision(DraftError::Clock));
        }
        Ok(())
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
