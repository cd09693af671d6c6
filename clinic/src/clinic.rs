//! A clinic as its object holds it: commands in, replies out, mails for the alarm. Everything else is in the records.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use wire::{Problem, ProblemCode, Timestamp, sign_in::SignInState};

use crate::{
    call::{Call, Caller, CommandError, Random},
    commands::{
        Command,
        activities::ListActivities,
        computer::AuthorizeComputer,
        lock::ReadLock,
        login::{ReserveAttempt, SettleAttempt},
        open_clinic::OpenClinic,
        outbox::{self, Delivery, OutgoingMail},
        profile::AuthorizeProfile,
        question::AnswerQuestion,
        session::{ReadSignIn, SignOut},
        unlock::{SendPin, Unlock},
        users::{ListUsers, ReadUser},
    },
    keys::Keys,
    records::{
        self, schema,
        sql::{SqlError, Store},
    },
};

/// A command on its way to the clinic's object.
#[derive(Serialize, Deserialize)]
struct Envelope<B> {
    command: String,
    caller: Caller,
    body: B,
}

/// Writes a command for the clinic's object.
pub fn envelope<C: Command>(command: &C, caller: &Caller) -> Result<String, SqlError> {
    let envelope = Envelope { command: C::NAME.to_owned(), caller: caller.clone(), body: command };
    serde_json::to_string(&envelope).map_err(|_| SqlError("a command cannot be written".into()))
}

/// A clinic. It remembers nothing that its records do not hold, but that they are up to date.
pub struct Clinic {
    keys: Keys,
    origin: String,
    migrated: Cell<bool>,
}

impl Clinic {
    /// A clinic whose links begin with `origin`.
    pub fn new(keys: Keys, origin: String) -> Self {
        Self { keys, origin, migrated: Cell::new(false) }
    }

    /// Answers a command with the JSON of a `Result<Reply, Problem>`.
    ///
    /// # Errors
    /// When the records fail. Everything that the command wrote is rolled back then.
    pub fn answer(
        &self,
        store: &dyn Store,
        now: Timestamp,
        random: &mut dyn Random,
        envelope: &str,
    ) -> Result<String, SqlError> {
        let Envelope { command, caller, body } = serde_json::from_str::<Envelope<Box<RawValue>>>(envelope)
            .map_err(|_| SqlError("an envelope cannot be read".into()))?;
        if !self.is_open(store, now)? && command != OpenClinic::NAME {
            return written(&unopened(&command));
        }
        let mut outcome = None;
        store.transaction(&mut || {
            let call = &mut Call {
                sql: store,
                keys: &self.keys,
                now,
                random,
                caller: &caller,
                origin: &self.origin,
            };
            outcome = Some(match dispatch(&command, body.get(), call) {
                Ok(reply) => Ok(reply),
                Err(CommandError::Refused(problem)) => Err(problem),
                Err(CommandError::Fault(fault)) => return Err(fault),
            });
            Ok(())
        })?;
        written(&outcome.unwrap_or_else(|| Err(Problem::new(ProblemCode::Internal))))
    }

    /// Takes the mails that are due, putting each off for a while first: a crash while it is sent delays it.
    ///
    /// # Errors
    /// When the records fail.
    pub fn take_due_mails(&self, store: &dyn Store, now: Timestamp) -> Result<Vec<OutgoingMail>, SqlError> {
        if !self.is_open(store, now)? {
            return Ok(Vec::new());
        }
        let mut mails = Vec::new();
        store.transaction(&mut || {
            mails = outbox::take_due(store, &self.keys, now)?;
            Ok(())
        })?;
        Ok(mails)
    }

    /// Notes what became of a mail.
    ///
    /// # Errors
    /// When the records fail.
    pub fn record_delivery(
        &self,
        store: &dyn Store,
        now: Timestamp,
        mail: i64,
        delivery: Delivery,
    ) -> Result<(), SqlError> {
        store.transaction(&mut || outbox::record(store, now, mail, &delivery))
    }

    /// When the alarm has to ring next.
    ///
    /// # Errors
    /// When the records fail.
    pub fn wake_at(&self, store: &dyn Store) -> Result<Option<Timestamp>, SqlError> {
        if !schema::is_opened(store)? {
            return Ok(None);
        }
        records::outbox::next_due(store)
    }

    /// Whether a clinic is kept here, with its tables brought up to date on the first call.
    fn is_open(&self, store: &dyn Store, now: Timestamp) -> Result<bool, SqlError> {
        if self.migrated.get() {
            return Ok(true);
        }
        if !schema::is_opened(store)? {
            return Ok(false);
        }
        store.transaction(&mut || schema::migrate(store, now))?;
        self.migrated.set(true);
        Ok(true)
    }
}

/// What an object answers that holds no clinic: as if nothing of the caller's had ever been authorized.
fn unopened(command: &str) -> Result<Value, Problem> {
    match command {
        ReadSignIn::NAME => {
            serde_json::to_value(SignInState::Computer).map_err(|_| Problem::new(ProblemCode::Internal))
        }
        AuthorizeComputer::NAME => Err(Problem::about("password", ProblemCode::ComputerWrong)),
        _ => Err(Problem::new(ProblemCode::ComputerRequired)),
    }
}

fn written(outcome: &Result<Value, Problem>) -> Result<String, SqlError> {
    serde_json::to_string(outcome).map_err(|_| SqlError("a reply cannot be written".into()))
}

fn run<C: Command>(body: &str, call: &mut Call<'_>) -> Result<Value, CommandError> {
    let command: C = serde_json::from_str(body).map_err(|_| SqlError("a command cannot be read".into()))?;
    let reply = command.run(call)?;
    Ok(serde_json::to_value(reply).map_err(|_| SqlError("a reply cannot be written".into()))?)
}

macro_rules! dispatch {
    ($($command:ty),* $(,)?) => {
        fn dispatch(name: &str, body: &str, call: &mut Call<'_>) -> Result<Value, CommandError> {
            match name {
                $(<$command>::NAME => run::<$command>(body, call),)*
                _ => Err(SqlError("a command is unknown".into()).into()),
            }
        }
    };
}

dispatch! {
    OpenClinic, ReadSignIn, AuthorizeComputer, AuthorizeProfile, ReserveAttempt, SettleAttempt, AnswerQuestion, ReadLock, SignOut,
    ListUsers, ReadUser, SendPin, Unlock, ListActivities,
}
