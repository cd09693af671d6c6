//! Readers say whether a help page answered their question. Anybody can, so that each network is slowed down, and who it was
//! is not kept.

use serde::{Deserialize, Serialize};
use wire::{
    Empty, Problem, ProblemCode, Timestamp,
    help::{HelpAnswer, HelpCount},
    log_file::hex_of,
};

use crate::{
    call::{Call, CommandError},
    commands::Command,
    desk::records::help_answers,
    keys::Purpose,
    records::{
        sql::SqlError,
        throttles::{self, Knocker, Throttle},
    },
    rules::{roles::Need, support::HELP_ANSWERS_DAYS, throttle},
};

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Counts an answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct NoteHelpAnswer {
    /// What was said.
    pub answer: HelpAnswer,
}

impl Command for NoteHelpAnswer {
    const NAME: &'static str = "note_help_answer";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        let network = throttle::network(&call.caller.address);
        // As a digest with a key: where somebody reads is not kept.
        let reader = hex_of(&call.keys.digest(Purpose::Reader, "help", &network));
        let reader = Knocker::Reader(&reader);
        let Throttle { wrong: given, wait_until } = throttles::get(call.sql, reader)?;
        let longest = throttle::ANSWERS_WAIT_SECONDS_MAX;
        if let Some(until) = throttle::waits_until(wait_until, longest, call.now) {
            let wait = until.seconds_from(call.now);
            return Err(Problem::new(ProblemCode::SlowDown).retry_after(wait).into());
        }
        let given = given.saturating_add(1);
        let wait_until = throttle::answers_wait_until(given, call.now);
        throttles::save(call.sql, reader, Throttle { wrong: given, wait_until }, call.now)?;
        help_answers::forget_before(call.sql, first_day(call.now))?;
        help_answers::count(call.sql, &self.answer, day(call.now))?;
        Ok(Empty {})
    }
}

/// What was said lately.
pub(super) fn counts(call: &Call<'_>) -> Result<Vec<HelpCount>, SqlError> {
    help_answers::counts_since(call.sql, first_day(call.now))
}

fn day(at: Timestamp) -> i64 {
    at.seconds().div_euclid(SECONDS_A_DAY)
}

fn first_day(now: Timestamp) -> i64 {
    day(now) - HELP_ANSWERS_DAYS
}
