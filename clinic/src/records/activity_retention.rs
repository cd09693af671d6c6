//! The one way by which lines leave the log: from its beginning, up to a checkpoint that is written first.

use wire::{Timestamp, checkpoint::Checkpoint};

use super::{
    activities::{COLUMNS, take_line},
    activity_search::HashedLine,
    sql::{Row, Sql, SqlError, values},
};

/// What is remembered of the trimming.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Nothing goes before this moment.
    pub rest_until: Timestamp,
    /// What stands for the lines that went.
    pub checkpoint: Option<Checkpoint>,
}

/// What is remembered.
pub fn get(sql: &dyn Sql) -> Result<Retention, SqlError> {
    let missing = || SqlError("nothing says how far the log was trimmed".into());
    let mut row = sql
        .query("SELECT rest_until, seq, hash, at, key, signature FROM activity_retention", &[])?
        .pop()
        .ok_or_else(missing)?;
    let (rest_until, seq): (Timestamp, u64) = (row.take()?, number(&mut row)?);
    let checkpoint = match seq {
        0 => None,
        seq => Some(Checkpoint {
            seq,
            hash: bytes(&mut row)?,
            at: number(&mut row)?,
            key: bytes(&mut row)?,
            signature: bytes(&mut row)?,
        }),
    };
    Ok(Retention { rest_until, checkpoint })
}

fn number(row: &mut Row) -> Result<u64, SqlError> {
    u64::try_from(row.take::<i64>()?).map_err(|_| SqlError("a stored number is negative".into()))
}

fn bytes<const N: usize>(row: &mut Row) -> Result<[u8; N], SqlError> {
    row.take::<Vec<u8>>()?.try_into().map_err(|_| SqlError("stored bytes have another length".into()))
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

/// The oldest lines, with their hashes.
pub fn oldest(sql: &dyn Sql, limit: u32) -> Result<Vec<HashedLine>, SqlError> {
    let rows =
        sql.query(&format!("SELECT {COLUMNS}, hash FROM activities ORDER BY seq LIMIT ?1"), values![limit])?;
    rows.into_iter()
        .map(|mut row| Ok(HashedLine { line: take_line(&mut row)?, hash: row.take()?, before: None }))
        .collect()
}

/// Takes the lines up to a checkpoint out of the log and the search, and what they alone said out of the words.
pub fn trim(sql: &dyn Sql, checkpoint: &Checkpoint) -> Result<(), SqlError> {
    let Checkpoint { seq, hash, at, key, signature } = checkpoint;
    let [seq, at] = [*seq, *at].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    // The checkpoint first: the database lets no line go that it does not stand for.
    sql.run(
        "UPDATE activity_retention SET seq = ?1, hash = ?2, at = ?3, key = ?4, signature = ?5",
        values![seq, hash.as_slice(), at, key.as_slice(), signature.as_slice()],
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
