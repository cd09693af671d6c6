//! PINs that were mailed, and how often they were asked for and tried.

use wire::{
    Timestamp,
    ids::{AccountId, EpisodeId},
};

use super::sql::{Sql, SqlError, values};
use crate::rules::pin::SentPin;

/// What is counted over time.
#[derive(Clone, Copy, Debug)]
pub enum Counted {
    /// A PIN was mailed.
    Mail,
    /// A PIN was tried, and wrong.
    Try,
}

impl Counted {
    fn text(self) -> &'static str {
        match self {
            Counted::Mail => "mail",
            Counted::Try => "try",
        }
    }
}

/// The newest PIN of an owner for an account.
pub fn get(sql: &dyn Sql, owner: &AccountId, account: &AccountId) -> Result<Option<SentPin>, SqlError> {
    let statement = "SELECT episode, digest, expires_at, tries FROM pins WHERE owner = ?1 AND account = ?2";
    let Some(mut row) = sql.query(statement, values![owner.as_str(), account.as_str()])?.pop() else {
        return Ok(None);
    };
    Ok(Some(SentPin {
        owner: owner.clone(),
        account: account.clone(),
        episode: EpisodeId::from_stored(row.take()?),
        digest: row.take()?,
        expires_at: row.take()?,
        tries: row.take()?,
    }))
}

/// Stores a PIN in the place of the one before it.
pub fn save(sql: &dyn Sql, pin: &SentPin) -> Result<(), SqlError> {
    sql.run(
        "INSERT OR REPLACE INTO pins (owner, account, episode, digest, expires_at, tries) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            pin.owner.as_str(),
            pin.account.as_str(),
            pin.episode.as_str(),
            pin.digest.as_slice(),
            pin.expires_at,
            pin.tries,
        ],
    )
}

/// Forgets every PIN for an account: its episode has ended.
pub fn forget(sql: &dyn Sql, account: &AccountId) -> Result<(), SqlError> {
    sql.run("DELETE FROM pins WHERE account = ?1", values![account.as_str()])
}

/// How often something happened to an account since then.
pub fn count_since(
    sql: &dyn Sql,
    account: &AccountId,
    what: Counted,
    since: Timestamp,
) -> Result<u32, SqlError> {
    let statement = "SELECT COUNT(*) FROM pin_events WHERE account = ?1 AND kind = ?2 AND at > ?3";
    let mut rows = sql.query(statement, values![account.as_str(), what.text(), since])?;
    rows.first_mut().map_or(Ok(0), |row| row.take())
}

/// When the first of the counted happenings since then was, to tell how long to wait.
pub fn first_since(
    sql: &dyn Sql,
    account: &AccountId,
    what: Counted,
    since: Timestamp,
) -> Result<Option<Timestamp>, SqlError> {
    let statement = "SELECT MIN(at) FROM pin_events WHERE account = ?1 AND kind = ?2 AND at > ?3";
    let mut rows = sql.query(statement, values![account.as_str(), what.text(), since])?;
    rows.first_mut().map_or(Ok(None), |row| row.take())
}

/// Counts a happening, and forgets those that no limit looks at any more.
pub fn count(
    sql: &dyn Sql,
    account: &AccountId,
    what: Counted,
    now: Timestamp,
    forget_before: Timestamp,
) -> Result<(), SqlError> {
    sql.run("DELETE FROM pin_events WHERE at < ?1", values![forget_before])?;
    sql.run(
        "INSERT INTO pin_events (account, kind, at) VALUES (?1, ?2, ?3)",
        values![account.as_str(), what.text(), now],
    )
}
