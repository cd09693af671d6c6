//! One's own account, and the first day of a new owner.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen};
use wire::Role;
use xtask::demo;

use super::Stage;

pub const PAGES: &[&str] = &["me", "me-refused", "me-everywhere", "first-day"];

/// A nurse looks after her account.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let nurse = clinic.first(Role::Employee)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", nurse, "/me").await?;
    let at = &person.session;
    at.sees("Where I am signed in").await?;
    at.sees("this computer").await?;
    stage.camera.shoot(at, "me").await?;
    at.type_into("Current password", &nurse.password).await?;
    at.type_into("New password", "short").await?;
    at.press("Change password").await?;
    at.refuses("New password", "This password is too short.").await?;
    stage.camera.shoot(at, "me-refused").await?;
    at.press("Sign out everywhere").await?;
    at.heading("Sign out everywhere?").await?;
    stage.camera.shoot(at, "me-everywhere").await?;
    person.session.close().await?;

    let mut alone = demo::harbour_street();
    alone.users.retain(|user| matches!(user.role, Role::Owner | Role::SystemAdministrator));
    let clinic = Clinic::open_as(stage.wardkey, &alone)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/").await?;
    person.session.heading("The first day").await?;
    person.session.sees("Add your own e-mail address").await?;
    stage.camera.shoot(&person.session, "first-day").await?;
    person.session.close().await
}
