//! What holds for whatever a stranger sends to each parser: nothing panics, and what is accepted has one spelling.
//!
//! Driven by proptest (`parsers.rs`) on every run of the tests, and by the fuzzer in `fuzz/` for as long as one likes.

#![allow(clippy::unwrap_used, reason = "an invariant that does not hold is to be seen")]

use consentry_log::sequencer::parse_staged;
use consentry_log::{
    ConsistencyProof, Frontier, Hash, InclusionProof, LeafIndex, LogKey, Newer, Older, Origin, TilePath,
    TreeHead, TreeSize, Trust, Width, WitnessKey, parse_bundle, parse_checkpoint, parse_entry, parse_note,
    parse_tile_path, parse_tlog_proof, serialize_bundle, serialize_checkpoint, serialize_entry,
    verify_consistency, verify_inclusion, verify_note, verify_tlog_proof,
};

/// A parser's name and its invariant.
pub type Target = (&'static str, fn(&[u8]));

/// Every parser.
pub const TARGETS: [Target; 10] = [
    ("bundle", bundle),
    ("checkpoint", checkpoint),
    ("entry", entry),
    ("frontier", frontier),
    ("key", key),
    ("note", note),
    ("proof", proof),
    ("staged", staged),
    ("tile_path", tile_path),
    ("tlog_proof", tlog_proof),
];

const LOG: &str = "log.example/site+7863dbbf+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const WITNESS: &str = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";

/// The first byte is the width, less one.
pub fn bundle(bytes: &[u8]) {
    let Some((width, bytes)) = bytes.split_first() else { return };
    let width = Width::new(u16::from(*width) + 1).unwrap();
    if let Ok(entries) = parse_bundle(bytes, width) {
        assert_eq!(entries.len(), width.get());
        assert_eq!(serialize_bundle(entries).unwrap(), bytes);
    }
}

/// The text of a checkpoint, without signatures.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(checkpoint) = parse_checkpoint(text) else { return };
    let Some(origin) = Origin::new(checkpoint.origin) else { return };
    let lines = checkpoint.extensions.iter().map(|line| format!("{line}\n")).collect::<String>();
    assert_eq!(serialize_checkpoint(&origin, &checkpoint.head) + &lines, text);
}

/// An entry's envelope.
pub fn entry(bytes: &[u8]) {
    if let Ok(entry) = parse_entry(bytes) {
        assert_eq!(serialize_entry(entry.kind, entry.payload).unwrap(), bytes);
    }
}

/// A stored frontier.
pub fn frontier(bytes: &[u8]) {
    if let Ok(mut frontier) = Frontier::from_bytes(bytes) {
        assert_eq!(frontier.to_bytes(), bytes);
        let size = frontier.size().0;
        frontier.append(frontier.root());
        assert_eq!(frontier.size().0, size + 1);
    }
}

/// Keys of logs and witnesses, in their text form.
pub fn key(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (log, witness) = (LogKey::parse(text), WitnessKey::parse(text));
    assert!(log.is_err() || witness.is_err(), "a log is no witness");
    if let Ok(key) = log {
        assert_eq!(key.to_vkey(), text);
    }
    if let Ok(key) = witness {
        assert_eq!(key.to_vkey(), text);
    }
}

/// A signed note, verified with keys that are known.
pub fn note(bytes: &[u8]) {
    if let Ok(note) = parse_note(bytes) {
        assert_eq!(note.serialize().as_bytes(), bytes);
        let (log, witness) = (LogKey::parse(LOG).unwrap(), WitnessKey::parse(WITNESS).unwrap());
        let _ = verify_note(&note, &[&log, &witness]);
    }
}

/// Three numbers, then hashes: verified as both kinds of proof.
pub fn proof(bytes: &[u8]) {
    let (numbers, rest) = bytes.as_chunks::<8>();
    let &[index, older, newer, ..] = numbers else { return };
    let [index, older, newer] = [index, older, newer].map(u64::from_be_bytes);
    let hashes: Vec<Hash> =
        rest.as_chunks().0.iter().chain(bytes.as_chunks().0).copied().map(Hash::new).collect();
    let head =
        |size| TreeHead { size: TreeSize(size), root: hashes.first().copied().unwrap_or(Hash::new([0; 32])) };
    let inclusion = InclusionProof { index: LeafIndex(index), hashes: hashes.clone() };
    let _ = verify_inclusion(&inclusion, &Hash::new([1; 32]), &head(newer));
    let consistency = ConsistencyProof { hashes: hashes.clone() };
    let _ = verify_consistency(&consistency, Older(&head(older)), Newer(&head(newer)));
}

/// What the sequencer staged.
pub fn staged(bytes: &[u8]) {
    if let Ok(staged) = parse_staged(bytes) {
        assert_eq!(staged.as_bytes(), bytes);
        let length = |(path, object): (&str, &[u8])| path.len() + object.len() + 6;
        assert!(staged.objects().map(length).sum::<usize>() < bytes.len());
    }
}

/// Paths of tiles and bundles.
pub fn tile_path(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(path) = parse_tile_path(text) {
        assert_eq!(path.to_string(), text);
        match path {
            TilePath::Tile(tile) => assert_eq!(tile.path(), text),
            TilePath::Entries(bundle) => assert_eq!(bundle.path(), text),
        }
    }
}

/// A proof to take home, checked with the keys of a log and its witness.
pub fn tlog_proof(bytes: &[u8]) {
    if let Ok(proof) = parse_tlog_proof(bytes) {
        assert_eq!(proof.serialize().as_bytes(), bytes);
        let origin = Origin::new("log.example/site").unwrap();
        let (keys, witnesses) = ([LogKey::parse(LOG).unwrap()], [WitnessKey::parse(WITNESS).unwrap()]);
        let trust = Trust { origin: &origin, keys: &keys, witnesses: &witnesses };
        let _ = verify_tlog_proof(&proof, &Hash::new([1; 32]), &trust);
    }
}
