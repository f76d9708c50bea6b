//! The log of one object: its right edge in memory, its entries in the table, its head signed.
//!
//! # Order of events, and what a crash leaves
//!
//! 1. New entries extend the edge in memory; their leaves, the roots of tiles they complete and the new head go into one
//!    statement. A crash before it leaves nothing, a crash after it leaves all of it.
//! 2. The head is signed and receipts are made, from memory. A crash here leaves entries that nobody was told of: whoever
//!    sent them sends again and gets a receipt for the entry that is there.
//! 3. The answers leave the object, held back by the runtime until the statement is on the disk.
//!
//! A statement that failed, or that reports failure though it was stored, empties the memory; the next call opens the log
//! from its table as every start does. Opening rebuilds the edge from leaves and roots and compares it with the stored head,
//! so a table that was changed by hand is not extended.

use consentry_api::object::{LogSettings, SiteReply};
use consentry_core::UnixMillis;
use consentry_core::bytes::serialize_hex;
use consentry_log::{
    Edge, Hash, Joined, Kind, LeafIndex, Origin, Signer, SigningKey, TileSet, TlogProof, edge_tiles,
    inclusion_tiles, leaf_hash, prove_inclusion, serialize_bundle, serialize_entry, sign_checkpoint,
};
use serde::Serialize;

use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::{SiteObject, settings, tiles};

/// The secret seeds that sign, 32 bytes each.
#[derive(Clone, Default)]
pub struct LogKeys {
    /// Signs now.
    pub current: Option<[u8; 32]>,
    /// Signed before, and goes on signing beside the current one while it is configured: a change of keys.
    pub previous: Option<[u8; 32]>,
}

/// The log in memory.
pub(super) struct Log {
    pub settings: LogSettings,
    pub origin: Origin,
    pub edge: Edge,
    /// The latest time of any entry.
    pub newest: UnixMillis,
    pub signers: Vec<SigningKey>,
    /// The signed head.
    pub checkpoint: String,
}

/// Why the log cannot be used. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LogError {
    /// The storage failed, or holds something else than was written.
    Storage(DatabaseError),
    /// No key, or another than the log was signed with so far. Says what to do.
    Key(String),
}

impl From<DatabaseError> for LogError {
    fn from(error: DatabaseError) -> Self {
        Self::Storage(error)
    }
}

impl LogError {
    pub fn reply(self) -> SiteReply {
        match self {
            Self::Storage(error) => SiteReply::Failed(error.0),
            Self::Key(what) => SiteReply::NoKey(what),
        }
    }
}

/// An entry on its way into the log.
pub(super) struct NewEntry<'a> {
    pub kind: Kind,
    pub time: UnixMillis,
    pub payload: &'a [u8],
    /// Only records have one.
    pub record: Option<NewRow<'a>>,
}

/// What the table keeps beside a record's entry.
pub(super) struct NewRow<'a> {
    pub action: &'a str,
    pub id: [u8; 16],
    pub subject: [u8; 16],
    pub personal: &'a [u8],
}

/// A row as the insert's first parameter spells it: position, kind, time, action; then where its bytes start in the second
/// parameter (SQLite counts from 1) and how many are entry, erasable part, roots and head. Leaf, identifier and visitor come
/// first and have a fixed length.
#[derive(Serialize)]
struct Row<'a>(u64, u8, u64, &'a str, usize, usize, usize, usize, usize);

/// One statement, however many entries: hence one atomic write. All bytes travel in one piece; spelling each of them in
/// JSON would cost more than storing them.
const INSERT: &str = "INSERT INTO entries (idx, kind, time, action, entry, leaf, id, subject, personal, roots, head) \
    SELECT idx, kind, time, action, substr(?2, start + 64, entry), substr(?2, start, 32), \
    iif(kind = 1, substr(?2, start + 32, 16), NULL), iif(kind = 1, substr(?2, start + 48, 16), NULL), \
    iif(kind = 1, substr(?2, start + 64 + entry, personal), NULL), \
    iif(roots > 0, substr(?2, start + 64 + entry + personal, roots), NULL), \
    iif(head > 0, substr(?2, start + 64 + entry + personal + roots, head), NULL) FROM \
    (SELECT value->>0 AS idx, value->>1 AS kind, value->>2 AS time, value->>3 AS action, value->>4 AS start, \
    value->>5 AS entry, value->>6 AS personal, value->>7 AS roots, value->>8 AS head FROM json_each(?1))";

/// Where entries went, and the tiles that they changed.
pub(super) struct Written {
    pub first: u64,
    pub leaves: Vec<Hash>,
    pub changed: TileSet,
}

impl Log {
    /// Opens the log as its table has it.
    pub fn open(database: &impl Database, keys: &LogKeys, now: UnixMillis) -> Result<Self, LogError> {
        let stored = settings::read(database)?
            .ok_or_else(|| DatabaseError("no policy was ever published for this site".into()))?;
        let origin = Origin::new(&stored.log.origin)
            .ok_or_else(|| DatabaseError("the stored origin of the log cannot be one".into()))?;
        let signer = |seed: &[u8; 32]| {
            SigningKey::from_seed(origin.as_str(), seed).map_err(|error| LogError::Key(error.to_string()))
        };
        let current = keys.current.as_ref().map(signer).transpose()?.ok_or_else(no_key)?;
        let mut signers = vec![current];
        signers.extend(keys.previous.as_ref().map(signer).transpose()?);
        let (edge, newest) = read_edge(database)?;
        let mut log = Self { settings: stored.log, origin, edge, newest, signers, checkpoint: String::new() };
        log.follow_key(database, stored.key.as_deref(), now)?;
        log.sign()?;
        Ok(log)
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.edge.size().0
    }

    /// Stores entries with one statement and signs the new head.
    pub fn write(
        &mut self,
        database: &impl Database,
        entries: &[NewEntry],
    ) -> Result<Written, DatabaseError> {
        let first = self.size();
        let mut bytes = Vec::with_capacity(entries.len() * 640);
        let mut rows = Vec::with_capacity(entries.len());
        let mut leaves = Vec::with_capacity(entries.len());
        let serialized = entries
            .iter()
            .map(|entry| serialize_entry(entry.kind, entry.payload))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| DatabaseError(error.to_string()))?;
        leaves.extend(serialized.iter().map(|entry| leaf_hash(entry)));
        let changed = self.edge.append(&leaves).map_err(|error| DatabaseError(error.to_string()))?;
        let mut completed = tiles::completed(&changed);
        let mut head = Some(self.edge.head().root).filter(|_| !entries.is_empty());
        for (at, (entry, serialized)) in entries.iter().zip(&serialized).enumerate() {
            let index = first + at as u64;
            let record = entry.record.as_ref();
            let personal = record.map_or(&[][..], |record| record.personal);
            let roots = completed.remove(&index).unwrap_or_default();
            // Of the last entry only.
            let head = head.take_if(|_| at + 1 == entries.len());
            let start = bytes.len() + 1;
            bytes.extend_from_slice(leaves.get(at).ok_or_else(unexpected)?.as_bytes());
            bytes.extend_from_slice(&record.map_or([0; 16], |record| record.id));
            bytes.extend_from_slice(&record.map_or([0; 16], |record| record.subject));
            for part in [
                serialized.as_slice(),
                personal,
                &roots,
                head.as_ref().map_or(&[][..], |root| root.as_bytes()),
            ] {
                bytes.extend_from_slice(part);
            }
            rows.push(Row(
                index,
                entry.kind.number(),
                entry.time.0,
                record.map_or("", |record| record.action),
                start,
                serialized.len(),
                personal.len(),
                roots.len(),
                head.map_or(0, |_| Hash::LENGTH),
            ));
        }
        if !rows.is_empty() {
            let json = serde_json::to_string(&rows).map_err(|error| DatabaseError(error.to_string()))?;
            database.query(INSERT, &[Value::Text(json), Value::Blob(bytes)])?;
        }
        self.newest = entries.iter().map(|entry| entry.time).fold(self.newest, UnixMillis::max);
        self.sign()?;
        Ok(Written { first, leaves, changed })
    }

    /// Stores one statement of the log about itself and returns where it stands.
    pub fn state(
        &mut self,
        database: &impl Database,
        kind: Kind,
        payload: &[u8],
        time: UnixMillis,
    ) -> Result<u64, DatabaseError> {
        Ok(self.write(database, &[NewEntry { kind, time, payload, record: None }])?.first)
    }

    fn sign(&mut self) -> Result<(), DatabaseError> {
        let signers: Vec<&dyn Signer> = self.signers.iter().map(|key| key as &dyn Signer).collect();
        self.checkpoint = sign_checkpoint(&self.origin, &self.edge.head(), &signers)
            .map_err(|error| DatabaseError(error.to_string()))?;
        Ok(())
    }

    /// The receipt of an entry just written.
    pub fn receipt(&self, index: u64, changed: &TileSet, entry: &[u8], personal: &[u8]) -> Option<String> {
        let nodes = Joined(changed, &self.edge);
        let inclusion = prove_inclusion(LeafIndex(index), self.edge.size(), &nodes).ok()?;
        self.proof(inclusion, entry, personal)
    }

    /// The receipt of any entry, as of now.
    pub fn late_receipt(
        &self,
        database: &impl Database,
        index: u64,
        entry: &[u8],
        personal: &[u8],
    ) -> Result<String, DatabaseError> {
        let broken = |error: &dyn std::fmt::Display| DatabaseError(error.to_string());
        let wanted = inclusion_tiles(LeafIndex(index), self.edge.size()).map_err(|error| broken(&error))?;
        let set = tiles::read_set(database, wanted)?;
        let nodes = Joined(&set, &self.edge);
        let inclusion =
            prove_inclusion(LeafIndex(index), self.edge.size(), &nodes).map_err(|error| broken(&error))?;
        self.proof(inclusion, entry, personal).ok_or_else(unexpected)
    }

    /// The proof carries what it is about, so that nothing else is needed to check it: entry, then erasable part.
    fn proof(
        &self,
        inclusion: consentry_log::InclusionProof,
        entry: &[u8],
        personal: &[u8],
    ) -> Option<String> {
        let extra = serialize_bundle([entry, personal]).ok()?;
        Some(TlogProof { extra: Some(extra), inclusion, checkpoint: self.checkpoint.clone() }.serialize())
    }
}

fn no_key() -> LogError {
    LogError::Key("set the secret CONSENTRY_LOG_KEY; `consentry key new` makes one".into())
}

/// The edge from the leaves and roots of the table, compared with the head stored beside them.
fn read_edge(database: &impl Database) -> Result<(Edge, UnixMillis), DatabaseError> {
    let rows = database.query(
        "SELECT idx, head, (SELECT max(time) FROM (SELECT time FROM entries ORDER BY idx DESC LIMIT 1000)) \
         FROM entries ORDER BY idx DESC LIMIT 1",
        &[],
    )?;
    let Some(row) = rows.into_iter().next() else { return Ok((Edge::new(), UnixMillis(0))) };
    let [index, head, time] = columns(row)?;
    let size = consentry_log::TreeSize(index.as_u64().ok_or_else(unexpected)? + 1);
    let set = tiles::read_set(database, edge_tiles(size))?;
    let edge = Edge::from_tiles(size, &set).map_err(|error| DatabaseError(error.to_string()))?;
    let head = head.as_bytes().map(serialize_hex).unwrap_or_default();
    if edge.head().root.to_hex() != head {
        return Err(DatabaseError(format!(
            "the stored log does not hash to its own head at size {}: it was changed or damaged; restore it from a backup",
            size.0
        )));
    }
    Ok((edge, UnixMillis(time.as_u64().ok_or_else(unexpected)?)))
}

impl<D: Database> SiteObject<D> {
    /// The log, opened if it is not.
    pub(super) fn log(&mut self, now: UnixMillis) -> Result<&mut Log, LogError> {
        if self.log.is_none() {
            self.log = Some(Log::open(&self.database, &self.keys, now)?);
        }
        self.log.as_mut().ok_or_else(|| LogError::Storage(unexpected()))
    }

    /// Runs something that writes to the log. After a failure nothing in memory is believed any more.
    pub(super) fn with_log<T>(
        &mut self,
        now: UnixMillis,
        run: impl FnOnce(&D, &mut Log) -> Result<T, DatabaseError>,
    ) -> Result<T, LogError> {
        self.log(now)?;
        let Some(log) = self.log.as_mut() else { return Err(LogError::Storage(unexpected())) };
        let database = &self.database;
        let done = database.transaction(|| run(database, log));
        if done.is_err() {
            self.log = None;
        }
        done.map_err(LogError::Storage)
    }
}
