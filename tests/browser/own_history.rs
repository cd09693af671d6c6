//! Whoever may not read the log has a history of their own in it: all of it, page by page, by action and period, and nothing else.

use anyhow::{Context, Result, ensure};
use wardkey_tests::{Client, Clinic, Screen, Wardkey};
use wire::{
    ProblemCode, Role,
    activities::{ActivitiesQuery, ListActivities, PAGE_LINES_DEFAULT},
    operator::UserSecret,
    sign_in::SignInState,
};

use crate::{
    activities::{address, lines},
    person::Person,
};

/// Sign-ins of before: two lines each, and together more than a page.
const SIGN_INS: usize = PAGE_LINES_DEFAULT as usize / 2 + 2;

#[tokio::test]
async fn a_nurse_reads_her_own_history_and_nobody_elses() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = clinic.first(Role::Employee)?;
    ensure!(clinic.at("Reception 2").await?.try_password("whitfield", "wrong").await?.is_err());
    let door = clinic.at("Ward 1").await?;
    for _ in 0..SIGN_INS {
        signs_in(&door, nurse).await?;
        door.sign_out().await?;
    }
    let person = Person::sits_down(&clinic, Screen::Phone, "Ward 2", nurse, "/").await?;
    let at = &person.session;
    at.link("Management").await?.click().await?;
    at.heading("Activities").await?;
    at.sees("You see the lines about yourself.").await?;
    lines(at, "Signed out", PAGE_LINES_DEFAULT as usize / 2).await?;
    at.is_sound().await?;
    at.press("Load older").await?;
    at.sees("This is where the log begins.").await?;
    lines(at, "Login succeeded", SIGN_INS + 1).await?;
    lines(at, "Signed out", SIGN_INS).await?;
    lines(at, "Login failed", 0).await?;

    // By action and by period.
    at.press("Filters").await?;
    ensure!(!at.text().await?.contains("Everybody"), "she is offered other people");
    at.choose("Action", "Login succeeded").await?;
    lines(at, "Signed out", 0).await?;
    lines(at, "Login succeeded", SIGN_INS + 1).await?;
    address(at, &["action=login_succeeded"]).await?;
    person.open("/management/activities?action=login_succeeded&until=2020-01-31").await?;
    at.sees("Nothing matches. Look for less, or in a longer period.").await?;
    at.is_sound().await?;

    // Whatever is asked for past the screen.
    signs_in(&door, nurse).await?;
    let owner = clinic.signed_in("Owner's phone", clinic.first(Role::Owner)?).await?;
    let SignInState::SignedIn { me, .. } = owner.state().await? else { anyhow::bail!("nobody is signed in") };
    let of_owner = ActivitiesQuery { user: Some(me.account.to_string()), ..ActivitiesQuery::default() };
    let refusal = door.refusal::<ListActivities>(&of_owner).await?;
    ensure!(refusal.problem.code == ProblemCode::NotAllowed, "{refusal:?}");
    let words = ActivitiesQuery { words: Some("whitfield".into()), ..ActivitiesQuery::default() };
    ensure!(door.call::<ListActivities>(&words).await?.lines.is_empty());
    let everything = door.call::<ListActivities>(&ActivitiesQuery::default()).await?;
    let newest = everything.lines.first().context("no lines")?;
    ensure!(newest.computer == "Ward 1", "{newest:?}");
    person.session.close().await
}

async fn signs_in(door: &Client, user: &UserSecret) -> Result<()> {
    door.submit_password(&user.login, &user.password).await?;
    door.answer(true).await.map(drop)
}
