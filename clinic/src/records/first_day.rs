//! What owners have ticked on the list of the first day, each for themselves.

use wire::{first_day::Tick, ids::AccountId};

use super::sql::{Sql, SqlError, values};

fn text(tick: Tick) -> &'static str {
    match tick {
        Tick::Form => "form",
        Tick::Policies => "policies",
        Tick::List => "list",
    }
}

/// Ticks something. Twice is as good as once.
pub fn tick(sql: &dyn Sql, account: &AccountId, tick: Tick) -> Result<(), SqlError> {
    sql.run(
        "INSERT OR IGNORE INTO first_day (account, tick) VALUES (?1, ?2)",
        values![account.as_str(), text(tick)],
    )
}

/// Whether an owner has ticked something.
pub fn is_ticked(sql: &dyn Sql, account: &AccountId, tick: Tick) -> Result<bool, SqlError> {
    let statement = "SELECT tick FROM first_day WHERE account = ?1 AND tick = ?2";
    Ok(!sql.query(statement, values![account.as_str(), text(tick)])?.is_empty())
}
