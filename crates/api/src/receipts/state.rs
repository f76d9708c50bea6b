//! What became of a purpose with a record: given, renewed, refused, withdrawn; and how that was said.

use consentry_core::{Action, Evidence, Model, Source};

use super::vocabulary::dpv;

/// The state of consent for one purpose (ISO/IEC TS 27560, `event_state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Given, for the first time as far as the log can tell.
    Given,
    /// Given again for what it was given for before.
    Renewed,
    /// Not given.
    Refused,
    /// Taken back.
    Withdrawn,
}

/// How it was said (ISO/IEC TS 27560, `event_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expression {
    /// By the visitor, on a surface made for it.
    Expressed,
    /// By the site's own code, which may have asked in its own way.
    BySite,
    /// By nobody, for this purpose: a signal spoke, or the law's default stayed.
    Implied,
}

/// The record that the visitor's newest one supersedes.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// What it said.
    pub evidence: &'a Evidence,
    /// It was made under terms with the same material fingerprint, so the same words meant the same things.
    pub same_terms: bool,
}

impl State {
    /// Its DPV term.
    pub const fn iri(self) -> &'static str {
        match self {
            Self::Given => dpv!("ConsentGiven"),
            Self::Renewed => dpv!("RenewedConsentGiven"),
            Self::Refused => dpv!("ConsentRefused"),
            Self::Withdrawn => dpv!("ConsentWithdrawn"),
        }
    }

    /// Whether the purpose may be pursued: DPV's `ConsentStatusValidForProcessing`.
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Given | Self::Renewed)
    }
}

impl Expression {
    /// Its DPV term.
    pub const fn iri(self) -> &'static str {
        match self {
            Self::Expressed => dpv!("ExpressedConsent"),
            Self::BySite => dpv!("Consent"),
            Self::Implied => dpv!("ImpliedConsent"),
        }
    }
}

/// What a record says of a service of a category, or of the category itself.
pub fn state_of(
    record: &Evidence,
    earlier: Option<Earlier<'_>>,
    category: &str,
    service: Option<&str>,
) -> (State, Expression) {
    let now = granted(record, category, service).unwrap_or(false);
    let before = earlier.and_then(|earlier| granted(earlier.evidence, category, service));
    let by_hand = record.action != Action::Signal;
    let again = earlier.is_some_and(|earlier| earlier.same_terms && chosen(earlier.evidence));
    let state = match (now, before) {
        (true, Some(true)) if by_hand && again => State::Renewed,
        (true, _) => State::Given,
        (false, Some(true)) => State::Withdrawn,
        // Who withdraws had given; what the record before it did not grant, though, was never given.
        (false, None) if record.action == Action::Withdraw && earlier.is_none() => State::Withdrawn,
        (false, _) => State::Refused,
    };
    let expression = match (by_hand, record.source) {
        (true, Source::Api) => Expression::BySite,
        (true, _) => Expression::Expressed,
        // A signal grants nothing. What it left on was chosen before, unless it is on by default.
        (false, _)
            if now
                && (chosen(record)
                    || before == Some(true) && earlier.is_some_and(|it| chosen(it.evidence))) =>
        {
            Expression::Expressed
        }
        (false, _) => Expression::Implied,
    };
    (state, expression)
}

/// Whether what a record grants was granted by somebody: by hand, or where nothing is on by default.
fn chosen(record: &Evidence) -> bool {
    record.action != Action::Signal || record.model == Model::OptIn
}

/// `None` when the record's policy did not have the category.
fn granted(record: &Evidence, category: &str, service: Option<&str>) -> Option<bool> {
    let (_, granted) = record.categories.iter().find(|(id, _)| id.as_str() == category)?;
    let denied =
        service.is_some_and(|service| record.denied_services.iter().any(|id| id.as_str() == service));
    Some(*granted && !denied)
}
