//! The window of an account: active, locked, with the PIN asked for, removed; what is asked before anything is done to it; and a manager's
//! way to support.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen, desk::PHONE};
use wire::{Role, people::RemoveUser, users::UserQuery};

use super::Stage;

pub const PAGES: &[&str] = &[
    "account",
    "account-edit",
    "account-remove",
    "account-restore",
    "one-time-password",
    "account-locked",
    "account-pin",
    "account-pin-refused",
    "account-removed",
    "account-own",
    "account-locked-for-manager",
    "support-case",
];

/// An owner looks after three people, and a manager after one.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let client = clinic.signed_in("Owner's phone", owner).await?;
    clinic.lock(&clinic.at("Ward 1").await?, &nurse.login).await?;
    let window = async |login: &str| -> Result<String> {
        Ok(format!("/clinic/users/{}", clinic.account(&client, login).await?))
    };
    let receptionist = clinic.user("patel")?;
    let person = Person::sits_down(
        &clinic,
        Screen::Computer,
        "Reception 1",
        owner,
        &window(&receptionist.login).await?,
    )
    .await?;
    let at = &person.session;
    at.heading(&receptionist.full_name).await?;
    at.heading("Latest activities").await?;
    stage.camera.shoot(at, "account").await?;
    at.press("Edit").await?;
    at.field("Last name").await?;
    stage.camera.shoot(at, "account-edit").await?;
    at.press("Cancel").await?;
    at.press("Remove").await?;
    at.heading("Remove this user?").await?;
    stage.camera.shoot(at, "account-remove").await?;
    at.answer("Cancel").await?;
    at.press("Restore access").await?;
    at.heading("Restore access?").await?;
    stage.camera.shoot(at, "account-restore").await?;
    at.answer("Restore access").await?;
    at.heading(&format!("New first password for {}", receptionist.full_name)).await?;
    stage.camera.shoot(at, "one-time-password").await?;
    at.field("I have it").await?.click().await?;

    person.open(&window(&nurse.login).await?).await?;
    at.button("Unlock").await?;
    stage.camera.shoot(at, "account-locked").await?;
    at.press("Unlock").await?;
    at.sees("Please enter the PIN code to unlock the account.").await?;
    stage.camera.shoot(at, "account-pin").await?;
    at.type_into("PIN code", "000000").await?;
    at.press("Confirm").await?;
    at.sees("This PIN is wrong.").await?;
    stage.camera.shoot(at, "account-pin-refused").await?;

    let dentist = clinic.user("oconnor")?;
    let id = clinic.account(&client, &dentist.login).await?;
    client.call::<RemoveUser>(&UserQuery { id: id.clone() }).await?;
    person.open(&format!("/clinic/users/{id}")).await?;
    at.sees("Removed since").await?;
    stage.camera.shoot(at, "account-removed").await?;
    person.open(&window(&owner.login).await?).await?;
    at.heading(&owner.full_name).await?;
    at.heading("Latest activities").await?;
    stage.camera.shoot(at, "account-own").await?;
    person.session.close().await?;

    let manager = clinic.first(Role::Manager)?;
    let path = window(&nurse.login).await?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Reception 2", manager, &path).await?;
    let at = &person.session;
    at.heading("Ask support").await?;
    stage.camera.shoot(at, "account-locked-for-manager").await?;
    at.type_into("Reason", "The owner is on a plane").await?;
    at.type_into("Phone to ring back", PHONE).await?;
    at.press("Ask support").await?;
    at.sees("Read this code out to support:").await?;
    stage.camera.shoot(at, "support-case").await?;
    person.session.close().await
}
