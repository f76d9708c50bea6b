//! Policies: stored once, never edited, each with an entry in the log that says what visitors were shown.

use consentry_api::digest::{sha256, sha256_hex};
use consentry_api::object::{LogSettings, NewPolicy, PartHead, SiteReply, StoredPolicy};
use consentry_core::bytes::parse_hex;
use consentry_core::statement::{
    PolicyPublished, ShardHead, ShardHeads, parse_shard_heads, serialize_policy_published,
    serialize_shard_heads,
};
use consentry_core::{SiteId, UnixMillis};
use consentry_log::{Kind, parse_entry};

use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::log::LogError;
use super::{SiteObject, settings};

impl<D: Database> SiteObject<D> {
    /// Makes this object one part of a sharded log, or tells it what the newest policy says.
    pub(super) fn open(&mut self, new: &LogSettings, now: UnixMillis) -> Result<SiteReply, LogError> {
        settings::accept(&self.database, new)?;
        // Read again with the next call, the key checked with it.
        self.log = None;
        self.log(now)?;
        Ok(SiteReply::Flag(true))
    }

    /// Stores a policy and its entry. The very same file with the very same code is the version that is there: publishing
    /// twice is harmless.
    pub(super) fn publish(&mut self, new: &NewPolicy, now: UnixMillis) -> Result<SiteReply, LogError> {
        self.open(&new.log, now)?;
        let hash = sha256(new.json.as_bytes());
        let newest = self.policy(None)?;
        if let Some(newest) = &newest
            && self.is_same(newest.version, new)?
        {
            return Ok(SiteReply::Policy(Some(newest.clone())));
        }
        let version = newest.map_or(0, |policy| policy.version) + 1;
        let damaged =
            || DatabaseError("the policy's hashes or names have not the form they must have".into());
        let texts = new
            .texts
            .iter()
            .map(|(language, hash)| Ok((language.clone(), parse_hex(hash).ok_or_else(damaged)?)));
        // A clock behind the log must not put the policy before what came earlier.
        let time = now.max(self.log(now)?.newest);
        let published = PolicyPublished {
            site: SiteId::parse(&new.log.site).ok_or_else(damaged)?,
            version,
            time,
            policy_hash: hash,
            gate_hash: parse_hex(&new.gate_hash).ok_or_else(damaged)?,
            banner_hash: parse_hex(&new.banner_hash).ok_or_else(damaged)?,
            texts: texts.collect::<Result<_, DatabaseError>>()?,
        };
        let payload = serialize_policy_published(&published);
        self.with_log(now, |database, log| {
            let entry = log.state(database, Kind::PolicyPublished, &payload, time)?;
            database.query(
                "INSERT INTO policies (version, hash, json, published, gate_hash, banner_hash, entry) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                &[
                    version.into(),
                    Value::Text(sha256_hex(new.json.as_bytes())),
                    new.json.as_str().into(),
                    time.0.into(),
                    new.gate_hash.as_str().into(),
                    new.banner_hash.as_str().into(),
                    entry.into(),
                ],
            )
        })?;
        Ok(SiteReply::Policy(self.policy(Some(version))?))
    }

    fn is_same(&self, version: u32, new: &NewPolicy) -> Result<bool, DatabaseError> {
        let rows = self.database.query(
            "SELECT 1 FROM policies WHERE version = ?1 AND json = ?2 AND gate_hash = ?3 AND banner_hash = ?4",
            &[
                version.into(),
                new.json.as_str().into(),
                new.gate_hash.as_str().into(),
                new.banner_hash.as_str().into(),
            ],
        )?;
        Ok(!rows.is_empty())
    }

    pub(super) fn policy(&self, version: Option<u32>) -> Result<Option<StoredPolicy>, DatabaseError> {
        let rows = self.database.query(
            "SELECT version, hash, json, published, entry FROM policies WHERE ?1 IS NULL OR version = ?1 \
             ORDER BY version DESC LIMIT 1",
            &[version.map_or(Value::Null, Value::from)],
        )?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let [version, hash, json, published, entry] = columns(row)?;
        Ok(Some(StoredPolicy {
            version: version.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(unexpected)?,
            hash: hash.into_text().ok_or_else(unexpected)?,
            json: json.into_text().ok_or_else(unexpected)?,
            published: published.as_u64().ok_or_else(unexpected)?,
            entry: entry.as_u64().ok_or_else(unexpected)?,
        }))
    }

    /// Commits to the heads of the other parts, unless it has done so already.
    pub(super) fn seal(&mut self, heads: &[PartHead], now: UnixMillis) -> Result<SiteReply, LogError> {
        let read = |head: &PartHead| {
            let root = parse_hex(&head.root).ok_or_else(unexpected)?;
            Ok(ShardHead { shard: head.shard, size: head.size, root })
        };
        let mut heads = heads.iter().map(read).collect::<Result<Vec<_>, DatabaseError>>()?;
        heads.retain(|head| head.shard > 0 && head.size > 0);
        let sealed = self.sealed()?;
        // Of each part the largest head, and of equals the one that is sealed: two callers may have read the heads in another
        // order than they come here, and what was committed to once is never taken back.
        heads.splice(0..0, sealed.iter().copied());
        heads.sort_by_key(|head| (head.shard, std::cmp::Reverse(head.size)));
        heads.dedup_by_key(|head| head.shard);
        if heads == sealed {
            return Ok(SiteReply::Flag(false));
        }
        let time = now.max(self.log(now)?.newest);
        let payload = serialize_shard_heads(&ShardHeads { time, heads: heads.clone() });
        // A failure may be reported although it was stored: then the log says what was.
        self.sealed = None;
        self.with_log(now, |database, log| log.state(database, Kind::ShardHeads, &payload, time))?;
        self.sealed = Some(heads);
        Ok(SiteReply::Flag(true))
    }

    /// The heads committed to so far. Read from the log after a start: an object that sleeps between two alarms must not seal
    /// the same heads each time.
    fn sealed(&mut self) -> Result<Vec<ShardHead>, DatabaseError> {
        if let Some(sealed) = &self.sealed {
            return Ok(sealed.clone());
        }
        let rows = self.database.query(
            "SELECT entry FROM entries WHERE kind = ?1 AND kind != 1 ORDER BY idx DESC LIMIT 1",
            &[u64::from(Kind::ShardHeads.number()).into()],
        )?;
        let broken = |error: &dyn std::fmt::Display| DatabaseError(error.to_string());
        let sealed = match rows.first().and_then(|row| row.first()).and_then(Value::as_bytes) {
            None => Vec::new(),
            Some(entry) => {
                let payload = parse_entry(entry).map_err(|error| broken(&error))?.payload;
                parse_shard_heads(payload).map_err(|error| broken(&error))?.heads
            }
        };
        self.sealed = Some(sealed.clone());
        Ok(sealed)
    }

    /// The head of this part.
    pub(super) fn head(&mut self, now: UnixMillis) -> Result<SiteReply, LogError> {
        let log = self.log(now)?;
        let head = log.edge.head();
        Ok(SiteReply::Head(PartHead {
            shard: log.settings.shard,
            size: head.size.0,
            root: head.root.to_hex(),
        }))
    }
}
