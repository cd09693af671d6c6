//! My Clinic: adding, editing, restoring, removing and importing people. Their first passwords are drawn and hashed here.

use clinic::{
    commands::{
        import::{CheckImport, ImportUsers, seal_hash},
        people::{
            AddUser, BringBackUser, EditUser, MayManagePeople, MayRenewAccess, RemoveUser, RestoreAccess,
            SuggestLogin,
        },
    },
    keys::NONCE_BYTES,
};
use wire::{
    Problem, ProblemCode,
    fields::ClinicCode,
    ids::AccountId,
    people::{
        AddedUser, Import, ImportReport, ImportText, Imported, LoginSuggestion, LoginWish, MadePassword,
        MadePasswords, PASSWORDS_AT_ONCE_MAX, PasswordWish, PersonFields, UserChange,
    },
    users::{UserQuery, UserWindow},
};

use crate::{visit::Visit, world};

pub async fn suggest_login(visit: &mut Visit<'_>, request: LoginWish) -> Result<LoginSuggestion, Problem> {
    let LoginWish { last_name, first_name, role } = request;
    visit.read(&SuggestLogin { last_name, first_name, role }).await
}

pub async fn add(visit: &mut Visit<'_>, person: PersonFields) -> Result<AddedUser, Problem> {
    // Asked before the hash: whoever may add nobody makes the Worker work for nothing.
    visit.read(&MayManagePeople {}).await?;
    let first = visit.passwords()?.draw_first()?;
    visit.change(&AddUser { person, first }).await
}

pub async fn edit(visit: &mut Visit<'_>, request: UserChange) -> Result<UserWindow, Problem> {
    let UserChange { id, version, fields } = request;
    visit.change(&EditUser { id: id.parse()?, version, fields }).await
}

pub async fn restore(visit: &mut Visit<'_>, request: UserQuery) -> Result<AddedUser, Problem> {
    let id = renewable(visit, &request, false).await?;
    let first = visit.passwords()?.draw_first()?;
    visit.change(&RestoreAccess { id, first }).await
}

pub async fn remove(visit: &mut Visit<'_>, request: UserQuery) -> Result<UserWindow, Problem> {
    visit.change(&RemoveUser { id: request.id.parse()? }).await
}

pub async fn bring_back(visit: &mut Visit<'_>, request: UserQuery) -> Result<AddedUser, Problem> {
    let id = renewable(visit, &request, true).await?;
    let first = visit.passwords()?.draw_first()?;
    visit.change(&BringBackUser { id, first }).await
}

pub async fn check_import(visit: &mut Visit<'_>, request: ImportText) -> Result<ImportReport, Problem> {
    // Asked before the object has to read a long list: strangers must not keep it busy.
    visit.read(&MayManagePeople {}).await?;
    visit.read(&CheckImport { text: request.text }).await
}

pub async fn make_passwords(visit: &mut Visit<'_>, request: PasswordWish) -> Result<MadePasswords, Problem> {
    if !(1..=PASSWORDS_AT_ONCE_MAX).contains(&request.count) {
        return Err(Problem::about("count", ProblemCode::OutOfBounds));
    }
    let clinic: ClinicCode = visit.read(&MayManagePeople {}).await?;
    let passwords = (0..request.count).map(|_| make_password(visit, &clinic)).collect::<Result<_, _>>()?;
    Ok(MadePasswords { passwords })
}

pub async fn import(visit: &mut Visit<'_>, request: Import) -> Result<Imported, Problem> {
    let Import { import, people } = request;
    visit.read(&MayManagePeople {}).await?;
    visit.change(&ImportUsers { import, people }).await
}

/// The account, if the caller may give it a new first password: asked before the hash, for strangers must not have one.
async fn renewable(visit: &Visit<'_>, request: &UserQuery, removed: bool) -> Result<AccountId, Problem> {
    let id: AccountId = request.id.parse()?;
    visit.read(&MayRenewAccess { id: id.clone(), removed }).await?;
    Ok(id)
}

fn make_password(visit: &Visit<'_>, clinic: &ClinicCode) -> Result<MadePassword, Problem> {
    let first = visit.passwords()?.draw_first()?;
    let nonce = world::random_bytes::<NONCE_BYTES>();
    let sealed = seal_hash(&visit.config.keys, clinic, nonce, &first.hash);
    Ok(MadePassword { password: first.password, sealed })
}
