//! Creating and opening a log: where every crash is recovered from, and every storage that forgot is found out.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{CHECKPOINT, HeadCell, Objects, Sequencer, State, Swap, parse_staged, staging};
use crate::bundle::parse_bundle;
use crate::checkpoint::{CheckpointError, Origin, Trust, sign_checkpoint, verify_checkpoint};
use crate::edge::Edge;
use crate::hash::leaf_hash;
use crate::key::LogKey;
use crate::note::NoteError;
use crate::proof::prove_consistency;
use crate::sign::Signer;
use crate::tile::{Bundle, Tile, consistency_tiles, edge_tiles, new_bundles, new_tiles};
use crate::tile_set::TileSet;
use crate::tree::{Newer, Older, TreeHead, TreeSize};
use crate::verify::verify_consistency;

/// Why a log was not opened. Nothing can be appended to it, so that nothing gets worse. `E` is the storage's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError<E> {
    /// The cell is empty: there is no log, or its head was lost. Creating one over the remains of another would fork it.
    Missing,
    /// There is a log already. It was not touched.
    Exists,
    /// The storage failed. Opening again is safe.
    Storage(E),
    /// The first checkpoint could not be signed. Nothing was written.
    Sign(NoteError),
    /// The head in the cell, or the published checkpoint, is not one that this log signed.
    Checkpoint(CheckpointError),
    /// A published checkpoint has more entries than the head: the cell was restored from an old copy. Appending would fork.
    Rollback {
        /// Entries that readers were promised.
        published: TreeSize,
        /// Entries according to the cell.
        head: TreeSize,
    },
    /// The published checkpoint is not the beginning of the head's tree. The log has forked.
    Fork,
    /// An object is missing or of the wrong length. Holds its path.
    Incomplete(String),
    /// The tiles at the right edge, or the last entries, are not those that were signed.
    Edge,
}

impl<E: fmt::Display> fmt::Display for OpenError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("there is no log, or its head was lost"),
            Self::Exists => out.write_str("there is a log already"),
            Self::Storage(error) => write!(out, "the storage failed: {error}"),
            Self::Sign(error) => error.fmt(out),
            Self::Checkpoint(error) => write!(out, "not this log's: {error}"),
            Self::Rollback { published, head } => {
                write!(out, "{} entries were published, the head has {}", published.0, head.0)
            }
            Self::Fork => out.write_str("what was published is not the beginning of this log"),
            Self::Incomplete(path) => write!(out, "{path} is missing or damaged"),
            Self::Edge => out.write_str("the right edge of the log is not what was signed"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for OpenError<E> {}

impl<O: Objects, H: HeadCell<Error = O::Error>> Sequencer<O, H> {
    /// Creates a log without entries, where there is none. To be asked for by a person, never on finding an empty cell.
    pub fn create(
        objects: O,
        mut cell: H,
        origin: Origin,
        signers: Vec<Box<dyn Signer>>,
        keys: &[LogKey],
    ) -> Result<Self, OpenError<O::Error>> {
        let refs: Vec<&dyn Signer> = signers.iter().map(AsRef::as_ref).collect();
        let first = sign_checkpoint(&origin, &TreeHead::empty(), &refs).map_err(OpenError::Sign)?;
        match cell.replace(Older(None), Newer(first.as_bytes())).map_err(OpenError::Storage)? {
            Swap::Done => Self::open(objects, cell, origin, signers, keys),
            Swap::Moved => Err(OpenError::Exists),
        }
    }

    /// Opens a log: finishes what a crash broke off, and checks that the storage still has what was signed.
    ///
    /// `keys` are those that signed the head and the published checkpoint: the signers' own and, after a change of key, the
    /// one before.
    pub fn open(
        mut objects: O,
        cell: H,
        origin: Origin,
        signers: Vec<Box<dyn Signer>>,
        keys: &[LogKey],
    ) -> Result<Self, OpenError<O::Error>> {
        let trust = Trust { origin: &origin, keys, witnesses: &[] };
        let committed = cell.read().map_err(OpenError::Storage)?.ok_or(OpenError::Missing)?;
        let head = *verify_checkpoint(&committed, &trust).map_err(OpenError::Checkpoint)?.head();
        let published = read(&objects, CHECKPOINT)?;
        let published = match published {
            Some(bytes) => Some(*verify_checkpoint(&bytes, &trust).map_err(OpenError::Checkpoint)?.head()),
            None => None,
        };
        // A published one may have more signatures, those of witnesses: it is not to be overwritten.
        let is_published = published == Some(head);
        let published = published.unwrap_or_else(TreeHead::empty);
        if published.size > head.size {
            return Err(OpenError::Rollback { published: published.size, head: head.size });
        }
        let path = staging::path(&head);
        match read(&objects, &path)?.and_then(|bytes| parse_staged(&bytes).ok()) {
            Some(staged) => staged.apply(&mut objects).map_err(OpenError::Storage)?,
            // Discarded only after everything was applied, so everything must be there.
            None => check_complete(&objects, published.size, head.size)?,
        }
        let edge = load_edge(&objects, &head)?;
        check_consistent(&objects, &published, &head)?;
        let bundle = load_bundle(&objects, head.size)?;
        // Verified as a note, hence UTF-8.
        let checkpoint = String::from_utf8(committed).map_err(|_| OpenError::Edge)?;
        let changed = TileSet::new();
        let state = State { edge, bundle, checkpoint, changed, is_published, staged: Vec::from([path]) };
        let mut opened = Self { objects, cell, origin, signers, state: Some(state) };
        // If this fails the log is whole, and the next batch publishes.
        let _ = opened.publish();
        Ok(opened)
    }
}

fn read<O: Objects>(objects: &O, path: &str) -> Result<Option<Vec<u8>>, OpenError<O::Error>> {
    objects.read(path).map_err(OpenError::Storage)
}

fn load<O: Objects>(objects: &O, tiles: &[Tile]) -> Result<TileSet, OpenError<O::Error>> {
    let mut loaded = TileSet::new();
    for tile in tiles {
        let path = tile.path();
        let inserted = read(objects, &path)?.is_some_and(|bytes| loaded.insert(*tile, &bytes).is_ok());
        if !inserted {
            return Err(OpenError::Incomplete(path));
        }
    }
    Ok(loaded)
}

fn check_complete<O: Objects>(
    objects: &O,
    published: TreeSize,
    head: TreeSize,
) -> Result<(), OpenError<O::Error>> {
    let tiles = new_tiles(Older(published), Newer(head)).map(Tile::path);
    for path in new_bundles(Older(published), Newer(head)).map(Bundle::path).chain(tiles) {
        if read(objects, &path)?.is_none() {
            return Err(OpenError::Incomplete(path));
        }
    }
    Ok(())
}

fn load_edge<O: Objects>(objects: &O, head: &TreeHead) -> Result<Edge, OpenError<O::Error>> {
    let stored = load(objects, &edge_tiles(head.size))?;
    let edge = Edge::from_tiles(head.size, &stored).map_err(|_| OpenError::Edge)?;
    if edge.head() == *head { Ok(edge) } else { Err(OpenError::Edge) }
}

fn check_consistent<O: Objects>(
    objects: &O,
    published: &TreeHead,
    head: &TreeHead,
) -> Result<(), OpenError<O::Error>> {
    let (older, newer) = (Older(published.size), Newer(head.size));
    let tiles = consistency_tiles(older, newer).map_err(|_| OpenError::Fork)?;
    let proof = prove_consistency(older, newer, &load(objects, &tiles)?).map_err(|_| OpenError::Edge)?;
    verify_consistency(&proof, Older(published), Newer(head)).map_err(|_| OpenError::Fork)
}

/// The bytes of the last bundle, unless it is full; checked against the leaf hashes.
fn load_bundle<O: Objects>(objects: &O, size: TreeSize) -> Result<Vec<u8>, OpenError<O::Error>> {
    let Some(last) = size.0.checked_sub(1).and_then(|last| Bundle::of_tree(last >> 8, size)) else {
        return Ok(Vec::new());
    };
    let path = last.path();
    let bytes = read(objects, &path)?.ok_or_else(|| OpenError::Incomplete(path.clone()))?;
    let entries = parse_bundle(&bytes, last.width).map_err(|_| OpenError::Incomplete(path))?;
    let tile = Tile::new(0, last.index, last.width).ok_or(OpenError::Edge)?;
    let stored = load(objects, &[tile])?;
    let leaves = stored.get(0, last.index).ok_or(OpenError::Edge)?.hashes();
    if !entries.into_iter().map(leaf_hash).eq(leaves.iter().copied()) {
        return Err(OpenError::Edge);
    }
    Ok(if last.width.is_full() { Vec::new() } else { bytes })
}
