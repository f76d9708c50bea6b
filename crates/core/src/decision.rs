//! Who may do what: a policy, a place, a stored choice, signals and the time in; grants with reasons out.
//!
//! Everything the gate needs is precomputed here as a [`DecisionTable`] of eight rows, and [`decide`] reads the very same
//! table: the browser and the edge cannot disagree on a rule, because the rule is spelled once.

use alloc::vec::Vec;

use crate::category::Grants;
use crate::choice::{Choice, Flags};
use crate::jurisdiction::Model;
use crate::policy::{Policy, Regime};
use crate::signal::InForce;
use crate::time::{DAY, UnixMillis};

/// What the stored choice is worth now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was chosen (a noted signal is not a choice).
    None,
    /// It holds: same material policy, not expired.
    Valid,
    /// The policy changed materially, the choice expired, or its clock cannot be believed.
    Outdated,
    /// Outdated, but a refusal and still within the cool-down: nobody is asked again yet.
    Cooling,
}

/// One row: `granted = (chosen ∩ keep) ∪ add`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which of the chosen categories still count.
    pub keep: Grants,
    /// What is granted whatever was chosen.
    pub add: Grants,
    /// Whether the visitor is to be asked.
    pub ask: bool,
}

/// The rows for one policy and model, by standing (in the order of [`Standing`]) and then by signal (off, on).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionTable(pub [[Row; 2]; 4]);

impl DecisionTable {
    /// Works the rules out for every standing, with and without a signal.
    pub fn new(policy: &Policy, model: Model) -> Self {
        let all = policy.all();
        let denied = policy.denied_by_signal();
        let by_default = if model == Model::OptIn { Grants::REQUIRED } else { all };
        // `Notice` jurisdictions ask for information, not for an answer: the link is there, nothing pops up.
        let asks = model != Model::Notice;
        let rows = |keep: Grants, add: Grants, ask: bool| {
            let off = Row { keep, add, ask };
            let on = Row {
                keep: keep.without(denied),
                add: add.without(denied).or(Grants::REQUIRED),
                // A signal is an answer.
                ask: false,
            };
            [off, on]
        };
        Self([
            rows(Grants::NONE, by_default, asks),
            rows(all, Grants::REQUIRED, false),
            // A refusal outlives its policy: an outdated choice can only narrow the default, and only in the categories
            // whose bits still mean the same.
            rows(by_default.and(Grants::BUILT_IN), Grants::REQUIRED, asks),
            rows(Grants::NONE, Grants::REQUIRED, false),
        ])
    }

    /// The row that applies.
    pub fn row(&self, standing: Standing, signal: bool) -> Row {
        let Self([none, valid, outdated, cooling]) = self;
        let [off, on] = match standing {
            Standing::None => none,
            Standing::Valid => valid,
            Standing::Outdated => outdated,
            Standing::Cooling => cooling,
        };
        if signal { *on } else { *off }
    }
}

/// What is known when a decision is due.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The site's rules.
    pub policy: &'a Policy,
    /// The model and the lifetimes where the visitor is.
    pub regime: Regime,
    /// What their browser remembers.
    pub choice: Option<&'a Choice>,
    /// Signals heard now, from headers or DOM. Those seen earlier are in the choice.
    pub signals: InForce,
    /// The time.
    pub now: UnixMillis,
}

/// Why a category is granted or denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The site cannot work without it.
    Required,
    /// The visitor chose so.
    Choice,
    /// The visitor chose so after being told of their signal.
    Override,
    /// Global Privacy Control is, or was, on.
    Gpc,
    /// Do Not Track is, or was, on.
    Dnt,
    /// Chosen earlier, under rules that have changed since or too long ago; only its refusals still count.
    OutdatedChoice,
    /// Nothing was chosen; the model's default applies.
    Default(Model),
}

/// Granted or denied, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the category may run.
    pub granted: bool,
    /// Why.
    pub reason: Reason,
}

/// What follows from a situation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The granted categories.
    pub grants: Grants,
    /// One outcome per category, in the policy's order.
    pub outcomes: Vec<Outcome>,
    /// Whether to show the first layer.
    pub ask: bool,
    /// Whether a signal is in force and decided something: the "Opt-out request honoured" status is due.
    pub honoured: bool,
    /// What the stored choice is worth.
    pub standing: Standing,
}

/// Decides. Never grants more with a signal than without (see the property tests).
pub fn decide(situation: &Situation) -> Decision {
    let Situation { policy, regime, choice, signals, now } = *situation;
    let model = regime.model;
    let standing = standing(policy, regime, choice, now);
    let in_force = choice.map_or(signals, |choice| signals.or(choice.flags.seen()));
    // A signal the visitor was not told of when they chose is a newer wish than the choice.
    let overridden = standing == Standing::Valid
        && choice
            .is_some_and(|choice| choice.flags.has(Flags::OVERRIDE) && signals.within(choice.flags.seen()));
    let honoured = in_force.any() && !overridden;
    let row = DecisionTable::new(policy, model).row(standing, honoured);
    let grants = chosen(choice, standing).and(row.keep).or(row.add);
    let outcomes = (0..policy.parts().categories.len())
        .map(|index| {
            let granted = grants.has(index);
            let reason = if index == 0 {
                Reason::Required
            } else if honoured && !granted && policy.denied_by_signal().has(index) {
                if in_force.gpc { Reason::Gpc } else { Reason::Dnt }
            } else {
                match standing {
                    Standing::Valid if overridden => Reason::Override,
                    Standing::Valid => Reason::Choice,
                    Standing::None => Reason::Default(model),
                    Standing::Outdated | Standing::Cooling => Reason::OutdatedChoice,
                }
            };
            Outcome { granted, reason }
        })
        .collect();
    Decision { grants, outcomes, ask: row.ask, honoured, standing }
}

/// What an explicit choice granted, as far as it can still be read.
fn chosen(choice: Option<&Choice>, standing: Standing) -> Grants {
    match (choice, standing) {
        (Some(choice), Standing::Valid) => choice.grants,
        // Refused services are bits under a policy that is gone: which they were is lost, so their categories are not kept.
        (Some(choice), Standing::Outdated) if choice.denied_services.is_empty() => choice.grants,
        _ => Grants::NONE,
    }
}

/// What a stored choice is worth under this policy, there and now.
pub fn standing(policy: &Policy, regime: Regime, choice: Option<&Choice>, now: UnixMillis) -> Standing {
    let Some(choice) = choice.filter(|choice| choice.is_explicit()) else { return Standing::None };
    let made = choice.time();
    let expired = now >= made.plus_days(regime.choice_days);
    // A choice from the future would never expire; one day is what clocks and time zones may differ by.
    let from_the_future = made.0 > now.0.saturating_add(DAY);
    if choice.fingerprint == policy.fingerprint() && !expired && !from_the_future {
        Standing::Valid
    } else if choice.is_refusal() && !from_the_future && now < made.plus_days(regime.cooldown_days) {
        Standing::Cooling
    } else {
        Standing::Outdated
    }
}

/// Whether a service may run: its category is granted, and no valid choice refuses it by name. What is required cannot be
/// refused, not even by a cookie that somebody edited.
pub fn service_granted(decision: &Decision, choice: Option<&Choice>, policy: &Policy, index: usize) -> bool {
    let Some(service) = policy.parts().services.get(index) else { return false };
    let refused = decision.standing == Standing::Valid
        && choice.is_some_and(|choice| choice.denied_services.has(index));
    policy
        .category_index(&service.category)
        .is_some_and(|category| decision.grants.has(category) && (category == 0 || !refused))
}
