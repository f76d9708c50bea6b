//! Verifying proofs: needs nothing but hashes, so it runs anywhere.

use core::fmt;

use crate::hash::{Hash, empty_root, node_hash};
use crate::proof::{ConsistencyProof, InclusionProof};
use crate::tree::{LARGEST_TREE, LeafIndex, Newer, Older, TreeHead};

/// Why a proof proves nothing. What it was to prove must be taken as false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofError {
    /// The leaf is not within the tree's size, or the older tree is larger than the newer.
    OutOfTree,
    /// A tree larger than [`LARGEST_TREE`]: there cannot be one.
    TooLarge,
    /// Not with exactly the hashes that these sizes need.
    Length {
        /// Hashes it must have.
        needed: usize,
        /// Hashes it has.
        found: usize,
    },
    /// Leads to another root than the tree's: another entry, another place or another tree.
    Root,
    /// Leads to another root than the older tree's: it proves something about another history.
    OlderRoot,
}

impl fmt::Display for ProofError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfTree => out.write_str("a proof about something that is not in this tree"),
            Self::TooLarge => out.write_str("a proof about a tree larger than any"),
            Self::Length { needed, found } => write!(out, "a proof of {found} hashes; it takes {needed}"),
            Self::Root => out.write_str("a proof that leads to another root"),
            Self::OlderRoot => out.write_str("a proof that begins with another older root"),
        }
    }
}

impl core::error::Error for ProofError {}

/// The way from a leaf to the root: first `inner` levels on which the sibling may be on either side, then `border` siblings
/// to the left along the ragged right edge.
struct Way {
    inner: u32,
    border: u32,
}

impl Way {
    fn new(LeafIndex(index): LeafIndex, head: &TreeHead) -> Result<Self, ProofError> {
        if head.size > LARGEST_TREE {
            return Err(ProofError::TooLarge);
        }
        if index >= head.size.0 {
            return Err(ProofError::OutOfTree);
        }
        // Leaf and last leaf part at the highest bit in which they differ.
        let inner = u64::BITS - (index ^ (head.size.0 - 1)).leading_zeros();
        let border = index.checked_shr(inner).unwrap_or(0).count_ones();
        Ok(Self { inner, border })
    }
}

fn check_length(hashes: &[Hash], needed: u32) -> Result<(), ProofError> {
    let (needed, found) = (needed as usize, hashes.len());
    if needed == found { Ok(()) } else { Err(ProofError::Length { needed, found }) }
}

/// Climbs: where the bit of `place` is one, the sibling is to the left.
fn climb(leaf: Hash, place: u64, hashes: &[Hash]) -> Hash {
    hashes.iter().enumerate().fold(leaf, |below, (level, sibling)| match place >> level & 1 {
        0 => node_hash(&below, sibling),
        _ => node_hash(sibling, &below),
    })
}

fn climb_edge(leaf: Hash, hashes: &[Hash]) -> Hash {
    hashes.iter().fold(leaf, |below, sibling| node_hash(sibling, &below))
}

/// Checks that the leaf with this hash is in the tree, at the index of the proof.
pub fn verify_inclusion(proof: &InclusionProof, leaf: &Hash, head: &TreeHead) -> Result<(), ProofError> {
    let Way { inner, border } = Way::new(proof.index, head)?;
    check_length(&proof.hashes, inner + border)?;
    let (inner, border) = proof.hashes.split_at_checked(inner as usize).unwrap_or_default();
    let root = climb_edge(climb(*leaf, proof.index.0, inner), border);
    if root == head.root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that the newer tree begins with all leaves of the older. The empty tree is the beginning of every tree.
pub fn verify_consistency(
    proof: &ConsistencyProof,
    Older(older): Older<&TreeHead>,
    Newer(newer): Newer<&TreeHead>,
) -> Result<(), ProofError> {
    if newer.size > LARGEST_TREE {
        return Err(ProofError::TooLarge);
    }
    if older.size > newer.size {
        return Err(ProofError::OutOfTree);
    }
    if older.size.0 == 0 || older.size == newer.size {
        check_length(&proof.hashes, 0)?;
        if older.size.0 == 0 && older.root != empty_root() {
            return Err(ProofError::OlderRoot);
        }
        let same = older.size != newer.size || older.root == newer.root;
        return if same { Ok(()) } else { Err(ProofError::Root) };
    }
    // The way from the older tree's last leaf, starting at the largest perfect subtree that ends with it: up to there both
    // trees are the same. Its root is the first hash, unless it is the older tree itself.
    let last = older.size.0 - 1;
    let Way { inner, border } = Way::new(LeafIndex(last), newer)?;
    let shared = older.size.0.trailing_zeros();
    let inner = inner - shared;
    let (start, rest) = if older.size.0.is_power_of_two() {
        check_length(&proof.hashes, inner + border)?;
        (older.root, proof.hashes.as_slice())
    } else {
        check_length(&proof.hashes, 1 + inner + border)?;
        proof.hashes.split_first().map(|(first, rest)| (*first, rest)).ok_or(ProofError::OlderRoot)?
    };
    let (inner, border) = rest.split_at_checked(inner as usize).unwrap_or_default();
    let place = last >> shared;
    // Siblings to the right came later: the older root is made without them.
    let earlier = inner.iter().enumerate().filter(|(level, _)| place >> level & 1 == 1);
    let older_root = climb_edge(earlier.fold(start, |below, (_, left)| node_hash(left, &below)), border);
    if older_root != older.root {
        return Err(ProofError::OlderRoot);
    }
    let newer_root = climb_edge(climb(start, place, inner), border);
    if newer_root == newer.root { Ok(()) } else { Err(ProofError::Root) }
}
