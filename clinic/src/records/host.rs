//! The host's SQLite behind the `Sql` trait: for the tests, and for whoever keeps records while no object does.

use std::panic;

use rusqlite::{Connection, params_from_iter, types};

use super::sql::{Row, Sql, SqlError, Store, Value};

fn fault(error: rusqlite::Error) -> SqlError {
    SqlError(error.to_string())
}

fn bound(value: &Value) -> types::Value {
    match value {
        Value::Null => types::Value::Null,
        Value::Integer(number) => types::Value::Integer(*number),
        Value::Text(text) => types::Value::Text(text.clone()),
        Value::Blob(bytes) => types::Value::Blob(bytes.clone()),
    }
}

fn read(value: types::Value) -> Result<Value, SqlError> {
    match value {
        types::Value::Null => Ok(Value::Null),
        types::Value::Integer(number) => Ok(Value::Integer(number)),
        types::Value::Text(text) => Ok(Value::Text(text)),
        types::Value::Blob(bytes) => Ok(Value::Blob(bytes)),
        types::Value::Real(_) => Err(SqlError("no column is REAL".into())),
    }
}

impl Sql for Connection {
    fn query(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        let mut statement = self.prepare_cached(statement).map_err(fault)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values.iter().map(bound))).map_err(fault)?;
        let mut read_rows = Vec::new();
        while let Some(row) = rows.next().map_err(fault)? {
            let row =
                (0..columns).map(|column| read(row.get(column).map_err(fault)?)).collect::<Result<_, _>>()?;
            read_rows.push(Row::new(row));
        }
        Ok(read_rows)
    }
}

impl Store for Connection {
    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        self.execute_batch("BEGIN IMMEDIATE").map_err(fault)?;
        let outcome = panic::catch_unwind(panic::AssertUnwindSafe(&mut *body));
        let end = if matches!(outcome, Ok(Ok(()))) { "COMMIT" } else { "ROLLBACK" };
        self.execute_batch(end).map_err(fault)?;
        outcome.unwrap_or_else(|panic| panic::resume_unwind(panic))
    }
}
