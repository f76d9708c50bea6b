//! Kantara receipts of every kind of record against the schema, and what they say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_api::policy::{Published, check};
use consentry_api::receipts::{Earlier, Profile};
use consentry_core::{Action, Source};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Decision, Shown, decision, minimal, policy, receipt};

/// Written from the specification; see `fixtures/README.md`.
const SCHEMA: &str = include_str!("fixtures/kantara-cr-1.1.schema.json");

fn validator(schema: &str) -> Validator {
    jsonschema::draft4::new(&serde_json::from_str(schema).unwrap()).unwrap()
}

fn valid(validator: &Validator, receipt: &Value) -> Result<(), String> {
    let errors: Vec<String> =
        validator.iter_errors(receipt).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(format!("{errors:#?}\n{receipt:#}")) }
}

fn kantara(policy: &Published, decision: &Decision, shown: Shown) -> Value {
    receipt(Profile::Kantara, policy, &decision.record(policy, None), None, shown)
}

/// Three services: one required, one functional of the controller itself, one advertising of somebody else.
fn shop() -> Published {
    let mut file = minimal();
    file.controller.email = "post@shop.example".into();
    file.services = serde_json::from_value(json!([
        { "id": "basket", "name": "Basket", "category": "required", "controller": "Shop GmbH",
          "description": { "en": "Keeps the basket." }, "purposes": ["shopping_basket"],
          "cookies": [{ "name": "b", "retention_days": 0 }], "data": ["identifier"] },
        { "id": "counter", "name": "Counter", "category": "functional", "controller": "Shop GmbH",
          "description": { "en": "Counts." }, "purposes": ["measure_audience"],
          "cookies": [{ "name": "c", "retention_days": 30 }], "data": ["browsing", "clicks"] },
        { "id": "ads", "name": "Ads", "category": "advertising", "controller": "Ads Inc.",
          "description": { "en": "Shows adverts." }, "purposes": ["show_advertising", "profile"],
          "data": ["health", "precise_location"], "retention_days": 90 }
    ]))
    .unwrap();
    check(file).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn receipt_of_any_record_satisfies_the_schema(
        (policy, now, before) in (policy(), decision(), decision()),
        shown in prop::sample::select(vec![Shown::All, Shown::Erased, Shown::Withheld]),
        same_terms in any::<bool>(),
    ) {
        let schema = validator(SCHEMA);
        let first = before.record(&policy, None);
        let earlier = Earlier { evidence: &first.evidence, same_terms };
        let record = now.record(&policy, Some(first.personal.id));
        let receipt = receipt(Profile::Kantara, &policy, &record, Some(earlier), shown);
        prop_assert_eq!(valid(&schema, &receipt), Ok(()));
        prop_assert_eq!(receipt["piiPrincipalId"] == "redacted", shown != Shown::All);
    }

    #[test]
    #[ignore = "needs the schema as the working group published it: KANTARA_SCHEMA=FILE"]
    fn receipt_of_any_record_satisfies_the_published_schema(
        (policy, now) in (policy(), decision()),
        shown in prop::sample::select(vec![Shown::All, Shown::Erased, Shown::Withheld]),
        spoiled in any::<prop::sample::Index>(),
    ) {
        let file = std::env::var("KANTARA_SCHEMA").expect("KANTARA_SCHEMA names the published schema");
        let text = std::fs::read_to_string(file).unwrap();
        // The published file has comments, which JSON has not.
        let json: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let (published, own) = (validator(&json.join("\n")), validator(SCHEMA));
        let receipt = kantara(&policy, &now, shown);
        prop_assert_eq!(valid(&published, &receipt), Ok(()));
        // Ours refuses whatever that one refuses.
        for broken in broken(&receipt, spoiled) {
            prop_assert!(!own.is_valid(&broken) || published.is_valid(&broken), "{broken:#}");
        }
    }
}

/// A receipt with one of its values gone, and with it of another kind.
fn broken(receipt: &Value, spoiled: prop::sample::Index) -> Vec<Value> {
    let mut places = Vec::new();
    collect(receipt, String::new(), &mut places);
    let place = spoiled.get(&places);
    let (parent, name) = place.rsplit_once('/').unwrap();
    let mut gone = receipt.clone();
    match gone.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(name)),
        Value::Array(entries) => drop(entries.remove(name.parse().unwrap())),
        other => panic!("{other}"),
    }
    let replaced = [json!(null), json!("x"), json!(1.5), json!([1]), json!(true)].map(|value| {
        let mut other = receipt.clone();
        *other.pointer_mut(place).unwrap() = value;
        other
    });
    [vec![gone], replaced.into()].concat()
}

fn collect(value: &Value, path: String, places: &mut Vec<String>) {
    let mut visit = |name: String, inner: &Value| {
        let path = format!("{path}/{name}");
        places.push(path.clone());
        collect(inner, path, places);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| visit(name.clone(), inner)),
        Value::Array(entries) => {
            entries.iter().enumerate().for_each(|(at, inner)| visit(at.to_string(), inner))
        }
        _ => {}
    }
}

#[test]
fn schema_refuses_a_receipt_that_lacks_or_empties_what_must_be_there() {
    let schema = validator(SCHEMA);
    let whole = kantara(&shop(), &Decision::click(Action::AcceptAll, 0), Shown::All);
    assert_eq!(valid(&schema, &whole), Ok(()));
    let purpose = "/services/2/purposes/0";
    let required = [
        "/version",
        "/jurisdiction",
        "/consentTimestamp",
        "/collectionMethod",
        "/consentReceiptID",
        "/piiPrincipalId",
        "/piiControllers",
        "/policyUrl",
        "/services",
        "/sensitive",
        "/spiCat",
        "/piiControllers/0/piiController",
        "/piiControllers/0/contact",
        "/piiControllers/0/address",
        "/piiControllers/0/email",
        "/piiControllers/0/phone",
        "/services/2/service",
        "/services/2/purposes",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(
        [
            "consentType",
            "purposeCategory",
            "piiCategory",
            "termination",
            "thirdPartyDisclosure",
            "thirdPartyName",
        ]
        .map(|name| format!("{purpose}/{name}")),
    );
    for place in required {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut gone = whole.clone();
        gone.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        assert!(!schema.is_valid(&gone), "{place} may be missing");
        let mut empty = whole.clone();
        *empty.pointer_mut(&place).unwrap() = match whole.pointer(&place).unwrap() {
            Value::String(_) => json!(""),
            Value::Array(_) => json!([]),
            Value::Object(_) => json!({}),
            other => json!(other.to_string()),
        };
        assert!(!schema.is_valid(&empty), "{place} may be empty or of another kind");
    }
}

#[test]
fn receipt_lists_what_was_agreed_to_and_nothing_else() {
    let policy = shop();
    let types = |receipt: &Value| -> Vec<(String, String)> {
        let services = receipt["services"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        services
            .iter()
            .map(|service| (text(&service["service"]), text(&service["purposes"][0]["consentType"])))
            .collect()
    };
    let pairs = |expected: &[(&str, &str)]| -> Vec<(String, String)> {
        expected.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect()
    };
    let explicit = ("Counter", "EXPLICIT");
    let basket = ("Basket", "N/A");
    let mut api = Decision::click(Action::Save, 0b010);
    api.source = Source::Api;
    let mut ccpa = Decision::click(Action::Signal, 0b010);
    ccpa.place = "US-CA";
    let mut narrow = minimal();
    narrow.services = policy.file.services.clone();
    narrow.signals.effect = consentry_api::policy::Effect::Advertising;
    let narrow = check(narrow).unwrap();
    for (policy, decision, expected) in [
        (&policy, Decision::click(Action::AcceptAll, 0), &[basket, explicit, ("Ads", "EXPLICIT")][..]),
        (&policy, Decision::click(Action::RejectAll, 0), &[basket]),
        (&policy, Decision::click(Action::Withdraw, 0), &[basket]),
        (&policy, Decision::click(Action::Save, 0b010), &[basket, explicit]),
        (
            &policy,
            Decision { denied: 0b010, ..Decision::click(Action::Save, 0b110) },
            &[basket, ("Ads", "EXPLICIT")],
        ),
        (&policy, api, &[basket, ("Counter", "REPORTED BY THE SITE'S OWN CODE")]),
        (&narrow, ccpa, &[basket, ("Counter", "IMPLICIT")]),
    ] {
        let receipt = kantara(policy, &decision, Shown::All);
        assert_eq!(types(&receipt), pairs(expected), "{decision:?}");
    }
}

#[test]
fn receipt_joins_the_record_with_its_policy() {
    let policy = shop();
    let record = Decision::click(Action::AcceptAll, 0).record(&policy, None);
    let receipt = receipt(Profile::Kantara, &policy, &record, None, Shown::All);
    assert_eq!(receipt["version"], "KI-CR-v1.1.0");
    assert_eq!(receipt["consentTimestamp"], 1_763_800_000, "whole seconds");
    assert_eq!(receipt["consentReceiptID"], record.personal.id.to_string());
    assert_eq!(receipt["piiPrincipalId"], "07070707070707070707070707070707");
    assert_eq!(receipt["collectionMethod"], "everything accepted: on the consent banner");
    let controller = &receipt["piiControllers"][0];
    assert_eq!(controller["contact"], "https://shop.example/contact");
    assert_eq!(controller["email"], "post@shop.example");
    assert_eq!(controller["phone"], "not stated");
    assert_eq!(controller["address"], json!({ "streetAddress": "not stated" }));
    let [basket, counter, ads] = &receipt["services"].as_array().unwrap()[..] else { panic!("{receipt:#}") };
    let [basket, counter, ads] = [basket, counter, ads].map(|service| &service["purposes"][0]);
    assert_eq!((&basket["primaryPurpose"], &counter["primaryPurpose"]), (&json!(true), &json!(false)));
    assert_eq!(basket["termination"], "N/A; data is kept until the browser closes");
    assert_eq!(counter["purposeCategory"], json!(["16 - Improve Performance"]));
    assert_eq!(counter["piiCategory"], json!(["15 - Behavioral"]), "each category once");
    assert_eq!(counter["thirdPartyDisclosure"], false, "the controller's own");
    assert_eq!(counter.get("thirdPartyName"), None);
    assert_eq!((&ads["thirdPartyDisclosure"], &ads["thirdPartyName"]), (&json!(true), &json!("Ads Inc.")));
    assert_eq!(
        ads["termination"],
        "2026-05-21T08:26:40.123Z, or when withdrawn at https://shop.example/_c/shop/preferences; \
         data is kept for 90 days"
    );
    assert_eq!(
        (&receipt["sensitive"], &receipt["spiCat"]),
        (&json!(true), &json!(["6 - Health", "5 - Network/Service"]))
    );
}

#[test]
fn receipt_of_a_redacted_record_names_the_leaf_and_not_the_visitor() {
    let policy = shop();
    let record = Decision::click(Action::AcceptAll, 0).record(&policy, None);
    for shown in [Shown::Erased, Shown::Withheld] {
        let receipt = receipt(Profile::Kantara, &policy, &record, None, shown);
        assert_eq!(receipt["piiPrincipalId"], "redacted");
        let id = receipt["consentReceiptID"].as_str().unwrap();
        assert!(id.starts_with("urn:consentry:leaf:") && id.len() == 19 + 64, "{id}");
        let text = receipt.to_string();
        assert!(!text.contains(&record.personal.id.to_string()), "{text}");
        assert!(!text.contains(&record.personal.subject.to_hex()), "{text}");
    }
}

#[test]
fn receipt_of_a_refusal_is_not_sensitive_for_what_was_refused() {
    let receipt = kantara(&shop(), &Decision::click(Action::RejectAll, 0), Shown::All);
    assert_eq!((&receipt["sensitive"], &receipt["spiCat"]), (&json!(false), &json!([])));
    assert_eq!(receipt["collectionMethod"], "everything refused that can be refused: on the consent banner");
}
