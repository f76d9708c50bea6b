//! The fault table: every write of every operation fails once, before and after it is stored, with and without a restart.
//!
//! | column | meaning |
//! |---|---|
//! | break | the storage reports an error at the nth chance: before or after a write, before or after a commit |
//! | unbreak | the fault is gone; in half of the runs the object also lost its memory |
//! | progressed? | the same request sent again succeeds |
//! | fatal? | never: whatever was acknowledged is there once, and the log only grew |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_api::object::{SiteCall, SiteReply, Whose};
use consentry_core::SiteId;
use consentry_log::{
    Edge, Hash, Joined, LogKey, Newer, Older, Origin, TreeHead, Trust, prove_consistency, tree_hash,
    verify_checkpoint, verify_consistency,
};
use consentry_service::site::LogKeys;
use consentry_service::sites::Sites;
use support::*;

/// What is done, and whether it was acknowledged.
type Operation = (&'static str, fn(&App) -> bool);

const OPERATIONS: [Operation; 8] = [
    ("a record", |app| [200, 201].contains(&app.post_record(&record(900)).status)),
    ("a record that is there", |app| app.post_record(&record(3)).status == 200),
    ("a batch", |app| batch(app, 900..1_000) == 201),
    ("a new policy", |app| {
        let mut changed = policy();
        changed["languages"] = serde_json::json!(["en"]);
        let body = changed.to_string();
        app.send("PUT", "/_c/v1/sites/shop/policy", &[operator()], body.as_bytes()).status == 200
    }),
    ("an erasure", |app| {
        let erase = SiteCall::Erase { whose: Whose::Subject(SUBJECT.into()), by_visitor: true };
        matches!(call(app, erase), SiteReply::Erased(_))
    }),
    ("retention", |app| {
        app.sites.now.set(NOW + 5 * 366 * 86_400_000);
        matches!(call(app, SiteCall::Retain), SiteReply::Erased(_))
    }),
    ("the heads of other parts", |app| {
        let head = consentry_api::object::PartHead { shard: 1, size: 7, root: "ab".repeat(32) };
        matches!(call(app, SiteCall::Seal(vec![head])), SiteReply::Flag(_))
    }),
    ("a change of keys", |app| {
        app.sites.keys.replace(LogKeys { current: Some([2; 32]), previous: Some([1; 32]) });
        app.sites.restart();
        [200, 201].contains(&app.post_record(&record(901)).status)
    }),
];

fn batch(app: &App, which: std::ops::Range<u64>) -> u16 {
    let records: Vec<_> = which.map(record).collect();
    let body = serde_json::json!({ "jurisdiction": "DE", "records": records }).to_string();
    app.send("POST", "/_c/v1/sites/shop/batches", &[operator()], body.as_bytes()).status
}

fn call(app: &App, call: SiteCall) -> SiteReply {
    pollster::block_on(app.sites.call(&SiteId::parse("shop").unwrap(), &call)).unwrap()
}

/// The tree as its checkpoint says, held against the leaves the table has.
fn checked_head(app: &App) -> (TreeHead, Vec<Hash>) {
    let origin = Origin::new("shop.example/_c/log/shop").unwrap();
    let keys: Vec<LogKey> = app.get("/_c/log/shop/keys", &[]).json()["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| LogKey::parse(key.as_str().unwrap()).unwrap())
        .collect();
    let trust = Trust { origin: &origin, keys: &keys, witnesses: &[] };
    let checkpoint = app.get("/_c/log/shop/checkpoint", &[]);
    let head = *verify_checkpoint(&checkpoint.body, &trust).unwrap().head();
    let leaves: Vec<Hash> = app
        .export_all("")
        .iter()
        .map(|row| Hash::from_hex(row["leaf_hash"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!((head.size.0 as usize, head.root), (leaves.len(), tree_hash(&leaves)));
    (head, leaves)
}

fn assert_grew(older: &TreeHead, newer: &TreeHead, leaves: &[Hash], what: &str) {
    let mut edge = Edge::new();
    let tiles = edge.append(leaves).unwrap();
    let proof = prove_consistency(Older(older.size), Newer(newer.size), &Joined(&tiles, &edge)).unwrap();
    assert_eq!(verify_consistency(&proof, Older(older), Newer(newer)), Ok(()), "{what}: the log forked");
}

fn ids(app: &App) -> Vec<String> {
    let mut ids: Vec<String> =
        app.export("").iter().filter_map(|row| Some(row["record_id"].as_str()?.to_owned())).collect();
    ids.sort();
    ids
}

#[test]
fn fault_at_any_write_of_any_operation_loses_doubles_and_forks_nothing() {
    for (what, operation) in OPERATIONS {
        let mut points = 0;
        for point in 0.. {
            let mut hit = false;
            for restart in [false, true] {
                let app = App::published();
                // Near the end of a tile, so that some operations complete one.
                assert_eq!(batch(&app, 0..253), 201);
                let before = checked_head(&app).0;
                app.sites.database.countdown.set(Some(point));
                let acknowledged = operation(&app);
                hit = app.sites.database.countdown.replace(None).is_none();
                if !hit {
                    assert!(acknowledged, "{what} without a fault");
                    break;
                }
                let what = format!("{what}, fault {point}, restart {restart}");
                if restart {
                    app.sites.restart();
                }
                // Progressed: the very same again.
                assert!(operation(&app), "{what}: it never recovers");
                let (after, leaves) = checked_head(&app);
                assert_grew(&before, &after, &leaves, &what);
                let mut once = ids(&app);
                let all = once.len();
                once.dedup();
                assert_eq!(once.len(), all, "{what}: a record is there twice");
                assert_eq!(expected(&app, &operation_effects(&what)), Ok(()), "{what}");
            }
            if !hit {
                break;
            }
            points += 1;
        }
        assert!(points > 0 || what == "a record that is there", "{what} has no write to fail");
    }
}

/// What must be in the log in the end: records, and statements of a kind.
struct Effects {
    records: usize,
    named: usize,
    statements: (&'static str, usize),
}

fn operation_effects(what: &str) -> Effects {
    let plain = |records| Effects { records, named: records, statements: ("policy_published", 1) };
    match what.split(',').next().unwrap() {
        "a record" => plain(254),
        "a batch" => plain(353),
        "a new policy" => Effects { statements: ("policy_published", 2), ..plain(253) },
        "an erasure" => Effects { named: 0, statements: ("redaction", 1), ..plain(253) },
        "retention" => Effects { named: 0, statements: ("redaction", 1), ..plain(253) },
        "the heads of other parts" => Effects { statements: ("shard_heads", 1), ..plain(253) },
        "a change of keys" => Effects { statements: ("key_change", 1), ..plain(254) },
        _ => plain(253),
    }
}

fn expected(app: &App, effects: &Effects) -> Result<(), String> {
    let rows = app.export_all("");
    let of = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).count();
    let found = (of("record"), ids(app).len(), of(effects.statements.0));
    let wanted = (effects.records, effects.named, effects.statements.1);
    if found == wanted { Ok(()) } else { Err(format!("{found:?}, not {wanted:?}")) }
}

#[test]
fn table_changed_by_hand_is_not_extended() {
    for change in [
        "UPDATE entries SET leaf = zeroblob(32) WHERE idx = 250",
        "DELETE FROM entries WHERE idx = 250",
        "UPDATE entries SET roots = zeroblob(32) WHERE roots IS NOT NULL",
        "UPDATE entries SET head = zeroblob(32) WHERE idx = 259",
        "DELETE FROM entries WHERE idx = 259",
    ] {
        let app = App::published();
        assert_eq!(batch(&app, 0..259), 201);
        // One more commit of two, so that the last row removed leaves a row without a head.
        assert_eq!(batch(&app, 300..302), 201);
        let change = change.replace("259", "261");
        let changed = app.sites.database.connection.execute(&change, []).unwrap();
        assert!(changed > 0, "{change}");
        app.sites.restart();
        // Leaves under a full tile are covered by its root: what is wrong there, an auditor finds.
        let answer = app.post_record(&record(400));
        let seen = !change.contains("idx = 250");
        assert_eq!(answer.status == 503, seen, "{change}: {}", answer.text());
    }
}
