//! The host's SQLite behind the `Sql` trait, with a switch that fails a chosen statement.

use std::{cell::Cell, path::Path};

use rusqlite::{Connection, types};

use crate::records::sql::{Row, Sql, SqlError, Store, Value};

/// Statements that are kept compiled: all that the records have.
const STATEMENTS_MAX: usize = 500;

/// A database, in memory or in a file.
pub struct Sqlite {
    connection: Connection,
    /// How many more statements run before one fails.
    fail_after: Cell<Option<u32>>,
    statements: Cell<u32>,
}

impl Sqlite {
    /// An empty database.
    pub fn in_memory() -> Self {
        Self::of(Connection::open_in_memory().expect("SQLite opens a database in memory"))
    }

    /// A database in a file.
    pub fn at(file: &Path) -> Self {
        Self::of(Connection::open(file).expect("SQLite opens the file"))
    }

    fn of(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Self { connection, fail_after: Cell::new(None), statements: Cell::new(0) }
    }

    /// Lets so many statements run and fails the one after them. `None` fails none.
    pub fn fail_after(&self, statements: Option<u32>) {
        self.fail_after.set(statements);
    }

    /// Every byte of the database, to see whether something has changed.
    pub fn bytes(&mut self) -> Vec<u8> {
        self.connection.serialize("main").expect("a database in memory has its bytes").to_vec()
    }

    /// Whether every record is what it was when the database had these bytes. The bytes themselves may differ: what stands on pages
    /// that nothing uses is not brought back by a rollback.
    pub fn is_as_it_was(&mut self, bytes: &[u8]) -> bool {
        if self.bytes() == bytes {
            return true;
        }
        let mut former = Connection::open_in_memory().expect("SQLite opens a database in memory");
        former.deserialize_read_exact("main", bytes, bytes.len(), true).expect("the bytes of a database");
        contents(&former) == contents(&self.connection)
    }

    /// Runs `body` and undoes all that it wrote, so that what comes next begins where this began.
    pub fn undone<T>(&self, body: impl FnOnce() -> T) -> T {
        self.connection.execute_batch("BEGIN").expect("SQLite begins a transaction");
        let outcome = body();
        self.connection.execute_batch("ROLLBACK").expect("SQLite rolls a transaction back");
        outcome
    }

    /// How many rows were ever written or deleted: where it is the same as before, everything is as it was.
    pub fn changes(&self) -> u64 {
        self.connection.total_changes()
    }

    /// How many statements have run.
    pub fn statements(&self) -> u32 {
        self.statements.get()
    }

    fn fail_if_told(&self) -> Result<(), SqlError> {
        match self.fail_after.get() {
            Some(0) => Err(SqlError("told to fail".into())),
            Some(left) => {
                self.fail_after.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Every row of every table.
fn contents(connection: &Connection) -> Vec<(String, Vec<Vec<types::Value>>)> {
    let rows = |statement: &str| -> Vec<Vec<types::Value>> {
        let mut statement = connection.prepare(statement).expect("a table can be read");
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect());
        rows.expect("a table can be read").map(|row| row.expect("a row can be read")).collect()
    };
    let names = rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    let names = names.into_iter().flatten().filter_map(|name| match name {
        types::Value::Text(name) => Some(name),
        _ => None,
    });
    names.map(|name| (name.clone(), rows(&format!("SELECT * FROM \"{name}\"")))).collect()
}

impl Sql for Sqlite {
    fn query(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        self.fail_if_told()?;
        self.statements.set(self.statements.get() + 1);
        self.connection.query(statement, values)
    }
}

impl Store for Sqlite {
    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        if self.connection.is_autocommit() {
            return self.connection.transaction(body);
        }
        // Within what is undone, a transaction is a part of it.
        let run = |statement: &str| {
            self.connection.execute_batch(statement).map_err(|error| SqlError(error.to_string()))
        };
        run("SAVEPOINT part")?;
        let outcome = body();
        run(if outcome.is_ok() { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" })?;
        outcome
    }
}
