//! Links for a new password that were asked for, whether the login has an account or not, so that both take the same path.

use wire::Timestamp;

use super::{
    sql::{Sql, SqlError, values},
    tallies::Subject,
};
use crate::rules::recovery::{self, Reset};

/// Most requests at logins without an account that are kept; the oldest one gives way.
pub const UNKNOWN_REQUESTS_MAX: u32 = 1_000;

/// The newest link of a login, unless it was used or replaced.
pub fn get(sql: &dyn Sql, subject: &Subject) -> Result<Option<Reset>, SqlError> {
    let statement = "SELECT digest, asked_at FROM resets WHERE subject = ?1 AND digest IS NOT NULL";
    let Some(mut row) = sql.query(statement, values![subject.key()])?.pop() else { return Ok(None) };
    Ok(Some(Reset { digest: row.take()?, asked_at: row.take()? }))
}

/// Stores a link in the place of the one before it, and forgets those that no limit looks at any more.
pub fn save(sql: &dyn Sql, subject: &Subject, reset: &Reset) -> Result<(), SqlError> {
    forget(sql, subject)?;
    sql.run(
        "INSERT INTO resets (subject, asked_at, digest) VALUES (?1, ?2, ?3)",
        values![subject.key(), reset.asked_at, reset.digest.as_slice()],
    )?;
    sql.run("DELETE FROM resets WHERE asked_at <= ?1", values![recovery::counted_since(reset.asked_at)])?;
    // Of the unknown ones alone: whoever makes up logins must not have those of others forgotten.
    sql.run(
        "DELETE FROM resets WHERE id IN (
             SELECT id FROM resets WHERE subject >= 'unknown ' AND subject < 'unknown!' ORDER BY id DESC LIMIT -1 OFFSET ?1)",
        values![UNKNOWN_REQUESTS_MAX],
    )
}

/// Makes the link of a login worth nothing. That it was asked for still counts.
pub fn forget(sql: &dyn Sql, subject: &Subject) -> Result<(), SqlError> {
    sql.run("UPDATE resets SET digest = NULL WHERE subject = ?1", values![subject.key()])
}

/// How many links were asked for since then.
pub fn count_since(sql: &dyn Sql, subject: &Subject, since: Timestamp) -> Result<u32, SqlError> {
    let statement = "SELECT COUNT(*) FROM resets WHERE subject = ?1 AND asked_at > ?2";
    let mut rows = sql.query(statement, values![subject.key(), since])?;
    rows.first_mut().map_or(Ok(0), |row| row.take())
}
