//! The words for a tree: how many leaves, which leaf, which subtree, and the head that says it all.
//!
//! Sizes and positions are types of their own, and two trees meet only as [`Older`] and [`Newer`], so that no call compiles
//! with its arguments swapped.

use alloc::vec::Vec;

use crate::hash::{Hash, empty_root, node_hash};

/// How many leaves a tree has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TreeSize(pub u64);

/// The position of a leaf, from 0. Not a size: the first leaf's index is 0 and its tree's size is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(pub u64);

/// Largest tree, so that no proof has more than 63 hashes. A thousand million leaves a second fill it in 292 years.
pub const LARGEST_TREE: TreeSize = TreeSize(u64::MAX >> 1);

/// A whole tree in 40 bytes: nothing before `size` can change without changing `root`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TreeHead {
    /// How many leaves.
    pub size: TreeSize,
    /// The root over all of them.
    pub root: Hash,
}

impl TreeHead {
    /// The head of the tree without leaves.
    pub fn empty() -> Self {
        Self { size: TreeSize(0), root: empty_root() }
    }
}

/// The earlier one of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Older<T>(pub T);

/// The later one of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newer<T>(pub T);

/// A perfect subtree: the 2^`level` leaves from `index` · 2^`level`. Its root never changes once those leaves are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subtree {
    level: u8,
    index: u64,
}

impl Subtree {
    /// Its height: 0 is a leaf.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// How many subtrees of this height are to its left.
    pub const fn index(self) -> u64 {
        self.index
    }
}

/// Whoever knows roots of perfect subtrees: tiles, a table, the right edge.
pub trait Nodes {
    /// Why a root is not to be had.
    type Error;

    /// The root of this subtree.
    fn node(&self, at: Subtree) -> Result<Hash, Self::Error>;
}

/// Two sources as one: what the first does not know is asked of the second.
#[derive(Debug, Clone, Copy)]
pub struct Joined<'a, A: ?Sized, B: ?Sized>(pub &'a A, pub &'a B);

impl<A: Nodes + ?Sized, B: Nodes + ?Sized> Nodes for Joined<'_, A, B> {
    type Error = B::Error;

    fn node(&self, at: Subtree) -> Result<Hash, B::Error> {
        self.0.node(at).or_else(|_| self.1.node(at))
    }
}

/// Consecutive leaves that are one node of a tree: the first leaf's index is a multiple of the largest power of two in
/// their number. Made by the planners of proofs only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafRange {
    start: u64,
    end: u64,
}

impl LeafRange {
    pub(crate) const fn new(start: u64, end: u64) -> Self {
        Self { start, end }
    }

    /// All leaves of a tree.
    pub const fn whole(size: TreeSize) -> Self {
        Self::new(0, size.0)
    }

    /// The perfect subtrees it falls into, from left to right, the largest first.
    pub fn subtrees(self) -> Vec<Subtree> {
        let mut found = Vec::new();
        let mut start = self.start;
        while let Some(level) = self.end.saturating_sub(start).checked_ilog2() {
            found.push(Subtree { level: level as u8, index: start >> level });
            start += 1 << level;
        }
        found
    }

    /// Its root: that of the empty tree when there are no leaves.
    pub fn root<N: Nodes + ?Sized>(self, nodes: &N) -> Result<Hash, N::Error> {
        let mut root = None;
        for subtree in self.subtrees().into_iter().rev() {
            let left = nodes.node(subtree)?;
            root = Some(root.map_or(left, |right| node_hash(&left, &right)));
        }
        Ok(root.unwrap_or_else(empty_root))
    }
}
