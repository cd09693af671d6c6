//! How often step 1 went wrong per username, whether a computer has it or not.

use wire::Timestamp;

use super::sql::{Sql, SqlError, values};

/// Most usernames that are remembered; the one touched longest ago gives way.
pub const USERNAMES_MAX: u32 = 1_000;
/// Hours after which wrong tries are forgotten.
pub const LIFETIME_HOURS: i64 = 24;

/// Wrong tries in a row, and until when to wait.
#[derive(Clone, Copy, Debug, Default)]
pub struct Throttle {
    /// Wrong tries in a row.
    pub wrong: u32,
    /// Until when no try is looked at.
    pub wait_until: Timestamp,
}

fn key(number: u32) -> String {
    format!("computer {number}")
}

/// The throttle of a computer's number.
pub fn get(sql: &dyn Sql, number: u32) -> Result<Throttle, SqlError> {
    let statement = "SELECT wrong, wait_until FROM throttles WHERE subject = ?1";
    let Some(mut row) = sql.query(statement, values![key(number)])?.pop() else {
        return Ok(Throttle::default());
    };
    Ok(Throttle { wrong: row.take()?, wait_until: row.take()? })
}

/// Stores a throttle.
pub fn save(sql: &dyn Sql, number: u32, throttle: Throttle, now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "INSERT OR REPLACE INTO throttles (subject, wrong, wait_until, touched_at) VALUES (?1, ?2, ?3, ?4)",
        values![key(number), throttle.wrong, throttle.wait_until, now],
    )?;
    sql.run("DELETE FROM throttles WHERE touched_at < ?1", values![now.plus_minutes(-LIFETIME_HOURS * 60)])?;
    sql.run(
        "DELETE FROM throttles WHERE subject IN (SELECT subject FROM throttles ORDER BY touched_at DESC LIMIT -1 OFFSET ?1)",
        values![USERNAMES_MAX],
    )
}

/// Forgets the wrong tries of a computer's number.
pub fn clear(sql: &dyn Sql, number: u32) -> Result<(), SqlError> {
    sql.run("DELETE FROM throttles WHERE subject = ?1", values![key(number)])
}
