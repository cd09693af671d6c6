//! What a clinic's object has written, read from its file or a copy of it: what was really done is not taken on the Worker's word.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, types::ValueRef};
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::Clinic;

/// A copy of a clinic's records. Taken while nobody writes.
pub struct Records {
    connection: Connection,
    _folder: TempDir,
}

impl Records {
    /// A copy of a clinic's.
    pub fn of(clinic: &Clinic<'_>) -> Result<Self> {
        Self::copy(&file_of(clinic, &clinic.wardkey.state().join("data"))?)
    }

    /// A copy of a file, with what was written last and stands beside it still.
    pub fn copy(file: &Path) -> Result<Self> {
        let folder = TempDir::with_prefix("wardkey-records-")?;
        let copy = folder.path().join("records.sqlite");
        // First what was written last: if it goes into the file meanwhile, it is there twice, and not lost.
        match fs::copy(beside(file, "-wal"), beside(&copy, "-wal")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        fs::copy(file, &copy)?;
        Ok(Self { connection: Connection::open(copy)?, _folder: folder })
    }

    /// The copy, for questions of every kind.
    pub fn connection(&self) -> &Connection {
        &self.connection
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

    /// The tables, but for those of the search's index.
    pub fn tables(&self) -> Result<Vec<String>> {
        let statement = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";
        Ok(self
            .connection
            .prepare(statement)?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?)
    }

    /// All of it as text, to tell whether anything has changed.
    pub fn everything(&self) -> Result<Vec<String>> {
        let mut everything = Vec::new();
        for table in self.tables()? {
            let rows = self.rows(&format!("SELECT * FROM \"{table}\""))?;
            everything.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        // A row that was written anew as it was is the same row.
        everything.sort();
        Ok(everything)
    }

    /// The tables that hold a secret in clear: as a number, or in a text or bytes of which it is a part as [`stands_in`] says.
    pub fn with(&self, secret: &str) -> Result<Vec<String>> {
        // A number with fewer digits may count anything.
        let number = secret.parse::<i64>().ok().filter(|_| !secret.starts_with('0'));
        let mut found = Vec::new();
        for table in self.tables()? {
            let mut statement = self.connection.prepare(&format!("SELECT * FROM \"{table}\""))?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            let mut holds = false;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    holds |= match row.get_ref(column)? {
                        ValueRef::Integer(value) => Some(value) == number,
                        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => stands_in(bytes, secret),
                        ValueRef::Null | ValueRef::Real(_) => false,
                    };
                }
            }
            found.extend(holds.then_some(table));
        }
        Ok(found)
    }

    /// The rows that a question gives, as text and in its order.
    pub fn rows(&self, query: &str) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare(query)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|column| Ok(written(row.get_ref(column)?)));
            found.push(values.collect::<rusqlite::Result<Vec<_>>>()?.join(" | "));
        }
        Ok(found)
    }
}

/// The file of a clinic's records, among those of a folder.
pub fn file_of(clinic: &Clinic<'_>, data: &Path) -> Result<PathBuf> {
    file_where(data, |records| {
        let code =
            records.connection.query_row("SELECT code FROM settings", [], |row| row.get::<_, String>(0));
        code.is_ok_and(|code| code == clinic.opened.code)
    })
}

/// The file whose records are those, among those of a folder. Opens copies alone.
pub fn file_where(data: &Path, is: impl Fn(&Records) -> bool) -> Result<PathBuf> {
    let files = WalkDir::new(data).into_iter().filter_map(|entry| entry.ok().map(|entry| entry.into_path()));
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "sqlite")) {
        if is(&Records::copy(&file)?) {
            return Ok(file);
        }
    }
    bail!("there is no such file below {}", data.display())
}

/// The file that SQLite keeps beside another one.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", file.display()))
}

/// Whether a secret stands somewhere. Digits are only found where no other digit is next to them: in a longer number they are no PIN.
pub fn stands_in(bytes: &[u8], secret: &str) -> bool {
    let secret = secret.as_bytes();
    let digits = secret.iter().all(u8::is_ascii_digit);
    let is_digit = |place: Option<usize>| {
        place.and_then(|place| bytes.get(place)).is_some_and(|byte| byte.is_ascii_digit())
    };
    let alone = |place: usize| !is_digit(place.checked_sub(1)) && !is_digit(place.checked_add(secret.len()));
    bytes
        .windows(secret.len().max(1))
        .enumerate()
        .any(|(place, window)| window == secret && (!digits || alone(place)))
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
