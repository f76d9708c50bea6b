//! Consecutive leaves somewhere in a tree, hashed as far as that goes without their neighbours.
//!
//! Reading a long log, several threads can each take a stretch of it; only the few roots that are left of each stretch must
//! then go, in order, into the one [`Frontier`](crate::Frontier).

use alloc::vec::Vec;

use crate::hash::{Hash, node_hash};
use crate::tree::LeafIndex;

/// The perfect subtrees that consecutive leaves make, from left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    start: u64,
    end: u64,
    // Height and root.
    subtrees: Vec<(u8, Hash)>,
}

impl Span {
    /// No leaves yet; the first will have this index.
    pub const fn new(LeafIndex(start): LeafIndex) -> Self {
        Self { start, end: start, subtrees: Vec::new() }
    }

    /// The index of the first leaf.
    pub const fn start(&self) -> LeafIndex {
        LeafIndex(self.start)
    }

    /// One past the index of the last leaf.
    pub const fn end(&self) -> LeafIndex {
        LeafIndex(self.end)
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let (mut height, mut root) = (0, leaf);
        // The left one of a pair is here unless it lies before the first leaf.
        while self.end >> height & 1 == 1
            && let Some((left_height, left)) = self.subtrees.last()
            && *left_height == height
        {
            root = node_hash(left, &root);
            self.subtrees.pop();
            height += 1;
        }
        self.subtrees.push((height, root));
        self.end += 1;
    }

    /// Height and root of each subtree: rising to the highest, then falling.
    pub fn subtrees(&self) -> &[(u8, Hash)] {
        &self.subtrees
    }
}
