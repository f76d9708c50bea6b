//! The tables of a site's object, and how they came to be.

use super::database::{Database, DatabaseError};

/// Statements in order; an object remembers how many it has run. Never edit one that shipped, append another.
///
/// `entries` is the log. `entry` holds the very bytes that are hashed and goes when its time is over; `leaf`, their hash, stays.
/// `id`, `subject` and `personal` go when somebody is erased. `roots` is set where an entry completes a tile: the roots of
/// the tiles it completes, lowest level first. `head` is set on the last entry of each commit: the root of the tree that ends
/// there. Both travel in the statement that stores their entries, so neither can be there without the other. `uses` says what
/// tokens were used for, the newest times of each. `counts` holds numbers and nothing of anybody; a day is one since 1970.
const STEPS: &[&str] = &[
    "CREATE TABLE entries (idx INTEGER PRIMARY KEY, kind INTEGER NOT NULL, time INTEGER NOT NULL, action TEXT NOT NULL, \
     entry BLOB, leaf BLOB NOT NULL, id BLOB UNIQUE, subject BLOB, personal BLOB, roots BLOB, head BLOB)",
    "CREATE INDEX entries_by_subject ON entries (subject) WHERE subject IS NOT NULL",
    "CREATE INDEX statements ON entries (kind, idx) WHERE kind != 1",
    "CREATE TABLE policies (version INTEGER PRIMARY KEY, hash TEXT NOT NULL, json TEXT NOT NULL, published INTEGER NOT NULL, \
     gate_hash TEXT NOT NULL, banner_hash TEXT NOT NULL, entry INTEGER NOT NULL)",
    "CREATE TABLE tokens (id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, expires INTEGER NOT NULL, \
     revoked INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "ALTER TABLE tokens ADD COLUMN scope TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE tokens ADD COLUMN created INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tokens ADD COLUMN uses INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tokens ADD COLUMN last_used INTEGER",
    "CREATE TABLE uses (token TEXT NOT NULL, nth INTEGER NOT NULL, time INTEGER NOT NULL, path TEXT NOT NULL, \
     filters TEXT NOT NULL, format TEXT NOT NULL, link INTEGER NOT NULL, PRIMARY KEY (token, nth))",
    "CREATE TABLE counts (day INTEGER NOT NULL, jurisdiction TEXT NOT NULL, language TEXT NOT NULL, event TEXT NOT NULL, \
     n INTEGER NOT NULL, PRIMARY KEY (day, jurisdiction, language, event)) WITHOUT ROWID",
];

/// Whether any table was ever made here.
pub fn exists(database: &impl Database) -> Result<bool, DatabaseError> {
    Ok(!database
        .query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'steps'", &[])?
        .is_empty())
}

/// Runs the steps that this object has not run yet.
pub fn migrate(database: &impl Database) -> Result<(), DatabaseError> {
    database.transaction(|| {
        database.query("CREATE TABLE IF NOT EXISTS steps (step INTEGER PRIMARY KEY)", &[])?;
        let rows = database.query("SELECT count(*) FROM steps", &[])?;
        let done = rows.first().and_then(|row| row.first()).and_then(|value| value.as_u64()).unwrap_or(0);
        for (step, statement) in STEPS.iter().enumerate().skip(done as usize) {
            database.query(statement, &[])?;
            database.query("INSERT INTO steps VALUES (?1)", &[(step as u64).into()])?;
        }
        Ok(())
    })
}
