//! The lock of an account: what it sets off, and what its waiting screen asks.

use serde::{Deserialize, Serialize};
use wire::{
    Language, Timestamp,
    activities::{Action, Subject as InLog},
    fields::Login,
    sign_in::LockState,
};

use super::{Command, login, seat};
use crate::{
    call::{Audience, Call, CommandError},
    mails::Letter,
    records::{
        accounts::{self, Account},
        pins, resets, sessions,
        settings::{self, Settings},
        sql::{Sql, SqlError},
        tallies::{self, Subject},
    },
    rules::{
        lockout::{Lock, Place, Tally},
        roles::Need,
        time_zone,
    },
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

/// Logs a lock that has just begun, and mails the user and every owner. A login without an account has nobody to tell: its mails
/// are written all the same, and go to nobody, so that the reply comes as late.
pub(super) fn announce(call: &mut Call<'_>, lockable: &Lockable, tally: &Tally) -> Result<(), SqlError> {
    let Some(lock) = &tally.lock else { return Ok(()) };
    let account = lockable.account.as_ref();
    let settings = call.settings()?;
    if account.is_some() {
        call.log_at(Action::AccountLocked, lockable.in_log(&settings), InLog::Nobody, &lock.place)?;
    }
    let key = |kind: &str, to: &str| format!("{}/{}/{kind}/{to}", settings.code, lock.episode);
    let computer = &lock.place.computer;
    let until = |language: Language| {
        lapses_at(&settings, lock).map(|at| time_zone::written(at, &settings.time_zone, language))
    };
    let language = account.map_or(settings.language, |account| account.language);
    let to_user = Letter::AccountLocked { until: &until(language), again: tally.is_locked_in_a_row() };
    let key_of_user = key("locked", account.map_or("nobody", |account| account.id.as_str()));
    call.mail_whoever_it_is(&settings, &to_user, account, account, computer, &key_of_user)?;
    for owner in accounts::owners(call.sql)? {
        let key = key("user-locked", owner.id.as_str());
        let to_owner = Letter::UserAccountLocked { until: &until(owner.language) };
        let to = account.map(|_| &owner);
        call.mail_whoever_it_is(&settings, &to_owner, account, to, computer, &key)?;
    }
    Ok(())
}

/// Ends a lock, and everything that was begun before it ends with it.
pub(super) fn end(
    call: &mut Call<'_>,
    subject: &Subject,
    account: Option<&Account>,
    lock: &Lock,
    computer: &str,
) -> Result<(), SqlError> {
    let before = tallies::get(call.sql, subject)?;
    let mut after = before.clone();
    after.unlock();
    tallies::save(call.sql, subject, &before, &after, call.now)?;
    resets::forget(call.sql, subject)?;
    // The screen that waits for it belongs to nobody who is signed in.
    call.tell(&Audience::Clinic);
    let Some(account) = account else { return Ok(()) };
    pins::forget(call.sql, &account.id)?;
    sessions::close_questions_of(call.sql, &account.id)?;
    let settings = call.settings()?;
    let key = format!("{}/{}/unlocked/{}", settings.code, lock.episode, account.id);
    call.mail(&settings, &Letter::AccountUnlocked, account, account, computer, &key)
}

/// Ends the locks that have lasted as long as the policy lets them. It runs before every command, and when the alarm rings.
pub(crate) fn lapse(call: &mut Call<'_>) -> Result<(), SqlError> {
    let settings = call.settings()?;
    let Some(minutes) = settings.policies.automatic_unlock_minutes else { return Ok(()) };
    for subject in tallies::locked_until(call.sql, call.now.plus_minutes(-i64::from(minutes)))? {
        let Some(lock) = tallies::get(call.sql, &subject)?.lock else { continue };
        let account = match &subject {
            Subject::Account(id) => call.present(id)?,
            Subject::Unknown(_) => None,
        };
        end(call, &subject, account.as_ref(), &lock, "")?;
        if let Some(account) = account {
            let user = seat::in_log(&settings, &account);
            let nowhere = Place { computer: String::new(), address: String::new() };
            call.log_at(Action::AccountUnlockedAutomatically, user, InLog::Nobody, &nowhere)?;
        }
    }
    Ok(())
}

/// When a lock ends by itself, where the policy lets it.
fn lapses_at(settings: &Settings, lock: &Lock) -> Option<Timestamp> {
    let minutes = settings.policies.automatic_unlock_minutes?;
    Some(lock.since.plus_minutes(i64::from(minutes)))
}

/// When the next lock ends by itself.
pub(crate) fn next_lapse(sql: &dyn Sql) -> Result<Option<Timestamp>, SqlError> {
    let Some(minutes) = settings::get(sql)?.policies.automatic_unlock_minutes else { return Ok(None) };
    Ok(tallies::first_lock(sql)?.map(|since| since.plus_minutes(i64::from(minutes))))
}

/// Asks whether a login is still locked, for the waiting screen.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadLock {
    /// The login.
    pub login: Login,
}

impl Command for ReadLock {
    const NAME: &'static str = "read_lock";
    const NEEDS: Need = Need::Nothing;
    type Reply = LockState;

    fn run(self, call: &mut Call<'_>) -> Result<LockState, CommandError> {
        call.require_profile()?;
        let account = accounts::by_login(call.sql, &self.login)?;
        let lockable = Lockable::new(call, account, &self.login);
        let tally = tallies::get(call.sql, &lockable.subject)?;
        let settings = call.settings()?;
        let until = tally.lock.as_ref().and_then(|lock| lapses_at(&settings, lock));
        Ok(LockState { locked: tally.lock.is_some(), until, again: tally.is_locked_in_a_row() })
    }
}
