//! The frontier of a tree: the little that is needed to append to it and to know its root.
//!
//! A tree of n leaves falls into perfect subtrees, one for each one-bit of n, the largest first. Their roots are enough: at
//! most 63 hashes however long the log grows, and appending a leaf costs two hashes on average.
//!
//! Stored as the size (8 bytes, big-endian) and the roots (32 bytes each), largest subtree first.

use alloc::vec::Vec;

use crate::hash::{Hash, empty_root, node_hash};
use crate::span::Span;
use crate::tree::{LARGEST_TREE, LeafIndex, TreeHead, TreeSize};

/// The right edge of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: TreeSize,
    // One root per one-bit of `size`, the largest subtree first.
    roots: Vec<Hash>,
}

/// Why bytes are no frontier. The log must not be extended from them: its root would be one nobody can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrontierError {
    /// Shorter than the size, or not with exactly the hashes that this size has.
    Length,
    /// A size above [`LARGEST_TREE`].
    Size,
}

impl core::fmt::Display for FrontierError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str(match self {
            Self::Length => "a frontier whose length does not fit its size",
            Self::Size => "a frontier of an impossible size",
        })
    }
}

impl core::error::Error for FrontierError {}

impl Frontier {
    /// The frontier of the empty tree.
    pub const fn new() -> Self {
        Self { size: TreeSize(0), roots: Vec::new() }
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// Appends a leaf and returns where it now stands.
    pub fn append(&mut self, leaf: Hash) -> LeafIndex {
        let index = LeafIndex(self.size.0);
        self.join(0, leaf);
        index
    }

    /// Appends leaves that were hashed elsewhere. `false`, and nothing done, unless they begin where this tree ends.
    pub fn append_span(&mut self, span: &Span) -> bool {
        let follows = span.start().0 == self.size.0;
        if follows {
            span.subtrees().iter().for_each(|(height, root)| self.join(*height, *root));
        }
        follows
    }

    /// Appends a perfect subtree. The size must be a multiple of that of the subtree.
    fn join(&mut self, height: u8, mut root: Hash) {
        // Like adding 1 in binary: every trailing one-bit carries, and each carry joins two subtrees of one size.
        for _ in 0..(self.size.0 >> height).trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.roots.push(root);
        self.size.0 += 1 << height;
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Hash {
        let joined = self.roots.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or_else(empty_root)
    }

    /// Size and root together: what a checkpoint signs.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// The bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size_of::<u64>() + self.roots.len() * Hash::LENGTH);
        bytes.extend_from_slice(&self.size.0.to_be_bytes());
        self.roots.iter().for_each(|root| bytes.extend_from_slice(root.as_bytes()));
        bytes
    }

    /// A stored frontier. Only its shape can be checked here; its root is to be compared with the one that was signed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk::<8>().ok_or(FrontierError::Length)?;
        let size = TreeSize(u64::from_be_bytes(*size));
        if size > LARGEST_TREE {
            return Err(FrontierError::Size);
        }
        let (roots, left_over) = rest.as_chunks::<{ Hash::LENGTH }>();
        if !left_over.is_empty() || roots.len() != size.0.count_ones() as usize {
            return Err(FrontierError::Length);
        }
        Ok(Self { size, roots: roots.iter().copied().map(Hash::new).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    #[test]
    fn frontier_bytes_of_another_length_or_size_are_refused() {
        let mut frontier = Frontier::new();
        assert_eq!(frontier.to_bytes(), [0; 8]);
        (0..5_u8).for_each(|leaf| {
            frontier.append(leaf_hash(&[leaf]));
        });
        let bytes = frontier.to_bytes();
        assert_eq!(bytes.len(), 8 + 2 * 32, "5 is 101 in binary: two subtrees");
        assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier));
        for length in (0..bytes.len()).chain([bytes.len() + 1, bytes.len() + 32]) {
            let mut other = bytes.clone();
            other.resize(length, 0);
            assert_eq!(Frontier::from_bytes(&other), Err(FrontierError::Length), "{length} bytes");
        }
        let impossible = [&[0x80; 1][..], &[0; 7], &[0; 32]].concat();
        assert_eq!(Frontier::from_bytes(&impossible), Err(FrontierError::Size));
    }
}
