//! The management of people, one file a use case, and what all of them share.

mod add;
mod bring_back;
mod edit;
mod logins;
mod person;
mod remove;
mod restore;

use serde::{Deserialize, Serialize};
use wire::{
    ProblemCode,
    activities::{Change, Changed},
    computers::SignInPair,
    fields::ClinicCode,
    ids::AccountId,
    people::AddedUser,
    rights::{Module, Right, Rights},
};

pub use self::{
    add::AddUser,
    bring_back::BringBackUser,
    edit::EditUser,
    logins::SuggestLogin,
    remove::RemoveUser,
    restore::{MayRenewAccess, RestoreAccess},
};
pub(super) use self::{add::store, logins::Taken, person::Person};
use super::{Command, seat::SignedIn};
use crate::{
    call::{Call, CommandError},
    records::accounts::{self, Account},
    rules::roles::Need,
};

/// What the management of people needs, before it is asked which people.
pub(super) const NEEDS: Need = Need::Right(Module::Users, Right::Edit);

/// Asks whether the caller manages people at all, and in which clinic: before a password is hashed, or a long list read, for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct MayManagePeople {}

impl Command for MayManagePeople {
    const NAME: &'static str = "may_manage_people";
    const NEEDS: Need = NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = ClinicCode;

    fn run(self, call: &mut Call<'_>) -> Result<ClinicCode, CommandError> {
        Ok(call.clinic_code()?)
    }
}

/// A first password that the Worker has made: the hash is kept, the password is told once.
#[derive(Clone, Serialize, Deserialize)]
pub struct FirstPassword {
    /// The password.
    pub password: String,
    /// Its hash as a PHC string.
    pub hash: String,
}

/// The actor, and an account that was or was not removed.
fn open(call: &Call<'_>, id: &AccountId, removed: bool) -> Result<(SignedIn, Account), CommandError> {
    let actor = call.require_session()?;
    let account = accounts::by_id(call.sql, id)?.ok_or(ProblemCode::NotFound)?;
    match (account.removed_at.is_some(), removed) {
        (true, false) => Err(ProblemCode::UserRemoved.into()),
        (false, true) => Err(ProblemCode::UserNotRemoved.into()),
        _ => Ok((actor, account)),
    }
}

fn pair(call: &Call<'_>, account: &Account, password: String) -> Result<AddedUser, CommandError> {
    let full_name = account.name.written(call.settings()?.language);
    let pair = SignInPair { full_name, login: account.login.clone(), password };
    Ok(AddedUser { id: account.id.clone(), pair })
}

fn changed_rights(before: Rights, after: Rights) -> impl Iterator<Item = Change> {
    let differ = move |module: &Module| before.of(*module) != after.of(*module);
    Module::ALL.into_iter().filter(differ).map(move |module| Change {
        what: Changed::Right(module),
        old: right_text(before.of(module)).to_owned(),
        new: right_text(after.of(module)).to_owned(),
    })
}

fn right_text(right: Right) -> &'static str {
    match right {
        Right::None => "none",
        Right::Read => "read",
        Right::Edit => "edit",
    }
}
