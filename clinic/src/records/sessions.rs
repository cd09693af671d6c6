//! What cookies stand for, each kept as the keyed digest of its token: profiles that were authorized, open questions, sessions.

use wire::{
    Timestamp,
    ids::{AccountId, ComputerId, ProfileId},
};

use super::sql::{Row, Sql, SqlError, values};

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
    sql.query(statement, values![digest, now])?.pop().map(whose).transpose()
}

fn whose(mut row: Row) -> Result<Bearer, SqlError> {
    Ok(Bearer {
        account: AccountId::from_stored(row.take()?),
        computer: ComputerId::from_stored(row.take()?),
        expires_at: row.take()?,
    })
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
    let statement = "SELECT account, computer, expires_at FROM questions
                     WHERE digest = ?1 AND expires_at > ?2 AND answered = 0";
    bearer(sql, statement, digest, now)
}

/// Opens the choice of a password of one's own, which follows a question that was answered.
pub fn open_choice(sql: &dyn Sql, digest: &[u8], bearer: &Bearer) -> Result<(), SqlError> {
    open_question(sql, digest, bearer)?;
    sql.run("UPDATE questions SET answered = 1 WHERE digest = ?1", values![digest])
}

/// The choice of a token, when it can still be made.
pub fn choice(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<Option<Bearer>, SqlError> {
    let statement = "SELECT account, computer, expires_at FROM questions
                     WHERE digest = ?1 AND expires_at > ?2 AND answered = 1";
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

/// Starts a session. Its password has just been typed.
pub fn start(sql: &dyn Sql, digest: &[u8], bearer: &Bearer, now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "INSERT INTO sessions (digest, account, computer, started_at, last_used_at, password_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?4, ?4, ?5)",
        values![digest, bearer.account.as_str(), bearer.computer.as_str(), now, bearer.expires_at],
    )
}

/// The session of a token, while it lasts and was used since `idle_since`.
pub fn session(
    sql: &dyn Sql,
    digest: &[u8],
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<Bearer>, SqlError> {
    let statement = "SELECT account, computer, expires_at FROM sessions
                     WHERE digest = ?1 AND expires_at > ?2 AND last_used_at > ?3";
    sql.query(statement, values![digest, now, idle_since])?.pop().map(whose).transpose()
}

/// Notes that somebody uses a session.
pub fn note_use(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<(), SqlError> {
    sql.run("UPDATE sessions SET last_used_at = ?2 WHERE digest = ?1", values![digest, now])
}

/// When the password was typed last in a session.
pub fn password_at(sql: &dyn Sql, digest: &[u8]) -> Result<Option<Timestamp>, SqlError> {
    let rows = sql.query("SELECT password_at FROM sessions WHERE digest = ?1", values![digest])?;
    rows.into_iter().next().map(|mut row| row.take()).transpose()
}

/// Notes that the right password was typed in a session.
pub fn note_password(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<(), SqlError> {
    sql.run("UPDATE sessions SET password_at = ?2 WHERE digest = ?1", values![digest, now])
}

/// Ends a session.
pub fn end(sql: &dyn Sql, digest: &[u8]) -> Result<(), SqlError> {
    sql.run("DELETE FROM sessions WHERE digest = ?1", values![digest])
}

/// Ends every session of an account but one, and closes its questions.
pub fn end_all_of(sql: &dyn Sql, account: &AccountId, but: Option<&[u8]>) -> Result<(), SqlError> {
    let none: &[u8] = &[];
    sql.run(
        "DELETE FROM sessions WHERE account = ?1 AND digest <> ?2",
        values![account.as_str(), but.unwrap_or(none)],
    )?;
    close_questions_of(sql, account)
}

/// Ends everything that goes on at a computer: its profile, its questions and its sessions.
pub fn end_all_at(sql: &dyn Sql, computer: &ComputerId) -> Result<(), SqlError> {
    end_others_at(sql, computer, [&[], &[]])
}

/// The same but for what one browser has there: its profile and its session.
pub fn end_others_at(sql: &dyn Sql, computer: &ComputerId, own: [&[u8]; 2]) -> Result<(), SqlError> {
    let [profile, session] = own;
    for statement in [
        "DELETE FROM profile_tokens WHERE computer = ?1 AND digest NOT IN (?2, ?3)",
        "DELETE FROM questions WHERE computer = ?1 AND digest NOT IN (?2, ?3)",
        "DELETE FROM sessions WHERE computer = ?1 AND digest NOT IN (?2, ?3)",
    ] {
        sql.run(statement, values![computer.as_str(), profile, session])?;
    }
    Ok(())
}

/// Takes a profile's token away.
pub fn forget_profile(sql: &dyn Sql, digest: &[u8]) -> Result<(), SqlError> {
    sql.run("DELETE FROM profile_tokens WHERE digest = ?1", values![digest])
}

/// Takes the tokens of a profile away from all its computers. Sessions go on: they were begun with a code that was good.
pub fn forget_profile_everywhere(sql: &dyn Sql, profile: &ProfileId) -> Result<(), SqlError> {
    sql.run(
        "DELETE FROM profile_tokens WHERE computer IN (SELECT id FROM computers WHERE profile = ?1)",
        values![profile.as_str()],
    )
}

/// A session that goes on.
#[derive(Clone, Debug)]
pub struct Running {
    /// The digest of its token.
    pub digest: Vec<u8>,
    /// Whose it is.
    pub account: AccountId,
    /// Where.
    pub computer: ComputerId,
    /// Since when.
    pub started_at: Timestamp,
}

/// Every session that goes on.
pub fn running(sql: &dyn Sql, now: Timestamp, idle_since: Timestamp) -> Result<Vec<Running>, SqlError> {
    let statement = "SELECT digest, account, computer, started_at FROM sessions
                     WHERE expires_at > ?1 AND last_used_at > ?2 ORDER BY started_at DESC";
    let rows = sql.query(statement, values![now, idle_since])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Running {
                digest: row.take()?,
                account: AccountId::from_stored(row.take()?),
                computer: ComputerId::from_stored(row.take()?),
                started_at: row.take()?,
            })
        })
        .collect()
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
