//! The support desk of a deployment, as its object holds it: operators, the cases that were read out to them, and a log of its own.
//!
//! It is no clinic and can ask none: what it knows of one is what a case told it.

mod commands;
mod records;

use std::cell::{Cell, RefCell};

use serde_json::Value;
use wire::Timestamp;

pub use self::{
    commands::{
        cases::{
            BeginUnlock, FollowCase, Followed, NoteCase, PendingUnlock, ReadPendingUnlocks, RegisterCase,
            SeekCase, SettleSeek, Sought,
        },
        colleagues::{MakeOperator, RemoveOperator, UnlockOperator},
        help::NoteHelpAnswer,
        overview::{NoteSetupLink, ReadDesk, ReadDeskLog},
        sign_in::{ReserveOperatorAttempt, SettleOperatorAttempt, SignOutOperator},
    },
    records::{restored, schema},
};
use crate::{
    call::{Call, CommandError, Random},
    clinic::{Envelope, once},
    commands::{Command, dispatch},
    keys::Keys,
    records::sql::{SqlError, Store},
    rules::roles::Need,
};

/// The desk. It remembers nothing that its records do not hold, but that they are up to date.
pub struct SupportDesk {
    keys: Keys,
    migrated: Cell<bool>,
}

impl SupportDesk {
    /// The desk of a deployment with these keys.
    pub fn new(keys: Keys) -> Self {
        Self { keys, migrated: Cell::new(false) }
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
        let Envelope { command, caller, key, body } = Envelope::read(envelope)?;
        if !self.migrated.get() {
            store.transaction(&mut || schema::migrate(store, now))?;
            self.migrated.set(true);
        }
        let (told, logged) = (RefCell::default(), RefCell::default());
        let mut reply = String::new();
        store.transaction(&mut || {
            let keys = &self.keys;
            // The desk mails nothing and has no socket: nobody reads origin and audience, and its log has tables of its own.
            let mut call = Call {
                sql: store,
                keys,
                now,
                random: &mut *random,
                caller: &caller,
                origin: "",
                told: &told,
                logged: &logged,
                settings: RefCell::default(),
            };
            reply = once(&mut call, key.as_ref(), true, |call| {
                CommandError::settled(dispatch(&command, body.get(), call))
            })?;
            Ok(())
        })?;
        Ok(reply)
    }
}

fn run<C: Command>(body: &str, call: &mut Call<'_>) -> Result<Value, CommandError> {
    let command: C = serde_json::from_str(body).map_err(|_| SqlError("a command cannot be read".into()))?;
    if C::NEEDS != Need::Nothing {
        commands::require_operator(call)?;
    }
    let reply = command.run(call)?;
    Ok(serde_json::to_value(reply).map_err(|_| SqlError("a reply cannot be written".into()))?)
}

dispatch! {
    MakeOperator, RemoveOperator, UnlockOperator,
    ReserveOperatorAttempt, SettleOperatorAttempt, SignOutOperator,
    ReadDesk, ReadDeskLog, NoteSetupLink, NoteHelpAnswer,
    RegisterCase, SeekCase, SettleSeek, FollowCase, NoteCase, BeginUnlock, ReadPendingUnlocks,
}
