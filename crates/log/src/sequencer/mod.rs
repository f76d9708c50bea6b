//! The sequencer: appends batches of entries to a stored log so that nothing acknowledged is ever lost, doubled or forked.
//!
//! # Order of writing
//!
//! 1. *Stage*: every new tile and bundle, as one object named after the head it leads to.
//! 2. *Commit*: replace the head in its cell by the new signed one, if it is still the one we know. This is the moment at which
//!    the entries are in the log.
//! 3. *Apply*: write the staged tiles and bundles to their own places.
//! 4. *Publish*: write the checkpoint that readers see. Everything it promises is readable by now.
//! 5. *Discard* what was staged.
//!
//! # After a crash
//!
//! | broken off | the log has the entries | [`Sequencer::open`] finds |
//! |---|---|---|
//! | before or in 1 | no | at most a staged object that nobody will read |
//! | in 2 | yes or no, as the cell says | the truth in the cell, and what was staged for it |
//! | in 3 or 4 | yes | a published checkpoint older than the head: applies and publishes |
//! | in 5 | yes | at most a staged object that nobody will read |
//!
//! Appending itself runs 3 to 5 on the bytes it staged, by the very functions that recovery uses. Staged objects are named by
//! size and root, so that two sequencers that each believe to be the only one cannot overwrite each other's; the cell lets one
//! win. For the same reason nobody discards what it did not commit: it may be what another one committed. Such left-overs hold
//! nothing that is not in the log or was refused; they may be swept up once the head has *more* entries than their name says.
//!
//! Storage that writes objects and head in one transaction may drop whatever is written below [`STAGING`].

mod open;
mod staging;
mod storage;

pub use open::OpenError;
pub use staging::{Staged, StagedError, parse_staged};
pub use storage::{HeadCell, Objects, Swap};

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::bundle::push_entry;
use crate::checkpoint::{Origin, sign_checkpoint};
use crate::edge::Edge;
use crate::entry::LONGEST_ENTRY;
use crate::hash::leaf_hash;
use crate::note::NoteError;
use crate::proof::{ProveError, RangeError, prove_inclusion};
use crate::sign::Signer;
use crate::tile::{Width, new_bundles};
use crate::tile_set::{MissingTile, TileSet};
use crate::tlog_proof::TlogProof;
use crate::tree::{Joined, LeafIndex, Newer, Older, TreeHead};

/// Where the published checkpoint lies.
pub const CHECKPOINT: &str = "checkpoint";
/// What the paths of staged objects begin with. Nothing below it is to be served.
pub const STAGING: &str = "staging/";

/// Appends to one log. There may be several by mistake: one of them wins each time, the others stop.
pub struct Sequencer<O, H> {
    objects: O,
    cell: H,
    origin: Origin,
    signers: Vec<Box<dyn Signer>>,
    // `None` once it stopped.
    state: Option<State>,
}

/// The log as last committed by us.
struct State {
    edge: Edge,
    /// The entries after the last full bundle, as their bundle.
    bundle: Vec<u8>,
    checkpoint: String,
    /// The tiles of the last batch, for proofs about its entries.
    changed: TileSet,
    is_published: bool,
    /// Staged objects to discard after the next publication.
    staged: Vec<String>,
}

/// A batch that is in the log for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Where its first entry is; the others follow.
    pub first: LeafIndex,
    /// The tree that ends with it.
    pub head: TreeHead,
    /// That tree, signed.
    pub checkpoint: String,
    /// False if readers still see an older checkpoint. The entries are safe; the next batch publishes again.
    pub is_published: bool,
}

/// Why a batch was not appended, or not wholly. `E` is the storage's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendError<E> {
    /// The entry at this position of the batch is longer than [`LONGEST_ENTRY`]. Nothing was written; go on with other entries.
    TooLong(usize),
    /// The tree is full. Nothing was written; the log has ended.
    Full,
    /// Could not be signed. Nothing was written; trying again is safe.
    Sign(NoteError),
    /// Staging failed. The entries are not in the log and will not be; trying again is safe.
    NotCommitted(E),
    /// Somebody else appended. The entries are not in the log; this sequencer has stopped.
    Superseded,
    /// The storage does not say whether it committed. The entries may be in the log: open it again and look before any of
    /// them is tried again. This sequencer has stopped.
    Unknown(E),
    /// The entries are in the log, but not all of its tiles are written. Opening it again finishes that. This sequencer has
    /// stopped.
    Unsettled(E),
    /// Stopped by an earlier error. Nothing was written.
    Stopped,
}

impl<E> AppendError<E> {
    /// True if the log must be opened again before anything else can be appended.
    pub const fn is_fatal(&self) -> bool {
        matches!(self, Self::Superseded | Self::Unknown(_) | Self::Unsettled(_) | Self::Stopped)
    }
}

impl<E: fmt::Display> fmt::Display for AppendError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(at) => write!(out, "entry {at} of the batch is longer than {LONGEST_ENTRY} bytes"),
            Self::Full => out.write_str("the log is full"),
            Self::Sign(error) => error.fmt(out),
            Self::NotCommitted(error) => write!(out, "the entries were not appended: {error}"),
            Self::Superseded => out.write_str("another sequencer appended to the log"),
            Self::Unknown(error) => write!(out, "the entries may have been appended: {error}"),
            Self::Unsettled(error) => {
                write!(out, "the entries were appended, their tiles are not complete: {error}")
            }
            Self::Stopped => out.write_str("the sequencer stopped earlier; open the log again"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for AppendError<E> {}

/// A batch worked out, nothing of it written.
struct Prepared {
    state: State,
    head: TreeHead,
    staged: Staged,
}

impl<O: Objects, H: HeadCell<Error = O::Error>> Sequencer<O, H> {
    /// Appends entries, all or none. They may be acknowledged when this returns `Ok`.
    pub fn append(&mut self, entries: &[&[u8]]) -> Result<Appended, AppendError<O::Error>> {
        let state = self.state.as_ref().ok_or(AppendError::Stopped)?;
        let first = LeafIndex(state.edge.size().0);
        if entries.is_empty() {
            let (checkpoint, is_published) = (state.checkpoint.clone(), state.is_published);
            return Ok(Appended { first, head: state.edge.head(), checkpoint, is_published });
        }
        let Prepared { state: mut next, head, staged } =
            prepare(state, entries, &self.origin, &self.signers)?;
        let path = staging::path(&head);
        self.objects.write(&path, staged.as_bytes()).map_err(AppendError::NotCommitted)?;
        // From here on the state in memory is no longer known to be the log's, until everything went well.
        let Some(state) = self.state.take() else { return Err(AppendError::Stopped) };
        let old = Older(Some(state.checkpoint.as_bytes()));
        match self.cell.replace(old, Newer(next.checkpoint.as_bytes())) {
            Ok(Swap::Done) => (),
            Ok(Swap::Moved) => return Err(AppendError::Superseded),
            Err(error) => return Err(AppendError::Unknown(error)),
        }
        staged.apply(&mut self.objects).map_err(AppendError::Unsettled)?;
        next.staged = state.staged;
        next.staged.push(path);
        self.state = Some(next);
        let is_published = self.publish().is_ok();
        let checkpoint = self.state.as_ref().map(|state| state.checkpoint.clone()).unwrap_or_default();
        Ok(Appended { first, head, checkpoint, is_published })
    }

    /// Publishes the checkpoint, unless readers see it already. [`append`](Self::append) does so itself; this is for trying
    /// again in the meantime.
    pub fn publish(&mut self) -> Result<(), AppendError<O::Error>> {
        let state = self.state.as_mut().ok_or(AppendError::Stopped)?;
        if !state.is_published {
            self.objects.write(CHECKPOINT, state.checkpoint.as_bytes()).map_err(AppendError::NotCommitted)?;
            state.is_published = true;
        }
        // What cannot be discarded now is nobody's loss.
        state.staged.drain(..).for_each(|path| drop(self.objects.delete(&path)));
        Ok(())
    }

    /// The tree as last committed by this sequencer; `None` once it stopped.
    pub fn head(&self) -> Option<TreeHead> {
        self.state.as_ref().map(|state| state.edge.head())
    }

    /// The proof to hand out for an entry of the last batch.
    pub fn prove(
        &self,
        index: LeafIndex,
        extra: Option<Vec<u8>>,
    ) -> Result<TlogProof, ProveError<MissingTile>> {
        let state = self.state.as_ref().ok_or(RangeError::OutOfTree)?;
        let nodes = Joined(&state.changed, &state.edge);
        let inclusion = prove_inclusion(index, state.edge.size(), &nodes)?;
        Ok(TlogProof { extra, inclusion, checkpoint: state.checkpoint.clone() })
    }

    /// The storage, for whoever serves from it.
    pub const fn objects(&self) -> &O {
        &self.objects
    }

    /// Gives the storage back.
    pub fn into_storage(self) -> (O, H) {
        (self.objects, self.cell)
    }
}

fn prepare<E>(
    state: &State,
    entries: &[&[u8]],
    origin: &Origin,
    signers: &[Box<dyn Signer>],
) -> Result<Prepared, AppendError<E>> {
    let older = state.edge.size();
    let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let mut edge = state.edge.clone();
    let changed = edge.append(&leaves).map_err(|_| AppendError::Full)?;
    let head = edge.head();
    let mut bundle = state.bundle.clone();
    let mut objects = Vec::new();
    let mut full = new_bundles(Older(older), Newer(head.size));
    for ((at, entry), size) in entries.iter().enumerate().zip(older.0 + 1..) {
        push_entry(&mut bundle, entry).map_err(|_| AppendError::TooLong(at))?;
        if size == head.size.0 || size % Width::FULL.get() as u64 == 0 {
            let path = full.next().ok_or(AppendError::Full)?.path();
            objects.push((path, bundle.clone()));
        }
        if size % Width::FULL.get() as u64 == 0 {
            bundle.clear();
        }
    }
    objects.extend(changed.iter().map(|(tile, nodes)| (tile.path(), nodes.to_bytes())));
    let signers: Vec<&dyn Signer> = signers.iter().map(AsRef::as_ref).collect();
    let checkpoint = sign_checkpoint(origin, &head, &signers).map_err(AppendError::Sign)?;
    let state = State { edge, bundle, checkpoint, changed, is_published: false, staged: Vec::new() };
    Ok(Prepared { state, head, staged: Staged::new(&objects) })
}
