//! Whether the clinic is there for its people: it is closed while it is written into an archive or moves, and not open yet while the
//! pages of one arrive.

use wire::log_file::LineHash;

use super::sql::{Sql, SqlError, values};

/// How the clinic stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is there for its people.
    Open,
    /// Nobody signs in, and nothing changes.
    Closed,
    /// Its pages arrive.
    Arriving(Arrived),
}

/// What has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// So many pages.
    pub pages: u32,
    /// What they are: [`wire::archive::digest`] of all.
    pub digest: LineHash,
}

const CLOSED: &str = "closed";
const ARRIVING: &str = "arriving";

/// How the clinic stands.
pub fn get(sql: &dyn Sql) -> Result<Standing, SqlError> {
    let Some(mut row) = sql.query("SELECT standing, pages, digest FROM standing", &[])?.pop() else {
        return Ok(Standing::Open);
    };
    let (standing, pages, digest): (String, u32, Vec<u8>) = (row.take()?, row.take()?, row.take()?);
    match (standing.as_str(), digest.try_into()) {
        (CLOSED, _) => Ok(Standing::Closed),
        (ARRIVING, Ok(digest)) => Ok(Standing::Arriving(Arrived { pages, digest })),
        _ => Err(SqlError("a stored standing is unknown".into())),
    }
}

/// The same of records that may be of an older version: those have no such table, and are open.
pub fn of_any_version(sql: &dyn Sql) -> Result<Standing, SqlError> {
    let table = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'standing'";
    if sql.query(table, &[])?.is_empty() { Ok(Standing::Open) } else { get(sql) }
}

/// Stores how the clinic stands.
pub fn set(sql: &dyn Sql, standing: Standing) -> Result<(), SqlError> {
    let (text, pages, digest) = match standing {
        Standing::Open => return sql.run("DELETE FROM standing", &[]),
        Standing::Closed => (CLOSED, 0, Vec::new()),
        Standing::Arriving(Arrived { pages, digest }) => (ARRIVING, pages, digest.to_vec()),
    };
    sql.run(
        "INSERT OR REPLACE INTO standing (only, standing, pages, digest) VALUES (1, ?1, ?2, ?3)",
        values![text, pages, digest.as_slice()],
    )
}
