//! The computer and the profile are given up where they are named: with a question first, and for every tab of the browser.

use anyhow::{Result, ensure};
use thirtyfour::Key;
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::Role;

use crate::{keyboard::Keyboard, person::Person};

#[tokio::test]
async fn the_profile_is_changed_without_a_pointer() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let person = Person::with(&clinic, Screen::Narrow).await?;
    let at = &person.session;
    let keys = Keyboard(at);
    person.open("/").await?;
    person.arrive("Ward 1").await?;
    keys.stands_on("Login").await?;
    at.sees("Ward 1 · Main").await?;
    ensure!(!at.text().await?.contains("Change profile"), "what is seldom wanted is in the way");
    keys.tabs_to_end("Change").await?;
    keys.presses(Key::Enter).await?;
    at.is_sound().await?;
    keys.tabs_to("Change profile").await?;
    keys.presses(Key::Enter).await?;
    at.sees("This computer belongs to the profile “Main”.").await?;
    keys.stands_on("Cancel").await?;
    at.is_sound().await?;
    keys.presses(Key::Escape).await?;
    keys.stands_on("Change profile").await?;
    at.heading("User authorization").await?;
    keys.presses(Key::Enter).await?;
    keys.stands_on("Cancel").await?;
    keys.tabs_to("Change profile").await?;
    keys.presses(Key::Enter).await?;
    at.heading("Profile authorization").await?;
    keys.stands_on("Code").await?;
    at.reload().await?;
    at.heading("Profile authorization").await?;
    at.sees("Ward 1 · Main").await?;
    person.session.close().await
}

#[tokio::test]
async fn a_computer_is_reset_at_the_door_in_every_tab() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    let keys = Keyboard(at);
    person.open("/").await?;
    person.arrive("Ward 1").await?;
    let first = at.driver.window().await?;
    let second = at.driver.new_tab().await?;
    at.driver.switch_to_window(second.clone()).await?;
    person.open("/").await?;
    at.heading("User authorization").await?;

    at.driver.switch_to_window(first).await?;
    keys.tabs_to_end("Change").await?;
    keys.presses(Key::Enter).await?;
    keys.tabs_to("Reset this computer").await?;
    keys.presses(Key::Enter).await?;
    at.sees("“Ward 1” goes back to step 1 and forgets the clinic.").await?;
    keys.stands_on("Cancel").await?;
    at.is_sound().await?;
    keys.tabs_to("Reset this computer").await?;
    keys.presses(Key::Enter).await?;
    at.heading("Computer authorization").await?;
    keys.stands_on("Username").await?;
    ensure!(at.driver.get_all_cookies().await?.is_empty(), "the browser keeps a cookie of the clinic");
    ensure!(!at.text().await?.contains("authorized again"), "who resets a computer need not be told of it");

    at.driver.switch_to_window(second).await?;
    at.heading("Computer authorization").await?;
    at.sees("This computer has to be authorized again").await?;
    // The form is good still.
    person.types_pair(clinic.computer("Ward 1")?).await?;
    at.heading("Profile authorization").await?;

    let office =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/management/activities").await?;
    office.session.sees("Computer reset").await?;
    for person in [person, office] {
        person.session.close().await?;
    }
    Ok(())
}
