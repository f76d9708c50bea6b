//! Erasure at the operator's word: who decided is gone, what was decided stays, and every proof still holds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_core::statement::{IndexRange, RedactionReason};
use consentry_log::{Hash, tree_hash};
use serde_json::{Value, json};
use support::audit::{entries, verify_head, verify_log, verify_receipt};
use support::{App, Break, NOW, SUBJECT, operator, record, record_id, record_of, sharded};

const PATH: &str = "/_c/v1/sites/shop/erasures";
const OTHER: &str = "ffeeddccbbaa99887766554433221100";

fn erase(app: &App, body: &Value) -> u64 {
    let answer = app.operate("erasures", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["erased"].as_u64().unwrap()
}

fn checkpoint(app: &App) -> String {
    app.get("/_c/log/shop/checkpoint", &[]).text().to_owned()
}

#[test]
fn erasure_of_a_visitor_takes_who_decided_and_leaves_every_proof() {
    let app = App::published();
    let subjects = [SUBJECT, OTHER, SUBJECT, SUBJECT, OTHER];
    let receipts: Vec<String> = subjects
        .iter()
        .zip(1..)
        .map(|(subject, nth)| {
            app.sites.now.set(NOW + nth * 1_000);
            let answer = app.post_record(&record_of(subject, nth));
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.json()["proof"].as_str().unwrap().to_owned()
        })
        .collect();
    let before = app.export("");
    let old_head = checkpoint(&app);
    assert_eq!(erase(&app, &json!({ "subject": SUBJECT })), 3);

    let rows = app.export_all("");
    assert_eq!(rows.len(), 7, "the policy, five records, the redaction");
    for (row, (old, subject)) in rows[1..6].iter().zip(before.iter().zip(subjects)) {
        assert_eq!((&row["index"], &row["leaf_hash"]), (&old["index"], &old["leaf_hash"]));
        if subject == OTHER {
            assert_eq!(row, old);
            continue;
        }
        assert_eq!(row["redacted"], "erasure");
        for gone in ["record_id", "subject_id", "previous_record_id", "client_time", "salt"] {
            assert_eq!(row.get(gone), None, "{gone}");
        }
        for kept in ["categories", "action", "server_time", "jurisdiction", "policy_hash"] {
            assert_eq!(row[kept], old[kept], "{kept}");
        }
        assert_eq!(row["commitment"].as_str().unwrap().len(), 64);
    }
    assert_eq!(rows[6]["kind"], "redaction");
    let redactions = verify_log(&app, 0);
    let named: Vec<IndexRange> = redactions.iter().flat_map(|redaction| redaction.entries.clone()).collect();
    assert_eq!(named, [IndexRange { start: 1, end: 2 }, IndexRange { start: 3, end: 5 }]);
    assert_eq!(redactions[0].reason, RedactionReason::Operator);
    // What was handed out before still verifies, and the old tree is the beginning of the new one.
    for receipt in &receipts {
        verify_receipt(&app, 0, receipt);
    }
    let leaves: Vec<Hash> =
        rows[..6].iter().map(|row| Hash::from_hex(row["leaf_hash"].as_str().unwrap()).unwrap()).collect();
    assert_eq!(verify_head(&app, 0, old_head.as_bytes()).root, tree_hash(&leaves));
}

#[test]
fn storage_after_an_erasure_holds_nothing_of_the_visitor() {
    let app = App::published();
    app.post_record(&record(1));
    let mut second = record(2);
    second["previous"] = record(1)["id"].clone();
    app.post_record(&second);
    let all = || -> String {
        let sql = "SELECT group_concat(hex(entry) || hex(id) || hex(subject) || hex(personal) || hex(leaf)) FROM entries";
        app.sites.database.connection.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let names = [SUBJECT, record(1)["id"].as_str().unwrap(), record(2)["id"].as_str().unwrap()]
        .map(str::to_ascii_uppercase);
    assert!(names.iter().all(|name| all().contains(name)));
    erase(&app, &json!({ "subject": SUBJECT }));
    assert!(names.iter().all(|name| !all().contains(name)), "{}", all());
}

#[test]
fn erasure_asked_again_or_of_nobody_appends_nothing() {
    let app = App::published();
    app.post_record(&record(1));
    for nobody in [json!({ "subject": OTHER }), json!({ "record": record_id(2) })] {
        let before = checkpoint(&app);
        assert_eq!(erase(&app, &nobody), 0);
        assert_eq!(checkpoint(&app), before);
    }
    assert_eq!(erase(&app, &json!({ "subject": SUBJECT })), 1);
    let before = checkpoint(&app);
    assert_eq!(erase(&app, &json!({ "subject": SUBJECT })), 0);
    assert_eq!(erase(&app, &json!({ "record": record_id(1) })), 0);
    assert_eq!(checkpoint(&app), before);
}

#[test]
fn erasure_of_one_record_leaves_the_visitors_others() {
    let app = App::published();
    for nth in 1..=3 {
        app.post_record(&record(nth));
    }
    assert_eq!(erase(&app, &json!({ "record": record_id(1) })), 1);
    assert_eq!(erase(&app, &json!({ "record": record(3)["id"] })), 1, "without hyphens");
    let rows = app.export("");
    let redacted: Vec<bool> = rows.iter().map(|row| row["redacted"] == "erasure").collect();
    assert_eq!(redacted, [true, false, true]);
    assert_eq!(rows[1]["subject_id"], SUBJECT);
    verify_log(&app, 0);
}

#[test]
fn erasure_that_is_not_the_operators_or_not_clear_is_refused_and_changes_nothing() {
    let app = App::published();
    app.post_record(&record(1));
    let auditor = app.auditor();
    let body = json!({ "subject": SUBJECT }).to_string();
    for (headers, status) in [
        (vec![], 401),
        (vec![("authorization", "Bearer operator-secreT")], 403),
        (vec![("authorization", auditor.as_str())], 403),
    ] {
        assert_eq!(app.send("POST", PATH, &headers, body.as_bytes()).status, status);
    }
    assert_eq!(app.send("GET", PATH, &[operator()], b"").status, 405);
    for (body, status, kind) in [
        ("", 400, "erasure-form"),
        ("[]", 400, "erasure-form"),
        (r#"{"visitor":"x"}"#, 400, "erasure-form"),
        ("{}", 422, "erasure-invalid"),
        (r#"{"subject":"%"}"#, 422, "erasure-invalid"),
        (r#"{"subject":""}"#, 422, "erasure-invalid"),
        (r#"{"subject":"000102030405060708090A0B0C0D0E0F"}"#, 422, "erasure-invalid"),
        (r#"{"record":"6ba7b8109dad11d180b400c04fd430c8"}"#, 422, "erasure-invalid"),
        (&json!({ "subject": SUBJECT, "record": record_id(1) }).to_string(), 422, "erasure-invalid"),
    ] {
        let answer = app.send("POST", PATH, &[operator()], body.as_bytes());
        assert_eq!((answer.status, answer.problem().as_str()), (status, kind), "{body}");
    }
    let nowhere = app.send("POST", "/_c/v1/sites/nobody/erasures", &[operator()], body.as_bytes());
    assert_eq!(nowhere.problem(), "site-unknown");
    assert_eq!(app.export("")[0]["subject_id"], SUBJECT);
}

#[test]
fn erasure_reaches_every_part_of_the_log_also_those_of_earlier_policies() {
    let app = App::new();
    app.publish(&sharded(4));
    for nth in 0..20 {
        assert_eq!(app.post_record(&record(nth)).status, 201);
    }
    app.publish(&sharded(2));
    assert!((0..4).all(|shard| entries(&app, shard).iter().any(|entry| entry.1 == 1)), "records in each");
    assert_eq!(erase(&app, &json!({ "subject": SUBJECT })), 20);
    assert!(app.export("").iter().all(|row| row["redacted"] == "erasure"));
    for shard in 0..4 {
        let redactions = verify_log(&app, shard);
        assert_eq!(redactions.len(), 1, "part {shard} says so itself");
    }
}

#[test]
fn erased_record_sent_again_is_a_new_record() {
    let app = App::published();
    let first = app.post_record(&record(1)).json();
    erase(&app, &json!({ "subject": SUBJECT }));
    let again = app.post_record(&record(1));
    assert_eq!(again.status, 201, "nothing is left by which to know it");
    assert_ne!(again.json()["index"], first["index"]);
    let rows = app.export("");
    assert_eq!((&rows[0]["redacted"], &rows[1]["record_id"]), (&json!("erasure"), &json!(record_id(1))));
    assert_eq!(erase(&app, &json!({ "subject": SUBJECT })), 1);
    verify_log(&app, 0);
}

#[test]
fn erasure_that_cannot_be_logged_erases_nothing() {
    for fault in [Break::BeforeWrite, Break::AfterWrite] {
        let app = App::published();
        app.post_record(&record(1));
        app.sites.database.broken.set(fault);
        let answer = app.operate("erasures", &json!({ "subject": SUBJECT }));
        assert_eq!((answer.status, answer.problem().as_str()), (503, "unavailable"), "{fault:?}");
        app.sites.database.broken.set(Break::No);
        assert_eq!(app.export("")[0]["subject_id"], SUBJECT, "{fault:?}");
        assert_eq!(verify_log(&app, 0), [], "{fault:?}");
        assert_eq!(erase(&app, &json!({ "subject": SUBJECT })), 1, "{fault:?}");
        verify_log(&app, 0);
    }
    let app = App::published();
    app.post_record(&record(1));
    app.get("/_c/shop.js", &[]);
    app.sites.down.set(true);
    assert_eq!(app.operate("erasures", &json!({ "subject": SUBJECT })).status, 503);
}

#[test]
fn log_goes_on_after_an_erasure_a_restart_and_a_clock_gone_back() {
    let app = App::published();
    app.post_record(&record(1));
    app.post_record(&record(2));
    app.sites.now.set(NOW - 3_600_000);
    assert_eq!(erase(&app, &json!({ "record": record_id(1) })), 1);
    app.sites.restart();
    app.sites.now.set(NOW + 1_000);
    assert_eq!(app.post_record(&record(3)).status, 201);
    let redactions = verify_log(&app, 0);
    assert_eq!(redactions[0].time.0, NOW, "not before what it speaks of");
    let times: Vec<u64> = entries(&app, 0).iter().map(|entry| entry.2).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn visitor_with_more_records_than_one_turn_erases_loses_all_of_them() {
    let app = App::published();
    for batch in 0..11 {
        let records: Vec<Value> = (0..1_000)
            .map(|nth| record_of(if nth % 2 == 0 { SUBJECT } else { OTHER }, batch * 1_000 + nth))
            .collect();
        let answer = app.operate("batches", &json!({ "jurisdiction": "DE", "records": records }));
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    assert_eq!(erase(&app, &json!({ "subject": SUBJECT })), 5_500);
    let redactions = verify_log(&app, 0);
    assert!(redactions.len() > 2, "scattered over more ranges than one entry holds");
    assert!(app.export("").iter().all(|row| (row["redacted"] == "erasure") != (row["subject_id"] == OTHER)));
}
