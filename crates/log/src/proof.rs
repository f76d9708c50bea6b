//! Proofs: that a leaf is in a tree, and that a tree begins with all of an older one.
//!
//! By [RFC 6962 §2.1.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1) and
//! [§2.1.2](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2). Making a proof is two steps, so that the storage may lie
//! anywhere: plan which nodes it needs ([`inclusion_ranges`], [`consistency_ranges`]), fetch them, then make it. A proof made
//! from nodes that somebody else served is to be verified like any other.

use alloc::vec::Vec;
use core::fmt;

use crate::hash::Hash;
use crate::tree::{LARGEST_TREE, LeafIndex, LeafRange, Newer, Nodes, Older, TreeSize};

/// That one leaf is in a tree: the sibling hashes from the leaf up to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Which leaf.
    pub index: LeafIndex,
    /// The siblings, the leaf's own first.
    pub hashes: Vec<Hash>,
}

/// That a tree begins with all leaves of an older one, in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConsistencyProof {
    /// The nodes, in the order of RFC 6962.
    pub hashes: Vec<Hash>,
}

/// Why there is no such proof. Nothing was asked of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeError {
    /// The leaf is not in a tree of this size, or the older tree is larger than the newer.
    OutOfTree,
    /// A tree larger than [`LARGEST_TREE`]: there cannot be one.
    TooLarge,
}

impl fmt::Display for RangeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::OutOfTree => "what is to be proved is not in this tree",
            Self::TooLarge => "no tree is this large",
        })
    }
}

impl core::error::Error for RangeError {}

/// Why a proof was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProveError<E> {
    /// There is none. Asking again changes nothing.
    Range(RangeError),
    /// A node was not to be had. With it, the proof can be made.
    Node(E),
}

impl<E> From<RangeError> for ProveError<E> {
    fn from(error: RangeError) -> Self {
        Self::Range(error)
    }
}

impl<E: fmt::Display> fmt::Display for ProveError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(error) => error.fmt(out),
            Self::Node(error) => write!(out, "a node is missing: {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for ProveError<E> {}

/// The nodes of an inclusion proof, in its order.
pub fn inclusion_ranges(index: LeafIndex, size: TreeSize) -> Result<Vec<LeafRange>, RangeError> {
    check(size)?;
    if index.0 >= size.0 {
        return Err(RangeError::OutOfTree);
    }
    Ok(descend(size, |start, split, end| (end - start > 1).then_some(index.0 < split)).0)
}

/// The nodes of a consistency proof, in its order. None for an older tree that is empty or the same.
pub fn consistency_ranges(
    Older(older): Older<TreeSize>,
    Newer(newer): Newer<TreeSize>,
) -> Result<Vec<LeafRange>, RangeError> {
    check(newer)?;
    if older > newer {
        return Err(RangeError::OutOfTree);
    }
    if older.0 == 0 {
        return Ok(Vec::new());
    }
    // Down to the node that ends where the older tree ended.
    let (mut ranges, last) = descend(newer, |_, split, end| (end != older.0).then_some(older.0 <= split));
    if last.0 > 0 {
        // Unless it is the whole older tree, whose root the verifier has.
        ranges.insert(0, LeafRange::new(last.0, last.1));
    }
    Ok(ranges)
}

/// Walks down from the root. `turn` sees a node's start, split and end, and says whether to go left, or `None` to stop.
/// Returns the siblings of the nodes on the way, the lowest first, and the node it stopped at.
fn descend(size: TreeSize, turn: impl Fn(u64, u64, u64) -> Option<bool>) -> (Vec<LeafRange>, (u64, u64)) {
    let (mut start, mut end) = (0, size.0);
    let mut siblings = Vec::new();
    loop {
        // The largest power of two smaller than the number of leaves; a leaf has none, and everybody stops there.
        let split = start + (end - start).div_ceil(2).next_power_of_two();
        match turn(start, split, end) {
            Some(true) => {
                siblings.push(LeafRange::new(split, end));
                end = split;
            }
            Some(false) => {
                siblings.push(LeafRange::new(start, split));
                start = split;
            }
            None => break,
        }
    }
    siblings.reverse();
    (siblings, (start, end))
}

fn check(size: TreeSize) -> Result<(), RangeError> {
    if size > LARGEST_TREE { Err(RangeError::TooLarge) } else { Ok(()) }
}

fn hashes<N: Nodes + ?Sized>(ranges: &[LeafRange], nodes: &N) -> Result<Vec<Hash>, ProveError<N::Error>> {
    ranges.iter().map(|range| range.root(nodes).map_err(ProveError::Node)).collect()
}

/// Proves that a leaf is in the tree of this size.
pub fn prove_inclusion<N: Nodes + ?Sized>(
    index: LeafIndex,
    size: TreeSize,
    nodes: &N,
) -> Result<InclusionProof, ProveError<N::Error>> {
    Ok(InclusionProof { index, hashes: hashes(&inclusion_ranges(index, size)?, nodes)? })
}

/// Proves that the newer tree begins with all of the older.
pub fn prove_consistency<N: Nodes + ?Sized>(
    older: Older<TreeSize>,
    newer: Newer<TreeSize>,
    nodes: &N,
) -> Result<ConsistencyProof, ProveError<N::Error>> {
    Ok(ConsistencyProof { hashes: hashes(&consistency_ranges(older, newer)?, nodes)? })
}
