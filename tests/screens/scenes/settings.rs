//! The settings, of those who may change them and of those who may not.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen};
use wire::Role;

use super::Stage;

pub const PAGES: &[&str] = &["settings", "settings-refused", "settings-read-only"];

const PATH: &str = "/clinic/settings";

/// An owner mistypes, and the administrator reads.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, PATH).await?;
    let at = &person.session;
    at.holds("Name of the clinic", "Harbour Street Clinic").await?;
    stage.camera.shoot(at, "settings").await?;
    at.type_into("Wrong passwords before a lock", "30").await?;
    at.press_under("Policies", "Save").await?;
    at.refuses("Wrong passwords before a lock", "Type a whole number").await?;
    stage.camera.shoot(at, "settings-refused").await?;
    person.session.close().await?;

    let manager = clinic.first(Role::SystemAdministrator)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Reception 2", manager, PATH).await?;
    person.session.sees("Only an owner of the clinic can change the policies.").await?;
    stage.camera.shoot(&person.session, "settings-read-only").await?;
    person.session.close().await
}
