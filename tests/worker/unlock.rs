//! Only an owner's PIN opens a locked account, and only that owner's, that account's, that lock's.

use anyhow::{Result, ensure};
use wardkey_tests::{Client, Clinic, Wardkey, clinic};
use wire::{
    Problem, ProblemCode,
    activities::Action,
    sign_in::{GetLock, LockQuery},
    users::{PinRequest, SendPin, Unlock, UnlockPermission, UnlockRequest, UserStatus},
};

use crate::acts;

const PIN_TRIES: u32 = 5;
const PIN_MAIL: &str = "User Account Unlock";

#[tokio::test]
async fn an_owner_unlocks_with_the_mailed_pin() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let waiting = clinic.at("Reception 1").await?;
    acts::lock(&waiting, "hughes").await?;
    let whitfield = clinic.user("whitfield")?;
    let owner = clinic.signed_in("Owner's phone", whitfield).await?;
    let id = acts::account(&owner, "hughes").await?;
    let sent = owner.call::<SendPin>(&PinRequest { id: id.clone() }).await?;
    ensure!(sent.tries_left == PIN_TRIES && !sent.email_hint.contains(&whitfield.email), "{sent:?}");
    let mail = clinic.mail(&whitfield.email, PIN_MAIL).await?;
    let pin = clinic::pin(&mail)?;
    ensure!(mail.text.contains("Anna") && mail.text.contains("Hughes"), "{}", mail.text);
    ensure!(!mail.subject.contains(&pin), "{}", mail.subject);

    let wrong = UnlockRequest { id: id.clone(), pin: other_than(&pin) };
    let refusal = owner.refusal::<Unlock>(&wrong).await?;
    acts::expect(&refusal, 422, ProblemCode::PinWrong)?;
    ensure!(refusal.problem.tries_left == Some(PIN_TRIES - 1), "{refusal}");
    let window = owner.call::<Unlock>(&UnlockRequest { id: id.clone(), pin: pin.clone() }).await?;
    ensure!(window.user.status == UserStatus::Active && window.lock.is_none(), "{window:?}");

    ensure!(!waiting.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?.locked);
    let hughes = clinic.user("hughes")?;
    clinic.mail(&hughes.email, "Your account is unlocked").await?;
    let again = owner.refusal::<Unlock>(&UnlockRequest { id, pin }).await?;
    acts::expect(&again, 409, ProblemCode::NotLocked)?;
    waiting.submit_password("hughes", &hughes.password).await?;
    let log = acts::log(&owner).await?;
    for (action, times) in
        [(Action::PinSent, 1), (Action::AccountUnlockFailed, 1), (Action::AccountUnlocked, 1)]
    {
        ensure!(acts::count(&log, action) == times, "{action:?}: {}", acts::count(&log, action));
    }
    Ok(())
}

#[tokio::test]
async fn nobody_but_an_owner_unlocks() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id: id.clone() }).await?;
    let pin = clinic::pin(&clinic.mail(&clinic.user("whitfield")?.email, PIN_MAIL).await?)?;
    for (label, login) in [("Reception 2", "reid"), ("Ward 1", "patel"), ("Ward 2", "sys_harbour")] {
        let person = clinic.signed_in(label, clinic.user(login)?).await?;
        let window = acts::window(&person, "hughes").await?;
        ensure!(window.lock.is_some_and(|lock| lock.unlock == UnlockPermission::OnlyOwners), "{login}");
        let asked = person.refusal::<SendPin>(&PinRequest { id: id.clone() }).await?;
        acts::expect(&asked, 403, ProblemCode::NotAllowed)?;
        let tried = person.refusal::<Unlock>(&UnlockRequest { id: id.clone(), pin: pin.clone() }).await?;
        acts::expect(&tried, 403, ProblemCode::NotAllowed)?;
    }
    owner.call::<Unlock>(&UnlockRequest { id, pin }).await?;
    Ok(())
}

#[tokio::test]
async fn a_pin_is_no_pin_for_another_owner_or_another_account() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let reception = clinic.at("Reception 1").await?;
    acts::lock(&reception, "hughes").await?;
    acts::lock(&reception, "patel").await?;
    let one = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let other = clinic.signed_in("Reception 2", clinic.user("okafor")?).await?;
    let (hughes, patel) = (acts::account(&one, "hughes").await?, acts::account(&one, "patel").await?);
    one.call::<SendPin>(&PinRequest { id: hughes.clone() }).await?;
    let pin = clinic::pin(&clinic.mail(&clinic.user("whitfield")?.email, PIN_MAIL).await?)?;
    refused(&other, &hughes, &pin).await?;
    refused(&one, &patel, &pin).await?;
    other.call::<SendPin>(&PinRequest { id: hughes.clone() }).await?;
    refused(&other, &hughes, &pin).await?;
    one.call::<Unlock>(&UnlockRequest { id: hughes, pin }).await?;
    Ok(())
}

async fn refused(owner: &Client, id: &str, pin: &str) -> Result<Problem> {
    let refusal = owner.refusal::<Unlock>(&UnlockRequest { id: id.to_owned(), pin: pin.to_owned() }).await?;
    let code = refusal.problem.code;
    ensure!(matches!(code, ProblemCode::PinWrong | ProblemCode::PinExpired), "{refusal}");
    Ok(refusal.problem)
}

#[tokio::test]
async fn five_wrong_tries_spend_a_pin() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id: id.clone() }).await?;
    let pin = clinic::pin(&clinic.mail(&clinic.user("whitfield")?.email, PIN_MAIL).await?)?;
    let wrong = UnlockRequest { id: id.clone(), pin: other_than(&pin) };
    for _ in 0..PIN_TRIES {
        let refusal = owner.refusal::<Unlock>(&wrong).await?;
        ensure!(matches!(refusal.problem.code, ProblemCode::PinWrong | ProblemCode::PinSpent), "{refusal}");
    }
    let right = owner.refusal::<Unlock>(&UnlockRequest { id, pin }).await?;
    acts::expect(&right, 410, ProblemCode::PinSpent)?;
    ensure!(acts::window(&owner, "hughes").await?.lock.is_some());
    Ok(())
}

#[tokio::test]
async fn an_owner_does_not_unlock_themselves() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    acts::lock(&clinic.at("Reception 1").await?, "whitfield").await?;
    let window = acts::window(&owner, "whitfield").await?;
    let id = window.user.id.as_str().to_owned();
    ensure!(window.lock.is_some_and(|lock| lock.unlock == UnlockPermission::OwnAccount));
    let refusal = owner.refusal::<SendPin>(&PinRequest { id }).await?;
    acts::expect(&refusal, 409, ProblemCode::UnlockFirst)
}

/// A PIN that is not this one.
fn other_than(pin: &str) -> String {
    if pin == "000000" { "111111".to_owned() } else { "000000".to_owned() }
}
