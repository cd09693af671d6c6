//! Computers, the tokens that they were given in step 1, and the codes that they used up in step 2.

use wire::{
    Timestamp,
    ids::{ComputerId, ProfileId},
};

use super::{
    schema::Migration,
    sql::{Row, Sql, SqlError, values},
};
use crate::rules::turns::Turns;

/// A computer.
#[derive(Clone, Debug)]
pub struct Computer {
    /// The id.
    pub id: ComputerId,
    /// The number at the end of its username.
    pub number: u32,
    /// The label.
    pub label: String,
    /// The profile that it belongs to.
    pub profile: ProfileId,
    /// The keyed digest of its password.
    pub password_digest: Vec<u8>,
    /// Consecutive wrong codes.
    pub wrong_codes: u32,
    /// Until when it may try no code.
    pub codes_paused_until: Timestamp,
    /// The turns at trying passwords.
    pub turns: Turns,
    /// Counts the edits.
    pub version: u32,
    /// Since when its access form is void.
    pub revoked_at: Option<Timestamp>,
}

/// The turns at trying passwords.
pub(crate) const TURNS: Migration = &[
    "ALTER TABLE computers ADD COLUMN next_turn_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE computers ADD COLUMN wrong_passwords INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE computers ADD COLUMN rests_until INTEGER NOT NULL DEFAULT 0",
];

const COLUMNS: &str =
    "computers.id, number, label, profile, password_digest, wrong_codes, codes_paused_until, next_turn_at,
                       wrong_passwords, rests_until, version, revoked_at";

fn computer(row: &mut Row) -> Result<Computer, SqlError> {
    Ok(Computer {
        id: ComputerId::from_stored(row.take()?),
        number: row.take()?,
        label: row.take()?,
        profile: ProfileId::from_stored(row.take()?),
        password_digest: row.take()?,
        wrong_codes: row.take()?,
        codes_paused_until: row.take()?,
        turns: Turns { next_at: row.take()?, wrong: row.take()?, rests_until: row.take()? },
        version: row.take()?,
        revoked_at: row.take()?,
    })
}

/// Stores a new computer.
pub fn insert(sql: &dyn Sql, computer: &Computer) -> Result<(), SqlError> {
    sql.run(
        "INSERT INTO computers (id, number, label, profile, password_digest) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![
            computer.id.as_str(),
            computer.number,
            computer.label.as_str(),
            computer.profile.as_str(),
            computer.password_digest.as_slice(),
        ],
    )
}

/// Stores what was edited, revoked or re-issued, as the next version.
pub fn update(sql: &dyn Sql, computer: &Computer) -> Result<(), SqlError> {
    sql.run(
        "UPDATE computers SET label = ?2, profile = ?3, password_digest = ?4, revoked_at = ?5, version = ?6 WHERE id = ?1",
        values![
            computer.id.as_str(),
            computer.label.as_str(),
            computer.profile.as_str(),
            computer.password_digest.as_slice(),
            computer.revoked_at,
            computer.version.saturating_add(1),
        ],
    )
}

/// Takes a computer off the list.
pub fn remove(sql: &dyn Sql, id: &ComputerId) -> Result<(), SqlError> {
    forget_used_steps(sql, id)?;
    sql.run("DELETE FROM computers WHERE id = ?1", values![id.as_str()])
}

/// The computer of an id.
pub fn by_id(sql: &dyn Sql, id: &ComputerId) -> Result<Option<Computer>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM computers WHERE id = ?1");
    sql.query(&statement, values![id.as_str()])?.pop().map(|mut row| computer(&mut row)).transpose()
}

/// Every computer, with when it was last used.
pub fn all(sql: &dyn Sql) -> Result<Vec<(Computer, Option<Timestamp>)>, SqlError> {
    let statement = format!(
        "SELECT {COLUMNS}, (SELECT MAX(last_used_at) FROM computer_tokens WHERE computer = computers.id) FROM computers"
    );
    let rows = sql.query(&statement, &[])?;
    rows.into_iter().map(|mut row| Ok((computer(&mut row)?, row.take()?))).collect()
}

/// The computer of a number.
pub fn by_number(sql: &dyn Sql, number: u32) -> Result<Option<Computer>, SqlError> {
    let statement = format!("SELECT {COLUMNS} FROM computers WHERE number = ?1");
    sql.query(&statement, values![number])?.pop().map(|mut row| computer(&mut row)).transpose()
}

/// A token of a computer.
#[derive(Debug)]
pub struct Held {
    /// The computer.
    pub computer: Computer,
    /// When the token was last used.
    pub last_used_at: Timestamp,
    /// The digest of the token whose place it takes, until it is used.
    pub replaces: Option<Vec<u8>>,
}

/// What is known of a token.
pub fn by_token(sql: &dyn Sql, digest: &[u8]) -> Result<Option<Held>, SqlError> {
    let statement = format!(
        "SELECT {COLUMNS}, last_used_at, replaces FROM computer_tokens JOIN computers ON computers.id = computer WHERE digest = ?1"
    );
    let Some(mut row) = sql.query(&statement, values![digest])?.pop() else { return Ok(None) };
    Ok(Some(Held { computer: computer(&mut row)?, last_used_at: row.take()?, replaces: row.take()? }))
}

/// Gives a computer a token, which may take the place of another.
pub fn grant_token(
    sql: &dyn Sql,
    digest: &[u8],
    computer: &ComputerId,
    replaces: Option<&[u8]>,
    now: Timestamp,
) -> Result<(), SqlError> {
    sql.run(
        "INSERT INTO computer_tokens (digest, computer, last_used_at, replaces) VALUES (?1, ?2, ?3, ?4)",
        values![digest, computer.as_str(), now, replaces],
    )
}

/// Takes away the token whose place another takes, which is in use now.
pub fn replace_token(sql: &dyn Sql, digest: &[u8], replaced: &[u8]) -> Result<(), SqlError> {
    forget_token(sql, replaced)?;
    sql.run("UPDATE computer_tokens SET replaces = NULL WHERE digest = ?1", values![digest])
}

/// Takes a token away.
pub fn forget_token(sql: &dyn Sql, digest: &[u8]) -> Result<(), SqlError> {
    sql.run("DELETE FROM computer_tokens WHERE digest = ?1", values![digest])
}

/// Takes every token of a computer away but one.
pub fn forget_tokens_of(sql: &dyn Sql, id: &ComputerId, but: Option<&[u8]>) -> Result<(), SqlError> {
    let none: &[u8] = &[];
    sql.run(
        "DELETE FROM computer_tokens WHERE computer = ?1 AND digest <> ?2",
        values![id.as_str(), but.unwrap_or(none)],
    )
}

/// Notes the use of a token.
pub fn note_use(sql: &dyn Sql, digest: &[u8], now: Timestamp) -> Result<(), SqlError> {
    sql.run("UPDATE computer_tokens SET last_used_at = ?2 WHERE digest = ?1", values![digest, now])
}

/// Forgets the tokens that were last used before then.
pub fn forget_unused_tokens(sql: &dyn Sql, before: Timestamp) -> Result<(), SqlError> {
    sql.run("DELETE FROM computer_tokens WHERE last_used_at <= ?1", values![before])
}

/// Sets the count of consecutive wrong codes and the pause that follows from it.
pub fn set_wrong_codes(
    sql: &dyn Sql,
    id: &ComputerId,
    wrong: u32,
    paused_until: Timestamp,
) -> Result<(), SqlError> {
    sql.run(
        "UPDATE computers SET wrong_codes = ?2, codes_paused_until = ?3 WHERE id = ?1",
        values![id.as_str(), wrong, paused_until],
    )
}

/// Stores the turns at trying passwords.
pub fn set_turns(sql: &dyn Sql, id: &ComputerId, turns: Turns) -> Result<(), SqlError> {
    sql.run(
        "UPDATE computers SET next_turn_at = ?2, wrong_passwords = ?3, rests_until = ?4 WHERE id = ?1",
        values![id.as_str(), turns.next_at, turns.wrong, turns.rests_until],
    )
}

/// Forgets the codes that a computer has had accepted: with another secret they are other codes.
pub fn forget_used_steps(sql: &dyn Sql, id: &ComputerId) -> Result<(), SqlError> {
    sql.run("DELETE FROM used_codes WHERE computer = ?1", values![id.as_str()])
}

/// Forgets the codes, right and wrong, of every computer of a profile.
pub fn forget_codes(sql: &dyn Sql, profile: &ProfileId) -> Result<(), SqlError> {
    sql.run(
        "DELETE FROM used_codes WHERE computer IN (SELECT id FROM computers WHERE profile = ?1)",
        values![profile.as_str()],
    )?;
    sql.run(
        "UPDATE computers SET wrong_codes = 0, codes_paused_until = 0 WHERE profile = ?1",
        values![profile.as_str()],
    )
}

/// The steps whose codes this computer has had accepted lately.
pub fn used_steps(sql: &dyn Sql, id: &ComputerId) -> Result<Vec<i64>, SqlError> {
    let rows = sql.query("SELECT step FROM used_codes WHERE computer = ?1", values![id.as_str()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Notes that the code of a step was accepted, and forgets those that could not be accepted any more.
pub fn use_step(sql: &dyn Sql, id: &ComputerId, step: i64, oldest: i64) -> Result<(), SqlError> {
    sql.run("DELETE FROM used_codes WHERE step < ?1", values![oldest])?;
    sql.run("INSERT INTO used_codes (computer, step) VALUES (?1, ?2)", values![id.as_str(), step])
}
