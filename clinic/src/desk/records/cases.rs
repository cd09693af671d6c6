//! Codes that wait to be read out, the cases that were, and how often each operator looked for one that is not there.

use wire::{
    Timestamp,
    fields::ClinicCode,
    ids::{CaseId, OperatorId},
    support::{CaseState, SupportCase},
};

use crate::records::sql::{Row, Sql, SqlError, values};

/// A case that was read out to the desk.
#[derive(Clone, Debug)]
pub struct KnownCase {
    /// The clinic that it is of.
    pub clinic: ClinicCode,
    /// What the clinic last told of it.
    pub told: SupportCase,
    /// Who is unlocking it and why, until the clinic has answered.
    pub unlock: Option<(OperatorId, String)>,
}

const COLUMNS: &str = "clinic, told, unlock_operator, unlock_why";

fn known(mut row: Row) -> Result<KnownCase, SqlError> {
    let clinic: String = row.take()?;
    let told: String = row.take()?;
    let (operator, why): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    Ok(KnownCase {
        clinic: ClinicCode::from_generated(clinic),
        told: serde_json::from_str(&told).map_err(|_| SqlError("a stored case cannot be read".into()))?,
        unlock: operator.map(OperatorId::from_stored).zip(why),
    })
}

/// Notes a code that a clinic has just given out.
pub fn register(
    sql: &dyn Sql,
    digest: &[u8],
    sealed_clinic: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), SqlError> {
    sql.run("DELETE FROM unread_codes WHERE expires_at <= ?1", values![now])?;
    sql.run(
        "INSERT OR REPLACE INTO unread_codes (digest, sealed_clinic, expires_at) VALUES (?1, ?2, ?3)",
        values![digest, sealed_clinic, expires_at],
    )
}

/// The sealed way to the clinic of a code.
pub fn unread(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<Option<Vec<u8>>, SqlError> {
    let statement = "SELECT sealed_clinic FROM unread_codes WHERE digest = ?1 AND expires_at > ?2";
    let rows = sql.query(statement, values![digest, now])?;
    rows.into_iter().next().map(|mut row| row.take()).transpose()
}

/// Spends a code: it is read out once.
pub fn spend(sql: &dyn Sql, digest: &[u8]) -> Result<(), SqlError> {
    sql.run("DELETE FROM unread_codes WHERE digest = ?1", values![digest])
}

/// Counts a look for a case, before it is known whether there is one. Gives its number.
pub fn seek(
    sql: &dyn Sql,
    operator: &OperatorId,
    now: Timestamp,
    counted: Timestamp,
) -> Result<i64, SqlError> {
    sql.run("DELETE FROM seeks WHERE at <= ?1", values![counted])?;
    let statement = "INSERT INTO seeks (operator, at) VALUES (?1, ?2) RETURNING number";
    let mut rows = sql.query(statement, values![operator.as_str(), now])?;
    rows.first_mut().ok_or_else(|| SqlError("a look was not counted".into()))?.take()
}

/// When an operator looked for what is not there, the oldest first.
pub fn seeks(sql: &dyn Sql, operator: &OperatorId, since: Timestamp) -> Result<Vec<Timestamp>, SqlError> {
    let statement = "SELECT at FROM seeks WHERE operator = ?1 AND at > ?2 ORDER BY at";
    let rows = sql.query(statement, values![operator.as_str(), since])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Takes a look back: there was a case.
pub fn found(sql: &dyn Sql, seek: i64) -> Result<(), SqlError> {
    sql.run("DELETE FROM seeks WHERE number = ?1", values![seek])
}

/// Stores what a clinic told of a case, and forgets the cases that ended a day ago: only the log still tells of them.
pub fn save(sql: &dyn Sql, clinic: &ClinicCode, told: &SupportCase, now: Timestamp) -> Result<(), SqlError> {
    sql.run("DELETE FROM cases WHERE expires_at <= ?1", values![now.plus_minutes(-24 * 60)])?;
    let json = serde_json::to_string(told).map_err(|_| SqlError("a case cannot be written".into()))?;
    sql.run(
        "INSERT INTO cases (id, clinic, told, read_at, expires_at, is_open) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET told = excluded.told, is_open = excluded.is_open",
        values![
            told.id.as_str(),
            clinic.as_str(),
            json,
            now,
            told.expires_at,
            told.state == CaseState::Open,
        ],
    )
}

/// The case of an id.
pub fn by_id(sql: &dyn Sql, id: &CaseId) -> Result<Option<KnownCase>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM cases WHERE id = ?1");
    sql.query(&statement, values![id.as_str()])?.pop().map(known).transpose()
}

/// The cases that are open as far as the desk knows, the newest first.
pub fn open(sql: &dyn Sql, now: Timestamp) -> Result<Vec<KnownCase>, SqlError> {
    let statement = format!(
        "SELECT {COLUMNS} FROM cases WHERE is_open = 1 AND expires_at > ?1 ORDER BY read_at DESC, id"
    );
    sql.query(&statement, values![now])?.into_iter().map(known).collect()
}

/// The cases whose unlock was begun, and whose end the desk has not heard of.
pub fn pending(sql: &dyn Sql) -> Result<Vec<KnownCase>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM cases WHERE unlock_operator IS NOT NULL");
    sql.query(&statement, &[])?.into_iter().map(known).collect()
}

/// Notes who is unlocking a case, and why; nobody once the clinic has answered.
pub fn set_unlock(sql: &dyn Sql, id: &CaseId, unlock: Option<(&OperatorId, &str)>) -> Result<(), SqlError> {
    sql.run(
        "UPDATE cases SET unlock_operator = ?2, unlock_why = ?3 WHERE id = ?1",
        values![id.as_str(), unlock.map(|(operator, _)| operator.as_str()), unlock.map(|(_, why)| why),],
    )
}
