//! Appending: many waiting requests, one statement, one signature.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use consentry_api::object::{Appended, NewRecord, NewRecords, Sender, SiteReply};
use consentry_core::UnixMillis;
use consentry_core::bytes::{parse_hex, serialize_hex};
use consentry_core::time::CLOCKS_DIFFER;
use consentry_log::{Kind, serialize_entry};

use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::log::{Log, LogError, NewEntry, NewRow, Written};
use super::{SiteObject, schema};

const KNOWN: &str = "SELECT lower(hex(id)), idx, lower(hex(leaf)), time, entry, personal FROM entries \
    WHERE id IN (SELECT unhex(value) FROM json_each(?1))";

/// What SQLite says when a record's identifier is in the table.
const THERE_ALREADY: &str = "UNIQUE constraint failed: entries.id";

/// A record that was in the log before.
struct Known {
    id: [u8; 16],
    index: u64,
    leaf_hash: String,
    time: u64,
    entry: Vec<u8>,
    personal: Vec<u8>,
}

/// Where a record of a group stands: among the new ones, or among those that were there.
#[derive(Clone, Copy)]
enum Place {
    New(usize),
    Known(usize),
}

/// A group commit that has been stored.
struct Stored<'a> {
    places: HashMap<&'a [u8; 16], Place>,
    known: Vec<Known>,
    new: Vec<New<'a>>,
    written: Written,
}

impl<D: Database> SiteObject<D> {
    /// Appends the records of many requests with one statement; one reply per request, in order.
    pub fn append_all(&mut self, batches: Vec<NewRecords>, now: UnixMillis) -> Vec<SiteReply> {
        let refused: Vec<Option<SiteReply>> =
            batches.iter().map(|batch| self.admit(batch, now).err()).collect();
        let admitted: Vec<&NewRecords> = batches
            .iter()
            .zip(&refused)
            .filter(|(_, reply)| reply.is_none())
            .map(|(batch, _)| batch)
            .collect();
        let mut answers = match self.append(&admitted, now) {
            Ok(answers) => answers,
            Err(error) => {
                // Whether anything was written is unknown: read the log again before the next write.
                self.log = None;
                vec![error.reply(); admitted.len()]
            }
        }
        .into_iter();
        let unanswered = || SiteReply::Failed("the record was not looked at".into());
        refused.into_iter().map(|reply| reply.or_else(|| answers.next()).unwrap_or_else(unanswered)).collect()
    }

    /// Lets a batch pass, or says why not.
    fn admit(&mut self, batch: &NewRecords, now: UnixMillis) -> Result<(), SiteReply> {
        if let Sender::Browser(network) = &batch.sender {
            self.limiter.take(network.as_deref(), batch.records.len(), now).map_err(SiteReply::Busy)?;
        }
        if !self.ready {
            let failed = |error: DatabaseError| SiteReply::Failed(error.0);
            if !schema::exists(&self.database).map_err(failed)? {
                return Err(SiteReply::Failed("no policy was ever published for this site".into()));
            }
            // A record may be the first thing that comes after a new version of this code.
            schema::migrate(&self.database).map_err(failed)?;
            self.ready = true;
        }
        let newest = self.log(now).map_err(LogError::reply)?.newest;
        let behind = |record: &NewRecord| record.time + CLOCKS_DIFFER < newest.0;
        if batch.records.iter().any(behind) { Err(SiteReply::Behind(newest.0)) } else { Ok(()) }
    }

    fn append(&mut self, batches: &[&NewRecords], now: UnixMillis) -> Result<Vec<SiteReply>, LogError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let records: Vec<&NewRecord> = batches.iter().flat_map(|batch| &batch.records).collect();
        // Nearly every record is new, and the table knows better than a question beforehand whether all are.
        let mut stored = match self.store(&records, Vec::new(), now)? {
            Some(stored) => stored,
            None => {
                let known = self.known(records.iter().map(|record| &record.id))?;
                self.store(&records, known, now)?.ok_or_else(unexpected)?
            }
        };
        let Some(log) = self.log.as_ref() else { return Err(LogError::Storage(unexpected())) };
        let replies = batches.iter().map(|batch| match &batch.sender {
            Sender::Operator => stored.indexes(&batch.records).map(SiteReply::Indexes),
            Sender::Browser(_) => {
                let appended = batch.records.iter().map(|record| stored.receipt(log, &self.database, record));
                appended.collect::<Result<_, _>>().map(SiteReply::Appended)
            }
        });
        Ok(replies.collect::<Result<_, DatabaseError>>()?)
    }

    /// Stores the records that are not among the known ones; `None`, and nothing is changed, when the table knows others.
    fn store<'a>(
        &mut self,
        records: &[&'a NewRecord],
        known: Vec<Known>,
        now: UnixMillis,
    ) -> Result<Option<Stored<'a>>, LogError> {
        let there: HashMap<&[u8; 16], usize> =
            known.iter().enumerate().map(|(at, known)| (&known.id, at)).collect();
        let mut places: HashMap<&[u8; 16], Place> = HashMap::with_capacity(records.len());
        let mut new: Vec<New> = Vec::with_capacity(records.len());
        for record in records {
            // The same identifier twice in one group is the same record twice.
            if let Entry::Vacant(vacant) = places.entry(&record.id) {
                match there.get(&record.id) {
                    Some(at) => drop(vacant.insert(Place::Known(*at))),
                    None => {
                        vacant.insert(Place::New(new.len()));
                        new.push(New { record, told: false });
                    }
                }
            }
        }
        drop(there);
        self.log(now)?;
        let Some(log) = self.log.as_mut() else { return Err(LogError::Storage(unexpected())) };
        let entries: Vec<NewEntry> = new.iter().map(New::entry).collect();
        let edge = log.edge.clone();
        let written = match log.write(&self.database, &entries) {
            Ok(written) => written,
            // The statement as a whole was refused, so the edge is what it was.
            Err(error) if error.0.contains(THERE_ALREADY) => {
                log.edge = edge;
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        drop(entries);
        Ok(Some(Stored { places, known, new, written }))
    }

    fn known<'a>(&self, ids: impl Iterator<Item = &'a [u8; 16]>) -> Result<Vec<Known>, DatabaseError> {
        let ids: Vec<String> = ids.map(|id| serialize_hex(id)).collect();
        let json = serde_json::to_string(&ids).map_err(|error| DatabaseError(error.to_string()))?;
        let rows = self.database.query(KNOWN, &[Value::Text(json)])?;
        rows.into_iter()
            .map(|row| {
                let [id, index, leaf, time, entry, personal] = columns(row)?;
                Ok(Known {
                    id: id.into_text().and_then(|id| parse_hex(&id)).ok_or_else(unexpected)?,
                    index: index.as_u64().ok_or_else(unexpected)?,
                    leaf_hash: leaf.into_text().ok_or_else(unexpected)?,
                    time: time.as_u64().ok_or_else(unexpected)?,
                    entry: entry.as_bytes().unwrap_or_default().to_vec(),
                    personal: personal.as_bytes().unwrap_or_default().to_vec(),
                })
            })
            .collect()
    }

    /// The receipt of a record that is in the log, as of now.
    pub(super) fn receipt(&mut self, id: &str, now: UnixMillis) -> Result<SiteReply, LogError> {
        let Some(id) = parse_hex(id) else { return Ok(SiteReply::Absent) };
        let known = self.known([&id].into_iter())?;
        self.log(now)?;
        let Some(log) = self.log.as_ref() else { return Err(LogError::Storage(unexpected())) };
        match known.first() {
            Some(known) => Ok(SiteReply::Appended(vec![self::known(log, &self.database, known)?])),
            None => Ok(SiteReply::Absent),
        }
    }
}

impl Stored<'_> {
    fn place(&self, record: &NewRecord) -> Result<Place, DatabaseError> {
        self.places.get(&record.id).copied().ok_or_else(unexpected)
    }

    fn indexes(&self, records: &[NewRecord]) -> Result<Vec<u64>, DatabaseError> {
        let index = |record| match self.place(record)? {
            Place::New(at) => Ok(self.written.first + at as u64),
            Place::Known(at) => Ok(self.known.get(at).ok_or_else(unexpected)?.index),
        };
        records.iter().map(index).collect()
    }

    fn receipt(
        &mut self,
        log: &Log,
        database: &impl Database,
        record: &NewRecord,
    ) -> Result<Appended, DatabaseError> {
        let at = match self.place(record)? {
            Place::Known(at) => {
                return self::known(log, database, self.known.get(at).ok_or_else(unexpected)?);
            }
            Place::New(at) => at,
        };
        let new = self.new.get_mut(at).ok_or_else(unexpected)?;
        let index = self.written.first + at as u64;
        let entry = serialize_entry(Kind::Record, &new.record.evidence)
            .map_err(|error| DatabaseError(error.to_string()))?;
        let proof = log.receipt(index, &self.written.changed, &entry, &new.record.personal);
        Ok(Appended {
            id: serialize_hex(&record.id),
            index,
            leaf_hash: self.written.leaves.get(at).ok_or_else(unexpected)?.to_hex(),
            time: new.record.time,
            // Who asks second in one group gets the first one's record.
            new: !std::mem::replace(&mut new.told, true),
            proof: proof.ok_or_else(unexpected)?,
        })
    }
}

/// A record that was not there, and whether somebody was told that it is new.
struct New<'a> {
    record: &'a NewRecord,
    told: bool,
}

impl New<'_> {
    fn entry(&self) -> NewEntry<'_> {
        NewEntry {
            kind: Kind::Record,
            time: UnixMillis(self.record.time),
            payload: &self.record.evidence,
            record: Some(NewRow {
                action: &self.record.action,
                id: self.record.id,
                subject: self.record.subject,
                personal: &self.record.personal,
            }),
        }
    }
}

fn known(log: &Log, database: &impl Database, known: &Known) -> Result<Appended, DatabaseError> {
    Ok(Appended {
        id: serialize_hex(&known.id),
        index: known.index,
        leaf_hash: known.leaf_hash.clone(),
        time: known.time,
        new: false,
        proof: log.late_receipt(database, known.index, &known.entry, &known.personal)?,
    })
}
