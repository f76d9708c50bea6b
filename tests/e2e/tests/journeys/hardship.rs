//! The log on a machine in trouble: no room left on the disk, a clock that goes backwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use consentry_e2e::workerd;
use serde_json::Value;

use crate::log::{Auditor, roots};
use crate::records::{agent, post, record};
use crate::support::Edge;
use crate::support::edge::OPERATOR;

/// How many seconds the clock is turned back: more than what parts of the service may disagree by.
const BACK: &str = "-7200";

/// Sends records from `first` on until `enough` says so; receipts of those acknowledged, and the records that were not.
fn send(
    edge: &Edge,
    first: usize,
    enough: impl Fn(usize, usize) -> bool,
) -> (BTreeMap<String, Value>, Vec<Value>) {
    let (agent, url) = (agent(), edge.url(""));
    let (mut receipts, mut refused) = (BTreeMap::new(), Vec::new());
    for nth in first.. {
        if enough(receipts.len(), refused.len()) {
            break;
        }
        let record = record(nth);
        match post(&agent, &url, &url, &record) {
            Some((201, receipt)) => drop(receipts.insert(receipt["id"].to_string(), receipt)),
            // Whoever sends is told to come back, never that it was their fault.
            Some((500.., _)) | None => refused.push(record),
            Some((status, problem)) => panic!("{status}: {problem}"),
        }
    }
    (receipts, refused)
}

/// Fails unless these receipts and nothing else are in the log, and every head they were given under is a beginning of it.
fn agree(edge: &Edge, receipts: &BTreeMap<String, Value>) {
    let auditor = Auditor::new(edge);
    let (rows, roots) = (edge.records(), roots(edge));
    assert_eq!(rows.len(), receipts.len(), "each exactly once");
    let indexes: Vec<&Value> = rows.iter().map(|row| &row["index"]).collect();
    for receipt in receipts.values() {
        assert!(indexes.contains(&&receipt["index"]), "{receipt}");
        let head = auditor.receipt(receipt);
        assert_eq!(roots.get(&head.size.0), Some(&head.root), "a fork at size {}", head.size.0);
    }
    let head = auditor.head(edge);
    assert_eq!(roots.get(&head.size.0), Some(&head.root));
}

#[test]
fn full_disk_stops_acknowledgements_and_loses_nothing_acknowledged() {
    let mut edge = Edge::start();
    let (mut receipts, _) = send(&edge, 0, |kept, _| kept == 5);
    edge.kill();
    // No file may grow beyond 400 blocks of 512 bytes: the write-ahead log is full after some dozen records. The signal that
    // goes with it is ignored, so that writing fails as it does without room.
    edge.run_under(&["sh", "-c", "trap '' XFSZ; ulimit -f 400; exec \"$@\"", "sh"]);
    edge.start_again();
    let (kept, refused) = send(&edge, 100, |kept, refused| refused == 12 || kept == 2_000);
    assert!(!kept.is_empty(), "there was some room");
    assert_eq!(refused.len(), 12, "the disk was full");
    receipts.extend(kept);
    // Room again.
    edge.kill();
    edge.run_under(&[]);
    edge.start_again();
    agree(&edge, &receipts);
    // What was turned away comes back under the same identifiers and is taken.
    let (agent, url) = (agent(), edge.url(""));
    for record in &refused {
        let (status, receipt) = post(&agent, &url, &url, record).expect("an answer");
        assert_eq!(status, 201, "{receipt}");
        receipts.insert(receipt["id"].to_string(), receipt);
    }
    agree(&edge, &receipts);
}

/// When a token made now would end: the Worker's clock, in a form that sorts.
fn token_ends(edge: &Edge) -> String {
    let mut answer = agent()
        .post(edge.url("/_c/v1/sites/demo/tokens"))
        .header("authorization", format!("Bearer {OPERATOR}"))
        .header("content-type", "application/json")
        .send(r#"{"name":"clock"}"#)
        .expect("an answer");
    let grant = answer.body_mut().read_to_string().expect("a text");
    let grant: Value = serde_json::from_str(&grant).expect("JSON");
    grant["expires"].as_str().expect("a time").to_owned()
}

/// The library that turns the clock of the program it is loaded into.
fn other_clock(folder: &Path) -> PathBuf {
    let library = folder.join("clock.so");
    let source = workerd::root().join("tests/e2e/clock.rs");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--crate-type", "cdylib", "-Cpanic=abort", "-o"]);
    let compiled = rustc.arg(&library).arg(source).status().expect("rustc starts");
    assert!(compiled.success(), "the other clock compiles");
    library
}

#[test]
fn clock_that_goes_back_while_running_or_between_starts_leaves_the_log_in_order() {
    let mut edge = Edge::start();
    let clock = edge.folder().join("clock");
    let set = |text: &str| std::fs::write(&clock, text).expect("room");
    set("0");
    edge.kill();
    edge.run_under(&[
        "env",
        &format!("LD_PRELOAD={}", other_clock(edge.folder()).display()),
        &format!("OTHER_CLOCK={}", clock.display()),
    ]);
    edge.start_again();
    let (mut receipts, _) = send(&edge, 0, |kept, _| kept == 5);
    let before = token_ends(&edge);
    // While it runs: the policy is cached, the newest entry is in memory.
    set(BACK);
    assert!(token_ends(&edge) < before, "the clock went back");
    receipts.extend(send(&edge, 100, |kept, _| kept == 5).0);
    // Between two starts: the newest entry is read from the table.
    edge.kill();
    edge.start_again();
    receipts.extend(send(&edge, 200, |kept, _| kept == 5).0);
    set("0");
    receipts.extend(send(&edge, 300, |kept, _| kept == 5).0);
    agree(&edge, &receipts);
    let times: Vec<String> = edge.records().iter().map(|row| row["server_time"].to_string()).collect();
    assert!(times.is_sorted(), "{times:#?}");
}
