//! Finds lines of the log without reading the others, however long it has become.
//!
//! A full-text index holds a few words a line: its action, its accounts, and the numbers of the texts that stand in it.
//! It gives the lines that have all of some words newest first, from any place in the log on. What people search for is
//! looked up among those texts, of which there are as many as a clinic has had names, labels and addresses.

use wire::{
    Timestamp,
    activities::{Action, ActivityLine},
    ids::AccountId,
};

use super::{
    activities::{COLUMNS, action_text, line, take_line},
    sql::{Row, Sql, SqlError, values},
};
use crate::rules::folding::folded;

/// Lines of before the index that are marked at a time.
const BACKLOG_SLICE_LINES: i64 = 20_000;
/// Most texts that a word may be found in. Each costs a walk through the index.
const TEXTS_MAX: usize = 200;
/// So much later than the next line may one have been written: a clock was set back.
const CLOCK_SLACK_MINUTES: i64 = 60;

/// Marks some of the lines that were there before the index. Tells whether all of them are marked.
pub fn catch_up(sql: &dyn Sql) -> Result<bool, SqlError> {
    let below = backlog(sql)?;
    let from = (below - BACKLOG_SLICE_LINES).max(1);
    if below > 1 {
        let slice = values![from, below];
        sql.run(
            "INSERT OR IGNORE INTO activity_texts (kind, text)
             SELECT DISTINCT kind, text FROM activities_worded WHERE seq >= ?1 AND seq < ?2",
            slice,
        )?;
        fold_new_texts(sql)?;
        sql.run(
            "INSERT INTO activity_marks (rowid, marks)
             SELECT seq, marks FROM activities_marked WHERE seq >= ?1 AND seq < ?2",
            slice,
        )?;
        sql.run("UPDATE activity_backlog SET below = ?1", values![from])?;
    }
    Ok(from <= 1)
}

/// Whether every line is marked.
pub fn is_caught_up(sql: &dyn Sql) -> Result<bool, SqlError> {
    Ok(backlog(sql)? <= 1)
}

fn backlog(sql: &dyn Sql) -> Result<i64, SqlError> {
    first(sql.query("SELECT below FROM activity_backlog", &[])?)?
        .ok_or_else(|| SqlError("nothing says which lines are marked".into()))
}

/// Folds the texts that came with the last lines.
pub(super) fn fold_new_texts(sql: &dyn Sql) -> Result<(), SqlError> {
    for mut row in sql.query("SELECT number, text FROM activity_texts WHERE folded IS NULL", &[])? {
        let (number, text): (i64, String) = (row.take()?, row.take()?);
        sql.run(
            "UPDATE activity_texts SET folded = ?2 WHERE number = ?1",
            values![number, folded(&text).as_str()],
        )?;
    }
    Ok(())
}

/// The labels of all computers in the log.
pub fn computers(sql: &dyn Sql) -> Result<Vec<String>, SqlError> {
    let rows = sql.query("SELECT text FROM activity_texts WHERE kind = 'computer' ORDER BY text", &[])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// What a line must be marked with: one of each of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Vec<Vec<String>>);

/// Why nothing can be looked for.
#[derive(Debug)]
pub enum MarksError {
    /// A word is in too many texts.
    TooMany,
    /// The records failed.
    Fault(SqlError),
}

impl From<SqlError> for MarksError {
    fn from(fault: SqlError) -> Self {
        MarksError::Fault(fault)
    }
}

impl Marks {
    /// One of these actions.
    pub fn actions(&mut self, actions: &[Action]) {
        self.0.push(actions.iter().map(|action| action_text(*action).to_owned()).collect());
    }

    /// About or by this account.
    pub fn account(&mut self, account: &AccountId) {
        self.0.push(vec![account.as_str().to_owned()]);
    }

    /// On a computer that had this label.
    pub fn computer(&mut self, sql: &dyn Sql, label: &str) -> Result<(), SqlError> {
        let rows = sql.query(
            "SELECT number FROM activity_texts WHERE kind = 'computer' AND text = ?1",
            values![label],
        )?;
        self.0.push(rows.into_iter().map(text_mark).collect::<Result<_, _>>()?);
        Ok(())
    }

    /// With each of these words in a text, or in the login of one of the accounts.
    pub fn words(&mut self, sql: &dyn Sql, words: &str) -> Result<(), MarksError> {
        for word in folded(words).split_whitespace() {
            let limit = i64::try_from(TEXTS_MAX).unwrap_or(i64::MAX) + 1;
            let texts = sql.query(
                "SELECT number FROM activity_texts WHERE instr(folded, ?1) > 0 LIMIT ?2",
                values![word, limit],
            )?;
            let accounts = sql.query(
                "SELECT id FROM accounts WHERE instr(login, ?1) > 0
                 UNION SELECT account FROM retired_logins WHERE instr(login, ?1) > 0 LIMIT ?2",
                values![word, limit],
            )?;
            if texts.len() + accounts.len() > TEXTS_MAX {
                return Err(MarksError::TooMany);
            }
            let accounts = accounts.into_iter().map(|mut row| row.take::<String>());
            self.0.push(texts.into_iter().map(text_mark).chain(accounts).collect::<Result<_, _>>()?);
        }
        Ok(())
    }

    /// Whether no line can have them.
    fn match_nothing(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }

    /// As the index is asked; nothing where every line has them.
    fn expression(&self) -> Option<String> {
        // Words of our own making: none of them needs quotes.
        let each: Vec<_> = self.0.iter().map(|one_of| format!("({})", one_of.join(" OR "))).collect();
        (!each.is_empty()).then(|| each.join(" AND "))
    }
}

fn text_mark(mut row: Row) -> Result<String, SqlError> {
    Ok(format!("t{}", row.take::<i64>()?))
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct PageWish {
    /// What its lines are marked with.
    pub marks: Marks,
    /// Only lines older than this one.
    pub before: i64,
    /// Only lines between these moments.
    pub period: Option<(Timestamp, Timestamp)>,
    /// At most so many.
    pub limit: u32,
}

/// Between which moments every line lies.
const ALWAYS: (Timestamp, Timestamp) = (Timestamp(0), Timestamp(1 << 52));
const PAGE: &str =
    "FROM activities WHERE seq < ?1 AND seq >= ?2 AND at >= ?3 AND at < ?4 ORDER BY seq DESC LIMIT ?5";
// CROSS JOIN: the index goes first, and never a walk through the log.
const MARKED_PAGE: &str = "FROM activity_marks CROSS JOIN activities ON seq = activity_marks.rowid
     WHERE activity_marks MATCH ?6 AND activity_marks.rowid < ?1 AND activity_marks.rowid >= ?2 AND at >= ?3 AND at < ?4
     ORDER BY activity_marks.rowid DESC LIMIT ?5";

/// The newest lines of those that are wished for.
pub fn page(sql: &dyn Sql, wish: &PageWish) -> Result<Vec<ActivityLine>, SqlError> {
    if wish.marks.match_nothing() {
        return Ok(Vec::new());
    }
    let ((first, end), (from, until)) = bounds(sql, wish)?;
    let (page, expression) = match wish.marks.expression() {
        None => (PAGE, None),
        Some(expression) => (MARKED_PAGE, Some(expression)),
    };
    let mut values = values![end, first, from, until, wish.limit].to_vec();
    values.extend(expression.map(Into::into));
    sql.query(&format!("SELECT {COLUMNS} {page}"), &values)?.into_iter().map(line).collect()
}

/// From the first of two moments until before the second.
type Period = (Timestamp, Timestamp);

/// Between which lines, and between which moments, everything lies that is wished for.
fn bounds(sql: &dyn Sql, wish: &PageWish) -> Result<((i64, i64), Period), SqlError> {
    let Some((from, until)) = wish.period else { return Ok(((0, wish.before), ALWAYS)) };
    let first = first_since(sql, from.plus_minutes(-CLOCK_SLACK_MINUTES))?;
    let end = first_since(sql, until.plus_minutes(CLOCK_SLACK_MINUTES))?;
    Ok(((first, end.min(wish.before)), (from, until)))
}

/// A line with its hash and the one that it stands on, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedLine {
    /// The line.
    pub line: ActivityLine,
    /// Its hash.
    pub hash: Vec<u8>,
    /// The hash of the line before it; absent where there is none.
    pub before: Option<Vec<u8>>,
}

// The oldest line of a trimmed log stands on its checkpoint.
const HASHES: &str = "activities.hash, COALESCE(
    (SELECT hash FROM activities AS previous WHERE previous.seq = activities.seq - 1),
    (SELECT hash FROM activity_retention AS gone WHERE gone.seq = activities.seq - 1))";
const SLICE: &str =
    "FROM activities WHERE seq >= ?1 AND seq < ?2 AND at >= ?3 AND at < ?4 ORDER BY seq LIMIT ?5";
const MARKED_SLICE: &str = "FROM activity_marks CROSS JOIN activities ON seq = activity_marks.rowid
     WHERE activity_marks MATCH ?6 AND activity_marks.rowid >= ?1 AND activity_marks.rowid < ?2 AND at >= ?3 AND at < ?4
     ORDER BY activity_marks.rowid LIMIT ?5";

/// The oldest lines of those that are wished for, from one on, with their hashes.
pub fn slice(sql: &dyn Sql, wish: &PageWish, after: i64) -> Result<Vec<HashedLine>, SqlError> {
    if wish.marks.match_nothing() {
        return Ok(Vec::new());
    }
    let ((first, end), (from, until)) = bounds(sql, wish)?;
    let (slice, expression) = match wish.marks.expression() {
        None => (SLICE, None),
        Some(expression) => (MARKED_SLICE, Some(expression)),
    };
    let mut values = values![first.max(after.saturating_add(1)), end, from, until, wish.limit].to_vec();
    values.extend(expression.map(Into::into));
    let rows = sql.query(&format!("SELECT {COLUMNS}, {HASHES} {slice}"), &values)?;
    rows.into_iter()
        .map(|mut row| Ok(HashedLine { line: take_line(&mut row)?, hash: row.take()?, before: row.take()? }))
        .collect()
}

/// The newest line's number; zero where there is none.
pub fn newest(sql: &dyn Sql) -> Result<i64, SqlError> {
    Ok(first(sql.query(NEXT, &[])?)?.unwrap_or(1) - 1)
}

const SINCE: &str = "SELECT seq FROM activities WHERE at >= ?1 ORDER BY at, seq LIMIT 1";
const NEXT: &str = "SELECT COALESCE(MAX(seq), 0) + 1 FROM activities";

/// The first line that is not older than a moment; the one that is to come where there is none.
fn first_since(sql: &dyn Sql, moment: Timestamp) -> Result<i64, SqlError> {
    match first(sql.query(SINCE, values![moment])?)? {
        Some(seq) => Ok(seq),
        None => Ok(first(sql.query(NEXT, &[])?)?.unwrap_or(1)),
    }
}

// Backwards, as the pages go: the index finds what is newest soonest.
const MARKED: &str = "SELECT rowid FROM activity_marks WHERE activity_marks MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid DESC";

/// How many lines are marked so between each of these moments and the next.
pub fn counts(sql: &dyn Sql, marks: &Marks, moments: &[Timestamp]) -> Result<Vec<u32>, SqlError> {
    let firsts = moments.iter().map(|moment| first_since(sql, *moment)).collect::<Result<Vec<_>, _>>()?;
    let expression = marks.expression().filter(|_| !marks.match_nothing());
    let ends = firsts.iter().min().zip(firsts.iter().max());
    // One question for all parts: each would look the marks up anew.
    let marked = match expression.zip(ends) {
        Some((expression, (from, end))) => sql.query(MARKED, values![expression, *from, *end])?,
        None => Vec::new(),
    };
    let marked = marked.into_iter().map(|mut row| row.take()).collect::<Result<Vec<i64>, _>>()?;
    let since = |seq: i64| marked.partition_point(|marked| *marked >= seq);
    let between = firsts.iter().zip(firsts.iter().skip(1));
    Ok(between
        .map(|(from, end)| u32::try_from(since(*from).saturating_sub(since(*end))).unwrap_or(u32::MAX))
        .collect())
}

fn first(mut rows: Vec<Row>) -> Result<Option<i64>, SqlError> {
    rows.first_mut().map(Row::take).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        records::{schema, sql::Value},
        testing::Sqlite,
    };

    fn plan(sqlite: &Sqlite, statement: &str, values: &[Value]) -> String {
        let rows = sqlite.query(&format!("EXPLAIN QUERY PLAN {statement}"), values).unwrap();
        let detail = |mut row: Row| {
            let _: (i64, i64, i64) = (row.take().unwrap(), row.take().unwrap(), row.take().unwrap());
            row.take::<String>().unwrap()
        };
        rows.into_iter().map(detail).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn no_question_walks_through_the_log() {
        let sqlite = Sqlite::in_memory();
        schema::migrate(&sqlite, Timestamp(1)).unwrap();
        let page = values![9_i64, 1_i64, 0_i64, 9_i64, 50_i64];
        let marked = [page.as_slice(), values!["login_failed AND t7"]].concat();
        for (statement, values, goes_by) in [
            (
                format!("SELECT {COLUMNS} {PAGE}"),
                page.as_slice(),
                "SEARCH activities USING INTEGER PRIMARY KEY",
            ),
            (format!("SELECT {COLUMNS} {MARKED_PAGE}"), &marked, "activity_marks VIRTUAL TABLE INDEX"),
            (MARKED.to_owned(), values!["login_failed", 1_i64, 9_i64], "activity_marks VIRTUAL TABLE INDEX"),
            (
                format!("SELECT {COLUMNS}, {HASHES} {SLICE}"),
                page.as_slice(),
                "SEARCH activities USING INTEGER PRIMARY KEY",
            ),
            (
                format!("SELECT {COLUMNS}, {HASHES} {MARKED_SLICE}"),
                &marked,
                "activity_marks VIRTUAL TABLE INDEX",
            ),
            (SINCE.to_owned(), values![1_i64], "USING COVERING INDEX activities_by_time"),
            (NEXT.to_owned(), &[], "SEARCH activities"),
        ] {
            let plan = plan(&sqlite, &statement, values);
            assert!(plan.contains(goes_by), "{statement}: {plan}");
            assert!(
                !plan.contains("SCAN activities") && !plan.contains("TEMP B-TREE"),
                "{statement}: {plan}"
            );
        }
    }
}
