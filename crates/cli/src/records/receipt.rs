//! The receipt of a record, made from the public tiles of its log: whoever has the log's key can check it offline.

use consentry_api::export::ExportRow;
use consentry_core::bytes::parse_hex;
use consentry_core::{Personal, RecordId, SiteId, SubjectId, parse_evidence, serialize_personal};
use consentry_log::{
    Bundle, LeafIndex, TileSet, TlogProof, inclusion_tiles, leaf_hash, parse_bundle, parse_checkpoint,
    parse_entry, parse_note, prove_inclusion, serialize_bundle, verify_inclusion,
};

use crate::client::{self, Client};
use crate::failure::Failure;

/// Entries in a full bundle.
const BUNDLE: u64 = 256;

/// A receipt, and the log it is of.
pub struct Proven {
    /// The C2SP tlog-proof, with the record in it.
    pub receipt: String,
    /// The log's name.
    pub origin: String,
    /// How many entries it had.
    pub size: u64,
}

/// Makes the receipt of a record. It is checked as far as that goes without the log's key.
pub fn prove(client: &Client, site: &SiteId, row: &ExportRow<'_>) -> Result<Proven, Failure> {
    let ask = |path: &str| client.send("GET", &client.of_log(site, row.log, path), None);
    let checkpoint = client::text(ask("checkpoint")?)?;
    let note = parse_note(checkpoint.as_bytes()).map_err(|error| contradiction(&error.to_string()))?;
    let parsed = parse_checkpoint(note.text()).map_err(|error| contradiction(&error.to_string()))?;
    let (origin, head) = (parsed.origin.to_owned(), parsed.head);
    let index = LeafIndex(row.index);
    if row.index >= head.size.0 {
        return Err(Failure::unreachable(
            "the newest checkpoint is older than the record",
            "try again in a few seconds: checkpoints are cached for so long",
        ));
    }
    let wrong = |error: &dyn std::fmt::Display| contradiction(&error.to_string());
    let bundle = Bundle::of_tree(row.index / BUNDLE, head.size).ok_or_else(|| contradiction("no bundle"))?;
    let bytes = client::bytes(ask(&bundle.path())?)?;
    let entries = parse_bundle(&bytes, bundle.width).map_err(|error| wrong(&error))?;
    let entry = *entries.get((row.index % BUNDLE) as usize).ok_or_else(|| contradiction("no entry"))?;
    let leaf = leaf_hash(entry);
    if leaf.to_hex() != row.leaf_hash {
        return Err(contradiction("the entry at the record's place is another one"));
    }
    let personal = personal(row, entry).ok_or_else(|| contradiction("the record is not what was logged"))?;
    let mut tiles = TileSet::new();
    for tile in inclusion_tiles(index, head.size).map_err(|error| wrong(&error))? {
        let bytes = client::bytes(ask(&tile.path())?)?;
        tiles.insert(tile, &bytes).map_err(|error| wrong(&error))?;
    }
    let inclusion = prove_inclusion(index, head.size, &tiles).map_err(|error| wrong(&error))?;
    verify_inclusion(&inclusion, &leaf, &head).map_err(|error| wrong(&error))?;
    let extra = serialize_bundle([entry, personal.as_slice()]).map_err(|error| wrong(&error))?;
    let receipt = TlogProof { extra: Some(extra), inclusion, checkpoint }.serialize();
    Ok(Proven { receipt, origin, size: head.size.0 })
}

/// The bytes of the visitor's part, if they are those that the entry commits to; none where it is withheld or erased.
fn personal(row: &ExportRow<'_>, entry: &[u8]) -> Option<Vec<u8>> {
    if row.salt.is_empty() {
        return Some(Vec::new());
    }
    let previous = match &*row.previous_record_id {
        "" => None,
        id => Some(RecordId::parse(id)?),
    };
    let personal = Personal {
        salt: parse_hex(&row.salt)?,
        id: RecordId::parse(&row.record_id)?,
        subject: SubjectId::parse(&row.subject_id)?,
        previous,
    };
    let evidence = parse_evidence(parse_entry(entry).ok()?.payload).ok()?;
    (evidence.commitment == personal.commitment()).then(|| serialize_personal(&personal))
}

fn contradiction(what: &str) -> Failure {
    Failure::refused(
        format!("the service contradicts itself: {what}"),
        "keep this output and ask the operator; `consentry verify` looks at the whole log",
    )
}
