//! The mail API is down, slow, busy, wrong or lies: no mail is lost, and none comes twice.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use wire::{
    Empty,
    mails::{ListMails, MailQuery, MailRecord, MailState, SendMailAgain},
    users::{PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::mailbox::{Failure, Mail};

use super::{forwarder::Forwarder, kill, ledger};
use crate::{
    Client, Clinic, Wardkey, acts,
    clinic::pin,
    harm::{Findings, Ground, Harm},
    records::{self, Records},
};

/// The faults.
pub const FAULTS: [Harm; 4] = [
    Harm {
        family: "mail",
        name: "nobody listens where the mail API was, and the power goes meanwhile",
        promise: 22,
        claim: "Locks go on, every mail waits, survives the kill and leaves once when there is somebody again.",
        make: |ground| Box::pin(nobody_listens(ground)),
    },
    Harm {
        family: "mail",
        name: "it answers late, wrongly, or not what is so",
        promise: 22,
        claim: "Whatever was answered, each mail comes once by its key with the same bytes; one that is refused for good is seen and can be sent again.",
        make: |ground| Box::pin(it_lies(ground)),
    },
    Harm {
        family: "mail",
        name: "it is slow, or takes mails and throws them away",
        promise: 22,
        claim: "What is answered late comes once. What is thrown away holds up no other mail and opens nothing, and another PIN can be asked for.",
        make: |ground| Box::pin(it_throws_away(ground)),
    },
    Harm {
        family: "mail",
        name: "it is down for 72 hours",
        promise: 23,
        claim: "Within a minute of its return, by a clock that is moved, every mail has left.",
        make: |ground| Box::pin(down_for_days(ground)),
    },
];

/// Each lock is told of in three mails: to the user and to two owners.
const MAILS_OF_A_LOCK: usize = 3;
/// How long the outbox may take for what is asked of it.
const PATIENCE: Duration = Duration::from_secs(75);
/// What the mail API does to the first sending of each mail.
const FAILURES: [Failure; 10] = [
    Failure::Status(500),
    Failure::Status(503),
    Failure::Status(401),
    Failure::Status(408),
    Failure::RetryAfter(3),
    Failure::UnderWay,
    Failure::TakeThenDrop,
    Failure::TakeThenStatus(500),
    Failure::TakeThenStatus(429),
    Failure::TakeThenHang,
];
/// How late a slow answer is: just before the sender would hang up.
const LATE_SECONDS: u64 = 8;
/// Who is locked, so that there are mails; none of them owns the clinic.
const LOCKED: [&str; 4] = ["hughes", "patel", "oconnor", "reid"];
/// How long it is down by the clock that is moved, and how far that is moved at a time.
const DOWN_MINUTES: u32 = 72 * 60;
const STRIDE_MINUTES: u32 = 60;
const STRIDE_MINUTES_LONG: u32 = 10;

async fn nobody_listens(_: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut way = Forwarder::cut()?;
    let wardkey = Wardkey::with_mail_api(way.url())?;
    way.open(wardkey.mailbox().address()).await?;
    let clinic = Clinic::open(&wardkey)?;
    // A computer rests after ten wrong passwords in a row.
    let (door, other) = (clinic.at("Reception 1").await?, clinic.at("Ward 1").await?);
    way.close().await;
    let file = records::file_of(&clinic, &wardkey.state().join("data"))?;
    let before = wardkey.mailbox().keys().len();
    for login in &LOCKED[..2] {
        acts::lock(&door, login).await?;
    }
    // Long enough for a few tries of each.
    tokio::time::sleep(Duration::from_secs(5)).await;
    findings.count("mails that came while nobody listened", wardkey.mailbox().keys().len() - before, 0);
    wardkey.kill();
    let records = Records::copy(&file)?;
    let waiting = ledger::judge_mails(&records, wardkey.mailbox(), &mut findings)?;
    findings.count("mails that wait after the kill", waiting, 2 * MAILS_OF_A_LOCK);
    let tries: i64 = records.connection().query_row(
        "SELECT min(sends) FROM outbox WHERE state = 'queued'",
        [],
        |row| row.get(0),
    )?;
    findings.at_least("tries of each", usize::try_from(tries)?, 2);
    wardkey.start_worker()?;
    acts::lock(&other.twin()?, LOCKED[2]).await.context("a lock while nobody listens")?;
    way.open(wardkey.mailbox().address()).await?;
    let opened = Instant::now();
    arrive(&wardkey, before + 3 * MAILS_OF_A_LOCK).await?;
    findings.figure("seconds until all had left", opened.elapsed().as_secs_f64().round(), None, Some(62.0));
    kill::every_mail_comes(&wardkey, &file, &mut findings).await?;
    Ok(findings)
}

async fn it_lies(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    // A computer rests after ten wrong passwords in a row.
    let doors = [clinic.at("Reception 1").await?, clinic.at("Ward 1").await?];
    let door = clinic.at("Ward 2").await?;
    let file = records::file_of(&clinic, &wardkey.state().join("data"))?;
    let before = wardkey.mailbox().keys().len();
    // Twelve mails for ten failures; with `--long` each of a mail's tries fails otherwise, round by round.
    let rounds = if ground.long { 3 } else { 1 };
    for round in 0..rounds {
        let turned = FAILURES.iter().cycle().skip(round * 3).take(FAILURES.len()).copied();
        wardkey.mailbox().fail_next(turned);
    }
    for (login, door) in LOCKED.iter().zip(doors.iter().cycle()) {
        acts::lock(door, login).await?;
    }
    let mails = LOCKED.len() * MAILS_OF_A_LOCK;
    arrive(&wardkey, before + mails).await?;
    settled(&owner).await?;
    findings.count("mails that came", wardkey.mailbox().keys().len() - before, mails);
    let requests = wardkey.mailbox().seen().len() - before;
    findings.at_least("times they were sent", requests, mails + rounds * FAILURES.len());

    // Refused for good: seen by the owners, not sent again by itself, and sent again by them.
    wardkey.mailbox().fail_next([Failure::Status(422)]);
    acts::lock(&door, "sys_harbour").await?;
    arrive(&wardkey, before + mails + MAILS_OF_A_LOCK - 1).await?;
    settled(&owner).await?;
    let failed: Vec<MailRecord> =
        listed(&owner).await?.into_iter().filter(|mail| mail.state == MailState::Failed).collect();
    findings.count("mails that the owners see as refused", failed.len(), 1);
    for mail in &failed {
        owner.call::<SendMailAgain>(&MailQuery { id: mail.id.to_string() }).await?;
    }
    arrive(&wardkey, before + mails + MAILS_OF_A_LOCK).await?;
    kill::every_mail_comes(&wardkey, &file, &mut findings).await?;
    Ok(findings)
}

async fn it_throws_away(_: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let whitfield = clinic.user("whitfield")?;
    let owner = clinic.signed_in("Owner's phone", whitfield).await?;
    let (door, other) = (clinic.at("Reception 1").await?, clinic.at("Ward 1").await?);
    let mailbox = wardkey.mailbox();
    let begun = mailbox.keys().len();
    let came = || mailbox.keys().len() - begun;

    mailbox.fail_next([Failure::Late(LATE_SECONDS); MAILS_OF_A_LOCK]);
    acts::lock(&door, LOCKED[0]).await?;
    arrive(&wardkey, begun + MAILS_OF_A_LOCK).await?;
    settled(&owner).await?;
    findings.count("mails that were answered late", came(), MAILS_OF_A_LOCK);
    findings.count("times they were sent", mailbox.seen().len() - begun, MAILS_OF_A_LOCK);

    let sent = async || -> Result<usize> {
        Ok(listed(&owner).await?.iter().filter(|mail| mail.state == MailState::Sent).count())
    };
    let before = sent().await?;
    mailbox.fail_next([Failure::ThrowAway; MAILS_OF_A_LOCK]);
    acts::lock(&door, LOCKED[1]).await?;
    settled(&owner).await?;
    findings.count("mails that came of those thrown away", came() - MAILS_OF_A_LOCK, 0);
    findings.count("of which the owners see as sent", sent().await? - before, MAILS_OF_A_LOCK);
    // The others' mails leave all the same.
    acts::lock(&other, LOCKED[2]).await?;
    arrive(&wardkey, begun + 2 * MAILS_OF_A_LOCK).await?;

    // The lock stands, the owner sees it, and has the first PIN thrown away and the second one not.
    let id = acts::account(&owner, LOCKED[1]).await?;
    let request = PinRequest { id: id.clone() };
    mailbox.fail_next([Failure::ThrowAway]);
    owner.call::<SendPin>(&request).await?;
    settled(&owner).await?;
    findings.count(
        "mails with the first PIN",
        clinic.mails_to(&whitfield.email).iter().filter(|mail| is_pin(mail)).count(),
        0,
    );
    let stands = acts::window(&owner, LOCKED[1]).await?.lock.is_some();
    findings.holds(stands, || "the lock has gone".to_owned());
    owner.call::<SendPin>(&request).await?;
    settled(&owner).await?;
    let mails: Vec<Mail> = clinic.mails_to(&whitfield.email).into_iter().filter(is_pin).collect();
    findings.count("mails with the second PIN", mails.len(), 1);
    let pin = pin(mails.first().context("no PIN")?)?;
    let unlocked = owner.call::<Unlock>(&UnlockRequest { id, pin }).await?;
    findings.holds(unlocked.lock.is_none(), || "the second PIN opens nothing".to_owned());
    Ok(findings)
}

fn is_pin(mail: &Mail) -> bool {
    mail.subject == "User Account Unlock"
}

async fn down_for_days(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut way = Forwarder::cut()?;
    let wardkey = Wardkey::with_clock_and_mail_api(way.url())?;
    way.open(wardkey.mailbox().address()).await?;
    let clinic = Clinic::open(&wardkey)?;
    let door = clinic.at("Reception 1").await?;
    let file = records::file_of(&clinic, &wardkey.state().join("data"))?;
    way.close().await;
    let before = wardkey.mailbox().keys().len();
    for login in &LOCKED[..2] {
        acts::lock(&door, login).await?;
    }
    let stride = if ground.long { STRIDE_MINUTES_LONG } else { STRIDE_MINUTES };
    let mut strides = 0;
    while strides * stride < DOWN_MINUTES {
        ground.tell(&format!("hour {} of {}", strides * stride / 60, DOWN_MINUTES / 60));
        let tried = tries(&file)?;
        clinic.pass_minutes(stride).await?;
        // The alarm rings, and nobody is there.
        let deadline = Instant::now() + PATIENCE;
        while tries(&file)? <= tried && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        strides += 1;
    }
    findings.at_least("tries in vain", usize::try_from(tries(&file)?)?, strides as usize);
    findings.count("mails that came meanwhile", wardkey.mailbox().keys().len() - before, 0);
    way.open(wardkey.mailbox().address()).await?;
    clinic.pass_minutes(1).await?;
    arrive(&wardkey, before + 2 * MAILS_OF_A_LOCK).await?;
    kill::every_mail_comes(&wardkey, &file, &mut findings).await?;
    Ok(findings)
}

/// How often mails that wait were tried. A copy that was taken in mid-write tells nothing new.
fn tries(file: &Path) -> Result<i64> {
    let records = Records::copy(file)?;
    let tries = "SELECT coalesce(min(sends), 0) FROM outbox WHERE state = 'queued'";
    Ok(records.connection().query_row(tries, [], |row| row.get(0)).unwrap_or_default())
}

/// Waits until so many mails have come.
async fn arrive(wardkey: &Wardkey, mails: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while wardkey.mailbox().keys().len() < mails {
        let came = wardkey.mailbox().keys().len();
        ensure!(Instant::now() < deadline, "{came} mails of {mails} have come\n{}", wardkey.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Waits until no mail waits any more, as the owners see it.
async fn settled(owner: &Client) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while listed(owner).await?.iter().any(|mail| mail.state == MailState::Queued) {
        ensure!(Instant::now() < deadline, "a mail waits still");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn listed(owner: &Client) -> Result<Vec<MailRecord>> {
    Ok(owner.call::<ListMails>(&Empty {}).await?.mails)
}
