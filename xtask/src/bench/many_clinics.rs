//! Whether a login costs more on a machine with ten thousand clinics, in one whose log has a million lines, than in the only clinic of a
//! machine, whose log has none: two Workers, logins in turns.

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::Result;
use wire::operator::{NewClinic, OpenClinic};

use super::{
    doors::{self, Doors},
    long_log::{self, LONG_LINES},
    machine::Machine,
};
use crate::{demo, operator::Operator, progress::Step, tools::Tools};

/// Clinics of the other machine.
pub const MANY: usize = 10_000;
/// How many clinics are opened at once: more than that only stand in line.
const OPENERS: usize = 4;
/// Computers at which people sign in on each machine.
const COMPUTERS: usize = 4;
/// Rounds that are measured, each with a login and a locked try on both machines.
const ROUNDS: usize = 100;
/// Rounds before those.
const WARM_UP_ROUNDS: usize = 8;

/// Times in milliseconds, one a round.
#[derive(Default)]
pub struct Samples {
    pub login: Sides,
    pub locked_try: Sides,
}

/// Times on the machine with one clinic and on the one with many.
#[derive(Default)]
pub struct Sides {
    pub one: Vec<f64>,
    pub many: Vec<f64>,
}

/// Opens the clinics, fills the log and takes the times.
pub fn measure(tools: &Tools, modules: &Path) -> Result<Samples> {
    let (one, many) = (Machine::start(tools, modules)?, Machine::start(tools, modules)?);
    let busy = doors::clinic(COMPUTERS);
    let open = |machine: &Machine<'_>| demo::open(machine.address(), machine.settings(), &busy);
    let (only, first) = (open(&one)?, open(&many)?);
    open_more(&many, MANY - 1)?;
    long_log::fill(&many, &first, LONG_LINES)?;
    let mut sides = [Doors::open(&one, &only)?, Doors::open(&many, &first)?];
    let mut step =
        Step::start(&format!("{ROUNDS} rounds of logins at both, after {WARM_UP_ROUNDS} to warm up"));
    let mut samples = Samples::default();
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        if round == WARM_UP_ROUNDS {
            samples = Samples::default();
        }
        let Samples { login, locked_try } = &mut samples;
        let times = [(&mut login.one, &mut locked_try.one), (&mut login.many, &mut locked_try.many)];
        let mut turns: Vec<_> = sides.iter_mut().zip(times).collect();
        // What follows what is turned about, so that neither always finds the other's leavings.
        if round % 2 == 1 {
            turns.reverse();
        }
        for (doors, (login, locked_try)) in turns {
            login.push(doors.login()?);
            locked_try.push(doors.locked_try()?);
        }
        step.line(&format!("round {}", round + 1));
    }
    step.done();
    Ok(samples)
}

/// Opens so many clinics that nobody works in, side by side: each person would cost a hash.
fn open_more(machine: &Machine<'_>, count: usize) -> Result<()> {
    let mut step = Step::start(&format!("Opening {count} more clinics"));
    let opened = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    let empty = NewClinic { users: Vec::new(), ..doors::clinic(1) };
    let (address, settings) = (machine.address(), machine.settings());
    let open_share = || -> Result<()> {
        let operator = Operator::new(&format!("http://{address}"), &settings.secret_key_bytes()?)?;
        while opened.fetch_add(1, Ordering::Relaxed) < count {
            operator.call::<OpenClinic>(&empty)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        for _ in 0..OPENERS {
            scope.spawn(|| {
                if let Err(error) = open_share() {
                    opened.store(count, Ordering::Relaxed);
                    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            });
        }
        while opened.load(Ordering::Relaxed) < count {
            step.line(&format!("{} of {count}", opened.load(Ordering::Relaxed)));
            thread::sleep(Duration::from_millis(200));
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    step.done();
    Ok(())
}
