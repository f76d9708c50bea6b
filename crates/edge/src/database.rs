//! The object's embedded SQLite, behind the service's database trait.

use consentry_service::site::{Database, DatabaseError, Value};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{SqlStorage, SqlStorageValue};

#[wasm_bindgen]
extern "C" {
    /// A Durable Object's storage, for the one call of it that the `worker` crate does not have.
    #[derive(Clone)]
    pub type SyncStorage;

    /// Runs a function; what it wrote is undone when it throws.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        run: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;
}

/// The runtime's SQL storage. Statements without an `await` between them are one transaction, and no answer leaves the
/// object before what it wrote is durable (output gate).
pub struct ObjectDatabase {
    /// Runs statements.
    pub sql: SqlStorage,
    /// Runs several as one.
    pub storage: SyncStorage,
}

impl Database for ObjectDatabase {
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>, DatabaseError> {
        let parameters: Vec<SqlStorageValue> = parameters.iter().cloned().map(into_storage).collect();
        let cursor = self.sql.exec(sql, parameters).map_err(failed)?;
        cursor
            .raw()
            .map(|row| row.map(|row| row.into_iter().map(from_storage).collect()).map_err(failed))
            .collect()
    }

    fn transaction<T>(&self, run: impl FnOnce() -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        let mut run = Some(run);
        let mut outcome = None;
        let done = self.storage.transaction_sync(&mut || {
            let done = run.take().map(|run| run());
            let failed = !matches!(done, Some(Ok(_)));
            outcome = done;
            // Throwing is how the runtime is told to undo.
            if failed { Err(JsValue::from_str("undo")) } else { Ok(JsValue::UNDEFINED) }
        });
        match (outcome, done) {
            (Some(Ok(value)), Ok(_)) => Ok(value),
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(DatabaseError(format!("the transaction was not stored: {error:?}"))),
            (None, Ok(_)) => Err(DatabaseError("the transaction did not run".into())),
        }
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
