//! Policies, choices, signals, records and statements of any shape, for the property tests.

#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a strategy that builds nonsense is a mistake in the test itself"
)]

pub mod gate;
pub mod statement;

use consentry_core::choice::{Flags, ServiceSet};
use consentry_core::policy::{Fingerprint, MOST_SERVICES, Service, SignalEffect};
use consentry_core::signal::InForce;
use consentry_core::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The time around which everything happens: 2026-11-20T12:00:00Z.
pub const NOW: UnixMillis = UnixMillis(1_795_176_000_000);
pub const DAY: i64 = 86_400_000;

pub fn model() -> impl Strategy<Value = Model> {
    select(vec![Model::OptIn, Model::OptOut, Model::Notice])
}

/// A model with the policy's own lifetimes, as in a place whose law sets no limits.
pub fn regime(policy: &Policy, model: Model) -> Regime {
    let PolicyParts { choice_days, cooldown_days, .. } = *policy.parts();
    Regime { model, choice_days, cooldown_days }
}

pub fn category(id: &str) -> CategoryId {
    CategoryId::parse(id).unwrap()
}

/// The identifiers of the first `count` categories: the built-in ones, then the site's own.
pub fn categories(count: usize) -> Vec<CategoryId> {
    ["required", "functional", "advertising", "analytics", "social", "survey", "research", "maps"]
        .into_iter()
        .take(count)
        .map(category)
        .collect()
}

pub fn service(at: usize, category: &CategoryId, purposes: &[&str]) -> Service {
    Service {
        id: ServiceId::parse(&format!("service-{at}")).unwrap(),
        category: category.clone(),
        purposes: purposes.iter().map(|&purpose| purpose.into()).collect(),
    }
}

pub fn policy_parts() -> impl Strategy<Value = PolicyParts> {
    let services = prop_oneof![9 => vec(any::<usize>(), 0..12), 1 => vec(any::<usize>(), MOST_SERVICES)];
    let effect = select(vec![SignalEffect::NonRequired, SignalEffect::Advertising]);
    let models = (option::of(model()), option::of(model()), option::of(model()));
    (3..=8_usize, services, effect, models, 1..=400_u16, 0..=400_u16).prop_map(
        |(count, services, signal_effect, (default_model, us, california), choice_days, cooldown_days)| {
            let categories = categories(count);
            let places = [("US", us), ("US-CA", california)];
            PolicyParts {
                site: site(),
                services: services
                    .iter()
                    .enumerate()
                    .map(|(at, of)| service(at, &categories[of % count], &["measure", "remember"]))
                    .collect(),
                categories,
                default_model,
                models: places
                    .into_iter()
                    .filter_map(|(at, model)| Some((Jurisdiction::parse(at)?, model?)))
                    .collect(),
                signal_effect,
                choice_days,
                cooldown_days,
            }
        },
    )
}

pub fn policy() -> impl Strategy<Value = Policy> {
    policy_parts().prop_map(|parts| Policy::new(parts).unwrap())
}

pub fn signals() -> impl Strategy<Value = Signals> {
    let gpc = select(vec![Gpc::On, Gpc::Off, Gpc::Absent]);
    let dnt = select(vec![Dnt::On, Dnt::Allow, Dnt::Unset]);
    (gpc, dnt).prop_map(|(gpc, dnt)| Signals { gpc, dnt })
}

pub fn in_force() -> impl Strategy<Value = InForce> {
    any::<(bool, bool)>().prop_map(|(gpc, dnt)| InForce { gpc, dnt })
}

/// Years before to days after [`NOW`], with the interesting distances more often.
pub fn record_id() -> impl Strategy<Value = RecordId> {
    let ago = prop_oneof![
        -3 * DAY..800 * DAY,
        0..DAY,
        select(vec![0, DAY, -DAY, -DAY - 1, 400 * DAY, 180 * DAY, NOW.0 as i64])
    ];
    (ago, any::<[u8; 10]>())
        .prop_map(|(ago, random)| RecordId::new(UnixMillis(NOW.0.saturating_add_signed(-ago)), random))
}

/// Any choice that some policy allows, made under the given policy or another one.
pub fn choice_under(fingerprint: Fingerprint) -> impl Strategy<Value = Choice> {
    let prints = prop_oneof![3 => Just(fingerprint.0), 1 => any::<[u8; 8]>()];
    let acts = (select(Action::ALL), select(Source::ALL));
    let services =
        prop_oneof![1 => Just(vec![]), 1 => vec(0..MOST_SERVICES, 0..4), 1 => vec(0..MOST_SERVICES, 160)];
    let ids = (any::<[u8; 16]>(), record_id(), option::of(record_id()));
    (prints, any::<u8>(), any::<u8>(), acts, services, ids).prop_map(
        |(print, grants, flags, (action, source), services, (subject, record, previous))| {
            let mut flags = Flags(flags & 31);
            if action != Action::Signal {
                flags.0 |= Flags::EXPLICIT;
            }
            if action == Action::Signal || !flags.seen().any() {
                flags.0 &= !Flags::OVERRIDE;
            }
            Choice {
                fingerprint: Fingerprint(print),
                grants: Grants(grants).or(Grants::REQUIRED),
                flags,
                action,
                source,
                denied_services: services.into_iter().collect::<ServiceSet>(),
                subject: SubjectId::new(subject),
                record,
                previous,
            }
        },
    )
}

pub fn choice() -> impl Strategy<Value = Choice> {
    choice_under(Fingerprint([7; 8]))
}

/// A policy, and perhaps a choice that was made under it or another one.
pub fn policy_and_choice() -> impl Strategy<Value = (Policy, Option<Choice>)> {
    policy().prop_flat_map(|policy| {
        let choice = option::of(choice_under(policy.fingerprint()));
        (Just(policy), choice)
    })
}

pub fn site() -> SiteId {
    SiteId::parse("shop").unwrap()
}

pub fn attested_by() -> impl Strategy<Value = AttestedBy> {
    select(vec![AttestedBy::Edge, AttestedBy::Operator])
}

pub fn language() -> impl Strategy<Value = String> {
    "[a-z]{2}(-[A-Z]{2})?"
}

pub fn place(text: &str) -> Jurisdiction {
    Jurisdiction::parse(text).unwrap()
}

pub fn jurisdiction() -> impl Strategy<Value = Jurisdiction> {
    select(vec!["unknown", "DE", "FR", "IT", "US-CA", "US-WY", "GB-ENG"]).prop_map(place)
}

pub fn personal() -> impl Strategy<Value = Personal> {
    let ids = (record_id(), any::<[u8; 16]>(), option::of(record_id()));
    (any::<[u8; 32]>(), ids).prop_map(|(salt, (id, subject, previous))| Personal {
        salt,
        id,
        subject: SubjectId::new(subject),
        previous,
    })
}

/// Evidence of any form, which need not follow from any policy.
pub fn evidence() -> impl Strategy<Value = Evidence> {
    let hashes = any::<[[u8; 32]; 2]>();
    let what = (select(Action::ALL), select(Source::ALL), vec(any::<bool>(), 0..=8), 0..=160_usize);
    let signs = (signals(), signals(), any::<[bool; 3]>());
    let place = (jurisdiction(), model(), attested_by());
    let rules = (any::<u32>(), language(), any::<[u64; 3]>());
    (hashes, what, signs, place, rules).prop_map(|(hashes, what, signs, place, rules)| Evidence {
        commitment: hashes[0],
        site: site(),
        server_time: UnixMillis(rules.2[0]),
        late: signs.2[0],
        attested_by: place.2,
        action: what.0,
        source: what.1,
        categories: categories(what.2.len()).into_iter().zip(what.2).collect(),
        denied_services: (0..what.3).map(|at| service(at, &category("functional"), &[]).id).collect(),
        signals: SignalEvidence { header: signs.0, dom: signs.1 },
        signal_seen: signs.2[1],
        overridden: signs.2[2],
        jurisdiction: place.0,
        model: place.1,
        policy_version: rules.0,
        policy_entry: rules.2[1],
        policy_hash: hashes[1],
        language: rules.1,
        valid_until: UnixMillis(rules.2[2]),
    })
}
