//! Exports as they are run: pages, files that are whole or not there, going on where one broke off, and Parquet.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may stop at the first surprise"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};

use consentry_api::csv::CSV_COLUMNS;
use consentry_api::export::ExportRow;
use consentry_api::pairs::Pairs;
use consentry_api::snapshot::{MANIFEST_FORMAT, Manifest, PartSnapshot, PolicySnapshot, Snapshot};
use sha2::{Digest, Sha256};
use support::{Asked, Server, answer, code, command, consentry, files, problem, stderr, stdout};

/// Entries in the two parts of the log.
const SIZES: [u64; 2] = [25, 9];

fn row(log: u8, index: u64) -> ExportRow<'static> {
    ExportRow {
        log,
        index,
        kind: "record".into(),
        record_id: format!("019aa9f5-1c00-7000-8000-{:012x}", u64::from(log) << 32 | index).into(),
        server_time: format!("2026-11-21T09:30:{index:02}.123Z").into(),
        late: Some(index.is_multiple_of(2)),
        categories: Pairs(vec![("required".into(), true), ("analytics".into(), index > 3)]),
        policy_version: Some(1),
        leaf_hash: format!("{index:064x}").into(),
        ..ExportRow::default()
    }
}

/// The rows from a place on.
fn rows(part: u64, index: u64) -> impl Iterator<Item = ExportRow<'static>> {
    let all = (0_u8..).zip(SIZES).flat_map(|(log, size)| (0..size).map(move |index| row(log, index)));
    all.skip_while(move |row| (u64::from(row.log), row.index) < (part, index))
}

fn snapshot() -> Snapshot {
    let parts = (0_u8..).zip(SIZES);
    let policy = r#"{"site":"shop","categories":[{"id":"analytics"}]}"#;
    Snapshot {
        site: "shop".into(),
        time: "2026-11-22T00:00:00.000Z".into(),
        parts: parts
            .map(|(shard, size)| PartSnapshot { shard, size, checkpoint: format!("log\n{size}\n") })
            .collect(),
        keys: vec!["key".into()],
        key_changes: vec![],
        policies: vec![PolicySnapshot { version: 1, entry: 0, hash: "ab".into(), json: policy.into() }],
    }
}

fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let (_, query) = asked.line.split_once('?')?;
    query.split('&').find_map(|pair| Some(pair.strip_prefix(name)?.strip_prefix('=')?.replace("%3A", ":")))
}

/// Answers as the service does, with pages of seven rows.
fn service(asked: &Asked) -> Vec<u8> {
    if asked.line.ends_with("/snapshot") {
        return answer(200, &[], &serde_json::to_vec(&snapshot()).unwrap());
    }
    let csv = parameter(asked, "format").as_deref() == Some("csv");
    let mut body = if csv { format!("{CSV_COLUMNS}\n") } else { String::new() };
    let cursor = parameter(asked, "cursor").unwrap_or_else(|| "0:0".into());
    let (part, index) = cursor.split_once(':').unwrap();
    let mut rows = rows(part.parse().unwrap(), index.parse().unwrap());
    let limit = if asked.line.contains("limit=") { 7 } else { usize::MAX };
    for row in rows.by_ref().take(limit) {
        body += &if csv { row.to_csv() } else { serde_json::to_string(&row).unwrap() + "\n" };
    }
    let next = rows.next().map(|row| format!("{}:{}", row.log, row.index));
    let header = next.as_deref().map(|next| ("consentry-next-cursor", next));
    answer(200, header.as_slice(), body.as_bytes())
}

/// What a whole export is.
fn expected(csv: bool) -> String {
    let lines =
        rows(0, 0).map(|row| if csv { row.to_csv() } else { serde_json::to_string(&row).unwrap() + "\n" });
    let head = if csv { format!("{CSV_COLUMNS}\n") } else { String::new() };
    head + &lines.collect::<String>()
}

fn export(server: &Server, file: &Path, more: &[&str]) -> Output {
    let file = file.to_str().unwrap();
    let url = ["export", "--site", "shop", "--token", "cya_ab_cd", "--url", &server.url, "-o", file];
    consentry(&[&url, more].concat())
}

fn manifest(file: &Path) -> Manifest {
    let path = PathBuf::from(format!("{}.manifest.json", file.display()));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn export_is_fetched_in_pages_of_one_snapshot_and_described_by_its_manifest() {
    for (format, csv) in [("ndjson", false), ("csv", true)] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log");
        let server = Server::start(service);
        let output = export(&server, &file, &["--format", format, "--json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), expected(csv));
        assert_eq!(files(folder.path()), ["log", "log.manifest.json"]);
        let manifest = manifest(&file);
        assert_eq!((manifest.format.as_str(), manifest.file.as_str()), (MANIFEST_FORMAT, "log"));
        assert_eq!((manifest.file_format.as_str(), manifest.rows), (format, 34));
        assert_eq!(manifest.sha256, sha256(&bytes));
        assert!(manifest.filters.is_empty());
        assert_eq!(manifest.snapshot, snapshot());
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&said["rows"], &said["bytes"]), (&34.into(), &bytes.len().into()));
        assert_eq!(said["sha256"], manifest.sha256);
        let lines = server.lines();
        assert_eq!(lines[0], "GET /_c/v1/sites/shop/snapshot");
        let first = format!("GET /_c/v1/sites/shop/records?format={format}&sizes=25%2C9&limit=10000");
        assert_eq!(lines[1..3], [first.clone(), format!("{first}&cursor=0%3A7")]);
        assert_eq!(lines.len(), 6);
        assert!(server.asked().iter().all(|asked| asked.headers.contains("authorization: bearer cya_ab_cd")));
    }
}

#[test]
fn export_leaves_a_file_that_is_there_alone_until_it_is_told_to_replace_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    std::fs::write(&file, "an older export").unwrap();
    let server = Server::start(service);
    let output = export(&server, &file, &[]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("is there already"), "{}", stderr(&output));
    assert!(stderr(&output).contains("--overwrite"), "{}", stderr(&output));
    assert_eq!(
        (std::fs::read_to_string(&file).unwrap().as_str(), server.lines().len()),
        ("an older export", 0)
    );
    let output = export(&server, &file, &["--overwrite"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected(false));
}

#[test]
fn export_with_filters_says_so_in_its_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let server = Server::start(service);
    let filters = ["--from", "2026-11-21", "--category", "advertising:denied"];
    let output = export(&server, &file, &filters);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let asked = "format=ndjson&category=advertising%3Adenied&from=2026-11-21T00%3A00%3A00.000Z&sizes=";
    assert!(server.lines()[1].contains(asked), "{:?}", server.lines());
    let filters: Vec<_> = manifest(&file).filters.into_iter().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(filters, [pair("category", "advertising:denied"), pair("from", "2026-11-21T00:00:00.000Z")]);
}

/// A server that fails at its nth answer, as `failure` says, once.
fn failing(nth: u64, failure: fn(Vec<u8>) -> Vec<u8>) -> Server {
    let count = AtomicU64::new(0);
    Server::start(move |asked| {
        let good = service(asked);
        if count.fetch_add(1, Ordering::SeqCst) == nth { failure(good) } else { good }
    })
}

#[test]
fn export_that_breaks_off_goes_on_where_it_was_and_ends_the_same() {
    let cut: fn(Vec<u8>) -> Vec<u8> = |mut good| {
        good.truncate(good.len() - 40);
        good
    };
    let busy: fn(Vec<u8>) -> Vec<u8> = |_| problem(503, "Try again");
    for (failure, format, csv) in [(cut, "csv", true), (busy, "ndjson", false), (cut, "parquet", false)] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log");
        let server = failing(3, failure);
        let broken = export(&server, &file, &["--format", format]);
        assert_eq!(code(&broken), 3, "{}", stderr(&broken));
        assert!(stderr(&broken).contains("its first 14 rows are in"), "{}", stderr(&broken));
        assert_eq!(files(folder.path()), ["log.part", "log.part.json"]);
        let output = export(&server, &file, &["--format", format, "--resume"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(stderr(&output).contains("Going on with 14 rows"), "{}", stderr(&output));
        assert_eq!(files(folder.path()), ["log", "log.manifest.json"]);
        let bytes = std::fs::read(&file).unwrap();
        if format != "parquet" {
            assert_eq!(String::from_utf8_lossy(&bytes), expected(csv));
        }
        let manifest = manifest(&file);
        assert_eq!((manifest.rows, manifest.sha256), (34, sha256(&bytes)));
        let lines = server.lines();
        assert_eq!(
            lines.iter().filter(|line| line.ends_with("/snapshot")).count(),
            1,
            "one log, one snapshot"
        );
        assert!(lines[4].ends_with("&cursor=0%3A14"), "{lines:?}");
    }
}

#[test]
fn export_that_breaks_off_before_its_first_page_leaves_nothing() {
    for failure in [
        |_| problem(503, "Try again"),
        |_| problem(403, "This token does not open this door"),
        // A chunked answer without its end mark; one shorter than its length; one that ends in a line; one without an end.
        |_| b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{}\n\r\n".to_vec(),
        |_| b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}\n".to_vec(),
        |_| b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
        |_| b"HTTP/1.1 200 OK\r\n\r\n{}\n".to_vec(),
    ] as [fn(Vec<u8>) -> Vec<u8>; 6]
    {
        for nth in [0, 1] {
            let folder = tempfile::tempdir().unwrap();
            let server = failing(nth, failure);
            let output = export(&server, &folder.path().join("log"), &["--json"]);
            assert!([1, 3].contains(&code(&output)), "{}", stderr(&output));
            assert!(files(folder.path()).is_empty(), "{:?}", files(folder.path()));
            assert!(output.stdout.is_empty());
        }
    }
}

#[test]
fn export_goes_on_only_with_what_was_asked_for_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let server = failing(3, |_| problem(503, "Try again"));
    assert_eq!(code(&export(&server, &file, &["--resume"])), 2, "there is nothing to go on with");
    assert_eq!(code(&export(&server, &file, &[])), 3);
    let other = export(&server, &file, &["--format", "csv"]);
    assert_eq!(code(&other), 2);
    assert!(stderr(&other).contains("--restart discards it"), "{}", stderr(&other));
    let part = folder.path().join("log.part");
    let good = std::fs::read(&part).unwrap();
    // What is behind the last whole page is no harm; what is missing is.
    std::fs::write(&part, &good[..good.len() - 3]).unwrap();
    let torn = export(&server, &file, &[]);
    assert_eq!(code(&torn), 2);
    assert!(stderr(&torn).contains("is not what was written to it"), "{}", stderr(&torn));
    std::fs::write(&part, [&good, b"{\"log".as_slice()].concat()).unwrap();
    assert_eq!(code(&export(&server, &file, &[])), 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected(false));
    // Anew, over what is there.
    let server = failing(3, |_| problem(503, "Try again"));
    assert_eq!(code(&export(&server, &file, &["--format", "csv", "--overwrite"])), 3);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected(false), "the earlier export is still whole");
    let output = export(&server, &file, &["--restart", "--overwrite"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(files(folder.path()), ["log", "log.manifest.json"]);
}

#[test]
fn export_of_fewer_rows_than_the_log_has_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|asked| {
        let whole = String::from_utf8(service(asked)).unwrap();
        match whole.split_once("\r\n\r\n") {
            Some((head, body)) if head.contains("next-cursor: 0:21") => {
                let body = body.split_inclusive('\n').skip(1).collect::<String>();
                answer(200, &[("consentry-next-cursor", "0:21")], body.as_bytes())
            }
            _ => whole.into_bytes(),
        }
    });
    let output = export(&server, &folder.path().join("log"), &[]);
    assert_eq!(code(&output), 1);
    let said = "the log has 34 entries, and the service sent 33 rows of it";
    assert!(stderr(&output).contains(said), "{}", stderr(&output));
    assert!(!files(folder.path()).contains(&"log".into()));
}

#[test]
fn export_that_turns_in_a_circle_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|asked| {
        let good = service(asked);
        if !asked.line.contains("cursor=0%3A7") {
            return good;
        }
        answer(200, &[("consentry-next-cursor", "0:7")], b"")
    });
    let output = export(&server, &folder.path().join("log"), &[]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("the same page again"), "{}", stderr(&output));
}

#[test]
fn export_to_a_pipe_is_one_answer_passed_on() {
    let server = Server::start(service);
    let arguments = ["export", "--site", "shop", "--token", "t", "--url", &server.url];
    let output = consentry(&arguments);
    assert_eq!((code(&output), stdout(&output)), (0, expected(false)), "{}", stderr(&output));
    assert_eq!(server.lines(), ["GET /_c/v1/sites/shop/records?format=ndjson"]);
    let parquet = consentry(&[&arguments[..], &["--format", "parquet"]].concat());
    assert_eq!(code(&parquet), 2);
    assert!(stderr(&parquet).contains("--output"));
}

#[test]
fn export_as_parquet_has_every_record_and_a_manifest_of_its_own_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.parquet");
    let server = Server::start(service);
    let output = export(&server, &file, &["--format", "parquet"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(files(folder.path()), ["log.parquet", "log.parquet.manifest.json"]);
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    let manifest = manifest(&file);
    assert_eq!((manifest.file_format.as_str(), manifest.rows), ("parquet", 34));
    assert_eq!(manifest.sha256, sha256(&bytes));
    assert!(server.lines()[1].contains("format=ndjson"));
    // Each comes back as the service sent it.
    for wanted in rows(0, 0) {
        let output =
            consentry(&["records", "show", &wanted.record_id, "--file", file.to_str().unwrap(), "--json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["record"], serde_json::to_value(&wanted).unwrap());
    }
}

#[test]
fn export_as_parquet_of_a_row_that_would_lose_something_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let server = Server::start(|asked| {
        let good = String::from_utf8(service(asked)).unwrap();
        let (head, body) = good.split_once("\r\n\r\n").unwrap();
        let body = body.replacen("\"index\":20,", "\"index\":20,\"mood\":\"good\",", 1);
        let next = head.split("cursor: ").nth(1).and_then(|rest| rest.lines().next());
        let header = next.map(|next| ("consentry-next-cursor", next));
        answer(200, header.as_slice(), body.as_bytes())
    });
    let output = export(&server, &file, &["--format", "parquet"]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("row 21 cannot be written as Parquet"), "{}", stderr(&output));
    assert!(!file.exists());
}

#[test]
fn export_that_another_command_is_writing_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let gate = Arc::new(Barrier::new(2));
    let (held, first) = (Arc::clone(&gate), AtomicBool::new(true));
    let server = Server::start(move |asked| {
        if asked.line.contains("cursor=") && first.swap(false, Ordering::SeqCst) {
            held.wait();
            held.wait();
        }
        service(asked)
    });
    let target = file.to_str().unwrap();
    let arguments = ["export", "--site", "shop", "--token", "t", "--url", &server.url, "-o", target];
    let mut first = command(&arguments).stderr(Stdio::null()).spawn().unwrap();
    gate.wait();
    for more in [&[][..], &["--restart"]] {
        let output = consentry(&[&arguments[..], more].concat());
        assert_eq!(code(&output), 1);
        assert!(stderr(&output).contains("is being written by another command"), "{}", stderr(&output));
    }
    gate.wait();
    assert!(first.wait().unwrap().success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected(false));
}
