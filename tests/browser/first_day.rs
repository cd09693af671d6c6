//! A new owner on the first day: what is left to do, ticked by what is done, until the list is put away.

use anyhow::{Result, ensure};
use thirtyfour::{By, prelude::ElementQueryable};
use wardkey_tests::{Clinic, Screen, Session, Wardkey};
use wire::Role;
use xtask::demo;

use wardkey_tests::Person;

const TITLE: &str = "The first day";

#[tokio::test]
async fn an_owner_is_led_through_the_first_day_and_puts_the_rest_away() -> Result<()> {
    let mut alone = demo::harbour_street();
    alone.users.retain(|user| matches!(user.role, Role::Owner | Role::SystemAdministrator));
    alone.users.retain(|user| user.login != "okafor");
    alone.computers.truncate(1);
    let clinic = Clinic::open_as(Wardkey::shared()?, &alone)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Reception 1", owner, "/").await?;
    let at = &person.session;
    at.heading(TITLE).await?;
    ticked(at, "Add your own e-mail address").await?;
    at.is_sound().await?;

    // What no record tells is said, or looked at.
    at.press("The form is locked away").await?;
    ticked(at, "Add a second computer").await?;
    at.link("Look at the policies, such as how many wrong passwords lock an account").await?.click().await?;
    at.heading("Settings").await?;
    at.driver.back().await?;
    ticked(at, "Look at the policies").await?;

    // What a record tells ticks itself.
    at.link("Add a second owner: nobody can unlock their own account").await?.click().await?;
    at.heading("Add user").await?;
    at.type_into("Last name", "Okafor").await?;
    at.type_into("First name", "Daniel").await?;
    at.type_into("E-mail", "daniel@harbour-alone.example.org").await?;
    at.choose("Role", "Owner").await?;
    at.holds("Login", "okafor").await?;
    at.press("Add user").await?;
    at.heading("Daniel Okafor was added").await?;
    at.field("I have it").await?.click().await?;
    at.link("Wardkey").await?.click().await?;
    ticked(at, "Add a second owner").await?;
    at.is_sound().await?;

    at.press("Put this list away").await?;
    at.hears("The list is put away.").await?;
    at.reload().await?;
    at.sees("Where would you like to go?").await?;
    ensure!(!at.text().await?.contains(TITLE), "the list is back");
    person.session.close().await
}

#[tokio::test]
async fn nobody_but_an_owner_is_led_through_the_first_day() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    for (label, role) in [("Reception 1", Role::Manager), ("Reception 2", Role::SystemAdministrator)] {
        let person = Person::sits_down(&clinic, Screen::Computer, label, clinic.first(role)?, "/").await?;
        person.session.sees("Where would you like to go?").await?;
        person.session.is_sound().await?;
        ensure!(!person.session.text().await?.contains(TITLE), "{role:?}");
        person.session.close().await?;
    }
    Ok(())
}

/// Waits until a line is ticked, for those who see it and for those who hear it.
async fn ticked(at: &Session<'_>, line: &str) -> Result<()> {
    let path =
        format!("//ol[@class='first-day']/li[@class='done'][starts-with(normalize-space(), 'Done: {line}')]");
    at.driver.query(By::XPath(path)).first().await?;
    Ok(())
}
