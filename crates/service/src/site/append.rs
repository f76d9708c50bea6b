//! Appending: many waiting requests, one statement.

use consentry_api::object::{Appended, NewRecord, SiteReply};
use consentry_core::UnixMillis;
use consentry_core::bytes::serialize_hex;
use consentry_log::{Frontier, Kind, leaf_hash, serialize_entry};
use serde::Serialize;

use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::{SiteObject, schema};

/// The records of one waiting request.
pub struct Batch {
    /// In the order they are to be logged.
    pub records: Vec<NewRecord>,
    /// Stands for the client's network in the rate limit.
    pub client: Option<String>,
}

/// A row on its way into the table, as the one JSON parameter of the insert spells it.
#[derive(Serialize)]
struct NewRow<'a> {
    idx: u64,
    id: &'a str,
    time: u64,
    action: &'a str,
    bytes: String,
    leaf: String,
    frontier: Option<String>,
}

/// One statement with one parameter, however many records: hence one atomic write.
const INSERT: &str = "INSERT INTO records (idx, id, time, action, bytes, leaf, frontier) \
    SELECT value->>'idx', value->>'id', value->>'time', value->>'action', unhex(value->>'bytes'), unhex(value->>'leaf'), \
    unhex(value->>'frontier') FROM json_each(?1)";

const KNOWN: &str =
    "SELECT id, idx, lower(hex(leaf)), time FROM records WHERE id IN (SELECT value FROM json_each(?1))";

impl<D: Database> SiteObject<D> {
    /// Appends the records of many requests with one statement; one reply per request, in order.
    pub fn append_all(&mut self, batches: Vec<Batch>, now: UnixMillis) -> Vec<SiteReply> {
        let mut replies: Vec<Option<SiteReply>> = batches
            .iter()
            .map(|batch| {
                self.limiter
                    .take(batch.client.as_deref(), batch.records.len(), now)
                    .err()
                    .map(SiteReply::Busy)
            })
            .collect();
        let admitted =
            || batches.iter().zip(&replies).filter(|(_, reply)| reply.is_none()).map(|(batch, _)| batch);
        let records: Vec<&NewRecord> = admitted().flat_map(|batch| &batch.records).collect();
        match self.append(&records) {
            Ok(appended) => {
                let mut appended = appended.into_iter();
                for (batch, reply) in batches.iter().zip(&mut replies).filter(|(_, reply)| reply.is_none()) {
                    *reply = Some(SiteReply::Appended(appended.by_ref().take(batch.records.len()).collect()));
                }
            }
            Err(error) => {
                // Whether anything was written is unknown: read the right edge again before the next write.
                self.frontier = None;
                for reply in replies.iter_mut().filter(|reply| reply.is_none()) {
                    *reply = Some(SiteReply::Failed(error.0.clone()));
                }
            }
        }
        replies.into_iter().flatten().collect()
    }

    fn append(&mut self, records: &[&NewRecord]) -> Result<Vec<Appended>, DatabaseError> {
        if !self.ready && !schema::exists(&self.database)? {
            return Err(DatabaseError("no policy was ever published for this site".into()));
        }
        let mut known = self.known(records)?;
        let mut frontier = self.frontier()?;
        let mut rows: Vec<NewRow> = Vec::new();
        let mut appended = Vec::with_capacity(records.len());
        for record in records {
            if let Some(earlier) = known.iter().find(|earlier| earlier.id == record.id) {
                appended.push(Appended { new: false, ..earlier.clone() });
                continue;
            }
            let payload = parse_bytes(&record.bytes)?;
            let entry = serialize_entry(Kind::Record, &payload)
                .map_err(|_| DatabaseError("the record does not fit into a log entry".into()))?;
            let leaf = leaf_hash(&entry);
            let index = frontier.append(leaf).0;
            let fresh = Appended {
                id: record.id.clone(),
                index,
                leaf_hash: leaf.to_hex(),
                time: record.time,
                new: true,
            };
            rows.push(NewRow {
                idx: index,
                id: &record.id,
                time: record.time,
                action: &record.action,
                bytes: record.bytes.clone(),
                leaf: leaf.to_hex(),
                frontier: None,
            });
            // The same identifier twice in one batch is the same record twice.
            known.push(fresh.clone());
            appended.push(fresh);
        }
        if let Some(last) = rows.last_mut() {
            last.frontier = Some(serialize_hex(&frontier.to_bytes()));
            let json = serde_json::to_string(&rows).map_err(|error| DatabaseError(error.to_string()))?;
            self.database.query(INSERT, &[Value::Text(json)])?;
            self.frontier = Some(frontier);
        }
        Ok(appended)
    }

    fn known(&self, records: &[&NewRecord]) -> Result<Vec<Appended>, DatabaseError> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
        let json = serde_json::to_string(&ids).map_err(|error| DatabaseError(error.to_string()))?;
        let rows = self.database.query(KNOWN, &[Value::Text(json)])?;
        rows.into_iter()
            .map(|row| {
                let [id, index, leaf, time] = columns(row)?;
                Ok(Appended {
                    id: id.into_text().ok_or_else(unexpected)?,
                    index: index.as_u64().ok_or_else(unexpected)?,
                    leaf_hash: leaf.into_text().ok_or_else(unexpected)?,
                    time: time.as_u64().ok_or_else(unexpected)?,
                    new: false,
                })
            })
            .collect()
    }

    /// The tree's right edge, from memory or as the newest group commit stored it.
    pub(super) fn frontier(&self) -> Result<Frontier, DatabaseError> {
        if let Some(frontier) = &self.frontier {
            return Ok(frontier.clone());
        }
        let rows = self.database.query(
            "SELECT frontier FROM records WHERE frontier IS NOT NULL ORDER BY idx DESC LIMIT 1",
            &[],
        )?;
        match rows.first().and_then(|row| row.first()) {
            None => Ok(Frontier::new()),
            Some(value) => value
                .as_bytes()
                .and_then(|bytes| Frontier::from_bytes(bytes).ok())
                .ok_or_else(|| DatabaseError("the stored right edge of the log cannot be read".into())),
        }
    }
}

/// Records arrive in hexadecimal from our own Worker; anything else is a fault, not input.
fn parse_bytes(text: &str) -> Result<Vec<u8>, DatabaseError> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect::<Option<Vec<u8>>>()
        .ok_or_else(|| DatabaseError("the record's bytes are not hexadecimal".into()))
}
