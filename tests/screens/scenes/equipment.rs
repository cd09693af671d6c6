//! Computers, profiles, and what is printed for them.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen};
use wire::{
    Empty, Role,
    computers::{ComputerQuery, ListComputers, RevokeComputer},
};

use super::Stage;

pub const PAGES: &[&str] = &[
    "computers",
    "computer-add",
    "access-form",
    "access-form-card",
    "computer-revoke",
    "computers-read-only",
    "profiles",
    "profile-remove",
];

/// An owner looks after the computers, and a manager looks at them.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    clinic.signed_in("Ward 1", nurse).await?;
    let client = clinic.signed_in("Owner's phone", owner).await?;
    let computers = client.call::<ListComputers>(&Empty {}).await?.computers;
    if let Some(computer) = computers.iter().find(|computer| computer.label == "Ward 2") {
        client.call::<RevokeComputer>(&ComputerQuery { id: computer.id.to_string() }).await?;
    }
    let person =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/computers").await?;
    let at = &person.session;
    at.row("Reception 2").await?;
    at.field("Show revoked ones").await?.click().await?;
    at.row("Ward 2").await?;
    stage.camera.shoot(at, "computers").await?;
    at.press_in_row("Ward 1", "Revoke").await?;
    at.heading("Revoke computer").await?;
    stage.camera.shoot(at, "computer-revoke").await?;
    at.answer("Cancel").await?;
    at.press("Add computer").await?;
    at.type_into("Label", "Ward 9").await?;
    at.choose("Profile", "Main").await?;
    stage.camera.shoot(at, "computer-add").await?;
    at.answer("Add computer").await?;
    at.heading("Access form").await?;
    stage.camera.shoot(at, "access-form").await?;
    at.field("Card, 85.6 × 54 mm").await?.click().await?;
    stage.camera.shoot(at, "access-form-card").await?;
    at.field("I have it").await?.click().await?;
    at.press("Done").await?;
    person.open("/clinic/profiles").await?;
    at.row("Dental").await?;
    stage.camera.shoot(at, "profiles").await?;
    at.press("Add profile").await?;
    at.type_into("Name", "Laboratory").await?;
    at.answer("Add profile").await?;
    at.field("I have it").await?.click().await?;
    at.press("Done").await?;
    at.press_in_row("Laboratory", "Remove").await?;
    at.heading("Remove profile").await?;
    stage.camera.shoot(at, "profile-remove").await?;
    person.session.close().await?;

    let manager = clinic.first(Role::Manager)?;
    let person =
        Person::sits_down(&clinic, Screen::Computer, "Reception 2", manager, "/clinic/computers").await?;
    person.session.row("Reception 1").await?;
    stage.camera.shoot(&person.session, "computers-read-only").await?;
    person.session.close().await
}
