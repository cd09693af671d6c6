//! Forgot password: the same answer for everybody, and links that work once, in their time, for one account, on any device.

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, header::HeaderMap};
use rusqlite::Connection;
use serde_json::json;
use wardkey_tests::{Client, Clinic, Reply, Wardkey};
use wire::{
    Endpoint, ProblemCode,
    activities::Action,
    me::GetMe,
    people::RemoveUser,
    recovery::{
        CheckResetLink, RequestReset, ResetChoice, ResetLink, ResetPassword, ResetRequest, ResetToken,
    },
    sign_in::SignInState,
    users::UserQuery,
};
use xtask::mailbox::Mail;

use crate::{acts, records, routes};

const NEW: &str = "a fine new tune";
/// How long a link is good.
const HALF_AN_HOUR_MILLIS: i64 = 30 * 60 * 1_000;

async fn ask(door: &Client, login: &str) -> Result<()> {
    door.call::<RequestReset>(&ResetRequest { login: login.to_owned() }).await.map(drop)
}

/// The token of a mail.
pub fn token(wardkey: &Wardkey, mail: &Mail) -> Result<ResetToken> {
    let page = format!("{}/reset#", wardkey.origin());
    let link = mail.text.lines().find_map(|line| line.strip_prefix(&page));
    Ok(link.with_context(|| mail.text.clone())?.parse::<ResetToken>()?)
}

/// A link for a login, asked for at a computer of the clinic's.
async fn link(clinic: &Clinic<'_>, door: &Client, login: &str) -> Result<ResetToken> {
    ask(door, login).await?;
    token(clinic.wardkey, &clinic.mail(&clinic.user(login)?.email, "Reset your password").await?)
}

fn choice(token: &ResetToken, password: &str) -> ResetChoice {
    ResetChoice { token: token.to_string(), password: password.to_owned() }
}

async fn is_worthless(phone: &Client, token: &str) -> Result<()> {
    let link = ResetLink { token: token.to_owned() };
    acts::expect(&phone.refusal::<CheckResetLink>(&link).await?, 410, ProblemCode::ResetLinkWrong)?;
    let choice = ResetChoice { token: token.to_owned(), password: NEW.to_owned() };
    acts::expect(&phone.refusal::<ResetPassword>(&choice).await?, 410, ProblemCode::ResetLinkWrong)
}

#[tokio::test]
async fn a_link_takes_a_new_password_on_a_phone_that_knows_no_step() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let hughes = clinic.user("hughes")?;
    let here = clinic.signed_in("Ward 1", hughes).await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let door = clinic.at("Reception 1").await?;
    let link = link(&clinic, &door, "hughes").await?;

    let phone = Client::new(clinic.wardkey.origin())?;
    let offer = phone.call::<CheckResetLink>(&ResetLink { token: link.to_string() }).await?;
    ensure!(offer.clinic == clinic.opened.name && offer.length_min == 8, "{offer:?}");
    ensure!(offer.person.full_name == hughes.full_name && offer.person.login == "hughes", "{offer:?}");
    here.call::<GetMe>(&wire::Empty {}).await?;
    phone.call::<ResetPassword>(&choice(&link, NEW)).await?;
    ensure!(
        phone.cookies().is_empty() && phone.state().await? == SignInState::Computer,
        "it signs in nobody"
    );

    let ended = here.refusal::<GetMe>(&wire::Empty {}).await?;
    acts::expect(&ended, 401, ProblemCode::SessionRequired)?;
    let Err(old) = door.try_password("hughes", &hughes.password).await? else { bail!("the old one is good") };
    acts::expect(&old, 401, ProblemCode::LoginWrong)?;
    door.submit_password("hughes", NEW).await?;
    ensure!(matches!(door.answer(true).await?, SignInState::SignedIn { .. }));
    let mail = clinic.mail(&hughes.email, "Your password was changed").await?;
    ensure!(!mail.text.contains(NEW), "{}", mail.text);
    is_worthless(&phone, &link.to_string()).await?;

    let log = acts::log(&owner).await?;
    let line = |action| log.iter().find(|line| line.action == action).context("not in the log");
    let (requested, reset) = (line(Action::PasswordResetRequested)?, line(Action::PasswordReset)?);
    ensure!(requested.user == reset.user && reset.by == reset.user, "{requested:?} {reset:?}");
    ensure!(requested.computer == "Reception 1" && reset.computer.is_empty(), "{requested:?} {reset:?}");
    ensure!(!format!("{log:?}").contains(&link.secret));
    Ok(())
}

/// What a reply says to whoever compares, which is all but the moment.
fn shape(reply: Reply) -> (u16, HeaderMap, String) {
    let Reply { status, mut headers, text } = reply;
    headers.remove("date");
    (status, headers, text)
}

#[tokio::test]
async fn the_answer_is_the_same_whoever_it_is() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let door = clinic.at("Reception 1").await?;
    acts::lock(&door, "patel").await?;
    acts::lock(&door, "nobody.locked").await?;
    let oconnor = acts::account(&owner, "oconnor").await?;
    owner.call::<RemoveUser>(&UserQuery { id: oconnor }).await?;
    let mut unreachable = acts::edit(&acts::window(&owner, "reid").await?)?;
    unreachable.fields.email = String::new();
    owner.call::<wire::people::EditUser>(&unreachable).await?;

    let headers = [("content-type", "application/json"), ("origin", door.origin())];
    let mut answers = Vec::new();
    for login in ["hughes", "nobody", "nobody.locked", "patel", "oconnor", "reid", "hughes"] {
        let body = json!({ "login": login }).to_string();
        answers.push(shape(routes::post(&door, RequestReset::PATH, &headers, &body).await?));
    }
    ensure!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    ensure!((answers[0].0, answers[0].2.as_str()) == (200, "{}"), "{:?}", answers[0]);
    clinic.mail(&clinic.user("hughes")?.email, "Reset your password").await?;
    for login in ["patel", "oconnor", "reid"] {
        let mails = clinic.mails_to(&clinic.user(login)?.email);
        ensure!(mails.iter().all(|mail| mail.subject != "Reset your password"), "{login}: {mails:?}");
    }
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::PasswordResetRequested) == 5, "{log:?}");
    ensure!(acts::count(&log, Action::PasswordResetRequestedLocked) == 2, "{log:?}");
    ensure!(!format!("{log:?}").contains("nobody"), "what was typed is not kept");
    Ok(())
}

#[tokio::test]
async fn three_links_an_hour_are_mailed_and_nobody_is_told() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let door = clinic.at("Reception 1").await?;
    for _ in 0..5 {
        ask(&door, "hughes").await?;
    }
    // Another's mail, asked for later, has come: hers are all there.
    link(&clinic, &door, "patel").await?;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let mails = clinic.mails_to(&clinic.user("hughes")?.email);
    ensure!(mails.len() == 3, "{mails:?}");
    // The newest of them is the one that is good.
    let phone = Client::new(clinic.wardkey.origin())?;
    let tokens = mails.iter().map(|mail| token(clinic.wardkey, mail)).collect::<Result<Vec<_>>>()?;
    let mut good = 0;
    for token in &tokens {
        let link = ResetLink { token: token.to_string() };
        good += usize::from(phone.try_call::<CheckResetLink>(&link).await?.is_ok());
    }
    ensure!(good == 1, "{good} are good");
    Ok(())
}

#[tokio::test]
async fn links_that_are_not_good_are_refused_alike() -> Result<()> {
    let (clinic, other) = (Clinic::open(Wardkey::shared()?)?, Clinic::open(Wardkey::shared()?)?);
    let (door, there) = (clinic.at("Reception 1").await?, other.at("Reception 1").await?);
    let (ours, theirs) = (link(&clinic, &door, "hughes").await?, link(&other, &there, "hughes").await?);
    let patels = link(&clinic, &door, "patel").await?;
    let phone = Client::new(clinic.wardkey.origin())?;
    let whole = ours.to_string();
    let guessed = ResetToken { secret: "A".repeat(43), ..ours.clone() };
    for token in [
        ResetToken { clinic: theirs.clinic.clone(), ..ours.clone() }.to_string(),
        ResetToken { clinic: ours.clinic.clone(), ..theirs.clone() }.to_string(),
        ResetToken { account: patels.account.clone(), ..ours.clone() }.to_string(),
        ResetToken { secret: patels.secret.clone(), ..ours.clone() }.to_string(),
        guessed.to_string(),
        // A clinic that this deployment never made.
        whole.replacen(ours.clinic.as_str(), "aaaaaaaaaa", 1),
        whole[..whole.len() - 1].to_owned(),
        whole.to_uppercase(),
        format!("{whole}x"),
        "x".repeat(9_000),
        String::new(),
    ] {
        is_worthless(&phone, &token).await?;
        // A rule of passwords is told to nobody who has no link: nothing was looked at but the token.
        let weak = ResetChoice { token: token.clone(), password: "short".to_owned() };
        acts::expect(&phone.refusal::<ResetPassword>(&weak).await?, 410, ProblemCode::ResetLinkWrong)?;
    }
    // Each of the three is good still, and is its own clinic's.
    for (link, login, door) in
        [(&ours, "hughes", &door), (&patels, "patel", &door), (&theirs, "hughes", &there)]
    {
        phone.call::<ResetPassword>(&choice(link, NEW)).await?;
        door.submit_password(login, NEW).await?;
        is_worthless(&phone, &link.to_string()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_lock_binds_a_link_that_was_mailed_before_it() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let door = clinic.at("Reception 1").await?;
    let link = link(&clinic, &door, "hughes").await?;
    acts::lock(&door, "hughes").await?;
    let phone = Client::new(clinic.wardkey.origin())?;
    let check = ResetLink { token: link.to_string() };
    acts::expect(&phone.refusal::<CheckResetLink>(&check).await?, 423, ProblemCode::ResetLocked)?;
    acts::expect(&phone.refusal::<ResetPassword>(&choice(&link, NEW)).await?, 423, ProblemCode::ResetLocked)?;
    let Err(locked) = door.try_password("hughes", NEW).await? else { bail!("let in") };
    acts::expect(&locked, 423, ProblemCode::AccountLocked)
}

#[tokio::test]
async fn what_anybody_would_try_first_is_refused_and_uses_no_link_up() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let link = link(&clinic, &clinic.at("Reception 1").await?, "hughes").await?;
    let phone = Client::new(clinic.wardkey.origin())?;
    let long = "long ".repeat(26);
    for (password, code) in [
        ("", ProblemCode::PasswordMissing),
        (long.as_str(), ProblemCode::PasswordTooLong),
        ("a tune.", ProblemCode::PasswordTooShort),
        ("Password1", ProblemCode::PasswordCommon),
        ("hughes2026", ProblemCode::PasswordNamesPerson),
    ] {
        let refusal = phone.refusal::<ResetPassword>(&choice(&link, password)).await?;
        acts::expect(&refusal, 422, code)?;
        ensure!(refusal.problem.field.as_deref() == Some("password"), "{password}: {refusal}");
    }
    phone.call::<ResetPassword>(&choice(&link, NEW)).await.map(drop)
}

#[tokio::test]
async fn two_at_once_set_one_password() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let door = clinic.at("Reception 1").await?;
    let link = link(&clinic, &door, "hughes").await?;
    let (phone, other) = (Client::new(clinic.wardkey.origin())?, Client::new(clinic.wardkey.origin())?);
    let (one, two) = (choice(&link, NEW), choice(&link, "another fine tune"));
    let (first, second) =
        tokio::join!(phone.try_call::<ResetPassword>(&one), other.try_call::<ResetPassword>(&two));
    let (first, second) = (first?, second?);
    ensure!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let winner = if first.is_ok() { &one } else { &two };
    door.submit_password("hughes", &winner.password).await.map(drop)
}

#[tokio::test]
async fn a_link_is_asked_for_behind_steps_1_and_2_alone() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let stranger = Client::new(clinic.wardkey.origin())?;
    let hughes = ResetRequest { login: "hughes".to_owned() };
    let refusal = stranger.refusal::<RequestReset>(&hughes).await?;
    acts::expect(&refusal, 401, ProblemCode::ComputerRequired)?;
    let computer = clinic.computer("Reception 1")?;
    stranger.authorize_computer(&computer.username, &computer.password).await?;
    let refusal = stranger.refusal::<RequestReset>(&hughes).await?;
    acts::expect(&refusal, 401, ProblemCode::ProfileRequired)?;
    let malformed = ResetRequest { login: "a b".to_owned() };
    let refusal = clinic.at("Reception 2").await?.refusal::<RequestReset>(&malformed).await?;
    acts::expect(&refusal, 422, ProblemCode::LoginMalformed)?;
    ensure!(clinic.mails_to(&clinic.user("hughes")?.email).is_empty());
    // Links come from our own origin, whatever the request says of where it went.
    let headers = [
        ("content-type", "application/json"),
        ("origin", stranger.origin()),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
    ];
    let door = clinic.at("Ward 1").await?;
    let body = Some(json!({ "login": "hughes" }).to_string());
    let reply = door.send(Method::POST, RequestReset::PATH, &headers, body).await?;
    ensure!(reply.status == 200, "{reply:?}");
    let mail = clinic.mail(&clinic.user("hughes")?.email, "Reset your password").await?;
    ensure!(!mail.text.contains("evil") && !mail.html.contains("evil"), "{}", mail.text);
    token(clinic.wardkey, &mail).map(drop)
}

#[tokio::test]
async fn a_link_is_good_for_half_an_hour_and_is_not_stored_in_clear() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let link = link(&clinic, &clinic.at("Reception 1").await?, "hughes").await?;
    wardkey.while_killed(|state| {
        for file in records::files(state) {
            let bytes = std::fs::read(&file)?;
            let secret = link.secret.as_bytes();
            ensure!(!bytes.windows(secret.len()).any(|part| part == secret), "{}", file.display());
        }
        let records: Connection = records::open(state, &clinic)?;
        let aged = records.execute("UPDATE resets SET asked_at = asked_at - ?1", [HALF_AN_HOUR_MILLIS])?;
        ensure!(aged == 1, "{aged}");
        Ok(())
    })?;
    is_worthless(&Client::new(wardkey.origin())?, &link.to_string()).await
}
