//! The right edge of a tiled tree: what a writer keeps to append entries and to know which tiles they make.
//!
//! A [`Frontier`](crate::Frontier) is enough for the root. This keeps the partial tiles themselves (at most 255 hashes for
//! each level, eight levels at most), so that appending never reads.

use crate::hash::{Hash, empty_root, node_hash};
use crate::tile::{TILE_HEIGHT, edge_tiles, place};
use crate::tile_set::{MissingTile, TileNodes, TileSet};
use crate::tree::{LARGEST_TREE, Nodes, Subtree, TreeHead, TreeSize};

/// Levels that the largest tree has.
const LEVELS: usize = 8;

/// The partial tiles of a tree, one for each level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: TreeSize,
    // By level. The tile of a level whose last one is full is empty here: the next hash starts it.
    tiles: [TileNodes; LEVELS],
}

/// The tree would outgrow [`LARGEST_TREE`]. Nothing was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeFull;

impl core::fmt::Display for TreeFull {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str("the tree cannot grow any further")
    }
}

impl core::error::Error for TreeFull {}

impl Edge {
    /// The edge of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of a stored tree, from its [`edge_tiles`]. Its [`head`](Edge::head) is to be compared with the signed one.
    pub fn from_tiles(size: TreeSize, stored: &TileSet) -> Result<Self, MissingTile> {
        let mut edge = Self { size, ..Self::default() };
        for tile in edge_tiles(size) {
            let (level, index) = (tile.level(), tile.index());
            let missing = MissingTile { level, index };
            let hashes = stored.get(level, index).ok_or(missing)?.hashes();
            let kept = edge.tiles.get_mut(usize::from(level)).ok_or(missing)?;
            hashes.get(..tile.width().get()).ok_or(missing)?.iter().for_each(|hash| kept.push(*hash));
        }
        Ok(edge)
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        let peaks = self.tiles.iter().flat_map(TileNodes::peaks);
        let root = peaks.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root);
        TreeHead { size: self.size, root }
    }

    /// Appends leaves and returns every tile that is new or wider now. Proofs about these very leaves need no other tiles
    /// than those and the edge: [`Joined`](crate::Joined).
    pub fn append(&mut self, leaves: &[Hash]) -> Result<TileSet, TreeFull> {
        let size = self.size.0.checked_add(leaves.len() as u64).map(TreeSize);
        let size = size.filter(|size| *size <= LARGEST_TREE).ok_or(TreeFull)?;
        let before = core::mem::replace(&mut self.size, size);
        let mut changed = TileSet::new();
        for (leaf, at) in leaves.iter().zip(before.0..) {
            self.push(*leaf, at, &mut changed);
        }
        for (level, nodes) in (0..).zip(&self.tiles) {
            let height = u32::from(TILE_HEIGHT) * level;
            if before.0 >> height != size.0 >> height && nodes.width().is_some() {
                changed.put(level as u8, size.0 >> height >> TILE_HEIGHT, nodes.clone());
            }
        }
        Ok(changed)
    }

    /// Puts the leaf at index `at` into the lowest tile, and the root of each tile it fills into the one above.
    fn push(&mut self, leaf: Hash, at: u64, changed: &mut TileSet) {
        let (mut hash, mut at) = (leaf, at);
        for (level, nodes) in (0..).zip(&mut self.tiles) {
            nodes.push(hash);
            let Some(root) = nodes.root() else { return };
            at >>= TILE_HEIGHT;
            changed.put(level, at, core::mem::take(nodes));
            hash = root;
        }
    }
}

impl Nodes for Edge {
    type Error = MissingTile;

    fn node(&self, at: Subtree) -> Result<Hash, MissingTile> {
        let place = place(at);
        let missing = MissingTile { level: place.level, index: place.index };
        let shift = u32::from(TILE_HEIGHT) * u32::from(place.level);
        let is_last = self.size.0.checked_shr(shift).map(|nodes| nodes >> TILE_HEIGHT) == Some(place.index);
        let tile = self.tiles.get(usize::from(place.level)).filter(|_| is_last).ok_or(missing)?;
        tile.node(place.height, place.offset).ok_or(missing)
    }
}
