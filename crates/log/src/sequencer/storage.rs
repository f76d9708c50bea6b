//! What the sequencer needs of a storage: a place for objects, and one cell that can be compared and swapped.
//!
//! Two interfaces, because only the cell decides what the log is. Objects may lie in any cheap store that shows what was
//! written; they are checked against the signed head whenever they are read.

use alloc::vec::Vec;

use crate::tree::{Newer, Older};

/// A store of bytes by path. Every object of the log but the checkpoint is written once, or again with the same bytes.
pub trait Objects {
    /// Why the storage could not.
    type Error;

    /// The object at this path, `None` if there is none.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Writes an object. When this returns `Ok`, it must survive a crash; when it fails, it may or may not be there.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Self::Error>;

    /// Removes an object, if it is there. Only ever asked for staged ones, and never relied on.
    fn delete(&mut self, path: &str) -> Result<(), Self::Error>;
}

/// What became of a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// The cell holds the new bytes, for good.
    Done,
    /// It held others than expected, and still does.
    Moved,
}

/// The one cell that says what the log is. Linearizable, durable, and never restored from an old copy.
pub trait HeadCell {
    /// Why the storage could not.
    type Error;

    /// What the cell holds, `None` before the log was created.
    fn read(&self) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Puts the newer bytes into the cell if it holds exactly the older ones (`None`: nothing yet). When this fails, the cell
    /// may hold either.
    fn replace(&mut self, older: Older<Option<&[u8]>>, newer: Newer<&[u8]>) -> Result<Swap, Self::Error>;
}
