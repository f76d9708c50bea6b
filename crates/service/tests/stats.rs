//! Numbers: exact whatever happens to the object, and about nobody.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::time::DAY;
use consentry_core::{Jurisdiction, SiteId};
use consentry_service::site::{COUNTED_AT_ONCE, Limits};
use consentry_service::sites::Sites;
use serde_json::{Value, json};
use support::{Answer, App, NOW, ORIGIN, SUBJECT, policy, record, sharded};

const STATS: &str = "/_c/v1/sites/shop/stats";

fn stats(app: &App, query: &str) -> Answer {
    let token = app.auditor();
    app.get(&format!("{STATS}?{query}"), &[("authorization", &token)])
}

/// The numbers of everything: shown, dismissed, accepted, rejected, saved, withdrawn, signal.
fn totals(app: &App) -> Vec<u64> {
    let rows = rows(app, "");
    assert_eq!(rows.len(), 1);
    numbers(&rows[0])
}

fn numbers(row: &Value) -> Vec<u64> {
    let names = ["shown", "dismissed", "accepted", "rejected", "saved", "withdrawn", "signal"];
    names.iter().map(|name| row[name].as_u64().unwrap()).collect()
}

fn rows(app: &App, query: &str) -> Vec<Value> {
    let answer = stats(app, query);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["rows"].as_array().unwrap().clone()
}

fn report(app: &App, event: &str, language: &str) -> Answer {
    let headers = [("origin", ORIGIN), ("content-type", "text/plain")];
    let body = json!({ "event": event, "language": language }).to_string();
    app.send("POST", "/_c/v1/sites/shop/shown", &headers, body.as_bytes())
}

/// A record of every kind, the nth of them.
fn of_kind(action: &str, nth: u64) -> Value {
    let mut record = record(nth);
    let off = json!({ "required": true, "functional": false, "advertising": false, "analytics": false });
    record["action"] = action.into();
    match action {
        "accept_all" => {}
        "save" => record["categories"]["advertising"] = false.into(),
        "signal" => {
            record["source"] = "gpc".into();
            record["gpc"] = "on".into();
            record["categories"] = off;
        }
        _ => record["categories"] = off,
    }
    record
}

fn post(app: &App, record: &Value) {
    let answer = app.post_record(record);
    assert_eq!(answer.status, 201, "{}", answer.text());
}

fn count_up(app: &App, shard: u8) -> SiteReply {
    let site = SiteId::parse("shop").unwrap();
    pollster::block_on(app.sites.call_part(&site, shard, &SiteCall::CountUp)).unwrap()
}

#[test]
fn decision_and_view_are_counted_once_each_by_what_they_were() {
    let app = App::published();
    app.jurisdiction.set(Jurisdiction::new(Some("DE"), None));
    let kinds =
        ["accept_all", "accept_all", "accept_all", "reject_all", "reject_all", "save", "withdraw", "signal"];
    for (kind, nth) in kinds.iter().zip(1..) {
        post(&app, &of_kind(kind, nth));
        // The same record again is the same decision.
        assert_eq!(app.post_record(&of_kind(kind, nth)).status, 200);
    }
    for event in ["shown"; 10].into_iter().chain(["dismissed"]) {
        let answer = report(&app, event, "en");
        assert_eq!((answer.status, answer.text()), (204, ""));
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        assert_eq!(answer.header("set-cookie"), "");
    }
    // What the operator collected at a counter was not the banner's doing.
    let batch = json!({ "jurisdiction": "DE", "records": [record(100)] });
    assert_eq!(app.operate("batches", &batch).status, 201);
    let rows = rows(&app, "by=variant,language,jurisdiction,day");
    assert_eq!(
        rows,
        [json!({ "day": "2025-11-22", "jurisdiction": "DE", "language": "en", "variant": "none",
            "shown": 10, "dismissed": 1, "accepted": 3, "rejected": 2, "saved": 1, "withdrawn": 1, "signal": 1,
            "choices": 6, "accepted_per_shown": 0.3, "accepted_per_choice": 0.5 })]
    );
    let all = stats(&app, "").json();
    assert_eq!((&all["records"], &all["by"]), (&json!(9), &json!([])), "what is in the log is still said");
}

#[test]
fn numbers_are_the_same_after_a_restart_at_every_step() {
    let app = App::published();
    for nth in 1..=12 {
        post(&app, &of_kind(if nth % 3 == 0 { "reject_all" } else { "accept_all" }, nth));
        app.sites.restart();
        if nth % 4 == 0 {
            assert_eq!(totals(&app)[2..4], [nth - nth / 3, nth / 3], "after {nth}");
            app.sites.restart();
        }
    }
    assert_eq!(totals(&app), totals(&app), "reading counts nothing");
}

#[test]
fn numbers_are_exact_wherever_counting_breaks_off() {
    let mut places = 0;
    loop {
        let app = App::published();
        for nth in 1..=6 {
            post(&app, &of_kind("accept_all", nth));
        }
        assert_eq!(report(&app, "shown", "en").status, 204);
        app.sites.database.countdown.set(Some(places));
        let reply = count_up(&app, 0);
        let done = app.sites.database.countdown.take().is_some();
        let failed = matches!(reply, SiteReply::Failed(_));
        assert!(failed != done, "{reply:?} with a fault at {places}");
        // What was only in memory is lost with a crash; what is in the log is not, and is not counted twice.
        app.sites.restart();
        assert_eq!(totals(&app)[2], 6, "a fault at {places}");
        if done {
            break;
        }
        places += 1;
    }
    assert!(places >= 6, "only {places} places were tried");
}

#[test]
fn view_that_could_not_be_stored_is_stored_with_the_next() {
    let app = App::published();
    assert_eq!(report(&app, "shown", "en").status, 204);
    app.sites.database.countdown.set(Some(0));
    assert!(matches!(count_up(&app, 0), SiteReply::Failed(_)));
    assert_eq!(report(&app, "shown", "en").status, 204);
    assert_eq!(totals(&app)[0], 2);
    app.sites.restart();
    assert_eq!(totals(&app)[0], 2);
}

#[test]
fn more_records_than_one_turn_counts_are_counted_all_the_same() {
    let limits = Limits { site_per_second: u32::MAX / 4, client_per_minute: u32::MAX / 4 };
    let app = App::with_limits(limits);
    app.publish(&policy());
    post(&app, &record(1));
    // Rows of the very same entry: posting so many would take the test a minute.
    let more = COUNTED_AT_ONCE * 2 + 5;
    let sql = "INSERT INTO entries (idx, kind, time, action, entry, leaf) WITH RECURSIVE n(i) AS \
        (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
        SELECT i, kind, time, action, entry, leaf FROM n, (SELECT * FROM entries WHERE idx = 1)";
    app.sites.database.connection.execute(sql, [more as i64]).unwrap();
    assert!(matches!(count_up(&app, 0), SiteReply::Flag(true)));
    app.sites.restart();
    assert!(matches!(count_up(&app, 0), SiteReply::Flag(true)));
    assert!(matches!(count_up(&app, 0), SiteReply::Flag(false)));
    let sql = "SELECT sum(n) FROM counts";
    assert_eq!(
        app.sites.database.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(),
        more as i64
    );
}

#[test]
fn numbers_stay_when_records_are_erased_or_their_time_is_over() {
    let app = App::new();
    let mut short = policy();
    short["lifetimes"] = json!({ "record_months": 1 });
    app.publish(&short);
    for nth in 1..=6 {
        post(&app, &of_kind(if nth > 4 { "save" } else { "accept_all" }, nth));
        report(&app, "shown", "en");
    }
    let before = vec![6, 0, 4, 0, 2, 0, 0];
    // Erased before anybody counted.
    assert_eq!(app.operate("erasures", &json!({ "subject": SUBJECT })).json()["erased"], 6);
    app.sites.now.set(NOW + 35 * DAY);
    assert_eq!(app.operate("retention", &json!({})).json()["pruned"], 6);
    assert_eq!(app.export("&action=accept_all"), Vec::<Value>::new(), "no record is left");
    assert_eq!(totals(&app), before);
    app.sites.restart();
    assert_eq!(totals(&app), before);
    assert_eq!(rows(&app, "by=day")[0]["day"], "2025-11-22", "on the day they were made");
}

#[test]
fn retention_broken_off_anywhere_loses_no_number() {
    for places in 0.. {
        let app = App::new();
        let mut short = policy();
        short["lifetimes"] = json!({ "record_months": 1 });
        app.publish(&short);
        (1..=3).for_each(|nth| post(&app, &record(nth)));
        app.sites.now.set(NOW + 35 * DAY);
        app.sites.database.countdown.set(Some(places));
        let site = SiteId::parse("shop").unwrap();
        let _ = pollster::block_on(app.sites.call_part(&site, 0, &SiteCall::Retain));
        let done = app.sites.database.countdown.take().is_some();
        app.sites.restart();
        assert_eq!(totals(&app)[2], 3, "a fault at {places}");
        app.operate("retention", &json!({}));
        assert_eq!(totals(&app)[2], 3, "a fault at {places}, and pruned again");
        if done {
            return assert!(places > 6, "only {places} places were tried");
        }
    }
}

#[test]
fn numbers_of_all_parts_are_added_up() {
    let app = App::new();
    app.publish(&sharded(4));
    for nth in 1..=30 {
        post(&app, &record(nth));
        assert_eq!(report(&app, "shown", "en").status, 204);
    }
    let inside = |shard: u8| {
        count_up(&app, shard);
        let request = consentry_api::object::CountRequest { from: 0, to: 1 << 30, after: None };
        let site = SiteId::parse("shop").unwrap();
        match pollster::block_on(app.sites.call_part(&site, shard, &SiteCall::Counts(request))) {
            Ok(SiteReply::Counts(rows, false)) => rows.iter().map(|(_, count)| count).sum::<u64>(),
            other => panic!("{other:?}"),
        }
    };
    let parts: Vec<u64> = (0..4).map(inside).collect();
    assert!(parts.iter().all(|count| *count > 0), "{parts:?}");
    assert_eq!(totals(&app), [30, 0, 30, 0, 0, 0, 0]);
    // Fewer parts from now on: what the others counted is still there.
    app.publish(&sharded(2));
    app.sites.restart();
    assert_eq!(totals(&app), [30, 0, 30, 0, 0, 0, 0]);
}

#[test]
fn range_takes_whole_days_and_small_groups_are_told_apart_by_day_alone() {
    let app = App::published();
    for (day, country, views) in [(0, "DE", 6), (1, "DE", 7), (1, "LI", 2), (2, "FR", 5)] {
        app.sites.now.set(NOW + day * DAY);
        app.jurisdiction.set(Jurisdiction::new(Some(country), None));
        for _ in 0..views {
            assert_eq!(report(&app, "shown", "en").status, 204);
        }
    }
    let told = |query: &str| -> Vec<String> {
        let name = |row: &Value| {
            let names =
                ["day", "jurisdiction", "language"].map(|name| row[name].as_str().unwrap_or("").to_owned());
            format!("{} {}", names.join(" ").trim(), row["shown"])
        };
        rows(&app, query).iter().map(name).collect()
    };
    assert_eq!(told("by=day"), ["2025-11-22 6", "2025-11-23 9", "2025-11-24 5"]);
    assert_eq!(
        told("by=day,jurisdiction,language"),
        ["2025-11-22 DE en 6", "2025-11-23 DE en 7", "2025-11-23 other other 2", "2025-11-24 FR en 5"]
    );
    assert_eq!(told("by=day&from=2025-11-23&to=2025-11-24"), ["2025-11-23 9"]);
    // Days that are only partly asked for are left out: half a day's numbers would be a smaller group than a day's.
    assert_eq!(told("by=day&from=2025-11-22T00:00:01Z&to=2025-11-24T23:59:59Z"), ["2025-11-23 9"]);
    let csv = stats(&app, "by=day,jurisdiction&format=csv&from=2025-11-23&to=2025-11-24");
    assert_eq!(csv.header("content-type"), "text/csv");
    assert_eq!(
        csv.text(),
        "day,jurisdiction,shown,dismissed,accepted,rejected,saved,withdrawn,signal,choices,accepted_per_shown,accepted_per_choice\n\
        2025-11-23,DE,7,0,0,0,0,0,0,0,0,\n2025-11-23,other,2,0,0,0,0,0,0,0,0,\n"
    );
    for wrong in ["by=hour", "from=yesterday", "to=1", "format=xml", "fro=2025-11-22", "category=analytics"] {
        let answer = stats(&app, wrong);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "filter"), "{wrong}");
    }
}

#[test]
fn report_that_no_page_of_ours_would_send_counts_nothing() {
    let app = App::published();
    let good = json!({ "event": "shown", "language": "en" }).to_string();
    let of = |origin: &'static str, kind: &'static str| [("origin", origin), ("content-type", kind)];
    for (headers, body, status, problem) in [
        (of("https://evil.example", "text/plain"), good.as_str(), 403, "origin-refused"),
        (of(ORIGIN, "application/x-www-form-urlencoded"), &good, 415, "content-type"),
        (of(ORIGIN, "text/plain"), "", 400, "shown-form"),
        (of(ORIGIN, "text/plain"), r#"{"event":"accepted","language":"en"}"#, 400, "shown-form"),
        (of(ORIGIN, "text/plain"), r#"{"event":"shown","language":"en","who":"me"}"#, 400, "shown-form"),
        (of(ORIGIN, "text/plain"), r#"{"event":"shown","language":"xx"}"#, 422, "shown-language"),
        (of(ORIGIN, "text/plain"), r#"{"event":"shown","language":"en-x-b"}"#, 422, "shown-language"),
    ] {
        let answer = app.send("POST", "/_c/v1/sites/shop/shown", &headers, body.as_bytes());
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{body}");
    }
    assert_eq!(app.get("/_c/v1/sites/shop/shown", &[]).status, 405);
    assert_eq!(
        app.send("POST", "/_c/v1/sites/other/shown", &of(ORIGIN, "text/plain"), good.as_bytes()).status,
        404
    );
    assert_eq!(totals(&app)[0], 0);
    // A record in a language that nobody was shown would be counted under it, and is evidence of nothing.
    let mut record = record(1);
    record["language"] = "xx".into();
    assert_eq!(app.post_record(&record).problem(), "record-language");
}

#[test]
fn views_beyond_the_limit_are_not_counted_and_keep_nobody_from_being_recorded() {
    let app = App::with_limits(Limits { site_per_second: 100, client_per_minute: 3 });
    app.publish(&policy());
    *app.client.borrow_mut() = Some("192.0.2".into());
    let statuses: Vec<u16> = (0..5).map(|_| report(&app, "shown", "en").status).collect();
    assert_eq!(statuses, [204, 204, 204, 429, 429]);
    assert_eq!(report(&app, "shown", "en").header("retry-after"), "20");
    post(&app, &record(1));
    assert_eq!(totals(&app)[..3], [3, 0, 1]);
}

#[test]
fn storage_holds_no_more_of_a_view_than_a_number() {
    let app = App::published();
    *app.client.borrow_mut() = Some("192.0.2".into());
    for _ in 0..3 {
        report(&app, "shown", "de");
    }
    totals(&app);
    let connection = &app.sites.database.connection;
    let mut statement = connection.prepare("SELECT * FROM counts").unwrap();
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    assert_eq!(columns, ["day", "jurisdiction", "language", "event", "n"]);
    let row = |row: &rusqlite::Row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, String>(3)?,
            row.get(4)?,
        ))
    };
    let rows: Vec<(i64, String, String, String, i64)> =
        statement.query_map([], row).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows, [((NOW / DAY) as i64, "unknown".into(), "de".into(), "shown".into(), 3)]);
}
