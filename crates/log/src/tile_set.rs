//! The contents of tiles, as a source of nodes for proofs.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use crate::hash::{Hash, node_hash};
use crate::tile::{TILE_HEIGHT, Tile, Width, place};
use crate::tree::{Nodes, Subtree};

/// A tile's hashes and the nodes above them, each computed once: a proof then costs look-ups, not 255 hashes a tile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileNodes {
    // By height above the tile's own hashes; at height 8 is the root of a full tile.
    heights: [Vec<Hash>; TILE_HEIGHT as usize + 1],
}

/// Why bytes are no tile: not exactly 32 for each hash its path promises. Nothing was kept of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileLengthError;

impl fmt::Display for TileLengthError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a tile whose length does not fit its width")
    }
}

impl core::error::Error for TileLengthError {}

impl TileNodes {
    /// From the bytes of a tile of this width.
    pub fn parse(bytes: &[u8], width: Width) -> Result<Self, TileLengthError> {
        let (hashes, left_over) = bytes.as_chunks::<{ Hash::LENGTH }>();
        if !left_over.is_empty() || hashes.len() != width.get() {
            return Err(TileLengthError);
        }
        let mut nodes = Self::default();
        hashes.iter().for_each(|hash| nodes.push(Hash::new(*hash)));
        Ok(nodes)
    }

    /// The bytes of the tile.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes().iter().flat_map(|hash| *hash.as_bytes()).collect()
    }

    /// The tile's hashes.
    pub fn hashes(&self) -> &[Hash] {
        let [hashes, ..] = &self.heights;
        hashes
    }

    /// How many hashes it has; `None` while it has none.
    pub fn width(&self) -> Option<Width> {
        u16::try_from(self.hashes().len()).ok().and_then(Width::new)
    }

    /// The root of a full tile.
    pub fn root(&self) -> Option<Hash> {
        let [.., root] = &self.heights;
        root.first().copied()
    }

    /// Adds a hash at the right. A full tile stays as it is: its next hash belongs to the next tile.
    pub(crate) fn push(&mut self, hash: Hash) {
        if self.root().is_some() {
            return;
        }
        let mut node = hash;
        for height in &mut self.heights {
            height.push(node);
            // The second of a pair completes the node above.
            match height.as_slice() {
                [.., left, right] if height.len() % 2 == 0 => node = node_hash(left, right),
                _ => break,
            }
        }
    }

    pub(crate) fn node(&self, height: u8, offset: usize) -> Option<Hash> {
        self.heights.get(usize::from(height))?.get(offset).copied()
    }

    /// Roots of the perfect subtrees that its hashes fall into, from right to left.
    pub(crate) fn peaks(&self) -> impl Iterator<Item = Hash> {
        let odd = self.heights.iter().filter(|nodes| nodes.len() % 2 == 1);
        odd.filter_map(|nodes| nodes.last().copied())
    }
}

/// Tiles at hand, at most one for each place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileSet {
    tiles: BTreeMap<(u8, u64), TileNodes>,
}

/// A proof needs a tile that is not at hand, or only with fewer hashes. Fetch it and try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingTile {
    /// The tile's level.
    pub level: u8,
    /// Its index.
    pub index: u64,
}

impl fmt::Display for MissingTile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "tile {} of level {} is not at hand or too narrow", self.index, self.level)
    }
}

impl core::error::Error for MissingTile {}

impl TileSet {
    /// No tiles.
    pub const fn new() -> Self {
        Self { tiles: BTreeMap::new() }
    }

    /// Adds a tile from its bytes, in the place of a narrower one.
    pub fn insert(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), TileLengthError> {
        self.put(tile.level(), tile.index(), TileNodes::parse(bytes, tile.width())?);
        Ok(())
    }

    pub(crate) fn put(&mut self, level: u8, index: u64, nodes: TileNodes) {
        let kept = self.tiles.entry((level, index)).or_default();
        if kept.hashes().len() < nodes.hashes().len() {
            *kept = nodes;
        }
    }

    /// Every tile and its contents, lowest level first, each level from left to right.
    pub fn iter(&self) -> impl Iterator<Item = (Tile, &TileNodes)> {
        let tile = |((level, index), nodes): (&(u8, u64), _)| {
            Some((Tile::new(*level, *index, TileNodes::width(nodes)?)?, nodes))
        };
        self.tiles.iter().filter_map(tile)
    }

    /// The tile at this place.
    pub fn get(&self, level: u8, index: u64) -> Option<&TileNodes> {
        self.tiles.get(&(level, index))
    }
}

impl Nodes for TileSet {
    type Error = MissingTile;

    fn node(&self, at: Subtree) -> Result<Hash, MissingTile> {
        let place = place(at);
        let missing = MissingTile { level: place.level, index: place.index };
        let tile = self.get(place.level, place.index).ok_or(missing)?;
        tile.node(place.height, place.offset).ok_or(missing)
    }
}
