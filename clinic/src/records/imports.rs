//! What became of each import, so that one that is sent twice is done once.

use wire::Timestamp;

use super::sql::{Sql, SqlError, values};

/// What became of an import, if it was done.
pub fn get(sql: &dyn Sql, id: &str) -> Result<Option<String>, SqlError> {
    let rows = sql.query("SELECT reply FROM imports WHERE id = ?1", values![id])?;
    rows.into_iter().next().map(|mut row| row.take()).transpose()
}

/// Hours for which an import that is sent again is known.
const LIFETIME_HOURS: i64 = 24;

/// Notes what became of an import, and forgets those of yesterday.
pub fn insert(sql: &dyn Sql, id: &str, reply: String, now: Timestamp) -> Result<(), SqlError> {
    sql.run("DELETE FROM imports WHERE at < ?1", values![now.plus_minutes(-LIFETIME_HOURS * 60)])?;
    sql.run("INSERT INTO imports (id, at, reply) VALUES (?1, ?2, ?3)", values![id, now, reply])
}
