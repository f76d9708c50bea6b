//! What an auditor finds who trusts the log's key and nothing else: run over a whole log, and over a receipt.

use consentry_api::export::ReadEntry;
use consentry_api::object::{PageRequest, SiteCall, SiteReply, StoredEntry};
use consentry_core::bytes::decode_hex;
use consentry_core::record::commitment;
use consentry_core::statement::{Redaction, parse_redaction};
use consentry_core::{SiteId, parse_evidence};
use consentry_log::{
    Hash, Kind, LogKey, Origin, TlogProof, TreeHead, Trust, Width, leaf_hash, parse_bundle, parse_entry,
    parse_tlog_proof, tree_hash, verify_checkpoint, verify_tlog_proof,
};
use consentry_service::sites::Sites;

use super::App;

/// Every stored entry of a part, as its object hands it out.
pub fn entries(app: &App, shard: u8) -> Vec<StoredEntry> {
    let site = SiteId::parse("shop").unwrap();
    let mut all = Vec::new();
    let mut start = 0;
    loop {
        let call = SiteCall::Page(PageRequest { start, limit: 1_000, ..PageRequest::default() });
        let reply = pollster::block_on(app.sites.call_part(&site, shard, &call)).unwrap();
        let SiteReply::Page(entries, next) = reply else { panic!("{reply:?}") };
        all.extend(entries);
        match next {
            Some(next) => start = next,
            None => return all,
        }
    }
}

/// The base path of a part's log.
fn base(shard: u8) -> String {
    if shard == 0 { "/_c/log/shop".into() } else { format!("/_c/log/shop/{shard}") }
}

fn keys(app: &App, shard: u8) -> Vec<LogKey> {
    let keys = app.get(&format!("{}/keys", base(shard)), &[]).json();
    keys["keys"].as_array().unwrap().iter().map(|key| LogKey::parse(key.as_str().unwrap()).unwrap()).collect()
}

fn with_trust<T>(app: &App, shard: u8, check: impl FnOnce(&Trust) -> T) -> T {
    let keys = keys(app, shard);
    let origin = Origin::new(keys[0].name()).unwrap();
    check(&Trust { origin: &origin, keys: &keys, witnesses: &[] })
}

/// The head in a checkpoint of a part, once its signature has been checked.
pub fn verify_head(app: &App, shard: u8, checkpoint: &[u8]) -> TreeHead {
    with_trust(app, shard, |trust| *verify_checkpoint(checkpoint, trust).expect("a signed head").head())
}

/// Checks a part of the log: its leaves make the signed root, what is left of every entry is what was hashed, and whatever is
/// missing is named by a redaction. Returns the redactions.
pub fn verify_log(app: &App, shard: u8) -> Vec<Redaction> {
    let entries = entries(app, shard);
    let leaves: Vec<Hash> =
        entries.iter().map(|entry| Hash::from_hex(&entry.5.to_ascii_lowercase()).unwrap()).collect();
    let checkpoint = app.get(&format!("{}/checkpoint", base(shard)), &[]);
    let head = verify_head(app, shard, &checkpoint.body);
    assert_eq!((head.size.0, head.root), (leaves.len() as u64, tree_hash(&leaves)));
    let mut redactions: Vec<Redaction> = Vec::new();
    let mut missing = Vec::new();
    for (position, (stored, leaf)) in entries.iter().zip(&leaves).enumerate() {
        let (index, kind, time, bytes, personal, _) = stored;
        assert_eq!(*index, position as u64);
        let bytes = decode_hex(bytes).unwrap();
        if bytes.is_empty() {
            assert_eq!(*kind, Kind::Record.number(), "only records go");
            missing.push((*index, *time, true));
            continue;
        }
        assert_eq!(leaf_hash(&bytes), *leaf, "entry {index}");
        let entry = parse_entry(&bytes).unwrap();
        match (entry.kind, decode_hex(personal).unwrap()) {
            (Kind::Redaction, _) => redactions.push(parse_redaction(entry.payload).unwrap()),
            (Kind::Record, personal) if personal.is_empty() => missing.push((*index, *time, false)),
            (Kind::Record, personal) => {
                assert_eq!(commitment(&personal), parse_evidence(entry.payload).unwrap().commitment);
            }
            _ => {}
        }
    }
    for (index, time, whole) in missing {
        use consentry_core::statement::RedactionReason::{Operator, Retention, Visitor};
        let named = redactions.iter().any(|redaction| {
            let reason = match redaction.reason {
                Retention { cutoff } => time < cutoff.0,
                Operator | Visitor => !whole,
            };
            reason && redaction.entries.iter().any(|range| range.has(index))
        });
        assert!(named, "entry {index} is missing without a word");
    }
    redactions
}

/// A receipt, checked offline; and what it holds.
pub fn verify_receipt(app: &App, shard: u8, text: &str) -> (TlogProof, ReadEntry) {
    let proof = parse_tlog_proof(text.as_bytes()).expect("a tlog-proof");
    let extra = proof.extra.clone().expect("the record itself");
    let parts = parse_bundle(&extra, Width::new(2).unwrap()).expect("entry and visitor's part");
    let [entry, personal] = parts[..] else { panic!("two parts") };
    with_trust(app, shard, |trust| {
        verify_tlog_proof(&proof, &leaf_hash(entry), trust).expect("it is in the log");
    });
    let evidence = parse_evidence(parse_entry(entry).unwrap().payload).unwrap();
    assert_eq!(commitment(personal), evidence.commitment);
    let personal = consentry_core::record::parse_personal(personal).unwrap();
    (proof, ReadEntry::Record(Box::new(evidence), Some(personal)))
}
