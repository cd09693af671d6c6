//! Somebody is stuck at the first step, reads the help page about it in two languages, and says whether it helped.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use thirtyfour::By;
use wardkey_tests::{Chrome, Screen, Session, Wardkey, desk::Helper};
use wire::{
    Language,
    help::{HelpPage, HelpPage::SigningIn},
};

const THANKS: &str = "Thank you.";

#[tokio::test]
async fn who_is_stuck_finds_the_page_about_it_beside_the_app_and_says_whether_it_helped() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    at.go(wardkey.origin()).await?;
    at.type_into("Username", "half of what").await?;
    let app = at.driver.window().await?;
    at.link("Help: Signing in").await?.click().await?;
    at.driver.switch_to_window(other_tab(&at).await?).await?;
    at.heading("The three steps").await?;
    ensure!(at.driver.current_url().await?.path() == SigningIn.path(Language::En));
    at.is_sound().await?;

    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    at.devtools("Browser.grantPermissions", permissions).await?;
    at.press("Copy link").await?;
    at.hears("Copied").await?;
    let copied: String =
        at.driver.execute("return navigator.clipboard.readText()", vec![]).await?.convert()?;
    ensure!(copied == at.driver.current_url().await?.to_string(), "{copied}");

    at.press("Yes").await?;
    at.hears(THANKS).await?;
    at.press("No").await?;
    at.link("Français").await?.click().await?;
    at.heading("Les trois étapes").await?;
    at.press("Non").await?;
    at.hears("Merci.").await?;
    at.is_sound().await?;

    // What was typed before is still there.
    at.driver.switch_to_window(app).await?;
    ensure!(at.field("Username").await?.value().await?.as_deref() == Some("half of what"));
    at.close().await?;

    // The second press said nothing more.
    let helper = Helper::new(wardkey)?;
    let desk = Chrome::shared().await?.open(Screen::Narrow).await?;
    desk.go(&format!("{}/support", wardkey.origin())).await?;
    helper.sign_in(&desk).await?;
    desk.heading("Help pages").await?;
    let counts = desk.row("Signing in").await?.text().await?;
    let numbers: Vec<&str> = counts.split_whitespace().filter(|word| word.parse::<u32>().is_ok()).collect();
    ensure!(numbers == ["1", "1"], "{counts}");
    desk.is_sound().await?;
    desk.close().await
}

#[tokio::test]
async fn every_page_is_sound_in_every_language_on_the_narrowest_screen() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let at = Chrome::shared().await?.open(Screen::Narrow).await?;
    for language in Language::ALL {
        let index = format!("/help/{}", language.tag());
        for path in HelpPage::ALL.into_iter().map(|page| page.path(language)).chain([index]) {
            at.go(&format!("{}{path}", wardkey.origin())).await?;
            at.is_sound().await.with_context(|| path.clone())?;
            let spoken = at.driver.find(By::Css("html")).await?.attr("lang").await?;
            ensure!(spoken.as_deref() == Some(language.tag()), "{path}: {spoken:?}");
        }
    }
    at.close().await
}

#[tokio::test]
async fn without_javascript_a_page_is_whole_and_offers_nothing_that_would_not_work() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let at = Chrome::shared().await?.open(Screen::Phone).await?;
    at.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    at.go(&format!("{}{}", wardkey.origin(), HelpPage::Locked.path(Language::En))).await?;
    let read = |expression: &str| json!({ "expression": expression, "returnByValue": true });
    let seen = at.devtools("Runtime.evaluate", read("document.body.innerText")).await?;
    let seen = seen.pointer("/result/value").and_then(|text| text.as_str()).context("nothing is seen")?;
    ensure!(seen.contains("What to do") && seen.contains("Unlocking an account"), "{seen}");
    let buttons = at.devtools("Runtime.evaluate", read("document.querySelectorAll('button').length")).await?;
    ensure!(buttons.pointer("/result/value") == Some(&json!(0)), "{buttons}");
    at.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await?;
    at.close().await
}

async fn other_tab(at: &Session<'_>) -> Result<thirtyfour::WindowHandle> {
    let here = at.driver.window().await?;
    at.driver.windows().await?.into_iter().find(|tab| *tab != here).context("no other tab was opened")
}
