//! Numbers by day, jurisdiction and language: how often the banner was shown, and what was decided. None of them names anybody.
//!
//! # Two kinds
//!
//! Decisions are counted from the log itself, never on the way into it: a group commit stays one statement, and what was
//! counted is exact whatever happens. `counted` says up to where the log has been counted; it moves in the transaction that adds
//! the numbers up, so a crash leaves both or neither. The alarm counts, whoever wants to read the numbers does before, and so
//! does retention before it takes records away: their numbers stay.
//!
//! That the first layer was shown leaves no record. It is added up in memory and stored once a second at most; a crash may
//! lose that second. Nothing is promised to anybody with these numbers, and one write for each page view is not worth them.

use std::collections::BTreeMap;

use consentry_api::object::{CountKey, CountRequest, Seen, Sender, SiteReply};
use consentry_api::stats::Event;
use consentry_core::record::AttestedBy;
use consentry_core::time::DAY;
use consentry_core::{UnixMillis, parse_evidence};
use consentry_log::parse_entry;

use super::SiteObject;
use super::database::{Database, DatabaseError, Value, columns, unexpected};
use super::retain::PRUNED_AT_ONCE;

/// Most records counted at a time: what one turn of the object can do without keeping visitors waiting, and no fewer than one
/// turn prunes.
pub const COUNTED_AT_ONCE: u64 = PRUNED_AT_ONCE;
/// Most different numbers waiting in memory. More than a site's places and languages come to in a second; beyond it they are
/// stored at once.
const MOST_WAITING: usize = 1_000;
/// Numbers in one page.
const PAGE: u64 = 5_000;

/// Numbers on their way into the table.
pub(super) type Tally = BTreeMap<CountKey, u64>;

const ADD: &str = "INSERT INTO counts (day, jurisdiction, language, event, n) \
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?1) WHERE true \
    ON CONFLICT (day, jurisdiction, language, event) DO UPDATE SET n = n + excluded.n";
const READ: &str = "SELECT json_group_array(json_array(json_array(day, jurisdiction, language, event), n)), count(*) FROM \
    (SELECT * FROM counts WHERE (day, jurisdiction, language, event) > (?1, ?2, ?3, ?4) AND day < ?5 \
    ORDER BY day, jurisdiction, language, event LIMIT ?6)";

impl<D: Database> SiteObject<D> {
    /// Adds to the numbers in memory, unless this sender has said too much lately.
    pub(super) fn count(&mut self, seen: Seen, now: UnixMillis) -> Result<SiteReply, DatabaseError> {
        if let Sender::Browser(network) = &seen.sender
            && let Err(seconds) = self.reports.take(network.as_deref(), 1, now)
        {
            return Ok(SiteReply::Busy(seconds));
        }
        let key = (now.0 / DAY, seen.jurisdiction, seen.language, seen.event);
        *self.tally.entry(key).or_default() += 1;
        if self.tally.len() >= MOST_WAITING {
            self.store_tally()?;
        }
        Ok(SiteReply::Flag(true))
    }

    /// Stores the numbers that are only in memory. After a failure they stay there.
    pub fn store_tally(&mut self) -> Result<(), DatabaseError> {
        if !self.tally.is_empty() {
            add(&self.database, &self.tally)?;
            self.tally.clear();
        }
        Ok(())
    }

    /// Counts records that are not counted yet, [`COUNTED_AT_ONCE`] at most, and stores what is in memory. True when there may be
    /// more.
    pub(super) fn count_up(&mut self) -> Result<bool, DatabaseError> {
        self.store_tally()?;
        let start = counted_below(&self.database)?;
        let rows = self.database.query(
            "SELECT idx, entry FROM entries WHERE idx >= ?1 AND kind = 1 AND entry IS NOT NULL ORDER BY idx LIMIT ?2",
            &[start.into(), COUNTED_AT_ONCE.into()],
        )?;
        self.uncounted = rows.len() as u64 == COUNTED_AT_ONCE;
        let mut tally = Tally::new();
        let mut next = start;
        for row in rows {
            let [index, entry] = columns(row)?;
            next = index.as_u64().ok_or_else(unexpected)? + 1;
            // What cannot be read is for whoever verifies the log to report; the other numbers are as good as ever.
            if let Some(key) = entry.as_bytes().and_then(key_of) {
                *tally.entry(key).or_default() += 1;
            }
        }
        if next > start {
            self.database.transaction(|| {
                add(&self.database, &tally)?;
                self.database.query(
                    "INSERT OR REPLACE INTO settings (name, value) VALUES ('counted', ?1)",
                    &[Value::Text(next.to_string())],
                )
            })?;
        }
        Ok(self.uncounted)
    }

    /// A page of the numbers.
    pub(super) fn counts(&self, request: CountRequest) -> Result<SiteReply, DatabaseError> {
        let (day, jurisdiction, language, event) =
            request.after.unwrap_or_else(|| (request.from, String::new(), String::new(), String::new()));
        let parameters = [
            day.into(),
            Value::Text(jurisdiction),
            Value::Text(language),
            Value::Text(event),
            request.to.into(),
            PAGE.into(),
        ];
        let rows = self.database.query(READ, &parameters)?;
        let [json, count] = columns(rows.into_iter().next().ok_or_else(unexpected)?)?;
        let rows = serde_json::from_str(&json.into_text().ok_or_else(unexpected)?);
        let rows = rows.map_err(|error| DatabaseError(format!("the numbers cannot be read: {error}")))?;
        Ok(SiteReply::Counts(rows, count.as_u64() == Some(PAGE)))
    }
}

/// The index below which every record is counted.
pub(super) fn counted_below(database: &impl Database) -> Result<u64, DatabaseError> {
    let rows = database.query("SELECT value FROM settings WHERE name = 'counted'", &[])?;
    let text = rows.into_iter().flatten().next().and_then(Value::into_text);
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn add(database: &impl Database, tally: &Tally) -> Result<(), DatabaseError> {
    if tally.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = tally
        .iter()
        .map(|((day, jurisdiction, language, event), n)| (day, jurisdiction, language, event, n))
        .collect();
    let json = serde_json::to_string(&rows).map_err(|error| DatabaseError(error.to_string()))?;
    database.query(ADD, &[Value::Text(json)]).map(drop)
}

/// What a record counts as. What the operator collected elsewhere is none of the banner's doing.
fn key_of(entry: &[u8]) -> Option<CountKey> {
    let evidence = parse_evidence(parse_entry(entry).ok()?.payload).ok()?;
    let event = Event::of(evidence.action).as_str().to_owned();
    let day = evidence.server_time.0 / DAY;
    (evidence.attested_by == AttestedBy::Edge)
        .then(|| (day, evidence.jurisdiction.to_string(), evidence.language, event))
}
