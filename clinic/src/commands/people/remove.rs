//! Whoever leaves the clinic is out at once, and nobody else ever gets their login.

use serde::{Deserialize, Serialize};
use wire::{activities::Action, ids::AccountId, users::UserWindow};

use super::{NEEDS, open};
use crate::{
    call::{Audience, Call, CommandError},
    commands::{Command, seat, users},
    records::{
        accounts::{self, Account},
        pins, sessions,
    },
    rules::roles::Need,
};

/// Removes an account: its sessions end, its login is retired, the log keeps the name.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemoveUser {
    /// The account.
    pub id: AccountId,
}

impl Command for RemoveUser {
    const NAME: &'static str = "remove_user";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = UserWindow;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<UserWindow, CommandError> {
        let (actor, before) = open(call, &self.id, false)?;
        users::require(users::permissions(call, &actor.account, &before)?.remove)?;
        let account = Account { removed_at: Some(call.now), ..before.clone() };
        accounts::update(call.sql, &before, &account, call.now)?;
        sessions::end_all_of(call.sql, &account.id, None)?;
        pins::forget(call.sql, &account.id)?;
        call.tell(&Audience::Account(account.id.clone()));
        let user = seat::in_log(&call.settings()?, &account);
        call.log_changes(Action::UserRemoved, user, &actor, Vec::new())?;
        Ok(users::window(call, &actor.account, &account)?)
    }
}
