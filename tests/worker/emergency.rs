//! A clinic that is locked out of itself: its only owner and its manager are locked, nobody within can help, and the operator of the
//! deployment does.

use anyhow::{Context, Result, ensure};
use wardkey_tests::{Client, Clinic, Wardkey, acts};
use wire::{
    Endpoint, ProblemCode,
    activities::{Action, Changed, Subject},
    operator::{OwnerUnlock, ProfileReopening, Relieved, ReopenProfile, UnlockOwner},
    people::RemoveUser,
    sign_in::{GetLock, LockQuery},
    support::{CaseRequest, OpenSupportCase},
    users::{PinRequest, SendPin, UserQuery},
};
use xtask::operator::Operator;

use crate::routes;

const WHY: &str = "Called from the number in the contract, ticket 4711";

fn operator(wardkey: &Wardkey) -> Result<Operator> {
    Operator::new(wardkey.origin(), &wardkey.settings().secret_key_bytes()?)
}

fn wish(clinic: &Clinic<'_>, login: &str) -> OwnerUnlock {
    OwnerUnlock { clinic: clinic.opened.code.clone(), login: login.to_owned(), reason: WHY.to_owned() }
}

#[tokio::test]
async fn the_operator_lets_a_clinic_in_again_whose_only_owner_is_locked() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let clinic = Clinic::open(wardkey)?;
    let owner = clinic.user("whitfield")?;
    let phone = clinic.signed_in("Owner's phone", owner).await?;
    let id = acts::account(&phone, "whitfield").await?;
    let partner = acts::account(&phone, "okafor").await?;
    phone.call::<RemoveUser>(&UserQuery { id: partner }).await?;
    let manager = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    let waiting = clinic.at("Reception 1").await?;
    acts::lock(&waiting, "whitfield").await?;
    acts::lock(&waiting, "reid").await?;

    // Another clinic in the same need, with the same logins.
    let other = Clinic::open(wardkey)?;
    let theirs = other.at("Reception 1").await?;
    acts::lock(&theirs, "whitfield").await?;
    acts::lock(&theirs, "okafor").await?;

    // Nobody within can help: not the owner's own session, not the manager's, who was locked as well.
    let refusal = phone.refusal::<SendPin>(&PinRequest { id: id.clone() }).await?;
    acts::expect(&refusal, 409, ProblemCode::UnlockFirst)?;
    let (reason, number) = ("Both of us are locked".to_owned(), "+44 20 7946 0018".to_owned());
    let case = CaseRequest { id, reason, phone: number };
    let refusal = manager.refusal::<OpenSupportCase>(&case).await?;
    acts::expect(&refusal, 409, ProblemCode::UnlockFirst)?;
    ensure!(waiting.try_password("whitfield", &owner.password).await?.is_err(), "the lock lets in");

    let told = operator(wardkey)?.call::<UnlockOwner>(&wish(&clinic, "whitfield"))?;
    let expected = Relieved { clinic: "Harbour Street Clinic".into(), name: owner.full_name.clone() };
    ensure!(told == expected, "{told:?}");

    ensure!(theirs.call::<GetLock>(&LockQuery { login: "whitfield".into() }).await?.locked);
    ensure!(!waiting.call::<GetLock>(&LockQuery { login: "whitfield".into() }).await?.locked);
    clinic.mail(&owner.email, "Your account is unlocked").await?;
    let mail = clinic.mail(&owner.email, "An owner was unlocked in an emergency").await?;
    ensure!(mail.text.contains(WHY), "{}", mail.text);
    acts::sign_in(&waiting, owner).await?;
    let log = acts::log(&waiting).await?;
    let line = log.iter().find(|line| line.action == Action::AccountUnlockedInEmergency);
    let line = line.context("no line")?;
    let why = line.changes.iter().find(|change| change.what == Changed::SupportReason);
    ensure!(line.by == Subject::Operator && why.is_some_and(|change| change.new == WHY), "{line:?}");
    ensure!(acts::count(&log, Action::AccountUnlockedInEmergency) == 1);
    Ok(())
}

#[tokio::test]
async fn the_emergency_way_is_shut_while_somebody_within_can_help() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let clinic = Clinic::open(wardkey)?;
    let waiting = clinic.at("Reception 1").await?;
    acts::lock(&waiting, "whitfield").await?;
    acts::lock(&waiting, "hughes").await?;
    let whitfield = wish(&clinic, "whitfield");
    let nowhere = OwnerUnlock { clinic: "k7m2qx4p9d".into(), ..whitfield.clone() };
    let silent = OwnerUnlock { reason: " ".into(), ..whitfield.clone() };
    let odd = OwnerUnlock { login: "a b".into(), ..whitfield.clone() };
    let profile = |name: &str| ProfileReopening {
        clinic: clinic.opened.code.clone(),
        profile: name.to_owned(),
        reason: WHY.to_owned(),
    };
    let client = Client::new(wardkey.origin())?;
    let (unlock, reopen) = (UnlockOwner::PATH, ReopenProfile::PATH);
    for (path, body, status, code, field) in [
        (unlock, serde_json::to_string(&whitfield)?, 409, ProblemCode::NotAnEmergency, "login"),
        (unlock, serde_json::to_string(&wish(&clinic, "okafor"))?, 409, ProblemCode::NotLocked, "login"),
        (unlock, serde_json::to_string(&wish(&clinic, "hughes"))?, 404, ProblemCode::NotFound, "login"),
        (unlock, serde_json::to_string(&odd)?, 422, ProblemCode::LoginMalformed, "login"),
        (unlock, serde_json::to_string(&nowhere)?, 404, ProblemCode::NotFound, "clinic"),
        (unlock, serde_json::to_string(&silent)?, 422, ProblemCode::ReasonMalformed, "reason"),
        (reopen, serde_json::to_string(&profile("Main"))?, 409, ProblemCode::NotAnEmergency, "profile"),
        (reopen, serde_json::to_string(&profile("Cellar"))?, 404, ProblemCode::NotFound, "profile"),
    ] {
        let key = operator(wardkey)?.authorization();
        let headers = [("content-type", "application/json"), ("authorization", key.as_str())];
        let reply = routes::post(&client, path, &headers, &body).await?;
        let problem = reply.problem()?;
        let told = (reply.status, problem.code, problem.field.as_deref());
        ensure!(told == (status, code, Some(field)), "{body}: {reply:?}");
    }
    let said = operator(wardkey)?.call::<UnlockOwner>(&whitfield).err().context("it unlocks")?.to_string();
    ensure!(said.contains("another owner of this clinic is not locked"), "{said}");
    ensure!(waiting.call::<GetLock>(&LockQuery { login: "whitfield".into() }).await?.locked);
    Ok(())
}
