//! Erasing: for a person who asks, and for everything that was kept long enough. The log says what went, and why.
//!
//! A person's erasure takes the erasable part of their records; the evidence stays, and says nothing about anybody. When a
//! record's time is over its evidence goes too. Leaf hashes stay for ever, so every proof still verifies. What is overwritten
//! may live on in the runtime's point-in-time recovery for 30 days.

use consentry_api::object::SiteReply;
use consentry_core::UnixMillis;
use consentry_core::statement::{IndexRange, MOST_RANGES, Redaction, RedactionReason, serialize_redaction};
use consentry_log::Kind;

use super::SiteObject;
use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::log::{Log, LogError};

/// Most entries pruned at a time: what one turn of the object can do without keeping visitors waiting.
pub const PRUNED_AT_ONCE: u64 = 5_000;

const DAY: u64 = 86_400_000;

/// How long so many months can be, in milliseconds: no run of calendar months is longer than 30.5 days each and two more.
const fn longest_months(months: u16) -> u64 {
    months as u64 * (DAY * 61 / 2) + 2 * DAY
}

impl<D: Database> SiteObject<D> {
    /// Erases the erasable part of one visitor's records, or of one record.
    pub(super) fn erase(
        &mut self,
        subject: Option<&str>,
        id: Option<&str>,
        by_visitor: bool,
        now: UnixMillis,
    ) -> Result<SiteReply, LogError> {
        let reason = if by_visitor { RedactionReason::Visitor } else { RedactionReason::Operator };
        let whose = [subject.map_or(Value::Null, Value::from), id.map_or(Value::Null, Value::from)];
        let erased = self.with_log(now, |database, log| {
            let rows = database.query(
                "UPDATE entries SET id = NULL, subject = NULL, personal = NULL \
                 WHERE (?1 IS NOT NULL AND subject = unhex(?1)) OR (?2 IS NOT NULL AND id = unhex(?2)) RETURNING idx",
                &whose,
            )?;
            let indexes = indexes(rows)?;
            redact(database, log, reason, &IndexRange::cover(indexes.iter().copied()), now)?;
            Ok(indexes.len() as u64)
        })?;
        Ok(SiteReply::Erased(erased))
    }

    /// Prunes records whose time is over, [`PRUNED_AT_ONCE`] at most. The reply says how many went; whoever calls comes again
    /// while any did.
    pub(super) fn retain(&mut self, now: UnixMillis) -> Result<SiteReply, LogError> {
        let kept = longest_months(self.log(now)?.settings.record_months);
        let cutoff = UnixMillis(now.0.saturating_sub(kept));
        let reason = RedactionReason::Retention { cutoff };
        let pruned = self.with_log(now, |database, log| {
            let start = pruned_below(database)?;
            // Times are in order but for the difference of clocks; stopping at the first that must stay leaves no holes.
            let stop = database.query(
                "SELECT idx FROM entries WHERE idx >= ?1 AND kind = 1 AND time >= ?2 ORDER BY idx LIMIT 1",
                &[start.into(), cutoff.0.into()],
            )?;
            let stop = stop.first().and_then(|row| row.first()).and_then(Value::as_u64);
            let rows = database.query(
                "UPDATE entries SET entry = NULL, id = NULL, subject = NULL, personal = NULL WHERE idx IN \
                 (SELECT idx FROM entries WHERE idx >= ?1 AND idx < ?2 AND kind = 1 ORDER BY idx LIMIT ?3) RETURNING idx",
                &[start.into(), stop.unwrap_or(log.size()).into(), PRUNED_AT_ONCE.into()],
            )?;
            let indexes = indexes(rows)?;
            if let Some(last) = indexes.last() {
                // From the beginning: a minimum index, below which no record is left.
                redact(database, log, reason, &[IndexRange { start: 0, end: last + 1 }], now)?;
                database.query(
                    "INSERT OR REPLACE INTO settings (name, value) VALUES ('pruned', ?1)",
                    &[Value::Text((last + 1).to_string())],
                )?;
            }
            Ok(indexes.len() as u64)
        })?;
        Ok(SiteReply::Erased(pruned))
    }
}

/// The index below which no record is left.
fn pruned_below(database: &impl Database) -> Result<u64, DatabaseError> {
    let rows = database.query("SELECT value FROM settings WHERE name = 'pruned'", &[])?;
    let text = rows.into_iter().flatten().next().and_then(Value::into_text);
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn indexes(rows: Vec<Vec<Value>>) -> Result<Vec<u64>, DatabaseError> {
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
fn redact(
    database: &impl Database,
    log: &mut Log,
    reason: RedactionReason,
    ranges: &[IndexRange],
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    let time = now.max(log.newest);
    for entries in ranges.chunks(MOST_RANGES) {
        let redaction = Redaction { time, reason, entries: entries.to_vec() };
        log.state(database, Kind::Redaction, &serialize_redaction(&redaction), time)?;
    }
    Ok(())
}
