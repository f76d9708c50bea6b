//! Erasing: for a person who asks, the part of their records that says who they are.
//!
//! The evidence stays, and says nothing about anybody. Leaf hashes stay for ever, so every proof still verifies: also
//! receipts handed out earlier, which hold what was erased here and are the visitor's own. What is overwritten may live on
//! in the runtime's point-in-time recovery for 30 days, or in the free space of a database file on a disk of one's own.
//!
//! An erased record has no identifier any more. Should a browser send it again, it is a new record: the log could only know
//! it for the old one by keeping what was to be erased.

use consentry_api::object::{SiteReply, Whose};
use consentry_core::UnixMillis;
use consentry_core::statement::{IndexRange, MOST_RANGES, Redaction, RedactionReason, serialize_redaction};
use consentry_log::Kind;

use super::SiteObject;
use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::log::{Log, LogError};

/// Most records erased at a time; whoever calls comes again while so many went.
pub const ERASED_AT_ONCE: u64 = 5_000;

// Two statements, so that each surely finds its rows by an index.
const OF_SUBJECT: &str = "UPDATE entries SET id = NULL, subject = NULL, personal = NULL WHERE idx IN \
    (SELECT idx FROM entries WHERE subject = unhex(?1) LIMIT ?2) RETURNING idx";
const OF_RECORD: &str = "UPDATE entries SET id = NULL, subject = NULL, personal = NULL WHERE idx IN \
    (SELECT idx FROM entries WHERE id = unhex(?1) LIMIT ?2) RETURNING idx";

impl<D: Database> SiteObject<D> {
    /// Erases the erasable part of a visitor's records, or of one record. Where there are none, nothing is appended.
    pub(super) fn erase(
        &mut self,
        whose: &Whose,
        by_visitor: bool,
        now: UnixMillis,
    ) -> Result<SiteReply, LogError> {
        let reason = if by_visitor { RedactionReason::Visitor } else { RedactionReason::Operator };
        let (statement, who) = match whose {
            Whose::Subject(subject) => (OF_SUBJECT, subject),
            Whose::Record(id) => (OF_RECORD, id),
        };
        let erased = self.with_log(now, |database, log| {
            let rows = database.query(statement, &[who.as_str().into(), ERASED_AT_ONCE.into()])?;
            let indexes = indexes(rows)?;
            redact(database, log, reason, &IndexRange::cover(indexes.iter().copied()), now)?;
            Ok(indexes.len() as u64)
        })?;
        Ok(SiteReply::Erased(erased))
    }
}

/// The positions that a statement returned, ascending: SQLite returns them in any order.
pub(super) fn indexes(rows: Vec<Vec<Value>>) -> Result<Vec<u64>, DatabaseError> {
    let mut indexes = rows
        .into_iter()
        .map(|row| {
            let [index] = columns(row)?;
            index.as_u64().ok_or_else(unexpected)
        })
        .collect::<Result<Vec<_>, _>>()?;
    indexes.sort_unstable();
    Ok(indexes)
}

/// Appends what went to the log, in as many entries as it takes.
pub(super) fn redact(
    database: &impl Database,
    log: &mut Log,
    reason: RedactionReason,
    ranges: &[IndexRange],
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    // A clock behind the log must not put it before what it speaks of.
    let time = now.max(log.newest);
    for entries in ranges.chunks(MOST_RANGES) {
        let redaction = Redaction { time, reason, entries: entries.to_vec() };
        log.state(database, Kind::Redaction, &serialize_redaction(&redaction), time)?;
    }
    Ok(())
}
