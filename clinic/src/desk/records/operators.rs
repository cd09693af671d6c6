//! The operators, their sessions and the codes that their authenticators have had accepted.

use wire::{Timestamp, fields::Login, ids::OperatorId};

use crate::records::sql::{Row, Sql, SqlError, values};

/// Somebody who works at the desk.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The id.
    pub id: OperatorId,
    /// The login.
    pub login: String,
    /// The name.
    pub name: String,
    /// The password's hash as a PHC string.
    pub password_hash: String,
    /// The secret of the authenticator, sealed; see [`seal_context`].
    pub sealed_secret: Vec<u8>,
}

const COLUMNS: &str = "id, login, name, password_hash, sealed_secret";

/// The place that an operator's sealed secret is bound to.
pub fn seal_context(id: &OperatorId) -> String {
    format!("operator {id}")
}

fn operator(mut row: Row) -> Result<Operator, SqlError> {
    Ok(Operator {
        id: OperatorId::from_stored(row.take()?),
        login: row.take()?,
        name: row.take()?,
        password_hash: row.take()?,
        sealed_secret: row.take()?,
    })
}

/// Stores an operator, in the place of the one who had the id, removed or not.
pub fn save(sql: &dyn Sql, operator: &Operator) -> Result<(), SqlError> {
    sql.run(
        &format!("INSERT OR REPLACE INTO operators ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)"),
        values![
            operator.id.as_str(),
            operator.login.as_str(),
            operator.name.as_str(),
            operator.password_hash.as_str(),
            operator.sealed_secret.as_slice(),
        ],
    )
}

/// The operator of a login.
pub fn by_login(sql: &dyn Sql, login: &Login) -> Result<Option<Operator>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM operators WHERE login = ?1 AND removed_at IS NULL");
    sql.query(&statement, values![login.as_str()])?.pop().map(operator).transpose()
}

/// The operator of an id.
pub fn by_id(sql: &dyn Sql, id: &OperatorId) -> Result<Option<Operator>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM operators WHERE id = ?1 AND removed_at IS NULL");
    sql.query(&statement, values![id.as_str()])?.pop().map(operator).transpose()
}

/// The id that goes with a login, also where its operator was removed: who comes back is the same.
pub fn id_of(sql: &dyn Sql, login: &Login) -> Result<Option<OperatorId>, SqlError> {
    let rows = sql.query("SELECT id FROM operators WHERE login = ?1", values![login.as_str()])?;
    rows.into_iter().next().map(|mut row| row.take().map(OperatorId::from_stored)).transpose()
}

/// The name that goes with an id, also where its operator was removed.
pub fn name_of(sql: &dyn Sql, id: &OperatorId) -> Result<Option<String>, SqlError> {
    let rows = sql.query("SELECT name FROM operators WHERE id = ?1", values![id.as_str()])?;
    rows.into_iter().next().map(|mut row| row.take()).transpose()
}

/// Removes an operator, and keeps the name.
pub fn remove(sql: &dyn Sql, id: &OperatorId, now: Timestamp) -> Result<(), SqlError> {
    sql.run("DELETE FROM used_steps WHERE operator = ?1", values![id.as_str()])?;
    sql.run(
        "UPDATE operators SET removed_at = ?2, password_hash = '', sealed_secret = x'' WHERE id = ?1",
        values![id.as_str(), now],
    )
}

/// Every operator, by name.
pub fn all(sql: &dyn Sql) -> Result<Vec<Operator>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM operators WHERE removed_at IS NULL ORDER BY name, login");
    sql.query(&statement, &[])?.into_iter().map(operator).collect()
}

/// The steps whose codes an operator has had accepted.
pub fn used_steps(sql: &dyn Sql, id: &OperatorId) -> Result<Vec<i64>, SqlError> {
    let rows = sql.query("SELECT step FROM used_steps WHERE operator = ?1", values![id.as_str()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Notes that a code was accepted, and forgets those that could not be accepted any more.
pub fn use_step(sql: &dyn Sql, id: &OperatorId, step: i64, oldest: i64) -> Result<(), SqlError> {
    sql.run("DELETE FROM used_steps WHERE step < ?1", values![oldest])?;
    sql.run("INSERT OR IGNORE INTO used_steps (operator, step) VALUES (?1, ?2)", values![id.as_str(), step])
}

/// Starts a session, and forgets those that have ended.
pub fn start_session(
    sql: &dyn Sql,
    digest: &[u8],
    id: &OperatorId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), SqlError> {
    sql.run("DELETE FROM operator_sessions WHERE expires_at <= ?1", values![now])?;
    sql.run(
        "INSERT INTO operator_sessions (digest, operator, expires_at, last_used_at) VALUES (?1, ?2, ?3, ?4)",
        values![digest, id.as_str(), expires_at, now],
    )
}

/// Whose session a token is of, while it lasts and was used since `used_since`.
pub fn session(
    sql: &dyn Sql,
    digest: &[u8],
    now: Timestamp,
    used_since: Timestamp,
) -> Result<Option<OperatorId>, SqlError> {
    let statement =
        "SELECT operator FROM operator_sessions WHERE digest = ?1 AND expires_at > ?2 AND last_used_at > ?3";
    let rows = sql.query(statement, values![digest, now, used_since])?;
    rows.into_iter().next().map(|mut row| row.take().map(OperatorId::from_stored)).transpose()
}

/// Notes that a session was used.
pub fn note_use(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<(), SqlError> {
    sql.run("UPDATE operator_sessions SET last_used_at = ?2 WHERE digest = ?1", values![digest, now])
}

/// Ends a session.
pub fn end_session(sql: &dyn Sql, digest: &[u8]) -> Result<(), SqlError> {
    sql.run("DELETE FROM operator_sessions WHERE digest = ?1", values![digest])
}

/// Ends every session of an operator.
pub fn end_sessions_of(sql: &dyn Sql, id: &OperatorId) -> Result<(), SqlError> {
    sql.run("DELETE FROM operator_sessions WHERE operator = ?1", values![id.as_str()])
}
