//! Retention: what was kept long enough goes by itself, everything else stays, and the log of it still holds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_api::object::{PartHead, SiteCall, SiteReply};
use consentry_core::SiteId;
use consentry_core::statement::{IndexRange, RedactionReason};
use consentry_core::time::DAY;
use consentry_service::sites::Sites;
use serde_json::{Value, json};
use support::audit::{entries, verify_log, verify_receipt};
use support::{App, NOW, SUBJECT, operator, policy, record, record_id, record_of, sharded};

const PATH: &str = "/_c/v1/sites/shop/retention";
const MINUTE: u64 = 60_000;

/// The test policy with records kept for a month.
fn a_month(mut policy: Value) -> Value {
    policy["lifetimes"] = json!({ "record_months": 1 });
    policy
}

/// With a month's retention, three records of today and two of three weeks later.
fn with_five() -> (App, Vec<String>) {
    let app = App::new();
    app.publish(&a_month(policy()));
    let mut receipts = Vec::new();
    for nth in 1..=5 {
        app.sites.now.set(NOW + nth + if nth > 3 { 21 * DAY } else { 0 });
        let answer = app.post_record(&record(nth));
        assert_eq!(answer.status, 201, "{}", answer.text());
        receipts.push(answer.json()["proof"].as_str().unwrap().to_owned());
    }
    (app, receipts)
}

fn prune(app: &App) -> u64 {
    let answer = app.operate("retention", &json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["pruned"].as_u64().unwrap()
}

#[test]
fn records_kept_long_enough_go_and_are_shown_as_redacted() {
    let (app, receipts) = with_five();
    let before = app.export("");
    assert_eq!(prune(&app), 0, "nothing is due yet");
    assert_eq!(entries(&app, 0).len(), 6, "and nothing was appended");
    app.sites.now.set(NOW + 35 * DAY);
    assert_eq!(prune(&app), 3);
    let rows = app.export_all("");
    assert_eq!(rows[0]["kind"], "policy_published");
    for (row, old) in rows[1..4].iter().zip(&before) {
        let left = json!({ "log": 0, "index": old["index"], "kind": "record", "redacted": "retention",
            "leaf_hash": old["leaf_hash"] });
        assert_eq!(*row, left);
    }
    assert_eq!(rows[4..6], before[3..]);
    let redactions = verify_log(&app, 0);
    assert_eq!(redactions.len(), 1);
    assert_eq!(redactions[0].entries, [IndexRange { start: 0, end: 4 }]);
    assert!(
        matches!(redactions[0].reason, RedactionReason::Retention { cutoff } if cutoff.0 < NOW + 4 * DAY)
    );
    for receipt in &receipts {
        verify_receipt(&app, 0, receipt);
    }
    // Time filters show what was there then, as redacted; filters for what it said do not.
    assert_eq!(app.export("&to=2025-11-30").len(), 3);
    assert_eq!(app.export("&action=accept_all").len(), 2);
    let token = app.auditor();
    let stats = app.get("/_c/v1/sites/shop/stats", &[("authorization", &token)]).json();
    assert_eq!(stats["actions"], json!([["accept_all", 2], ["redacted", 3]]));
    // The rest goes in its turn, and the log goes on.
    app.sites.now.set(NOW + 60 * DAY);
    app.sites.restart();
    assert_eq!((prune(&app), prune(&app)), (2, 0));
    assert_eq!(app.post_record(&record(6)).status, 201);
    assert_eq!(verify_log(&app, 0).len(), 2);
}

#[test]
fn bundle_of_pruned_entries_is_gone_and_its_tile_is_not() {
    let (app, _) = with_five();
    let token = app.auditor();
    let bundle =
        |app: &App| app.get("/_c/log/shop/tile/entries/000.p/6", &[("authorization", &token)]).status;
    assert_eq!(bundle(&app), 200);
    app.operate("erasures", &json!({ "subject": SUBJECT }));
    assert_eq!(bundle(&app), 200, "erasure takes nothing that is hashed");
    app.sites.now.set(NOW + 25 * DAY + 8 * DAY + 5);
    assert!(prune(&app) > 0);
    let answer = app.get("/_c/log/shop/tile/entries/000.p/6", &[("authorization", &token)]);
    assert_eq!((answer.status, answer.problem().as_str()), (410, "tile-pruned"));
    assert_eq!(app.get("/_c/log/shop/tile/0/000.p/6", &[]).body.len(), 6 * 32);
}

#[test]
fn what_the_log_says_of_itself_is_never_pruned() {
    let app = App::new();
    app.publish(&a_month(sharded(2)));
    for nth in 0..10 {
        app.post_record(&record(nth));
    }
    app.sites.ring(0);
    app.operate("erasures", &json!({ "record": record_id(1) }));
    app.operate("erasures", &json!({ "record": record_id(2) }));
    app.publish(&a_month(sharded(3)));
    // Another key, with the old one beside it.
    app.sites
        .keys
        .replace(consentry_service::site::LogKeys { current: Some([2; 32]), previous: Some([1; 32]) });
    app.sites.restart();
    app.post_record(&record(20));
    let statements = |app: &App| -> Vec<Vec<u8>> {
        (0..3)
            .map(|shard| {
                let entries = entries(app, shard).into_iter().filter(|entry| entry.1 != 1);
                entries.map(|(_, kind, _, bytes, ..)| if bytes.is_empty() { 0 } else { kind }).collect()
            })
            .collect()
    };
    let before = statements(&app);
    let kinds: std::collections::BTreeSet<u8> = before.iter().flatten().copied().collect();
    assert_eq!(kinds, [2, 3, 4, 5].into(), "policy, redaction, key change and heads, all with their bytes");
    app.sites.now.set(NOW + 90 * DAY);
    assert_eq!(prune(&app), 11);
    for (part, before) in statements(&app).iter().zip(&before) {
        assert!(part.starts_with(before), "{part:?} begins with {before:?}");
    }
    for shard in 0..3 {
        verify_log(&app, shard);
    }
}

#[test]
fn erased_record_whose_time_is_over_goes_too() {
    let (app, _) = with_five();
    app.operate("erasures", &json!({ "subject": SUBJECT }));
    app.sites.now.set(NOW + 35 * DAY);
    assert_eq!(prune(&app), 3);
    let words: Vec<Value> = app.export("").iter().map(|row| row["redacted"].clone()).collect();
    assert_eq!(words, ["retention", "retention", "retention", "erasure", "erasure"]);
    assert_eq!(verify_log(&app, 0).len(), 2);
}

#[test]
fn clock_gone_back_prunes_nothing() {
    let (app, _) = with_five();
    app.sites.now.set(NOW + 35 * DAY);
    assert_eq!(prune(&app), 3);
    for earlier in [0, 1, NOW, NOW + 34 * DAY] {
        app.sites.now.set(earlier);
        assert_eq!(prune(&app), 0, "{earlier}");
    }
    app.sites.now.set(NOW + 55 * DAY);
    assert_eq!(prune(&app), 2);
    verify_log(&app, 0);
}

#[test]
fn policy_that_keeps_records_longer_or_shorter_counts_for_all_of_them() {
    let app = App::new();
    app.publish(&sharded(4));
    for nth in 0..20 {
        app.post_record(&record(nth));
    }
    app.sites.now.set(NOW + 35 * DAY);
    assert_eq!(prune(&app), 0, "36 months");
    // Parts 2 and 3 get no more records, and still must not keep what they have longer than this.
    app.publish(&a_month(sharded(2)));
    assert_eq!(prune(&app), 20);
    for shard in 0..4 {
        assert!(!verify_log(&app, shard).is_empty(), "part {shard}");
    }
}

#[test]
fn more_than_one_turn_prunes_goes_in_several() {
    let app = App::new();
    app.publish(&a_month(policy()));
    for batch in 0..6 {
        let records: Vec<Value> = (0..900).map(|nth| record_of(SUBJECT, batch * 900 + nth)).collect();
        let answer = app.operate("batches", &json!({ "jurisdiction": "DE", "records": records }));
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    app.sites.now.set(NOW + 35 * DAY);
    assert_eq!(app.sites.ring(0), 1_000, "the alarm comes back at once");
    assert_eq!(verify_log(&app, 0).len(), 1);
    assert_eq!(prune(&app), 400);
    assert_eq!(app.sites.ring(0), DAY);
    assert_eq!(verify_log(&app, 0).len(), 2);
}

#[test]
fn retention_is_the_operators_to_run() {
    let (app, _) = with_five();
    app.sites.now.set(NOW + 90 * DAY);
    let auditor = app.auditor();
    assert_eq!(app.send("POST", PATH, &[], b"").status, 401);
    assert_eq!(app.send("POST", PATH, &[("authorization", &auditor)], b"").status, 403);
    assert_eq!(app.send("GET", PATH, &[operator()], b"").status, 405);
    assert!(app.export("").iter().all(|row| row["subject_id"] == SUBJECT));
    let nowhere = app.send("POST", "/_c/v1/sites/nobody/retention", &[operator()], b"");
    assert_eq!(nowhere.problem(), "site-unknown");
}

#[test]
fn alarm_of_a_growing_log_commits_to_its_parts_and_of_an_idle_one_sleeps() {
    let app = App::new();
    app.publish(&sharded(3));
    for nth in 0..10 {
        app.post_record(&record(nth));
    }
    let size = |app: &App| entries(app, 0).len();
    let before = size(&app);
    assert_eq!(app.sites.ring(0), MINUTE);
    assert_eq!(size(&app), before + 1, "the heads of parts 1 and 2");
    // Idle: nothing is appended, however often it starts over, and it sleeps longer each time.
    let mut slept = Vec::new();
    for _ in 0..10 {
        let next = app.sites.ring(0);
        slept.push(next / MINUTE);
        app.sites.now.set(app.now() + next);
        app.sites.restart();
        // Whoever asks starts the object again; its memory is new.
        assert_eq!(size(&app), before + 1);
    }
    assert_eq!(slept, [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    for nth in 10..20 {
        assert_eq!(app.post_record(&record(nth)).status, 201);
    }
    let grown = size(&app);
    assert_eq!(app.sites.ring(0), MINUTE);
    assert_eq!(size(&app), grown + 1);
    // Other parts, and logs of one part, only wake to prune.
    assert_eq!(app.sites.ring(1), DAY);
    let single = App::published();
    single.post_record(&record(1));
    assert_eq!(single.sites.ring(0), DAY);
}

#[test]
fn heads_that_come_late_do_not_take_back_what_was_committed_to() {
    let app = App::new();
    app.publish(&sharded(2));
    let site = SiteId::parse("shop").unwrap();
    let head = |size: u64| PartHead { shard: 1, size, root: format!("{size:064x}") };
    let seal = |size: u64| match pollster::block_on(app.sites.call(&site, &SiteCall::Seal(vec![head(size)])))
    {
        Ok(SiteReply::Flag(new)) => new,
        other => panic!("{other:?}"),
    };
    assert!(seal(5));
    assert!(!seal(4), "read before the other, arrived after it");
    app.sites.restart();
    assert!(!seal(5) && !seal(3));
    assert!(seal(6));
}
