//! Receipts from the service: one line per record, one record by its identifier, each under the policy it was made under.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use serde_json::{Value, json};
use support::{App, NOW, operator, policy, record};

const RECORDS: &str = "/_c/v1/sites/shop/records";

fn refusal(nth: u64) -> Value {
    let mut record = record(nth);
    record["action"] = "reject_all".into();
    record["categories"] =
        json!({ "required": true, "functional": false, "advertising": false, "analytics": false });
    record
}

fn after(mut record: Value, earlier: &Value) -> Value {
    record["previous"] = earlier["id"].clone();
    record
}

fn post(app: &App, record: &Value) {
    let answer = app.post_record(record);
    assert_eq!(answer.status, 201, "{}", answer.text());
    app.sites.now.set(app.now() + 1_000);
}

/// The states of a receipt's purposes, by service or category.
fn states(receipt: &Value) -> Vec<(&str, &str)> {
    let purposes = receipt["record"]["pii_processing"]["purposes"].as_array().unwrap();
    purposes
        .iter()
        .map(|purpose| {
            let name = purpose["@id"].as_str().unwrap().rsplit_once('#').unwrap().1;
            (name, purpose["consent_state"].as_str().unwrap().rsplit_once('#').unwrap().1)
        })
        .collect()
}

#[test]
fn export_with_a_profile_has_one_receipt_for_each_record_and_nothing_else() {
    let app = App::published();
    post(&app, &record(1));
    post(&app, &refusal(2));
    let token = app.auditor();
    for (profile, id) in [("iso27560", "/record/header/record_id"), ("kantara", "/consentReceiptID")] {
        let answer = app.get(&format!("{RECORDS}?profile={profile}"), &[("authorization", &token)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/x-ndjson");
        assert!(answer.header("content-disposition").contains(&format!("consent-shop-{profile}.ndjson")));
        assert_eq!(answer.header("consentry-sizes"), "3", "the policy's own entry is in the log");
        let ids: Vec<String> = answer
            .text()
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|receipt| receipt.pointer(id).unwrap().as_str().unwrap().replace('-', ""))
            .collect();
        assert_eq!(ids, [record(1), refusal(2)].map(|record| record["id"].as_str().unwrap().to_owned()));
    }
    let kantara = app.export_all("&profile=kantara&action=reject_all");
    assert_eq!(kantara.len(), 1, "filters choose among receipts too");
    assert_eq!(kantara[0]["services"][0]["purposes"][0]["consentType"], "N/A");
    for junk in ["profile=xml", "profile=kantara&format=csv"] {
        let answer = app.get(&format!("{RECORDS}?{junk}"), &[("authorization", &token)]);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "filter"), "{junk}");
    }
    assert_eq!(app.get(&format!("{RECORDS}?profile=kantara"), &[]).status, 401);
}

#[test]
fn export_of_receipts_in_pages_by_cursor_misses_and_doubles_nothing() {
    let app = App::published();
    for nth in 0..1_100 {
        post(&app, &record(nth));
    }
    let token = app.auditor();
    let mut seen = Vec::new();
    let mut cursor = String::from("0:0");
    while !cursor.is_empty() {
        let path = format!("{RECORDS}?profile=iso27560&limit=700&cursor={cursor}");
        let answer = app.get(&path, &[("authorization", &token)]);
        seen.extend(answer.text().lines().map(|line| {
            let receipt: Value = serde_json::from_str(line).unwrap();
            receipt["record"]["provenance"]["index"].as_u64().unwrap()
        }));
        cursor = answer.header("consentry-next-cursor").into();
    }
    assert_eq!(seen, (1..=1_100).collect::<Vec<u64>>());
}

#[test]
fn state_of_a_purpose_is_told_from_the_record_it_supersedes() {
    for parts in [1, 5] {
        let app = App::new();
        let mut policy = policy();
        policy["log"] = json!({ "shards": parts });
        app.publish(&policy);
        let (first, second, third) = (record(1), after(record(2), &record(1)), after(refusal(3), &record(2)));
        for record in [&first, &second, &third] {
            post(&app, record);
        }
        // Nobody renews or withdraws what another visitor gave.
        let mut stranger = after(refusal(4), &record(1));
        stranger["subject"] = "ff0102030405060708090a0b0c0d0e0f".into();
        post(&app, &stranger);
        let receipts = app.export_all("&profile=iso27560");
        let state = |record: &Value| -> String {
            let id = record["id"].as_str().unwrap();
            let of = |receipt: &&Value| {
                receipt["record"]["header"]["record_id"].as_str().unwrap().replace('-', "") == id
            };
            let found = states(receipts.iter().find(of).unwrap());
            assert_eq!(
                found.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
                ["category:functional", "service:ads", "service:counter"]
            );
            assert!(found.iter().all(|(_, state)| *state == found[0].1), "{found:?}");
            found[0].1.to_owned()
        };
        assert_eq!(state(&first), "ConsentGiven", "{parts}");
        assert_eq!(state(&second), "RenewedConsentGiven", "{parts}");
        assert_eq!(state(&third), "ConsentWithdrawn", "{parts}");
        assert_eq!(state(&stranger), "ConsentRefused", "{parts}");
    }
}

#[test]
fn receipt_is_told_under_the_policy_its_record_was_made_under() {
    let app = App::published();
    post(&app, &record(1));
    let mut changed = policy();
    changed["controller"]["name"] = "Shop AG".into();
    changed["services"][0]["purposes"] = json!(["measure_audience"]);
    app.publish(&changed);
    let mut second = after(record(2), &record(1));
    second["policy"] = 2.into();
    post(&app, &second);
    let mut third = after(record(3), &record(2));
    third["policy"] = 2.into();
    post(&app, &third);
    let receipts = app.export_all("&profile=iso27560");
    let names: Vec<&Value> =
        receipts.iter().map(|receipt| &receipt["record"]["party_identification"][0]["party_name"]).collect();
    assert_eq!(names, ["Shop GmbH", "Shop AG", "Shop AG"]);
    let first_state: Vec<&str> = receipts.iter().map(|receipt| states(receipt)[0].1).collect();
    assert_eq!(
        first_state,
        ["ConsentGiven", "ConsentGiven", "RenewedConsentGiven"],
        "agreeing to other terms renews nothing"
    );
    assert_eq!(
        receipts[1]["record"]["pii_processing"]["privacy_notice"][0]["@id"],
        "https://shop.example/_c/v1/sites/shop/notice?policy=2&language=en"
    );
    let notice = app.get("/_c/v1/sites/shop/notice?policy=2&language=en", &[]);
    assert_eq!(notice.json()["controller"]["name"], "Shop AG", "the link leads to the notice as shown");
    assert_eq!(
        app.get("/_c/shop/preferences", &[]).status,
        200,
        "and the other one to where consent is withdrawn"
    );
}

#[test]
fn receipt_of_an_erased_record_names_nobody() {
    let app = App::published();
    post(&app, &record(1));
    post(&app, &after(record(2), &record(1)));
    let body = json!({ "subject": record(1)["subject"] }).to_string();
    let answer = app.send("POST", "/_c/v1/sites/shop/erasures", &[operator()], body.as_bytes());
    assert_eq!((answer.status, answer.json()["erased"].clone()), (200, json!(2)), "{}", answer.text());
    let receipts = app.export_all("&profile=iso27560");
    assert_eq!(receipts.len(), 2, "redacted, not missing");
    for receipt in &receipts {
        assert_eq!(receipt["record"]["header"]["pii_principal_id"], "redacted");
        assert_eq!(receipt["record"]["provenance"]["redacted"], "erasure");
        assert_eq!(states(receipt)[0].1, "ConsentGiven", "what it renewed can no longer be told");
    }
    for receipt in app.export_all("&profile=kantara") {
        assert_eq!(receipt["piiPrincipalId"], "redacted");
        assert!(receipt["consentReceiptID"].as_str().unwrap().starts_with("urn:consentry:leaf:"));
    }
}

#[test]
fn record_by_its_identifier_is_the_row_of_the_export_or_a_receipt() {
    let app = App::new();
    let mut policy = policy();
    policy["log"] = json!({ "shards": 3 });
    app.publish(&policy);
    for nth in 1..6 {
        post(&app, &record(nth));
    }
    let token = app.auditor();
    let headers = [("authorization", token.as_str())];
    for row in app.export("") {
        let id = row["record_id"].as_str().unwrap();
        for spelled in [id.to_owned(), id.replace('-', "")] {
            let answer = app.get(&format!("{RECORDS}/{spelled}"), &headers);
            assert_eq!((answer.status, answer.json()), (200, row.clone()));
        }
        let answer = app.get(&format!("{RECORDS}/{id}?profile=kantara"), &headers);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["consentReceiptID"], row["record_id"]);
        let answer = app.get(&format!("{RECORDS}/{id}?profile=iso27560"), &headers);
        assert_eq!(answer.header("content-type"), "application/ld+json");
        assert_eq!(answer.json()["record"]["provenance"]["leaf_hash"], row["leaf_hash"]);
        assert_eq!(answer.json()["receipt_time"], "2025-11-22T08:26:45.000Z", "issued now, five seconds on");
        assert_eq!(app.get(&format!("{RECORDS}/{id}"), &[]).status, 401);
        assert_eq!(app.send("POST", &format!("{RECORDS}/{id}"), &headers, b"").status, 405);
        for junk in ["profile=pdf", "Profile=kantara"] {
            let answer = app.get(&format!("{RECORDS}/{id}?{junk}"), &headers);
            assert_eq!((answer.status, answer.problem().as_str()), (400, "filter"), "{junk}");
        }
    }
    assert_eq!(app.now(), NOW + 5_000);
    for unknown in ["nobody", "019aaaac-2293-7000-8000-000000000000"] {
        let answer = app.get(&format!("{RECORDS}/{unknown}"), &headers);
        assert_eq!((answer.status, answer.problem().as_str()), (404, "record-unknown"), "{unknown}");
    }
}
