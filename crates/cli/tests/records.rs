//! One record shown, with a receipt made from the tiles of a real log.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may stop at the first surprise"
)]

mod support;

use std::path::Path;
use std::process::Output;

use consentry_api::csv::CSV_COLUMNS;
use consentry_api::export::{ExportRow, ReadEntry, record_entry};
use consentry_core::bytes::serialize_hex;
use consentry_core::{
    Action, AttestedBy, CategoryId, Evidence, Jurisdiction, Model, Personal, RecordId, ServiceId,
    SignalEvidence, SiteId, Source, SubjectId, UnixMillis, serialize_personal,
};
use consentry_log::{
    Edge, Kind, LogKey, Origin, SigningKey, TilePath, TileSet, Trust, leaf_hash, parse_bundle,
    parse_tile_path, parse_tlog_proof, serialize_bundle, sign_checkpoint, verify_tlog_proof,
};
use support::{Asked, Server, answer, code, consentry, problem, stderr, stdout};

const ORIGIN: &str = "www.example.com/_c/log/shop";
/// Entries in the log: a full bundle and a part of one.
const SIZE: u64 = 300;
/// Which of them is looked for.
const WANTED: u64 = 277;

struct Log {
    entries: Vec<Vec<u8>>,
    rows: Vec<ExportRow<'static>>,
    tiles: TileSet,
    checkpoint: String,
}

fn personal(index: u64) -> Personal {
    Personal {
        salt: [index as u8; 32],
        id: RecordId::new(UnixMillis(1_763_800_000_000 + index), [7; 10]),
        subject: SubjectId::new([index as u8; 16]),
        previous: Some(RecordId::new(UnixMillis(1_763_700_000_000), [9; 10])),
    }
}

fn log() -> Log {
    let category = |id: &str| CategoryId::parse(id).unwrap();
    let (mut entries, mut rows) = (Vec::new(), Vec::new());
    for index in 0..SIZE {
        let personal = personal(index);
        let evidence = Evidence {
            commitment: personal.commitment(),
            site: SiteId::parse("shop").unwrap(),
            server_time: UnixMillis(1_763_800_000_500 + index),
            late: false,
            attested_by: AttestedBy::Edge,
            action: Action::Save,
            source: Source::Banner,
            categories: vec![(category("required"), true), (category("functional"), false)],
            denied_services: vec![ServiceId::parse("counter").unwrap()],
            signals: SignalEvidence::default(),
            signal_seen: false,
            overridden: false,
            jurisdiction: Jurisdiction::parse("DE").unwrap(),
            model: Model::OptIn,
            policy_version: 1,
            policy_entry: 0,
            policy_hash: [5; 32],
            language: "en".into(),
            valid_until: UnixMillis(1_779_000_000_000),
        };
        let entry = record_entry(&evidence).unwrap();
        let leaf = leaf_hash(&entry).to_hex();
        let stored = (index, Kind::Record.number(), 0, String::new(), String::new(), leaf);
        let read = ReadEntry::Record(Box::new(evidence), Some(personal));
        rows.push(ExportRow::new(0, &stored, &read, false));
        entries.push(entry);
    }
    let mut edge = Edge::new();
    let tiles = edge.append(&entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>()).unwrap();
    let key = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    let checkpoint = sign_checkpoint(&Origin::new(ORIGIN).unwrap(), &edge.head(), &[&key]).unwrap();
    Log { entries, rows, tiles, checkpoint }
}

impl Log {
    fn answer(&self, asked: &Asked) -> Vec<u8> {
        let path = asked.line.strip_prefix("GET /_c/").unwrap();
        if let Some((_, id)) = path.split_once("records?format=ndjson&id=") {
            let id = id.strip_suffix("&limit=1").unwrap();
            let row = self.rows.iter().find(|row| row.record_id == id);
            let line = row.map(|row| serde_json::to_string(row).unwrap() + "\n").unwrap_or_default();
            return answer(200, &[], line.as_bytes());
        }
        let path = path.strip_prefix("log/shop/").unwrap();
        if path == "checkpoint" {
            return answer(200, &[], self.checkpoint.as_bytes());
        }
        match parse_tile_path(path).unwrap() {
            TilePath::Tile(tile) => {
                let nodes = self.tiles.get(tile.level(), tile.index()).unwrap();
                assert_eq!(nodes.width(), Some(tile.width()));
                answer(200, &[], &nodes.to_bytes())
            }
            TilePath::Entries(bundle) => {
                let entries = self.entries.iter().skip(bundle.index as usize * 256).take(bundle.width.get());
                answer(200, &[], &serialize_bundle(entries.map(Vec::as_slice)).unwrap())
            }
        }
    }
}

fn show(server: &Server, id: &str, more: &[&str]) -> Output {
    consentry(
        &[&["records", "show", id, "--site", "shop", "--token", "t", "--url", &server.url], more].concat(),
    )
}

#[test]
fn record_shown_has_a_receipt_that_verifies_offline() {
    let log = log();
    let (row, entry) = (log.rows[WANTED as usize].clone(), log.entries[WANTED as usize].clone());
    let server = Server::start(move |asked| log.answer(asked));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.tlog-proof");
    let output = show(&server, &row.record_id.replace('-', ""), &["--receipt", file.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = stdout(&output);
    for words in [
        &*row.record_id,
        &*row.subject_id,
        "entry 277 of part 0",
        "required yes, functional no",
        "save by banner, in en",
        "counter",
        "DE, opt_in",
        "which has 300 entries",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let proof = parse_tlog_proof(&std::fs::read(&file).unwrap()).unwrap();
    let (origin, keys) = (Origin::new(ORIGIN).unwrap(), [key()]);
    let trust = Trust { origin: &origin, keys: &keys, witnesses: &[] };
    verify_tlog_proof(&proof, &leaf_hash(&entry), &trust).unwrap();
    let extra = proof.extra.unwrap();
    let width = consentry_log::Width::new(2).unwrap();
    assert_eq!(parse_bundle(&extra, width).unwrap(), [entry, serialize_personal(&personal(WANTED))]);
    let json: serde_json::Value =
        serde_json::from_slice(&show(&server, &row.record_id, &["--json"]).stdout).unwrap();
    assert_eq!(json["record"], serde_json::to_value(&row).unwrap());
    assert_eq!(json["receipt"].as_str().unwrap(), std::fs::read_to_string(&file).unwrap());
}

fn key() -> LogKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap().public().clone()
}

#[test]
fn record_that_is_not_what_was_logged_gets_no_receipt() {
    type Spoil = fn(&mut Log);
    let table: [(&str, Spoil); 6] = [
        ("another one", |log| log.rows[WANTED as usize].index -= 1),
        ("another one", |log| *log.entries[WANTED as usize].last_mut().unwrap() ^= 1),
        ("not what was logged", |log| log.rows[WANTED as usize].subject_id = "00".repeat(16).into()),
        ("not what was logged", |log| log.rows[WANTED as usize].salt = serialize_hex(&[0; 32]).into()),
        ("root", |log| log.checkpoint = Log::of_another_tree()),
        ("older than the record", |log| log.rows[WANTED as usize].index = SIZE),
    ];
    for (said, spoil) in table {
        let mut log = log();
        let id = log.rows[WANTED as usize].record_id.clone();
        spoil(&mut log);
        let server = Server::start(move |asked| log.answer(asked));
        let output = show(&server, &id, &["--json"]);
        assert!([1, 3].contains(&code(&output)), "{said}");
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
        assert!(output.stdout.is_empty());
    }
}

impl Log {
    /// A checkpoint of the same size over other entries.
    fn of_another_tree() -> String {
        let mut edge = Edge::new();
        edge.append(&(0..SIZE).map(|index| leaf_hash(&index.to_be_bytes())).collect::<Vec<_>>()).unwrap();
        let key = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
        sign_checkpoint(&Origin::new(ORIGIN).unwrap(), &edge.head(), &[&key]).unwrap()
    }
}

#[test]
fn record_that_is_not_there_is_said_to_be_not_there() {
    let log = log();
    let line = serde_json::to_string(&log.rows[0]).unwrap() + "\n";
    let deaf = Server::start(move |_| answer(200, &[], line.as_bytes()));
    let output = show(&deaf, "019aa9f5-1c00-7000-8000-0123456789ab", &[]);
    assert_eq!(
        (code(&output), stdout(&output)),
        (1, String::new()),
        "a filter that is not known is not heard"
    );
    let server = Server::start(move |asked| log.answer(asked));
    let output = show(&server, "019aa9f5-1c00-7000-8000-0123456789ab", &[]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("shop has no record 019aa9f5"), "{}", stderr(&output));
    let server = Server::start(|_| problem(403, "This token does not open this door"));
    let output = show(&server, "019aa9f5-1c00-7000-8000-0123456789ab", &[]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("does not open"), "{}", stderr(&output));
}

#[test]
fn record_is_found_in_an_export_of_lines() {
    let rows = log().rows;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export");
    let lines: String = rows.iter().map(|row| serde_json::to_string(row).unwrap() + "\n").collect();
    std::fs::write(&file, lines).unwrap();
    let show = |id: &str, file: &Path| {
        consentry(&["records", "show", id, "--json", "--file", file.to_str().unwrap()])
    };
    // Every row names the same earlier record; only its own number finds it.
    let found: serde_json::Value = serde_json::from_slice(&show(&rows[40].record_id, &file).stdout).unwrap();
    assert_eq!(found["record"], serde_json::to_value(&rows[40]).unwrap());
    assert_eq!(found["receipt"], serde_json::Value::Null);
    let output = show(&rows[0].previous_record_id, &file);
    assert_eq!((code(&output), stderr(&output).contains("has no record")), (1, true), "{}", stderr(&output));
    let of_csv = format!("{CSV_COLUMNS}\n{}", rows[0].to_csv());
    for (text, said) in [
        ("log,index\n0,0\n", "is no export: it is neither"),
        (&of_csv, "is an export as CSV, in which records cannot be looked up"),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = show(&rows[0].record_id, &file);
        assert_eq!((code(&output), stderr(&output).contains(said)), (1, true), "{}", stderr(&output));
        assert!(stderr(&output).contains("--format ndjson or --format parquet"), "{}", stderr(&output));
    }
}
