//! The one thing a site's object needs of its storage: run a statement, get rows.

use std::fmt;

/// A value in or out of SQLite.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; the Workers runtime carries it through a double, so it stays below 2^53.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A statement failed. What it would have written is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseError(pub String);

impl fmt::Display for DatabaseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// SQLite, embedded: one writer, every statement atomic by itself.
pub trait Database {
    /// Runs one statement with its parameters (`?1`, `?2`, …) and returns all rows.
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>, DatabaseError>;

    /// Runs several statements as one: all of what they wrote is there, or, after an error, nothing.
    fn transaction<T>(&self, run: impl FnOnce() -> Result<T, DatabaseError>) -> Result<T, DatabaseError>;
}

impl Value {
    /// A whole number, if it is one and not negative.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// Text, if it is.
    pub fn into_text(self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Bytes, if they are.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        // 2^53 milliseconds are 285,000 years: clamping loses nothing that is meant.
        Value::Integer(number.min((1 << 53) - 1) as i64)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Integer(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

/// A row of exactly these columns, or the error that says the storage does not hold what this code wrote.
pub(super) fn columns<const N: usize>(row: Vec<Value>) -> Result<[Value; N], DatabaseError> {
    row.try_into()
        .map_err(|row: Vec<Value>| DatabaseError(format!("a row has {} columns, not {N}", row.len())))
}

pub(super) fn unexpected() -> DatabaseError {
    DatabaseError("a stored value is not of the kind that was written".into())
}
