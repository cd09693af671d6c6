//! The files in which workerd keeps the objects: one of SQLite for each, and one beside them for their alarms.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use clinic::{
    desk,
    records::{restored, schema, sql::Store},
};
use rusqlite::{Connection, OpenFlags};
use walkdir::WalkDir;
use wire::Timestamp;

/// How long a lock of somebody else is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The folder of the support desk's objects, as the configuration of the runtime has it.
const DESK: &str = "wardkey-support-v1";

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A clinic.
    Clinic,
    /// The support desk.
    Desk,
    /// Alarms, or an object that nobody has opened.
    Nothing,
}

/// Every file below a folder, from there.
pub fn files(data: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(data).sort_by_file_name() {
        let path = entry?.into_path();
        if path.extension().is_some_and(|extension| extension == "sqlite") {
            files.push(path.strip_prefix(data)?.to_owned());
        }
    }
    Ok(files)
}

/// Opens a file that is there.
pub fn open(file: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags);
    let connection = connection.with_context(|| format!("{} can't be opened", file.display()))?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// What an open file holds. `file` is its path from the folder of all.
pub fn kind(connection: &Connection, file: &Path) -> Result<Kind> {
    if !schema::is_opened(connection)? {
        return Ok(Kind::Nothing);
    }
    Ok(if file.starts_with(DESK) { Kind::Desk } else { Kind::Clinic })
}

impl Kind {
    /// The last line of its log, and the beginning of that line's hash.
    pub fn log_head(self, connection: &Connection) -> Result<Option<String>> {
        let head = match self {
            Kind::Clinic => restored::log_head(connection)?,
            Kind::Desk => desk::restored::log_head(connection)?,
            Kind::Nothing => None,
        };
        Ok(head.map(|(seq, hash)| {
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{seq} {hash}")
        }))
    }

    /// Makes what was given out to anybody worth nothing.
    pub fn take_up(self, connection: &Connection) -> Result<()> {
        let now = now()?;
        connection.transaction(&mut || match self {
            Kind::Clinic => restored::take_up(connection, now),
            Kind::Desk => desk::restored::take_up(connection, now),
            Kind::Nothing => Ok(()),
        })?;
        Ok(())
    }

    /// Whether this version knows records that have seen so many migrations.
    pub fn is_known(self, connection: &Connection) -> Result<bool> {
        let newest = match self {
            Kind::Clinic => schema::NEWEST,
            Kind::Desk => desk::schema::NEWEST,
            Kind::Nothing => return Ok(true),
        };
        Ok(schema::number(connection)? <= i64::try_from(newest)?)
    }
}

/// This moment.
pub fn now() -> Result<Timestamp> {
    let since =
        SystemTime::now().duration_since(UNIX_EPOCH).context("this computer's clock is before 1970")?;
    Ok(Timestamp(i64::try_from(since.as_millis())?))
}
