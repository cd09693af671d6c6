//! A clinic that its operator has closed: what people read within, and at the door.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen};
use wire::{
    Role,
    archive::{ClinicReason, CloseClinic},
};
use xtask::operator::Operator;

use super::Stage;

pub const PAGES: &[&str] = &["closed-within", "closed-door"];

/// A clinic of its own: nobody else must find theirs closed.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/users/add").await?;
    let at = &person.session;
    at.type_into("Last name", "Porter").await?;
    let url = stage.wardkey.origin().replace("//localhost:", "//127.0.0.1:");
    let operator = Operator::new(&url, &stage.wardkey.settings().secret_key_bytes()?)?;
    let (code, reason) = (clinic.opened.code.clone(), "It is written into a file".to_owned());
    operator.call::<CloseClinic>(&ClinicReason { clinic: code, reason })?;
    at.press("Add user").await?;
    at.sees("This clinic is closed for the moment").await?;
    stage.camera.shoot(at, "closed-within").await?;
    person.open("/").await?;
    at.sees("This clinic is closed for the moment").await?;
    stage.camera.shoot(at, "closed-door").await?;
    person.session.close().await
}
