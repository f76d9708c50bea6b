//! The shared vectors in `tests/vectors`: what the gate's tests hold the browser to, the core must do too.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may stop at the first surprise")]

use consentry_core::bytes::{parse_hex, serialize_hex};
use consentry_core::choice::Flags;
use consentry_core::decision::service_granted;
use consentry_core::policy::{Fingerprint, Service, SignalEffect};
use consentry_core::signal::{InForce, parse_dnt, parse_sec_gpc};
use consentry_core::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecGpcVector {
    value: String,
    on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DntVector {
    value: String,
    state: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CookieVector {
    name: String,
    value: String,
    choice: Option<ChoiceFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceFields {
    fingerprint: String,
    grants: u8,
    flags: u8,
    action: String,
    source: String,
    denied_services: Vec<usize>,
    subject: String,
    record: String,
    time: u64,
    previous: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionVector {
    name: String,
    policy: PolicyFields,
    model: String,
    fingerprint: String,
    denied: u8,
    table: [[u8; 3]; 8],
    cookie: Option<String>,
    header: u8,
    dom: DomFields,
    now: u64,
    expect: Expectation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFields {
    categories: Vec<String>,
    services: Vec<(String, String)>,
    effect: String,
    choice_days: u16,
    cooldown_days: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DomFields {
    gpc: String,
    dnt: String,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Expectation {
    grants: u8,
    ask: bool,
    honoured: bool,
    services: Vec<bool>,
}

impl ChoiceFields {
    fn choice(&self) -> Choice {
        Choice {
            fingerprint: Fingerprint(parse_hex(&self.fingerprint).unwrap()),
            grants: Grants(self.grants),
            flags: Flags(self.flags),
            action: Action::parse(&self.action).unwrap(),
            source: Source::parse(&self.source).unwrap(),
            denied_services: self.denied_services.iter().copied().collect(),
            subject: SubjectId::parse(&self.subject).unwrap(),
            record: RecordId::parse(&self.record).unwrap(),
            previous: self.previous.as_deref().map(|id| RecordId::parse(id).unwrap()),
        }
    }
}

impl PolicyFields {
    fn policy(&self) -> Policy {
        let category = |id: &String| CategoryId::parse(id).unwrap();
        Policy::new(PolicyParts {
            site: SiteId::parse("vectors").unwrap(),
            categories: self.categories.iter().map(category).collect(),
            services: self
                .services
                .iter()
                .map(|(id, of)| Service {
                    id: ServiceId::parse(id).unwrap(),
                    category: category(of),
                    purposes: vec![],
                })
                .collect(),
            default_model: None,
            models: vec![],
            signal_effect: match self.effect.as_str() {
                "non_required" => SignalEffect::NonRequired,
                "advertising" => SignalEffect::Advertising,
                other => panic!("no such effect: {other}"),
            },
            choice_days: self.choice_days,
            cooldown_days: self.cooldown_days,
        })
        .unwrap()
    }
}

impl DecisionVector {
    fn signals(&self) -> InForce {
        let header = InForce { gpc: self.header & 1 != 0, dnt: self.header & 2 != 0 };
        header.or(InForce { gpc: self.dom.gpc == "on", dnt: self.dom.dnt == "on" })
    }

    fn outcome(&self, policy: &Policy) -> Expectation {
        let choice = self.cookie.as_deref().and_then(parse_choice);
        let choice = choice.as_ref();
        let PolicyParts { choice_days, cooldown_days, .. } = *policy.parts();
        let regime = Regime { model: Model::parse(&self.model).unwrap(), choice_days, cooldown_days };
        let situation =
            Situation { policy, regime, choice, signals: self.signals(), now: UnixMillis(self.now) };
        let decision = decide(&situation);
        let services = 0..policy.parts().services.len();
        Expectation {
            grants: decision.grants.0,
            ask: decision.ask,
            honoured: decision.honoured,
            services: services.map(|index| service_granted(&decision, choice, policy, index)).collect(),
        }
    }
}

fn read<T: for<'a> Deserialize<'a>>(json: &str) -> Vec<T> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn sec_gpc_vectors_are_read_as_expected() {
    for SecGpcVector { value, on } in read(include_str!("../../../tests/vectors/sec_gpc.json")) {
        let expected = if on { Gpc::On } else { Gpc::Absent };
        assert_eq!(parse_sec_gpc(&value), expected, "{value:?}");
    }
}

#[test]
fn dnt_vectors_are_read_as_expected() {
    for DntVector { value, state } in read(include_str!("../../../tests/vectors/dnt.json")) {
        let expected = match state.as_str() {
            "on" => Dnt::On,
            "allow" => Dnt::Allow,
            "unset" => Dnt::Unset,
            other => panic!("no such state: {other}"),
        };
        assert_eq!(parse_dnt(&value), expected, "{value:?}");
    }
}

#[test]
fn choice_cookie_vectors_are_read_and_written_as_expected() {
    for CookieVector { name, value, choice } in
        read(include_str!("../../../tests/vectors/choice_cookie.json"))
    {
        let expected = choice.as_ref().map(ChoiceFields::choice);
        assert_eq!(parse_choice(&value), expected, "{name}");
        if let (Some(expected), Some(fields)) = (expected, choice) {
            assert_eq!(expected.time(), UnixMillis(fields.time), "{name}");
            assert_eq!(serialize_choice(&expected), value, "{name}");
        }
    }
}

#[test]
fn decision_vectors_come_out_as_expected() {
    for vector in read::<DecisionVector>(include_str!("../../../tests/vectors/decision.json")) {
        let policy = vector.policy.policy();
        assert_eq!(vector.outcome(&policy), vector.expect, "{}", vector.name);
    }
}

#[test]
fn decision_vectors_hand_the_gate_what_the_core_computes() {
    for vector in read::<DecisionVector>(include_str!("../../../tests/vectors/decision.json")) {
        let policy = vector.policy.policy();
        let table = DecisionTable::new(&policy, Model::parse(&vector.model).unwrap());
        let rows: Vec<[u8; 3]> =
            table.0.iter().flatten().map(|row| [row.keep.0, row.add.0, row.ask.into()]).collect();
        assert_eq!(rows, vector.table, "{}", vector.name);
        assert_eq!(policy.denied_by_signal().0, vector.denied, "{}", vector.name);
        assert_eq!(serialize_hex(&policy.fingerprint().0), vector.fingerprint, "{}", vector.name);
    }
}
