//! A visitor's own records: shown and erased for whoever names visitor and record together, and for nobody else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_api::export::ReadEntry;
use consentry_core::statement::RedactionReason;
use consentry_service::site::Limits;
use serde_json::{Value, json};
use support::audit::{verify_log, verify_receipt};
use support::{Answer, App, NOW, ORIGIN, SUBJECT, operator, policy, record, record_id, record_of, sharded};

const RECORDS: &str = "/_c/v1/sites/shop/visitor/records";
const ERASURE: &str = "/_c/v1/sites/shop/visitor/erasure";
const OTHER: &str = "ffeeddccbbaa99887766554433221100";

fn ask(app: &App, path: &str, body: &Value) -> Answer {
    // As the banner asks: a string, hence text, hence no preflight.
    let headers = [("origin", ORIGIN), ("content-type", "text/plain;charset=UTF-8")];
    app.send("POST", path, &headers, body.to_string().as_bytes())
}

fn pair(subject: &str, nth: u64) -> Value {
    json!({ "subject": subject, "record": record_id(nth) })
}

/// The records of an answer.
fn records(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["records"].as_array().unwrap().clone()
}

#[test]
fn visitor_reads_their_own_records_newest_first_with_receipts_that_verify() {
    let app = App::published();
    for nth in 1..=5 {
        app.sites.now.set(NOW + nth * 1_000);
        app.post_record(&record_of(if nth == 3 { OTHER } else { SUBJECT }, nth));
    }
    let answer = ask(&app, RECORDS, &pair(SUBJECT, 2));
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(answer.header("cache-control"), "no-store");
    let records = records(&answer);
    let ids: Vec<&str> = records.iter().map(|one| one["record"]["record_id"].as_str().unwrap()).collect();
    assert_eq!(ids, [5, 4, 2, 1].map(record_id));
    let exported = app.export("");
    for one in &records {
        assert!(exported.contains(&one["record"]), "the same row an auditor gets");
        let (proof, read) = verify_receipt(&app, 0, one["proof"].as_str().unwrap());
        assert_eq!(proof.inclusion.index.0, one["record"]["index"].as_u64().unwrap());
        let ReadEntry::Record(_, Some(personal)) = read else { panic!("{read:?}") };
        assert_eq!(personal.id.to_string(), one["record"]["record_id"].as_str().unwrap());
        assert_eq!(personal.subject.to_hex(), SUBJECT);
    }
}

#[test]
fn visitor_of_a_sharded_log_gets_records_from_every_part() {
    let app = App::new();
    app.publish(&sharded(3));
    for nth in 0..12 {
        app.sites.now.set(NOW + nth);
        app.post_record(&record(nth));
    }
    let records = records(&ask(&app, RECORDS, &pair(SUBJECT, 7)));
    let ids: Vec<&str> = records.iter().map(|one| one["record"]["record_id"].as_str().unwrap()).collect();
    assert_eq!(ids, (0..12).rev().map(record_id).collect::<Vec<_>>());
    for one in &records {
        let shard = one["record"]["log"].as_u64().unwrap() as u8;
        verify_receipt(&app, shard, one["proof"].as_str().unwrap());
    }
    assert_eq!(ask(&app, ERASURE, &pair(SUBJECT, 7)).json(), json!({ "erased": 12 }));
    for shard in 0..3 {
        let redactions = verify_log(&app, shard);
        assert!(redactions.iter().all(|redaction| redaction.reason == RedactionReason::Visitor));
        assert_eq!(redactions.len(), 1);
    }
}

#[test]
fn visitor_with_very_many_records_gets_the_newest_hundred() {
    let app = App::published();
    let all: Vec<Value> = (0..130).map(record).collect();
    let batch = app.operate("batches", &json!({ "jurisdiction": "DE", "records": all }));
    assert_eq!(batch.status, 201, "{}", batch.text());
    let records = records(&ask(&app, RECORDS, &pair(SUBJECT, 1)));
    assert_eq!(records.len(), 100);
    assert_eq!(records[0]["record"]["record_id"], record_id(129));
    assert_eq!(records[99]["record"]["record_id"], record_id(30));
}

#[test]
fn pair_that_does_not_belong_together_gets_one_answer_whatever_is_wrong() {
    let app = App::published();
    app.post_record(&record(1));
    app.post_record(&record_of(OTHER, 2));
    let wrong = [
        pair(SUBJECT, 2),
        pair(OTHER, 1),
        pair(SUBJECT, 9),
        pair("00000000000000000000000000000000", 1),
        pair("00000000000000000000000000000000", 9),
        json!({ "subject": SUBJECT, "record": SUBJECT }),
        json!({ "subject": "%", "record": "' OR 1=1 --" }),
        json!({ "subject": "", "record": "" }),
    ];
    for path in [RECORDS, ERASURE] {
        let answers: Vec<(u16, String)> = wrong
            .iter()
            .map(|body| {
                let answer = ask(&app, path, body);
                assert_eq!(answer.problem(), "visitor-unknown", "{body}");
                (answer.status, answer.text().to_owned())
            })
            .collect();
        assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 404));
    }
    assert_eq!(app.export_all("").len(), 3, "nothing was appended");
    assert!(app.export("").iter().all(|row| row.get("redacted").is_none()));
}

#[test]
fn visitor_erases_all_of_their_records_once() {
    let app = App::published();
    app.post_record(&record(1));
    app.post_record(&record_of(OTHER, 2));
    app.post_record(&record(3));
    let answer = ask(&app, ERASURE, &pair(SUBJECT, 3));
    assert_eq!((answer.status, answer.json()), (200, json!({ "erased": 2 })));
    let rows = app.export("");
    assert_eq!(rows.iter().map(|row| row["subject_id"] == OTHER).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(verify_log(&app, 0)[0].reason, RedactionReason::Visitor);
    assert_eq!(ask(&app, ERASURE, &pair(SUBJECT, 3)).status, 404, "there is no such visitor any more");
    assert_eq!(ask(&app, RECORDS, &pair(SUBJECT, 1)).status, 404);
    assert_eq!(app.export_all("").len(), 5, "and that appended nothing");
    assert_eq!(records(&ask(&app, RECORDS, &pair(OTHER, 2))).len(), 1);
}

#[test]
fn request_that_no_page_of_the_site_makes_is_refused() {
    let app = App::published();
    app.post_record(&record(1));
    let body = pair(SUBJECT, 1).to_string();
    let json = ("content-type", "application/json");
    for path in [RECORDS, ERASURE] {
        for (headers, body, status, kind) in [
            (vec![json], body.as_str(), 403, "origin-refused"),
            (vec![json, ("origin", "https://evil.example")], &body, 403, "origin-refused"),
            (vec![("origin", ORIGIN), ("content-type", "text/html")], &body, 415, "content-type"),
            (vec![("origin", ORIGIN), json], "{", 400, "visitor-form"),
            (vec![("origin", ORIGIN), json], r#"{"subject":"x"}"#, 400, "visitor-form"),
        ] {
            let answer = app.send("POST", path, &headers, body.as_bytes());
            assert_eq!((answer.status, answer.problem().as_str()), (status, kind), "{headers:?}");
        }
        let by_address = format!("{path}?subject={SUBJECT}&record={}", record_id(1));
        assert_eq!(app.get(&by_address, &[("origin", ORIGIN)]).status, 405);
        let preflight = app.send("OPTIONS", path, &[("origin", ORIGIN)], b"");
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, ORIGIN));
        let foreign = app.send("OPTIONS", path, &[("origin", "https://evil.example")], b"");
        assert_eq!(foreign.header("access-control-allow-origin"), "");
    }
    assert_eq!(app.export("")[0]["subject_id"], SUBJECT);
    let nowhere = [("origin", ORIGIN), json];
    let answer = app.send("POST", "/_c/v1/sites/nobody/visitor/erasure", &nowhere, body.as_bytes());
    assert_eq!(answer.problem(), "site-unknown");
}

#[test]
fn client_that_guesses_is_slowed_down_like_one_that_records() {
    let app = App::with_limits(Limits { site_per_second: 100, client_per_minute: 3 });
    app.publish(&policy());
    app.client.replace(Some("203.0.113".into()));
    assert_eq!(app.post_record(&record(1)).status, 201);
    assert_eq!(ask(&app, RECORDS, &pair(SUBJECT, 8)).status, 404);
    assert_eq!(ask(&app, ERASURE, &pair(SUBJECT, 9)).status, 404);
    let refused = ask(&app, ERASURE, &pair(SUBJECT, 1));
    assert_eq!((refused.status, refused.problem().as_str()), (429, "rate"));
    assert_eq!(refused.header("retry-after"), "20");
    app.client.replace(Some("198.51.100".into()));
    assert_eq!(ask(&app, ERASURE, &pair(SUBJECT, 1)).status, 200);
}

#[test]
fn log_that_cannot_be_asked_says_so_and_erases_nothing() {
    let app = App::published();
    app.post_record(&record(1));
    app.sites.down.set(true);
    let answer = ask(&app, ERASURE, &pair(SUBJECT, 1));
    assert_eq!((answer.status, answer.problem().as_str()), (503, "unavailable"));
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN, "the page may read why");
    app.sites.down.set(false);
    assert_eq!(records(&ask(&app, RECORDS, &pair(SUBJECT, 1))).len(), 1);
}

#[test]
fn proof_of_a_record_is_the_auditors_to_take_home() {
    let app = App::new();
    app.publish(&sharded(2));
    for nth in 0..6 {
        app.post_record(&record(nth));
    }
    let path = |id: &str| format!("/_c/v1/sites/shop/records/{id}/proof");
    let token = app.auditor();
    let auditor = [("authorization", token.as_str())];
    for row in app.export("") {
        let id = row["record_id"].as_str().unwrap();
        let answer = app.get(&path(id), &auditor);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{id}.tlog-proof\""));
        let shard = row["log"].as_u64().unwrap() as u8;
        let (proof, _) = verify_receipt(&app, shard, answer.text());
        assert_eq!(proof.inclusion.index.0, row["index"].as_u64().unwrap());
        assert_eq!(app.get(&path(&id.replace('-', "")), &auditor).text(), answer.text());
    }
    assert_eq!(app.get(&path(&record_id(1)), &[]).status, 401);
    assert_eq!(app.get(&path(&record_id(1)), &[operator()]).status, 403);
    assert_eq!(app.send("POST", &path(&record_id(1)), &auditor, b"").status, 405);
    for nobody in [record_id(9).as_str(), "x", SUBJECT] {
        assert_eq!(app.get(&path(nobody), &auditor).problem(), "record-unknown", "{nobody}");
    }
    app.operate("erasures", &json!({ "record": record_id(1) }));
    assert_eq!(app.get(&path(&record_id(1)), &auditor).status, 404);
}
