//! What readers said of the help pages, as numbers a day: nothing here tells one reader from another.

use wire::help::{HelpAnswer, HelpCount, HelpPage};

use crate::records::sql::{Row, Sql, SqlError, values};

/// Counts an answer on a day, numbered from 1970.
pub fn count(sql: &dyn Sql, answer: &HelpAnswer, day: i64) -> Result<(), SqlError> {
    let HelpAnswer { page, language, answered } = *answer;
    sql.run(
        "INSERT INTO help_answers (page, language, answered, day, count) VALUES (?1, ?2, ?3, ?4, 1)
         ON CONFLICT (page, language, answered, day) DO UPDATE SET count = count + 1",
        values![page.name(), language.tag(), answered, day],
    )
}

/// Forgets the days before one.
pub fn forget_before(sql: &dyn Sql, day: i64) -> Result<(), SqlError> {
    sql.run("DELETE FROM help_answers WHERE day < ?1", values![day])
}

/// What was said from a day on, of each page of which anything was said.
pub fn counts_since(sql: &dyn Sql, day: i64) -> Result<Vec<HelpCount>, SqlError> {
    let statement = "SELECT page, SUM(count * answered), SUM(count * (1 - answered)) FROM help_answers
                     WHERE day >= ?1 GROUP BY page";
    let rows = sql.query(statement, values![day])?;
    let mut said = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(HelpPage::ALL
        .into_iter()
        .filter_map(|page| {
            let place = said.iter().position(|(name, ..)| name == page.name())?;
            let (_, yes, no) = said.swap_remove(place);
            Some(HelpCount { page, yes, no })
        })
        .collect())
}

fn read(mut row: Row) -> Result<(String, u32, u32), SqlError> {
    Ok((row.take()?, row.take()?, row.take()?))
}
