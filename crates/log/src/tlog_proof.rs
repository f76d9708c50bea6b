//! The proof to take home: one text that shows, offline, that a log holds an entry.
//!
//! By [C2SP tlog-proof](https://c2sp.org/tlog-proof#format): index, inclusion proof and signed checkpoint together. Kept in
//! files ending in `.tlog-proof`.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{CheckpointError, Trust, VerifiedCheckpoint, parse_hash, verify_checkpoint};
use crate::hash::Hash;
use crate::note::{NoteError, parse_note};
use crate::proof::InclusionProof;
use crate::tile_path::parse_number;
use crate::tree::LeafIndex;
use crate::verify::{ProofError, verify_inclusion};

/// Most hashes in an inclusion proof: the height of [`LARGEST_TREE`](crate::LARGEST_TREE).
pub const MOST_HASHES: usize = 63;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A proof with everything needed to check it but the entry and the log's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Anything that helps to find the entry. Nobody signed it: use it as a hint only.
    pub extra: Option<Vec<u8>>,
    /// Where the entry is, and the way from it to the root.
    pub inclusion: InclusionProof,
    /// The checkpoint, as the log signed it.
    pub checkpoint: String,
}

/// Why a text is no proof, or proves nothing. The log must be taken not to hold the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlogProofError {
    /// Not the lines of a proof. Holds the number of the first wrong line, from 1.
    Line(usize),
    /// More hashes than any proof has.
    TooMany,
    /// What stands in the place of the checkpoint is no signed note.
    Note(NoteError),
    /// The checkpoint is not to be believed.
    Checkpoint(CheckpointError),
    /// The tree of the checkpoint does not hold this entry at this place.
    Inclusion(ProofError),
}

impl fmt::Display for TlogProofError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(out, "a proof whose line {line} is wrong"),
            Self::TooMany => write!(out, "a proof of more than {MOST_HASHES} hashes"),
            Self::Note(error) => error.fmt(out),
            Self::Checkpoint(error) => error.fmt(out),
            Self::Inclusion(error) => error.fmt(out),
        }
    }
}

impl core::error::Error for TlogProofError {}

impl TlogProof {
    /// The text to hand out.
    pub fn serialize(&self) -> String {
        let mut text = String::from(FIRST_LINE);
        if let Some(extra) = &self.extra {
            text.extend(["\nextra ", &STANDARD.encode(extra)]);
        }
        text.extend(["\nindex ", &self.inclusion.index.0.to_string()]);
        for hash in &self.inclusion.hashes {
            text.extend(["\n", &STANDARD.encode(hash.as_bytes())]);
        }
        text.extend(["\n\n", &self.checkpoint]);
        text
    }
}

/// A proof from its text. Nothing is verified yet.
pub fn parse_tlog_proof(text: &[u8]) -> Result<TlogProof, TlogProofError> {
    let text = str::from_utf8(text).map_err(|error| {
        let before = text.get(..error.valid_up_to()).unwrap_or_default();
        TlogProofError::Line(1 + before.iter().filter(|byte| **byte == b'\n').count())
    })?;
    // The first empty line ends the proof; the checkpoint has one of its own.
    let (head, checkpoint) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.split('\n').zip(1..).peekable();
    if lines.next() != Some((FIRST_LINE, 1)) {
        return Err(TlogProofError::Line(1));
    }
    let extra = lines.peek().and_then(|(line, number)| Some((line.strip_prefix("extra ")?, *number)));
    let extra = match extra {
        Some((extra, number)) => {
            lines.next();
            Some(STANDARD.decode(extra).map_err(|_| TlogProofError::Line(number))?)
        }
        None => None,
    };
    let (index, number) = lines.next().unwrap_or(("", 2 + usize::from(extra.is_some())));
    let index = index.strip_prefix("index ").and_then(parse_number).ok_or(TlogProofError::Line(number))?;
    let mut hashes = Vec::new();
    for (line, number) in lines {
        if hashes.len() == MOST_HASHES {
            return Err(TlogProofError::TooMany);
        }
        hashes.push(parse_hash(line).ok_or(TlogProofError::Line(number))?);
    }
    parse_note(checkpoint.as_bytes()).map_err(TlogProofError::Note)?;
    let inclusion = InclusionProof { index: LeafIndex(index), hashes };
    Ok(TlogProof { extra, inclusion, checkpoint: checkpoint.into() })
}

/// Checks, offline, that the log holds the entry with this leaf hash. Returns the checkpoint that says so.
pub fn verify_tlog_proof(
    proof: &TlogProof,
    leaf: &Hash,
    trust: &Trust<'_>,
) -> Result<VerifiedCheckpoint, TlogProofError> {
    let checkpoint =
        verify_checkpoint(proof.checkpoint.as_bytes(), trust).map_err(TlogProofError::Checkpoint)?;
    verify_inclusion(&proof.inclusion, leaf, checkpoint.head()).map_err(TlogProofError::Inclusion)?;
    Ok(checkpoint)
}
