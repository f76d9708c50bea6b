//! Writes an export of any size, as a service would have made it, with its manifest: for measuring how fast one is verified.
//!
//! `cargo run --release -p consentry-verify --example export -- ROWS FILE.ndjson`

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool for measuring may stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Write};

use consentry_api::digest::{sha256, sha256_hex};
use consentry_api::export::{ExportRow, ReadEntry, record_entry};
use consentry_api::policy::parse_published;
use consentry_api::snapshot::{MANIFEST_FORMAT, Manifest, PartSnapshot, PolicySnapshot, Snapshot};
use consentry_api::time::serialize_time;
use consentry_core::bytes::serialize_hex;
use consentry_core::record::Arrival;
use consentry_core::statement::{PolicyPublished, serialize_policy_published};
use consentry_core::*;
use consentry_log::{
    Frontier, Kind, Origin, Signer, SigningKey, leaf_hash, serialize_entry, sign_checkpoint,
};

const START: u64 = 1_763_800_000_000;
const POLICY: &str = r#"{"site":"shop","origins":["https://shop.example"],"languages":["en","de","fr"],
"controller":{"name":"Shop","contact":"privacy@shop.example","privacy_url":"https://shop.example/privacy"},
"categories":[{"id":"analytics","name":{"en":"Analytics"},"description":{"en":"Counts visits."}}],
"services":[{"id":"counter","name":"Counter","category":"analytics","controller":"Counter","description":{"en":"Counts."}},
{"id":"ads","name":"Ads","category":"advertising","controller":"Ads","description":{"en":"Shows ads."}}]}"#;

/// SplitMix64: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        bytes
            .chunks_mut(8)
            .for_each(|chunk| chunk.copy_from_slice(&self.next().to_be_bytes()[..chunk.len()]));
        bytes
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.next() as usize % choices.len()]
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(rows), Some(file)) =
        (arguments.next().and_then(|rows| rows.parse::<u64>().ok()), arguments.next())
    else {
        eprintln!("call it with the number of rows and a file");
        return;
    };
    let published = parse_published(POLICY).unwrap();
    let hash = sha256(POLICY.as_bytes());
    let mut log = Export { frontier: Frontier::new(), out: BufWriter::new(File::create(&file).unwrap()) };
    let publication = PolicyPublished {
        site: published.policy.parts().site.clone(),
        version: 1,
        time: UnixMillis(START),
        policy_hash: hash,
        gate_hash: [1; 32],
        banner_hash: [2; 32],
        texts: vec![],
    };
    let entry = serialize_entry(Kind::PolicyPublished, &serialize_policy_published(&publication)).unwrap();
    let hex = serialize_hex(&entry);
    log.push(
        Kind::PolicyPublished,
        START,
        &hex,
        &entry,
        &ReadEntry::Statement(Kind::PolicyPublished, vec![]),
    );
    let mut random = Random(7);
    let mut last = None;
    for row in 1..rows {
        let now = UnixMillis(START + row / 2);
        let record = record(&mut random, &published.policy, (hash, now), &mut last);
        let entry = record_entry(&record.evidence).unwrap();
        let read = ReadEntry::Record(Box::new(record.evidence), Some(record.personal));
        log.push(Kind::Record, now.0, "", &entry, &read);
    }
    log.out.flush().unwrap();
    write_manifest(&file, rows, &log.frontier, hash);
}

fn record(
    random: &mut Random,
    policy: &Policy,
    (policy_hash, server_time): ([u8; 32], UnixMillis),
    last: &mut Option<RecordId>,
) -> Record {
    let waited = if random.next().is_multiple_of(50) { 3_600_000 } else { random.next() % 2_000 };
    let id = RecordId::new(UnixMillis(server_time.0 - waited), random.bytes());
    let (action, source) = random.one_of(&[
        (Action::AcceptAll, Source::Banner),
        (Action::RejectAll, Source::Banner),
        (Action::Save, Source::Preferences),
        (Action::Signal, Source::Gpc),
        (Action::Withdraw, Source::Form),
    ]);
    let bits = random.next();
    let granted = |at: usize| match action {
        _ if at == 0 => true,
        Action::AcceptAll => true,
        Action::Save => bits >> at & 1 == 1,
        _ => false,
    };
    let categories = policy.parts().categories.iter().enumerate().map(|(at, id)| (id.clone(), granted(at)));
    let signal = action == Action::Signal;
    let draft = Draft {
        id,
        subject: SubjectId::new(random.bytes()),
        previous: last.filter(|_| random.next().is_multiple_of(4)),
        action,
        source,
        categories: categories.collect(),
        denied_services: Vec::new(),
        dom: Signals { gpc: if signal { Gpc::On } else { Gpc::Off }, dnt: Dnt::Unset },
        overridden: false,
        signal_seen: signal,
        policy_version: 1,
        language: random.one_of(&["en", "de", "fr"]).into(),
    };
    *last = Some(id);
    let place =
        random.one_of(&["DE", "FR", "AT", "ES", "IT", "US-CA", "US-NY", "US-TX", "CA-QC", "GB", "unknown"]);
    let arrival = Arrival {
        policy,
        policy_hash,
        server_time,
        header: Signals { gpc: if signal { Gpc::On } else { Gpc::Absent }, dnt: Dnt::Unset },
        jurisdiction: Jurisdiction::parse(place).unwrap(),
        attested_by: AttestedBy::Edge,
        policy_entry: 0,
        salt: random.bytes(),
    };
    draft.accept(&arrival).unwrap()
}

struct Export {
    frontier: Frontier,
    out: BufWriter<File>,
}

impl Export {
    fn push(&mut self, kind: Kind, time: u64, hex: &str, entry: &[u8], read: &ReadEntry) {
        let leaf = leaf_hash(entry);
        let stored = (self.frontier.size().0, kind.number(), time, hex.into(), String::new(), leaf.to_hex());
        let mut line = Vec::with_capacity(1_200);
        ExportRow::new(0, &stored, read, false).push_json(&mut line);
        line.push(b'\n');
        self.out.write_all(&line).unwrap();
        self.frontier.append(leaf);
    }
}

fn write_manifest(file: &str, rows: u64, frontier: &Frontier, hash: [u8; 32]) {
    let origin = Origin::new("shop.example/_c/log/shop").unwrap();
    let key = SigningKey::from_seed(origin.as_str(), &[1; 32]).unwrap();
    let checkpoint = sign_checkpoint(&origin, &frontier.head(), &[&key as &dyn Signer]).unwrap();
    let mut bytes = Vec::new();
    File::open(file).unwrap().read_to_end(&mut bytes).unwrap();
    let manifest = Manifest {
        format: MANIFEST_FORMAT.into(),
        tool: "example".into(),
        file: file.into(),
        file_format: "ndjson".into(),
        rows,
        sha256: sha256_hex(&bytes),
        filters: BTreeMap::new(),
        snapshot: Snapshot {
            site: "shop".into(),
            time: serialize_time(UnixMillis(START + rows)),
            parts: vec![PartSnapshot { shard: 0, size: rows, checkpoint }],
            keys: vec![key.public().to_vkey()],
            key_changes: vec![],
            policies: vec![PolicySnapshot {
                version: 1,
                entry: 0,
                hash: serialize_hex(&hash),
                json: POLICY.into(),
            }],
        },
    };
    let mut out = File::create(format!("{file}.manifest.json")).unwrap();
    out.write_all(serde_json::to_string_pretty(&manifest).unwrap().as_bytes()).unwrap();
    println!("{}", key.public().to_vkey());
}
