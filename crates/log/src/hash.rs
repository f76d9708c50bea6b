//! Hashes of the Merkle tree, by RFC 6962 §2.1: leaves and nodes have prefixes of their own, so neither can pose as the other.

use alloc::string::String;
use core::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256 digest: of a leaf, of a node, or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; Hash::LENGTH]);

const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

impl Hash {
    /// Bytes in a hash.
    pub const LENGTH: usize = 32;

    /// A hash made elsewhere.
    pub const fn new(bytes: [u8; Hash::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; Hash::LENGTH] {
        &self.0
    }

    /// 64 hexadecimal digits, lower case.
    pub fn to_hex(&self) -> String {
        alloc::format!("{self}")
    }

    /// From exactly 64 lower-case hexadecimal digits; `None` for any other spelling.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != Hash::LENGTH * 2 {
            return None;
        }
        let mut bytes = [0; Hash::LENGTH];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let &[high, low] = pair else { return None };
            *byte = digit(high)? << 4 | digit(low)?;
        }
        Some(Self(bytes))
    }
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Hash({self})")
    }
}

fn digest(parts: &[&[u8]]) -> Hash {
    let mut sha = Sha256::new();
    parts.iter().for_each(|part| sha.update(part));
    Hash(sha.finalize().into())
}

/// The hash of an entry as a leaf: `SHA-256(0x00 ‖ entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    digest(&[&LEAF, entry])
}

/// The hash of two subtrees side by side: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    digest(&[&NODE, &left.0, &right.0])
}

/// The root of no leaves at all: `SHA-256("")`.
pub fn empty_root() -> Hash {
    digest(&[])
}

/// The root over all leaf hashes, straight from the definition: the slow reference that
/// [`Frontier`](crate::Frontier) is held to, and fast enough for checking an export at hand.
pub fn tree_hash(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            // The largest power of two smaller than the number of leaves.
            let left = leaves.len().div_ceil(2).next_power_of_two();
            let (left, right) = leaves.split_at(left);
            node_hash(&tree_hash(left), &tree_hash(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_hex_comes_back_and_any_other_spelling_is_refused() {
        let hash = leaf_hash(b"L123456");
        assert_eq!(Hash::from_hex(&hash.to_hex()), Some(hash));
        let upper = hash.to_hex().to_uppercase();
        let long = hash.to_hex() + "00";
        let multibyte = "é".repeat(32);
        for text in ["", "00", upper.as_str(), long.as_str(), multibyte.as_str()] {
            assert_eq!(Hash::from_hex(text), None, "{text}");
        }
    }

    #[test]
    fn leaf_that_spells_a_node_hashes_differently() {
        let (left, right) = (leaf_hash(b"a"), leaf_hash(b"b"));
        let posing = [left.as_bytes().as_slice(), right.as_bytes()].concat();
        assert_ne!(leaf_hash(&posing), node_hash(&left, &right));
    }
}
