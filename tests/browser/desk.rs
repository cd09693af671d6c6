//! Operators share the computer at the desk too: whoever leaves it leaves nothing on the screen, whether or not there is a
//! connection, and whoever comes next gets nothing of theirs.

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use wardkey_tests::{
    Chrome, Client, Clinic, Screen, Session, Wardkey,
    desk::{self, Helper},
    jurisdictions,
};
use wire::{
    Role,
    setup::{CheckSetupLink, SetupToken},
};

const SIGNED_OUT: &str = "You are signed out.";
const NIGHT_MILLIS: u32 = 8 * 60 * 60 * 1_000;

#[tokio::test]
async fn whoever_leaves_without_a_connection_leaves_nothing_and_is_out_once_it_is_back() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let code = desk::case(&clinic).await?;
    let nurse = clinic.first(Role::Employee)?;
    let (first, second) = (Helper::new(clinic.wardkey)?, Helper::new(clinic.wardkey)?);
    let at = Chrome::shared().await?.open(Screen::Narrow).await?;
    at.go(&address(&clinic)).await?;

    // Nobody is there any more: the screen covers itself.
    first.sign_in(&at).await?;
    open(&at, &code).await?;
    at.network(false).await?;
    at.pass_millis(NIGHT_MILLIS).await?;
    shows_nothing_of(&at, &[desk::PHONE, &first.name, &nurse.full_name]).await?;
    at.is_sound().await?;
    at.network(true).await?;
    at.field("Login").await?;

    // Somebody presses, and is told so once it is true.
    second.sign_in(&at).await?;
    ensure!(!at.text().await?.contains(desk::PHONE), "the case of the one before is open");
    at.press_in_row(&nurse.full_name, "Open the case").await?;
    at.sees(desk::PHONE).await?;
    at.network(false).await?;
    at.press("Sign out").await?;
    shows_nothing_of(&at, &[desk::PHONE, &second.name, &nurse.full_name]).await?;
    at.sees("There is no connection.").await?;
    ensure!(!at.announced().await?.contains(SIGNED_OUT), "it says that they are out, and they are not");
    at.is_sound().await?;
    at.network(true).await?;
    at.hears(SIGNED_OUT).await?;
    at.field("Login").await?;
    at.close().await
}

#[tokio::test]
async fn the_next_operator_gets_nothing_that_the_last_one_had_open() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let code = desk::case(&clinic).await?;
    let (first, second) = (Helper::new(clinic.wardkey)?, Helper::new(clinic.wardkey)?);
    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    at.go(&address(&clinic)).await?;
    first.sign_in(&at).await?;
    open(&at, &code).await?;
    at.press("Make a setup link").await?;
    at.hears("The setup link is ready.").await?;
    let shown = "return document.querySelector('p.secret').textContent";
    let link: String = at.driver.execute(shown, vec![]).await?.convert()?;
    at.type_into("Why you believe the caller", "Rang the practice").await?;

    // The first one signs out in another tab, where the second one signs in.
    let desk = at.driver.window().await?;
    let other = at.driver.new_tab().await?;
    at.driver.switch_to_window(other.clone()).await?;
    at.go(&address(&clinic)).await?;
    at.heading("Open cases").await?;
    at.press("Sign out").await?;
    at.field("Login").await?;
    at.driver.switch_to_window(desk.clone()).await?;
    at.field("Login").await?;
    shows_nothing_of(&at, &[desk::PHONE, &link]).await?;
    at.driver.switch_to_window(other).await?;
    second.sign_in(&at).await?;
    at.driver.switch_to_window(desk).await?;
    at.heading("Open cases").await?;
    at.sees(&second.name).await?;
    shows_nothing_of(&at, &[desk::PHONE, &link, "Why you believe the caller"]).await?;
    at.close().await
}

fn address(clinic: &Clinic<'_>) -> String {
    format!("{}/support", clinic.wardkey.origin())
}

async fn open(at: &Session<'_>, code: &str) -> Result<()> {
    at.type_into("Case code", code).await?;
    at.press("Open the case").await?;
    at.sees(desk::PHONE).await
}

/// Nor in the document, out of sight.
async fn shows_nothing_of(at: &Session<'_>, words: &[&str]) -> Result<()> {
    for word in words {
        at.sees_no_more(word).await?;
        ensure!(!at.driver.source().await?.contains(word), "{word} is in the document, if out of sight");
    }
    Ok(())
}

#[tokio::test]
async fn an_operator_chooses_where_a_new_clinic_is_kept() -> Result<()> {
    let folder = TempDir::with_prefix("wardkey-jurisdictions-")?;
    let wardkey = jurisdictions::offered(folder.path())?;
    let helper = Helper::new(&wardkey)?;
    let at = Chrome::shared().await?.open(Screen::Narrow).await?;
    at.go(&format!("{}/support", wardkey.origin())).await?;
    helper.sign_in(&at).await?;
    at.choose("Its data never leaves", "European Union").await?;
    at.choose("Close to", "Western Europe").await?;
    at.is_sound().await?;
    at.press("Make a setup link").await?;
    at.hears("The setup link is ready.").await?;
    let shown = "return document.querySelector('p.secret').textContent";
    let link: String = at.driver.execute(shown, vec![]).await?.convert()?;
    ensure!(link.contains(".weur."), "{link}");
    let (_, token) = link.split_once('#').context("no token")?;
    let stranger = Client::new(wardkey.origin())?;
    stranger.call::<CheckSetupLink>(&SetupToken { token: token.to_owned() }).await?;
    ensure!(wardkey.log().contains("kept to eu near weur"), "{}", wardkey.log());
    at.page_errors().await?;
    at.close().await
}
