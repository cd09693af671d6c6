//! The clock jumps, forward and back, by minutes, hours and days: what has ended does not come back for whoever used it up, nobody is
//! kept out for longer than the rules keep them, and nothing is a fault of ours.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use reqwest::Method;
use wire::{
    Empty, ProblemCode,
    me::GetMe,
    sign_in::{AuthorizeProfile, GetLock, LockQuery, ProfileCode},
    users::{PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::mailbox::Failure;

use super::kill;
use crate::{
    Client, Clinic, Wardkey, acts, authenticator, clinic,
    harm::{Findings, Ground, Harm},
    records,
    routes::{self, Ids},
};

/// The faults.
pub const FAULTS: [Harm; 2] = [
    Harm {
        family: "clock",
        name: "it jumps while people work",
        promise: 33,
        claim: "Locks stand, sign-ins work, sessions end by the clock, a used code and a used PIN stay used, and nothing is a fault of ours.",
        make: |ground| Box::pin(jumps(ground)),
    },
    Harm {
        family: "clock",
        name: "it is put right after it was ahead",
        promise: 23,
        claim: "Pauses and mails from the time ahead wait no longer than they would have, and a code that was used stays used.",
        make: |_| Box::pin(put_right()),
    },
];

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// By how much it jumps; between two of them it jumps back.
const JUMPS: [i64; 4] = [3 * MINUTE, 2 * HOUR, 26 * HOUR, 3 * DAY];
/// A session that nobody uses is over after the policy's ten minutes and one more.
const IDLE: i64 = 11 * MINUTE;
/// The longest pause of step 2.
const LONGEST_PAUSE: i64 = 15 * MINUTE;
/// How long what happens by itself may take.
const PATIENCE: Duration = Duration::from_secs(20);

async fn jumps(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let (hughes, whitfield) = (clinic.user("hughes")?, clinic.user("whitfield")?);
    acts::lock(&clinic.at("Owner's phone").await?, "patel").await?;
    let labels = ["Reception 1", "Reception 2", "Ward 1", "Ward 2"];
    let mut places = labels.iter().cycle();
    let mut requests = 0;
    for jump in JUMPS {
        // Not all the way back: each moment has codes of its own then.
        for seconds in [jump, 2 * MINUTE - jump] {
            ground.tell(&format!("by {seconds} s"));
            let stale = clinic.at(places.next().unwrap_or(&"Ward 1")).await?;
            acts::sign_in(&stale, hughes).await?;
            clinic.turn_clock(seconds).await?;
            let over = stale.try_call::<GetMe>(&Empty {}).await?;
            let must_be_over = seconds >= IDLE;
            findings
                .holds(over.is_err() == must_be_over, || format!("a session after {seconds} s: {over:?}"));
            requests += faultless(&mut findings, &stale, seconds).await?;

            let code = clinic.code()?;
            let place = places.next().unwrap_or(&"Ward 1");
            let door = clinic.at(place).await?;
            let again = door.twin()?.try_call::<AuthorizeProfile>(&ProfileCode { code }).await?;
            let refused = again.as_ref().err().map(|refusal| refusal.problem.code);
            findings
                .holds(matches!(refused, Some(ProblemCode::CodeUsed)), || format!("a used code: {again:?}"));
            let locked = door.call::<GetLock>(&LockQuery { login: "patel".into() }).await?.locked;
            findings.holds(locked, || format!("the lock is gone after {seconds} s"));
            findings.went_well(&format!("a sign-in after {seconds} s"), acts::sign_in(&door, hughes).await);
            findings.went_well(&format!("an owner after {seconds} s"), acts::sign_in(&door, whitfield).await);
            requests += faultless(&mut findings, &door, seconds).await?;
        }
    }
    // Later than whatever was used above.
    clinic.turn_clock(5 * MINUTE).await?;
    pins(&clinic, &mut findings).await?;
    findings.note("jumps", (2 * JUMPS.len()) as f64);
    findings.note("requests, of which none was a fault of ours", requests as f64);
    Ok(findings)
}

/// A PIN ends by the clock, and one that was used stays so.
async fn pins(clinic: &Clinic<'_>, findings: &mut Findings) -> Result<()> {
    let whitfield = clinic.user("whitfield")?;
    let owner = clinic.signed_in("Owner's phone", whitfield).await?;
    let id = acts::account(&owner, "patel").await?;
    owner.call::<SendPin>(&PinRequest { id: id.clone() }).await?;
    let pin = clinic::pin(&clinic.mail(&whitfield.email, "User Account Unlock").await?)?;
    let unlock = UnlockRequest { id, pin };
    clinic.turn_clock(10 * MINUTE + 1).await?;
    let late = owner.refusal::<Unlock>(&unlock).await?;
    findings.holds(late.problem.code == ProblemCode::PinExpired, || format!("after ten minutes: {late}"));
    clinic.turn_clock(-5 * MINUTE).await?;
    findings.went_well("the PIN within its time", owner.call::<Unlock>(&unlock).await);
    acts::lock(&owner.twin()?, "patel").await?;
    clinic.turn_clock(-4 * MINUTE).await?;
    let again = owner.try_call::<Unlock>(&unlock).await?;
    findings.holds(again.is_err(), || "a PIN was good for a second lock".to_owned());
    findings.went_well("the export", kill::log_is_proven(&owner, whitfield).await);
    Ok(())
}

/// Every route that only reads, whoever asks it: no fault of ours. Gives how many were asked.
async fn faultless(findings: &mut Findings, client: &Client, seconds: i64) -> Result<usize> {
    let routes = routes::with_method(client, Method::GET).await?;
    for route in &routes {
        let request = routes::request(&route.path, &Ids::of_nothing())?;
        let reply = routes::send(client, route, &request).await?;
        findings.holds(reply.status < 500, || format!("{} after {seconds} s: {}", route.path, reply.status));
    }
    Ok(routes.len())
}

async fn put_right() -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let file = records::file_of(&clinic, &wardkey.state().join("data"))?;
    let step_1 = async |label: &str| {
        let client = Client::new(wardkey.origin())?;
        let computer = clinic.computer(label)?;
        client.authorize_computer(&computer.username, &computer.password).await?;
        anyhow::Ok(client)
    };
    authenticator::early_in_a_step().await;
    let used = clinic.code()?;
    step_1("Reception 2").await?.authorize_profile(&used).await?;

    clinic.turn_clock(DAY).await?;
    // Whoever passes step 2 ahead of the time must not have the codes forgotten that are good once the clock is right.
    let door = clinic.at("Reception 1").await?;
    let paused = step_1("Ward 1").await?;
    let profile = clinic.profile("Main")?;
    let wrong = ProfileCode { code: authenticator::wrong_code(&profile.otpauth_url)? };
    let told = loop {
        let refusal = paused.refusal::<AuthorizeProfile>(&wrong).await?;
        if refusal.problem.code != ProblemCode::CodeWrong {
            break refusal;
        }
    };
    ensure!(told.problem.code == ProblemCode::CodesPaused, "{told}");
    wardkey.mailbox().fail_next(std::iter::repeat_n(Failure::Status(500), 100));
    let before = wardkey.mailbox().keys().len();
    acts::lock(&door, "hughes").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;

    clinic.turn_clock(-DAY).await?;
    wardkey.mailbox().recover();
    let again =
        step_1("Reception 2").await?.try_call::<AuthorizeProfile>(&ProfileCode { code: used }).await?;
    let refused = again.as_ref().err().map(|refusal| refusal.problem.code);
    findings
        .holds(matches!(refused, Some(ProblemCode::CodeUsed)), || format!("a code that was used: {again:?}"));
    clinic.turn_clock(MINUTE).await?;
    let deadline = Instant::now() + PATIENCE;
    while wardkey.mailbox().keys().len() < before + 3 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    findings.at_least(
        "mails of the lock that came within a minute",
        wardkey.mailbox().keys().len() - before,
        3,
    );
    clinic.turn_clock(LONGEST_PAUSE).await?;
    let after = paused.twin()?.try_call::<AuthorizeProfile>(&ProfileCode { code: clinic.code()? }).await?;
    findings.holds(after.is_ok(), || format!("the right code after the longest pause: {after:?}"));
    kill::every_mail_comes(&wardkey, &file, &mut findings).await?;
    Ok(findings)
}
