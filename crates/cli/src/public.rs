//! The log that everybody is shown: checkpoints, keys and tiles, without a token.

use consentry_api::record::LogKeys;
use consentry_core::SiteId;
use consentry_log::{Newer, Older, Tile, TileSet, TreeHead};
use consentry_verify::{Growth, growth_tiles, judge};

use crate::client::{self, Client};
use crate::failure::Failure;

/// The public log of one site.
pub struct PublicLog<'c> {
    client: &'c Client,
    site: &'c SiteId,
}

impl<'c> PublicLog<'c> {
    /// With nothing asked yet.
    pub const fn new(client: &'c Client, site: &'c SiteId) -> Self {
        Self { client, site }
    }

    /// The checkpoint of a part; `None` if there is no such part.
    pub fn checkpoint(&self, part: u8) -> Result<Option<String>, Failure> {
        let found = self.client.find(&self.client.of_log(self.site, part, "checkpoint"))?;
        found.map(client::text).transpose()
    }

    /// The keys of part 0, oldest first, and what leads from each to the next.
    pub fn keys(&self) -> Result<LogKeys, Failure> {
        client::json(self.client.send("GET", &self.client.of_log(self.site, 0, "keys"), None)?)
    }

    /// The bytes of a tile; `None` if the log does not have it.
    pub fn tile(&self, part: u8, tile: Tile) -> Result<Option<Vec<u8>>, Failure> {
        let found = self.client.find(&self.client.of_log(self.site, part, &tile.path()))?;
        found.map(client::bytes).transpose()
    }

    /// Whether a part only grew from one checkpoint to the next, and the tiles that show it.
    pub fn growth(
        &self,
        part: u8,
        older: Older<&TreeHead>,
        newer: Newer<&TreeHead>,
    ) -> Result<(Growth, TileSet), Failure> {
        let mut tiles = TileSet::new();
        for tile in growth_tiles(older, newer) {
            // A tile that is not there, or not a tile, shows nothing.
            let Some(bytes) = self.tile(part, tile)? else { continue };
            let _ = tiles.insert(tile, &bytes);
        }
        Ok((judge(older, newer, &tiles), tiles))
    }
}
