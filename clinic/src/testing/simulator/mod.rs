//! The whole clinic, simulated: people who do things at once, a storage and a mail API that fail, calls that are lost, repeated and
//! late, and a clock that jumps; all of it drawn from a seed, on real SQLite, beside a plain model of what must be true.
//!
//! A failure names what did not hold and the seed that shows it, and is cut to the few operations that it needs.

mod door;
mod help;
mod invariants;
mod manage;
mod model;
pub mod operation;
mod post;
mod reach;
mod script;
pub mod shrink;
mod sight;
mod tally;
mod world;

use std::fmt;

use wire::Timestamp;

pub use self::{
    invariants::Broken,
    reach::{Reach, WANTED},
    script::{STEPS, operations},
};
use self::{
    invariants::{Held, broken},
    operation::{Act, Code, MailAnswer, Operation, Typed},
    world::World,
};
use crate::rules::totp::STEP_SECONDS;

/// Rings of the alarm within which everything has left, once the mail API works.
const RINGS_MAX: usize = 2_000;
/// The longest pause of step 2, a new code, and the longest that a try can be under way.
const REST_SECONDS: i64 = 16 * 60;
/// Wrong codes in a row, over all computers, after which a profile waits for a new QR code.
const CODES_MAX: u32 = 100;

/// What came of many lives.
#[derive(Debug, Default)]
pub struct Report {
    /// Lives that were lived through.
    pub seeds: u64,
    /// Steps in them.
    pub steps: u64,
    /// What has happened in them.
    pub reach: Reach,
}

/// A life in which something did not hold.
#[derive(Debug)]
pub struct Failure {
    /// The seed of the life.
    pub seed: u64,
    /// What did not hold.
    pub broken: Broken,
    /// The operations that it takes.
    pub operations: Vec<Operation>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, broken, operations } = self;
        writeln!(f, "{} does not hold: {}", broken.invariant, broken.why)?;
        writeln!(f, "To see it again: cargo xtask simulate --seed {seed}")?;
        writeln!(f, "The operations that it takes, {} of {STEPS}:", operations.len())?;
        operations.iter().try_for_each(|operation| writeln!(f, "  {:?}, {:?}", operation.act, operation.fate))
    }
}

/// Lives through one seed after the other, from `first` on, until there were so many steps. `told` hears how many there have been.
///
/// # Errors
/// At the first life in which something does not hold.
pub fn simulate(first: u64, steps: u64, mut told: impl FnMut(&Report)) -> Result<Report, Box<Failure>> {
    let mut report = Report::default();
    for seed in first.. {
        if report.steps >= steps {
            break;
        }
        let operations = operations(seed);
        let (outcome, reach) = run(&operations);
        report.reach.add(&reach);
        if let Err(broken) = outcome {
            let same =
                |part: &[Operation]| run(part).0.is_err_and(|other| other.invariant == broken.invariant);
            let operations = shrink::shrink(&operations, same);
            return Err(Box::new(Failure { seed, broken, operations }));
        }
        report.seeds += 1;
        report.steps += operations.len() as u64;
        told(&report);
    }
    Ok(report)
}

/// Lives through these operations, and then lets everything come to rest.
pub fn run(operations: &[Operation]) -> (Held, Reach) {
    let mut world = match World::open() {
        Ok(world) => world,
        Err(broken) => return (Err(broken), Reach::default()),
    };
    let mut outcome = operations.iter().try_for_each(|operation| world.step(operation));
    outcome = outcome.and_then(|()| world.rest());
    (outcome, world.reach)
}

fn totp_step(now: Timestamp) -> i64 {
    now.seconds().div_euclid(STEP_SECONDS as i64)
}

impl World {
    /// Nothing fails any more: the mails leave, the log is whole, and an owner gets in.
    fn rest(&mut self) -> Held {
        // What has not been answered by now never is.
        self.post.under_way.clear();
        for _ in 0..RINGS_MAX {
            let Some(due) = self.house.wake_at() else { break };
            self.pass(due.seconds_from(self.now()).into());
            self.act(Act::Ring)?;
            while !self.post.under_way.is_empty() {
                self.act(Act::MailAnswer { pick: 0, answer: MailAnswer::Accepted })?;
            }
        }
        self.no_mail_is_lost()?;
        self.the_log_is_as_it_was_written()?;
        self.an_owner_gets_in()
    }

    fn an_owner_gets_in(&mut self) -> Held {
        self.pass(REST_SECONDS);
        let Some(computer) = self.model.computers.iter().position(|computer| !computer.revoked) else {
            return broken("a_clinic_has_a_computer_to_sign_in_on", "all of them are revoked");
        };
        let door = 0;
        self.step_plainly(Act::Computer { door, computer: computer as u8, right: true })?;
        if self.model.wrong_codes >= CODES_MAX {
            return Ok(());
        }
        self.browsers[usize::from(door)].caller.profile = None;
        // Where the clock was set back, codes of the next minutes are used already.
        while self.model.computers[computer].used.contains(&totp_step(self.now())) {
            self.pass(STEP_SECONDS as i64);
        }
        self.step_plainly(Act::Profile { door, code: Code::Ahead(0) })?;
        if self.browsers[usize::from(door)].caller.profile.is_none() {
            return broken("a_right_code_is_accepted", "at rest");
        }
        let owners: Vec<usize> = self.model.owners().collect();
        // Tries that nobody settled count only when the next one comes, which may find the last owner locked.
        for _ in 0..2 {
            let is_locked = |owner: &usize| self.model.people[*owner].tally.lock.is_some();
            if let Some(first) = owners.first().filter(|_| owners.iter().all(is_locked)) {
                self.step_plainly(Act::UnlockInEmergency { login: *first as u8 })?;
            }
            let mut got_in = false;
            for owner in &owners {
                got_in |= self.gets_in(door, *owner)?;
            }
            if got_in {
                return Ok(());
            }
        }
        broken("no_clinic_is_locked_out_for_good", "no owner gets in")
    }

    /// Tries the right password of an owner.
    fn gets_in(&mut self, door: u8, owner: usize) -> Held<bool> {
        self.browsers[usize::from(door)].session = None;
        for act in [
            Act::Reserve { door, login: owner as u8, typed: Typed::Right },
            Act::Settle { door, back: 0 },
            Act::Answer { door, yes: true },
            Act::Choose { door },
        ] {
            self.step_plainly(act)?;
        }
        let signed_in = self.browsers[usize::from(door)].session == Some(owner);
        match signed_in || self.model.people[owner].tally.lock.is_some() {
            true => Ok(signed_in),
            false => broken("whoever_is_not_locked_gets_in", operation::LOGINS[owner]),
        }
    }

    fn step_plainly(&mut self, act: Act) -> Held {
        self.step(&Operation { act, fate: operation::Fate::Arrives })
    }
}
