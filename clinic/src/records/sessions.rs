//! What cookies stand for, each kept as the keyed digest of its token: profiles that were authorized, open questions, sessions.

use wire::{
    Timestamp,
    ids::{AccountId, ComputerId},
};

use super::sql::{Sql, SqlError, values};

/// Who a question or a session belongs to, and where.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The account.
    pub account: AccountId,
    /// The computer.
    pub computer: ComputerId,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// Grants a computer its profile.
pub fn grant_profile(
    sql: &dyn Sql,
    digest: &[u8],
    computer: &ComputerId,
    expires_at: Timestamp,
) -> Result<(), SqlError> {
    sql.run(
        "INSERT INTO profile_tokens (digest, computer, expires_at) VALUES (?1, ?2, ?3)",
        values![digest, computer.as_str(), expires_at],
    )
}

/// Until when a computer's profile token is good, if it is good now.
pub fn profile_expires_at(
    sql: &dyn Sql,
    digest: &[u8],
    computer: &ComputerId,
    now: Timestamp,
) -> Result<Option<Timestamp>, SqlError> {
    let statement =
        "SELECT expires_at FROM profile_tokens WHERE digest = ?1 AND computer = ?2 AND expires_at > ?3";
    let rows = sql.query(statement, values![digest, computer.as_str(), now])?;
    rows.into_iter().next().map(|mut row| row.take()).transpose()
}

fn bearer(sql: &dyn Sql, statement: &str, digest: &[u8], now: Timestamp) -> Result<Option<Bearer>, SqlError> {
    let Some(mut row) = sql.query(statement, values![digest, now])?.pop() else { return Ok(None) };
    Ok(Some(Bearer {
        account: AccountId::from_stored(row.take()?),
        computer: ComputerId::from_stored(row.take()?),
        expires_at: row.take()?,
    }))
}

/// Opens a question.
pub fn open_question(sql: &dyn Sql, digest: &[u8], bearer: &Bearer) -> Result<(), SqlError> {
    sql.run(
        "INSERT INTO questions (digest, account, computer, expires_at) VALUES (?1, ?2, ?3, ?4)",
        values![digest, bearer.account.as_str(), bearer.computer.as_str(), bearer.expires_at],
    )
}

/// The question of a token, when it can still be answered.
pub fn question(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<Option<Bearer>, SqlError> {
    let statement =
        "SELECT account, computer, expires_at FROM questions WHERE digest = ?1 AND expires_at > ?2";
    bearer(sql, statement, digest, now)
}

/// Closes a question: it is answered once.
pub fn close_question(sql: &dyn Sql, digest: &[u8]) -> Result<(), SqlError> {
    sql.run("DELETE FROM questions WHERE digest = ?1", values![digest])
}

/// Closes every question that is open for an account.
pub fn close_questions_of(sql: &dyn Sql, account: &AccountId) -> Result<(), SqlError> {
    sql.run("DELETE FROM questions WHERE account = ?1", values![account.as_str()])
}

/// Starts a session.
pub fn start(sql: &dyn Sql, digest: &[u8], bearer: &Bearer, now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "INSERT INTO sessions (digest, account, computer, started_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![digest, bearer.account.as_str(), bearer.computer.as_str(), now, bearer.expires_at],
    )
}

/// The session of a token, while it lasts.
pub fn session(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<Option<Bearer>, SqlError> {
    let statement =
        "SELECT account, computer, expires_at FROM sessions WHERE digest = ?1 AND expires_at > ?2";
    bearer(sql, statement, digest, now)
}

/// Ends a session.
pub fn end(sql: &dyn Sql, digest: &[u8]) -> Result<(), SqlError> {
    sql.run("DELETE FROM sessions WHERE digest = ?1", values![digest])
}

/// Forgets what has expired.
pub fn forget_expired(sql: &dyn Sql, now: Timestamp) -> Result<(), SqlError> {
    for statement in [
        "DELETE FROM profile_tokens WHERE expires_at <= ?1",
        "DELETE FROM questions WHERE expires_at <= ?1",
        "DELETE FROM sessions WHERE expires_at <= ?1",
    ] {
        sql.run(statement, values![now])?;
    }
    Ok(())
}
