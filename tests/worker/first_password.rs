//! A first password opens nothing but the choice of another one.

use anyhow::{Result, bail, ensure};
use wardkey_tests::{Clinic, Wardkey};
use wire::{
    Empty, ProblemCode, Role,
    me::{ChangePassword, GetMe, PasswordChange},
    sign_in::{ChoosePassword, OwnPassword, SignInState},
    users::ListUsers,
};

use crate::acts;

fn own(password: &str) -> OwnPassword {
    OwnPassword { password: password.to_owned() }
}

#[tokio::test]
async fn a_first_password_leads_to_a_choice_and_the_choice_to_a_session() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let added = acts::add(&owner, Role::Employee, "Montgomery", "montgomery").await?;
    let first = added.pair.password.clone();
    ensure!(first.len() == 8 && !first.contains(['0', 'o', '1', 'l', 'i']), "{first}");
    let door = clinic.at("Reception 1").await?;
    door.submit_password("montgomery", &first).await?;
    let state = door.answer(true).await?;
    let SignInState::NewPassword { person, length_min, .. } = &state else { bail!("{state:?}") };
    ensure!(person.login == "montgomery" && *length_min == 8, "{state:?}");
    ensure!(door.state().await? == state, "a reload changes nothing");
    acts::expect(&door.refusal::<ListUsers>(&Empty {}).await?, 401, ProblemCode::SessionRequired)?;

    let thief = door.twin()?;
    let state = door.call::<ChoosePassword>(&own("a fine new tune")).await?;
    ensure!(matches!(&state, SignInState::SignedIn { me, .. } if me.login == "montgomery"), "{state:?}");
    door.call::<ListUsers>(&Empty {}).await?;

    // What was in the browser before is worth nothing now, nor is the first password.
    let refusal = thief.refusal::<ChoosePassword>(&own("another fine tune")).await?;
    ensure!(refusal.status == 401 || refusal.status == 410, "{refusal}");
    ensure!(matches!(thief.state().await?, SignInState::User { .. }), "{:?}", thief.state().await?);
    ensure!(thief.answer(true).await.is_err());
    let Err(refusal) = thief.try_password("montgomery", &first).await? else { bail!("let in") };
    acts::expect(&refusal, 401, ProblemCode::LoginWrong)?;
    thief.submit_password("montgomery", "a fine new tune").await?;
    let state = thief.answer(true).await?;
    ensure!(matches!(state, SignInState::SignedIn { .. }), "it is asked for once: {state:?}");
    Ok(())
}

#[tokio::test]
async fn a_password_signs_in_from_every_keyboard() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let added = acts::add(&owner, Role::Employee, "Montgomery", "montgomery").await?;
    let door = clinic.at("Reception 1").await?;
    acts::come_to_the_choice(&door, &added.pair).await?;
    // As some keyboards write it: letters and accents one by one.
    door.call::<ChoosePassword>(&own("une vieille me\u{301}lodie")).await?;
    let spellings = ["une vieille mélodie", "une vieille\u{a0}me\u{301}lodie", "ｕｎｅ vieille mélodie"];
    let elsewhere = clinic.at("Reception 2").await?;
    for password in spellings {
        elsewhere.submit_password("montgomery", password).await?;
    }
    let Err(refusal) = elsewhere.try_password("montgomery", "une vieille melodie").await? else {
        bail!("let in without the accents")
    };
    acts::expect(&refusal, 401, ProblemCode::LoginWrong)?;
    let change = |current: &str, password: &str| PasswordChange {
        current: current.to_owned(),
        password: password.to_owned(),
    };
    let same = change(spellings[0], spellings[2]);
    let refusal = door.refusal::<ChangePassword>(&same).await?;
    acts::expect(&refusal, 422, ProblemCode::PasswordUnchanged)?;
    door.call::<ChangePassword>(&change(spellings[2], "жёлтый еж")).await?;
    elsewhere.submit_password("montgomery", "же\u{308}лтыи\u{306} еж").await.map(drop)
}

#[tokio::test]
async fn what_anybody_would_try_first_is_refused_beside_its_field() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let added = acts::add(&owner, Role::Employee, "Montgomery", "montgomery").await?;
    let door = clinic.at("Reception 1").await?;
    acts::come_to_the_choice(&door, &added.pair).await?;
    let long = "long ".repeat(26);
    for (password, code) in [
        ("", ProblemCode::PasswordMissing),
        (long.as_str(), ProblemCode::PasswordTooLong),
        ("a tune.", ProblemCode::PasswordTooShort),
        ("password", ProblemCode::PasswordCommon),
        ("Password1", ProblemCode::PasswordCommon),
        ("12345678", ProblemCode::PasswordCommon),
        ("aaaaaaaa", ProblemCode::PasswordCommon),
        ("qwertyuiop", ProblemCode::PasswordCommon),
        ("montgomery", ProblemCode::PasswordNamesPerson),
        ("Montgomery1", ProblemCode::PasswordNamesPerson),
        (added.pair.password.as_str(), ProblemCode::PasswordUnchanged),
    ] {
        let refusal = door.refusal::<ChoosePassword>(&own(password)).await?;
        acts::expect(&refusal, 422, code)?;
        ensure!(refusal.problem.field.as_deref() == Some("password"), "{password}: {refusal}");
        acts::expect(&door.refusal::<GetMe>(&Empty {}).await?, 401, ProblemCode::SessionRequired)?;
    }
    // Nothing of it has used the choice up.
    door.call::<ChoosePassword>(&own("a fine new tune")).await?;
    door.call::<GetMe>(&Empty {}).await.map(drop)
}

#[tokio::test]
async fn without_the_policy_a_first_password_signs_in() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    acts::set_policies(&owner, |policies| policies.own_password = false).await?;
    let added = acts::add(&owner, Role::Employee, "Montgomery", "montgomery").await?;
    let door = clinic.at("Reception 1").await?;
    door.submit_password(&added.pair.login, &added.pair.password).await?;
    let state = door.answer(true).await?;
    ensure!(matches!(state, SignInState::SignedIn { .. }), "{state:?}");
    Ok(())
}

#[tokio::test]
async fn two_choices_at_once_make_one_password() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let added = acts::add(&owner, Role::Employee, "Montgomery", "montgomery").await?;
    let door = clinic.at("Reception 1").await?;
    acts::come_to_the_choice(&door, &added.pair).await?;
    let twin = door.twin()?;
    let (one, other) = (own("a fine new tune"), own("another fine tune"));
    let (first, second) =
        tokio::join!(door.try_call::<ChoosePassword>(&one), twin.try_call::<ChoosePassword>(&other));
    let (first, second) = (first?.is_ok(), second?.is_ok());
    ensure!(first != second, "{first} {second}");
    let winner = if first { one } else { other };
    let third = clinic.at("Reception 2").await?;
    third.submit_password("montgomery", &winner.password).await.map(drop)
}
