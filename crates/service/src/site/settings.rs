//! What an object remembers of its log besides the entries: its name, its part, its key, how long records are kept. And
//! the secret that signs its links.

use consentry_api::object::LogSettings;
use consentry_core::bytes::{parse_hex, serialize_hex};
use serde::{Deserialize, Serialize};

use super::database::{Database, DatabaseError, Value, unexpected};

/// The settings as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    pub log: LogSettings,
    /// The verifier key of whoever signs; none before the first opening.
    pub key: Option<String>,
}

/// `None` before the first policy.
pub(super) fn read(database: &impl Database) -> Result<Option<Stored>, DatabaseError> {
    let rows = database.query("SELECT value FROM settings WHERE name = 'log'", &[])?;
    let Some(text) = rows.into_iter().flatten().next().and_then(Value::into_text) else { return Ok(None) };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| DatabaseError(format!("the stored settings cannot be read: {error}")))
}

/// Stores what the operator's newest policy says. Site, part and origin are for ever: the first ones stay.
pub(super) fn accept(database: &impl Database, new: &LogSettings) -> Result<Stored, DatabaseError> {
    let stored = match read(database)? {
        Some(Stored { log, key }) => {
            Stored { log: LogSettings { record_months: new.record_months, ..log }, key }
        }
        None => Stored { log: new.clone(), key: None },
    };
    write(database, &stored)?;
    Ok(stored)
}

pub(super) fn write(database: &impl Database, stored: &Stored) -> Result<(), DatabaseError> {
    let json = serde_json::to_string(stored).map_err(|error| DatabaseError(error.to_string()))?;
    database
        .query("INSERT OR REPLACE INTO settings (name, value) VALUES ('log', ?1)", &[Value::Text(json)])?;
    Ok(())
}

/// The secret that signs links; `None` before the first one. It is made once and never leaves the object.
pub(super) fn link_key(database: &impl Database) -> Result<Option<[u8; 32]>, DatabaseError> {
    let rows = database.query("SELECT value FROM settings WHERE name = 'link_key'", &[])?;
    let Some(text) = rows.into_iter().flatten().next().and_then(Value::into_text) else { return Ok(None) };
    parse_hex(&text).map(Some).ok_or_else(unexpected)
}

/// The same, after storing `fresh` (64 hexadecimal digits) if there was none.
pub(super) fn make_link_key(database: &impl Database, fresh: &str) -> Result<[u8; 32], DatabaseError> {
    let fresh: [u8; 32] =
        parse_hex(fresh).ok_or_else(|| DatabaseError("the new key is not 64 hexadecimal digits".into()))?;
    database.query(
        "INSERT OR IGNORE INTO settings (name, value) VALUES ('link_key', ?1)",
        &[Value::Text(serialize_hex(&fresh))],
    )?;
    link_key(database)?.ok_or_else(unexpected)
}
