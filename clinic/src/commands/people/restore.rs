//! Whoever has lost their password gets a new first one, which ends what the old one had opened.

use serde::{Deserialize, Serialize};
use wire::{activities::Action, ids::AccountId, people::AddedUser};

use super::{FirstPassword, NEEDS, open, pair};
use crate::{
    call::{Audience, Call, CommandError},
    commands::{
        Command,
        seat::{self, SignedIn},
        users,
    },
    mails::Letter,
    records::{
        accounts::{self, Account},
        sessions,
    },
    rules::roles::Need,
};

/// Asks whether the caller may give an account a new first password: before one is hashed for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct MayRenewAccess {
    /// The account.
    pub id: AccountId,
    /// Whether it was removed, and is to be brought back.
    pub removed: bool,
}

impl Command for MayRenewAccess {
    const NAME: &'static str = "may_renew_access";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = ();

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<(), CommandError> {
        renewable(call, &self.id, self.removed).map(drop)
    }
}

/// Gives an account a new first password.
#[derive(Serialize, Deserialize)]
pub struct RestoreAccess {
    /// The account.
    pub id: AccountId,
    /// The first password.
    pub first: FirstPassword,
}

impl Command for RestoreAccess {
    const NAME: &'static str = "restore_access";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = AddedUser;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<AddedUser, CommandError> {
        let (actor, before) = renewable(call, &self.id, false)?;
        let account = Account { password_hash: self.first.hash, first_password: true, ..before.clone() };
        accounts::update(call.sql, &before, &account, call.now)?;
        sessions::end_all_of(call.sql, &account.id, None)?;
        call.tell(&Audience::Account(account.id.clone()));
        let settings = call.settings()?;
        call.log_changes(Action::AccessRestored, seat::in_log(&settings, &account), &actor, Vec::new())?;
        let key = format!("{}/access-restored/{}/{}", settings.code, account.id, before.version);
        let computer = &actor.computer.label;
        call.mail(&settings, &Letter::AccessRestored, &account, &account, computer, &key)?;
        pair(call, &account, self.first.password)
    }
}

/// The actor, and an account that they may give a new first password to: one that works here, or one that was removed.
pub(super) fn renewable(
    call: &Call<'_>,
    id: &AccountId,
    removed: bool,
) -> Result<(SignedIn, Account), CommandError> {
    let (actor, account) = open(call, id, removed)?;
    let may = users::permissions(call, &actor.account, &account)?;
    users::require(if removed { may.bring_back } else { may.restore })?;
    Ok((actor, account))
}
