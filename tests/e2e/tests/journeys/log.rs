//! The log under load and under `kill -9`: whatever was acknowledged is there once, and it never forks.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use consentry_log::{
    Frontier, Hash, LogKey, Origin, TreeHead, Trust, Width, leaf_hash, parse_bundle, parse_tlog_proof,
    verify_checkpoint, verify_tlog_proof,
};
use serde_json::Value;

use crate::records::{agent, post, record};
use crate::support::{Edge, wait_for};

const KILLS: usize = 50;
const CONNECTIONS: usize = 16;

/// What an outsider holds the log to: its name and its key.
pub struct Auditor {
    origin: Origin,
    keys: Vec<LogKey>,
}

impl Auditor {
    pub fn new(edge: &Edge) -> Self {
        let keys: Value = serde_json::from_str(&get(edge, "/_c/log/demo/keys")).expect("keys");
        let vkeys = keys["keys"].as_array().expect("a list").iter();
        let keys: Vec<LogKey> =
            vkeys.map(|key| LogKey::parse(key.as_str().unwrap_or_default()).expect("a key")).collect();
        let origin = Origin::new(keys.last().expect("a key").name()).expect("an origin");
        Self { origin, keys }
    }

    fn trust(&self) -> Trust<'_> {
        Trust { origin: &self.origin, keys: &self.keys, witnesses: &[] }
    }

    pub fn head(&self, edge: &Edge) -> TreeHead {
        let checkpoint = get(edge, "/_c/log/demo/checkpoint");
        *verify_checkpoint(checkpoint.as_bytes(), &self.trust()).expect("a signed checkpoint").head()
    }

    /// The head that a receipt proves its record under.
    pub fn receipt(&self, receipt: &Value) -> TreeHead {
        let proof =
            parse_tlog_proof(receipt["proof"].as_str().unwrap_or_default().as_bytes()).expect("a proof");
        let extra = proof.extra.clone().unwrap_or_default();
        let parts = parse_bundle(&extra, Width::new(2).expect("two")).expect("entry and erasable part");
        let leaf = leaf_hash(parts.first().expect("an entry"));
        assert_eq!(leaf.to_hex(), receipt["leaf_hash"]);
        *verify_tlog_proof(&proof, &leaf, &self.trust()).expect("a proof that holds").head()
    }
}

fn get(edge: &Edge, path: &str) -> String {
    let mut answer = agent().get(edge.url(path)).call().expect("an answer");
    answer.body_mut().read_to_string().expect("a text")
}

/// Every root the log ever had, by size, from what it exports now.
pub fn roots(edge: &Edge) -> BTreeMap<u64, Hash> {
    let mut frontier = Frontier::new();
    let rows = edge.export(&[]);
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    rows.map(|row| {
        assert_eq!(row["index"], frontier.size().0, "positions without holes");
        frontier.append(Hash::from_hex(row["leaf_hash"].as_str().unwrap_or_default()).expect("a hash"));
        (frontier.size().0, frontier.root())
    })
    .collect()
}

#[test]
fn log_killed_fifty_times_under_load_loses_doubles_and_forks_nothing() {
    let mut edge = Edge::start();
    let url = edge.url("");
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let receipts = Mutex::new(BTreeMap::new());
    let mut heads = Vec::new();
    let auditor = Auditor::new(&edge);
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let agent = agent();
                while !stop.load(Ordering::Relaxed) {
                    let record = record(next.fetch_add(1, Ordering::Relaxed));
                    // The same record again until somebody says it is kept, as the banner does.
                    let receipt = wait_for("a receipt", Duration::from_secs(60), || {
                        match post(&agent, &url, &url, &record) {
                            Some((200 | 201, receipt)) => Some(receipt),
                            Some((status, problem)) if status < 500 => panic!("{status}: {problem}"),
                            _ => None,
                        }
                    });
                    let id = record["id"].as_str().unwrap_or_default().to_owned();
                    receipts.lock().expect("receipts").insert(id, receipt);
                    // Load enough for groups, and not so much that checking it all takes longer than making it.
                    std::thread::sleep(Duration::from_millis(50));
                }
            });
        }
        for _ in 0..KILLS {
            let before = receipts.lock().expect("receipts").len();
            wait_for("some receipts", Duration::from_secs(60), || {
                (receipts.lock().expect("receipts").len() > before + 20).then_some(())
            });
            edge.kill();
            edge.start_again();
            heads.push(auditor.head(&edge));
        }
        stop.store(true, Ordering::Relaxed);
    });
    let receipts = receipts.into_inner().expect("receipts");
    assert!(heads.is_sorted_by_key(|head| head.size), "the log never shrinks");
    heads.push(auditor.head(&edge));
    let rows = edge.records();
    assert_eq!(rows.len(), receipts.len(), "each exactly once");
    for (nth, row) in rows.iter().enumerate() {
        let id = row["record_id"].as_str().unwrap_or_default().replace('-', "");
        let receipt = receipts.get(&id).expect("every row was acknowledged");
        // Also those given before a kill.
        assert_eq!((&receipt["index"], &receipt["leaf_hash"]), (&row["index"], &row["leaf_hash"]));
        assert_eq!(receipt["time"], row["server_time"]);
        // Signatures are slow to check in a debug build: every tenth, everything else of all.
        if nth % 10 == 0 {
            heads.push(auditor.receipt(receipt));
        }
    }
    // Every head that was ever signed is a beginning of the log as it is now.
    let roots = roots(&edge);
    for head in heads {
        assert_eq!(roots.get(&head.size.0), Some(&head.root), "a fork at size {}", head.size.0);
    }
}

#[test]
fn record_whose_answer_was_lost_or_that_is_sent_twice_at_once_is_there_once() {
    let edge = Edge::start();
    let url = edge.url("");
    let record = record(1);
    for _ in 0..3 {
        // Sent whole, and gone before the answer.
        let mut stream = TcpStream::connect(("127.0.0.1", edge.port())).expect("a connection");
        let body = record.to_string();
        write!(
            stream,
            "POST /_c/v1/sites/demo/records HTTP/1.1\r\nhost: localhost\r\norigin: {url}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("sent");
    }
    let statuses = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let (status, receipt) = post(&agent(), &url, &url, &record).expect("an answer");
                statuses.lock().expect("statuses").push((status, receipt["index"].clone()));
            });
        }
    });
    let statuses = statuses.into_inner().expect("statuses");
    let (_, index) = statuses.first().cloned().expect("answers");
    assert!(statuses.iter().all(|(status, at)| [200, 201].contains(status) && *at == index), "{statuses:?}");
    assert!(statuses.iter().filter(|(status, _)| *status == 201).count() <= 1, "{statuses:?}");
    assert_eq!(edge.records().len(), 1);
}
