//! The object's embedded SQLite, behind the service's database trait.

use consentry_service::site::{Database, DatabaseError, Value};
use worker::{SqlStorage, SqlStorageValue};

/// The runtime's SQL storage. Statements without an `await` between them are one transaction, and no answer leaves the
/// object before what it wrote is durable (output gate).
pub struct ObjectDatabase(pub SqlStorage);

impl Database for ObjectDatabase {
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>, DatabaseError> {
        let parameters: Vec<SqlStorageValue> = parameters.iter().cloned().map(into_storage).collect();
        let cursor = self.0.exec(sql, parameters).map_err(failed)?;
        cursor
            .raw()
            .map(|row| row.map(|row| row.into_iter().map(from_storage).collect()).map_err(failed))
            .collect()
    }
}

fn failed(error: worker::Error) -> DatabaseError {
    DatabaseError(error.to_string())
}

fn into_storage(value: Value) -> SqlStorageValue {
    match value {
        Value::Null => SqlStorageValue::Null,
        Value::Integer(number) => SqlStorageValue::Integer(number),
        Value::Text(text) => SqlStorageValue::String(text),
        Value::Blob(bytes) => SqlStorageValue::Blob(bytes),
    }
}

fn from_storage(value: SqlStorageValue) -> Value {
    match value {
        SqlStorageValue::Null => Value::Null,
        SqlStorageValue::Boolean(flag) => Value::Integer(flag.into()),
        SqlStorageValue::Integer(number) => Value::Integer(number),
        // No column of ours holds one.
        SqlStorageValue::Float(number) => Value::Integer(number as i64),
        SqlStorageValue::String(text) => Value::Text(text),
        SqlStorageValue::Blob(bytes) => Value::Blob(bytes),
    }
}
