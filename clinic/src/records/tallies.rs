//! The tries at each login, known or not.

use serde::{Deserialize, Serialize};
use wire::{
    Timestamp,
    ids::{AccountId, EpisodeId},
};

use super::sql::{Row, Sql, SqlError, values};
use crate::rules::lockout::{Lock, Place, Tally, Try};

/// Most logins without an account whose tries are kept; the one touched longest ago gives way.
pub const UNKNOWN_LOGINS_MAX: u32 = 1_000;
/// Hours after which the tries at a login without an account are forgotten.
pub const UNKNOWN_LOGIN_LIFETIME_HOURS: i64 = 24;

/// Whose tries: an account's, or those at a login that no account has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// An account.
    Account(AccountId),
    /// The keyed digest, in hexadecimal, of a login that no account has.
    Unknown(String),
}

const ACCOUNT: &str = "account ";
const UNKNOWN: &str = "unknown ";

impl Subject {
    /// The subject as the key of its row.
    pub fn key(&self) -> String {
        match self {
            Subject::Account(id) => format!("{ACCOUNT}{id}"),
            Subject::Unknown(digest) => format!("{UNKNOWN}{digest}"),
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        let account =
            key.strip_prefix(ACCOUNT).map(|id| Subject::Account(AccountId::from_stored(id.to_owned())));
        account.or_else(|| key.strip_prefix(UNKNOWN).map(|digest| Subject::Unknown(digest.to_owned())))
    }
}

fn lock(row: &mut Row) -> Result<Option<Lock>, SqlError> {
    let (since, episode): (Option<Timestamp>, Option<String>) = (row.take()?, row.take()?);
    let (computer, address): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    let tries_since = row.take()?;
    Ok(match (since, episode) {
        (Some(since), Some(episode)) => Some(Lock {
            since,
            episode: EpisodeId::from_stored(episode),
            place: Place { computer: computer.unwrap_or_default(), address: address.unwrap_or_default() },
            tries_since,
        }),
        _ => None,
    })
}

fn a_try(mut row: Row) -> Result<Try, SqlError> {
    Ok(Try {
        number: row.take()?,
        reserved_at: row.take()?,
        place: Place { computer: row.take()?, address: row.take()? },
        wrong: row.take()?,
    })
}

/// The tries at a login; an empty tally when there were none.
pub fn get(sql: &dyn Sql, subject: &Subject) -> Result<Tally, SqlError> {
    let key = subject.key();
    let statement =
        "SELECT last, cleared_through, locks, locked_since, episode, locked_on, locked_from, tries_since
                     FROM tallies WHERE subject = ?1";
    let Some(mut row) = sql.query(statement, values![key.as_str()])?.pop() else {
        return Ok(Tally::default());
    };
    let (last, cleared_through, locks) = (row.take()?, row.take()?, row.take()?);
    let lock = lock(&mut row)?;
    let statement =
        "SELECT number, reserved_at, computer, address, wrong FROM tries WHERE subject = ?1 ORDER BY number";
    let tries = sql.query(statement, values![key])?.into_iter().map(a_try).collect::<Result<_, _>>()?;
    Ok(Tally { last, cleared_through, tries, lock, locks })
}

/// Stores what has changed of a tally.
pub fn save(
    sql: &dyn Sql,
    subject: &Subject,
    before: &Tally,
    after: &Tally,
    now: Timestamp,
) -> Result<(), SqlError> {
    let key = subject.key();
    if matches!(subject, Subject::Unknown(_)) && *before == Tally::default() {
        make_room(sql, now)?;
    }
    let lock = after.lock.as_ref();
    sql.run(
        "INSERT OR REPLACE INTO tallies
             (subject, last, cleared_through, locked_since, episode, locked_on, locked_from, tries_since, touched_at, locks)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        values![
            key.as_str(),
            after.last,
            after.cleared_through,
            lock.map(|lock| lock.since),
            lock.map(|lock| lock.episode.as_str()),
            lock.map(|lock| lock.place.computer.as_str()),
            lock.map(|lock| lock.place.address.as_str()),
            lock.map_or(0, |lock| lock.tries_since),
            now,
            after.locks,
        ],
    )?;
    for gone in before.tries.iter().filter(|t| !after.tries.contains(t)) {
        sql.run("DELETE FROM tries WHERE subject = ?1 AND number = ?2", values![key.as_str(), gone.number])?;
    }
    for new in after.tries.iter().filter(|t| !before.tries.contains(t)) {
        sql.run(
            "INSERT INTO tries (subject, number, reserved_at, computer, address, wrong) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            values![
                key.as_str(),
                new.number,
                new.reserved_at,
                new.place.computer.as_str(),
                new.place.address.as_str(),
                new.wrong,
            ],
        )?;
    }
    Ok(())
}

/// Every account's lock.
pub fn locks(sql: &dyn Sql) -> Result<Vec<(String, Lock)>, SqlError> {
    let statement = "SELECT subject, locked_since, episode, locked_on, locked_from, tries_since FROM tallies
                     WHERE locked_since IS NOT NULL AND subject LIKE 'account %'";
    let mut locks = Vec::new();
    for mut row in sql.query(statement, &[])? {
        let key = row.take()?;
        locks.extend(lock(&mut row)?.map(|lock| (key, lock)));
    }
    Ok(locks)
}

/// Whose tries were locked at that moment or earlier, known and unknown logins alike.
pub fn locked_until(sql: &dyn Sql, moment: Timestamp) -> Result<Vec<Subject>, SqlError> {
    let rows = sql.query("SELECT subject FROM tallies WHERE locked_since <= ?1", values![moment])?;
    let keys = rows.into_iter().map(|mut row| row.take::<String>()).collect::<Result<Vec<_>, _>>()?;
    Ok(keys.iter().filter_map(|key| Subject::from_key(key)).collect())
}

/// When the lock that has lasted longest began.
pub fn first_lock(sql: &dyn Sql) -> Result<Option<Timestamp>, SqlError> {
    let rows = sql.query(
        "SELECT locked_since FROM tallies WHERE locked_since IS NOT NULL ORDER BY locked_since LIMIT 1",
        &[],
    )?;
    rows.into_iter().next().map(|mut row| row.take()).transpose()
}

/// Keeps the logins without an account few, so that nobody fills the disk with made-up ones.
fn make_room(sql: &dyn Sql, now: Timestamp) -> Result<(), SqlError> {
    let expired = now.plus_minutes(-UNKNOWN_LOGIN_LIFETIME_HOURS * 60);
    // A range and no pattern: the key is the primary key, so that this finds its rows without reading the others.
    let statement = "SELECT subject FROM tallies WHERE subject >= ?1 AND subject < ?2 AND (touched_at < ?3 OR subject IN (
             SELECT subject FROM tallies WHERE subject >= ?1 AND subject < ?2 ORDER BY touched_at DESC LIMIT -1 OFFSET ?4))";
    let rows = sql.query(statement, values![UNKNOWN, "unknown!", expired, UNKNOWN_LOGINS_MAX - 1])?;
    for mut row in rows {
        let key: String = row.take()?;
        sql.run("DELETE FROM tries WHERE subject = ?1", values![key.as_str()])?;
        sql.run("DELETE FROM tallies WHERE subject = ?1", values![key])?;
    }
    Ok(())
}
