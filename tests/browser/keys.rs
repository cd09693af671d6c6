//! The key of a browser: it can't be taken out, and what was copied without it opens nothing.

use anyhow::{Result, ensure};
use serde_json::json;
use wardkey_tests::{Clinic, Person, Screen, Wardkey};
use wire::Role;

/// What comes of each way to take the key out of the browser.
const TAKE_OUT: &str = "const done = arguments[0]; \
    const opened = indexedDB.open('wardkey'); \
    opened.onsuccess = () => { \
        const found = opened.result.transaction('keys').objectStore('keys').get('browser'); \
        found.onsuccess = async () => { \
            const { privateKey } = found.result; \
            const out = format => crypto.subtle.exportKey(format, privateKey).then(() => 'out', error => error.name); \
            done([privateKey.extractable ? 'out' : 'kept', await out('jwk'), await out('pkcs8')]); \
        }; \
    }";
/// A browser that can keep nothing, as in some private windows.
const KEEPS_NOTHING: &str = "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })";

#[tokio::test]
async fn cookies_that_were_copied_to_another_browser_begin_at_step_1() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let office = Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/users").await?;
    let at = &office.session;
    at.heading("Users").await?;
    let taken = at.driver.execute_async(TAKE_OUT, vec![]).await?.convert::<Vec<String>>()?;
    ensure!(taken == ["kept", "InvalidAccessError", "InvalidAccessError"], "{taken:?}");

    let thief = Person::with(&clinic, Screen::Computer).await?;
    thief.open("/").await?;
    thief.session.heading("Computer authorization").await?;
    let copied = at.devtools("Storage.getCookies", json!({})).await?["cookies"].clone();
    ensure!(copied.as_array().is_some_and(|cookies| cookies.len() >= 3), "{copied}");
    thief.session.devtools("Storage.setCookies", json!({ "cookies": copied })).await?;
    thief.open("/clinic/users").await?;
    thief.session.heading("Computer authorization").await?;
    ensure!(!thief.session.text().await?.contains("Reception 1"), "the thief learns where it was");
    thief.meets_no_barrier().await?;

    // Nobody was thrown out.
    at.reload().await?;
    at.heading("Users").await?;
    thief.session.close().await?;
    office.session.close().await
}

#[tokio::test]
async fn a_browser_that_keeps_no_key_is_told_so_and_may_be_let_in() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let old = Person::with(&clinic, Screen::Computer).await?;
    let at = &old.session;
    at.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": KEEPS_NOTHING })).await?;
    old.open("/").await?;
    let computer = clinic.computer("Reception 2")?;
    old.types_pair(computer).await?;
    at.sees("This browser is too old to be trusted here").await?;
    old.meets_no_barrier().await?;

    let office =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/settings").await?;
    let desk = &office.session;
    desk.field("Browsers without a key").await?.click().await?;
    desk.press_under("Policies", "Save").await?;
    desk.hears("Policies saved").await?;
    at.press("Continue").await?;
    at.heading("Profile authorization").await?;
    desk.link("Management").await?.click().await?;
    desk.heading("Activities").await?;
    desk.sees("Browser’s key: none").await?;
    desk.sees("Browsers without a key: off → on").await?;
    office.meets_no_barrier().await?;
    office.session.close().await?;
    old.session.close().await
}
