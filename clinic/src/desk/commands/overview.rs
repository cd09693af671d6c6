//! The desk as an operator sees it, on one screen.

use serde::{Deserialize, Serialize};
use wire::{
    Empty,
    support::{Desk, DeskAction, DeskLog, Operator as Listed},
};

use super::{help, require_operator, subject};
use crate::{
    call::{Call, CommandError},
    commands::Command,
    desk::records::{
        cases, log,
        operators::{self, Operator},
    },
    records::tallies,
    rules::roles::Need,
};

/// Shows the desk.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadDesk {}

impl Command for ReadDesk {
    const NAME: &'static str = "read_desk";
    const NEEDS: Need = Need::Session;
    type Reply = Desk;

    fn run(self, call: &mut Call<'_>) -> Result<Desk, CommandError> {
        let operator = require_operator(call)?;
        desk(call, &operator)
    }
}

/// Reads older lines of the log.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadDeskLog {
    /// Only lines older than the one of this number.
    pub before: i64,
}

impl Command for ReadDeskLog {
    const NAME: &'static str = "read_desk_log";
    const NEEDS: Need = Need::Session;
    type Reply = DeskLog;

    fn run(self, call: &mut Call<'_>) -> Result<DeskLog, CommandError> {
        Ok(DeskLog { lines: log::page(call, Some(self.before))? })
    }
}

/// Notes that a setup link is about to be made.
#[derive(Debug, Serialize, Deserialize)]
pub struct NoteSetupLink {}

impl Command for NoteSetupLink {
    const NAME: &'static str = "note_setup_link";
    const NEEDS: Need = Need::Session;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        let operator = require_operator(call)?;
        log::note(call, DeskAction::SetupLinkMade, &operator.name, None)?;
        Ok(Empty {})
    }
}

/// The desk as `viewer` sees it.
pub(super) fn desk(call: &Call<'_>, viewer: &Operator) -> Result<Desk, CommandError> {
    let mut listed = Vec::new();
    for operator in operators::all(call.sql)? {
        let lock = tallies::get(call.sql, &subject(&operator))?.lock;
        listed.push(Listed {
            own: operator.id == viewer.id,
            id: operator.id,
            name: operator.name,
            login: operator.login,
            locked_since: lock.map(|lock| lock.since),
        });
    }
    Ok(Desk {
        operator: viewer.name.clone(),
        cases: cases::open(call.sql, call.now)?.into_iter().map(|case| case.told).collect(),
        operators: listed,
        log: log::page(call, None)?,
        help: help::counts(call)?,
        // Known where the platform is.
        jurisdictions: Vec::new(),
    })
}
