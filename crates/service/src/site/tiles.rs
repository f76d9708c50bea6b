//! Tiles and bundles out of the table: what the public log serves and what proofs are made from.

use std::collections::BTreeMap;

use consentry_api::object::SiteReply;
use consentry_core::UnixMillis;
use consentry_core::bytes::serialize_hex;
use consentry_log::{Bundle, Kind, Tile, TileSet, Width, push_entry};

use super::SiteObject;
use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::log::LogError;

/// Entries in a full tile of the lowest level, and hashes in every full tile.
const WIDTH: u64 = 256;

/// Which leaf completes the tile at `index` of `level`.
const fn last_leaf(level: u8, index: u64) -> u64 {
    ((index + 1) << (8 * (level as u32 + 1))) - 1
}

/// For each leaf that completes tiles, the roots of these, lowest level first.
pub(super) fn completed(changed: &TileSet) -> BTreeMap<u64, Vec<u8>> {
    let mut found: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for (tile, nodes) in changed.iter() {
        // From the lowest level up, so the roots of one leaf come in that order.
        if let Some(root) = nodes.root() {
            found
                .entry(last_leaf(tile.level(), tile.index()))
                .or_default()
                .extend_from_slice(root.as_bytes());
        }
    }
    found
}

/// The bytes of a tile. A table that lacks one of its hashes is damaged.
pub(super) fn read(database: &impl Database, tile: Tile) -> Result<Vec<u8>, DatabaseError> {
    let (start, width) = (tile.index() * WIDTH, tile.width().get() as u64);
    let rows = match tile.level() {
        0 => database.query(
            "SELECT leaf FROM entries WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
            &[start.into(), (start + width).into()],
        )?,
        level => {
            let below = level - 1;
            let leaves: Vec<u64> = (start..start + width).map(|index| last_leaf(below, index)).collect();
            let json = serde_json::to_string(&leaves).map_err(|error| DatabaseError(error.to_string()))?;
            database.query(
                "SELECT substr(roots, ?2, 32) FROM entries WHERE idx IN (SELECT value FROM json_each(?1)) ORDER BY idx",
                &[Value::Text(json), (1 + 32 * u64::from(below)).into()],
            )?
        }
    };
    let mut bytes = Vec::with_capacity(width as usize * 32);
    for row in rows {
        let [hash] = columns(row)?;
        bytes.extend_from_slice(hash.as_bytes().ok_or_else(unexpected)?);
    }
    if bytes.len() == width as usize * 32 {
        Ok(bytes)
    } else {
        Err(DatabaseError(format!(
            "the table lacks hashes of tile {} at level {}",
            tile.index(),
            tile.level()
        )))
    }
}

/// Several tiles at once.
pub(super) fn read_set(
    database: &impl Database,
    tiles: impl IntoIterator<Item = Tile>,
) -> Result<TileSet, DatabaseError> {
    let mut set = TileSet::new();
    for tile in tiles {
        set.insert(tile, &read(database, tile)?).map_err(|error| DatabaseError(error.to_string()))?;
    }
    Ok(set)
}

impl<D: Database> SiteObject<D> {
    /// A tile that the signed tree has.
    pub(super) fn tile(
        &mut self,
        (level, index, width): (u8, u64, u16),
        now: UnixMillis,
    ) -> Result<SiteReply, LogError> {
        let size = self.log(now)?.edge.size();
        let tile = Width::new(width).and_then(|width| Tile::new(level, index, width));
        let Some(tile) = tile.filter(|tile| tile.is_in(size)) else { return Ok(SiteReply::Absent) };
        Ok(SiteReply::Bytes(serialize_hex(&read(&self.database, tile)?)))
    }

    /// A bundle that the signed tree has, unless one of its entries has been pruned.
    pub(super) fn bundle(
        &mut self,
        (index, width): (u64, u16),
        now: UnixMillis,
    ) -> Result<SiteReply, LogError> {
        let size = self.log(now)?.edge.size();
        let bundle = Width::new(width).map(|width| Bundle { index, width });
        let Some(bundle) = bundle.filter(|bundle| bundle.is_in(size)) else { return Ok(SiteReply::Absent) };
        let start = bundle.start().ok_or_else(unexpected)?.0;
        let rows = self.database.query(
            "SELECT entry FROM entries WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
            &[start.into(), (start + u64::from(width)).into()],
        )?;
        let mut bytes = Vec::new();
        for row in rows {
            let [entry] = columns(row)?;
            let Some(entry) = entry.as_bytes() else { return Ok(SiteReply::Gone) };
            push_entry(&mut bytes, entry).map_err(|error| DatabaseError(error.to_string()))?;
        }
        Ok(SiteReply::Bytes(serialize_hex(&bytes)))
    }

    /// Entries of one kind, in order.
    pub(super) fn statements(&self, kind: Kind) -> Result<Vec<Vec<u8>>, DatabaseError> {
        let rows = self.database.query(
            "SELECT entry FROM entries WHERE kind = ?1 AND kind != 1 ORDER BY idx",
            &[u64::from(kind.number()).into()],
        )?;
        rows.into_iter()
            .map(|row| {
                let [entry] = columns(row)?;
                entry.as_bytes().map(<[u8]>::to_vec).ok_or_else(unexpected)
            })
            .collect()
    }
}
