//! Receipts: one record with the proof that the log holds it, checked with the log's key and nothing else.

use std::fmt;

use consentry_api::record::Receipt;
use consentry_api::time::serialize_time;
use consentry_core::record::ReplayError;
use consentry_core::{Evidence, Personal, RecordId, UnixMillis, parse_evidence, parse_personal};
use consentry_log::{
    CheckpointError, Kind, LogKey, Origin, TlogProof, TlogProofError, TreeHead, Trust, Width, leaf_hash,
    parse_bundle, parse_checkpoint, parse_entry, parse_note, parse_tlog_proof, verify_tlog_proof,
};

use crate::finding::replay_words;

/// A receipt that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    /// Which log.
    pub origin: String,
    /// Where the record is.
    pub index: u64,
    /// The tree it is in, which the log signed.
    pub head: TreeHead,
    /// What was decided.
    pub evidence: Evidence,
    /// Who decided, unless that was erased.
    pub personal: Option<Personal>,
}

/// Why a receipt shows nothing. Whether the log holds the record must be asked of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptError {
    /// The proof is none, is of another log, or proves nothing.
    Proof(TlogProofError),
    /// It comes without the record it is about, or with something else.
    Record,
    /// The visitor's part is not the one that the record commits to.
    Personal(ReplayError),
    /// What the receipt says beside its proof is not what the proof shows. Holds the field.
    Field(&'static str),
}

impl fmt::Display for ReceiptError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proof(error) => error.fmt(out),
            Self::Record => out.write_str("a proof without the record that it is about"),
            Self::Personal(error) => out.write_str(replay_words(error)),
            Self::Field(name) => write!(out, "`{name}` is not what the proof shows"),
        }
    }
}

impl std::error::Error for ReceiptError {}

/// Checks a proof. Trusts these keys, and the same keys for other parts of their log.
pub fn verify_proof(text: &[u8], keys: &[LogKey]) -> Result<VerifiedReceipt, ReceiptError> {
    let proof = parse_tlog_proof(text).map_err(ReceiptError::Proof)?;
    let (entry, personal) = parts(&proof)?;
    let origin = origin(&proof).map_err(ReceiptError::Proof)?;
    let keys: Vec<LogKey> = keys.iter().filter_map(|key| key_of(key, &origin)).collect();
    let trust = Trust { origin: &origin, keys: &keys, witnesses: &[] };
    let checkpoint = verify_tlog_proof(&proof, &leaf_hash(entry), &trust).map_err(ReceiptError::Proof)?;
    let payload =
        parse_entry(entry).ok().filter(|entry| entry.kind == Kind::Record).map(|entry| entry.payload);
    let evidence = payload.and_then(|payload| parse_evidence(payload).ok()).ok_or(ReceiptError::Record)?;
    let personal = match personal {
        [] => None,
        bytes => Some(parse_personal(bytes).map_err(|_| ReceiptError::Personal(ReplayError::Commitment))?),
    };
    if let Some(personal) = &personal {
        if personal.commitment() != evidence.commitment {
            return Err(ReceiptError::Personal(ReplayError::Commitment));
        }
        personal.replay(evidence.server_time, evidence.late).map_err(ReceiptError::Personal)?;
    }
    let (index, head) = (proof.inclusion.index.0, *checkpoint.head());
    Ok(VerifiedReceipt { origin: origin.to_string(), index, head, evidence, personal })
}

/// Checks a receipt as the service gave it: its proof, and what it says beside it.
pub fn verify_receipt(receipt: &Receipt, keys: &[LogKey]) -> Result<VerifiedReceipt, ReceiptError> {
    let verified = verify_proof(receipt.proof.as_bytes(), keys)?;
    let entry = parse_tlog_proof(receipt.proof.as_bytes()).map_err(ReceiptError::Proof)?;
    let leaf = leaf_hash(parts(&entry)?.0).to_hex();
    let same_id = verified.personal.is_none_or(|personal| RecordId::parse(&receipt.id) == Some(personal.id));
    let said = [
        ("id", same_id),
        ("site", receipt.site == verified.evidence.site.as_str()),
        ("time", receipt.time == serialize_time(verified.evidence.server_time)),
        ("index", receipt.index == verified.index),
        ("leaf_hash", receipt.leaf_hash == leaf),
    ];
    match said.into_iter().find(|(_, holds)| !holds) {
        Some((field, _)) => Err(ReceiptError::Field(field)),
        None => Ok(verified),
    }
}

/// The record a proof is about, and the visitor's part of it.
fn parts(proof: &TlogProof) -> Result<(&[u8], &[u8]), ReceiptError> {
    let extra = proof.extra.as_deref().ok_or(ReceiptError::Record)?;
    let width = Width::new(2).ok_or(ReceiptError::Record)?;
    match parse_bundle(extra, width).map_err(|_| ReceiptError::Record)?.as_slice() {
        [entry, personal] => Ok((entry, personal)),
        _ => Err(ReceiptError::Record),
    }
}

/// The log that a proof says it is of. Whether its key is trusted is checked with its signature.
fn origin(proof: &TlogProof) -> Result<Origin, TlogProofError> {
    let note = parse_note(proof.checkpoint.as_bytes()).map_err(TlogProofError::Note)?;
    let checkpoint = parse_checkpoint(note.text()).map_err(TlogProofError::Checkpoint)?;
    let wrong = || TlogProofError::Checkpoint(CheckpointError::Origin(checkpoint.origin.into()));
    Origin::new(checkpoint.origin).ok_or_else(wrong)
}

/// A trusted key as it signs this log, if the log is the key's own or a part of it.
fn key_of(key: &LogKey, origin: &Origin) -> Option<LogKey> {
    let part = origin.as_str().strip_prefix(key.name())?;
    let is_part =
        part.is_empty() || part.strip_prefix('/').is_some_and(|number| number.parse::<u8>().is_ok());
    if is_part { LogKey::new(origin.as_str(), &key.bytes()).ok() } else { None }
}

impl VerifiedReceipt {
    /// When the client says the decision was made, unless that was erased.
    pub fn client_time(&self) -> Option<UnixMillis> {
        self.personal.map(|personal| personal.id.client_time())
    }
}
