//! ISO/IEC TS 27560 receipts: every mandatory field, every state, and terms that all exist.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::BTreeSet;

use consentry_api::policy::{Published, check};
use consentry_api::receipts::{Earlier, Profile};
use consentry_core::{Action, Source};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Decision, Shown, decision, minimal, policy, receipt};

/// The mandatory fields of ISO/IEC TS 27560:2023 (§6.3 and §6.4), and where they are; `*` is every entry of a list.
const MANDATORY: &[(&str, &str)] = &[
    ("receipt schema_version", "schema_version"),
    ("receipt_id", "receipt_id"),
    ("schema_version", "record.header.schema_version"),
    ("record_id", "record.header.record_id"),
    ("pii_principal_id", "record.header.pii_principal_id"),
    ("privacy_notice", "record.pii_processing.privacy_notice.*.@id"),
    ("language", "record.pii_processing.language"),
    ("purpose", "record.pii_processing.purposes.*.purpose.description"),
    ("pii_information", "record.pii_processing.purposes.*.pii_information"),
    ("pii_type", "record.pii_processing.purposes.*.pii_information.*.pii_type"),
    ("pii_controllers", "record.pii_processing.pii_controllers.*"),
    ("storage_locations", "record.pii_processing.purposes.*.storage_locations.*.location"),
    ("retention_period", "record.pii_processing.purposes.*.retention_period.duration.value"),
    ("jurisdiction", "record.pii_processing.jurisdiction"),
    ("recipient_third_parties", "record.pii_processing.purposes.*.recipient_third_parties.*"),
    ("withdrawal_method", "record.pii_processing.withdrawal_method.exercised_at"),
    ("privacy_rights (of the DPV guide)", "record.pii_processing.privacy_rights.exercised_at"),
    ("party_id", "record.party_identification.*.party_id"),
    ("party_address", "record.party_identification.*.party_address"),
    ("party_name", "record.party_identification.*.party_name"),
    ("party_contact", "record.party_identification.*.party_contact.contact"),
    ("party_type", "record.party_identification.*.party_type"),
    ("party_role (of the DPV guide)", "record.party_identification.*.party_role"),
    ("event_time", "record.event.*.event_time"),
    ("validity_duration", "record.event.*.validity_duration.value"),
    ("entity_id", "record.event.*.entity_id"),
    ("event_type", "record.event.*.event_type"),
    ("event_state", "record.event.*.event_state"),
];

/// Every value at a path. A list that is empty where entries are asked for is itself what is found there.
fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    path.split('.').fold(vec![value], |found, step| {
        let next = |value: &'a Value| -> Vec<&'a Value> {
            match (step, value) {
                ("*", Value::Array(entries)) if !entries.is_empty() => entries.iter().collect(),
                _ => vec![value.get(step).unwrap_or(&Value::Null)],
            }
        };
        found.into_iter().flat_map(next).collect()
    })
}

fn is_said(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(entries) => !entries.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn check_mandatory(receipt: &Value) {
    for (field, path) in MANDATORY {
        for value in at(receipt, path) {
            assert!(is_said(value), "{field} is missing at {path} in {receipt:#}");
        }
    }
}

/// Names that one section uses must be those another section gives.
fn check_references(receipt: &Value) {
    let texts = |path: &str| -> Vec<&str> {
        at(receipt, path).into_iter().map(|value| value.as_str().unwrap()).collect()
    };
    let parties: BTreeSet<&str> = texts("record.party_identification.*.party_id").into_iter().collect();
    let used: BTreeSet<&str> = texts("record.pii_processing.pii_controllers.*")
        .into_iter()
        .chain(texts("record.pii_processing.purposes.*.recipient_third_parties.*"))
        .collect();
    assert_eq!(used, parties, "{receipt:#}");
    for purpose in receipt["record"]["pii_processing"]["purposes"].as_array().unwrap() {
        let events: Vec<&Value> = receipt["record"]["event"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["concerns"].as_array().unwrap().contains(&purpose["@id"]))
            .collect();
        assert_eq!(events.len(), 1, "{purpose:#}");
        assert_eq!(events[0]["event_state"], purpose["consent_state"]);
    }
}

/// Every name of the receipt is one the context explains, down to where the context says to stop.
fn check_context(value: &Value, context: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields.iter().filter(|(name, _)| *name != "@context") {
                let definition = context.get(name);
                assert!(name.starts_with('@') || definition.is_some(), "{name} is not in the context");
                if definition.is_none_or(|definition| definition["@type"] != "@json") {
                    check_context(inner, context);
                }
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| check_context(entry, context)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn receipt_of_any_record_says_all_that_is_mandatory(
        (policy, now, before) in (policy(), decision(), decision()),
        shown in prop::sample::select(vec![Shown::All, Shown::Erased, Shown::Withheld]),
        (known, same_terms) in any::<(bool, bool)>(),
    ) {
        let first = before.record(&policy, None);
        let earlier = Earlier { evidence: &first.evidence, same_terms };
        let record = now.record(&policy, known.then_some(first.personal.id));
        let receipt = receipt(Profile::Iso27560, &policy, &record, known.then_some(earlier), shown);
        check_mandatory(&receipt);
        check_references(&receipt);
        check_context(&receipt, &receipt["@context"]);
    }
}

#[test]
fn field_that_is_left_out_or_empty_is_noticed() {
    let policy = check(minimal()).unwrap();
    let record = Decision::click(Action::AcceptAll, 0).record(&policy, None);
    let whole = receipt(Profile::Iso27560, &policy, &record, None, Shown::All);
    check_mandatory(&whole);
    for (field, path) in MANDATORY {
        let pointer = format!("/{}", path.replace('*', "0").replace('.', "/"));
        for empty in [json!(null), json!(""), json!([])] {
            let mut broken = whole.clone();
            *broken.pointer_mut(&pointer).unwrap_or_else(|| panic!("{field}: nothing at {pointer}")) = empty;
            let noticed = at(&broken, path).into_iter().any(|value| !is_said(value));
            assert!(noticed, "{field} can be emptied unnoticed");
        }
    }
}

const GIVEN: &str = "https://w3id.org/dpv#ConsentGiven";
const RENEWED: &str = "https://w3id.org/dpv#RenewedConsentGiven";
const REFUSED: &str = "https://w3id.org/dpv#ConsentRefused";
const WITHDRAWN: &str = "https://w3id.org/dpv#ConsentWithdrawn";
const EXPRESSED: &str = "https://w3id.org/dpv#ExpressedConsent";
const IMPLIED: &str = "https://w3id.org/dpv#ImpliedConsent";
const BY_SITE: &str = "https://w3id.org/dpv#Consent";

/// State and type for `functional`, then for `advertising`.
fn states(policy: &Published, earlier: Option<(&Decision, bool)>, now: &Decision) -> [(String, String); 2] {
    let first = earlier.map(|(decision, same_terms)| (decision.record(policy, None), same_terms));
    let previous = first.as_ref().map(|(record, _)| record.personal.id);
    let before = first
        .as_ref()
        .map(|(record, same_terms)| Earlier { evidence: &record.evidence, same_terms: *same_terms });
    let record = now.record(policy, previous);
    let receipt = receipt(Profile::Iso27560, policy, &record, before, Shown::All);
    check_references(&receipt);
    let of = |category: &str| {
        let name = format!("#category:{category}");
        let concerns = |event: &Value| {
            let ids = event["concerns"].as_array().unwrap();
            ids.iter().any(|id| id.as_str().unwrap().ends_with(&name))
        };
        let event =
            receipt["record"]["event"].as_array().unwrap().iter().find(|event| concerns(event)).unwrap();
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        (text("event_state"), text("event_type"))
    };
    [of("functional"), of("advertising")]
}

#[test]
fn state_of_a_purpose_follows_from_its_record_and_the_one_before() {
    let mut file = minimal();
    file.signals.effect = consentry_api::policy::Effect::Advertising;
    let policy = check(file).unwrap();
    let click = Decision::click;
    let (all, none, some) =
        (click(Action::AcceptAll, 0), click(Action::RejectAll, 0), click(Action::Save, 0b010));
    let withdraw = click(Action::Withdraw, 0);
    let signal = click(Action::Signal, 0b110);
    let in_california = |decision: &Decision| Decision { place: "US-CA", ..decision.clone() };
    let by_api = |decision: &Decision| Decision { source: Source::Api, ..decision.clone() };
    let same = |decision| Some((decision, true));
    let changed = |decision| Some((decision, false));
    type Expected = [(&'static str, &'static str); 2];
    let by_hand = |functional, advertising| [(functional, EXPRESSED), (advertising, EXPRESSED)];
    let californian = in_california(&signal);
    type Case<'a> = (&'static str, Option<(&'a Decision, bool)>, Decision, Expected);
    let cases: [Case<'_>; 19] = [
        ("given", None, all.clone(), by_hand(GIVEN, GIVEN)),
        ("refused", None, none.clone(), by_hand(REFUSED, REFUSED)),
        ("partly", None, some.clone(), by_hand(GIVEN, REFUSED)),
        ("withdrawn, nothing known before", None, withdraw.clone(), by_hand(WITHDRAWN, WITHDRAWN)),
        ("withdrawn", same(&all), withdraw.clone(), by_hand(WITHDRAWN, WITHDRAWN)),
        (
            "withdrawn, of which one was never given",
            same(&some),
            withdraw.clone(),
            by_hand(WITHDRAWN, REFUSED),
        ),
        ("withdrawn by refusing", same(&all), none.clone(), by_hand(WITHDRAWN, WITHDRAWN)),
        ("withdrawn in part", same(&all), some.clone(), by_hand(RENEWED, WITHDRAWN)),
        ("renewed", same(&all), all.clone(), by_hand(RENEWED, RENEWED)),
        ("renewed in part", same(&some), all.clone(), by_hand(RENEWED, GIVEN)),
        ("given anew, to other terms", changed(&all), all.clone(), by_hand(GIVEN, GIVEN)),
        ("withdrawn, whatever the terms", changed(&all), none.clone(), by_hand(WITHDRAWN, WITHDRAWN)),
        ("refused again", same(&none), none.clone(), by_hand(REFUSED, REFUSED)),
        ("given after a refusal", same(&none), all.clone(), by_hand(GIVEN, GIVEN)),
        ("by the site's own code", None, by_api(&some), [(GIVEN, BY_SITE), (REFUSED, BY_SITE)]),
        (
            "signal, where it is asked first",
            same(&all),
            signal.clone(),
            [(GIVEN, EXPRESSED), (WITHDRAWN, IMPLIED)],
        ),
        (
            "signal, where it is on by default",
            None,
            californian.clone(),
            [(GIVEN, IMPLIED), (REFUSED, IMPLIED)],
        ),
        ("given by hand after a default", same(&californian), in_california(&all), by_hand(GIVEN, GIVEN)),
        (
            "default after a choice",
            same(&all),
            californian.clone(),
            [(GIVEN, EXPRESSED), (WITHDRAWN, IMPLIED)],
        ),
    ];
    for (name, earlier, now, expected) in cases {
        let expected = expected.map(|(state, kind)| (state.to_owned(), kind.to_owned()));
        assert_eq!(states(&policy, earlier, &now), expected, "{name}");
    }
}

#[test]
fn lawful_basis_is_consent_except_where_the_default_lets_it_run() {
    let mut file = minimal();
    file.signals.effect = consentry_api::policy::Effect::Advertising;
    let policy = check(file).unwrap();
    let bases = |decision: &Decision| -> Vec<Value> {
        let receipt = receipt(Profile::Iso27560, &policy, &decision.record(&policy, None), None, Shown::All);
        at(&receipt, "record.pii_processing.purposes.*.lawful_basis").into_iter().cloned().collect()
    };
    let consent = json!("https://w3id.org/dpv#Consent");
    assert_eq!(bases(&Decision::click(Action::Save, 0b010)), [consent.clone(), consent.clone()]);
    let signal = Decision { place: "US-CA", ..Decision::click(Action::Signal, 0b010) };
    assert_eq!(bases(&signal), [Value::Null, consent]);
}

#[test]
fn receipt_joins_the_record_with_its_policy() {
    let mut file = minimal();
    file.controller = serde_json::from_value(json!({
        "name": "Shop GmbH", "contact": "privacy@shop.example", "privacy_url": "https://shop.example/privacy",
        "contact_person": "Jane Roe", "phone": "+49 30 1234567", "url": "https://shop.example/",
        "rights_url": "https://shop.example/rights",
        "address": { "street": "1 Main St", "city": "Berlin", "postal_code": "10115", "country": "DE" }
    }))
    .unwrap();
    file.categories = serde_json::from_value(json!([{ "id": "advertising", "data": ["browsing"] }])).unwrap();
    file.services = serde_json::from_value(json!([
        { "id": "counter", "name": "Counter", "category": "functional", "controller": "Metrics Inc.",
          "description": { "en": "Counts." }, "purposes": ["measure_audience"],
          "cookies": [{ "name": "c", "retention_days": 30 }, { "name": "d", "retention_days": 365 }],
          "data": ["ip_address", "health"], "stored_in": ["IE", "US-CA"], "contact": "dpo@metrics.example",
          "address": { "city": "Dublin", "country": "IE" } },
        { "id": "ads", "name": "Ads", "category": "advertising", "controller": "Metrics Inc.",
          "description": { "en": "Shows adverts." }, "privacy_url": "https://metrics.example/privacy",
          "cookies": [{ "name": "p", "retention_days": 0, "storage": "pixel" }] }
    ]))
    .unwrap();
    let policy = check(file).unwrap();
    let record = Decision::click(Action::AcceptAll, 0).record(&policy, None);
    let receipt = receipt(Profile::Iso27560, &policy, &record, None, Shown::All);
    check_references(&receipt);
    assert_eq!(receipt["schema_version"], "https://w3id.org/dpv/schema/dpv-27560#receipt-record");
    assert_eq!(receipt["record"]["header"]["schema_version"], "https://w3id.org/dpv/schema/dpv-27560#record");
    assert_eq!(receipt["record"]["header"]["record_id"], record.personal.id.to_string());
    let processing = &receipt["record"]["pii_processing"];
    assert_eq!(
        processing["privacy_notice"][0]["@id"],
        "https://shop.example/_c/v1/sites/shop/notice?policy=1&language=en"
    );
    assert_eq!(processing["jurisdiction"], "https://w3id.org/dpv/loc#DE");
    assert_eq!(processing["privacy_rights"]["exercised_at"], "https://shop.example/rights");
    assert_eq!(processing["withdrawal_method"]["exercised_at"], "https://shop.example/_c/shop/preferences");
    let [counter, ads] = &processing["purposes"].as_array().unwrap()[..] else { panic!("{processing:#}") };
    assert_eq!(counter["purpose"]["purpose_type"], json!(["https://w3id.org/dpv#ServiceUsageAnalytics"]));
    assert_eq!(counter["retention_period"]["duration"]["value"], "P365D", "the longest-lived cookie");
    assert_eq!(counter["pii_information"][1]["@type"], "https://w3id.org/dpv#SpecialCategoryPersonalData");
    let places: Vec<&Value> = at(counter, "storage_locations.*.location");
    assert_eq!(
        places,
        [
            "https://w3id.org/dpv#WithinDevice",
            "https://w3id.org/dpv/loc#IE",
            "https://w3id.org/dpv/loc#US-CA"
        ]
    );
    assert_eq!(
        ads["pii_information"][0]["pii_type"], "https://w3id.org/dpv/pd#BrowsingBehaviour",
        "its category's"
    );
    assert_eq!(ads["storage_locations"][0]["location"], "not stated", "a pixel stores nothing");
    assert_eq!(ads["retention_period"]["duration"]["value"], "not stated");
    let [shop, metrics] = &receipt["record"]["party_identification"].as_array().unwrap()[..] else {
        panic!("one company behind two services is one party: {receipt:#}")
    };
    assert_eq!(shop["party_role"], "https://w3id.org/dpv#DataController");
    assert_eq!(shop["party_contact"]["contact_name"], "Jane Roe");
    assert_eq!(shop["party_email"], "privacy@shop.example", "the contact, which is a mail address");
    assert_eq!(shop["party_address"]["postal_code"], "10115");
    assert_eq!(metrics["party_name"], "Metrics Inc.");
    assert_eq!(metrics["party_contact"]["contact"], "dpo@metrics.example");
    assert_eq!(metrics["party_address"]["country"], "IE");
    let provenance = &receipt["record"]["provenance"];
    assert_eq!((&provenance["index"], &provenance["policy_version"]), (&json!(17), &json!(1)));
}

#[test]
fn receipt_of_a_redacted_record_says_so_and_names_nobody() {
    let policy = check(minimal()).unwrap();
    let first = Decision::click(Action::RejectAll, 0).record(&policy, None);
    let record = Decision { random: 2, ..Decision::click(Action::AcceptAll, 0) }
        .record(&policy, Some(first.personal.id));
    for (shown, why) in [(Shown::Erased, "erasure"), (Shown::Withheld, "withheld")] {
        let receipt = receipt(Profile::Iso27560, &policy, &record, None, shown);
        check_mandatory(&receipt);
        assert_eq!(receipt["record"]["header"]["pii_principal_id"], "redacted");
        assert_eq!(receipt["record"]["event"][0]["entity_id"], "redacted");
        assert_eq!(receipt["record"]["provenance"]["redacted"], why);
        let text = receipt.to_string();
        for secret in
            [record.personal.id.to_string(), record.personal.subject.to_hex(), first.personal.id.to_string()]
        {
            assert!(!text.contains(&secret), "{text}");
        }
    }
}

#[test]
fn receipt_issued_again_has_the_same_identifier() {
    let policy = check(minimal()).unwrap();
    let id = |decision: &Decision, shown| {
        let receipt = receipt(Profile::Iso27560, &policy, &decision.record(&policy, None), None, shown);
        receipt["receipt_id"].as_str().unwrap().to_owned()
    };
    let one = Decision::click(Action::AcceptAll, 0);
    assert_eq!(id(&one, Shown::All), id(&one, Shown::Erased), "it is of the leaf, which stays");
    assert_ne!(id(&one, Shown::All), id(&Decision { random: 9, ..one.clone() }, Shown::All));
    let text = id(&one, Shown::All);
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{text}");
    assert!(
        text.as_bytes()[14] == b'8' && b"89ab".contains(&text.as_bytes()[19]),
        "a UUID of version 8: {text}"
    );
}
