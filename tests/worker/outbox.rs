//! Mails leave once each, through a mail API that fails and a Worker that is killed.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use wardkey_tests::{Clinic, Wardkey};
use wire::{
    ProblemCode,
    sign_in::{GetLock, LockQuery, SignInState},
};
use xtask::mailbox::Failure;

use crate::acts;

/// How long the outbox may take to come through a handful of failures.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn each_mail_arrives_once_through_a_failing_mail_api() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let client = clinic.at("Reception 1").await?;
    let before = wardkey.mailbox().seen().len();
    wardkey.mailbox().fail_next([
        Failure::Status(500),
        Failure::RetryAfter(1),
        Failure::TakeThenDrop,
        Failure::Status(503),
        Failure::UnderWay,
    ]);
    acts::lock(&client, "hughes").await?;
    wait_for_requests(&wardkey, before + 8).await?;
    let mails = wardkey.mailbox().mails();
    ensure!(mails.len() == before + 3, "{mails:?}");
    let mut bodies = BTreeMap::new();
    for seen in wardkey.mailbox().seen().into_iter().skip(before) {
        let key = seen.header("idempotency-key").to_owned();
        ensure!((1..=256).contains(&key.len()), "{key}");
        let body = bodies.entry(key).or_insert_with(|| seen.body.clone());
        ensure!(*body == seen.body, "the same key with other bytes would be refused");
    }
    ensure!(bodies.len() == 3, "{:?}", bodies.keys());
    Ok(())
}

#[tokio::test]
async fn a_refused_mail_is_not_sent_again() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let client = clinic.at("Reception 1").await?;
    let before = wardkey.mailbox().seen().len();
    wardkey.mailbox().fail_next([Failure::Status(422)]);
    acts::lock(&client, "hughes").await?;
    wait_for_requests(&wardkey, before + 3).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    ensure!(wardkey.mailbox().seen().len() == before + 3, "{:?}", wardkey.mailbox().seen());
    ensure!(wardkey.mailbox().mails().len() == before + 2);
    Ok(())
}

async fn wait_for_requests(wardkey: &Wardkey, count: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while wardkey.mailbox().seen().len() < count {
        if Instant::now() > deadline {
            bail!("{} of {count} requests\n{}", wardkey.mailbox().seen().len(), wardkey.log());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The answer to the last one is on its way.
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(())
}

#[tokio::test]
async fn a_killed_worker_forgets_neither_strikes_nor_tokens_nor_mails() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let client = clinic.at("Reception 1").await?;
    let signed_in = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    for _ in 0..acts::STRIKES - 1 {
        ensure!(client.try_password("patel", "wrong").await?.is_err());
    }
    acts::lock(&client, "hughes").await?;
    wardkey.kill_and_start_again()?;

    // The same browsers; only their connections are gone.
    let (client, signed_in) = (client.twin()?, signed_in.twin()?);
    ensure!(matches!(client.state().await?, SignInState::User { .. }));
    ensure!(matches!(signed_in.state().await?, SignInState::SignedIn { .. }));
    ensure!(client.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?.locked);
    let Err(fifth) = client.try_password("patel", "wrong").await? else { bail!("let in") };
    acts::expect(&fifth, 423, ProblemCode::AccountLocked)?;
    for login in ["hughes", "patel"] {
        clinic.mail(&clinic.user(login)?.email, "Account Locked").await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    for login in ["hughes", "patel"] {
        let mails = clinic.mails_to(&clinic.user(login)?.email);
        ensure!(mails.len() == 1, "{mails:?}");
    }
    Ok(())
}
