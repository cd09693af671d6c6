//! A connection that is lost and comes back, while somebody types.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::{
    Empty, Role,
    computers::{ComputerQuery, ListComputers, RevokeComputer},
};

use wardkey_tests::Person;

const LOST: &str = "The connection is lost.";
/// Long enough for three looks whether the connection is back.
const CUT_OFF_FOR: Duration = Duration::from_secs(12);
/// Those of the page's start, and a few for each look.
const CALLS_MAX: usize = 24;
/// Between two looks of a screen that nobody tells of changes, and a little more.
const POLL_PATIENCE: Duration = Duration::from_secs(40);

#[tokio::test]
async fn a_lost_connection_shows_itself_loses_nothing_and_heals() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", owner, "/clinic/users/add").await?;
    let at = &person.session;
    at.type_into("Last name", "Porter").await?;
    at.network(false).await?;
    at.sees(LOST).await?;
    at.is_sound().await?;
    at.network(true).await?;
    at.sees_no_more(LOST).await?;
    at.holds("Last name", "Porter").await?;
    person.session.close().await
}

#[tokio::test]
async fn a_page_whose_own_calls_are_cut_off_does_not_ask_without_an_end() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/users").await?;
    let at = &person.session;
    at.row(&owner.full_name).await?;
    at.devtools("Network.enable", json!({})).await?;
    at.devtools("Network.setBlockedURLs", json!({ "urls": ["*/api/users"] })).await?;
    person.open("/clinic/users").await?;
    at.sees(LOST).await?;
    tokio::time::sleep(CUT_OFF_FOR).await;
    let calls = "performance.getEntriesByType('resource').filter(it => it.name.includes('/api/')).length";
    let made = at.evaluate::<usize>(calls).await?;
    ensure!(made <= CALLS_MAX, "{made} calls in {CUT_OFF_FOR:?}");
    at.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    at.press("Try again").await?;
    at.row(&owner.full_name).await?;
    at.sees_no_more(LOST).await?;
    person.session.close().await
}

#[tokio::test]
async fn where_no_socket_is_to_be_had_a_revoked_computer_is_out_all_the_same() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    let none = "window.WebSocket = function () { throw new DOMException('', 'SecurityError') }";
    at.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": none })).await?;
    person.open("/clinic/users").await?;
    person.arrive("Ward 1").await?;
    person.sign_in(nurse).await?;
    at.row(&nurse.full_name).await?;

    let client = clinic.signed_in("Owner's phone", owner).await?;
    let computers = client.call::<ListComputers>(&Empty {}).await?.computers;
    let computer = computers.iter().find(|computer| computer.label == "Ward 1").context("no Ward 1")?;
    client.call::<RevokeComputer>(&ComputerQuery { id: computer.id.to_string() }).await?;
    let revoked = Instant::now();
    while !at.text().await?.contains("Computer authorization") {
        ensure!(revoked.elapsed() < POLL_PATIENCE, "on the screen is still:\n{}", at.text().await?);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let left = "return document.querySelectorAll('.bar, .page, table').length";
    ensure!(at.driver.execute(left, vec![]).await?.json() == 0, "a part of the page is still there");
    println!("out after {:.1} s without a socket", revoked.elapsed().as_secs_f64());
    person.session.close().await
}
