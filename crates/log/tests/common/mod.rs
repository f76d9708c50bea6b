//! What several tests share: one tree of 10,000 leaves, by our code and by another's, every smaller tree being its beginning.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

use std::convert::Infallible;
use std::sync::LazyLock;

use consentry_log::{Hash, LeafRange, Nodes, Subtree, TreeHead, TreeSize, leaf_hash, node_hash};
use tlog_tiles::{HashReader, stored_hashes};

/// Leaves of the largest tree in the tests.
pub const LEAVES: u64 = 10_000;

/// The entry at this index.
pub fn entry(index: u64) -> Vec<u8> {
    // Lengths differ, one is empty, and two neighbours can be the same.
    let text = format!("entry {}", index / 2);
    text.repeat((index % 3) as usize).into_bytes()
}

/// Every perfect subtree, by level.
pub struct Stored(Vec<Vec<Hash>>);

impl Nodes for Stored {
    type Error = Infallible;

    fn node(&self, at: Subtree) -> Result<Hash, Infallible> {
        Ok(self.0[usize::from(at.level())][at.index() as usize])
    }
}

/// Our nodes, computed level by level.
pub static TREE: LazyLock<Stored> = LazyLock::new(|| {
    let mut levels: Vec<Vec<Hash>> = vec![(0..LEAVES).map(|index| leaf_hash(&entry(index))).collect()];
    while levels.last().unwrap().len() > 1 {
        let above = levels.last().unwrap().chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1]));
        levels.push(above.collect());
    }
    Stored(levels)
});

/// The leaves.
pub fn leaves() -> &'static [Hash] {
    &TREE.0[0]
}

/// The tree of the first `size` leaves.
pub fn head(size: u64) -> TreeHead {
    let size = TreeSize(size);
    TreeHead { size, root: LeafRange::whole(size).root(&*TREE).unwrap() }
}

/// The other implementation's store of hashes.
pub struct Oracle(pub Vec<tlog_tiles::Hash>);

impl HashReader for Oracle {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

/// The same tree by the other implementation, from the entries on.
pub static ORACLE: LazyLock<Oracle> = LazyLock::new(|| {
    let mut oracle = Oracle(Vec::new());
    for index in 0..LEAVES {
        let hashes = stored_hashes(index, &entry(index), &oracle).unwrap();
        oracle.0.extend(hashes);
    }
    oracle
});

/// Their hash as ours.
pub fn ours(hash: &tlog_tiles::Hash) -> Hash {
    Hash::new(hash.0)
}

/// Our hash as theirs.
pub fn theirs(hash: &Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}
