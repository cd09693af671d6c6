//! What ends somebody's session reaches their screen within a second, and only theirs.

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Clinic, Wardkey, clinic};
use wire::{
    Empty, ProblemCode,
    computers::{ComputerQuery, ListComputers, ReissueComputer, RevokeComputer},
    live::LIVE_PATH,
    me::{ChangePassword, GetMe, PasswordChange, SignOutEverywhere},
    people::{BringBackUser, RemoveUser, RestoreAccess},
    settings::{ChangeSettings, ClinicSettings, GetSettings, SettingsChange},
    users::{PinRequest, SendPin, Unlock, UnlockRequest, UserQuery},
};

use crate::{acts, socket::Socket};

#[tokio::test]
async fn a_removed_person_is_out_within_a_second_everywhere() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let hughes = clinic.user("hughes")?;
    let doors =
        [clinic.signed_in("Reception 1", hughes).await?, clinic.signed_in("Reception 2", hughes).await?];
    let colleague = clinic.signed_in("Ward 1", clinic.user("patel")?).await?;
    let mut sockets = [Socket::open(&doors[0]).await?, Socket::open(&doors[1]).await?];
    let mut other = Socket::open(&colleague).await?;
    let id = acts::account(&owner, "hughes").await?;

    owner.call::<RemoveUser>(&UserQuery { id: id.clone() }).await?;
    for socket in &mut sockets {
        socket.must_hear().await?;
    }
    other.must_not_hear().await?;
    for door in &doors {
        is_out(door).await?;
        let Err(refusal) = door.try_password("hughes", &hughes.password).await? else { bail!("let in") };
        acts::expect(&refusal, 401, ProblemCode::LoginWrong)?;
    }
    colleague.call::<GetMe>(&Empty {}).await?;

    // Back again: with a new first password, and not with the old one.
    let back = owner.call::<BringBackUser>(&UserQuery { id }).await?;
    ensure!(doors[0].try_password("hughes", &hughes.password).await?.is_err(), "the old password is good");
    acts::sign_in_first(&doors[0], &back.pair, "a fine new tune").await
}

#[tokio::test]
async fn restored_access_ends_every_session() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let hughes = clinic.user("hughes")?;
    let door = clinic.signed_in("Reception 1", hughes).await?;
    let mut socket = Socket::open(&door).await?;
    let id = acts::account(&owner, "hughes").await?;
    let restored = owner.call::<RestoreAccess>(&UserQuery { id }).await?;
    socket.must_hear().await?;
    is_out(&door).await?;
    ensure!(door.try_password("hughes", &hughes.password).await?.is_err(), "the old password is good");
    acts::sign_in_first(&door, &restored.pair, "a fine new tune").await?;
    clinic.mail(&hughes.email, "Your access was restored").await.map(drop)
}

#[tokio::test]
async fn a_revoked_computer_is_back_at_step_1_within_a_second() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let door = clinic.signed_in("Reception 1", clinic.user("hughes")?).await?;
    let waiting = clinic.at("Reception 2").await?;
    let (mut socket, mut other) = (Socket::open(&door).await?, Socket::open(&waiting).await?);
    let id = computer(&owner, "Reception 1").await?;
    owner.call::<RevokeComputer>(&ComputerQuery { id }).await?;
    socket.must_hear().await?;
    other.must_not_hear().await?;
    let refusal = door.refusal::<GetMe>(&Empty {}).await?;
    acts::expect(&refusal, 401, ProblemCode::ComputerRequired)?;
    ensure!(Socket::try_open(&door, door.origin()).await?.err() == Some(401));

    // Nobody is signed in at this one; its screen turns all the same.
    let id = computer(&owner, "Reception 2").await?;
    let form = owner.call::<ReissueComputer>(&ComputerQuery { id }).await?;
    other.must_hear().await?;
    let refusal = waiting.refusal::<GetMe>(&Empty {}).await?;
    acts::expect(&refusal, 401, ProblemCode::ComputerRequired)?;
    let pair = form.computer.context("no pair on the form")?;
    Client::new(waiting.origin())?.authorize_computer(&pair.username, &pair.password).await.map(drop)
}

#[tokio::test]
async fn signing_out_everywhere_is_heard_on_the_other_screens() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let hughes = clinic.user("hughes")?;
    let here = clinic.signed_in("Reception 1", hughes).await?;
    let there = clinic.signed_in("Reception 2", hughes).await?;
    let mut socket = Socket::open(&there).await?;
    here.call::<SignOutEverywhere>(&Empty {}).await?;
    socket.must_hear().await?;
    is_out(&there).await?;
    is_out(&here).await
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_not_this_one() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let hughes = clinic.user("hughes")?;
    let here = clinic.signed_in("Reception 1", hughes).await?;
    let there = clinic.signed_in("Reception 2", hughes).await?;
    let mut socket = Socket::open(&there).await?;
    let change = PasswordChange { current: hughes.password.clone(), password: "a fine new tune".into() };
    here.call::<ChangePassword>(&change).await?;
    socket.must_hear().await?;
    is_out(&there).await?;
    here.call::<GetMe>(&Empty {}).await?;
    clinic.mail(&hughes.email, "Your password was changed").await.map(drop)
}

#[tokio::test]
async fn an_unlock_turns_the_screen_that_waits_for_it() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let whitfield = clinic.user("whitfield")?;
    let owner = clinic.signed_in("Owner's phone", whitfield).await?;
    let waiting = clinic.at("Reception 1").await?;
    acts::lock(&waiting, "hughes").await?;
    let mut socket = Socket::open(&waiting).await?;
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id: id.clone() }).await?;
    let pin = clinic::pin(&clinic.mail(&whitfield.email, "User Account Unlock").await?)?;
    owner.call::<Unlock>(&UnlockRequest { id, pin }).await?;
    socket.must_hear().await?;
    acts::sign_in(&waiting, clinic.user("hughes")?).await
}

#[tokio::test]
async fn changed_settings_are_heard_in_the_whole_clinic_and_in_no_other() -> Result<()> {
    let (clinic, other) = (Clinic::open(Wardkey::shared()?)?, Clinic::open(Wardkey::shared()?)?);
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let mut sockets = [Socket::open(&owner).await?, Socket::open(&clinic.at("Reception 1").await?).await?];
    let mut foreign = Socket::open(&other.at("Reception 1").await?).await?;
    let settings = owner.call::<GetSettings>(&Empty {}).await?;
    let ClinicSettings { version, time_zone, language, .. } = settings;
    let change = SettingsChange { version, name: "Harbour House".into(), time_zone, language };
    owner.call::<ChangeSettings>(&change).await?;
    for socket in &mut sockets {
        socket.must_hear().await?;
    }
    acts::set_policies(&owner, |policies| policies.idle_minutes = 3).await?;
    for socket in &mut sockets {
        socket.must_hear().await?;
    }
    foreign.must_not_hear().await
}

#[tokio::test]
async fn a_socket_opens_for_our_own_pages_on_a_computer_of_the_clinic_alone() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let door = clinic.at("Reception 1").await?;
    for origin in ["https://evil.example", "null", "http://localhost"] {
        ensure!(Socket::try_open(&door, origin).await?.err() == Some(403), "{origin}");
    }
    let stranger = Client::new(clinic.wardkey.origin())?;
    ensure!(Socket::try_open(&stranger, stranger.origin()).await?.err() == Some(401));
    let origin = ("origin", door.origin());
    let reply = door.send(Method::GET, LIVE_PATH, &[origin], None).await?;
    ensure!(reply.status == 400 && reply.problem()?.code == ProblemCode::MalformedRequest, "{reply:?}");
    let reply = door.send(Method::POST, LIVE_PATH, &[origin], None).await?;
    ensure!(reply.status == 405 && reply.header("allow") == "GET, HEAD", "{reply:?}");
    Socket::open(&door).await.map(drop)
}

#[tokio::test]
async fn a_socket_that_talks_is_hung_up_and_one_that_asks_for_the_line_is_answered() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let door = clinic.at("Reception 1").await?;
    let mut socket = Socket::open(&door).await?;
    socket.say("ping").await?;
    ensure!(socket.next_text().await? == "pong");
    socket.say("let me in").await?;
    ensure!(socket.must_be_hung_up().await? == 1008);
    Ok(())
}

async fn is_out(door: &Client) -> Result<()> {
    acts::expect(&door.refusal::<GetMe>(&Empty {}).await?, 401, ProblemCode::SessionRequired)
}

async fn computer(owner: &Client, label: &str) -> Result<String> {
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    let found = places.computers.into_iter().find(|computer| computer.label == label);
    Ok(found.map(|computer| computer.id.to_string()).unwrap_or_default())
}
