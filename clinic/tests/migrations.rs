//! Records of every older version are brought up to date in one go, or not at all, whatever statement of it fails.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests panic")]

use clinic::{
    desk,
    records::{
        schema,
        sql::{Sql, SqlError, Store},
    },
    testing::Sqlite,
};
use sha2::{Digest, Sha256};
use wire::Timestamp;

type Migrate = fn(&dyn Sql, usize, Timestamp) -> Result<(), SqlError>;

const AT: Timestamp = Timestamp(1_795_286_400_000);

#[test]
fn a_clinic_of_any_older_schema_is_brought_up_to_date_whole_or_not_at_all() {
    let rows = [
        "INSERT INTO settings (only, code, name, language, time_zone) VALUES (1, 'c', 'Harbour', 'en', 'Europe/London')",
        "INSERT INTO profiles (id, name, sealed_secret) VALUES ('p', 'Main', x'00')",
        "INSERT INTO computers (id, number, label, profile, password_digest) VALUES ('k', 4, 'Reception 1', 'p', x'00')",
        "INSERT INTO accounts (id, login, last_name, first_name, position, role, language, password_hash)
         VALUES ('a', 'porter', 'Porter', 'Jane', '', 'owner', 'en', 'hash')",
        "INSERT INTO activities (at, action, user_is, by_is, computer, address, hash)
         VALUES (1, 'login_failed', 'nobody', 'nobody', 'Reception 1', '', x'00')",
        "INSERT INTO sessions (digest, account, computer, started_at, expires_at) VALUES (x'01', 'a', 'k', 5, 9)",
        "INSERT INTO tallies (subject, last, cleared_through, locked_since, episode, touched_at)
         VALUES ('account a', 5, 0, 1, 'e', 1)",
        "INSERT INTO outbox (idempotency_key, sealed_mail, state, created_at, due_at, give_up_at)
         VALUES ('key', x'00', 'queued', 1, 1, 9)",
    ];
    let failed = each_statement_fails(schema::migrate_to, schema::NEWEST, &rows);
    assert!(failed > 200, "only {failed} statements were failed");
}

#[test]
fn a_desk_of_any_older_schema_is_brought_up_to_date_whole_or_not_at_all() {
    let rows = [
        "INSERT INTO operators (id, login, name, password_hash, sealed_secret) VALUES ('o', 'sam', 'Sam', 'hash', x'00')",
        "INSERT INTO desk_log (line, hash) VALUES ('{}', x'00')",
        "INSERT INTO tallies (subject, last, cleared_through, locked_since, episode, touched_at)
         VALUES ('operator o', 5, 0, 1, 'e', 1)",
    ];
    let failed = each_statement_fails(desk::schema::migrate_to, desk::schema::NEWEST, &rows);
    assert!(failed > 20, "only {failed} statements were failed");
}

/// What stands in storages of before must be what the later migrations build on: they are added at the end, and none is ever changed.
#[test]
fn no_schema_of_before_has_changed() {
    let clinic = digests(schema::migrate_to, schema::NEWEST);
    let deployed = [
        "96596ef9", "7bb5fde6", "35cc77aa", "4ae392fc", "d69fb320", "6acab403", "1a9ce364", "1f97e59b",
        "e2770532", "e2770532", "43f9fa38", "b032b85f", "d64ab0fa", "aa4bd25d", "03554e5c", "67c96fd1",
        "defcd0f9",
    ];
    assert_eq!(clinic, deployed);
    let desk = digests(desk::schema::migrate_to, desk::schema::NEWEST);
    let deployed = ["c9aa7487", "9fa2d2cd", "18d52cb1", "5ba52869", "5a4e0625", "acfa132c"];
    assert_eq!(desk, deployed);
}

/// Rolled back over records that a later version has brought up to date, an older one must not guess what it does not know.
#[test]
fn records_of_a_newer_version_are_refused_and_left_alone() {
    let kinds: [(Migrate, usize); 2] =
        [(schema::migrate_to, schema::NEWEST), (desk::schema::migrate_to, desk::schema::NEWEST)];
    for (migrate_to, newest) in kinds {
        let sqlite = Sqlite::in_memory();
        migrate_to(&sqlite, newest, AT).unwrap();
        let before = everything(&sqlite);
        for older in 1..newest {
            assert!(sqlite.transaction(&mut || migrate_to(&sqlite, older, AT)).is_err(), "{older}");
        }
        sqlite.run("INSERT INTO migrations (number, ran_at) VALUES (1000, 1)", &[]).unwrap();
        assert!(sqlite.transaction(&mut || migrate_to(&sqlite, newest, AT)).is_err());
        sqlite.run("DELETE FROM migrations WHERE number = 1000", &[]).unwrap();
        assert_eq!(everything(&sqlite), before);
    }
}

/// The beginning of a digest of each schema, from the oldest on.
fn digests(migrate_to: Migrate, newest: usize) -> Vec<String> {
    let digest = |number| {
        let sqlite = Sqlite::in_memory();
        migrate_to(&sqlite, number, AT).unwrap();
        let mut rows =
            sqlite.query("SELECT COALESCE(sql, name) FROM sqlite_master ORDER BY name", &[]).unwrap();
        let schema: Vec<String> = rows.iter_mut().map(|row| row.take().unwrap()).collect();
        let digest = Sha256::digest(schema.join("\n"));
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    };
    (1..=newest).map(digest).collect()
}

/// Fails each statement of the way up in turn, from each older schema, and gives how many that were.
fn each_statement_fails(migrate_to: Migrate, newest: usize, rows: &[&str]) -> u32 {
    let mut failed = 0;
    for older in 1..newest {
        for statement in 0.. {
            let sqlite = Sqlite::in_memory();
            sqlite.transaction(&mut || migrate_to(&sqlite, older, AT)).unwrap();
            rows.iter().for_each(|row| sqlite.run(row, &[]).unwrap());
            let before = everything(&sqlite);
            sqlite.fail_after(Some(statement));
            let outcome = sqlite.transaction(&mut || migrate_to(&sqlite, newest, AT));
            sqlite.fail_after(None);
            if outcome.is_ok() {
                break;
            }
            failed += 1;
            assert_eq!(everything(&sqlite), before, "statement {statement} from schema {older}");
            // The next start does it all.
            sqlite.transaction(&mut || migrate_to(&sqlite, newest, AT)).unwrap();
            let numbers = sqlite.query("SELECT number FROM migrations", &[]).unwrap();
            assert_eq!(numbers.len(), newest, "statement {statement} from schema {older}");
        }
    }
    failed
}

/// The tables, and every row of them.
fn everything(sqlite: &Sqlite) -> Vec<String> {
    let statement = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    let mut found: Vec<String> =
        sqlite.query(statement, &[]).unwrap().into_iter().map(|row| format!("{row:?}")).collect();
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'activity_marks%'";
    for mut table in sqlite.query(names, &[]).unwrap() {
        let name: String = table.take().unwrap();
        let rows = sqlite.query(&format!("SELECT * FROM {name}"), &[]).unwrap();
        found.extend(rows.into_iter().map(|row| format!("{name}: {row:?}")));
    }
    found
}
