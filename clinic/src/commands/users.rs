//! The list of people, and the account window.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use wire::{
    ProblemCode,
    ids::AccountId,
    users::{LastSignIn, LockEpisode, LockRecord, PinSent, User, UserList, UserStatus, UserWindow},
};

use super::Command;
use crate::{
    call::{Call, CommandError},
    records::{
        accounts::{self, Account},
        pins::{self, Counted},
        settings::{self, Settings},
        sql::SqlError,
        tallies::{self, Subject},
    },
    rules::{
        lockout::Lock,
        pin,
        roles::{self, LogAccess},
    },
};

/// Lists the accounts.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListUsers {}

impl Command for ListUsers {
    const NAME: &'static str = "list_users";
    type Reply = UserList;

    fn run(self, call: &mut Call<'_>) -> Result<UserList, CommandError> {
        call.require_session()?;
        let settings = settings::get(call.sql)?;
        let locks: HashMap<String, Lock> = tallies::locks(call.sql)?.into_iter().collect();
        let mut users: Vec<User> = accounts::all(call.sql)?
            .iter()
            .map(|account| {
                let lock = locks.get(&Subject::Account(account.id.clone()).key());
                user(&settings, account, lock)
            })
            .collect();
        users.sort_by_cached_key(|user| user.full_name.to_lowercase());
        Ok(UserList { users })
    }
}

fn user(settings: &Settings, account: &Account, lock: Option<&Lock>) -> User {
    User {
        id: account.id.clone(),
        full_name: account.name.written(settings.language),
        login: account.login.clone(),
        position: account.position.clone(),
        role: account.role,
        status: lock.map_or(UserStatus::Active, |lock| UserStatus::Locked { since: lock.since }),
    }
}

/// Opens an account window.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadUser {
    /// The account.
    pub id: AccountId,
}

impl Command for ReadUser {
    const NAME: &'static str = "read_user";
    type Reply = UserWindow;

    fn run(self, call: &mut Call<'_>) -> Result<UserWindow, CommandError> {
        let viewer = call.require_session()?.account;
        let account = accounts::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        Ok(window(call, &viewer, &account)?)
    }
}

/// The account window, as `viewer` sees it.
pub(super) fn window(call: &Call<'_>, viewer: &Account, account: &Account) -> Result<UserWindow, SqlError> {
    let settings = settings::get(call.sql)?;
    let lock = tallies::get(call.sql, &Subject::Account(account.id.clone()))?.lock;
    let reads_log = reads_log(viewer, account);
    Ok(UserWindow {
        user: user(&settings, account, lock.as_ref()),
        email: account.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        last_sign_in: reads_log.then_some(LastSignIn { at: account.last_sign_in_at }),
        lock: lock.map(|lock| episode(call, viewer, account, lock)).transpose()?,
    })
}

fn episode(
    call: &Call<'_>,
    viewer: &Account,
    account: &Account,
    lock: Lock,
) -> Result<LockEpisode, SqlError> {
    Ok(LockEpisode {
        since: lock.since,
        unlock: roles::unlock_permission(viewer.role, viewer.id == account.id, viewer.email.is_some()),
        pin: live_pin(call, viewer, account, &lock)?,
        record: reads_log(viewer, account)
            .then_some(LockRecord { computer: lock.place.computer, tries_since: lock.tries_since }),
    })
}

/// Whether the viewer may read what the log says about an account: an employee reads their own lines only.
fn reads_log(viewer: &Account, account: &Account) -> bool {
    roles::log_access(viewer.role) == LogAccess::All || viewer.id == account.id
}

/// The viewer's own PIN for this episode, while it can still be tried.
fn live_pin(
    call: &Call<'_>,
    viewer: &Account,
    account: &Account,
    lock: &Lock,
) -> Result<Option<PinSent>, SqlError> {
    let Some(sent) = pins::get(call.sql, &viewer.id, &account.id)? else { return Ok(None) };
    let today = call.now.plus_minutes(-pin::PIN_DAY_HOURS * 60);
    let tries_today = pins::count_since(call.sql, &account.id, Counted::Try, today)?;
    let tries_left = pin::tries_left(sent.tries, tries_today);
    let live = sent.episode == lock.episode && sent.expires_at > call.now && tries_left > 0;
    Ok(viewer.email.as_ref().filter(|_| live).map(|email| PinSent {
        email_hint: email.hint(),
        expires_at: sent.expires_at,
        tries_left,
    }))
}
