//! Records on their way in: what is taken, what is refused, and that a refusal changes nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_core::Jurisdiction;
use consentry_service::site::Limits;
use serde_json::{Value, json};
use support::{App, Break, NOW, ORIGIN, policy, record};

#[test]
fn record_accepted_comes_back_in_the_export_as_it_was_clicked() {
    let app = App::published();
    app.jurisdiction.set(Jurisdiction::new(Some("DE"), None));
    let answer = app.post_record(&record(1));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let receipt = answer.json();
    assert_eq!(receipt["index"], 1);
    assert_eq!(receipt["time"], "2025-11-22T08:26:40.000Z");
    let rows = app.export("");
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row["record_id"].as_str().unwrap().replace('-', ""), record(1)["id"].as_str().unwrap());
    assert_eq!(row["categories"], record(1)["categories"]);
    assert_eq!(row["jurisdiction"], "DE");
    assert_eq!(row["model"], "opt_in");
    assert_eq!(row["leaf_hash"], receipt["leaf_hash"]);
    assert_eq!(row["policy_version"], 1);
    assert_eq!(row["late"], false);
}

#[test]
fn record_sent_by_the_gate_as_its_cookie_is_the_same_record() {
    let app = App::published();
    let gate = app.get("/_c/shop.js", &[]);
    let fingerprint =
        gate.text().split("\"fingerprint\":\"").nth(1).and_then(|rest| rest.get(..16)).unwrap().to_owned();
    let spelled = record(1);
    let (id, subject) = (spelled["id"].as_str().unwrap(), spelled["subject"].as_str().unwrap());
    let choice = |fingerprint: &str, service: &str| {
        let value = format!("1.{fingerprint}.09.11.s.p.{service}.{subject}.{id}.");
        json!({ "choice": value, "gpc": "off", "dnt": "unset", "policy": 1, "language": "en" })
    };
    let answer = app.post_record(&choice(&fingerprint, "01"));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let row = &app.export("")[0];
    assert_eq!(row["record_id"].as_str().unwrap().replace('-', ""), id);
    assert_eq!((&row["action"], &row["source"]), (&json!("save"), &json!("preferences")));
    let categories =
        json!({ "required": true, "functional": false, "advertising": false, "analytics": true });
    assert_eq!(row["categories"], categories);
    assert_eq!(row["denied_services"], json!(["counter"]));
    for refused in [choice("0000000000000000", ""), choice(&fingerprint, "00")] {
        assert_eq!(app.post_record(&refused).status, 422, "{refused}");
    }
    assert_eq!(app.export("").len(), 1);
}

#[test]
fn record_sent_twice_is_stored_once_and_gets_the_same_receipt() {
    let app = App::published();
    let first = app.post_record(&record(1));
    app.sites.now.set(NOW + 5_000);
    let again = app.post_record(&record(1));
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.json(), again.json());
    assert_eq!(app.export("").len(), 1);
}

#[test]
fn signal_headers_are_recorded_beside_what_the_dom_said() {
    let app = App::published();
    let mut body = record(1);
    body["action"] = "signal".into();
    body["source"] = "gpc".into();
    body["categories"] =
        json!({ "required": true, "functional": false, "advertising": false, "analytics": false });
    body["signal_seen"] = true.into();
    body["gpc"] = "off".into();
    let headers =
        [("origin", ORIGIN), ("content-type", "application/json"), ("sec-gpc", "0, 1"), ("dnt", "1xyz")];
    let answer = app.send("POST", "/_c/v1/sites/shop/records", &headers, body.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
    let row = &app.export("&signal=gpc")[0];
    assert_eq!((&row["gpc_header"], &row["gpc_dom"]), (&json!("on"), &json!("off")));
    assert_eq!((&row["dnt_header"], &row["dnt_dom"]), (&json!("on"), &json!("unset")));
}

/// Changes a good record, and the problem that must follow.
type Spoil = (&'static str, fn(&mut Value), &'static str);

#[test]
fn record_that_is_wrong_in_one_place_is_refused_by_name_and_changes_nothing() {
    let app = App::published();
    let table: &[Spoil] = &[
        ("not an object", |r| *r = json!([1]), "record-form"),
        ("unknown field", |r| r["email"] = "a@b.c".into(), "record-form"),
        ("missing field", |r| drop(r.as_object_mut().unwrap().remove("policy")), "record-form"),
        ("wrong type", |r| r["policy"] = "one".into(), "record-form"),
        ("not a UUIDv7", |r| r["id"] = "6ba7b8109dad11d180b400c04fd430c8".into(), "record-field"),
        ("junk subject", |r| r["subject"] = "../../etc".into(), "record-field"),
        ("unknown action", |r| r["action"] = "expire".into(), "record-field"),
        ("unknown category", |r| r["categories"]["social"] = true.into(), "record-field"),
        (
            "missing category",
            |r| drop(r["categories"].as_object_mut().unwrap().remove("analytics")),
            "record-field",
        ),
        ("required off", |r| r["categories"]["required"] = false.into(), "record-required"),
        ("accept that is none", |r| r["categories"]["functional"] = false.into(), "record-action"),
        ("a click as a signal", |r| r["action"] = "signal".into(), "record-source"),
        (
            "unknown service",
            |r| {
                r["action"] = "save".into();
                r["denied_services"] = json!(["nobody"]);
            },
            "record-services",
        ),
        ("grant against a signal", |r| r["gpc"] = "on".into(), "record-signal"),
        ("override without a signal", |r| r["overridden"] = true.into(), "record-signal"),
        (
            "override by the site's code",
            |r| {
                r["gpc"] = "on".into();
                r["overridden"] = true.into();
                r["source"] = "api".into();
            },
            "record-signal",
        ),
        ("a clock from 1970", |r| r["id"] = "00000000000070008000000000000001".into(), "record-clock"),
        ("a clock far ahead", |r| r["id"] = "fffffffffff070008000000000000001".into(), "record-clock"),
        ("a language that is none", |r| r["language"] = "=cmd|' /C calc'!A0".into(), "record-language"),
        ("a policy nobody published", |r| r["policy"] = 7.into(), "policy-version"),
    ];
    for (what, spoil, kind) in table {
        let mut body = record(1);
        spoil(&mut body);
        let answer = app.post_record(&body);
        assert!((400..500).contains(&answer.status), "{what}: {}", answer.status);
        assert_eq!(answer.problem(), *kind, "{what}: {}", answer.text());
    }
    assert_eq!(app.export("").len(), 0);
}

#[test]
fn record_from_elsewhere_oversized_or_of_another_type_is_refused() {
    let app = App::published();
    let path = "/_c/v1/sites/shop/records";
    let body = record(1).to_string();
    let json = ("content-type", "application/json");
    for (headers, body, status, kind) in [
        (vec![json], body.clone(), 403, "origin-refused"),
        (vec![json, ("origin", "https://shop.example.evil")], body.clone(), 403, "origin-refused"),
        (vec![json, ("origin", "http://shop.example")], body.clone(), 403, "origin-refused"),
        (vec![("origin", ORIGIN), ("content-type", "text/html")], body.clone(), 415, "content-type"),
        (vec![("origin", ORIGIN), json], " ".repeat(9_000), 413, "too-large"),
        (vec![("origin", ORIGIN), json], "{".into(), 400, "record-form"),
    ] {
        let answer = app.send("POST", path, &headers, body.as_bytes());
        assert_eq!((answer.status, answer.problem().as_str()), (status, kind), "{headers:?}");
    }
    let answer =
        app.send("POST", "/_c/v1/sites/nobody/records", &[("origin", ORIGIN), json], body.as_bytes());
    assert_eq!((answer.status, answer.problem().as_str()), (404, "site-unknown"));
    assert_eq!(app.export("").len(), 0);
}

#[test]
fn cors_is_granted_to_exactly_the_origins_of_the_policy() {
    let app = App::published();
    let path = "/_c/v1/sites/shop/records";
    let allowed = app.send("OPTIONS", path, &[("origin", ORIGIN)], b"");
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(allowed.header("access-control-max-age"), "7200");
    let other = app.send("OPTIONS", path, &[("origin", "https://other.example")], b"");
    assert_eq!(other.header("access-control-allow-origin"), "");
    assert_eq!(other.header("vary"), "Origin");
}

#[test]
fn record_under_an_earlier_policy_version_is_taken_under_that_version() {
    let app = App::published();
    let mut changed = policy();
    changed["services"].as_array_mut().unwrap().pop();
    app.publish(&changed);
    app.sites.now.set(NOW + 10_000);
    assert_eq!(app.post_record(&record(1)).status, 201);
    assert_eq!(app.export("")[0]["policy_version"], 1);
}

#[test]
fn client_over_its_rate_is_told_when_to_come_back() {
    let app = App::with_limits(Limits { site_per_second: 100, client_per_minute: 2 });
    app.publish(&policy());
    app.client.replace(Some("203.0.113".into()));
    assert_eq!(app.post_record(&record(1)).status, 201);
    assert_eq!(app.post_record(&record(2)).status, 201);
    let refused = app.post_record(&record(3));
    assert_eq!((refused.status, refused.problem().as_str()), (429, "rate"));
    assert_eq!(refused.header("retry-after"), "30");
    app.client.replace(Some("198.51.100".into()));
    assert_eq!(app.post_record(&record(3)).status, 201);
}

#[test]
fn storage_fault_acknowledges_nothing_and_a_retry_stores_exactly_once() {
    for fault in [Break::BeforeWrite, Break::AfterWrite] {
        let app = App::published();
        app.post_record(&record(1));
        app.sites.database.broken.set(fault);
        let answer = app.post_record(&record(2));
        assert_eq!((answer.status, answer.problem().as_str()), (503, "unavailable"), "{fault:?}");
        app.sites.database.broken.set(Break::No);
        let again = app.post_record(&record(2));
        assert!([200, 201].contains(&again.status), "{fault:?}: {}", again.text());
        assert_eq!(again.json()["index"], 2);
        assert_eq!(app.post_record(&record(3)).json()["index"], 3, "{fault:?}");
        assert_eq!(app.export("").len(), 3);
    }
}

#[test]
fn unreachable_object_is_a_503_and_nothing_is_lost_after_it_is_back() {
    let app = App::published();
    app.sites.down.set(true);
    let answer = app.post_record(&record(1));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), "1");
    app.sites.down.set(false);
    assert_eq!(app.post_record(&record(1)).status, 201);
}

#[test]
fn log_after_a_restart_goes_on_with_the_same_tree() {
    let (steady, restarted) = (App::published(), App::published());
    for nth in 0..20 {
        steady.post_record(&record(nth));
        restarted.post_record(&record(nth));
        restarted.sites.restart();
    }
    let root = |app: &App| {
        let token = app.auditor();
        app.get("/_c/v1/sites/shop/stats", &[("authorization", &token)]).json()
    };
    assert_eq!(root(&steady), root(&restarted));
    assert_eq!(root(&steady)["records"], 20);
}
