//! The own password, asked for once more before something that carries far.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen, Wardkey, acts};
use wire::Role;

use super::Stage;

pub const PAGES: &[&str] = &["password-again"];

/// An owner changes the policies some minutes after they signed in.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let client = clinic.signed_in("Owner's phone", owner).await?;
    acts::set_policies(&client, |policies| policies.idle_minutes = 60).await?;
    let person =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/settings").await?;
    let at = &person.session;
    at.holds("Name of the clinic", "Harbour Street Clinic").await?;
    clinic.pass_minutes(11).await?;
    at.press_under("Policies", "Save").await?;
    at.heading("Type your password once more").await?;
    stage.camera.shoot(at, "password-again").await?;
    person.session.close().await
}
