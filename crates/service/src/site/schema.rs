//! The tables of a site's object, and how they came to be.

use super::database::{Database, DatabaseError};

/// Statements in order; an object remembers how many it has run. Never edit one that shipped, append another.
///
/// `records.frontier` is set on the last record of each group commit: the log's right edge is stored by the same statement
/// as the records it covers, so neither can be there without the other.
const STEPS: &[&str] = &[
    "CREATE TABLE records (idx INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, action TEXT NOT NULL, \
     bytes BLOB NOT NULL, leaf BLOB NOT NULL, frontier BLOB)",
    "CREATE TABLE policies (version INTEGER PRIMARY KEY, hash TEXT NOT NULL, json TEXT NOT NULL, published INTEGER NOT NULL, \
     gate_hash TEXT NOT NULL, banner_hash TEXT NOT NULL)",
    "CREATE TABLE tokens (id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, expires INTEGER NOT NULL, \
     revoked INTEGER NOT NULL DEFAULT 0)",
];

/// Whether any table was ever made here.
pub fn exists(database: &impl Database) -> Result<bool, DatabaseError> {
    Ok(!database
        .query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'steps'", &[])?
        .is_empty())
}

/// Runs the steps that this object has not run yet.
pub fn migrate(database: &impl Database) -> Result<(), DatabaseError> {
    database.query("CREATE TABLE IF NOT EXISTS steps (step INTEGER PRIMARY KEY)", &[])?;
    let rows = database.query("SELECT count(*) FROM steps", &[])?;
    let done = rows.first().and_then(|row| row.first()).and_then(|value| value.as_u64()).unwrap_or(0);
    for (step, statement) in STEPS.iter().enumerate().skip(done as usize) {
        database.query(statement, &[])?;
        database.query("INSERT INTO steps VALUES (?1)", &[(step as u64).into()])?;
    }
    Ok(())
}
