//! What became of each import, so that one that is sent twice is done once.

use wire::Timestamp;

use super::sql::{Sql, SqlError, values};

/// What became of an import, if it was done.
pub fn get(sql: &dyn Sql, id: &str) -> Result<Option<String>, SqlError> {
    let rows = sql.query("SELECT reply FROM imports WHERE id = ?1", values![id])?;
    rows.into_iter().next().map(|mut row| row.take()).transpose()
}

/// Notes what became of an import.
pub fn insert(sql: &dyn Sql, id: &str, reply: String, now: Timestamp) -> Result<(), SqlError> {
    sql.run("INSERT INTO imports (id, at, reply) VALUES (?1, ?2, ?3)", values![id, now, reply])
}
