//! People who asked their computer for something: less motion, colours of their own. And those who look at long lists and charts.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use wardkey_tests::{Clinic, Person, Screen, Session, Wardkey, session::SCREEN_PATIENCE};
use wire::Role;

/// Milliseconds that anything may be on the move for, but for what turns or breathes while one waits.
const MOTION_MILLIS_MAX: f64 = 200.0;
/// The longest that anything on the page takes to change.
const LONGEST: &str = "Math.max(...[...document.querySelectorAll('*')].flatMap(element =>\
    getComputedStyle(element).transitionDuration.split(',').map(time => parseFloat(time) * 1000)),\
    ...document.getAnimations().filter(motion => motion.effect.getComputedTiming().iterations === 1)\
    .map(motion => motion.effect.getComputedTiming().duration))";
/// Whether anything is on the move without an end.
const BREATHES: &str =
    "document.getAnimations().some(motion => motion.effect.getComputedTiming().iterations === Infinity)";
/// A low screen, so that few lines are a long list.
const LOW_PX: u32 = 420;

#[tokio::test]
async fn motion_is_short_and_whoever_asked_for_less_sees_none() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/").await?;
    let at = &person.session;
    at.sees_toast("Signed in as").await?;
    let longest: f64 = at.evaluate(LONGEST).await?;
    ensure!(longest > 1.0 && longest <= MOTION_MILLIS_MAX, "something moves for {longest} ms");
    // The shape of what is on its way breathes, for as long as it is.
    at.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*/api/*" }] })).await?;
    at.link("My Clinic").await?.click().await?;
    at.heading("Users").await?;
    ensure!(at.evaluate::<bool>(BREATHES).await?, "nothing breathes");
    prefers(at, "prefers-reduced-motion", "reduce").await?;
    ensure!(at.evaluate::<f64>(LONGEST).await? <= 1.0, "something moves all the same");
    ensure!(at.flaws().await?.is_empty(), "{:?}", at.flaws().await?);
    at.devtools("Fetch.disable", json!({})).await?;
    at.sees(&owner.full_name).await?;
    person.session.close().await
}

#[tokio::test]
async fn in_colours_of_ones_own_states_and_bars_are_told_apart() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    clinic.lock(&clinic.at("Ward 2").await?, &nurse.login).await?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/users").await?;
    let at = &person.session;
    prefers(at, "forced-colors", "active").await?;
    at.row(&nurse.full_name).await?;
    // By an edge, a picture and a word each.
    let badges = "[...document.querySelectorAll('td .badge')].map(badge => [getComputedStyle(badge).borderTopStyle,\
                  badge.querySelector('svg').innerHTML, badge.innerText.trim()])";
    let badges: Vec<(String, String, String)> = at.evaluate(badges).await?;
    ensure!(badges.iter().all(|(edge, ..)| edge == "solid"), "{badges:?}");
    let of = |word: &str| badges.iter().find(|(_, _, name)| name == word).map(|(_, picture, _)| picture);
    ensure!(of("Locked").is_some() && of("Active").is_some() && of("Locked") != of("Active"), "{badges:?}");
    person.open("/management/activities").await?;
    at.sees("5 failed logins").await?;
    let colours = "[getComputedStyle(document.querySelector('.bars svg')).fill,\
                   getComputedStyle(document.querySelector('.panel.failures')).backgroundColor]";
    let (bar, ground): (String, String) = at.evaluate(colours).await?;
    ensure!(bar != ground, "the bars are {bar} on {ground}");
    at.is_sound().await?;
    person.session.close().await
}

#[tokio::test]
async fn heads_of_long_lists_stay_in_sight_and_the_chart_is_told_in_words() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    clinic.lock(&clinic.at("Ward 2").await?, "hughes").await?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/users").await?;
    let at = &person.session;
    let low = json!({ "width": 1280, "height": LOW_PX, "deviceScaleFactor": 1, "mobile": false });
    at.devtools("Emulation.setDeviceMetricsOverride", low).await?;
    for (path, seen) in
        [("/clinic/users", owner.full_name.as_str()), ("/management/activities", "Account locked")]
    {
        person.open(path).await?;
        at.sees(seen).await?;
        // What covers the lines that pass below it, at the upper edge.
        let head = "window.scrollTo(0, document.documentElement.scrollHeight),\
                    (th => th && [th.getBoundingClientRect().top,\
                    document.elementFromPoint(200, 8)?.closest('th') !== null,\
                    getComputedStyle(th).backgroundColor])(document.querySelector('thead th'))";
        let deadline = Instant::now() + SCREEN_PATIENCE;
        let ground = loop {
            // More lines are drawn as one comes near the end, and the list itself may come after the words beside it.
            let stands: Option<(f64, bool, String)> = at.evaluate(head).await?;
            match &stands {
                Some((top, true, ground)) if (-1.0..=1.0).contains(top) => break ground.clone(),
                _ => ensure!(Instant::now() < deadline, "{path}: the head stands thus: {stands:?}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        ensure!(!ground.contains("rgba(0, 0, 0, 0)"), "{path}: the lines show through the head");
    }
    let name = "document.querySelector('.bars svg[role=img]').getAttribute('aria-labelledby').split(' ')\
                .map(id => document.getElementById(id).innerText).join(': ')";
    let name: String = at.evaluate(name).await?;
    ensure!(name == "Failed logins: 5 failed logins", "{name}");
    at.is_sound().await?;
    person.session.close().await
}

async fn prefers(at: &Session<'_>, what: &str, wish: &str) -> Result<()> {
    let features = json!([{ "name": what, "value": wish }]);
    at.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
    Ok(())
}
