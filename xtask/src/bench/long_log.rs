//! Whether a log of a million lines is read as quickly as one of a thousand: two clinics, the same questions in turns.

use std::path::Path;

use anyhow::{Context, Result};
use wire::{
    Endpoint, Role, Timestamp,
    activities::{CountFailures, ListActivities},
    operator::OpenedClinic,
};

use super::machine::Machine;
use crate::{demo, desk::Desk, progress::Step, tools::Tools};

/// Lines of the log that the other one is compared with.
pub const SHORT_LINES: u32 = 1_000;
/// Lines of the other one.
pub const LONG_LINES: u32 = 1_000_000;
/// The route of the trial Worker that fills a log.
const FILL_PATH: &str = "/api/trial/log";
/// Lines that are written at once.
const SLICE_LINES: u32 = 1_000;
/// About when the logs begin: 22 November 2026, before noon.
const BEGINNING: Timestamp = Timestamp(1_795_341_600_000);
/// Rounds that are measured, each with every question to both.
const ROUNDS: usize = 40;
/// Rounds before those.
const WARM_UP_ROUNDS: usize = 5;

/// A question, and how many milliseconds each log took to answer it, one a round.
pub struct Question {
    /// What it is.
    pub name: &'static str,
    /// Times of the short log.
    pub short: Vec<f64>,
    /// Times of the long one.
    pub long: Vec<f64>,
}

/// Fills both logs and takes the times.
pub fn measure(tools: &Tools, modules: &Path) -> Result<Vec<Question>> {
    let machine = Machine::start(tools, modules)?;
    let open = |lines| -> Result<OpenedClinic> {
        let clinic = demo::open(machine.address(), machine.settings(), &demo::harbour_street())?;
        fill(&machine, &clinic, lines)?;
        Ok(clinic)
    };
    let (short, long) = (open(SHORT_LINES)?, open(LONG_LINES)?);
    let sides = [Side::open(&machine, &short, SHORT_LINES)?, Side::open(&machine, &long, LONG_LINES)?];
    let mut step = Step::start(&format!("{ROUNDS} rounds of questions, after {WARM_UP_ROUNDS} to warm up"));
    let mut questions: Vec<Question> = sides[0]
        .paths
        .iter()
        .map(|(name, _)| Question { name, short: Vec::new(), long: Vec::new() })
        .collect();
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        for (place, question) in questions.iter_mut().enumerate() {
            if round == WARM_UP_ROUNDS {
                question.short.clear();
                question.long.clear();
            }
            let mut turns = [(&sides[0], &mut question.short), (&sides[1], &mut question.long)];
            // What follows what is turned about, so that neither always finds the other's leavings.
            if round % 2 == 1 {
                turns.reverse();
            }
            for (side, times) in turns {
                times.push(side.desk.get(&side.paths[place].1)?.millis);
            }
        }
        step.line(&format!("round {}", round + 1));
    }
    step.done();
    Ok(questions)
}

/// Writes so many lines into a clinic's log.
pub fn fill(machine: &Machine<'_>, clinic: &OpenedClinic, lines: u32) -> Result<()> {
    let mut step = Step::start(&format!("Writing {lines} lines into a log"));
    for slice in 0..lines / SLICE_LINES {
        let from = BEGINNING.0;
        let query = format!("clinic={}&lines={SLICE_LINES}&from={from}", clinic.code);
        ureq::get(format!("http://{}{FILL_PATH}?{query}", machine.address())).call()?;
        step.line(&format!("{} lines", (slice + 1) * SLICE_LINES));
    }
    step.done();
    Ok(())
}

/// An owner in front of a log.
struct Side<'a> {
    desk: Desk<'a>,
    /// Each question with its address.
    paths: Vec<(&'static str, String)>,
}

impl<'a> Side<'a> {
    fn open(machine: &'a Machine<'_>, clinic: &OpenedClinic, lines: u32) -> Result<Self> {
        let owner = clinic.users.iter().find(|user| user.role == Role::Owner).context("no owner")?;
        let mut desk = Desk::open(machine.address(), machine.settings(), clinic)?;
        let account = desk.sign_in(owner)?;
        let (list, count) = (ListActivities::PATH, CountFailures::PATH);
        let (middle, period) = (lines / 2, "from=2026-11-23&until=2026-11-23");
        let paths = vec![
            ("the first page", list.to_owned()),
            ("a deep page", format!("{list}?before={middle}")),
            ("an action", format!("{list}?actions=account_locked")),
            ("two actions", format!("{list}?actions=login_failed,account_locked")),
            ("a user", format!("{list}?user={account}")),
            ("a computer", format!("{list}?computer=Reception%203")),
            ("a period", format!("{list}?{period}")),
            ("a word", format!("{list}?words=hughes")),
            ("two words", format!("{list}?words=hughes+reception")),
            ("a word, deep", format!("{list}?words=hughes&before={middle}")),
            (
                "a user's failed logins, deep",
                format!("{list}?user={account}&actions=login_failed&before={middle}"),
            ),
            ("the chart of a day", format!("{count}?{period}")),
        ];
        Ok(Self { desk, paths })
    }
}
