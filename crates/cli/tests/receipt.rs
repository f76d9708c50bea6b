//! `consentry receipt verify` as it is run: receipts as visitors get them, and everything that can be done to them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "support/site.rs"]
mod site;
mod support;

use std::path::Path;

use consentry_log::{Width, parse_bundle, parse_tlog_proof, serialize_bundle};
use serde_json::Value;
use site::service::{App, sharded};
use site::{SEEDS, post, record, vkey};
use support::{code, consentry, stderr, stdout};

/// Receipts of a log in two parts, each with the part it is of.
fn receipts() -> Vec<Value> {
    let app = App::new();
    app.publish(&sharded(2));
    (1..9).map(|nth| post(&app, &record(&app, nth, 1))).collect()
}

fn verify(folder: &Path, name: &str, text: &str, keys: &[&str]) -> (i32, Value) {
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    let keys = keys.iter().flat_map(|key| ["--key", key]);
    let arguments: Vec<&str> =
        ["receipt", "verify", file.to_str().unwrap(), "--json"].into_iter().chain(keys).collect();
    let output = consentry(&arguments);
    let said = serde_json::from_str(&stdout(&output));
    (code(&output), said.unwrap_or_else(|_| Value::String(stderr(&output))))
}

#[test]
fn receipt_of_any_part_verifies_offline_as_proof_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let key = vkey(&SEEDS[0]);
    let mut logs = std::collections::BTreeSet::new();
    for receipt in receipts() {
        let proof = receipt["proof"].as_str().unwrap();
        let (code, said) = verify(folder.path(), "a.tlog-proof", proof, &[&vkey(&SEEDS[1]), &key]);
        assert_eq!((code, &said["verdict"]), (0, &"verified".into()), "{said:#}");
        assert_eq!(
            said["record"]["record_id"].as_str().unwrap().replace('-', ""),
            receipt["id"].as_str().unwrap()
        );
        assert_eq!((&said["index"], &said["record"]["server_time"]), (&receipt["index"], &receipt["time"]));
        logs.insert(said["log"].as_str().unwrap().to_owned());
        let (code, same) = verify(folder.path(), "a.json", &receipt.to_string(), &[&key]);
        assert_eq!((code, same), (0, said));
    }
    assert_eq!(
        logs.into_iter().collect::<Vec<_>>(),
        ["shop.example/_c/log/shop", "shop.example/_c/log/shop/1"]
    );
}

#[test]
fn receipt_in_words_says_what_was_decided() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.tlog-proof");
    std::fs::write(&file, receipts()[0]["proof"].as_str().unwrap()).unwrap();
    let output = consentry(&["receipt", "verify", file.to_str().unwrap(), "--key", &vkey(&SEEDS[0])]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said}");
    assert!(said.starts_with("Verified: the log holds this record"), "{said}");
    assert!(
        said.contains("On 2025-11-22T08:26:40.500Z a visitor agreed to everything in the banner"),
        "{said}"
    );
    assert!(said.contains("required, functional, advertising, analytics"), "{said}");
}

/// Changes what a proof is about.
fn with_parts(proof: &str, change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>)) -> String {
    let mut proof = parse_tlog_proof(proof.as_bytes()).unwrap();
    let extra = proof.extra.take().unwrap();
    let parts = parse_bundle(&extra, Width::new(2).unwrap()).unwrap();
    let (mut entry, mut personal) = (parts[0].to_vec(), parts[1].to_vec());
    change(&mut entry, &mut personal);
    proof.extra = Some(serialize_bundle([entry.as_slice(), &personal]).unwrap());
    proof.serialize()
}

#[test]
fn receipt_changed_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let key = vkey(&SEEDS[0]);
    let receipt = &receipts()[5];
    let proof = receipt["proof"].as_str().unwrap();
    let last = |bytes: &mut Vec<u8>| *bytes.last_mut().unwrap() ^= 1;
    let size = proof.split("\n\n").nth(1).unwrap().lines().nth(1).unwrap();
    for (what, changed, why) in [
        ("the record", with_parts(proof, |entry, _| last(entry)), "another root"),
        ("the visitor", with_parts(proof, |_, personal| personal[60] ^= 1), "not whom it commits to"),
        ("no record", with_parts(proof, |entry, _| entry.clear()), "another root"),
        ("no proof of anything", proof.replace("extra ", "extra AAAA"), "without the record"),
        ("the index", proof.replacen("index ", "index 1", 1), ""),
        ("the size", proof.replace(&format!("\n{size}\n"), "\n999\n"), "signature"),
        ("the log", proof.replace("shop.example", "evil.example"), "no known key"),
        ("cut", proof[..proof.len() / 2].into(), ""),
        ("empty", String::new(), "line 1"),
    ] {
        let (code, said) = verify(folder.path(), "a.tlog-proof", &changed, &[&key]);
        assert_eq!((code, &said["verdict"]), (4, &"refused".into()), "{what}: {said:#}");
        assert!(said["why"].as_str().unwrap().contains(why), "{what}: {said:#}");
    }
    for field in ["id", "site", "time", "index", "leaf_hash"] {
        let mut changed = receipt.clone();
        changed[field] = if field == "index" { 77.into() } else { receipt["proof"].clone() };
        let (code, said) = verify(folder.path(), "a.json", &changed.to_string(), &[&key]);
        assert_eq!(
            (code, &said["why"]),
            (4, &format!("`{field}` is not what the proof shows").into()),
            "{said:#}"
        );
    }
    let (code, said) = verify(folder.path(), "a.tlog-proof", proof, &[&vkey(&[9; 32])]);
    assert_eq!((code, &said["verdict"]), (4, &"refused".into()), "{said:#}");
    assert_eq!(verify(folder.path(), "a.json", "{}", &[&key]).0, 1);
    assert_eq!(verify(folder.path(), "a.tlog-proof", proof, &[]).0, 2, "a key is needed");
}

#[test]
fn receipt_of_an_erased_record_still_verifies_and_says_that_somebody_is_not_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let proof = receipts()[0]["proof"].as_str().unwrap().to_owned();
    let erased = with_parts(&proof, |_, personal| personal.clear());
    let (code, said) = verify(folder.path(), "a.tlog-proof", &erased, &[&vkey(&SEEDS[0])]);
    assert_eq!((code, &said["record"]["record_id"]), (0, &Value::Null), "{said:#}");
    let file = folder.path().join("a.tlog-proof");
    let said = stdout(&consentry(&["receipt", "verify", file.to_str().unwrap(), "--key", &vkey(&SEEDS[0])]));
    assert!(said.contains("erased or withheld"), "{said}");
}
