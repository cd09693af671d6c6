//! A clinic's people: somebody is added and comes, is edited and given rights, goes and comes back.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wardkey_tests::{Clinic, Screen, Session, Wardkey};
use wire::{Role, people::RemoveUser};
use xtask::demo;

use crate::{
    person::Person,
    turning::{note_heading, note_reply, turned},
};

const NURSE: &str = "Мария Кузнецова";

#[tokio::test]
async fn a_nurse_is_added_given_rights_removed_and_brought_back() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let office = Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/users").await?;
    let desk = &office.session;

    // Her login is made of her name. One that only looks like hers is nobody's.
    desk.press("Add user").await?;
    desk.heading("Add user").await?;
    desk.is_sound().await?;
    desk.type_into("Position", "Nurse").await?;
    desk.type_into("Last name", "Кузнецова").await?;
    desk.type_into("First name", "Мария").await?;
    desk.holds("Login", "kuznetsova").await?;
    for (login, sentence) in [
        ("pate1", "looks too much like another one"),
        ("hughes", "Somebody in the clinic has this login already."),
        ("sys_nurse", "Logins of system administrators begin with sys_"),
    ] {
        desk.type_into("Login", login).await?;
        desk.press("Add user").await?;
        desk.refuses("Login", sentence).await?;
    }
    desk.is_sound().await?;
    desk.type_into("Login", "kuznetsova").await?;
    desk.press("Add user").await?;
    desk.heading(&format!("{NURSE} was added")).await?;
    desk.is_sound().await?;

    // Her pair is shown once, and not left by mistake.
    let (login, first) = pair(desk).await?;
    ensure!(login == "kuznetsova" && first.chars().count() == 8, "{login} {first}");
    desk.link("Users").await?.click().await?;
    desk.heading("Leave without it?").await?;
    desk.is_sound().await?;
    desk.answer("Cancel").await?;
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    desk.devtools("Browser.grantPermissions", permissions).await?;
    desk.press("Copy").await?;
    desk.hears("Copied.").await?;
    let copied: String =
        desk.driver.execute("return navigator.clipboard.readText()", vec![]).await?.convert()?;
    ensure!(copied.contains(&login) && copied.contains(&first), "copied is only: {copied}");
    desk.link("Users").await?.click().await?;
    desk.row(NURSE).await?;
    ensure!(!desk.text().await?.contains(&first), "the first password is still there");
    desk.driver.back().await?;
    desk.heading("Add user").await?;
    desk.field("Last name").await?;
    ensure!(!desk.text().await?.contains(&first), "going back brings the first password back");

    // She comes, and takes a password of her own.
    let ward = Person::with(&clinic, Screen::Narrow).await?;
    let bedside = &ward.session;
    ward.open("/").await?;
    ward.arrive("Ward 1").await?;
    ward.choose_own(&login, &first, "Quiet harbour 47").await?;
    bedside.link("My Clinic").await?.click().await?;
    bedside.row(NURSE).await?;
    bedside.is_sound().await?;
    ensure!(!bedside.text().await?.contains("Computers"), "a nurse may not see the computers yet");

    // A right that she is given shows on her screen by itself.
    desk.link("All users").await?.click().await?;
    desk.link(NURSE).await?.click().await?;
    desk.heading(NURSE).await?;
    desk.press("Edit").await?;
    desk.type_into("Position", "Head nurse").await?;
    desk.choose("Access rights", "Chosen for this person").await?;
    desk.choose("Computers", "read").await?;
    desk.is_sound().await?;
    desk.press("Save").await?;
    desk.hears("Saved").await?;
    desk.sees("Head nurse").await?;
    desk.is_sound().await?;
    bedside.link("Computers").await?.click().await?;
    bedside.row("Ward 1").await?;
    bedside.sees("You can look, but not change anything here.").await?;
    bedside.is_sound().await?;

    // She no longer works here: she is out at once, wherever she is, and her login lets nobody in.
    desk.press("Remove").await?;
    desk.heading("Remove this user?").await?;
    desk.is_sound().await?;
    note_heading(bedside, "User authorization").await?;
    note_reply::<RemoveUser>(desk).await?;
    desk.answer("Remove").await?;
    desk.hears(&format!("{NURSE} was removed")).await?;
    turned(bedside, desk).await?;
    bedside.is_sound().await?;
    ward.submit(&login, "Quiet harbour 47").await?;
    bedside.sees("Login or password is wrong.").await?;

    // She is in the list only for those who look for the removed, and can be brought back.
    desk.link("All users").await?.click().await?;
    desk.row(&owner.full_name).await?;
    ensure!(!desk.table().await?.contains(NURSE), "a removed user stands among the others");
    desk.choose("Status", "Removed").await?;
    desk.row(NURSE).await?;
    desk.is_sound().await?;
    desk.link(NURSE).await?.click().await?;
    desk.heading(NURSE).await?;
    desk.press("Bring back").await?;
    desk.heading("Bring this user back?").await?;
    desk.answer("Bring back").await?;
    desk.heading(&format!("{NURSE} is back")).await?;
    desk.is_sound().await?;
    let (again, second) = pair(desk).await?;
    ensure!(again == login && second != first, "{again} {second}");
    desk.field("I have it").await?.click().await?;
    desk.press("Done").await?;
    ensure!(!desk.text().await?.contains(&second), "the new first password is still there");
    ward.choose_own(&login, &second, "Quiet harbour 48").await?;

    for person in [office, ward] {
        person.session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn of_two_who_edit_an_account_the_second_sees_what_the_first_saved() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let mut owners = clinic.opened.users.iter().filter(|user| user.role == Role::Owner);
    let (one, other) = owners.next().zip(owners.next()).context("not two owners")?;
    let nurse = clinic.first(Role::Employee)?;
    let first = Person::sits_down(&clinic, Screen::Computer, "Reception 1", one, "/clinic/users").await?;
    let second = Person::sits_down(&clinic, Screen::Narrow, "Owner's phone", other, "/clinic/users").await?;
    let (quick, slow) = (&first.session, &second.session);
    for at in [quick, slow] {
        at.link(&nurse.full_name).await?.click().await?;
        at.heading(&nurse.full_name).await?;
        at.press("Edit").await?;
    }
    quick.type_into("Position", "Head nurse").await?;
    slow.type_into("Position", "Night nurse").await?;
    quick.press("Save").await?;
    quick.hears("Saved").await?;

    slow.press("Save").await?;
    slow.hears("Somebody changed this account meanwhile.").await?;
    slow.is_sound().await?;
    quick.sees("Head nurse").await?;
    slow.press("Look again").await?;
    slow.heading("As it is saved now").await?;
    slow.sees("Head nurse").await?;
    slow.holds("Position", "Night nurse").await?;
    slow.is_sound().await?;
    slow.press("Take this instead").await?;
    slow.holds("Position", "Head nurse").await?;
    slow.type_into("Position", "Head nurse, nights").await?;
    slow.press("Save").await?;
    slow.hears("Saved").await?;
    quick.reload().await?;
    quick.sees("Head nurse, nights").await?;

    for person in [first, second] {
        person.session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_last_owner_stays_and_is_told_why() -> Result<()> {
    let mut plan = demo::harbour_street();
    let mut owners = 0;
    plan.users.retain(|user| {
        owners += u32::from(user.role == Role::Owner);
        user.role != Role::Owner || owners == 1
    });
    let clinic = Clinic::open_as(Wardkey::shared()?, &plan)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Owner's phone", owner, "/clinic/users").await?;
    let at = &person.session;
    at.open_row(&owner.full_name).await?;
    at.heading(&owner.full_name).await?;
    let remove = at.button("Remove").await?;
    ensure!(!remove.is_enabled().await?, "the last owner can be removed");
    ensure!(remove.attr("aria-describedby").await?.is_some(), "the button does not say why");
    at.sees("another owner or administrator has to do that").await?;
    at.is_sound().await?;
    at.press("Edit").await?;
    ensure!(!at.field("Role").await?.is_enabled().await?, "the last owner can be demoted");
    at.sees("Role and access rights stay as they are:").await?;
    at.is_sound().await?;
    person.session.close().await
}

/// Login and first password of a pair that is shown.
#[tokio::test]
async fn whoever_presses_back_finds_no_password_of_whoever_left() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let office =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/users/add").await?;
    let desk = &office.session;
    desk.type_into("Position", "Nurse").await?;
    desk.type_into("Last name", "Kent").await?;
    desk.type_into("First name", "Ada").await?;
    desk.holds("Login", "kent").await?;
    desk.press("Add user").await?;
    desk.heading("Ada Kent was added").await?;
    let (_, first) = pair(desk).await?;

    // The browser may keep the page that is left, as it stands.
    desk.driver
        .execute("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))", vec![])
        .await?;
    let left = desk
        .driver
        .execute("return document.documentElement.outerHTML", vec![])
        .await?
        .convert::<String>()?;
    ensure!(!left.contains(&first), "the page that was left still holds the password");
    let back = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); window.left = true";
    desk.driver.execute(back, vec![]).await?;
    desk.heading("Add user").await?;
    ensure!(
        desk.driver.execute("return !window.left", vec![]).await?.json() == true,
        "it is the page that was left"
    );

    // The same by the browser's own ways.
    desk.type_into("Last name", "Lane").await?;
    desk.type_into("First name", "Lois").await?;
    desk.type_into("Position", "Nurse").await?;
    desk.holds("Login", "lane").await?;
    desk.press("Add user").await?;
    desk.heading("Lois Lane was added").await?;
    let (_, second) = pair(desk).await?;
    desk.driver.goto(format!("{}/help/en", clinic.wardkey.origin())).await?;
    desk.driver.back().await?;
    desk.runs().await?;
    desk.heading("Add user").await?;
    let text = desk
        .driver
        .execute("return document.documentElement.outerHTML", vec![])
        .await?
        .convert::<String>()?;
    ensure!(!text.contains(&second), "\"Back\" leads to the password");
    office.session.close().await
}

async fn pair(at: &Session<'_>) -> Result<(String, String)> {
    let script = "return [...document.querySelectorAll('.slip .secret')].map(part => part.textContent)";
    let parts: Vec<String> = at.driver.execute(script, vec![]).await?.convert()?;
    let [login, password] = parts.as_slice() else { anyhow::bail!("no pair is shown, but {parts:?}") };
    Ok((login.clone(), password.clone()))
}
