//! Somebody new gets an account and a first password.

use serde::{Deserialize, Serialize};
use wire::{
    activities::{Action, Change, Changed},
    ids::AccountId,
    people::{AddedUser, PersonFields},
    rights::Rights,
};

use super::{FirstPassword, NEEDS, Person, Taken, changed_rights, pair};
use crate::{
    call::{Call, CommandError},
    commands::{
        Command,
        seat::{self, SignedIn},
    },
    records::{
        accounts::{self, Account, role_text},
        sql::SqlError,
    },
    rules::roles::Need,
};

/// Adds an account.
#[derive(Serialize, Deserialize)]
pub struct AddUser {
    /// The person.
    pub person: PersonFields,
    /// The first password.
    pub first: FirstPassword,
}

impl Command for AddUser {
    const NAME: &'static str = "add_user";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = AddedUser;

    fn run(self, call: &mut Call<'_>) -> Result<AddedUser, CommandError> {
        let actor = call.require_session()?;
        let person = Person::parse(&self.person, &actor.account, None, &Taken::read(call)?)?;
        let id = AccountId::from_random(call.random_bytes());
        let account = person.into_account(id, self.first.hash);
        store(call, &actor, &account)?;
        pair(call, &account, self.first.password)
    }
}

/// Stores a new account, and notes it. It refuses nothing: of many, some would stand already.
pub(in crate::commands) fn store(
    call: &Call<'_>,
    actor: &SignedIn,
    account: &Account,
) -> Result<(), SqlError> {
    accounts::insert(call.sql, account)?;
    let new = |what, new: &str| Change { what, old: String::new(), new: new.to_owned() };
    let mut changes = vec![new(Changed::Login, &account.login), new(Changed::Role, role_text(account.role))];
    changes.extend(account.email.as_ref().map(|email| new(Changed::Email, email.as_str())));
    changes.extend(changed_rights(Rights::of_role(account.role), account.rights()));
    let user = seat::in_log(&call.settings()?, account);
    call.log_changes(Action::UserAdded, user, actor, changes)
}
