//! Checkpoints: a log's signed word on how many entries it has and what they are.
//!
//! By [C2SP tlog-checkpoint](https://c2sp.org/tlog-checkpoint#note-text): three lines, origin, size and root, in a signed note.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cosignature::{Cosignature, parse_timestamped};
use crate::hash::Hash;
use crate::key::{LogKey, WitnessKey, is_key_name};
use crate::note::{Note, NoteError, Verifier, parse_note, verify_note};
use crate::sign::{Signer, sign_note};
use crate::tile_path::parse_number;
use crate::tree::{LARGEST_TREE, TreeHead, TreeSize};

/// Which log: its address without the scheme, as a rule. The same for ever, and the name of its keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// `None` unless it can also name a key: not empty, no spaces, no plus.
    pub fn new(origin: &str) -> Option<Self> {
        is_key_name(origin).then(|| Self(origin.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a checkpoint says, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint<'a> {
    /// Which log says so.
    pub origin: &'a str,
    /// How many entries it has, and the root over them.
    pub head: TreeHead,
    /// Further lines, without meaning here. This log writes none.
    pub extensions: Vec<&'a str>,
}

/// Why a text is no checkpoint of the log it should be of. The tree it speaks of must not be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckpointError {
    /// No note, or one with a wrong signature or none that is known.
    Note(NoteError),
    /// Not signed by the log, whoever else signed.
    Unsigned,
    /// Not the lines of a checkpoint. Holds the number of the first wrong line, from 1.
    Line(usize),
    /// Another log's. Holds its origin.
    Origin(String),
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(error) => error.fmt(out),
            Self::Unsigned => out.write_str("a checkpoint that its log did not sign"),
            Self::Line(line) => write!(out, "a checkpoint whose line {line} is wrong"),
            Self::Origin(origin) => write!(out, "a checkpoint of another log: {origin}"),
        }
    }
}

impl core::error::Error for CheckpointError {}

impl From<NoteError> for CheckpointError {
    fn from(error: NoteError) -> Self {
        Self::Note(error)
    }
}

/// The text to be signed.
pub fn serialize_checkpoint(origin: &Origin, head: &TreeHead) -> String {
    alloc::format!("{origin}\n{}\n{}\n", head.size.0, STANDARD.encode(head.root.as_bytes()))
}

/// The text of a note as a checkpoint.
pub fn parse_checkpoint(text: &str) -> Result<Checkpoint<'_>, CheckpointError> {
    let body = text.strip_suffix('\n').ok_or(CheckpointError::Line(1))?;
    let lines: Vec<&str> = body.split('\n').collect();
    if let Some(empty) = lines.iter().position(|line| line.is_empty()) {
        return Err(CheckpointError::Line(empty + 1));
    }
    let mut lines = lines.into_iter();
    let origin = lines.next().ok_or(CheckpointError::Line(1))?;
    let size = lines.next().and_then(parse_number).map(TreeSize);
    let size = size.filter(|size| *size <= LARGEST_TREE).ok_or(CheckpointError::Line(2))?;
    let root = lines.next().and_then(parse_hash).ok_or(CheckpointError::Line(3))?;
    Ok(Checkpoint { origin, head: TreeHead { size, root }, extensions: lines.collect() })
}

/// A hash in base64, padded.
pub(crate) fn parse_hash(text: &str) -> Option<Hash> {
    Some(Hash::new(STANDARD.decode(text).ok()?.try_into().ok()?))
}

/// Signs a tree. The caller answers for signing only trees that begin with all of those signed before.
/// Two signers for a log that changes its key.
pub fn sign_checkpoint(
    origin: &Origin,
    head: &TreeHead,
    signers: &[&dyn Signer],
) -> Result<String, NoteError> {
    sign_note(&serialize_checkpoint(origin, head), signers)
}

/// What a verifier is sure of beforehand: which log, by which keys, watched by whom.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// The log.
    pub origin: &'a Origin,
    /// Its keys. One signature is enough, and none may be wrong.
    pub keys: &'a [LogKey],
    /// Witnesses that are known. How many of them must have signed is for the caller to say.
    pub witnesses: &'a [WitnessKey],
}

/// A tree that the log signed. Made by [`verify_checkpoint`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    head: TreeHead,
    cosignatures: Vec<Cosignature>,
}

impl VerifiedCheckpoint {
    /// The tree.
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    /// The known witnesses that signed it, each once.
    pub fn cosignatures(&self) -> &[Cosignature] {
        &self.cosignatures
    }
}

/// Checks the signatures of log and witnesses, then what was signed.
pub fn verify_checkpoint(
    checkpoint: &[u8],
    trust: &Trust<'_>,
) -> Result<VerifiedCheckpoint, CheckpointError> {
    let note: Note<'_> = parse_note(checkpoint)?;
    let keys = trust.keys.iter().map(|key| key as &dyn Verifier);
    let witnesses = trust.witnesses.iter().map(|witness| witness as &dyn Verifier);
    let known: Vec<&dyn Verifier> = keys.chain(witnesses).collect();
    let verified = verify_note(&note, &known)?;
    let (log, witnesses): (Vec<_>, Vec<_>) =
        verified.into_iter().partition(|verified| verified.key < trust.keys.len());
    if log.is_empty() {
        return Err(CheckpointError::Unsigned);
    }
    let Checkpoint { origin, head, .. } = parse_checkpoint(note.text())?;
    if origin != trust.origin.as_str() {
        return Err(CheckpointError::Origin(origin.into()));
    }
    let cosignature = |verified: &crate::note::Verified<'_, '_>| {
        let (time, _) = parse_timestamped(verified.signature.bytes())?;
        Some(Cosignature { witness: verified.signature.name().into(), time })
    };
    Ok(VerifiedCheckpoint { head, cosignatures: witnesses.iter().filter_map(cosignature).collect() })
}
