//! What a forger does: edits rows, makes their hashes fit again, and, if they hold the log's key, signs the result.

#![allow(dead_code, reason = "each test binary uses its own part")]

use consentry_api::export::ExportRow;
use consentry_api::record::{parse_dnt, parse_gpc};
use consentry_api::time::{parse_time, serialize_time};
use consentry_core::bytes::{decode_hex, parse_hex, serialize_hex};
use consentry_core::record::{Own, Terms, push_evidence, serialize_terms};
use consentry_core::{Personal, RecordId, SignalEvidence, Signals, SubjectId, UnixMillis};
use consentry_log::{
    Hash, Kind, Origin, Signer, SigningKey, TreeHead, TreeSize, leaf_hash, parse_entry, serialize_entry,
    sign_checkpoint, tree_hash,
};

use crate::site::{Exported, ORIGIN_OF_LOG, SEEDS};

impl Exported {
    /// The rows as lines.
    pub fn lines(&self) -> Vec<String> {
        self.text.lines().map(str::to_owned).collect()
    }

    pub fn set_lines(&mut self, lines: &[String]) {
        self.text = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        self.seal();
    }

    /// Edits a row, counted from 1.
    pub fn edit(&mut self, number: usize, edit: impl FnOnce(&mut ExportRow<'_>)) {
        let mut lines = self.lines();
        let mut row = ExportRow::parse_json(lines[number - 1].as_bytes()).unwrap();
        edit(&mut row);
        let mut json = Vec::new();
        row.push_json(&mut json);
        lines[number - 1] = String::from_utf8(json).unwrap();
        self.set_lines(&lines);
    }

    /// Edits a row and makes its hash fit.
    pub fn rehash(&mut self, number: usize, edit: impl FnOnce(&mut ExportRow<'_>)) {
        self.edit(number, |row| {
            edit(row);
            row.leaf_hash = leaf(row).to_hex().into();
        });
    }

    /// Edits the statement of a row and makes its hash fit.
    pub fn restate(&mut self, number: usize, edit: impl FnOnce(&[u8]) -> Vec<u8>) {
        self.rehash(number, |row| {
            let entry = decode_hex(&row.entry).unwrap();
            let entry = parse_entry(&entry).unwrap();
            row.entry = serialize_hex(&serialize_entry(entry.kind, &edit(entry.payload)).unwrap()).into();
        });
    }

    /// Signs a part as it is now, with the log's own keys.
    pub fn resign(&mut self, part: u8) {
        self.sign(part, &origin(part), &SEEDS);
    }

    /// Signs a part as it is now.
    pub fn sign(&mut self, part: u8, origin: &str, seeds: &[[u8; 32]]) {
        let lines = self.lines();
        let rows = lines.iter().map(|line| ExportRow::parse_json(line.as_bytes()).unwrap());
        let leaves: Vec<Hash> =
            rows.filter(|row| row.log == part).map(|row| Hash::from_hex(&row.leaf_hash).unwrap()).collect();
        let head = TreeHead { size: TreeSize(leaves.len() as u64), root: tree_hash(&leaves) };
        let keys: Vec<SigningKey> =
            seeds.iter().map(|seed| SigningKey::from_seed(origin, seed).unwrap()).collect();
        let signers: Vec<&dyn Signer> = keys.iter().map(|key| key as &dyn Signer).collect();
        let signed = &mut self.manifest.snapshot.parts[usize::from(part)];
        signed.checkpoint = sign_checkpoint(&Origin::new(origin).unwrap(), &head, &signers).unwrap();
        signed.size = head.size.0;
    }
}

/// The name of a part.
pub fn origin(part: u8) -> String {
    if part == 0 { ORIGIN_OF_LOG.into() } else { format!("{ORIGIN_OF_LOG}/{part}") }
}

/// A time some seconds later, in words.
pub fn later(time: &str, seconds: i64) -> String {
    serialize_time(UnixMillis(parse_time(time).unwrap().0.saturating_add_signed(seconds * 1_000)))
}

/// The hash that a row should have.
fn leaf(row: &ExportRow<'_>) -> Hash {
    if !row.entry.is_empty() {
        return leaf_hash(&decode_hex(&row.entry).unwrap());
    }
    let commitment = if row.salt.is_empty() {
        parse_hex(&row.commitment).unwrap()
    } else {
        let previous =
            (!row.previous_record_id.is_empty()).then(|| RecordId::parse(&row.previous_record_id).unwrap());
        let personal = Personal {
            salt: parse_hex(&row.salt).unwrap(),
            id: RecordId::parse(&row.record_id).unwrap(),
            subject: SubjectId::parse(&row.subject_id).unwrap(),
            previous,
        };
        personal.commitment()
    };
    let signals = |gpc, dnt| Signals { gpc: parse_gpc(gpc).unwrap(), dnt: parse_dnt(dnt).unwrap() };
    let terms = Terms {
        late: row.late.unwrap(),
        attested_by: &row.attested_by,
        action: &row.action,
        source: &row.source,
        categories: &row.categories.0,
        denied_services: &row.denied_services,
        signals: SignalEvidence {
            header: signals(&row.gpc_header, &row.dnt_header),
            dom: signals(&row.gpc_dom, &row.dnt_dom),
        },
        signal_seen: row.signal_seen.unwrap(),
        overridden: row.overridden.unwrap(),
        jurisdiction: &row.jurisdiction,
        model: &row.model,
        policy_version: row.policy_version.unwrap(),
        policy_entry: row.policy_entry.unwrap(),
        policy_hash: &parse_hex(&row.policy_hash).unwrap(),
        language: &row.language,
    };
    let own = Own {
        commitment: &commitment,
        site: &row.site_id,
        server_time: parse_time(&row.server_time).unwrap(),
        valid_until: parse_time(&row.valid_until).unwrap(),
    };
    let mut payload = Vec::new();
    push_evidence(&mut payload, &own, &serialize_terms(Vec::new(), &terms));
    leaf_hash(&serialize_entry(Kind::Record, &payload).unwrap())
}
