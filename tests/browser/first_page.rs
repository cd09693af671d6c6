//! What somebody sees who opens Wardkey for the first time.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;
use wardkey_tests::{Chrome, Clinic, Screen, Session, Wardkey};
use wire::Role;

use wardkey_tests::Person;

/// Has the app wait until the test calls `startTheApp()`, as on a line that is very slow.
const HELD_BACK: &str = "const compile = WebAssembly.compileStreaming.bind(WebAssembly); \
    WebAssembly.compileStreaming = async (...program) => { \
        await new Promise(go => { window.startTheApp = go }); \
        WebAssembly.compileStreaming = compile; \
        return compile(...program); \
    }; \
    window.jumps = []; \
    new PerformanceObserver(list => window.jumps.push(...list.getEntries().map(entry => entry.value))) \
        .observe({ type: 'layout-shift', buffered: true });";
/// The elements of a screen, without the marks of the renderer and what the driver sees no difference in.
const ELEMENTS: &str = "const door = document.querySelector('#app .doorway').cloneNode(true); \
    for (const option of door.querySelectorAll('option')) option.removeAttribute('selected'); \
    return [document.documentElement.lang, document.title, door.outerHTML.replaceAll('<!---->', '')]";

/// Somebody whose app does not start before they say so.
async fn held_back<'a>(screen: Screen, language: &str) -> Result<Session<'a>> {
    let session = Chrome::shared().await?.open_in(screen, language).await?;
    session.devtools("Page.enable", json!({})).await?;
    session.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HELD_BACK })).await?;
    Ok(session)
}

/// Lets the app start, now that something was done before it runs.
async fn start_the_app(session: &Session<'_>) -> Result<()> {
    session.driver.execute("window.startTheApp()", vec![]).await?;
    session.runs().await
}

async fn jumps(session: &Session<'_>) -> Result<Vec<f64>> {
    Ok(session.driver.execute("return window.jumps", vec![]).await?.convert()?)
}

#[tokio::test]
async fn step_one_stands_there_without_a_barrier() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    for screen in [Screen::Computer, Screen::Phone] {
        let session = Chrome::shared().await?.open(screen).await?;
        session.go(wardkey.origin()).await?;
        session.heading("Computer authorization").await?;
        session.field("Username").await?;
        session.field("Password").await?;
        session.button("Continue").await?;
        let barriers = session.barriers().await?;
        ensure!(barriers.is_empty(), "{screen:?}: {barriers:#?}");
        session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_a_start_asks_for_beforehand_is_what_the_app_asks_for() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let session = Chrome::shared().await?.open_in(Screen::Computer, "fr-FR").await?;
    session.go(wardkey.origin()).await?;
    session.runs().await?;
    let asked = "return ['/api/sign-in', '/texts/fr.txt'].map(path => performance.getEntriesByType('resource') \
        .filter(({ name }) => new URL(name).pathname === path).map(({ initiatorType }) => initiatorType))";
    let asked = session.driver.execute(asked, vec![]).await?.json().clone();
    // Each of them once: what was asked ahead is what the app takes.
    ensure!(asked == json!([["fetch"], ["link"]]), "{asked}");
    session.close().await
}

#[tokio::test]
async fn the_first_form_is_the_apps_and_nothing_jumps() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    for (screen, language) in
        [(Screen::Computer, "en-GB"), (Screen::Phone, "ru-RU"), (Screen::Narrow, "fr-FR")]
    {
        let session = held_back(screen, language).await?;
        session.driver.goto(wardkey.origin()).await?;
        let first = session.driver.execute(ELEMENTS, vec![]).await?.json().clone();
        ensure!(first[0] == language[..2], "{language}: {first}");
        start_the_app(&session).await?;
        let then = session.driver.execute(ELEMENTS, vec![]).await?.json().clone();
        ensure!(first == then, "{language}: the first form is another than the app's:\n{first}\n{then}");
        let jumps = jumps(&session).await?;
        ensure!(jumps.is_empty(), "{screen:?} in {language}: {jumps:?}");
        session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_typed_before_the_app_runs_is_typed_on_and_sent() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let pair = clinic.computer("Reception 1")?;
    let at = held_back(Screen::Computer, "en-GB").await?;
    at.driver.goto(clinic.wardkey.origin()).await?;
    // The cursor stands in the first field.
    let focused = at.driver.active_element().await?;
    ensure!(focused.id().await?.as_deref() == Some("username"));
    focused.send_keys(pair.username.as_str()).await?;
    let password = at.field("Password").await?;
    password.send_keys(&pair.password[..5]).await?;
    at.press("Show characters").await?;
    start_the_app(&at).await?;
    ensure!(at.field("Username").await?.value().await?.as_deref() == Some(pair.username.as_str()));
    let password = at.field("Password").await?;
    ensure!(password.attr("type").await?.as_deref() == Some("text"), "it was shown");
    ensure!(password.value().await?.as_deref() == Some(&pair.password[..5]));
    at.press("Hide characters").await?;
    at.field("Password").await?.send_keys(&pair.password[5..]).await?;
    at.press("Continue").await?;
    at.heading("Profile authorization").await?;
    at.type_into("Code", &clinic.code()?).await?;
    at.heading("User authorization").await?;

    // The next start begins with step 3, and what is sent there before the app runs is sent by it.
    at.driver.refresh().await?;
    at.heading("User authorization").await?;
    at.sees("Reception 1 · Main").await?;
    let nurse = clinic.first(Role::Employee)?;
    let login = at.driver.active_element().await?;
    login.send_keys(nurse.login.as_str()).await?;
    login.send_keys(Key::Tab + nurse.password.as_str()).await.ok();
    at.field("Password").await?.send_keys(Key::Enter + "").await?;
    let address = at.driver.current_url().await?;
    ensure!(address.query().is_none(), "what was typed stands in the address: {address}");
    start_the_app(&at).await?;
    at.heading("Is this you?").await?;
    at.sees(&nurse.full_name).await?;
    let kept =
        at.driver.execute("return Object.values(localStorage).join()", vec![]).await?.convert::<String>()?;
    ensure!(!kept.contains(nurse.login.as_str()) && !kept.contains(nurse.password.as_str()), "{kept}");
    ensure!(jumps(&at).await?.iter().sum::<f64>() == 0.0, "{:?}", jumps(&at).await?);
    at.close().await
}

#[tokio::test]
async fn what_was_typed_for_one_step_never_lands_in_another() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let nurse = Person::with(&clinic, Screen::Computer).await?;
    nurse.open("/").await?;
    nurse.arrive("Reception 1").await?;
    let at = &nurse.session;
    at.devtools("Page.enable", json!({})).await?;
    at.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HELD_BACK })).await?;
    // The computer has lost its right to be there, which the page learns only when the form stands already.
    at.driver.delete_all_cookies().await?;
    at.driver.refresh().await?;
    at.type_into("Login", &owner.login).await?;
    at.type_into("Password", &owner.password).await?;
    start_the_app(at).await?;
    at.heading("Computer authorization").await?;
    ensure!(nurse.typed("Username").await?.is_empty() && nurse.typed("Password").await?.is_empty());
    nurse.session.close().await
}

#[tokio::test]
async fn a_clinic_that_does_not_come_after_the_sign_in_can_be_asked_for_again() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let office = Person::with(&clinic, Screen::Phone).await?;
    let at = &office.session;
    at.devtools("Network.enable", json!({})).await?;
    at.devtools("Network.setBlockedURLs", json!({ "urls": ["*/split_clinic-*"] })).await?;
    office.open("/clinic/users").await?;
    office.arrive("Reception 1").await?;
    office.submit(&owner.login, &owner.password).await?;
    at.press("Yes, sign in").await?;
    at.sees("There is no connection.").await?;
    let barriers = at.barriers().await?;
    ensure!(barriers.is_empty(), "{barriers:#?}");
    // Errors of the page until here are those of the blocked file.
    at.page_errors().await?;
    at.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    at.press("Try again").await?;
    at.heading("Users").await?;
    office.session.close().await
}

#[tokio::test]
async fn without_its_app_or_its_sentences_the_page_says_so() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let session = Chrome::shared().await?.open(Screen::Phone).await?;
    session.devtools("Network.enable", json!({})).await?;
    for file in ["*.wasm", "*/texts/*"] {
        session.devtools("Network.setBlockedURLs", json!({ "urls": [file] })).await?;
        session.go(wardkey.origin()).await?;
        for sentence in [
            "Wardkey could not be loaded.",
            "Не удалось загрузить Wardkey.",
            "Wardkey n’a pas pu être chargé.",
        ] {
            session.sees(sentence).await?;
        }
        let barriers = session.barriers().await?;
        ensure!(barriers.is_empty(), "{file}: {barriers:#?}");
    }
    // Errors of the page until here are those of the blocked files.
    session.page_errors().await?;
    session.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    session.press("Réessayer").await?;
    session.heading("Computer authorization").await?;
    session.close().await
}
