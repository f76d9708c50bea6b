//! Whether a log only grew between two checkpoints, from tiles that anybody can fetch.
//!
//! Tiles are not signed. What they say counts only if they hash to the newer checkpoint; if they do, and the older one is not
//! the beginning of what they show, then the log has signed two histories, and the two checkpoints prove it.

use std::fmt;

use consentry_log::{
    LeafRange, Newer, Older, Tile, TileSet, TreeHead, consistency_tiles, edge_tiles, prove_consistency,
    verify_consistency,
};

/// What became of a log since an older checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// It is the same.
    Same,
    /// It has all it had, and more.
    Grown,
    /// It has signed another history: the two checkpoints cannot both be of one log.
    Forked,
    /// It says to be smaller than it was. An old answer can look like that; a log that stays so was cut.
    Shrunk,
    /// The tiles do not belong to the newer checkpoint. Nothing is known about the log.
    BadTiles,
}

impl Growth {
    /// A stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Grown => "grown",
            Self::Forked => "forked",
            Self::Shrunk => "shrunk",
            Self::BadTiles => "bad-tiles",
        }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The tiles it takes to judge, as the newer tree has them. None where the sizes say it all.
pub fn growth_tiles(Older(older): Older<&TreeHead>, Newer(newer): Newer<&TreeHead>) -> Vec<Tile> {
    if older.size >= newer.size || older.size.0 == 0 {
        return Vec::new();
    }
    let mut tiles = consistency_tiles(Older(older.size), Newer(newer.size)).unwrap_or_default();
    // What the newer tree has in the place of the older one.
    let edge = edge_tiles(older.size);
    tiles.extend(edge.iter().filter_map(|tile| Tile::of_tree(tile.level(), tile.index(), newer.size)));
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// Judges, with the [tiles it takes](growth_tiles).
pub fn judge(Older(older): Older<&TreeHead>, Newer(newer): Newer<&TreeHead>, tiles: &TileSet) -> Growth {
    if older == newer {
        return Growth::Same;
    }
    if older.size == newer.size {
        return Growth::Forked;
    }
    if older.size > newer.size {
        return Growth::Shrunk;
    }
    let proof = prove_consistency(Older(older.size), Newer(newer.size), tiles);
    let root = LeafRange::whole(older.size).root(tiles);
    let (Ok(proof), Ok(root)) = (proof, root) else { return Growth::BadTiles };
    // First what the tiles themselves show: a tree that the newer one begins with.
    let shown = TreeHead { size: older.size, root };
    if verify_consistency(&proof, Older(&shown), Newer(newer)).is_err() {
        Growth::BadTiles
    } else if root == older.root {
        Growth::Grown
    } else {
        Growth::Forked
    }
}
