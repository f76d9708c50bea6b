//! The log as outsiders see it: signed checkpoints, tiles, receipts that verify with the key alone, changes of key, parts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_core::bytes::decode_hex;
use consentry_core::statement::{key_change_message, parse_key_change, parse_policy_published};
use consentry_core::{parse_evidence, parse_personal};
use consentry_log::{
    Hash, Kind, LogKey, Newer, Older, Origin, TreeSize, Trust, Width, leaf_hash, parse_bundle, parse_entry,
    parse_tlog_proof, prove_consistency, tree_hash, verify_checkpoint, verify_consistency, verify_tlog_proof,
};
use consentry_service::site::LogKeys;
use support::*;

const ORIGIN_OF_LOG: &str = "shop.example/_c/log/shop";

fn origin() -> Origin {
    Origin::new(ORIGIN_OF_LOG).unwrap()
}

fn key(app: &App) -> LogKey {
    let keys = app.get("/_c/log/shop/keys", &[]).json();
    LogKey::parse(keys["keys"].as_array().unwrap().last().unwrap().as_str().unwrap()).unwrap()
}

fn head(app: &App, keys: &[LogKey]) -> consentry_log::TreeHead {
    let checkpoint = app.get("/_c/log/shop/checkpoint", &[]);
    assert_eq!(checkpoint.header("content-type"), "text/plain; charset=utf-8");
    let trust = Trust { origin: &origin(), keys, witnesses: &[] };
    *verify_checkpoint(&checkpoint.body, &trust).unwrap().head()
}

fn leaves(app: &App) -> Vec<Hash> {
    let rows = app.export_all("");
    rows.iter().map(|row| Hash::from_hex(row["leaf_hash"].as_str().unwrap()).unwrap()).collect()
}

#[test]
fn receipt_of_a_record_verifies_offline_with_the_key_alone() {
    let app = App::published();
    let key = key(&app);
    for nth in 0..300 {
        app.sites.now.set(NOW + nth * 600);
        let receipt = app.post_record(&record(nth)).json();
        let proof = receipt["proof"].as_str().unwrap();
        // All that is used from here on is the text and the key.
        let proof = parse_tlog_proof(proof.as_bytes()).unwrap();
        let parts = parse_bundle(proof.extra.as_ref().unwrap(), Width::new(2).unwrap()).unwrap();
        let [entry, personal] = parts[..] else { panic!("an entry and the erasable part") };
        let keys = [key.clone()];
        let trust = Trust { origin: &origin(), keys: &keys, witnesses: &[] };
        verify_tlog_proof(&proof, &leaf_hash(entry), &trust).unwrap();
        let evidence = parse_evidence(parse_entry(entry).unwrap().payload).unwrap();
        let personal = parse_personal(personal).unwrap();
        assert_eq!(personal.commitment(), evidence.commitment);
        assert_eq!(personal.id.to_hex(), receipt["id"]);
        assert_eq!(evidence.policy_entry, 0);
    }
}

#[test]
fn record_sent_again_gets_a_receipt_for_the_entry_that_is_there() {
    let app = App::published();
    let first = app.post_record(&record(1)).json();
    (2..600).for_each(|nth| assert_eq!(app.post_record(&record(nth)).status, 201));
    for restart in [false, true] {
        if restart {
            app.sites.restart();
        }
        let again = app.post_record(&record(1));
        assert_eq!(again.status, 200);
        let again = again.json();
        assert_eq!(
            (&again["index"], &again["leaf_hash"], &again["time"]),
            (&first["index"], &first["leaf_hash"], &first["time"])
        );
        let proof = again["proof"].as_str().unwrap();
        let proof = parse_tlog_proof(proof.as_bytes()).unwrap();
        let entry = parse_bundle(proof.extra.as_ref().unwrap(), Width::new(2).unwrap()).unwrap()[0];
        let keys = [key(&app)];
        let trust = Trust { origin: &origin(), keys: &keys, witnesses: &[] };
        let verified = verify_tlog_proof(&proof, &leaf_hash(entry), &trust).unwrap();
        assert_eq!(verified.head().size, TreeSize(600));
    }
}

#[test]
fn checkpoint_and_tiles_are_those_of_the_exported_leaves_at_every_size() {
    let app = App::published();
    let keys = [key(&app)];
    let mut older = head(&app, &keys);
    for nth in 0..530_u64 {
        app.post_record(&record(nth));
        if ![0, 1, 254, 255, 256, 300, 510, 511, 529].contains(&nth) {
            continue;
        }
        if nth % 2 == 0 {
            app.sites.restart();
        }
        let leaves = leaves(&app);
        let newer = head(&app, &keys);
        assert_eq!((newer.size.0, newer.root), (nth + 2, tree_hash(&leaves)));
        let mut nodes = consentry_log::Edge::new();
        let tiles = nodes.append(&leaves).unwrap();
        let joined = consentry_log::Joined(&tiles, &nodes);
        let proof = prove_consistency(Older(older.size), Newer(newer.size), &joined).unwrap();
        assert_eq!(verify_consistency(&proof, Older(&older), Newer(&newer)), Ok(()));
        for (tile, hashes) in tiles.iter() {
            let served = app.get(&format!("/_c/log/shop/{}", consentry_log::TilePath::Tile(tile)), &[]);
            assert_eq!(served.status, 200, "{tile:?}");
            assert_eq!(served.body, hashes.to_bytes(), "{tile:?}");
            assert!(served.header("cache-control").contains("immutable"));
        }
        older = newer;
    }
    for path in ["tile/0/002.p/20", "tile/0/003", "tile/1/000.p/3", "tile/0/0", "tile/x", "tile/0/000.p/0"] {
        assert_eq!(app.get(&format!("/_c/log/shop/{path}"), &[]).status, 404, "{path}");
    }
}

#[test]
fn entry_bundles_are_for_auditors_and_hash_to_the_tiles() {
    let app = App::published();
    (0..259).for_each(|nth| assert_eq!(app.post_record(&record(nth)).status, 201));
    let token = app.auditor();
    assert_eq!(app.get("/_c/log/shop/tile/entries/000", &[]).status, 401);
    for (path, width) in [("tile/entries/000", 256), ("tile/entries/001.p/4", 4)] {
        let served = app.get(&format!("/_c/log/shop/{path}"), &[("authorization", &token)]);
        assert_eq!(served.status, 200, "{}", served.text());
        let entries = parse_bundle(&served.body, Width::new(width).unwrap()).unwrap();
        let hashes: Vec<u8> = entries.iter().flat_map(|entry| *leaf_hash(entry).as_bytes()).collect();
        assert_eq!(app.get(&format!("/_c/log/shop/{}", path.replace("entries", "0")), &[]).body, hashes);
    }
}

#[test]
fn policy_entry_names_what_visitors_were_shown() {
    let app = App::published();
    let mut changed = policy();
    changed["controller"]["name"] = "Shop AG".into();
    app.publish(&changed);
    let rows = app.export_all("");
    let published: Vec<_> = rows
        .iter()
        .filter(|row| row["kind"] == "policy_published")
        .map(|row| {
            let bytes = decode_hex(row["entry"].as_str().unwrap()).unwrap();
            let entry = parse_entry(&bytes).unwrap();
            assert_eq!(entry.kind, Kind::PolicyPublished);
            parse_policy_published(entry.payload).unwrap()
        })
        .collect();
    let [first, second] = &published[..] else { panic!("{published:?}") };
    assert_eq!((first.version, second.version), (1, 2));
    assert_ne!(first.policy_hash, second.policy_hash);
    let languages: Vec<&str> = first.texts.iter().map(|(language, _)| language.as_str()).collect();
    assert_eq!(languages, ["en", "de"]);
    assert_ne!(first.texts[0].1, second.texts[0].1, "the controller is part of what is shown");
    assert_eq!(
        first.gate_hash,
        consentry_api::digest::sha256(
            br#"run(PAYLOAD){"api":"api(GATE)","again":"again(CONFIG)","auto":"auto(GATE,CONFIG)"}plain"#
        )
    );
}

#[test]
fn key_is_changed_only_when_the_old_one_says_so() {
    let app = App::published();
    app.post_record(&record(1));
    let old = key(&app);
    let restart_with = |current: u8, previous: Option<u8>| {
        let seeds = LogKeys { current: Some([current; 32]), previous: previous.map(|seed| [seed; 32]) };
        app.sites.keys.replace(seeds);
        app.sites.restart();
    };
    restart_with(2, None);
    let refused = app.post_record(&record(2));
    assert_eq!(refused.status, 503);
    assert!(refused.text().contains("CONSENTRY_LOG_KEY_PREVIOUS"), "{}", refused.text());
    restart_with(2, Some(3));
    assert_eq!(app.post_record(&record(2)).status, 503);
    restart_with(2, Some(1));
    assert_eq!(app.post_record(&record(2)).status, 201);
    let new = key(&app);
    assert_ne!(old, new);
    // Signed by both for as long as both are configured, then by the new one alone.
    head(&app, std::slice::from_ref(&old));
    head(&app, std::slice::from_ref(&new));
    restart_with(2, None);
    assert_eq!(app.post_record(&record(3)).status, 201);
    head(&app, std::slice::from_ref(&new));
    let keys = app.get("/_c/log/shop/keys", &[]).json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    let entry = decode_hex(keys["changes"][0].as_str().unwrap()).unwrap();
    let change = parse_key_change(parse_entry(&entry).unwrap().payload).unwrap();
    assert_eq!((change.old.as_str(), change.new.as_str()), (old.to_vkey().as_str(), new.to_vkey().as_str()));
    let message = key_change_message(change.time, &change.old, &change.new);
    assert!(old.verify_message(&message, &change.signature));
    let rows = app.export_all("");
    assert_eq!(
        rows.iter().filter(|row| row["kind"] == "key_change").count(),
        1,
        "once, however often it starts"
    );
    restart_with(1, None);
    assert_eq!(app.post_record(&record(4)).status, 503, "the way back is a change of key too");
}

#[test]
fn clock_that_goes_backwards_never_puts_an_entry_before_earlier_ones() {
    let app = App::published();
    app.sites.now.set(NOW + 3_600_000);
    app.post_record(&record(1));
    app.sites.now.set(NOW);
    let receipt = app.post_record(&record(2));
    assert_eq!(receipt.status, 201, "{}", receipt.text());
    app.publish(&{
        let mut changed = policy();
        changed["languages"] = serde_json::json!(["en"]);
        changed
    });
    let rows = app.export_all("");
    let times: Vec<&str> = rows.iter().map(|row| row["server_time"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(times[1], times[2], "stamped with the log's own time");
}

#[test]
fn log_in_parts_is_one_log_to_who_exports_it() {
    let app = App::new();
    let mut sharded = policy();
    sharded["log"] = serde_json::json!({ "shards": 3 });
    app.publish(&sharded);
    for nth in 0..200 {
        assert_eq!(app.post_record(&record(nth)).status, 201);
    }
    assert_eq!(app.post_record(&record(7)).status, 200, "the same record finds the same part");
    let rows = app.export_all("");
    let mut ids: Vec<&str> = rows.iter().filter_map(|row| row["record_id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 200);
    let token = app.auditor();
    let snapshot = app.get("/_c/v1/sites/shop/snapshot", &[("authorization", &token)]).json();
    let parts = snapshot["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 3);
    let seed = key(&app).bytes();
    for (shard, part) in parts.iter().enumerate() {
        let name = if shard == 0 { ORIGIN_OF_LOG.to_owned() } else { format!("{ORIGIN_OF_LOG}/{shard}") };
        let (origin, keys) = (Origin::new(&name).unwrap(), [LogKey::new(&name, &seed).unwrap()]);
        let trust = Trust { origin: &origin, keys: &keys, witnesses: &[] };
        let head =
            *verify_checkpoint(part["checkpoint"].as_str().unwrap().as_bytes(), &trust).unwrap().head();
        let sizes: Vec<String> = parts.iter().map(|part| part["size"].to_string()).collect();
        let leaves: Vec<Hash> = app
            .export_all(&format!("&sizes={}", sizes.join(",")))
            .iter()
            .filter(|row| row["log"] == shard)
            .map(|row| Hash::from_hex(row["leaf_hash"].as_str().unwrap()).unwrap())
            .collect();
        assert!(leaves.len() > 30, "each part has its share: {}", leaves.len());
        assert_eq!(tree_hash(&leaves), head.root);
        let path = if shard == 0 {
            "/_c/log/shop/checkpoint".into()
        } else {
            format!("/_c/log/shop/{shard}/checkpoint")
        };
        assert_eq!(app.get(&path, &[]).text(), part["checkpoint"].as_str().unwrap());
    }
    assert!(rows.iter().any(|row| row["kind"] == "shard_heads"), "part 0 commits to the others");
    let before = app.export_all("").len();
    assert_eq!(app.export_all("").len(), before, "and does so once while nothing changes");
}

#[test]
fn batch_of_the_operator_is_logged_whole_or_not_at_all() {
    let app = App::published();
    let batch = |records: &[serde_json::Value]| {
        let body = serde_json::json!({ "jurisdiction": "DE", "records": records }).to_string();
        app.send("POST", "/_c/v1/sites/shop/batches", &[operator()], body.as_bytes())
    };
    let answer = batch(&[record(1), record(2), record(1)]);
    assert_eq!((answer.status, &answer.json()["indexes"]), (201, &serde_json::json!([1, 2, 1])));
    let mut wrong = record(4);
    wrong["action"] = "reject_all".into();
    let refused = batch(&[record(3), wrong]);
    assert_eq!((refused.status, refused.problem().as_str()), (422, "record-action"));
    assert_eq!(refused.header("consentry-record"), record(4)["id"]);
    let rows = app.export("");
    assert_eq!(rows.len(), 2, "nothing of the refused batch");
    assert_eq!((&rows[0]["attested_by"], &rows[0]["jurisdiction"]), (&"operator".into(), &"DE".into()));
    assert_eq!(app.send("POST", "/_c/v1/sites/shop/batches", &[], b"{}").status, 401);
}
