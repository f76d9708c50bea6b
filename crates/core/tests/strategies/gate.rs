//! What the gate stores, spelled from the rules a second time, and how it comes to the edge.

use super::*;
use consentry_core::choice::ServiceSet;
use consentry_core::record::{Arrival, FRESH};

pub const GPC_ON: Signals = Signals { gpc: Gpc::On, dnt: Dnt::Unset };
pub const QUIET: Signals = Signals { gpc: Gpc::Absent, dnt: Dnt::Unset };

/// The version, log entry and hash of every policy here.
pub const PUBLISHED: (u32, u64, &[u8; 32]) = (9, 41, &[3; 32]);

/// Four categories with a service each.
pub fn policy_of(signal_effect: SignalEffect) -> Policy {
    let categories = categories(4);
    Policy::new(PolicyParts {
        site: site(),
        services: categories.iter().enumerate().map(|(at, of)| service(at, of, &[])).collect(),
        categories,
        default_model: None,
        models: vec![],
        signal_effect,
        choice_days: 180,
        cooldown_days: 180,
    })
    .unwrap()
}

/// A visitor in California, seen by the edge.
pub fn arrival(policy: &Policy, header: Signals) -> Arrival<'_> {
    let (_, policy_entry, policy_hash) = PUBLISHED;
    Arrival {
        policy,
        policy_hash: *policy_hash,
        server_time: NOW,
        header,
        jurisdiction: place("US-CA"),
        attested_by: AttestedBy::Edge,
        policy_entry,
        salt: [4; 32],
    }
}

/// A draft that every policy of [`policy_of`] accepts: functional and analytics granted, one service refused.
pub fn saved() -> Draft {
    Draft {
        id: RecordId::new(NOW, [5; 10]),
        subject: SubjectId::new([6; 16]),
        previous: None,
        action: Action::Save,
        source: Source::Preferences,
        categories: categories(4).into_iter().zip([true, true, false, true]).collect(),
        denied_services: vec![service(3, &category("analytics"), &[]).id],
        dom: QUIET,
        overridden: false,
        signal_seen: false,
        policy_version: PUBLISHED.0,
        language: "en".into(),
    }
}

/// The same draft with other categories and no service refused.
pub fn granting(grants: [bool; 4]) -> Draft {
    Draft { categories: categories(4).into_iter().zip(grants).collect(), denied_services: vec![], ..saved() }
}

/// What the gate stores when a visitor (or the site's code) decides.
pub fn gate_decides(
    policy: &Policy,
    wanted: Grants,
    refused: &[usize],
    source: Source,
    flags: Flags,
) -> Choice {
    let denied = policy.denied_by_signal();
    let told = source != Source::Api;
    let signal = flags.seen().any();
    let granted = wanted.and(policy.all()).or(Grants::REQUIRED);
    let grants = if signal && !told { granted.without(denied) } else { granted };
    let denied_services: ServiceSet = refused
        .iter()
        .copied()
        .filter(|&at| {
            let service = policy.parts().services.get(at);
            let of = service.and_then(|service| policy.category_index(&service.category));
            of.is_some_and(|of| of > 0 && grants.has(of))
        })
        .collect();
    let overrides = signal && told && grants.and(denied) != Grants::NONE;
    let action = match grants {
        all if all == policy.all() && denied_services.is_empty() => Action::AcceptAll,
        Grants::REQUIRED => Action::RejectAll,
        _ => Action::Save,
    };
    Choice {
        fingerprint: policy.fingerprint(),
        grants,
        flags: Flags(flags.0 | Flags::EXPLICIT | if overrides { Flags::OVERRIDE } else { 0 }),
        action,
        source,
        denied_services,
        subject: SubjectId::new([1; 16]),
        record: RecordId::new(NOW, [2; 10]),
        previous: None,
    }
}

/// What the gate stores when a signal is first heard.
pub fn gate_notes(policy: &Policy, model: Model, flags: Flags) -> Choice {
    let heard = flags.seen();
    let situation =
        Situation { policy, regime: regime(policy, model), choice: None, signals: heard, now: NOW };
    Choice {
        grants: decide(&situation).grants,
        flags,
        action: Action::Signal,
        source: if heard.gpc { Source::Gpc } else { Source::Dnt },
        ..gate_decides(policy, Grants::REQUIRED, &[], Source::Banner, flags)
    }
}

/// A choice the gate stored, and the circumstances of its way to the edge.
#[derive(Debug)]
pub struct Sent {
    pub policy: Policy,
    pub choice: Choice,
    pub dom: Signals,
    pub header: Signals,
    pub jurisdiction: Jurisdiction,
    pub attested_by: AttestedBy,
    pub salt: [u8; 32],
    pub language: String,
}

impl Sent {
    pub fn arrival(&self) -> Arrival<'_> {
        Arrival {
            jurisdiction: self.jurisdiction,
            attested_by: self.attested_by,
            salt: self.salt,
            ..arrival(&self.policy, self.header)
        }
    }

    pub fn accepted(&self) -> Result<Record, DraftError> {
        let parts = self.policy.parts();
        let services: Vec<ServiceId> = parts.services.iter().map(|service| service.id.clone()).collect();
        let version = PUBLISHED.0;
        Draft::from_choice(&self.choice, &parts.categories, &services, self.dom, version, &self.language)
            .accept(&self.arrival())
    }
}

/// From a clock a day ahead to a queue of two years; half of them late.
fn age() -> impl Strategy<Value = i64> {
    let fresh = FRESH as i64;
    prop_oneof![-DAY..=fresh, fresh + 1..800 * DAY, select(vec![-DAY, fresh, fresh + 1])]
}

/// Everything the gate can send. It has heard the header of a delivery in time, and cannot know that of a late one.
pub fn sent() -> impl Strategy<Value = Sent> {
    let wish = (any::<u8>(), vec(0..MOST_SERVICES, 0..6), any::<bool>());
    let source = select(vec![Source::Banner, Source::Preferences, Source::Form, Source::Api]);
    let heard = (signals(), signals(), in_force());
    let ids = (age(), any::<[u8; 10]>(), any::<[u8; 16]>(), option::of(record_id()));
    let way = (jurisdiction(), attested_by(), any::<[u8; 32]>(), language());
    (policy(), wish, source, heard, ids, way).prop_map(|(policy, wish, source, heard, ids, way)| {
        let (wanted, refused, noted) = wish;
        let (dom, header, earlier) = heard;
        let (age, random, subject, previous) = ids;
        let (jurisdiction, attested_by, salt, language) = way;
        let known = if age > FRESH as i64 { QUIET } else { header };
        let heard = SignalEvidence { header: known, dom }.in_force().or(earlier);
        let flags = Flags::default().noting(heard);
        let choice = if noted && heard.any() {
            gate_notes(&policy, policy.model(jurisdiction), flags)
        } else {
            gate_decides(&policy, Grants(wanted), &refused, source, flags)
        };
        let record = RecordId::new(UnixMillis(NOW.0.saturating_add_signed(-age)), random);
        let choice = Choice { record, subject: SubjectId::new(subject), previous, ..choice };
        Sent { policy, choice, dom, header, jurisdiction, attested_by, salt, language }
    })
}
