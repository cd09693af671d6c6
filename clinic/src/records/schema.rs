//! The tables, as migrations that are only ever appended to, and kept track of in a table of their own.

use wire::Timestamp;

use super::{
    calls::CALLS,
    computers::TURNS,
    sql::{Sql, SqlError, values},
};

/// What a migration does, statement by statement.
pub(crate) type Migration = &'static [&'static str];

const MIGRATIONS: &[Migration] = &[
    FIRST,
    MANAGEMENT,
    RECOVERY,
    SEARCH,
    MAILS,
    SUPPORT,
    LOCKS,
    USE,
    RETENTION,
    SMALL_PAGES,
    FIRST_DAY,
    REPLACED_TOKENS,
    CALLS,
    TURNS,
    CASE_READERS,
    PASSWORD_AT,
    STANDING,
];

/// One row a login that was tried, whether an account has it or not, so that both take the same path.
pub(crate) const TALLIES: &str = "CREATE TABLE tallies (
    subject TEXT PRIMARY KEY,
    last INTEGER NOT NULL,
    cleared_through INTEGER NOT NULL,
    locked_since INTEGER,
    episode TEXT,
    locked_on TEXT,
    locked_from TEXT,
    tries_since INTEGER NOT NULL DEFAULT 0,
    touched_at INTEGER NOT NULL
) STRICT";
/// The login that was tried longest ago gives way.
pub(crate) const TALLIES_BY_TOUCH: &str = "CREATE INDEX tallies_by_touch ON tallies (touched_at)";
/// How many locks there were since the last right password.
pub(crate) const TALLIES_COUNT_LOCKS: &str =
    "ALTER TABLE tallies ADD COLUMN locks INTEGER NOT NULL DEFAULT 0";
pub(crate) const TALLIES_FIRST_LOCK: &str = "UPDATE tallies SET locks = 1 WHERE locked_since IS NOT NULL";
/// The tries that are under way or were wrong.
pub(crate) const TRIES: &str = "CREATE TABLE tries (
    subject TEXT NOT NULL,
    number INTEGER NOT NULL,
    reserved_at INTEGER NOT NULL,
    computer TEXT NOT NULL,
    address TEXT NOT NULL,
    wrong INTEGER NOT NULL,
    PRIMARY KEY (subject, number)
) STRICT";

/// Wrong tries that slow the next ones down.
pub(crate) const THROTTLES: &str = "CREATE TABLE throttles (
    subject TEXT PRIMARY KEY,
    wrong INTEGER NOT NULL,
    wait_until INTEGER NOT NULL,
    touched_at INTEGER NOT NULL
) STRICT";
pub(crate) const THROTTLES_BY_TOUCH: &str = "CREATE INDEX throttles_by_touch ON throttles (touched_at)";

/// The first clinic.
const FIRST: Migration = &[
    "CREATE TABLE settings (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        language TEXT NOT NULL,
        time_zone TEXT NOT NULL
    ) STRICT",
    "CREATE TABLE profiles (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        sealed_secret BLOB NOT NULL,
        wrong_codes INTEGER NOT NULL DEFAULT 0
    ) STRICT",
    "CREATE TABLE computers (
        id TEXT PRIMARY KEY,
        number INTEGER NOT NULL UNIQUE,
        label TEXT NOT NULL,
        profile TEXT NOT NULL REFERENCES profiles (id),
        password_digest BLOB NOT NULL,
        wrong_codes INTEGER NOT NULL DEFAULT 0,
        codes_paused_until INTEGER NOT NULL DEFAULT 0
    ) STRICT",
    "CREATE TABLE computer_tokens (
        digest BLOB PRIMARY KEY,
        computer TEXT NOT NULL REFERENCES computers (id),
        last_used_at INTEGER NOT NULL
    ) STRICT",
    "CREATE TABLE used_codes (
        computer TEXT NOT NULL,
        step INTEGER NOT NULL,
        PRIMARY KEY (computer, step)
    ) STRICT",
    "CREATE TABLE profile_tokens (
        digest BLOB PRIMARY KEY,
        computer TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT",
    "CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        last_name TEXT NOT NULL,
        first_name TEXT NOT NULL,
        middle_name TEXT,
        position TEXT NOT NULL,
        role TEXT NOT NULL,
        email TEXT,
        language TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        last_sign_in_at INTEGER
    ) STRICT",
    TALLIES,
    TALLIES_BY_TOUCH,
    TRIES,
    "CREATE TABLE questions (
        digest BLOB PRIMARY KEY,
        account TEXT NOT NULL,
        computer TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT",
    "CREATE TABLE sessions (
        digest BLOB PRIMARY KEY,
        account TEXT NOT NULL,
        computer TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT",
    "CREATE TABLE pins (
        owner TEXT NOT NULL,
        account TEXT NOT NULL,
        episode TEXT NOT NULL,
        digest BLOB NOT NULL,
        expires_at INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        PRIMARY KEY (owner, account)
    ) STRICT",
    "CREATE TABLE pin_events (
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT",
    "CREATE INDEX pin_events_by_account ON pin_events (account, kind, at)",
    THROTTLES,
    THROTTLES_BY_TOUCH,
    "CREATE TABLE activities (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        action TEXT NOT NULL,
        user_is TEXT NOT NULL,
        user_id TEXT,
        user_name TEXT,
        by_is TEXT NOT NULL,
        by_id TEXT,
        by_name TEXT,
        computer TEXT NOT NULL,
        address TEXT NOT NULL,
        hash BLOB NOT NULL
    ) STRICT",
    "CREATE INDEX activities_by_user ON activities (user_id, seq)",
    "CREATE INDEX activities_by_actor ON activities (by_id, seq)",
    // The log is append-only; the database itself refuses to forget.
    "CREATE TRIGGER activities_stay BEFORE UPDATE ON activities BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER activities_remain BEFORE DELETE ON activities BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        idempotency_key TEXT NOT NULL UNIQUE,
        sealed_mail BLOB,
        state TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        due_at INTEGER,
        give_up_at INTEGER NOT NULL,
        sends INTEGER NOT NULL DEFAULT 0,
        why TEXT,
        provider_id TEXT
    ) STRICT",
    "CREATE INDEX outbox_by_due ON outbox (due_at) WHERE due_at IS NOT NULL",
];

/// People, computers, profiles and settings can be managed.
const MANAGEMENT: Migration = &[
    "ALTER TABLE settings ADD COLUMN policies TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE settings ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    // Numbers are counted on even where a computer was removed, so that no username is ever given twice.
    "ALTER TABLE settings ADD COLUMN last_computer_number INTEGER NOT NULL DEFAULT 0",
    "UPDATE settings SET last_computer_number = (SELECT COALESCE(MAX(number), 0) FROM computers)",
    "ALTER TABLE accounts ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE accounts ADD COLUMN removed_at INTEGER",
    // The JSON of rights that differ from those of the role.
    "ALTER TABLE accounts ADD COLUMN rights TEXT",
    "ALTER TABLE accounts ADD COLUMN first_password INTEGER NOT NULL DEFAULT 0",
    // Logins that an account had before: nobody else ever gets them.
    "CREATE TABLE retired_logins (
        login TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        retired_at INTEGER NOT NULL
    ) STRICT",
    // Set once the person has said yes, and has yet to choose a password of their own.
    "ALTER TABLE questions ADD COLUMN answered INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE computers ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE computers ADD COLUMN revoked_at INTEGER",
    "ALTER TABLE profiles ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    // The JSON of what was changed.
    "ALTER TABLE activities ADD COLUMN changes TEXT",
    "CREATE INDEX sessions_by_account ON sessions (account)",
    "CREATE INDEX sessions_by_computer ON sessions (computer)",
    "CREATE INDEX computer_tokens_by_computer ON computer_tokens (computer)",
    "CREATE INDEX tallies_by_lock ON tallies (locked_since) WHERE locked_since IS NOT NULL",
    // What became of each import, so that one that is sent twice is done once.
    "CREATE TABLE imports (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        reply TEXT NOT NULL
    ) STRICT",
];

/// A forgotten password can be reset with a link from a mail.
const RECOVERY: Migration = &[
    // One row a request, at logins that no account has as well. Of a link that was used or replaced the digest is gone.
    "CREATE TABLE resets (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL,
        asked_at INTEGER NOT NULL,
        digest BLOB
    ) STRICT",
    "CREATE INDEX resets_by_subject ON resets (subject, asked_at)",
    "CREATE INDEX resets_by_time ON resets (asked_at)",
];

/// The log can be searched, however long it is.
const SEARCH: Migration = &[
    // Every name, label and address that stands in the log. Words are looked for here, and never in the lines.
    "CREATE TABLE activity_texts (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        folded TEXT,
        UNIQUE (kind, text)
    ) STRICT",
    "CREATE INDEX activity_texts_to_fold ON activity_texts (number) WHERE folded IS NULL",
    // Whatever a line can be found by, as one word each: its action, its accounts, the numbers of its texts.
    "CREATE VIEW activities_marked AS SELECT seq, concat_ws(' ', action, user_id, by_id,
        't' || (SELECT number FROM activity_texts WHERE kind = 'person' AND text = user_name),
        't' || (SELECT number FROM activity_texts WHERE kind = 'person' AND text = by_name),
        't' || (SELECT number FROM activity_texts WHERE kind = 'computer' AND text = computer),
        't' || (SELECT number FROM activity_texts WHERE kind = 'address' AND text = address)) AS marks FROM activities",
    "CREATE VIEW activities_worded AS
        SELECT seq, 'person' AS kind, user_name AS text FROM activities WHERE user_name IS NOT NULL
        UNION ALL SELECT seq, 'person', by_name FROM activities WHERE by_name IS NOT NULL
        UNION ALL SELECT seq, 'computer', computer FROM activities WHERE computer <> ''
        UNION ALL SELECT seq, 'address', address FROM activities WHERE address <> ''",
    "CREATE VIRTUAL TABLE activity_marks USING fts5
        (marks, content = '', contentless_delete = 1, detail = none, tokenize = \"ascii tokenchars '_'\")",
    "CREATE TRIGGER activities_are_found AFTER INSERT ON activities BEGIN
        INSERT OR IGNORE INTO activity_texts (kind, text) SELECT kind, text FROM activities_worded WHERE seq = new.seq;
        INSERT INTO activity_marks (rowid, marks) SELECT seq, marks FROM activities_marked WHERE seq = new.seq;
    END",
    // The lines of before are marked bit by bit, from the newest on: a long log would hold up whoever comes first.
    "CREATE TABLE activity_backlog (below INTEGER NOT NULL) STRICT",
    "INSERT INTO activity_backlog SELECT COALESCE(MAX(seq), 0) + 1 FROM activities",
    "CREATE INDEX activities_by_time ON activities (at)",
    "DROP INDEX activities_by_user",
    "DROP INDEX activities_by_actor",
];

/// Owners see what became of the mails.
const MAILS: Migration = &[
    // Mails of before have none of these, and are not listed.
    "ALTER TABLE outbox ADD COLUMN public_id TEXT",
    "ALTER TABLE outbox ADD COLUMN kind TEXT",
    "ALTER TABLE outbox ADD COLUMN recipient TEXT",
    // Whether it is kept, sealed, when it fails, so that it can be sent again.
    "ALTER TABLE outbox ADD COLUMN repeatable INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN settled_at INTEGER",
    "CREATE UNIQUE INDEX outbox_by_public_id ON outbox (public_id)",
    "CREATE INDEX outbox_by_time ON outbox (created_at)",
    // One row: since when the mail API has taken nothing, and whether the owners have been warned of it.
    "CREATE TABLE mail_health (
        failing_since INTEGER,
        warned INTEGER NOT NULL
    ) STRICT",
    "INSERT INTO mail_health VALUES (NULL, 0)",
];

/// Support can be asked to unlock an account.
const SUPPORT: Migration = &[
    "CREATE TABLE support_cases (
        id TEXT PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        account TEXT NOT NULL,
        episode TEXT NOT NULL,
        locked_since INTEGER NOT NULL,
        manager TEXT NOT NULL,
        phone TEXT NOT NULL,
        reason TEXT NOT NULL,
        opened_at INTEGER NOT NULL,
        ended_as TEXT
    ) STRICT",
    "CREATE INDEX support_cases_by_account ON support_cases (account, opened_at)",
    "CREATE INDEX support_cases_by_time ON support_cases (opened_at)",
];

/// Locks are counted, for those who do not get on.
const LOCKS: Migration = &[TALLIES_COUNT_LOCKS, TALLIES_FIRST_LOCK];

/// A session that nobody uses ends.
const USE: Migration = &[
    "ALTER TABLE sessions ADD COLUMN last_used_at INTEGER NOT NULL DEFAULT 0",
    "UPDATE sessions SET last_used_at = started_at",
];

/// Old lines of the log can go, and leave a checkpoint.
const RETENTION: Migration = &[
    // One row: until when nothing goes, and what stands for the lines that went; zero where none has.
    "CREATE TABLE activity_retention (
        rest_until INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        hash BLOB,
        at INTEGER,
        key BLOB,
        signature BLOB
    ) STRICT",
    "INSERT INTO activity_retention (rest_until, seq) VALUES (0, 0)",
    "CREATE TRIGGER activity_retention_goes_on BEFORE UPDATE ON activity_retention WHEN new.seq < old.seq
        BEGIN SELECT RAISE(ABORT, 'a checkpoint never goes back'); END",
    "CREATE TRIGGER activity_retention_remains BEFORE DELETE ON activity_retention
        BEGIN SELECT RAISE(ABORT, 'a checkpoint remains'); END",
    // The log is append-only still, but for what a checkpoint stands for.
    "DROP TRIGGER activities_remain",
    "CREATE TRIGGER activities_remain BEFORE DELETE ON activities WHEN old.seq > (SELECT seq FROM activity_retention)
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
];

/// Deep pages of the search cost what first ones do.
const SMALL_PAGES: Migration = &[
    // The index can skip within the places of a mark where they fill four of its pages. With small ones few are walked through.
    "INSERT INTO activity_marks (activity_marks, rank) VALUES ('pgsz', 512)",
];

/// Owners are told what is left to do in a new clinic.
const FIRST_DAY: Migration = &[
    "CREATE TABLE first_day (
        account TEXT NOT NULL,
        tick TEXT NOT NULL,
        PRIMARY KEY (account, tick)
    ) STRICT, WITHOUT ROWID",
    // Who owns a clinic already is past it.
    "INSERT INTO first_day (account, tick) SELECT id, 'list' FROM accounts WHERE role = 'owner'",
];

/// A computer's token can take the place of another.
const REPLACED_TOKENS: Migration = &["ALTER TABLE computer_tokens ADD COLUMN replaces BLOB"];

/// The clinic knows which operators have looked a case up.
const CASE_READERS: Migration = &["CREATE TABLE support_case_readers (
        case_id TEXT NOT NULL,
        operator TEXT NOT NULL,
        PRIMARY KEY (case_id, operator)
    ) STRICT, WITHOUT ROWID"];

/// A session knows when its password was typed last. Those that are there already are asked for it.
const PASSWORD_AT: Migration = &["ALTER TABLE sessions ADD COLUMN password_at INTEGER NOT NULL DEFAULT 0"];

/// A clinic can be closed, and move.
const STANDING: Migration = &["CREATE TABLE standing (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        standing TEXT NOT NULL,
        pages INTEGER NOT NULL,
        digest BLOB NOT NULL
    ) STRICT"];

/// Whether this storage holds a clinic. Reads only: asking an object for a clinic that was never opened stores nothing.
pub fn is_opened(sql: &dyn Sql) -> Result<bool, SqlError> {
    let tables =
        sql.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migrations'", &[])?;
    Ok(!tables.is_empty())
}

/// Runs the migrations that this storage has not seen. Call it in a transaction.
pub fn migrate(sql: &dyn Sql, now: Timestamp) -> Result<(), SqlError> {
    migrate_with(sql, MIGRATIONS, now)
}

/// The number of the migration since which there are archives.
pub(crate) const OLDEST_ARCHIVED: usize = 17;

/// How many migrations there are.
pub const NEWEST: usize = MIGRATIONS.len();

/// Runs the migrations up to a number alone: a storage as an older version left it, or wrote it into an archive.
pub fn migrate_to(sql: &dyn Sql, number: usize, now: Timestamp) -> Result<(), SqlError> {
    migrate_with(sql, MIGRATIONS.get(..number).unwrap_or(MIGRATIONS), now)
}

/// The same with the migrations of another kind of storage.
pub(crate) fn migrate_with(sql: &dyn Sql, migrations: &[Migration], now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, ran_at INTEGER NOT NULL) STRICT",
        &[],
    )?;
    let done = number(sql)?;
    if done > migrations.len() as i64 {
        // What it is to keep an older version from is in the migration that this version does not know.
        return Err(SqlError("the records are of a newer version than this one".into()));
    }
    for (migration, number) in migrations.iter().zip(1_i64..).filter(|(_, number)| *number > done) {
        for statement in *migration {
            sql.run(statement, &[])?;
        }
        sql.run("INSERT INTO migrations (number, ran_at) VALUES (?1, ?2)", values![number, now])?;
    }
    Ok(())
}

/// Takes everything out of this storage, as if no clinic had ever been in it.
pub(crate) fn drop_all(sql: &dyn Sql) -> Result<(), SqlError> {
    // What was made last goes first: nothing is left that refers to what has gone. The platform's own tables are not ours; those below
    // a table of the search go with it.
    let all = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')
               AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'activity_marks_*' ORDER BY rowid DESC";
    for mut row in sql.query(all, &[])? {
        let (kind, name): (String, String) = (row.take()?, row.take()?);
        sql.run(&format!("DROP {kind} {name}"), &[])?;
    }
    Ok(())
}

/// The number of the newest migration that these records have seen.
pub fn number(sql: &dyn Sql) -> Result<i64, SqlError> {
    let mut done = sql.query("SELECT COALESCE(MAX(number), 0) FROM migrations", &[])?;
    done.first_mut().map_or(Ok(0), |row| row.take())
}

#[cfg(test)]
mod tests {
    use wire::{activities::Action, first_day::Tick, settings::Policies};

    use super::*;
    use crate::{
        records::{
            accounts,
            activity_search::{self, Marks, PageWish},
            first_day, resets, settings,
            tallies::{self, Subject},
        },
        testing::Sqlite,
    };

    #[test]
    fn a_storage_that_was_only_asked_holds_nothing() {
        let sqlite = Sqlite::in_memory();
        assert!(!is_opened(&sqlite).unwrap());
        assert!(sqlite.query("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
    }

    #[test]
    fn migrations_run_once() {
        let sqlite = Sqlite::in_memory();
        migrate(&sqlite, Timestamp(1)).unwrap();
        migrate(&sqlite, Timestamp(2)).unwrap();
        assert!(is_opened(&sqlite).unwrap());
        assert_eq!(sqlite.query("SELECT number FROM migrations", &[]).unwrap().len(), MIGRATIONS.len());
    }

    #[test]
    fn a_clinic_of_before_management_is_brought_up_to_date() {
        let sqlite = Sqlite::in_memory();
        for statement in FIRST {
            sqlite.run(statement, &[]).unwrap();
        }
        for statement in [
            "CREATE TABLE migrations (number INTEGER PRIMARY KEY, ran_at INTEGER NOT NULL) STRICT",
            "INSERT INTO migrations (number, ran_at) VALUES (1, 0)",
            "INSERT INTO settings (only, code, name, language, time_zone) VALUES (1, 'c', 'Harbour', 'en', 'Europe/London')",
            "INSERT INTO profiles (id, name, sealed_secret) VALUES ('p', 'Main', x'00')",
            "INSERT INTO computers (id, number, label, profile, password_digest) VALUES ('k', 4, 'Reception 1', 'p', x'00')",
            "INSERT INTO accounts (id, login, last_name, first_name, position, role, language, password_hash)
             VALUES ('a', 'porter', 'Porter', 'Jane', '', 'owner', 'en', 'hash')",
            "INSERT INTO activities (at, action, user_is, by_is, computer, address, hash)
             VALUES (1, 'login_failed', 'nobody', 'nobody', '', '', x'00')",
            "INSERT INTO tallies (subject, last, cleared_through, locked_since, episode, touched_at)
             VALUES ('account a', 5, 0, 1, 'e', 1)",
        ] {
            sqlite.run(statement, &[]).unwrap();
        }
        migrate(&sqlite, Timestamp(1)).unwrap();
        let account = accounts::owners(&sqlite).unwrap().pop().unwrap();
        assert_eq!((account.version, account.removed_at, account.first_password), (1, None, false));
        let settings = settings::get(&sqlite).unwrap();
        assert_eq!((settings.policies, settings.version), (Policies::default(), 1));
        assert_eq!(settings::next_computer_number(&sqlite).unwrap(), 5);
        assert!(activity_search::catch_up(&sqlite).unwrap());
        let mut marks = Marks::default();
        marks.actions(&[Action::LoginFailed]);
        let wish = PageWish { marks, before: 9, period: None, limit: 1 };
        let line = activity_search::page(&sqlite, &wish).unwrap().pop().unwrap();
        assert!(line.changes.is_empty());
        let subject = Subject::Account(account.id);
        assert_eq!(tallies::get(&sqlite, &subject).unwrap().locks, 1, "the lock that there is");
        assert_eq!(resets::count_since(&sqlite, &subject, Timestamp(0)).unwrap(), 0);
        let Subject::Account(owner) = &subject else { return };
        assert!(first_day::is_ticked(&sqlite, owner, Tick::List).unwrap(), "its first day is long past");
    }

    #[test]
    fn the_log_is_append_only() {
        let sqlite = Sqlite::in_memory();
        migrate(&sqlite, Timestamp(1)).unwrap();
        sqlite
            .run(
                "INSERT INTO activities (at, action, user_is, by_is, computer, address, hash)
                 VALUES (1, 'login_failed', 'nobody', 'nobody', '', '', x'00')",
                &[],
            )
            .unwrap();
        assert!(sqlite.run("UPDATE activities SET at = 2", &[]).is_err());
        assert!(sqlite.run("DELETE FROM activities", &[]).is_err());
    }

    #[test]
    fn lines_go_behind_a_checkpoint_alone_and_it_never_goes_back() {
        let sqlite = Sqlite::in_memory();
        migrate(&sqlite, Timestamp(1)).unwrap();
        for _ in 0..3 {
            let line = "INSERT INTO activities (at, action, user_is, by_is, computer, address, hash)
                        VALUES (1, 'login_failed', 'nobody', 'nobody', '', '', x'00')";
            sqlite.run(line, &[]).unwrap();
        }
        sqlite.run("UPDATE activity_retention SET seq = 2", &[]).unwrap();
        assert!(sqlite.run("DELETE FROM activities WHERE seq = 3", &[]).is_err());
        sqlite.run("DELETE FROM activities WHERE seq <= 2", &[]).unwrap();
        assert!(sqlite.run("UPDATE activity_retention SET seq = 1", &[]).is_err());
        assert!(sqlite.run("DELETE FROM activity_retention", &[]).is_err());
    }
}
