//! The same for the records of the support desk: operators, cases and log as they were, and nothing that lets anybody in.

use wire::Timestamp;

use super::schema;
use crate::{
    records::{
        restored::{
            Fate::{self, Change, Go, Stay},
            forget, head_of,
        },
        sql::{Sql, SqlError, values},
    },
    rules::totp,
};

/// Every table of the desk.
pub(crate) const FATES: [(&str, Fate); 14] = [
    ("calls", Go),
    // What a clinic last told of them; the clinic, which took them back, is asked before anything is done.
    ("cases", Change),
    ("desk_log", Stay),
    ("help_answers", Stay),
    ("migrations", Stay),
    ("noise", Stay),
    ("operator_sessions", Go),
    ("operators", Stay),
    ("seeks", Stay),
    ("tallies", Stay),
    ("throttles", Stay),
    ("tries", Stay),
    ("unread_codes", Go),
    ("used_steps", Change),
];

/// Takes the desk's records up, brought up to date first. Call it in a transaction.
///
/// # Errors
/// When the records fail, or are of a newer version than this one.
pub fn take_up(sql: &dyn Sql, now: Timestamp) -> Result<(), SqlError> {
    schema::migrate(sql, now)?;
    forget(sql, &FATES)?;
    sql.run("UPDATE cases SET is_open = 0, unlock_operator = NULL, unlock_why = NULL", &[])?;
    for step in totp::steps_good_at(now) {
        sql.run(
            "INSERT OR IGNORE INTO used_steps (operator, step) SELECT id, ?1 FROM operators",
            values![step],
        )?;
    }
    Ok(())
}

/// The last line of the desk's log, and its hash.
pub fn log_head(sql: &dyn Sql) -> Result<Option<(i64, Vec<u8>)>, SqlError> {
    head_of(sql, "SELECT seq, hash FROM desk_log ORDER BY seq DESC LIMIT 1")
}
