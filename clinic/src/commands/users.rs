//! The list of people, and the account window.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use wire::{
    ProblemCode, Role,
    ids::AccountId,
    rights::{Module, Permission, Right},
    users::{
        LastSignIn, LockEpisode, LockRecord, PinSent, User, UserDetails, UserList, UserPermissions,
        UserStatus, UserWindow,
    },
};

use super::{Command, support};
use crate::{
    call::{Call, CommandError},
    records::{
        accounts::{self, Account},
        pins::{self, Counted},
        settings::Settings,
        sql::SqlError,
        tallies::{self, Subject},
    },
    rules::{
        lockout::Lock,
        pin,
        roles::{self, Need},
    },
};

/// Lists the accounts.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListUsers {}

impl Command for ListUsers {
    const NAME: &'static str = "list_users";
    const NEEDS: Need = Need::Right(Module::Users, Right::Read);
    type Reply = UserList;

    fn run(self, call: &mut Call<'_>) -> Result<UserList, CommandError> {
        let viewer = call.require_session()?.account;
        let may_add = roles::roles_to_give(viewer.role, viewer.rights()).to_vec();
        let settings = call.settings()?;
        let locks: HashMap<String, Lock> = tallies::locks(call.sql)?.into_iter().collect();
        let mut users: Vec<User> = accounts::all(call.sql)?
            .iter()
            .filter(|account| account.removed_at.is_none() || !may_add.is_empty())
            .map(|account| {
                let lock = locks.get(&Subject::Account(account.id.clone()).key());
                user(&settings, account, lock)
            })
            .collect();
        users.sort_by_cached_key(|user| user.full_name.to_lowercase());
        Ok(UserList { users, may_add })
    }
}

fn user(settings: &Settings, account: &Account, lock: Option<&Lock>) -> User {
    User {
        id: account.id.clone(),
        full_name: account.name.written(settings.language),
        login: account.login.clone(),
        position: account.position.clone(),
        role: account.role,
        status: match (account.removed_at, lock) {
            (Some(since), _) => UserStatus::Removed { since },
            (None, Some(lock)) => UserStatus::Locked { since: lock.since },
            (None, None) => UserStatus::Active,
        },
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
    const NEEDS: Need = Need::Right(Module::Users, Right::Read);
    type Reply = UserWindow;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<UserWindow, CommandError> {
        let viewer = call.require_session()?.account;
        let account = accounts::by_id(call.sql, &self.id)?.ok_or(ProblemCode::NotFound)?;
        Ok(window(call, &viewer, &account)?)
    }
}

/// The account window, as `viewer` sees it.
pub(super) fn window(call: &Call<'_>, viewer: &Account, account: &Account) -> Result<UserWindow, SqlError> {
    let settings = call.settings()?;
    let lock = tallies::get(call.sql, &Subject::Account(account.id.clone()))?.lock;
    let lock = lock.filter(|_| account.removed_at.is_none());
    let reads_log = reads_log(viewer, account);
    let details = UserDetails {
        version: account.version,
        last_name: account.name.last.clone(),
        first_name: account.name.first.clone(),
        middle_name: account.name.middle.clone().unwrap_or_default(),
        language: account.language,
        rights: account.rights(),
        own_rights: account.own_rights.is_some(),
        first_password: account.first_password,
        may: permissions(call, viewer, account)?,
    };
    Ok(UserWindow {
        user: user(&settings, account, lock.as_ref()),
        email: account.email_text(),
        last_sign_in: reads_log.then_some(LastSignIn { at: account.last_sign_in_at }),
        lock: lock.map(|lock| episode(call, viewer, account, lock)).transpose()?,
        details: Some(details),
    })
}

/// What `viewer` may do with an account. The window shows it, and the commands are held to it.
pub(super) fn permissions(
    call: &Call<'_>,
    viewer: &Account,
    account: &Account,
) -> Result<UserPermissions, SqlError> {
    let rights = viewer.rights();
    let manages = roles::may_manage(viewer.role, rights, account.role, account.rights());
    let own = viewer.id == account.id;
    let removed = account.removed_at.is_some();
    let locked = tallies::get(call.sql, &Subject::Account(account.id.clone()))?.lock.is_some();
    let last_owner =
        account.role == Role::Owner && accounts::owners(call.sql)?.iter().all(|owner| owner.id == account.id);
    let when = |allowed: bool| if allowed { Permission::Allowed } else { Permission::NotAllowed };
    let unless_own = |others: Permission| match others {
        Permission::Allowed if own => Permission::OwnAccount,
        Permission::Allowed if last_owner => Permission::LastOwner,
        others => others,
    };
    let mut roles = roles::roles_to_give(viewer.role, rights).to_vec();
    if !roles.contains(&account.role) {
        roles.push(account.role);
    }
    let restore = when(manages && !removed);
    Ok(UserPermissions {
        edit: when(manages && !removed),
        change_role: unless_own(when(manages && !removed)),
        roles,
        rights_max: rights,
        restore: match restore {
            Permission::Allowed if own => Permission::OwnAccount,
            Permission::Allowed if locked => Permission::Locked,
            other => other,
        },
        remove: unless_own(when(manages && !removed)),
        bring_back: when(manages && removed),
    })
}

/// The refusal of what is not permitted.
pub(super) fn require(permission: Permission) -> Result<(), CommandError> {
    Err(match permission {
        Permission::Allowed => return Ok(()),
        Permission::NotAllowed => ProblemCode::NotAllowed,
        Permission::OwnAccount => ProblemCode::OwnAccount,
        Permission::LastOwner => ProblemCode::LastOwner,
        Permission::Locked => ProblemCode::UnlockFirst,
    }
    .into())
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
        support: support::offer(call, viewer, account, &lock)?,
        pin: live_pin(call, viewer, account, &lock)?,
        record: reads_log(viewer, account)
            .then_some(LockRecord { computer: lock.place.computer, tries_since: lock.tries_since }),
    })
}

/// Whether the viewer may read what the log says about an account: whoever may not read the log reads their own lines only.
fn reads_log(viewer: &Account, account: &Account) -> bool {
    viewer.rights().activities >= Right::Read || viewer.id == account.id
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
