//! A clinic is given another name and stricter rules, and everybody lives by them at once.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::Role;

use wardkey_tests::Person;

#[tokio::test]
async fn a_new_name_and_a_stricter_lock_count_at_once() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let office =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/settings").await?;
    let ward = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", nurse, "/").await?;
    let (desk, bedside) = (&office.session, &ward.session);
    desk.holds("Name of the clinic", "Harbour Street Clinic").await?;
    desk.is_sound().await?;

    desk.type_into("Time zone", "Europe/Lundon").await?;
    desk.press_under("The clinic", "Save").await?;
    desk.refuses("Time zone", "Choose a time zone such as Europe/Paris.").await?;
    desk.is_sound().await?;
    desk.type_into("Time zone", "Europe/London").await?;
    desk.type_into("Name of the clinic", "Quayside Clinic").await?;
    desk.press_under("The clinic", "Save").await?;
    desk.hears("Settings saved").await?;
    // In one's own bar, and on the screen of somebody who does nothing.
    desk.sees("Quayside Clinic · Reception 1").await?;
    bedside.sees("Quayside Clinic · Ward 1").await?;

    let strikes = "Wrong passwords before a lock";
    for wrong in ["2", "11", "three", "", "3.5", "-3"] {
        desk.type_into(strikes, wrong).await?;
        desk.press_under("Policies", "Save").await?;
        desk.refuses(strikes, "Type a whole number within the bounds").await?;
    }
    desk.is_sound().await?;
    desk.type_into(strikes, "3").await?;
    desk.press_under("Policies", "Save").await?;
    desk.hears("Policies saved").await?;

    bedside.press("Switch user").await?;
    bedside.heading("User authorization").await?;
    for _ in 0..2 {
        ward.is_refused(&nurse.login).await?;
    }
    ward.submit(&nurse.login, "wrong password").await?;
    bedside.heading("Your account is locked").await?;
    bedside.is_sound().await?;

    // The log says what it was before.
    desk.link("Management").await?.click().await?;
    desk.heading("Activities").await?;
    desk.sees("Account locked").await?;
    let log = desk.text().await?.replace('\u{a0}', " ");
    for line in [
        "Name of the clinic: Harbour Street Clinic → Quayside Clinic",
        "Wrong passwords before a lock: 5 passwords → 3 passwords",
    ] {
        ensure!(log.contains(line), "\"{line}\" is not in the log:\n{log}");
    }
    desk.is_sound().await?;

    for person in [office, ward] {
        person.session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn who_may_not_change_the_rules_can_read_them() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let administrator = clinic.first(Role::SystemAdministrator)?;
    let person =
        Person::sits_down(&clinic, Screen::Narrow, "Reception 1", administrator, "/clinic/settings").await?;
    let at = &person.session;
    at.holds("Name of the clinic", "Harbour Street Clinic").await?;
    at.sees("Only an owner of the clinic can change the policies.").await?;
    at.sees("Wrong passwords before a lock").await?;
    at.sees("5 passwords").await?;
    at.is_sound().await?;
    person.session.close().await
}
