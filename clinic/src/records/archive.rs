//! A clinic's rows as an archive carries them, and how they are taken up elsewhere. What only this deployment can read is opened on its
//! way out, into pages that are sealed as a whole, and sealed anew by the one that takes it in.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use wire::{archive::PagePlace, ids::ProfileId};

use super::{
    activity_search, profiles,
    sql::{Row, Sql, SqlError, Value, values},
};
use crate::{
    call::Random,
    keys::{Keys, NONCE_BYTES},
};

/// What is carried, in the order in which it can be taken up: a checkpoint before the lines that stand on it, profiles before their
/// computers, and the settings last.
const CARRIED: [&str; 16] = [
    "activity_retention",
    "activities",
    "accounts",
    "retired_logins",
    "first_day",
    "profiles",
    "computers",
    "tallies",
    "tries",
    "throttles",
    "pin_events",
    "resets",
    "support_cases",
    "support_case_readers",
    "outbox",
    "settings",
];

/// What has one row from the first migration on, which is overwritten.
const ONE_ROW: &str = "activity_retention";
/// The log, which is read on from a number: it may have a million lines.
const LOG: &str = "activities";

/// Rows that are read at once.
const ROWS_AT_ONCE: u32 = 200;
/// A page takes no more rows once it has so many characters.
const PAGE_CHARACTERS: usize = 400_000;

/// A page: rows of one table after another.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Page {
    /// The number of the newest migration that the records have seen.
    pub version: i64,
    /// The rows.
    pub parts: Vec<Part>,
}

/// Some rows of a table. A blob is a list of one text, its base64.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    table: String,
    columns: Vec<String>,
    rows: Vec<Vec<Json>>,
}

/// What the rows of a clinic are bound to.
pub(crate) struct Bound<'a> {
    /// The clinic's code.
    pub clinic: &'a str,
    /// The keys of the deployment.
    pub keys: &'a Keys,
}

/// Writes the page that begins here, and where the next one does.
pub(crate) fn write(
    sql: &dyn Sql,
    bound: &Bound<'_>,
    version: i64,
    mut place: PagePlace,
) -> Result<(Page, Option<PagePlace>), SqlError> {
    let mut page = Page { version, parts: Vec::new() };
    let mut characters = 0;
    while let Some(table) = CARRIED.get(place.table as usize) {
        if characters > PAGE_CHARACTERS {
            return Ok((page, Some(place)));
        }
        let columns = columns(sql, table)?;
        let read = read(sql, table, &columns, place.after)?;
        let count = read.len();
        let newest = read.last().and_then(|row| row.first().cloned());
        let mut rows = Vec::new();
        for row in read {
            let row = going(bound, table, &columns, row)?;
            characters += row.iter().map(|cell| cell.as_str().map_or(8, str::len)).sum::<usize>();
            rows.push(row);
        }
        if !rows.is_empty() {
            page.parts.push(Part { table: (*table).to_owned(), columns, rows });
        }
        place = match (count < ROWS_AT_ONCE as usize, newest) {
            (false, Some(Value::Integer(seq))) if *table == LOG => PagePlace { after: seq, ..place },
            (false, _) => PagePlace { after: place.after + i64::from(ROWS_AT_ONCE), ..place },
            (true, _) => PagePlace { table: place.table + 1, after: 0 },
        };
    }
    Ok((page, None))
}

/// Takes a page up. Its rows may be of an older version, to which these records have been brought and no further.
///
/// # Errors
/// When the records fail. `Ok(false)` for a page that is none.
pub(crate) fn take_up(
    sql: &dyn Sql,
    bound: &Bound<'_>,
    random: &mut dyn Random,
    page: Page,
) -> Result<bool, SqlError> {
    for Part { table, columns, rows } in page.parts {
        let Some(table) = CARRIED.iter().find(|carried| **carried == table) else { return Ok(false) };
        // Whatever stands in a page, no statement is made of it but of columns that there are.
        let there = self::columns(sql, table)?;
        if columns.is_empty() || columns.iter().any(|column| !there.contains(column)) {
            return Ok(false);
        }
        let places = (1..=columns.len()).map(|number| format!("?{number}")).collect::<Vec<_>>().join(", ");
        let columns_text = columns.join(", ");
        let statement = match *table {
            ONE_ROW => format!("UPDATE {table} SET ({columns_text}) = ({places})"),
            _ => format!("INSERT INTO {table} ({columns_text}) VALUES ({places})"),
        };
        for row in rows {
            let Some(row) = coming(bound, random, table, &columns, row) else { return Ok(false) };
            sql.run(&statement, &row)?;
        }
    }
    activity_search::fold_new_texts(sql)?;
    Ok(true)
}

fn columns(sql: &dyn Sql, table: &str) -> Result<Vec<String>, SqlError> {
    let rows = sql.query(&format!("PRAGMA table_info({table})"), &[])?;
    rows.into_iter()
        .map(|mut row| {
            let _number: i64 = row.take()?;
            row.take()
        })
        .collect()
}

fn read(sql: &dyn Sql, table: &str, columns: &[String], after: i64) -> Result<Vec<Vec<Value>>, SqlError> {
    let columns_text = columns.join(", ");
    let statement = match table {
        LOG => format!("SELECT {columns_text} FROM {table} WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
        _ => format!("SELECT {columns_text} FROM {table} ORDER BY 1, 2 LIMIT ?2 OFFSET ?1"),
    };
    let rows = sql.query(&statement, values![after, ROWS_AT_ONCE])?;
    Ok(rows.into_iter().map(Row::into_values).collect())
}

/// A row on its way out.
fn going(
    bound: &Bound<'_>,
    table: &str,
    columns: &[String],
    mut row: Vec<Value>,
) -> Result<Vec<Json>, SqlError> {
    let Bound { clinic, keys } = bound;
    let id = row.first().cloned();
    for (column, value) in columns.iter().zip(&mut row) {
        *value = match (table, column.as_str(), &*value) {
            ("accounts", "password_hash", Value::Text(hash)) => Value::Text(keys.hash_to_go(clinic, hash)),
            ("computers", "password_digest", Value::Blob(digest)) => {
                Value::Blob(keys.digest_to_go(clinic, digest))
            }
            ("profiles", "sealed_secret", Value::Blob(sealed)) => {
                let unread = || SqlError("a profile's secret cannot be opened".into());
                let context = profile_context(id.as_ref()).ok_or_else(unread)?;
                Value::Blob(keys.open(&context, sealed).ok_or_else(unread)?)
            }
            // The deployment that the clinic leaves sends what still waits; what has failed is told of, and stays there.
            ("outbox", "sealed_mail" | "due_at", _) => Value::Null,
            ("outbox", "repeatable", _) => Value::Integer(0),
            _ => continue,
        };
    }
    Ok(row.into_iter().map(cell).collect())
}

/// A row that came, or nothing for one that is none.
fn coming(
    bound: &Bound<'_>,
    random: &mut dyn Random,
    table: &str,
    columns: &[String],
    row: Vec<Json>,
) -> Option<Vec<Value>> {
    let Bound { clinic, keys } = bound;
    let mut nonce = || {
        let mut nonce = [0; NONCE_BYTES];
        random.fill(&mut nonce);
        nonce
    };
    let mut row = row.into_iter().map(value).collect::<Option<Vec<_>>>()?;
    if row.len() != columns.len() {
        return None;
    }
    let id = row.first().cloned();
    for (column, value) in columns.iter().zip(&mut row) {
        *value = match (table, column.as_str(), &*value) {
            ("accounts", "password_hash", Value::Text(hash)) => {
                Value::Text(keys.hash_that_came(nonce(), clinic, hash)?)
            }
            ("computers", "password_digest", Value::Blob(digest)) => {
                Value::Blob(keys.digest_that_came(nonce(), clinic, digest)?)
            }
            ("profiles", "sealed_secret", Value::Blob(secret)) => {
                Value::Blob(keys.seal(nonce(), &profile_context(id.as_ref())?, secret))
            }
            ("settings", "code", Value::Text(code)) if code != clinic => return None,
            _ => continue,
        };
    }
    Some(row)
}

fn profile_context(id: Option<&Value>) -> Option<String> {
    match id {
        Some(Value::Text(id)) => Some(profiles::seal_context(&ProfileId::from_stored(id.clone()))),
        _ => None,
    }
}

fn cell(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Blob(bytes) => Json::Array(vec![BASE64_STANDARD.encode(bytes).into()]),
    }
}

fn value(cell: Json) -> Option<Value> {
    match cell {
        Json::Null => Some(Value::Null),
        Json::Number(number) => number.as_i64().map(Value::Integer),
        Json::String(text) => Some(Value::Text(text)),
        Json::Array(bytes) => match bytes.as_slice() {
            [Json::String(bytes)] => BASE64_STANDARD.decode(bytes).ok().map(Value::Blob),
            _ => None,
        },
        Json::Bool(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::restored::FATES;

    /// Keys to a door, what is made anew of the rest, and what only the deployment that it leaves has a use for.
    const LEFT: [&str; 14] = [
        "activity_backlog",
        "activity_marks",
        "activity_texts",
        "calls",
        "computer_tokens",
        "imports",
        "mail_health",
        "migrations",
        "pins",
        "profile_tokens",
        "questions",
        "sessions",
        "standing",
        "used_codes",
    ];

    /// A new table has to say whether it goes with a clinic that moves.
    #[test]
    fn every_table_is_carried_or_left() {
        let mut said: Vec<&str> = CARRIED.into_iter().chain(LEFT).collect();
        said.sort_unstable();
        let mut all: Vec<&str> = FATES.iter().map(|(table, _)| *table).collect();
        all.sort_unstable();
        assert_eq!(said, all);
    }
}
