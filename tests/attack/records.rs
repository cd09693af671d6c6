//! What a clinic's object has written, read from a copy of its file: what was really done is not taken on the Worker's word.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, types::ValueRef};
use tempfile::TempDir;
use walkdir::WalkDir;
use wardkey_tests::Clinic;

/// A copy of a clinic's records. Taken while nobody writes.
pub struct Records {
    connection: Connection,
    _folder: TempDir,
}

impl Records {
    pub fn of(clinic: &Clinic<'_>) -> Result<Self> {
        let data = clinic.wardkey.state().join("data");
        let files =
            WalkDir::new(&data).into_iter().filter_map(|entry| entry.ok().map(|entry| entry.into_path()));
        for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "sqlite")) {
            let records = Self::copy(&file)?;
            let code =
                records.connection.query_row("SELECT code FROM settings", [], |row| row.get::<_, String>(0));
            if code.is_ok_and(|code| code == clinic.opened.code) {
                return Ok(records);
            }
        }
        bail!("the clinic has no file below {}", data.display())
    }

    fn copy(file: &PathBuf) -> Result<Self> {
        let folder = TempDir::with_prefix("wardkey-records-")?;
        let copy = folder.path().join("records.sqlite");
        fs::copy(file, &copy)?;
        // What was written last stands beside the file still.
        let log = PathBuf::from(format!("{}-wal", file.display()));
        if log.exists() {
            fs::copy(log, folder.path().join("records.sqlite-wal"))?;
        }
        Ok(Self { connection: Connection::open(copy)?, _folder: folder })
    }

    /// A number.
    pub fn number(&self, query: &str, about: &str) -> Result<i64> {
        self.connection.query_row(query, [about], |row| row.get(0)).with_context(|| query.to_owned())
    }

    /// How many passwords were ever looked at for an account: each was reserved, and reservations are numbered.
    pub fn passwords_looked_at(&self, account: &str) -> Result<usize> {
        let count = self.number(
            "SELECT coalesce((SELECT last FROM tallies WHERE subject = 'account ' || ?1), 0)",
            account,
        )?;
        Ok(usize::try_from(count)?)
    }

    /// All of it as text, to tell whether anything has changed.
    pub fn everything(&self) -> Result<Vec<String>> {
        let tables: Vec<String> = self
            .connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut everything = Vec::new();
        for table in tables {
            let mut statement = self.connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1, 2"));
            if statement.is_err() {
                // A table of one column.
                statement = self.connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1"));
            }
            let mut statement = statement?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let values = (0..columns).map(|column| Ok(written(row.get_ref(column)?)));
                let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
                everything.push(format!("{table}: {}", values.join(" | ")));
            }
        }
        Ok(everything)
    }
}

fn written(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "nothing".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
