//! How often somebody knocked in vain: at step 1 per username, whether a computer has it or not, and at the support desk per network. How
//! often a network said whether a help page answered is counted beside that.

use wire::Timestamp;

use super::sql::{Sql, SqlError, values};

/// Most that are remembered of each kind; the one touched longest ago gives way, and never to one of another kind.
pub const THROTTLES_MAX: u32 = 1_000;
/// Hours after which wrong tries are forgotten.
pub const LIFETIME_HOURS: i64 = 24;

/// Whose tries are counted.
#[derive(Clone, Copy, Debug)]
pub enum Knocker<'a> {
    /// Whoever types the username with this number.
    Username(u32),
    /// Whoever knocks from this network.
    Network(&'a str),
    /// Whoever reads the help pages there: nobody is kept from the desk by that.
    Reader(&'a str),
}

impl Knocker<'_> {
    fn kind(self) -> &'static str {
        match self {
            Knocker::Username(_) => "computer",
            Knocker::Network(_) => "network",
            Knocker::Reader(_) => "reader",
        }
    }

    fn key(self) -> String {
        let kind = self.kind();
        match self {
            Knocker::Username(number) => format!("{kind} {number}"),
            Knocker::Network(network) | Knocker::Reader(network) => format!("{kind} {network}"),
        }
    }
}

/// Wrong tries in a row, and until when to wait.
#[derive(Clone, Copy, Debug, Default)]
pub struct Throttle {
    /// Wrong tries in a row.
    pub wrong: u32,
    /// Until when no try is looked at.
    pub wait_until: Timestamp,
}

/// What is remembered of somebody.
pub fn get(sql: &dyn Sql, who: Knocker<'_>) -> Result<Throttle, SqlError> {
    let statement = "SELECT wrong, wait_until FROM throttles WHERE subject = ?1";
    let Some(mut row) = sql.query(statement, values![who.key()])?.pop() else {
        return Ok(Throttle::default());
    };
    Ok(Throttle { wrong: row.take()?, wait_until: row.take()? })
}

/// Stores a throttle.
pub fn save(sql: &dyn Sql, who: Knocker<'_>, throttle: Throttle, now: Timestamp) -> Result<(), SqlError> {
    sql.run(
        "INSERT OR REPLACE INTO throttles (subject, wrong, wait_until, touched_at) VALUES (?1, ?2, ?3, ?4)",
        values![who.key(), throttle.wrong, throttle.wait_until, now],
    )?;
    sql.run("DELETE FROM throttles WHERE touched_at < ?1", values![now.plus_minutes(-LIFETIME_HOURS * 60)])?;
    sql.run(
        "DELETE FROM throttles WHERE subject IN
            (SELECT subject FROM throttles WHERE subject LIKE ?1 || ' %' ORDER BY touched_at DESC LIMIT -1 OFFSET ?2)",
        values![who.kind(), THROTTLES_MAX],
    )
}

/// Forgets somebody's wrong tries.
pub fn clear(sql: &dyn Sql, who: Knocker<'_>) -> Result<(), SqlError> {
    sql.run("DELETE FROM throttles WHERE subject = ?1", values![who.key()])
}
