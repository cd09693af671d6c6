//! What becomes of records that were brought back from a backup: everything that somebody holds who was let in before it, or since, is
//! worth nothing; mails that waited may have left since, and do not leave again. People, passwords, equipment and log are as they were.

use wire::{
    Timestamp,
    mails::{MailTrouble, MailTroubleCode},
};

use super::{
    json, schema,
    sql::{Sql, SqlError, values},
};
use crate::rules::totp;

/// By so much every version goes on, which is more than anybody has edited since the backup. A page that was opened since then names a
/// version that is not there, and overwrites nothing; and no mail of a change has the key of one that has left.
pub const VERSIONS_AHEAD: u32 = 100_000;

/// What becomes of a table's rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// They stay as they are.
    Stay,
    /// They go: a key to some door, or an answer that may hold one.
    Go,
    /// They are changed by [`take_up`] itself.
    Change,
}

use Fate::{Change, Go, Stay};

/// Every table of a clinic, but for those that SQLite keeps for the search's index.
pub(crate) const FATES: [(&str, Fate); 30] = [
    ("accounts", Change),
    ("activities", Stay),
    ("activity_backlog", Stay),
    ("activity_marks", Stay),
    ("activity_retention", Stay),
    ("activity_texts", Stay),
    ("calls", Go),
    ("computer_tokens", Go),
    ("computers", Change),
    ("first_day", Stay),
    ("imports", Stay),
    ("mail_health", Change),
    ("migrations", Stay),
    ("outbox", Change),
    ("pin_events", Stay),
    ("pins", Go),
    ("profile_tokens", Go),
    ("profiles", Change),
    ("questions", Go),
    ("resets", Change),
    ("retired_logins", Stay),
    ("sessions", Go),
    ("settings", Change),
    ("standing", Stay),
    ("support_case_readers", Stay),
    ("support_cases", Change),
    // Strikes, locks and pauses are as they were: to forget them would be worth something to whoever guesses.
    ("tallies", Stay),
    ("throttles", Stay),
    ("tries", Stay),
    ("used_codes", Change),
];

/// Takes a clinic's records up, brought up to date first. Call it in a transaction.
///
/// # Errors
/// When the records fail, or are of a newer version than this one.
pub fn take_up(sql: &dyn Sql, now: Timestamp) -> Result<(), SqlError> {
    schema::migrate(sql, now)?;
    forget(sql, &FATES)?;
    for table in ["accounts", "computers", "profiles", "settings"] {
        sql.run(&format!("UPDATE {table} SET version = version + ?1"), values![VERSIONS_AHEAD])?;
    }
    // Who may have left, the owners see among the mails that failed, and can send those again that hold no secret.
    sql.run(
        "UPDATE outbox SET state = 'failed', due_at = NULL, settled_at = ?1, why = ?2,
         sealed_mail = CASE WHEN repeatable THEN sealed_mail END WHERE state = 'queued'",
        values![now, json::written(&MailTrouble::from(MailTroubleCode::TooLate))?],
    )?;
    sql.run("UPDATE mail_health SET failing_since = NULL, warned = 0", &[])?;
    sql.run("UPDATE resets SET digest = NULL", &[])?;
    sql.run("UPDATE support_cases SET ended_as = 'withdrawn' WHERE ended_as IS NULL", &[])?;
    for step in totp::steps_good_at(now) {
        sql.run(
            "INSERT OR IGNORE INTO used_codes (computer, step) SELECT id, ?1 FROM computers",
            values![step],
        )?;
    }
    Ok(())
}

/// Empties the tables whose rows go.
pub(crate) fn forget(sql: &dyn Sql, fates: &[(&str, Fate)]) -> Result<(), SqlError> {
    for (table, _) in fates.iter().filter(|(_, fate)| matches!(fate, Go)) {
        sql.run(&format!("DELETE FROM {table}"), &[])?;
    }
    Ok(())
}

/// The last line of the log, and its hash: what a backup and what came of it agree on.
pub fn log_head(sql: &dyn Sql) -> Result<Option<(i64, Vec<u8>)>, SqlError> {
    head_of(sql, "SELECT seq, hash FROM activities ORDER BY seq DESC LIMIT 1")
}

pub(crate) fn head_of(sql: &dyn Sql, statement: &str) -> Result<Option<(i64, Vec<u8>)>, SqlError> {
    let head = sql.query(statement, &[])?.pop();
    head.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{desk, testing::Sqlite};

    /// A new table has to say what becomes of it, or a backup would bring its keys back.
    #[test]
    fn every_table_of_clinic_and_desk_has_a_fate() {
        let (clinic, desk) = (Sqlite::in_memory(), Sqlite::in_memory());
        schema::migrate(&clinic, Timestamp(1)).unwrap();
        desk::schema::migrate(&desk, Timestamp(1)).unwrap();
        assert_eq!(tables(&clinic), FATES.iter().map(|(table, _)| (*table).to_owned()).collect());
        let fates = desk::restored::FATES.iter();
        assert_eq!(tables(&desk), fates.map(|(table, _)| (*table).to_owned()).collect());
    }

    fn tables(sqlite: &Sqlite) -> BTreeSet<String> {
        // Below a table of the search, SQLite keeps others.
        let statement =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'activity_marks_%'";
        let rows = sqlite.query(statement, &[]).unwrap();
        rows.into_iter().map(|mut row| row.take().unwrap()).collect()
    }
}
