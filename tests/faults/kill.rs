//! The Worker's runtime is killed at random moments while people work, and started again with what it had stored.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use wire::{
    Empty, Endpoint,
    activities::ExportActivities,
    log_file::{FileVerifier, Verdict},
    me::{ConfirmPassword, PasswordConfirmation},
    operator::UserSecret,
    signed::{GetLogKey, LogKey},
};

use super::{
    crew::{self, Crew},
    ledger,
};
use crate::{
    Client, Wardkey,
    chance::Chance,
    harm::{Findings, Ground, Harm},
    records::{self, Records},
};

/// The faults.
pub const FAULTS: [Harm; 1] = [Harm {
    family: "kill",
    name: "kill -9 at random moments while people work",
    promise: 5,
    claim: "What was answered is there, no lock is half, the log is whole, each mail comes once by its key, the next sign-in works.",
    make: |ground| Box::pin(killed_again_and_again(ground)),
}];

/// So often it is killed, and so often with `--long`.
const KILLS: u64 = 10;
const KILLS_LONG: u64 = 200;
/// It is left alive for fewer answers than these, however slow the machine is, and fewer milliseconds more.
const ANSWERS_MAX: usize = 16;
const MILLIS_MAX: usize = 120;
/// The log is exported and verified once in so many kills.
const EXPORT_EACH: u64 = 10;
/// How many owners the clinic has.
const OWNERS: i64 = 2;
/// How long the last mails may take: the outbox waits a minute between two tries at most.
const MAILS_PATIENCE: Duration = Duration::from_secs(75);

async fn killed_again_and_again(ground: &Ground) -> Result<Findings> {
    let wardkey = Wardkey::start()?;
    let clinic = Crew::clinic(&wardkey)?;
    let mut crew = Crew::gather(&clinic).await?;
    let file = records::file_of(&clinic, &wardkey.state().join("data"))?;
    let (mut findings, mut chance) = (Findings::default(), Chance::new(4));
    let (mut back_slowest, mut done_unanswered) = (Duration::ZERO, 0);
    let kills = if ground.long { KILLS_LONG } else { KILLS };
    for kill in 1..=kills {
        ground.tell(&format!("kill {kill} of {kills}"));
        let (answers, millis) = (chance.below(ANSWERS_MAX), chance.below(MILLIS_MAX));
        let killing = async {
            crew.answered(answers, kill % crew::LOCK_EACH == 1).await;
            tokio::time::sleep(Duration::from_millis(millis as u64)).await;
            crew.breaks();
            wardkey.kill();
        };
        tokio::join!(crew.work(chance.number()), killing);
        let records = Records::copy(&file)?;
        done_unanswered = crew.ledger().judge(&records, OWNERS, &mut findings)?;
        ledger::judge_mails(&records, wardkey.mailbox(), &mut findings)?;

        let started = Instant::now();
        wardkey.start_worker()?;
        crew.come_back(&records)?;
        findings.went_well(&format!("after kill {kill}"), crew.look_around().await);
        back_slowest = back_slowest.max(started.elapsed());
        if kill % EXPORT_EACH == 0 {
            let proven = log_is_proven(crew.owner(), clinic.user("whitfield")?).await;
            findings.went_well(&format!("the export after kill {kill}"), proven);
        }
    }
    findings.went_well("a first sign-in", crew.newest_gets_in().await);
    every_mail_comes(&wardkey, &file, &mut findings).await?;
    let (answered, unanswered) = crew.ledger().totals();
    findings.note("kills", kills as f64);
    findings.at_least("locks", crew.ledger().locks(), crew::locks_at_least(kills));
    findings.at_least("answers held against the records", usize::try_from(answered)?, kills as usize);
    findings.note("requests that a kill left without an answer", unanswered as f64);
    findings.note("of them done all the same", done_unanswered as f64);
    let (requests, mails) = (wardkey.mailbox().seen().len(), wardkey.mailbox().keys().len());
    findings.note("mails", mails as f64);
    findings.note("of them sent a second time, which came to nothing", (requests - mails) as f64);
    findings.note("slowest return with a sign-in, in milliseconds", back_slowest.as_millis() as f64);
    Ok(findings)
}

/// Waits until every mail has left, and holds the mailbox to the outbox.
pub(super) async fn every_mail_comes(wardkey: &Wardkey, file: &Path, findings: &mut Findings) -> Result<()> {
    mails_leave(file).await?;
    wardkey.kill();
    let records = Records::copy(file)?;
    let waiting = ledger::judge_mails(&records, wardkey.mailbox(), findings)?;
    let known = records.rows("SELECT id FROM outbox")?.len();
    let came = wardkey.mailbox().keys().len();
    findings.holds(waiting == 0 && known == came, || {
        format!("{waiting} mails wait still, {known} are known, {came} have come")
    });
    wardkey.start_worker()
}

/// Waits until no mail waits any more, or for long enough.
pub(super) async fn mails_leave(file: &Path) -> Result<()> {
    let deadline = Instant::now() + MAILS_PATIENCE;
    loop {
        let records = Records::copy(file)?;
        // A copy that was taken while it was written may be one of two moments, so nothing is judged by it.
        let waiting = records.rows("SELECT id FROM outbox WHERE state = 'queued'");
        if waiting.is_ok_and(|waiting| waiting.is_empty()) || Instant::now() > deadline {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The log, exported, is whole and signed with the key that this Wardkey tells.
pub(super) async fn log_is_proven(owner: &Client, user: &UserSecret) -> Result<()> {
    // It may be long since it was typed.
    owner.call::<ConfirmPassword>(&PasswordConfirmation { own_password: user.password.clone() }).await?;
    let key: LogKey = owner.call::<GetLogKey>(&Empty {}).await?.key.parse().ok().context("no key")?;
    let headers = [("content-type", "application/json"), ("origin", owner.origin())];
    let wish = r#"{"format":"jsonl"}"#.to_owned();
    let file = owner.send(Method::POST, ExportActivities::PATH, &headers, Some(wish)).await?;
    ensure!(file.status == 200, "{} {}", file.status, file.text);
    let mut verifier = FileVerifier::default();
    // What is wrong is remembered.
    let _ = verifier.take(file.text.as_bytes());
    match verifier.finish().judged(Some(key)) {
        Verdict::Proven(_) => Ok(()),
        other => bail!("{other:?}"),
    }
}
