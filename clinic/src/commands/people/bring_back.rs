//! Whoever comes back gets their old account, login and rights, and a new first password.

use serde::{Deserialize, Serialize};
use wire::{activities::Action, ids::AccountId, people::AddedUser};

use super::{FirstPassword, NEEDS, pair, restore::renewable};
use crate::{
    call::{Call, CommandError},
    commands::{Command, seat},
    records::accounts::{self, Account},
    rules::roles::Need,
};

/// Brings a removed account back, with a new first password.
#[derive(Serialize, Deserialize)]
pub struct BringBackUser {
    /// The account.
    pub id: AccountId,
    /// The first password.
    pub first: FirstPassword,
}

impl Command for BringBackUser {
    const NAME: &'static str = "bring_back_user";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = AddedUser;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        call.require_account(&self.id)
    }

    fn run(self, call: &mut Call<'_>) -> Result<AddedUser, CommandError> {
        let (actor, before) = renewable(call, &self.id, true)?;
        let account = Account {
            removed_at: None,
            password_hash: self.first.hash,
            first_password: true,
            ..before.clone()
        };
        accounts::update(call.sql, &before, &account, call.now)?;
        let user = seat::in_log(&call.settings()?, &account);
        call.log_changes(Action::UserBroughtBack, user, &actor, Vec::new())?;
        pair(call, &account, self.first.password)
    }
}
