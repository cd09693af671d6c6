//! Mails leave through each provider in its own words; what it refuses is seen, and what it could not take is sent again.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use wardkey_tests::{Client, Clinic, Wardkey, mail_server::Line};
use wire::{
    Empty,
    mails::{ListMails, MailState, MailTrouble, MailTroubleCode},
};
use xtask::{
    mail_provider::{MailApi, MailProvider},
    mailbox::{Failure, Mail, Seen},
};

use crate::{acts, mails};

/// A lock is told to the user and to two owners.
const MAILS_OF_A_LOCK: usize = 3;
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn mails_leave_through_resend() -> Result<()> {
    // A key makes one mail of two.
    story(&through(MailApi::Resend)?, MailTrouble::answered(400), MAILS_OF_A_LOCK).await
}

#[tokio::test]
async fn mails_leave_through_postmark() -> Result<()> {
    story(&through(MailApi::Postmark)?, MailTrouble::recipient_refused(422), MAILS_OF_A_LOCK + 1).await
}

#[tokio::test]
async fn mails_leave_through_mailgun() -> Result<()> {
    story(&through(MailApi::Mailgun)?, MailTrouble::answered(400), MAILS_OF_A_LOCK + 1).await
}

#[tokio::test]
async fn mails_leave_through_cloudflare() -> Result<()> {
    story(&through(MailApi::Cloudflare)?, MailTrouble::recipient_refused(200), MAILS_OF_A_LOCK + 1).await
}

#[tokio::test]
async fn mails_leave_through_a_mail_server() -> Result<()> {
    let wardkey = Wardkey::with_mail_server(Line::StartTls)?;
    story(&wardkey, MailTrouble::recipient_refused(550), MAILS_OF_A_LOCK + 1).await?;
    for line in [Line::Plain, Line::Tls] {
        let wardkey = Wardkey::with_mail_server(line)?;
        let clinic = Clinic::open(&wardkey)?;
        clinic.at("Reception 1").await?;
        let told = clinic.mail(&clinic.user("whitfield")?.email, "New computer authorised").await;
        told.with_context(|| format!("over {line:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_mail_server_that_is_not_sure_to_be_the_one_hears_neither_password_nor_mail() -> Result<()> {
    for line in [Line::Unvouched, Line::Stripped, Line::Cut] {
        let wardkey = Wardkey::with_mail_server(line)?;
        let clinic = Clinic::open(&wardkey)?;
        let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
        let deadline = Instant::now() + PATIENCE;
        let why = loop {
            let mails = owner.call::<ListMails>(&Empty {}).await?.mails;
            ensure!(mails.iter().all(|mail| mail.state == MailState::Queued), "over {line:?}: {mails:?}");
            if let Some(why) = mails.first().and_then(|mail| mail.why) {
                break why;
            }
            ensure!(Instant::now() < deadline, "over {line:?}: nothing was tried\n{}", wardkey.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        ensure!(why == MailTroubleCode::Unreachable.into(), "over {line:?}: {why:?}\n{}", wardkey.log());
        ensure!(wardkey.mailbox().seen().is_empty(), "over {line:?}: {:?}", wardkey.mailbox().seen());
        ensure!(!wardkey.log().contains("panicked"), "over {line:?}: {}", wardkey.log());
    }
    Ok(())
}

fn through(api: MailApi) -> Result<Wardkey> {
    Wardkey::with_mail_provider(MailProvider::Api(api))
}

/// `taken_in_the_end` mails are taken of a lock when one was taken and its answer lost.
async fn story(wardkey: &Wardkey, refused_as: MailTrouble, taken_in_the_end: usize) -> Result<()> {
    let clinic = Clinic::open(wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let (door, other) = (clinic.at("Reception 1").await?, clinic.at("Ward 1").await?);
    mails::settled(&owner).await?;

    let taken = lock(&clinic, &owner, &door, "hughes").await?;
    ensure!(taken.len() == MAILS_OF_A_LOCK, "{taken:?}");
    let told = clinic.mail(&clinic.user("hughes")?.email, "Account Locked").await?;
    ensure!(told.language == "en" && told.html.starts_with("<!"), "{told:?}");
    for owner in ["whitfield", "okafor"] {
        let told = clinic.mail(&clinic.user(owner)?.email, "User Account Locked").await?;
        ensure!(told.text.contains(&format!("{}/clinic/users/", wardkey.origin())), "{}", told.text);
    }

    wardkey.mailbox().fail_next([Failure::Recipient; MAILS_OF_A_LOCK]);
    let taken = lock(&clinic, &owner, &door, "patel").await?;
    ensure!(taken.is_empty(), "{taken:?}");
    let failed = mails::fate(&owner, |state| *state == MailState::Failed).await?;
    ensure!(failed.why == Some(refused_as) && failed.may_send_again, "{failed:?}");

    let keys = wardkey.mailbox().keys().len();
    wardkey.mailbox().fail_next([Failure::Status(500), Failure::RetryAfter(1), Failure::TakeThenDrop]);
    let taken = lock(&clinic, &owner, &other, "oconnor").await?;
    ensure!(taken.len() == taken_in_the_end, "{taken:?}");
    let keys = wardkey.mailbox().keys().split_off(keys);
    let different: BTreeSet<&String> = keys.iter().collect();
    ensure!(different.len() == MAILS_OF_A_LOCK && !keys.contains(&String::new()), "{keys:?}");
    ensure!(wardkey.mailbox().keys().iter().all(|key| !key.contains('\n')));

    // What a mail server is told has no headers of HTTP.
    let says_who_asks =
        |seen: &Seen| seen.headers.is_empty() || seen.header("user-agent").starts_with("Wardkey/");
    let seen = wardkey.mailbox().seen();
    ensure!(seen.iter().all(says_who_asks), "{:?}", seen.iter().find(|seen| !says_who_asks(seen)));
    Ok(())
}

/// Locks an account, waits until something has become of each mail, and gives those that were taken.
async fn lock(clinic: &Clinic<'_>, owner: &Client, at: &Client, login: &str) -> Result<Vec<Mail>> {
    let mailbox = clinic.wardkey.mailbox();
    let (before, asked) = (mailbox.mails().len(), mailbox.seen().len());
    acts::lock(at, login).await?;
    let deadline = Instant::now() + PATIENCE;
    while mailbox.seen().len() < asked + MAILS_OF_A_LOCK {
        ensure!(Instant::now() < deadline, "mails of {login} are missing\n{}", clinic.wardkey.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    mails::settled(owner).await?;
    let mut mails = mailbox.mails();
    mails.truncate(mails.len() - before);
    Ok(mails)
}
