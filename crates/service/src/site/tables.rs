//! The rest of a site's storage: pages of entries, numbers.

use consentry_api::object::{PageRequest, SiteReply, SiteStats, StoredEntry, TimeRange};
use consentry_core::UnixMillis;

use super::SiteObject;
use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::log::LogError;

/// Most records in one page: 1,000 of about 500 bytes stay well below what one answer between Worker and object should carry.
pub const LARGEST_PAGE: u32 = 1_000;

impl<D: Database> SiteObject<D> {
    /// A page as the JSON of its reply. SQLite writes all of it at once: an export reads every row of the log, and each value
    /// that crosses the border alone costs more than reading it.
    pub(super) fn page(&self, request: &PageRequest) -> Result<String, DatabaseError> {
        let limit = request.limit.clamp(1, LARGEST_PAGE);
        let sql = format!(
            "SELECT json_group_array(json_array({ENTRY})), count(*), max(idx) FROM (SELECT * FROM entries WHERE idx >= ?1 \
             AND (?2 IS NULL OR idx < ?2) AND (kind != 1 OR ((?3 IS NULL OR time >= ?3) AND (?4 IS NULL OR time < ?4))) \
             AND (?5 IS NULL OR action = ?5) ORDER BY idx LIMIT ?6)"
        );
        let rows = self.database.query(
            &sql,
            &[
                request.start.into(),
                optional(request.end),
                optional(request.from),
                optional(request.to),
                request.action.as_deref().map_or(Value::Null, Value::from),
                limit.into(),
            ],
        )?;
        let [entries, count, last] = columns(rows.into_iter().next().ok_or_else(unexpected)?)?;
        let entries = entries.into_text().ok_or_else(unexpected)?;
        let full = count.as_u64() == Some(limit.into());
        let next =
            last.as_u64().filter(|_| full).map_or_else(|| "null".into(), |last| (last + 1).to_string());
        Ok(format!("{{\"Page\":[{entries},{next}]}}"))
    }

    pub(super) fn find(&self, id: &str) -> Result<Option<StoredEntry>, DatabaseError> {
        let sql = format!("SELECT {ENTRY} FROM entries WHERE id = unhex(?1)");
        self.database.query(&sql, &[id.into()])?.into_iter().next().map(stored).transpose()
    }

    /// Several records, in the order asked for. One statement each: SQLite finds each by its index, and nothing leaves the object
    /// in between.
    pub(super) fn find_all(&self, ids: &[String]) -> Result<SiteReply, DatabaseError> {
        let found = ids.iter().take(LARGEST_PAGE as usize).map(|id| self.find(id));
        let entries = found.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(SiteReply::Page(entries, None))
    }

    /// Numbers of the records received in a stretch of time, and of the whole log.
    pub(super) fn stats(&mut self, range: TimeRange, now: UnixMillis) -> Result<SiteStats, LogError> {
        let rows = self.database.query(
            "SELECT CASE WHEN entry IS NULL THEN 'redacted' ELSE action END AS word, count(*) FROM entries WHERE kind = 1 \
             AND (?1 IS NULL OR time >= ?1) AND (?2 IS NULL OR time < ?2) GROUP BY word ORDER BY word",
            &[optional(range.from), optional(range.to)],
        )?;
        let actions = rows
            .into_iter()
            .map(|row| {
                let [action, count] = columns(row)?;
                Ok((action.into_text().ok_or_else(unexpected)?, count.as_u64().ok_or_else(unexpected)?))
            })
            .collect::<Result<Vec<_>, DatabaseError>>()?;
        let policy = self.policy(None)?.map_or(0, |policy| policy.version);
        let head = self.log(now)?.edge.head();
        Ok(SiteStats {
            records: actions.iter().map(|(_, count)| count).sum(),
            entries: head.size.0,
            root: head.root.to_hex(),
            actions,
            policy,
        })
    }
}

/// The columns of a [`StoredEntry`].
pub(super) const ENTRY: &str = "idx, kind, time, hex(entry), hex(personal), hex(leaf)";

fn optional(number: Option<u64>) -> Value {
    number.map_or(Value::Null, Value::from)
}

pub(super) fn stored(row: Vec<Value>) -> Result<StoredEntry, DatabaseError> {
    let [index, kind, time, entry, personal, leaf] = columns(row)?;
    Ok((
        index.as_u64().ok_or_else(unexpected)?,
        kind.as_u64().and_then(|kind| u8::try_from(kind).ok()).ok_or_else(unexpected)?,
        time.as_u64().ok_or_else(unexpected)?,
        entry.into_text().ok_or_else(unexpected)?,
        personal.into_text().ok_or_else(unexpected)?,
        leaf.into_text().ok_or_else(unexpected)?,
    ))
}
