//! Records as older versions kept them: their tables, with the rows of today as far as there was a place for them.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use clinic::{
    desk,
    records::{
        activities::{self, NewActivity},
        schema,
        sql::{SqlError, Store},
    },
    testing::Sqlite,
};
use rusqlite::Connection;
use tempfile::TempDir;
use wire::{
    Timestamp,
    activities::{Action, Subject},
};

use crate::records::{Records, beside};

/// Whose records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A clinic's.
    Clinic,
    /// The support desk's.
    Desk,
}

impl Whose {
    /// The number of the newest migration.
    pub fn newest(self) -> usize {
        match self {
            Whose::Clinic => schema::NEWEST,
            Whose::Desk => desk::schema::NEWEST,
        }
    }

    fn migrate_to(self, store: &Sqlite, number: usize) -> Result<(), SqlError> {
        let run = match self {
            Whose::Clinic => schema::migrate_to,
            Whose::Desk => desk::schema::migrate_to,
        };
        store.transaction(&mut || run(store, number, Timestamp(1)))
    }
}

/// What each migration keeps for itself: no rows of it are carried over, and none are compared.
const OWN_BOOKS: [&str; 5] =
    ["migrations", "activity_backlog", "activity_retention", "mail_health", "first_day"];
/// The tables that others stand on, first.
const FIRST: [&str; 3] = ["profiles", "activity_texts", "computers"];

/// The records of a file, as they were after the migration of a number, as the bytes of a file.
pub fn aged(records: &Records, whose: Whose, number: usize) -> Result<Vec<u8>> {
    let folder = TempDir::with_prefix("wardkey-aged-")?;
    let file = folder.path().join("aged.sqlite");
    whose.migrate_to(&Sqlite::at(&file), number)?;
    let today = folder.path().join("today.sqlite");
    records.connection().execute("VACUUM INTO ?1", [today.to_string_lossy()])?;
    let old = Connection::open(&file)?;
    old.execute_batch("PRAGMA foreign_keys = OFF")?;
    old.execute("ATTACH ?1 AS today", [today.to_string_lossy()])?;
    let mut tables = tables_of(&old)?;
    tables.sort_by_key(|table| FIRST.iter().position(|first| first == table).unwrap_or(FIRST.len()));
    old.execute_batch("BEGIN")?;
    for table in tables {
        let then = columns_of(&old, "main", &table)?;
        let now = columns_of(&old, "today", &table)?;
        let both: Vec<&str> = then.iter().filter(|column| now.contains(column)).map(String::as_str).collect();
        ensure!(both.len() == then.len(), "{table} has lost a column: {then:?} and {now:?}");
        let columns = both.join(", ");
        let order = if table == "activities" { " ORDER BY seq" } else { "" };
        old.execute(
            &format!(
                "INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}{order}"
            ),
            [],
        )
        .with_context(|| format!("{table} of schema {number}"))?;
    }
    old.execute_batch("COMMIT; DETACH today")?;
    drop(old);
    Ok(fs::read(file)?)
}

/// Puts such a file in the place of another one. Nobody may have it open.
pub fn put(file: &Path, bytes: &[u8]) -> Result<()> {
    for suffix in ["-wal", "-shm"] {
        let beside = beside(file, suffix);
        if beside.exists() {
            fs::remove_file(beside)?;
        }
    }
    Ok(fs::write(file, bytes)?)
}

/// The rows of the tables and columns of an older version, wherever they stand now.
pub fn rows_of(records: &Records, old: &[u8]) -> Result<Vec<String>> {
    let folder = TempDir::with_prefix("wardkey-aged-")?;
    let file = folder.path().join("aged.sqlite");
    fs::write(&file, old)?;
    let old = Connection::open(file)?;
    let mut rows = Vec::new();
    for table in tables_of(&old)? {
        let columns = columns_of(&old, "main", &table)?.join(", ");
        let found = records.rows(&format!("SELECT {columns} FROM {table}"))?;
        rows.extend(found.into_iter().map(|row| format!("{table}: {row}")));
    }
    rows.sort();
    Ok(rows)
}

/// The number of the newest migration that has run.
pub fn schema_of(records: &Records) -> Result<usize> {
    let number = "SELECT coalesce(max(number), 0) FROM migrations";
    Ok(usize::try_from(records.connection().query_row(number, [], |row| row.get::<_, i64>(0))?)?)
}

/// Makes a log long, as people would who mistype.
pub fn lengthen(file: &Path, lines: usize, now: Timestamp) -> Result<()> {
    let store = Sqlite::at(file);
    store.transaction(&mut || {
        for number in 0..lines {
            let computer = format!("Computer {}", number % 50);
            let new = NewActivity {
                action: Action::LoginFailed,
                user: Subject::UnknownLogin,
                by: Subject::Nobody,
                computer: &computer,
                address: "127.0.0.1",
                changes: Vec::new(),
            };
            activities::append(&store, new, now)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn tables_of(connection: &Connection) -> Result<Vec<String>> {
    let statement = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'activity_marks%' ORDER BY name";
    let tables = connection
        .prepare(statement)?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(tables.into_iter().filter(|table| !OWN_BOOKS.contains(&table.as_str())).collect())
}

fn columns_of(connection: &Connection, database: &str, table: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1, ?2)")?;
    Ok(statement.query_map([table, database], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}
