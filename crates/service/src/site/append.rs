//! Appending: many waiting requests, one statement, one signature.

use consentry_api::object::{Appended, NewRecord, Sender, SiteReply};
use consentry_core::UnixMillis;
use consentry_core::bytes::decode_hex;
use consentry_log::{Kind, serialize_entry};

use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::log::{Log, LogError, NewEntry, NewRow};
use super::{SiteObject, schema};

/// How far the clocks of those who stamp records may differ, in milliseconds. A record that is further behind the newest one
/// is not logged: the log's times would no longer tell the order of things.
pub const CLOCKS_DIFFER: u64 = 60_000;

/// The records of one waiting request.
pub struct Batch {
    /// In the order they are to be logged.
    pub records: Vec<NewRecord>,
    /// Whose they are, as far as limits go.
    pub sender: Sender,
}

const KNOWN: &str = "SELECT lower(hex(id)), idx, lower(hex(leaf)), time, entry, personal FROM entries \
    WHERE id IN (SELECT unhex(value) FROM json_each(?1))";

/// A record that is in the log already, or comes earlier in the same group.
struct Known {
    index: u64,
    leaf_hash: String,
    time: u64,
    entry: Vec<u8>,
    personal: Vec<u8>,
}

/// What becomes of each record of a group.
enum Fate {
    New(usize),
    Known(usize),
}

impl<D: Database> SiteObject<D> {
    /// Appends the records of many requests with one statement; one reply per request, in order.
    pub fn append_all(&mut self, batches: Vec<Batch>, now: UnixMillis) -> Vec<SiteReply> {
        let mut replies: Vec<Option<SiteReply>> =
            batches.iter().map(|batch| self.admit(batch, now).err()).collect();
        let admitted =
            || batches.iter().zip(&replies).filter(|(_, reply)| reply.is_none()).map(|(batch, _)| batch);
        let records: Vec<&NewRecord> = admitted().flat_map(|batch| &batch.records).collect();
        match self.append(&records, now) {
            Ok(appended) => {
                let mut appended = appended.into_iter();
                for (batch, reply) in batches.iter().zip(&mut replies).filter(|(_, reply)| reply.is_none()) {
                    *reply = Some(SiteReply::Appended(appended.by_ref().take(batch.records.len()).collect()));
                }
            }
            Err(error) => {
                // Whether anything was written is unknown: read the log again before the next write.
                self.log = None;
                let failed = error.reply();
                for reply in replies.iter_mut().filter(|reply| reply.is_none()) {
                    *reply = Some(failed.clone());
                }
            }
        }
        replies.into_iter().flatten().collect()
    }

    /// Lets a batch pass, or says why not.
    fn admit(&mut self, batch: &Batch, now: UnixMillis) -> Result<(), SiteReply> {
        if let Sender::Browser(network) = &batch.sender {
            self.limiter.take(network.as_deref(), batch.records.len(), now).map_err(SiteReply::Busy)?;
        }
        if !self.ready && !schema::exists(&self.database).map_err(|error| SiteReply::Failed(error.0))? {
            return Err(SiteReply::Failed("no policy was ever published for this site".into()));
        }
        self.ready = true;
        let newest = self.log(now).map_err(LogError::reply)?.newest;
        let behind = |record: &NewRecord| record.time + CLOCKS_DIFFER < newest.0;
        if batch.records.iter().any(behind) { Err(SiteReply::Behind(newest.0)) } else { Ok(()) }
    }

    fn append(&mut self, records: &[&NewRecord], now: UnixMillis) -> Result<Vec<Appended>, LogError> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
        let known = self.known(&ids)?;
        self.log(now)?;
        let Some(log) = self.log.as_mut() else { return Err(LogError::Storage(unexpected())) };
        let mut fates = Vec::with_capacity(records.len());
        let mut new: Vec<(&NewRecord, Vec<u8>)> = Vec::with_capacity(records.len());
        let mut seen: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
        for record in records {
            if let Some(at) = known.iter().position(|(id, _)| *id == record.id) {
                fates.push(Fate::Known(at));
            } else if let Some(at) = seen.get(record.id.as_str()) {
                // The same identifier twice in one group is the same record twice.
                fates.push(Fate::New(*at));
            } else {
                seen.insert(&record.id, new.len());
                fates.push(Fate::New(new.len()));
                new.push((record, bytes(&record.evidence)?));
            }
        }
        let entries: Vec<NewEntry> =
            new.iter().map(|(record, evidence)| entry_of(record, evidence)).collect();
        let written = log.write(&self.database, &entries)?;
        let mut told = vec![false; new.len()];
        fates
            .into_iter()
            .map(|fate| match fate {
                Fate::Known(at) => {
                    let (id, known) = known.get(at).ok_or_else(unexpected)?;
                    Ok(self::known(log, &self.database, id, known)?)
                }
                Fate::New(at) => {
                    let (record, evidence) = new.get(at).ok_or_else(unexpected)?;
                    let first_time = told.get_mut(at).is_some_and(|told| !std::mem::replace(told, true));
                    let index = written.first + at as u64;
                    let entry = serialize_entry(Kind::Record, evidence)
                        .map_err(|error| DatabaseError(error.to_string()))?;
                    let proof = log.receipt(index, &written.changed, &entry, &bytes(&record.personal)?);
                    Ok(Appended {
                        id: record.id.clone(),
                        index,
                        leaf_hash: written.leaves.get(at).ok_or_else(unexpected)?.to_hex(),
                        time: record.time,
                        new: first_time,
                        proof: proof.ok_or_else(unexpected)?,
                    })
                }
            })
            .collect()
    }

    fn known(&self, ids: &[&str]) -> Result<Vec<(String, Known)>, DatabaseError> {
        let json = serde_json::to_string(ids).map_err(|error| DatabaseError(error.to_string()))?;
        let rows = self.database.query(KNOWN, &[Value::Text(json)])?;
        rows.into_iter()
            .map(|row| {
                let [id, index, leaf, time, entry, personal] = columns(row)?;
                let known = Known {
                    index: index.as_u64().ok_or_else(unexpected)?,
                    leaf_hash: leaf.into_text().ok_or_else(unexpected)?,
                    time: time.as_u64().ok_or_else(unexpected)?,
                    entry: entry.as_bytes().unwrap_or_default().to_vec(),
                    personal: personal.as_bytes().unwrap_or_default().to_vec(),
                };
                Ok((id.into_text().ok_or_else(unexpected)?, known))
            })
            .collect()
    }

    /// The receipt of a record that is in the log, as of now.
    pub(super) fn receipt(&mut self, id: &str, now: UnixMillis) -> Result<SiteReply, LogError> {
        let known = self.known(&[id])?;
        self.log(now)?;
        let Some(log) = self.log.as_ref() else { return Err(LogError::Storage(unexpected())) };
        match known.first() {
            Some((id, known)) => Ok(SiteReply::Appended(vec![self::known(log, &self.database, id, known)?])),
            None => Ok(SiteReply::Absent),
        }
    }
}

fn entry_of<'a>(record: &'a NewRecord, evidence: &'a [u8]) -> NewEntry<'a> {
    NewEntry {
        kind: Kind::Record,
        time: UnixMillis(record.time),
        payload: evidence,
        record: Some(NewRow {
            action: &record.action,
            id: &record.id,
            subject: &record.subject,
            personal: &record.personal,
        }),
    }
}

fn known(log: &Log, database: &impl Database, id: &str, known: &Known) -> Result<Appended, DatabaseError> {
    Ok(Appended {
        id: id.into(),
        index: known.index,
        leaf_hash: known.leaf_hash.clone(),
        time: known.time,
        new: false,
        proof: log.late_receipt(database, known.index, &known.entry, &known.personal)?,
    })
}

/// Records arrive in hexadecimal from our own Worker; anything else is a fault, not input.
fn bytes(text: &str) -> Result<Vec<u8>, DatabaseError> {
    decode_hex(text).ok_or_else(|| DatabaseError("the record's bytes are not hexadecimal".into()))
}
