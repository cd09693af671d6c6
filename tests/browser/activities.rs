//! The log on the screen: searched, handed on by its address, narrowed by a press on the chart, and growing while one reads.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use thirtyfour::{By, prelude::ElementQueryable};
use wardkey_tests::{Clinic, Screen, Session, Wardkey, session::SCREEN_PATIENCE};
use wire::Role;

use wardkey_tests::Person;

const WORDS: &str = "Search by name, login, computer or address";
const LOG: &str = "/management/activities";
/// More lines than a screen holds.
const MANY: usize = 20;

#[tokio::test]
async fn an_owner_searches_the_log_and_sees_it_grow() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let nurse = clinic.user("hughes")?;
    let door = clinic.at("Ward 1").await?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Owner's phone", owner, LOG).await?;
    let at = &person.session;
    at.heading("Activities").await?;
    at.heading("Failed logins").await?;

    // A line arrives while one reads.
    ensure!(door.try_password(&nurse.login, "wrong").await?.is_err());
    lines(at, "Login failed", 1).await?;
    at.sees("1 failed login").await?;
    at.is_sound().await?;

    // What is looked for stands in the address, and is there again after a reload.
    at.choose("Action", "Failed logins").await?;
    lines(at, "Login succeeded", 0).await?;
    at.type_into(WORDS, &nurse.login).await?;
    address(at, &["action=login_failed%2Clogin_failed_locked", &format!("q={}", nurse.login)]).await?;
    lines(at, "Login failed", 1).await?;
    at.reload().await?;
    at.holds(WORDS, &nurse.login).await?;
    at.holds("Action", "login_failed,login_failed_locked").await?;
    lines(at, "Login failed", 1).await?;
    ensure!(!at.table().await?.contains("Login succeeded"), "the filter is lost");
    at.is_sound().await?;

    // A bar is a period.
    let bar = By::XPath("//button[contains(@class, 'column')][contains(., '1 failed login')]");
    at.driver.query(bar).wait(SCREEN_PATIENCE, Duration::from_millis(50)).first().await?.click().await?;
    address(at, &["from=", "until="]).await?;
    let (from, until) = (person.typed("From").await?, person.typed("Until").await?);
    ensure!(from == until && from.len() == 10, "{from} {until}");
    lines(at, "Login failed", 1).await?;
    at.is_sound().await?;

    // What happens now belongs to it.
    ensure!(door.try_password(&nurse.login, "wrong").await?.is_err());
    lines(at, "Login failed", 2).await?;
    ensure!(door.try_password("somebody.else", "wrong").await?.is_err());
    at.type_into(WORDS, "zzzz").await?;
    at.hears("Nothing matches.").await?;
    at.is_sound().await?;
    at.press("Clear filters").await?;
    at.empties(WORDS).await?;
    lines(at, "Login failed", 3).await?;
    address(at, &[]).await?;

    // New lines do not move those that one reads.
    for number in 0..MANY {
        // After ten wrong ones in a row the computer would rest.
        if number % 5 == 0 {
            door.submit_password(&nurse.login, &nurse.password).await?;
        }
        ensure!(door.try_password(&format!("nobody{number}"), "wrong").await?.is_err());
    }
    lines(at, "Login failed", MANY + 3).await?;
    let bottom = "window.scrollTo(0, document.body.scrollHeight)";
    at.driver.execute(bottom, vec![]).await?;
    let before = top_of_the_last_line(at).await?;
    ensure!(door.try_password("one.more", "wrong").await?.is_err());
    lines(at, "Login failed", MANY + 4).await?;
    let after = top_of_the_last_line(at).await?;
    ensure!((before - after).abs() < 2.0, "the last line was moved from {before} to {after}");
    person.session.close().await
}

#[tokio::test]
async fn on_a_narrow_screen_the_filters_are_folded_away() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let manager = clinic.first(Role::Manager)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Reception 1", manager, LOG).await?;
    let at = &person.session;
    at.heading("Activities").await?;
    at.is_sound().await?;
    let button = at.button("Filters").await?;
    ensure!(button.attr("aria-expanded").await?.as_deref() == Some("false"));
    ensure!(!at.text().await?.contains("Every action"), "the filters are not folded away");
    button.click().await?;
    at.choose("User", &manager.full_name).await?;
    at.choose("Computer", "Reception 1").await?;
    address(at, &["user=", "computer=Reception%201"]).await?;
    lines(at, "Login succeeded", 1).await?;
    at.is_sound().await?;
    person.session.close().await
}

/// Waits until an action stands so often in the table.
pub async fn lines(at: &Session<'_>, action: &str, count: usize) -> Result<()> {
    let script = "return [...document.querySelectorAll('table.log .action')]\
                  .filter(cell => cell.textContent.trim() === arguments[0]).length";
    let deadline = Instant::now() + SCREEN_PATIENCE;
    loop {
        let found: usize = at.driver.execute(script, vec![action.into()]).await?.convert()?;
        if found == count {
            return Ok(());
        }
        // More are drawn as one comes near the end.
        if found < count {
            at.driver.execute("window.scrollTo(0, document.body.scrollHeight)", vec![]).await?;
        }
        if Instant::now() > deadline {
            bail!("\"{action}\" stands {found} times, not {count}:\n{}", at.text().await?);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the address has these parts; none where there are none.
pub async fn address(at: &Session<'_>, parts: &[&str]) -> Result<()> {
    let deadline = Instant::now() + SCREEN_PATIENCE;
    loop {
        let url = at.driver.current_url().await?;
        let query = url.query().unwrap_or_default();
        if parts.iter().all(|part| query.contains(part)) && (!parts.is_empty() || query.is_empty()) {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("the address is {url}, without {parts:?}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn top_of_the_last_line(at: &Session<'_>) -> Result<f64> {
    let script = "return document.querySelector('table.log tbody tr:last-child').getBoundingClientRect().top";
    Ok(at.driver.execute(script, vec![]).await?.convert()?)
}
