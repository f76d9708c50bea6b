//! Retention: what was kept long enough goes, by itself. And when the object's alarm rings for it.
//!
//! Of a pruned record its position, its time and its leaf hash stay: what proofs need, and what an export needs to show it
//! as redacted rather than missing. What the log says of itself is never pruned.

use consentry_api::object::SiteReply;
use consentry_core::statement::{IndexRange, RedactionReason};
use consentry_core::time::{DAY, longest_months};
use consentry_core::{SiteId, UnixMillis};

use super::SiteObject;
use super::counts::counted_below;
use super::database::{Database, DatabaseError, Value};
use super::erase::{indexes, redact};
use super::log::LogError;

/// Most records pruned at a time: what one turn of the object can do without keeping visitors waiting.
pub const PRUNED_AT_ONCE: u64 = 5_000;

/// From one alarm to the next while there is more to prune, in milliseconds.
const AT_ONCE: u64 = 1_000;
/// From one alarm to the next while a log of several parts grows, in milliseconds: how long the first part may go without
/// committing to what the others hold.
pub const SEALED_EVERY: u64 = 60_000;
/// The same while such a log is idle.
const SEALED_IDLE: u64 = 60 * SEALED_EVERY;

impl<D: Database> SiteObject<D> {
    /// Prunes records whose time is over, [`PRUNED_AT_ONCE`] at most. The reply says how many went; whoever calls comes again
    /// while so many did.
    pub(super) fn retain(&mut self, now: UnixMillis) -> Result<SiteReply, LogError> {
        let kept = longest_months(self.log(now)?.settings.record_months);
        let cutoff = UnixMillis(now.0.saturating_sub(kept));
        let reason = RedactionReason::Retention { cutoff };
        // Counted first: what they were counted as outlives them. What this turn has no time to count stays for the next.
        self.count_up()?;
        let counted = counted_below(&self.database)?;
        let pruned = self.with_log(now, |database, log| {
            let start = pruned_below(database)?;
            // Times are in order but for the difference of clocks; stopping at the first that must stay leaves no holes.
            let stop = database.query(
                "SELECT idx FROM (SELECT idx, time FROM entries WHERE idx >= ?1 AND kind = 1 ORDER BY idx LIMIT ?2) \
                 WHERE time >= ?3 ORDER BY idx LIMIT 1",
                &[start.into(), PRUNED_AT_ONCE.into(), cutoff.0.into()],
            )?;
            let stop = stop.first().and_then(|row| row.first()).and_then(Value::as_u64);
            let rows = database.query(
                "UPDATE entries SET entry = NULL, action = '', id = NULL, subject = NULL, personal = NULL WHERE idx IN \
                 (SELECT idx FROM entries WHERE idx >= ?1 AND idx < ?2 AND kind = 1 ORDER BY idx LIMIT ?3) RETURNING idx",
                &[start.into(), stop.unwrap_or(log.size()).min(counted).into(), PRUNED_AT_ONCE.into()],
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

    /// The site and the number of its log's parts, if this is the first of several: the one that commits to the others.
    pub fn leads(&self) -> Option<(SiteId, u8)> {
        let settings = self.settings().filter(|settings| settings.shard == 0)?;
        let sql = "SELECT max(json_extract(json, '$.log.shards')) FROM policies";
        let rows = self.database.query(sql, &[]).ok()?;
        let parts = rows.first().and_then(|row| row.first()).and_then(Value::as_u64)?;
        let parts = u8::try_from(parts).ok().filter(|parts| *parts > 1)?;
        Some((SiteId::parse(&settings.site)?, parts))
    }

    /// In how many milliseconds the alarm is to ring again after it has pruned so many records. A day is soon enough for what
    /// is kept for months. The first of several parts waits as long again as nothing has happened to it, an hour at most: an
    /// idle log is not woken every minute, nor does it need a memory of how long it has slept.
    pub fn next_alarm(&mut self, pruned: u64, now: UnixMillis) -> u64 {
        if pruned >= PRUNED_AT_ONCE || self.uncounted {
            return AT_ONCE;
        }
        if self.leads().is_none() {
            return DAY;
        }
        // Without a log (there is no key) nothing can be sealed either.
        let idle = self.log(now).map_or(SEALED_IDLE, |log| now.0.abs_diff(log.newest.0));
        idle.clamp(SEALED_EVERY, SEALED_IDLE)
    }
}

/// The index below which no record is left.
fn pruned_below(database: &impl Database) -> Result<u64, DatabaseError> {
    let rows = database.query("SELECT value FROM settings WHERE name = 'pruned'", &[])?;
    let text = rows.into_iter().flatten().next().and_then(Value::into_text);
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}
