//! Tiles: which hashes of a tree lie in which of its objects.
//!
//! By [C2SP tlog-tiles](https://c2sp.org/tlog-tiles#merkle-tree): a tile holds up to 256 consecutive hashes of one height, and
//! heights go in steps of eight. Full tiles never change; the rightmost of each level is partial and named by its width.

use alloc::vec::Vec;

use crate::proof::{RangeError, consistency_ranges, inclusion_ranges};
use crate::tree::{LeafIndex, LeafRange, Newer, Older, Subtree, TreeSize};

/// Heights of the tree in one level of tiles.
pub const TILE_HEIGHT: u8 = 8;
/// Highest level a path can name. Trees of [`LARGEST_TREE`](crate::LARGEST_TREE) end at level 7.
pub const HIGHEST_LEVEL: u8 = 63;

/// How many hashes a tile holds, or entries a bundle: 1 to 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Width(u16);

impl Width {
    /// The width of every tile but the last of its level.
    pub const FULL: Width = Width(1 << TILE_HEIGHT);

    /// `None` unless it is 1 to 256.
    pub const fn new(width: u16) -> Option<Self> {
        if width == 0 || width > Self::FULL.0 { None } else { Some(Self(width)) }
    }

    /// The number.
    pub const fn get(self) -> usize {
        self.0 as usize
    }

    /// True for 256.
    pub const fn is_full(self) -> bool {
        self.0 == Self::FULL.0
    }

    /// The width in a tree of this many nodes, of the tile at this index. `None` where there is none.
    fn of(nodes: u64, index: u64) -> Option<Self> {
        let start = index.checked_mul(u64::from(Self::FULL.0))?;
        let width = nodes.checked_sub(start)?.min(u64::from(Self::FULL.0));
        Self::new(width as u16)
    }
}

/// A tile of hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: Width,
}

impl Tile {
    /// `None` for a level above [`HIGHEST_LEVEL`].
    pub const fn new(level: u8, index: u64, width: Width) -> Option<Self> {
        if level > HIGHEST_LEVEL { None } else { Some(Self { level, index, width }) }
    }

    /// The tile at this place in a tree of this size. `None` where the tree has none.
    pub fn of_tree(level: u8, index: u64, size: TreeSize) -> Option<Self> {
        Self::new(level, index, Width::of(nodes(size, level), index)?)
    }

    /// In units of [`TILE_HEIGHT`]: at level 0 are leaf hashes.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// How many tiles of its level are to its left.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes it holds.
    pub const fn width(self) -> Width {
        self.width
    }

    /// True if a tree of this size has every hash of this tile: it may be served.
    pub fn is_in(self, size: TreeSize) -> bool {
        Self::of_tree(self.level, self.index, size).is_some_and(|tile| self.width <= tile.width)
    }
}

/// A bundle of entries: those under the tile of level 0 with the same index and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    /// How many bundles are to its left.
    pub index: u64,
    /// How many entries it holds.
    pub width: Width,
}

impl Bundle {
    /// The bundle at this place in a tree of this size. `None` where the tree has none.
    pub fn of_tree(index: u64, size: TreeSize) -> Option<Self> {
        Some(Self { index, width: Width::of(size.0, index)? })
    }

    /// True if a tree of this size has every entry of this bundle: it may be served.
    pub fn is_in(self, size: TreeSize) -> bool {
        Self::of_tree(self.index, size).is_some_and(|bundle| self.width <= bundle.width)
    }

    /// The leaf of its first entry. `None` beyond any tree.
    pub fn start(self) -> Option<LeafIndex> {
        self.index.checked_mul(Width::FULL.get() as u64).map(LeafIndex)
    }
}

/// Nodes at a level of tiles: perfect subtrees of that height.
const fn nodes(TreeSize(size): TreeSize, level: u8) -> u64 {
    match size.checked_shr(level as u32 * TILE_HEIGHT as u32) {
        Some(nodes) => nodes,
        None => 0,
    }
}

fn new_at_level(level: u8, older: TreeSize, newer: TreeSize) -> impl Iterator<Item = Tile> {
    let (before, after) = (nodes(older, level), nodes(newer, level));
    let first = before >> TILE_HEIGHT;
    // Up to the tile of the last new node; none if no node is new.
    let end = if before < after { after.div_ceil(Width::FULL.get() as u64) } else { first };
    (first..end).filter_map(move |index| Tile::of_tree(level, index, newer))
}

/// The tiles that a tree has and its older self had not, level by level, each from left to right.
pub fn new_tiles(Older(older): Older<TreeSize>, Newer(newer): Newer<TreeSize>) -> impl Iterator<Item = Tile> {
    let levels = (0..=HIGHEST_LEVEL).take_while(move |level| nodes(newer, *level) > 0);
    levels.flat_map(move |level| new_at_level(level, older, newer))
}

/// The bundles that a tree has and its older self had not, from left to right.
pub fn new_bundles(
    Older(older): Older<TreeSize>,
    Newer(newer): Newer<TreeSize>,
) -> impl Iterator<Item = Bundle> {
    new_at_level(0, older, newer).map(|tile| Bundle { index: tile.index, width: tile.width })
}

/// Where a node lies: the tile, how far above the tile's hashes, and how far from its left edge at that height.
pub(crate) struct Place {
    pub level: u8,
    pub index: u64,
    pub height: u8,
    pub offset: usize,
}

pub(crate) const fn place(node: Subtree) -> Place {
    let (level, height) = (node.level() / TILE_HEIGHT, node.level() % TILE_HEIGHT);
    let per_tile = TILE_HEIGHT - height;
    let offset = (node.index() & ((1 << per_tile) - 1)) as usize;
    Place { level, index: node.index() >> per_tile, height, offset }
}

/// The tiles of a tree of this size that hold these nodes, each once, lowest level first.
fn tiles_of(ranges: &[LeafRange], size: TreeSize) -> Vec<Tile> {
    let places = ranges.iter().flat_map(|range| range.subtrees()).map(place);
    let mut tiles: Vec<Tile> =
        places.filter_map(|place| Tile::of_tree(place.level, place.index, size)).collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// The tiles that [`prove_inclusion`](crate::prove_inclusion) will ask for.
pub fn inclusion_tiles(index: LeafIndex, size: TreeSize) -> Result<Vec<Tile>, RangeError> {
    Ok(tiles_of(&inclusion_ranges(index, size)?, size))
}

/// The tiles of the newer tree that [`prove_consistency`](crate::prove_consistency) will ask for.
pub fn consistency_tiles(older: Older<TreeSize>, newer: Newer<TreeSize>) -> Result<Vec<Tile>, RangeError> {
    Ok(tiles_of(&consistency_ranges(older, newer)?, newer.0))
}

/// The tiles at the right edge: enough to know a tree's root and to append to it.
pub fn edge_tiles(size: TreeSize) -> Vec<Tile> {
    tiles_of(&[LeafRange::whole(size)], size)
}
