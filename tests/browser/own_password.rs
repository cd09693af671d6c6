//! What would carry far asks for the own password where it was typed some time ago, and is done right after it.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Person, Screen, Wardkey, acts};
use wire::Role;

const TITLE: &str = "Type your password once more";
const OWN: &str = "Current password";

#[tokio::test]
async fn a_session_of_some_minutes_asks_for_the_password_and_goes_on() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let client = clinic.signed_in("Owner's phone", owner).await?;
    acts::set_policies(&client, |policies| policies.idle_minutes = 60).await?;
    let nurse = clinic.user("hughes")?;
    let path = format!("/clinic/users/{}", clinic.account(&client, &nurse.login).await?);
    let office = Person::sits_down(&clinic, Screen::Narrow, "Reception 1", owner, &path).await?;
    let at = &office.session;
    at.heading(&nurse.full_name).await?;
    clinic.pass_minutes(11).await?;

    // What was typed waits for it, and is not lost to whoever thinks better of it.
    at.press("Edit").await?;
    at.type_into("Position", "Head nurse").await?;
    at.press("Save").await?;
    at.heading(TITLE).await?;
    at.is_sound().await?;
    at.answer("Cancel").await?;
    at.sees("This needs your password once more. Nothing was changed.").await?;
    at.holds("Position", "Head nurse").await?;

    at.press("Save").await?;
    at.heading(TITLE).await?;
    at.type_into(OWN, "not my password").await?;
    at.answer("Continue").await?;
    at.refuses(OWN, "Your current password is wrong.").await?;
    at.holds(OWN, "").await?;
    at.is_sound().await?;
    at.type_into(OWN, &owner.password).await?;
    at.answer("Continue").await?;
    at.hears("Saved").await?;
    at.sees("Head nurse").await?;

    // For some minutes nothing more is asked.
    at.press("Restore access").await?;
    at.heading("Restore access?").await?;
    at.answer("Restore access").await?;
    at.heading(&format!("New first password for {}", nurse.full_name)).await?;

    // Above another window, and for a file.
    clinic.pass_minutes(11).await?;
    at.field("I have it").await?.click().await?;
    office.open(&path).await?;
    at.press("Remove").await?;
    at.heading("Remove this user?").await?;
    at.answer("Remove").await?;
    at.heading(TITLE).await?;
    at.type_into(OWN, &owner.password).await?;
    at.answer("Continue").await?;
    at.hears(&format!("{} was removed", nurse.full_name)).await?;
    at.sees_no_more(TITLE).await?;
    let log = acts::log(&client).await?;
    ensure!(acts::count(&log, wire::activities::Action::UserRemoved) == 1, "{log:?}");
    office.session.close().await
}
