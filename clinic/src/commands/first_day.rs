//! The first day of a clinic: a list of what its owner has yet to do, ticked by what the records tell.

use serde::{Deserialize, Serialize};
use wire::{
    Role,
    first_day::{FirstDay, Tick},
    settings::Policies,
};

use super::Command;
use crate::{
    call::{Call, CommandError},
    records::{
        accounts::{self, Account},
        computers, first_day,
        sql::SqlError,
    },
    rules::roles::Need,
};

/// Tells what has been done.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadFirstDay {}

impl Command for ReadFirstDay {
    const NAME: &'static str = "read_first_day";
    const NEEDS: Need = Need::Owner;
    const WHILE_LOCKED: bool = true;
    type Reply = FirstDay;

    fn run(self, call: &mut Call<'_>) -> Result<FirstDay, CommandError> {
        Ok(first_day_of(call, &call.require_session()?.account)?)
    }
}

/// Ticks what no record tells, or puts the list away.
#[derive(Debug, Serialize, Deserialize)]
pub struct TickFirstDay {
    /// What.
    pub tick: Tick,
}

impl Command for TickFirstDay {
    const NAME: &'static str = "tick_first_day";
    const NEEDS: Need = Need::Owner;
    const WHILE_LOCKED: bool = true;
    type Reply = FirstDay;

    fn run(self, call: &mut Call<'_>) -> Result<FirstDay, CommandError> {
        let me = call.require_session()?.account;
        first_day::tick(call.sql, &me.id, self.tick)?;
        Ok(first_day_of(call, &me)?)
    }
}

fn first_day_of(call: &Call<'_>, me: &Account) -> Result<FirstDay, SqlError> {
    let ticked = |tick| first_day::is_ticked(call.sql, &me.id, tick);
    let colleagues = accounts::all(call.sql)?;
    let mut others = colleagues.iter().filter(|other| other.removed_at.is_none() && other.id != me.id);
    let works_here = |other: &Account| matches!(other.role, Role::Manager | Role::Employee);
    let in_use =
        computers::all(call.sql)?.iter().filter(|(computer, _)| computer.revoked_at.is_none()).count();
    let mut day = FirstDay {
        shown: false,
        email: me.email.is_some(),
        second_owner: others.clone().any(|other| other.role == Role::Owner),
        people: others.any(works_here),
        second_way: in_use > 1 || ticked(Tick::Form)?,
        policies: call.settings()?.policies != Policies::default() || ticked(Tick::Policies)?,
    };
    let done = day.email && day.second_owner && day.people && day.second_way && day.policies;
    day.shown = !done && !ticked(Tick::List)?;
    Ok(day)
}
