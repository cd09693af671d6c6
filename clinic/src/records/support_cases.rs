//! The support cases of a clinic. What was said on the telephone stays in the log; a case is forgotten when no limit counts it.

use wire::{
    Timestamp,
    ids::{AccountId, CaseId, EpisodeId, OperatorId},
};

use super::sql::{Row, Sql, SqlError, values};
use crate::rules::support::{CASE_LIFETIME_HOURS, Case, CaseEnd};

/// How long a case is kept once it is over: whoever asks again for what they did hears that it is done.
const KEPT_DAYS: i64 = 30;

const COLUMNS: &str =
    "id, digest, account, episode, locked_since, manager, phone, reason, opened_at, ended_as";

fn end_text(end: CaseEnd) -> &'static str {
    match end {
        CaseEnd::Used => "used",
        CaseEnd::Withdrawn => "withdrawn",
    }
}

fn case(mut row: Row) -> Result<Case, SqlError> {
    Ok(Case {
        id: CaseId::from_stored(row.take()?),
        digest: row.take()?,
        account: AccountId::from_stored(row.take()?),
        episode: EpisodeId::from_stored(row.take()?),
        locked_since: row.take()?,
        manager: AccountId::from_stored(row.take()?),
        phone: row.take()?,
        reason: row.take()?,
        opened_at: row.take()?,
        end: match row.take::<Option<String>>()?.as_deref() {
            None => None,
            Some("used") => Some(CaseEnd::Used),
            Some("withdrawn") => Some(CaseEnd::Withdrawn),
            Some(_) => return Err(SqlError("a stored end of a case is unknown".into())),
        },
    })
}

/// Stores a new case, and forgets those that were over long ago.
pub fn insert(sql: &dyn Sql, case: &Case) -> Result<(), SqlError> {
    let over = case.opened_at.plus_minutes(-(KEPT_DAYS * 24 + CASE_LIFETIME_HOURS) * 60);
    sql.run("DELETE FROM support_cases WHERE opened_at < ?1", values![over])?;
    sql.run("DELETE FROM support_case_readers WHERE case_id NOT IN (SELECT id FROM support_cases)", &[])?;
    sql.run(
        &format!("INSERT INTO support_cases ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
        values![
            case.id.as_str(),
            case.digest.as_slice(),
            case.account.as_str(),
            case.episode.as_str(),
            case.locked_since,
            case.manager.as_str(),
            case.phone.as_str(),
            case.reason.as_str(),
            case.opened_at,
            case.end.map(end_text),
        ],
    )
}

/// Notes how somebody ended a case.
pub fn end(sql: &dyn Sql, id: &CaseId, end: CaseEnd) -> Result<(), SqlError> {
    sql.run("UPDATE support_cases SET ended_as = ?2 WHERE id = ?1", values![id.as_str(), end_text(end)])
}

/// The case of an id.
pub fn by_id(sql: &dyn Sql, id: &CaseId) -> Result<Option<Case>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM support_cases WHERE id = ?1");
    sql.query(&statement, values![id.as_str()])?.pop().map(case).transpose()
}

/// The case of a code.
pub fn by_digest(sql: &dyn Sql, digest: &[u8]) -> Result<Option<Case>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM support_cases WHERE digest = ?1");
    sql.query(&statement, values![digest])?.pop().map(case).transpose()
}

/// The newest case of an account: the one that was opened last, also where the clock was set back before.
pub fn newest_of(sql: &dyn Sql, account: &AccountId) -> Result<Option<Case>, SqlError> {
    let statement =
        format!("SELECT {COLUMNS} FROM support_cases WHERE account = ?1 ORDER BY rowid DESC LIMIT 1");
    sql.query(&statement, values![account.as_str()])?.pop().map(case).transpose()
}

/// When the cases were opened that count against a limit, the oldest first.
pub fn opened_since(
    sql: &dyn Sql,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, SqlError> {
    let statement =
        "SELECT opened_at FROM support_cases WHERE account = ?1 AND opened_at > ?2 ORDER BY opened_at";
    let rows = sql.query(statement, values![account.as_str(), since])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Notes that an operator looks a case up, and says whether it is their first look.
pub fn note_reader(sql: &dyn Sql, id: &CaseId, operator: &OperatorId) -> Result<bool, SqlError> {
    let statement =
        "INSERT OR IGNORE INTO support_case_readers (case_id, operator) VALUES (?1, ?2) RETURNING operator";
    Ok(!sql.query(statement, values![id.as_str(), operator.as_str()])?.is_empty())
}
