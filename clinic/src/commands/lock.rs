//! The lock of an account: what it sets off, and what its waiting screen asks.

use serde::{Deserialize, Serialize};
use wire::{
    activities::{Action, Subject as InLog},
    fields::Login,
    sign_in::LockState,
};

use super::{Command, login, seat};
use crate::{
    call::{Call, CommandError},
    mails::Letter,
    records::{
        accounts::{self, Account},
        settings::{self, Settings},
        sql::SqlError,
        tallies::{self, Subject},
    },
    rules::lockout::Tally,
};

/// A login that was tried: with an account or without, it locks alike.
pub(super) struct Lockable {
    pub subject: Subject,
    pub account: Option<Account>,
}

impl Lockable {
    pub fn new(call: &Call<'_>, account: Option<Account>, login: &Login) -> Self {
        Self { subject: login::subject(call.keys, account.as_ref(), login), account }
    }

    pub fn in_log(&self, settings: &Settings) -> InLog {
        match &self.account {
            Some(account) => seat::in_log(settings, account),
            None => InLog::UnknownLogin,
        }
    }
}

/// Logs a lock that has just begun, and mails the user and every owner. A login without an account has nobody to tell.
pub(super) fn announce(call: &mut Call<'_>, lockable: &Lockable, tally: &Tally) -> Result<(), SqlError> {
    let (Some(account), Some(lock)) = (&lockable.account, &tally.lock) else { return Ok(()) };
    let settings = settings::get(call.sql)?;
    call.log_at(Action::AccountLocked, lockable.in_log(&settings), InLog::Nobody, &lock.place)?;
    let key = |kind: &str, to: &Account| format!("{}/{}/{kind}/{}", settings.code, lock.episode, to.id);
    let computer = &lock.place.computer;
    call.mail(&settings, &Letter::AccountLocked, account, account, computer, &key("locked", account))?;
    for owner in accounts::owners(call.sql)? {
        let key = key("user-locked", &owner);
        call.mail(&settings, &Letter::UserAccountLocked, account, &owner, computer, &key)?;
    }
    Ok(())
}

/// Asks whether a login is still locked, for the waiting screen.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadLock {
    /// The login.
    pub login: Login,
}

impl Command for ReadLock {
    const NAME: &'static str = "read_lock";
    type Reply = LockState;

    fn run(self, call: &mut Call<'_>) -> Result<LockState, CommandError> {
        call.require_profile()?;
        let account = accounts::by_login(call.sql, &self.login)?;
        let lockable = Lockable::new(call, account, &self.login);
        let tally = tallies::get(call.sql, &lockable.subject)?;
        Ok(LockState { locked: tally.lock.is_some() })
    }
}
