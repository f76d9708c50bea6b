//! Paths of tiles and bundles, as they stand in URLs and object stores: `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.
//!
//! One spelling each, by [C2SP tlog-tiles](https://c2sp.org/tlog-tiles#merkle-tree): 1234067 is `x001/x234/067`.

use alloc::string::String;
use core::fmt::{self, Write as _};

use crate::tile::{Bundle, Tile, Width};

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TilePath {
    /// `tile/<L>/<N>[.p/<W>]`
    Tile(Tile),
    /// `tile/entries/<N>[.p/<W>]`
    Entries(Bundle),
}

/// Not a path of a tile, or not the one spelling it has. To be answered like any unknown path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePathError;

impl fmt::Display for TilePathError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not the path of a tile")
    }
}

impl core::error::Error for TilePathError {}

const ENTRIES: &str = "entries";

impl fmt::Display for TilePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("tile/")?;
        let (index, width) = match self {
            Self::Tile(tile) => {
                write!(out, "{}/", tile.level())?;
                (tile.index(), tile.width())
            }
            Self::Entries(bundle) => {
                write!(out, "{ENTRIES}/")?;
                (bundle.index, bundle.width)
            }
        };
        // A u64 has at most seven groups of three digits.
        let groups = (0..7).rev().map(|group| index / 1000_u64.pow(group));
        for (value, group) in groups.zip((0..7).rev()) {
            if group == 0 {
                write!(out, "{:03}", value % 1000)?;
            } else if value > 0 {
                write!(out, "x{:03}/", value % 1000)?;
            }
        }
        if width.is_full() { Ok(()) } else { write!(out, ".p/{}", width.get()) }
    }
}

impl Tile {
    /// Where it is kept, below the log's prefix.
    pub fn path(self) -> String {
        written(TilePath::Tile(self))
    }
}

impl Bundle {
    /// Where it is kept, below the log's prefix.
    pub fn path(self) -> String {
        written(TilePath::Entries(self))
    }
}

fn written(path: TilePath) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{path}");
    text
}

/// What a path below the log's prefix names. That such a tile exists is another question: [`Tile::is_in`].
pub fn parse_tile_path(path: &str) -> Result<TilePath, TilePathError> {
    parse(path).ok_or(TilePathError)
}

fn parse(path: &str) -> Option<TilePath> {
    let (level, place) = path.strip_prefix("tile/")?.split_once('/')?;
    let (index, width) = match place.split_once(".p/") {
        Some((index, width)) => {
            let width = u16::try_from(parse_number(width)?).ok().and_then(Width::new)?;
            // A full tile is not called by its width.
            (index, if width.is_full() { return None } else { width })
        }
        None => (place, Width::FULL),
    };
    let index = parse_index(index)?;
    if level == ENTRIES {
        return Some(TilePath::Entries(Bundle { index, width }));
    }
    let level = u8::try_from(parse_number(level)?).ok()?;
    Tile::new(level, index, width).map(TilePath::Tile)
}

/// A decimal without leading zeros, plus or spaces.
pub(crate) fn parse_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let one_spelling = text == "0" || !text.starts_with('0');
    if digits && one_spelling { text.parse().ok() } else { None }
}

fn parse_index(text: &str) -> Option<u64> {
    let (above, last) = match text.rsplit_once('/') {
        Some((above, last)) => (Some(above), last),
        None => (None, text),
    };
    let mut index = 0_u64;
    for group in above.into_iter().flat_map(|above| above.split('/')) {
        index = index.checked_mul(1000)?.checked_add(parse_group(group.strip_prefix('x')?)?)?;
        if index == 0 {
            // `x000/…` would be a second spelling.
            return None;
        }
    }
    index.checked_mul(1000)?.checked_add(parse_group(last)?)
}

fn parse_group(text: &str) -> Option<u64> {
    let three = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if three { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_path_of_the_specification_is_spelled_in_groups_of_three() {
        let tile = |level, index, width| Tile::new(level, index, Width::new(width).unwrap()).unwrap();
        for (tile, path) in [
            (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
            (tile(0, 0, 256), "tile/0/000"),
            (tile(1, 0, 17), "tile/1/000.p/17"),
            (tile(63, 273, 112), "tile/63/273.p/112"),
            (tile(0, 1000, 1), "tile/0/x001/000.p/1"),
            (tile(2, u64::MAX, 255), "tile/2/x018/x446/x744/x073/x709/x551/615.p/255"),
        ] {
            assert_eq!(tile.path(), path);
            assert_eq!(parse_tile_path(path), Ok(TilePath::Tile(tile)), "{path}");
        }
        let bundle = Bundle { index: 273, width: Width::new(112).unwrap() };
        assert_eq!(bundle.path(), "tile/entries/273.p/112");
        assert_eq!(parse_tile_path(&bundle.path()), Ok(TilePath::Entries(bundle)));
    }

    #[test]
    fn tile_path_in_another_spelling_is_refused() {
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/0/x001",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x01/002",
            "tile/00/001",
            "tile/64/001",
            "tile/-1/001",
            "tile/+1/001",
            "tile/0/001.p/0",
            "tile/0/001.p/01",
            "tile/0/001.p/256",
            "tile/0/001.p/",
            "tile/0/001.p",
            "tile/0/001/",
            "/tile/0/001",
            "tile/0/001.p/5/",
            "tile/data/001",
            "tile/8/0/001",
            "tile/0/x001/x234/067 ",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
            "tile/0/０００",
        ] {
            assert_eq!(parse_tile_path(path), Err(TilePathError), "{path}");
        }
    }
}
