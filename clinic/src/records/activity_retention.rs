//! The one way by which lines leave the log: from its beginning, up to a checkpoint that is written first.

use wire::{
    Timestamp,
    checkpoint::{Checkpoint, Gone},
    signed::LogKey,
};

use super::{
    activities::{COLUMNS, take_line},
    activity_search::HashedLine,
    restored,
    sql::{Row, Sql, SqlError, values},
};

/// What is remembered of the trimming.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Nothing goes before this moment.
    pub rest_until: Timestamp,
    /// What stands for the lines that went.
    pub checkpoint: Result<Option<Checkpoint>, Unreadable>,
}

/// What was stored is not what we store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// What is remembered.
pub fn get(sql: &dyn Sql) -> Result<Retention, SqlError> {
    let missing = || SqlError("nothing says how far the log was trimmed".into());
    let mut row = sql
        .query(
            "SELECT rest_until, seq, hash, at, key, signature, (SELECT code FROM settings) FROM activity_retention",
            &[],
        )?
        .pop()
        .ok_or_else(missing)?;
    let (rest_until, seq) = (row.take()?, row.take()?);
    let checkpoint = match seq {
        0 => Ok(None),
        seq => checkpoint(seq, row).map(Some).ok_or(Unreadable),
    };
    Ok(Retention { rest_until, checkpoint })
}

fn checkpoint(seq: i64, mut row: Row) -> Option<Checkpoint> {
    let (hash, at): (_, i64) = (bytes(&mut row)?, row.take().ok()?);
    let (key, signature) = (bytes(&mut row)?, bytes(&mut row)?);
    let clinic = row.take::<String>().ok()?.parse().ok()?;
    let statement = Gone { clinic, seq: seq.try_into().ok()?, hash, at: at.try_into().ok()? };
    Some(Checkpoint { statement, key: LogKey(key), signature })
}

fn bytes<const N: usize>(row: &mut Row) -> Option<[u8; N]> {
    row.take::<Vec<u8>>().ok()?.try_into().ok()
}

/// Lets nothing go before this moment.
pub fn rest(sql: &dyn Sql, until: Timestamp) -> Result<(), SqlError> {
    sql.run("UPDATE activity_retention SET rest_until = MAX(rest_until, ?1)", values![until])
}

/// When the oldest line was written.
pub fn oldest_at(sql: &dyn Sql) -> Result<Option<Timestamp>, SqlError> {
    let mut rows = sql.query("SELECT at FROM activities ORDER BY seq LIMIT 1", &[])?;
    rows.first_mut().map(Row::take).transpose()
}

/// One of the oldest lines.
#[derive(Clone, Debug)]
pub struct OldLine {
    /// When it was written.
    pub at: Timestamp,
    /// The line and its hash.
    pub written: Result<HashedLine, Unreadable>,
}

/// The oldest lines, each readable or not.
pub fn oldest(sql: &dyn Sql, limit: u32) -> Result<Vec<OldLine>, SqlError> {
    let oldest = format!("SELECT at, {COLUMNS}, hash FROM activities ORDER BY seq LIMIT ?1");
    let rows = sql.query(&oldest, values![limit])?;
    rows.into_iter()
        .map(|mut row| Ok(OldLine { at: row.take()?, written: hashed(row).map_err(|_| Unreadable) }))
        .collect()
}

fn hashed(mut row: Row) -> Result<HashedLine, SqlError> {
    Ok(HashedLine { line: take_line(&mut row)?, hash: row.take()?, before: None })
}

/// Lets a checkpoint of the same place stand in place of the one that came with the log.
pub(crate) fn replace(sql: &dyn Sql, checkpoint: &Checkpoint) -> Result<(), SqlError> {
    let Checkpoint { key, signature, .. } = checkpoint;
    sql.run(
        "UPDATE activity_retention SET key = ?1, signature = ?2",
        values![key.0.as_slice(), signature.as_slice()],
    )
}

/// The lines behind a number, each readable or not.
pub(crate) fn behind(sql: &dyn Sql, seq: i64) -> Result<Vec<OldLine>, SqlError> {
    let behind = format!("SELECT at, {COLUMNS}, hash FROM activities WHERE seq > ?1 ORDER BY seq");
    let rows = sql.query(&behind, values![seq])?;
    rows.into_iter()
        .map(|mut row| Ok(OldLine { at: row.take()?, written: hashed(row).map_err(|_| Unreadable) }))
        .collect()
}

/// The number and the hash of the last line that went; nothing where none has.
pub(crate) fn last_gone(sql: &dyn Sql) -> Result<Option<(i64, Vec<u8>)>, SqlError> {
    restored::head_of(sql, "SELECT seq, hash FROM activity_retention WHERE seq > 0")
}

/// Takes the lines up to a checkpoint out of the log and the search, and what they alone said out of the words.
pub fn trim(sql: &dyn Sql, checkpoint: &Checkpoint) -> Result<(), SqlError> {
    let Checkpoint { statement: Gone { seq, hash, at, .. }, key, signature } = checkpoint;
    let [seq, at] = [*seq, *at].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    // The checkpoint first: the database lets no line go that it does not stand for.
    sql.run(
        "UPDATE activity_retention SET seq = ?1, hash = ?2, at = ?3, key = ?4, signature = ?5",
        values![seq, hash.as_slice(), at, key.0.as_slice(), signature.as_slice()],
    )?;
    let texts = sql.query(
        "SELECT DISTINCT number FROM activities_worded JOIN activity_texts USING (kind, text) WHERE seq <= ?1",
        values![seq],
    )?;
    sql.run("DELETE FROM activity_marks WHERE rowid <= ?1", values![seq])?;
    sql.run("DELETE FROM activities WHERE seq <= ?1", values![seq])?;
    for mut text in texts {
        let number: i64 = text.take()?;
        // From the newest on, where a text that is still in use is found at once.
        let used =
            "SELECT rowid FROM activity_marks WHERE activity_marks MATCH ?1 ORDER BY rowid DESC LIMIT 1";
        if sql.query(used, values![format!("t{number}").as_str()])?.is_empty() {
            sql.run("DELETE FROM activity_texts WHERE number = ?1", values![number])?;
        }
    }
    Ok(())
}
