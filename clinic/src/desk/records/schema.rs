//! The tables of the desk, as migrations that are only ever appended to. Tries are counted in tables of the clinics' shape.

use wire::Timestamp;

use crate::records::{
    calls::CALLS,
    schema::{
        self, Migration, TALLIES, TALLIES_BY_TOUCH, TALLIES_COUNT_LOCKS, TALLIES_FIRST_LOCK, THROTTLES,
        THROTTLES_BY_TOUCH, TRIES,
    },
    sql::{Sql, SqlError},
};

const MIGRATIONS: &[Migration] = &[FIRST, LOCKS, STRANGERS, REMOVED, HELP, CALLS];

/// Tries are counted as the clinics count them.
const LOCKS: Migration = &[TALLIES_COUNT_LOCKS, TALLIES_FIRST_LOCK];

/// Readers say whether a help page answered their question. There are as many rows as pages, languages, answers and days.
const HELP: Migration = &["CREATE TABLE help_answers (
        page TEXT NOT NULL,
        language TEXT NOT NULL,
        answered INTEGER NOT NULL,
        day INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (page, language, answered, day)
    ) STRICT, WITHOUT ROWID"];

/// Who is no operator any more is remembered by name: a case may be theirs still.
const REMOVED: Migration = &["ALTER TABLE operators ADD COLUMN removed_at INTEGER"];

/// Whoever knocks in vain is slowed down, and what anybody can have written into the log is summed up.
const STRANGERS: Migration = &[
    THROTTLES,
    THROTTLES_BY_TOUCH,
    "CREATE TABLE noise (
        subject TEXT PRIMARY KEY,
        noted_at INTEGER NOT NULL,
        unnoted INTEGER NOT NULL
    ) STRICT",
];

/// The first desk.
const FIRST: Migration = &[
    "CREATE TABLE operators (
        id TEXT PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        sealed_secret BLOB NOT NULL
    ) STRICT",
    TALLIES,
    TALLIES_BY_TOUCH,
    TRIES,
    "CREATE TABLE used_steps (
        operator TEXT NOT NULL,
        step INTEGER NOT NULL,
        PRIMARY KEY (operator, step)
    ) STRICT",
    "CREATE TABLE operator_sessions (
        digest BLOB PRIMARY KEY,
        operator TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        last_used_at INTEGER NOT NULL
    ) STRICT",
    // Codes that nobody has read out yet: the way to the clinic can be opened with the code alone.
    "CREATE TABLE unread_codes (
        digest BLOB PRIMARY KEY,
        sealed_clinic BLOB NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT",
    "CREATE INDEX unread_codes_by_end ON unread_codes (expires_at)",
    "CREATE TABLE seeks (
        number INTEGER PRIMARY KEY,
        operator TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT",
    "CREATE INDEX seeks_by_operator ON seeks (operator, at)",
    "CREATE TABLE cases (
        id TEXT PRIMARY KEY,
        clinic TEXT NOT NULL,
        told TEXT NOT NULL,
        read_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        unlock_operator TEXT,
        unlock_why TEXT
    ) STRICT",
    "CREATE INDEX cases_by_end ON cases (expires_at)",
    "CREATE TABLE desk_log (
        seq INTEGER PRIMARY KEY,
        line TEXT NOT NULL,
        hash BLOB NOT NULL
    ) STRICT",
    // The desk's log is append-only as the clinics' are.
    "CREATE TRIGGER desk_log_stays BEFORE UPDATE ON desk_log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER desk_log_remains BEFORE DELETE ON desk_log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
];

/// Brings the tables up to date. Call it in a transaction.
pub fn migrate(sql: &dyn Sql, now: Timestamp) -> Result<(), SqlError> {
    schema::migrate_with(sql, MIGRATIONS, now)
}

/// How many migrations there are.
pub const NEWEST: usize = MIGRATIONS.len();

/// Runs the migrations up to a number alone: a desk as an older version left it.
#[cfg(any(test, feature = "testing"))]
pub fn migrate_to(sql: &dyn Sql, number: usize, now: Timestamp) -> Result<(), SqlError> {
    schema::migrate_with(sql, MIGRATIONS.get(..number).unwrap_or(MIGRATIONS), now)
}

#[cfg(test)]
mod tests {
    use wire::{
        Language,
        help::{HelpAnswer, HelpCount, HelpPage},
    };

    use super::*;
    use crate::{desk::records::help_answers, testing::Sqlite};

    #[test]
    fn a_desk_of_before_the_help_pages_hears_what_is_said_of_them() {
        let sqlite = Sqlite::in_memory();
        schema::migrate_with(&sqlite, &[FIRST, LOCKS, STRANGERS, REMOVED], Timestamp(1)).unwrap();
        migrate(&sqlite, Timestamp(2)).unwrap();
        let answer = HelpAnswer { page: HelpPage::Locked, language: Language::Ru, answered: true };
        help_answers::count(&sqlite, &answer, 7).unwrap();
        let counts = help_answers::counts_since(&sqlite, 7).unwrap();
        assert_eq!(counts, [HelpCount { page: HelpPage::Locked, yes: 1, no: 0 }]);
    }
}
