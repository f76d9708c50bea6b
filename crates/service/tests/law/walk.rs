//! The walk itself: every place asked for its gate, every stored choice decided there.

use consentry_core::choice::{Flags, ServiceSet};
use consentry_core::law::TABLE;
use consentry_core::policy::Fingerprint;
use consentry_core::signal::InForce;
use consentry_core::{
    Action, Choice, Grants, Jurisdiction, RecordId, Situation, Source, SubjectId, UnixMillis, decide,
    serialize_choice,
};
use serde_json::{Value, json};

use crate::support::{App, NOW, ORIGIN, gate_parts};

/// Signals: name, which are on, and their bits in the gate's payload.
pub const SIGNALS: [(&str, (bool, bool), u8); 4] = [
    ("no signal", (false, false), 0),
    ("Global Privacy Control", (true, false), 1),
    ("Do Not Track", (false, true), 2),
    ("both", (true, true), 3),
];

/// What the browser remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    None,
    Accepted,
    Rejected,
    Saved,
    Override,
    Outdated,
    OutdatedSaved,
    Cooling,
    Expired,
    RefusedLongAgo,
}

pub const STORED: [Stored; 10] = [
    Stored::None,
    Stored::Accepted,
    Stored::Rejected,
    Stored::Saved,
    Stored::Override,
    Stored::Outdated,
    Stored::OutdatedSaved,
    Stored::Cooling,
    Stored::Expired,
    Stored::RefusedLongAgo,
];

impl Stored {
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Accepted => "accepted yesterday",
            Self::Rejected => "rejected yesterday",
            Self::Saved => "functional only, yesterday",
            Self::Override => "accepted after being told of GPC",
            Self::Outdated => "accepted, then the policy changed",
            Self::OutdatedSaved => "functional only, then the policy changed",
            Self::Cooling => "rejected yesterday, then the policy changed",
            Self::Expired => "accepted, expired",
            Self::RefusedLongAgo => "rejected, expired and the wait is over",
        }
    }

    /// The choice, in a place where choices hold and rest for so many days.
    fn choice(self, fingerprint: Fingerprint, (choice_days, cooldown_days): (u16, u16)) -> Option<Choice> {
        let expired = choice_days.max(cooldown_days) + 1;
        let (grants, flags, action, days, current) = match self {
            Self::None => return None,
            Self::Accepted => (0b111, 0, Action::AcceptAll, 1, true),
            Self::Rejected => (0b001, 0, Action::RejectAll, 1, true),
            Self::Saved => (0b011, 0, Action::Save, 1, true),
            Self::Override => (0b111, Flags::OVERRIDE | Flags::GPC, Action::AcceptAll, 1, true),
            Self::Outdated => (0b111, 0, Action::AcceptAll, 1, false),
            Self::OutdatedSaved => (0b011, 0, Action::Save, 1, false),
            Self::Cooling => (0b001, 0, Action::RejectAll, 1, false),
            Self::Expired => (0b111, 0, Action::AcceptAll, expired, true),
            Self::RefusedLongAgo => (0b001, 0, Action::RejectAll, expired, true),
        };
        Some(Choice {
            fingerprint: if current { fingerprint } else { Fingerprint([9; 8]) },
            grants: Grants(grants),
            flags: Flags(Flags::EXPLICIT | flags),
            action,
            source: Source::Banner,
            denied_services: ServiceSet::default(),
            subject: SubjectId::new([1; 16]),
            record: RecordId::new(UnixMillis(NOW - u64::from(days) * 86_400_000), [2; 10]),
            previous: None,
        })
    }
}

/// What a visitor meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub granted: u8,
    /// 0 nothing is asked, 1 asked, 2 asked again.
    pub ask: u8,
    pub honoured: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its position in [`SIGNALS`].
    pub signal: usize,
    pub stored: Stored,
    pub cookie: Option<String>,
    pub seen: Seen,
}

/// A place, what its gate is handed, and every case there.
#[derive(Debug, Clone)]
pub struct Group {
    pub place: Jurisdiction,
    pub effect: &'static str,
    pub payload: Value,
    pub cases: Vec<Case>,
}

/// A place that a row rules.
pub fn place_of(row: &str) -> Jurisdiction {
    Jurisdiction::parse(&row.replace("-*", "-WY")).unwrap()
}

fn policy(effect: &str) -> Value {
    let service = |id: &str, category: &str| json!({ "id": id, "name": id, "category": category, "controller": "C", "description": { "en": "D." } });
    json!({
        "site": "shop", "origins": [ORIGIN], "languages": ["en", "de"], "signals": { "effect": effect },
        "controller": { "name": "Shop", "contact": "a@shop.example", "privacy_url": "https://shop.example/privacy" },
        "services": [service("video", "functional"), service("ads", "advertising")]
    })
}

/// Every place of the table, one that has no row, and the one nobody knows.
pub fn walk(effect: &'static str) -> Vec<Group> {
    let app = App::new();
    let policy = policy(effect);
    app.publish(&policy);
    let policy = consentry_api::policy::parse_published(&policy.to_string()).unwrap().policy;
    let places = TABLE.iter().map(|law| place_of(law.place));
    let others = ["GF", "unknown"].map(|place| Jurisdiction::parse(place).unwrap());
    places
        .chain(others)
        .map(|place| {
            app.jurisdiction.set(place);
            let text = app.get("/_c/shop.js", &[("accept-language", "en")]).text().to_owned();
            let payload: Value = gate_parts(&text).0;
            let days = |name: &str| payload[name].as_u64().unwrap() as u16;
            let lifetimes = (days("choice_days"), days("cooldown_days"));
            let mut cases = Vec::new();
            for stored in STORED {
                for (signal, (_, (gpc, dnt), _)) in SIGNALS.into_iter().enumerate() {
                    let choice = stored.choice(policy.fingerprint(), lifetimes);
                    let regime = policy.regime(place);
                    let signals = InForce { gpc, dnt };
                    let situation = Situation {
                        policy: &policy,
                        regime,
                        choice: choice.as_ref(),
                        signals,
                        now: UnixMillis(NOW),
                    };
                    let decision = decide(&situation);
                    // The row of the payload's table says whether it is the first time.
                    let row = decision.standing as usize * 2 + usize::from(decision.honoured);
                    let ask = payload["table"][row][2].as_u64().unwrap() as u8;
                    // And the fingerprint, whether anything has changed; or only time has passed.
                    let same =
                        choice.as_ref().is_some_and(|choice| choice.fingerprint == policy.fingerprint());
                    let ask = if same { ask.min(1) } else { ask };
                    assert_eq!(ask > 0, decision.ask, "{place}");
                    let seen = Seen { granted: decision.grants.0, ask, honoured: decision.honoured };
                    cases.push(Case { signal, stored, cookie: choice.as_ref().map(serialize_choice), seen });
                }
            }
            Group { place, effect, payload, cases }
        })
        .collect()
}

/// Places where everything comes out alike, together: the first stands for all.
pub fn groups(all: Vec<Group>) -> Vec<(Vec<String>, Group)> {
    let mut found: Vec<(Vec<String>, Group)> = Vec::new();
    for group in all {
        let name = match group.place.to_string().as_str() {
            "US-WY" => "US-*".to_owned(),
            "GF" => "everywhere else".to_owned(),
            place => place.to_owned(),
        };
        match found.iter_mut().find(|(_, known)| known.payload == group.payload) {
            Some((places, _)) => places.push(name),
            None => found.push((vec![name], group)),
        }
    }
    found
}
