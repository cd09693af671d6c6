//! The three steps and the question, for somebody who is tired, in a hurry, or has only a keyboard.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use thirtyfour::Key;
use wardkey_tests::{Clinic, Screen, Session, Wardkey, authenticator, session::SCREEN_PATIENCE};
use wire::{Endpoint, Role, Timestamp, sign_in::AuthorizeProfile};

use crate::{keyboard::Keyboard, person::Person};

/// Longer than the app waits before it sends what was typed.
const A_MOMENT: Duration = Duration::from_millis(700);
/// What a nurse who types all day does in a second, and how long the next person may take.
const KEYS_A_SECOND: usize = 12;
const TYPING_SECONDS_MAX: usize = 6;
/// Presses beside login and password: to the next field, to send, to say yes.
const PRESSES_MAX: usize = 3;
/// How far ahead a device's clock is that is wrong.
const AHEAD_SECONDS: i64 = 100;

#[tokio::test]
async fn caps_lock_is_told_of_where_a_password_is_hidden() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let person = Person::with(&clinic, Screen::Narrow).await?;
    let at = &person.session;
    let keys = Keyboard(at);
    let hint = "Caps Lock is on";
    person.open("/").await?;
    keys.stands_on("Username").await?;
    types_with_caps_lock(at, true).await?;
    ensure!(!is_hinted_at(at).await?, "a name that is seen needs no hint");
    let button = "return document.querySelector('[type=submit]').getBoundingClientRect().top";
    let before: f64 = at.driver.execute(button, vec![]).await?.convert()?;

    keys.tabs_to("Password").await?;
    types_with_caps_lock(at, true).await?;
    ensure!(is_hinted_at(at).await?, "nobody is told of Caps Lock");
    at.hears(hint).await?;
    let after: f64 = at.driver.execute(button, vec![]).await?.convert()?;
    ensure!(before == after, "the hint moves the page from {before} to {after}");
    at.is_sound().await?;
    types_with_caps_lock(at, false).await?;
    ensure!(!is_hinted_at(at).await?, "the hint outlasts Caps Lock");
    ensure!(!at.announced().await?.contains(hint), "what was said outlasts Caps Lock");

    // What is shown can be read.
    at.press("Show characters").await?;
    at.field("Password").await?.focus().await?;
    types_with_caps_lock(at, true).await?;
    ensure!(!is_hinted_at(at).await?, "a password that is seen needs no hint");
    at.press("Hide characters").await?;
    at.field("Password").await?.focus().await?;
    types_with_caps_lock(at, true).await?;
    ensure!(is_hinted_at(at).await?, "nobody is told of Caps Lock a second time");
    person.session.close().await
}

#[tokio::test]
async fn six_digits_are_sent_once_however_they_come() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    let keys = Keyboard(at);
    let otpauth_url = &clinic.profile("Main")?.otpauth_url;
    let wrong = authenticator::wrong_code(otpauth_url)?;
    person.open("/").await?;
    person.types_pair(clinic.computer("Ward 1")?).await?;
    keys.stands_on("Code").await?;

    // A scanner that types, with its Enter.
    keys.types(&format!("{wrong}{}", char::from(Key::Enter))).await?;
    at.refuses("Code", "This code is wrong.").await?;
    at.empties("Code").await?;
    tokio::time::sleep(A_MOMENT).await;
    are_sent(at, 1).await?;
    keys.presses(Key::Enter).await?;
    at.refuses("Code", "This code is wrong.").await?;
    are_sent(at, 1).await?;

    // Digit by digit, with nothing behind the last one.
    for digit in wrong.chars() {
        keys.types(&digit.to_string()).await?;
    }
    are_sent(at, 2).await?;
    at.refuses("Code", "This code is wrong.").await?;
    at.empties("Code").await?;
    tokio::time::sleep(A_MOMENT).await;
    are_sent(at, 2).await?;

    // In groups, as some apps copy it.
    let code = authenticator::code(otpauth_url)?;
    let (first, second) = code.split_at(3);
    at.devtools("Input.insertText", json!({ "text": format!("{first} - {second}") })).await?;
    at.heading("User authorization").await?;
    are_sent(at, 3).await?;
    person.session.close().await
}

#[tokio::test]
async fn the_seconds_of_a_code_go_by_the_clinics_clock() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    let ahead = format!("{{ const now = Date.now; Date.now = () => now() + {} }}", AHEAD_SECONDS * 1000);
    at.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": ahead })).await?;
    person.open("/").await?;
    person.types_pair(clinic.computer("Ward 1")?).await?;
    at.sees("New code in").await?;
    let mut told = Vec::new();
    for _ in 0..2 {
        let text = at.text().await?;
        let left = text.split("New code in ").nth(1).and_then(|rest| rest.split_whitespace().next());
        let left: i64 = left.context("no seconds")?.parse()?;
        let off = (left - (30 - now_seconds()? % 30)).rem_euclid(30);
        ensure!(matches!(off, 0..=2 | 28..=29), "{left} s are left, which is wrong by {off}");
        told.push(left);
        tokio::time::sleep(Duration::from_millis(2500)).await;
    }
    ensure!(told[0] != told[1], "the seconds stand still at {told:?}");
    ensure!(!at.announced().await?.contains("New code"), "each second is read aloud");
    at.is_sound().await?;
    person.session.close().await
}

#[tokio::test]
async fn only_an_enter_that_is_meant_says_yes() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = clinic.first(Role::Employee)?;
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    let keys = Keyboard(at);
    person.open("/").await?;
    person.arrive("Ward 1").await?;
    keys.stands_on("Login").await?;
    keys.types(&nurse.login).await?;
    keys.presses(Key::Tab).await?;
    keys.types(&nurse.password).await?;

    // The Enter that sends the password is pressed a second time the moment that the question stands, and is held down.
    let second = "window.isIgnored = new Promise(done => new MutationObserver((_, watch) => {\
        const yes = document.getElementById('yes');\
        if (!yes) return;\
        watch.disconnect();\
        done(!yes.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })));\
    }).observe(document.body, { childList: true, subtree: true }))";
    at.driver.execute(second, vec![]).await?;
    holds_enter(at, false).await?;
    at.heading("Is this you?").await?;
    keys.stands_on("Yes, sign in").await?;
    let is_ignored: bool = at.driver.execute("return window.isIgnored", vec![]).await?.convert()?;
    ensure!(is_ignored, "a second Enter at once would have said yes");
    let deadline = Instant::now() + 2 * A_MOMENT;
    while Instant::now() < deadline {
        holds_enter(at, true).await?;
    }
    ensure!(status(at).await? == 401, "an Enter that was held down has said yes");
    // So is "Sign in" clicked twice, where the question comes in between.
    let twice =
        "document.getElementById('yes').dispatchEvent(new MouseEvent('click', { detail: 2, bubbles: true }))";
    at.driver.execute(twice, vec![]).await?;
    tokio::time::sleep(A_MOMENT).await;
    ensure!(status(at).await? == 401, "the second click of a double click has said yes");

    // What is heard there: the question, the name and the login.
    let described = "return document.activeElement.getAttribute('aria-describedby').split(' ')\
                     .map(id => document.getElementById(id).innerText).join(' ')";
    let heard: String = at.driver.execute(described, vec![]).await?.convert()?;
    for word in ["Is this you?", &nurse.full_name, &nurse.login] {
        ensure!(heard.contains(word), "\"{word}\" is not heard, but \"{heard}\"");
    }
    at.is_sound().await?;
    keys.presses(Key::Enter).await?;
    at.hears(&format!("Signed in as {}", nurse.full_name)).await?;
    person.session.close().await
}

#[tokio::test]
async fn the_next_person_signs_in_within_six_seconds_of_typing() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (nurse, next) = (clinic.first(Role::Employee)?, clinic.first(Role::Manager)?);
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", nurse, "/").await?;
    let at = &person.session;
    let keys = Keyboard(at);
    at.press("Switch user").await?;
    keys.stands_on("Login").await?;
    let mut presses = 0;
    keys.types(&next.login).await?;
    for (key, leads_to) in [(Key::Tab, "Password"), (Key::Enter, "Yes, sign in"), (Key::Enter, "")] {
        keys.presses(key).await?;
        presses += 1;
        match leads_to {
            "Password" => {
                keys.stands_on(leads_to).await?;
                keys.types(&next.password).await?;
            }
            "" => at.hears(&format!("Signed in as {}", next.full_name)).await?,
            _ => {
                keys.stands_on(leads_to).await?;
                keys.reads().await;
            }
        }
    }
    ensure!(presses <= PRESSES_MAX, "{presses} presses beside login and password");
    let keys = next.login.chars().count() + next.password.chars().count() + presses;
    ensure!(keys < TYPING_SECONDS_MAX * KEYS_A_SECOND, "{keys} keys, at {KEYS_A_SECOND} a second");
    person.session.close().await
}

#[tokio::test]
async fn nothing_jumps_from_step_1_to_the_question() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = clinic.first(Role::Employee)?;
    for (screen, label) in [(Screen::Computer, "Ward 1"), (Screen::Narrow, "Ward 2")] {
        let person = Person::with(&clinic, screen).await?;
        let at = &person.session;
        person.open("/").await?;
        at.heading("Computer authorization").await?;
        let watch = "window.jumps = []; new PerformanceObserver(list => list.getEntries().forEach(jump => jumps.push(\
            `${jump.value} ${jump.sources.map(part => (part.node?.outerHTML ?? part.node?.textContent)?.slice(0, 99))}`)))\
            .observe({ type: 'layout-shift' })";
        at.driver.execute(watch, vec![]).await?;
        let computer = clinic.computer(label)?;
        at.type_into("Username", &computer.username).await?;
        at.type_into("Password", &computer.password).await?;
        types_with_caps_lock(at, true).await?;
        ensure!(is_hinted_at(at).await?, "{screen:?}: nobody is told of Caps Lock");
        types_with_caps_lock(at, false).await?;
        at.press("Continue").await?;
        at.sees("New code in").await?;
        tokio::time::sleep(3 * A_MOMENT).await;
        at.type_into("Code", &clinic.code()?).await?;
        at.heading("User authorization").await?;
        person.submit(&nurse.login, &nurse.password).await?;
        at.heading("Is this you?").await?;
        tokio::time::sleep(A_MOMENT).await;
        let jumps: Vec<String> = at.driver.execute("return window.jumps", vec![]).await?.convert()?;
        ensure!(jumps.is_empty(), "{screen:?}: {jumps:#?}");
        person.session.close().await?;
    }
    Ok(())
}

/// Lets the page hear of a key, which a driver can't press with Caps Lock on.
async fn types_with_caps_lock(at: &Session<'_>, on: bool) -> Result<()> {
    let press = "for (const type of ['keydown', 'keyup']) document.activeElement.dispatchEvent(\
                 new KeyboardEvent(type, { key: 'Shift', modifierCapsLock: arguments[0], bubbles: true }))";
    at.driver.execute(press, vec![json!(on)]).await?;
    Ok(())
}

/// Whether a hint of Caps Lock is seen.
async fn is_hinted_at(at: &Session<'_>) -> Result<bool> {
    let script = "return [...document.querySelectorAll('.caps')]\
                  .some(hint => getComputedStyle(hint).visibility === 'visible')";
    Ok(at.driver.execute(script, vec![]).await?.convert()?)
}

/// Presses Enter and does not let go of it; the second time on, it repeats.
async fn holds_enter(at: &Session<'_>, repeats: bool) -> Result<()> {
    let key = json!({ "type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13,
                      "text": "\r", "autoRepeat": repeats });
    at.devtools("Input.dispatchKeyEvent", key).await?;
    Ok(())
}

/// Fails unless so many codes come to be sent, and no more.
async fn are_sent(at: &Session<'_>, codes: usize) -> Result<()> {
    let script =
        "return performance.getEntriesByType('resource').filter(it => it.name.endsWith(arguments[0])).length";
    let deadline = Instant::now() + SCREEN_PATIENCE;
    loop {
        let sent: usize = at.driver.execute(script, vec![json!(AuthorizeProfile::PATH)]).await?.convert()?;
        if sent == codes {
            return Ok(());
        }
        ensure!(sent < codes && Instant::now() < deadline, "{sent} codes were sent, and not {codes}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn now_seconds() -> Result<i64> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(Timestamp(i64::try_from(since.as_millis())?).0.div_euclid(1000))
}

async fn status(at: &Session<'_>) -> Result<u16> {
    let script = "return wardkey.send('GET', '/api/users').then(reply => reply.status)";
    Ok(at.driver.execute(script, vec![]).await?.convert()?)
}
