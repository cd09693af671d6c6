//! The other main stories, without a pointer: a PIN, a computer, settings, an export, a support case and the desk it is read out to.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::Key;
use wardkey_tests::{
    Chrome, Clinic, Person, Screen, Session, Wardkey, authenticator,
    clinic::pin,
    desk::{Helper, PHONE},
};
use wire::Role;

use crate::keyboard::Keyboard;

#[tokio::test]
async fn an_account_is_unlocked_without_a_pointer() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    clinic.lock(&clinic.at("Ward 2").await?, &nurse.login).await?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/users").await?;
    let (at, keys) = (&person.session, Keyboard(&person.session));
    at.row(&nurse.full_name).await?;
    keys.goes(&nurse.full_name, &nurse.full_name).await?;
    keys.tabs_to("Unlock").await?;
    keys.presses(Key::Enter).await?;
    keys.stands_on("PIN code").await?;
    keys.types(&pin(&clinic.mail(&owner.email, "User Account Unlock").await?)?).await?;
    keys.presses(Key::Enter).await?;
    at.hears("Account unlocked").await?;
    keys.is_somewhere().await?;
    person.session.close().await
}

#[tokio::test]
async fn a_computer_is_added_without_a_pointer() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/computers").await?;
    let (at, keys) = (&person.session, Keyboard(&person.session));
    at.row("Ward 2").await?;
    keys.tabs_to("Add computer").await?;
    keys.presses(Key::Enter).await?;
    keys.stands_on("Label").await?;
    keys.types("Ward 9").await?;
    keys.tabs_to("Profile").await?;
    keys.types("Main").await?;
    keys.tabs_to("Add computer").await?;
    keys.presses(Key::Enter).await?;
    at.heading("Access form").await?;
    keys.is_somewhere().await?;
    keys.tabs_to("I have it").await?;
    keys.types(" ").await?;
    keys.tabs_to("Done").await?;
    keys.presses(Key::Enter).await?;
    at.row("Ward 9").await?;
    keys.is_somewhere().await?;
    person.session.close().await
}

#[tokio::test]
async fn the_log_is_taken_away_and_a_rule_is_changed_without_a_pointer() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let path = "/management/activities";
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, path).await?;
    let (at, keys) = (&person.session, Keyboard(&person.session));
    let folder = TempDir::with_prefix("wardkey-keys-")?;
    let saved =
        json!({ "behavior": "allow", "downloadPath": folder.path().to_str().context("a strange folder")? });
    at.devtools("Browser.setDownloadBehavior", saved).await?;
    at.sees("Login succeeded").await?;
    keys.tabs_to("File format").await?;
    keys.types("Audit records").await?;
    keys.tabs_to("Export").await?;
    keys.presses(Key::Enter).await?;
    at.hears("The file is complete and saved").await?;
    keys.stands_on("Export").await?;
    ensure!(fs::read_dir(folder.path())?.count() == 1, "nothing was saved");

    person.open("/clinic/settings").await?;
    at.holds("Wrong passwords before a lock", "5").await?;
    keys.tabs_to("Wrong passwords before a lock").await?;
    keys.replaces("99").await?;
    keys.presses(Key::Enter).await?;
    at.refuses("Wrong passwords before a lock", "Type a whole number").await?;
    keys.replaces("3").await?;
    keys.presses(Key::Enter).await?;
    at.hears("Policies saved").await?;
    keys.is_somewhere().await?;
    person.session.close().await
}

#[tokio::test]
async fn a_case_is_opened_read_out_and_ended_without_a_pointer() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (manager, nurse) = (clinic.first(Role::Manager)?, clinic.first(Role::Employee)?);
    clinic.lock(&clinic.at("Ward 2").await?, &nurse.login).await?;
    let office = Person::sits_down(&clinic, Screen::Computer, "Ward 1", manager, "/clinic/users").await?;
    let (at, keys) = (&office.session, Keyboard(&office.session));
    at.row(&nurse.full_name).await?;
    keys.goes(&nurse.full_name, &nurse.full_name).await?;
    keys.tabs_to("Reason").await?;
    keys.types("The owner is on a plane").await?;
    keys.tabs_to("Phone to ring back").await?;
    keys.types(PHONE).await?;
    keys.presses(Key::Enter).await?;
    at.hears("Support case opened").await?;
    keys.is_somewhere().await?;
    let code: String = at.evaluate("document.querySelector('.panel p.secret').textContent").await?;
    office.session.close().await?;

    let helper = Helper::new(clinic.wardkey)?;
    let desk = at_the_desk(&clinic).await?;
    let keys = Keyboard(&desk);
    keys.tabs_to("Login").await?;
    keys.types(&helper.made.login).await?;
    keys.tabs_to("Password").await?;
    keys.types(&helper.made.password).await?;
    keys.tabs_to("Code").await?;
    keys.types(&authenticator::code(&helper.made.otpauth_url)?).await?;
    keys.presses(Key::Enter).await?;
    desk.heading("Open cases").await?;
    keys.is_somewhere().await?;
    keys.tabs_to("Case code").await?;
    keys.types(&code).await?;
    keys.presses(Key::Enter).await?;
    desk.sees(PHONE).await?;
    keys.is_somewhere().await?;
    keys.tabs_to("I have called back on this number or the clinic's number").await?;
    keys.types(" ").await?;
    keys.tabs_to("Why you believe the caller").await?;
    keys.types("Rang the practice").await?;
    keys.tabs_to("Unlock").await?;
    keys.presses(Key::Enter).await?;
    desk.hears("Unlocked by support").await?;
    keys.is_somewhere().await?;
    keys.tabs_to("Sign out").await?;
    keys.presses(Key::Enter).await?;
    desk.field("Login").await?;
    keys.is_somewhere().await?;
    desk.close().await
}

async fn at_the_desk<'a>(clinic: &Clinic<'_>) -> Result<Session<'a>> {
    let desk = Chrome::shared().await?.open(Screen::Computer).await?;
    desk.go(&format!("{}/support", clinic.wardkey.origin())).await?;
    desk.heading("Support desk").await?;
    Ok(desk)
}
