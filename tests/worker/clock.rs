//! What happens by the clock alone, on the real runtime: a lock ends, a session that nobody uses ends.

use anyhow::{Context, Result, ensure};
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Empty, ProblemCode,
    activities::Action,
    computers::ListComputers,
    me::{ConfirmPassword, GetMe, PasswordConfirmation},
    people::EditUser,
    sign_in::{GetLock, LockQuery, LockState, SignInState, UseSession},
};

use crate::{activities_export, acts, socket::Socket};

#[tokio::test]
async fn a_lock_ends_by_the_clock_and_turns_the_screens_by_itself() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let hughes = clinic.user("hughes")?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    acts::set_policies(&owner, |policies| policies.automatic_unlock_minutes = Some(5)).await?;
    let waiting = clinic.at("Reception 1").await?;
    for again in [false, true] {
        acts::lock(&waiting, "hughes").await?;
        let state = lock_of(&waiting).await?;
        let since = acts::window(&owner, "hughes").await?.lock;
        let since = since.context("the owner sees no lock")?.since;
        ensure!(state == LockState { locked: true, until: Some(since.plus_minutes(5)), again }, "{state:?}");
        let mail = clinic.mail(&hughes.email, "Account Locked").await?;
        ensure!(mail.text.contains("It becomes active again by itself: "), "{}", mail.text);
        ensure!(mail.text.contains("choose a new password") == again, "{}", mail.text);

        clinic.pass_minutes(4).await?;
        ensure!(lock_of(&waiting).await?.locked, "it ended early");
        let (mut screen, mut owners) = (Socket::open(&waiting).await?, Socket::open(&owner).await?);
        owner.call::<UseSession>(&Empty {}).await?;
        clinic.pass_minutes(1).await?;
        // Nobody asks for anything: the alarm does it.
        screen.must_hear().await?;
        owners.must_hear_that(wire::live::Live::LookAgain).await?;
        ensure!(lock_of(&waiting).await? == LockState { locked: false, until: None, again });
        clinic.mail(&hughes.email, "Your account is unlocked").await?;
    }
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::AccountUnlockedAutomatically) == 2);
    acts::sign_in(&waiting, hughes).await?;
    ensure!(!lock_of(&waiting).await?.again, "a right password ends the row");
    Ok(())
}

#[tokio::test]
async fn a_session_whose_page_was_killed_ends_like_one_whose_screen_is_covered() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let killed = clinic.signed_in("Reception 1", clinic.user("hughes")?).await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    for _ in 0..2 {
        clinic.pass_minutes(5).await?;
        // What a page asks by itself is no use of it.
        killed.call::<GetMe>(&Empty {}).await?;
        owner.call::<UseSession>(&Empty {}).await?;
    }
    clinic.pass_minutes(1).await?;
    acts::expect(&killed.refusal::<GetMe>(&Empty {}).await?, 401, ProblemCode::SessionRequired)?;
    acts::expect(&killed.refusal::<UseSession>(&Empty {}).await?, 401, ProblemCode::SessionRequired)?;
    ensure!(matches!(killed.state().await?, SignInState::User { .. }), "steps 1 and 2 stand");
    let computers = owner.call::<ListComputers>(&Empty {}).await?.computers;
    let people: usize = computers.iter().map(|computer| computer.people.len()).sum();
    ensure!(people == 1, "{people} people are said to be signed in");
    Ok(())
}

#[tokio::test]
async fn a_session_that_was_left_open_carries_no_further_than_its_password() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let whitfield = clinic.user("whitfield")?;
    let owner = clinic.signed_in("Owner's phone", whitfield).await?;
    let mut change = acts::edit(&acts::window(&owner, "hughes").await?)?;
    change.fields.email = "somebody@elsewhere.example".to_owned();
    for _ in 0..2 {
        clinic.pass_minutes(5).await?;
        owner.call::<UseSession>(&Empty {}).await?;
    }
    let needed = ProblemCode::PasswordNeeded;
    acts::expect(&owner.refusal::<EditUser>(&change).await?, 403, needed)?;
    let export = activities_export::export(&owner, serde_json::json!({ "format": "csv" })).await?;
    ensure!(export.status == 403 && export.problem()?.code == needed, "{export:?}");
    let before = acts::log(&owner).await?.len();

    let typed = |text: &str| PasswordConfirmation { own_password: text.to_owned() };
    let wrong = owner.refusal::<ConfirmPassword>(&typed("not mine at all")).await?;
    acts::expect(&wrong, 422, ProblemCode::PasswordWrong)?;
    acts::expect(&owner.refusal::<EditUser>(&change).await?, 403, needed)?;
    owner.call::<ConfirmPassword>(&typed(&whitfield.password)).await?;
    owner.call::<EditUser>(&change).await?;
    let log = acts::log(&owner).await?;
    ensure!(log.len() == before + 2, "the wrong password and the change alone: {log:?}");
    Ok(())
}

async fn lock_of(client: &Client) -> Result<LockState> {
    client.call::<GetLock>(&LockQuery { login: "hughes".into() }).await
}
