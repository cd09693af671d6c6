//! The simulated clinic: the real one on real SQLite, the browsers before it, a mail API, and the model beside them.

use wire::{Problem, ProblemCode, Timestamp, ids::ComputerId};

use super::{
    invariants::{Broken, Held, broken},
    model::Model,
    operation::{COMPUTERS, DOORS, Fate, LOGINS, Operation},
    post::Post,
    reach::Reach,
    sight::Sight,
};
use crate::{
    call::{CallKey, Caller},
    clinic::envelope,
    commands::{Command, login::Attempt},
    records::{
        accounts,
        sql::{Sql, SqlError},
    },
    testing::House,
};

/// A call that was answered can be delivered once more for so long.
const ECHO_MINUTES: i64 = 9;
/// Calls that are remembered for that.
const ECHOES: usize = 16;
/// Nobody waits longer for a password to be looked at.
const TRY_MINUTES: i64 = 30;

/// A browser.
#[derive(Clone, Default)]
pub(super) struct Browser {
    pub caller: Caller,
    /// At which computer it stands.
    pub computer: usize,
    /// Whose question is open, and since which step.
    pub asked: Option<(usize, usize)>,
    /// Who is signed in.
    pub session: Option<usize>,
}

/// A try whose password has been looked at.
#[derive(Clone)]
pub(super) struct UnderWay {
    pub door: usize,
    /// The computer that it stands at.
    pub computer: usize,
    pub caller: Caller,
    pub login: usize,
    /// Whether the login had no account.
    pub stranger: bool,
    pub attempt: Attempt,
    /// Whether the password was right for the hash that was given.
    pub right: bool,
    /// How many passwords the account had had.
    pub passwords: usize,
    pub at: Timestamp,
}

/// A call that was delivered and answered.
struct Delivered {
    envelope: String,
    reply: String,
    at: Timestamp,
}

/// Everything.
pub struct World {
    pub(super) house: House,
    pub(super) model: Model,
    pub(super) reach: Reach,
    pub(super) post: Post,
    pub(super) sight: Sight,
    pub(super) browsers: Vec<Browser>,
    pub(super) under_way: Vec<UnderWay>,
    pub(super) settled: Vec<UnderWay>,
    /// The password on each computer's newest form.
    pub(super) forms: Vec<String>,
    pub(super) computers: Vec<ComputerId>,
    pub(super) fate: Fate,
    delivered: Vec<Delivered>,
    calls: u128,
}

impl World {
    /// A clinic that has just been opened.
    pub fn open() -> Held<Self> {
        let house = House::open();
        let fault = |error: SqlError| Broken::new("no_call_is_a_fault_of_ours", error.to_string());
        let accounts = accounts::all(&house.store).map_err(fault)?;
        let people = LOGINS.iter().filter_map(|login| accounts.iter().find(|one| one.login == *login));
        let model = Model::new(people.map(|one| (one.id.clone(), one.role)), house.now());
        let mut computers =
            house.store.query("SELECT id FROM computers ORDER BY number", &[]).map_err(fault)?;
        let computers = computers.iter_mut().map(|row| Ok(ComputerId::from_stored(row.take()?)));
        let computers = computers.collect::<Result<_, SqlError>>().map_err(fault)?;
        let mut world = Self {
            forms: (0..COMPUTERS).map(|index| house.computer(index).1).collect(),
            house,
            model,
            reach: Reach::default(),
            post: Post::default(),
            sight: Sight::default(),
            browsers: vec![Browser::default(); DOORS],
            under_way: Vec::new(),
            settled: Vec::new(),
            computers,
            fate: Fate::Arrives,
            delivered: Vec::new(),
            calls: 0,
        };
        for (number, browser) in world.browsers.iter_mut().enumerate() {
            browser.caller.address = format!("192.0.2.{number}");
            // Each keeps a key of its own.
            browser.caller.key = Some(format!("the key of browser {number}"));
        }
        world.look()?;
        Ok(world)
    }

    /// One step, and a look at everything that must hold.
    pub fn step(&mut self, operation: &Operation) -> Held {
        self.model.step += 1;
        self.fate = operation.fate;
        self.act(operation.act)?;
        self.fate = Fate::Arrives;
        let oldest = self.model.latest.plus_minutes(-TRY_MINUTES);
        self.under_way.retain(|one| one.at > oldest);
        self.settled.retain(|one| one.at > oldest);
        self.look()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.house.now()
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        self.pass_millis(seconds * 1000);
    }

    pub(super) fn pass_millis(&mut self, millis: i64) {
        self.house.pass_millis(millis);
        self.model.latest = self.model.latest.max(self.now());
    }

    /// Whether what was answered reaches whoever asked.
    pub(super) fn is_heard(&self) -> bool {
        self.fate != Fate::Lost
    }

    /// Asks something that changes nothing, whatever the fate of this step is.
    pub(super) fn read<C: Command>(
        &mut self,
        caller: &Caller,
        command: &C,
    ) -> Held<Result<C::Reply, Problem>> {
        let fault = |error: SqlError| Broken::new("no_call_is_a_fault_of_ours", error.to_string());
        let reply = self.house.ask(caller, command).map_err(fault)?;
        self.lapse();
        self.told(reply)
    }

    /// Sends a call, and lets happen to it what is its fate. Nothing comes back where it was not done.
    pub(super) fn ask<C: Command>(
        &mut self,
        caller: &Caller,
        command: &C,
    ) -> Held<Option<Result<C::Reply, Problem>>> {
        self.calls += 1;
        let key = CallKey::from_random(self.calls.to_be_bytes());
        let fault = |error: SqlError| Broken::new("no_call_is_a_fault_of_ours", error.to_string());
        let envelope = envelope(command, caller, Some(key)).map_err(fault)?;
        let Some(reply) = self.within_fate(|house| house.deliver_call(&envelope))? else { return Ok(None) };
        self.lapse();
        self.delivered.push(Delivered { envelope, reply: reply.clone(), at: self.now() });
        if self.delivered.len() > ECHOES {
            self.delivered.remove(0);
        }
        if self.fate == Fate::Twice {
            self.echo(0)?;
        }
        let reply = serde_json::from_str(&reply).map_err(|error| fault(SqlError(error.to_string())))?;
        self.told(reply).map(Some)
    }

    fn told<R>(&self, reply: Result<R, Problem>) -> Held<Result<R, Problem>> {
        match reply {
            Err(problem) if problem.code == ProblemCode::Internal => {
                broken("no_call_is_a_fault_of_ours", "it answered with an internal error")
            }
            reply => Ok(reply),
        }
    }

    fn lapse(&mut self) {
        if self.model.lapse(self.house.now()) {
            self.reach.note("a lock ends by itself");
        }
    }

    /// Does something with the storage, which fails where that is its fate: then nothing of it is there, and the object starts anew.
    pub(super) fn within_fate<T>(
        &mut self,
        act: impl FnOnce(&House) -> Result<T, SqlError>,
    ) -> Held<Option<T>> {
        let Fate::Fails { after } = self.fate else {
            let fault = |error: SqlError| Broken::new("no_call_is_a_fault_of_ours", error.to_string());
            return act(&self.house).map(Some).map_err(fault);
        };
        let before = self.house.store.bytes();
        self.house.store.fail_after(Some(u32::from(after)));
        let outcome = act(&self.house);
        self.house.store.fail_after(None);
        if let Ok(done) = outcome {
            return Ok(Some(done));
        }
        self.house.restart();
        self.reach.note("a statement fails");
        match self.house.store.is_as_it_was(&before) {
            true => Ok(None),
            false => broken("what_fails_leaves_nothing_behind", format!("after {after} statements")),
        }
    }

    /// Delivers a call of before once more: the newest, or an older one. It changes nothing, and is answered the same.
    pub(super) fn echo(&mut self, pick: usize) -> Held {
        let since = self.model.latest.plus_minutes(-ECHO_MINUTES);
        let recent: Vec<&Delivered> = self.delivered.iter().rev().filter(|one| one.at > since).collect();
        let Some(one) = recent.get(pick % recent.len().max(1)) else { return Ok(()) };
        let (envelope, reply) = (one.envelope.clone(), one.reply.clone());
        let before = self.house.store.bytes();
        let again = self.house.deliver_call(&envelope);
        self.reach.note("a call is delivered twice");
        let same = again.is_ok_and(|again| again == reply);
        match same && self.house.store.is_as_it_was(&before) {
            true => Ok(()),
            false => broken("a_repeated_call_changes_nothing_and_is_answered_the_same", reply),
        }
    }
}
