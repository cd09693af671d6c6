//! What became of the mails: none yet, sent, and failed with a reason.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen, Wardkey};
use wire::Role;
use xtask::mailbox::Failure;

use super::Stage;

pub const PAGES: &[&str] = &["mails", "mails-failed"];

/// A mail API that refuses, of its own: the other scenes want their mails.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/management/mails").await?;
    let at = &person.session;
    at.sees("Computer authorized").await?;
    let client = clinic.at("Reception 1").await?;
    at.sees("Sent").await?;
    stage.camera.shoot(at, "mails").await?;
    wardkey.mailbox().fail_next(std::iter::repeat_n(Failure::Status(422), 3));
    clinic.lock(&client, "hughes").await?;
    at.sees("The mail service answered 422.").await?;
    stage.camera.shoot(at, "mails-failed").await?;
    person.session.close().await
}
