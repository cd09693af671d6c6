//! The way in, and what can stand in it: a refusal, a lock, a first password, nobody at the screen.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen, authenticator, clinic::pin};
use wire::{
    Role,
    people::RestoreAccess,
    users::{PinRequest, SendPin, Unlock, UnlockRequest, UserQuery},
};

use super::Stage;

pub const STEPS: &[&str] = &[
    "computer",
    "computer-refused",
    "profile",
    "profile-refused",
    "user",
    "user-refused",
    "question",
    "forgot",
    "forgot-sent",
];
pub const LOCK: &[&str] = &["locked", "unlocked", "new-password", "new-password-refused", "home"];
pub const COVER: &[&str] = &["idle-warning", "cover"];

const MINUTE_MILLIS: u32 = 60_000;

/// The three steps and the question, with everything mistyped once.
pub async fn steps(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let (nurse, computer) = (clinic.first(Role::Employee)?, clinic.computer("Reception 1")?);
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    person.open("/").await?;
    at.heading("Computer authorization").await?;
    stage.camera.shoot(at, "computer").await?;
    at.type_into("Username", &computer.username).await?;
    at.type_into("Password", "not what the form says").await?;
    at.press("Continue").await?;
    at.sees("Username or password is wrong.").await?;
    stage.camera.shoot(at, "computer-refused").await?;
    at.type_into("Password", &computer.password).await?;
    at.press("Continue").await?;
    at.heading("Profile authorization").await?;
    stage.camera.shoot(at, "profile").await?;
    at.type_into("Code", &authenticator::wrong_code(&clinic.profile("Main")?.otpauth_url)?).await?;
    at.sees("This code is wrong.").await?;
    stage.camera.shoot(at, "profile-refused").await?;
    at.type_into("Code", &clinic.code()?).await?;
    at.heading("User authorization").await?;
    stage.camera.shoot(at, "user").await?;
    for _ in 0..3 {
        person.is_refused(&nurse.login).await?;
    }
    at.sees("2 tries remain.").await?;
    stage.camera.shoot(at, "user-refused").await?;
    person.submit(&nurse.login, &nurse.password).await?;
    at.heading("Is this you?").await?;
    stage.camera.shoot(at, "question").await?;
    at.press("No, switch user").await?;
    at.link("Forgot password?").await?.click().await?;
    at.heading("Forgot your password?").await?;
    stage.camera.shoot(at, "forgot").await?;
    at.type_into("Login", &nurse.login).await?;
    at.press("Send the link").await?;
    at.hears("a link is on its way").await?;
    stage.camera.shoot(at, "forgot-sent").await?;
    person.session.close().await
}

/// A lock, its end, and a first password.
pub async fn lock(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    person.open("/").await?;
    person.arrive("Reception 1").await?;
    clinic.lock(&clinic.at("Reception 2").await?, &nurse.login).await?;
    person.submit(&nurse.login, "wrong password").await?;
    at.heading("Your account is locked").await?;
    stage.camera.shoot(at, "locked").await?;

    let phone = clinic.signed_in("Owner's phone", owner).await?;
    let id = clinic.account(&phone, &nurse.login).await?;
    phone.call::<SendPin>(&PinRequest { id: id.clone() }).await?;
    let pin = pin(&clinic.mail(&owner.email, "User Account Unlock").await?)?;
    phone.call::<Unlock>(&UnlockRequest { id: id.clone(), pin }).await?;
    at.heading("User authorization").await?;
    at.sees("Your account is unlocked.").await?;
    stage.camera.shoot(at, "unlocked").await?;

    let restored = phone.call::<RestoreAccess>(&UserQuery { id }).await?;
    person.submit(&nurse.login, &restored.pair.password).await?;
    at.press("Yes, sign in").await?;
    at.heading("Choose your own password").await?;
    stage.camera.shoot(at, "new-password").await?;
    at.type_into("New password", "password123").await?;
    at.press("Save and sign in").await?;
    at.sees("everybody tries first").await?;
    stage.camera.shoot(at, "new-password-refused").await?;
    at.type_into("New password", "Quiet harbour 47").await?;
    at.press("Save and sign in").await?;
    at.heading(&format!("Hello, {}", nurse.full_name)).await?;
    stage.camera.shoot(at, "home").await?;
    person.session.close().await
}

/// Nobody is at the screen any more.
pub async fn cover(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/users").await?;
    let at = &person.session;
    at.row(&owner.full_name).await?;
    stage.camera.learn(at).await?;
    at.pass_millis(9 * MINUTE_MILLIS + MINUTE_MILLIS / 20).await?;
    at.heading("Are you still there?").await?;
    stage.camera.shoot(at, "idle-warning").await?;
    at.pass_millis(10 * MINUTE_MILLIS).await?;
    at.sees("Nobody used this computer for 10 minutes.").await?;
    stage.camera.shoot(at, "cover").await?;
    person.session.close().await
}
