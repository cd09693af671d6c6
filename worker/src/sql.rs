//! The clinic's SQL on its object's storage, with transactions that really roll back.

use clinic::records::sql::{Row, Sql, SqlError, Store, Value};
use wasm_bindgen::{JsCast, JsValue, closure::ScopedClosure};
use worker::{
    SqlStorage, SqlStorageValue, Storage,
    js_sys::{Function, Reflect},
};

/// The storage of one object.
pub struct ObjectStore {
    storage: Storage,
    sql: SqlStorage,
}

impl ObjectStore {
    pub fn new(storage: Storage) -> Self {
        let sql = storage.sql();
        Self { storage, sql }
    }

    /// The storage, for its alarm.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }
}

impl Sql for ObjectStore {
    fn query(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        let bindings = values.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
        let cursor = self.sql.exec(statement, bindings).map_err(fault)?;
        // Not `one()`: on zero or two rows it throws past Rust, and the request hangs.
        let rows = cursor.raw().map(|row| read_row(row.map_err(fault)?)).collect();
        #[cfg(feature = "trial")]
        crate::breaking::note_statement();
        rows
    }
}

impl Store for ObjectStore {
    /// Neither an `Err` nor an exception undoes what a statement wrote, unless it is thrown through the platform's own
    /// `transactionSync`, which the bindings lack.
    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        let mut failure = None;
        let mut throwing = || -> Result<JsValue, JsValue> {
            #[cfg(feature = "trial")]
            crate::breaking::begin_transaction();
            let done = body();
            #[cfg(feature = "trial")]
            crate::breaking::reach(crate::breaking::Place::Transaction);
            done.map(|()| JsValue::UNDEFINED).map_err(|error| {
                failure = Some(error);
                JsValue::from_str("rolled back")
            })
        };
        let outcome = {
            let closure: ScopedClosure<'_, dyn FnMut() -> Result<JsValue, JsValue>> =
                ScopedClosure::borrow_mut_aborting(&mut throwing);
            call_transaction_sync(&self.storage, closure.as_js_value())
        };
        match (outcome, failure) {
            (_, Some(error)) => Err(error),
            (Err(error), None) => Err(fault(worker::Error::from(error))),
            (Ok(_), None) => Ok(()),
        }
    }
}

fn call_transaction_sync(storage: &Storage, closure: &JsValue) -> Result<JsValue, JsValue> {
    let storage = storage.as_raw();
    let transaction_sync: Function =
        Reflect::get(storage, &JsValue::from_str("transactionSync"))?.dyn_into()?;
    transaction_sync.call1(storage, closure)
}

fn bind(value: &Value) -> Result<SqlStorageValue, SqlError> {
    Ok(match value {
        Value::Null => SqlStorageValue::Null,
        // The platform carries integers as floats; one that would not survive that is a fault, not another number.
        Value::Integer(number) => SqlStorageValue::try_from_i64(*number).map_err(fault)?,
        Value::Text(text) => SqlStorageValue::String(text.clone()),
        Value::Blob(bytes) => SqlStorageValue::Blob(bytes.clone()),
    })
}

fn read_row(columns: Vec<SqlStorageValue>) -> Result<Row, SqlError> {
    Ok(Row::new(columns.into_iter().map(read_value).collect::<Result<_, _>>()?))
}

fn read_value(value: SqlStorageValue) -> Result<Value, SqlError> {
    match value {
        SqlStorageValue::Null => Ok(Value::Null),
        SqlStorageValue::Boolean(yes) => Ok(Value::Integer(i64::from(yes))),
        SqlStorageValue::Integer(number) => Ok(Value::Integer(number)),
        SqlStorageValue::String(text) => Ok(Value::Text(text)),
        SqlStorageValue::Blob(bytes) => Ok(Value::Blob(bytes)),
        SqlStorageValue::Float(_) => Err(SqlError("a column holds a fraction".into())),
    }
}

fn fault(error: worker::Error) -> SqlError {
    SqlError(error.to_string())
}
