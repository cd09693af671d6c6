//! What owners see of the mails, and a mail that failed is sent again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Empty,
    mails::{ListMails, MailKind, MailQuery, MailRecord, MailState, MailTrouble, SendMailAgain},
};
use xtask::mailbox::Failure;

use crate::{acts, socket::Socket};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_refused_mail_is_seen_and_sent_again_once() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let (owner, failed) = refused(&clinic).await?;
    ensure!(failed.why == Some(MailTrouble::answered(422)), "{failed:?}");
    ensure!(failed.may_send_again, "{failed:?}");
    ensure!(clinic.mails_to(&clinic.user("hughes")?.email).is_empty());

    let again = MailQuery { id: failed.id.to_string() };
    let at_once = [owner.call::<SendMailAgain>(&again), owner.call::<SendMailAgain>(&again)];
    let done = futures_util::future::join_all(at_once).await.into_iter().filter(Result::is_ok).count();
    ensure!(done == 1, "sent again {done} times");
    clinic.mail(&clinic.user("hughes")?.email, "Account Locked").await?;
    fate(&owner, |state| *state == MailState::Sent).await?;
    settled(&owner).await?;
    ensure!(clinic.mails_to(&clinic.user("hughes")?.email).len() == 1);
    Ok(())
}

#[tokio::test]
async fn owners_hear_what_becomes_of_a_mail_and_nobody_else_does() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let (owner, failed) = refused(&clinic).await?;
    let other_owner = clinic.signed_in("Reception 2", clinic.user("okafor")?).await?;
    let employee = clinic.signed_in("Ward 1", clinic.user("patel")?).await?;
    settled(&owner).await?;
    let (mut heard, mut unheard) = (Socket::open(&other_owner).await?, Socket::open(&employee).await?);
    owner.call::<SendMailAgain>(&MailQuery { id: failed.id.to_string() }).await?;
    heard.must_hear().await?;
    unheard.must_not_hear().await?;
    fate(&owner, |state| *state == MailState::Sent).await?;
    heard.must_hear().await?;
    unheard.must_not_hear().await?;
    Ok(())
}

#[tokio::test]
async fn owners_are_told_of_a_new_computer_and_not_of_one_that_they_know() -> Result<()> {
    const SUBJECT: &str = "New computer authorised";
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let computer = clinic.computer("Reception 1")?;
    let browser = Client::new(clinic.wardkey.origin())?;
    browser.authorize_computer(&computer.username, &computer.password).await?;
    for login in ["whitfield", "okafor"] {
        let mail = clinic.mail(&clinic.user(login)?.email, SUBJECT).await?;
        let page = format!("{}/clinic/computers", clinic.wardkey.origin());
        for word in ["Reception 1", "Harbour Street Clinic", "127.0.0.1", &page] {
            ensure!(mail.text.contains(word), "{word} is not in {}", mail.text);
        }
    }
    browser.authorize_computer(&computer.username, &computer.password).await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    settled(&owner).await?;
    let told = clinic.mails_to(&clinic.user("okafor")?.email);
    ensure!(told.iter().filter(|mail| mail.text.contains("Reception 1")).count() == 1, "{told:?}");
    ensure!(told.iter().filter(|mail| mail.subject == SUBJECT).count() == 2, "{told:?}");
    Ok(())
}

/// A clinic in which the mails of a lock were refused: an owner, and the mail to the locked user.
async fn refused(clinic: &Clinic<'_>) -> Result<(Client, MailRecord)> {
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let client = clinic.at("Reception 1").await?;
    settled(&owner).await?;
    clinic.wardkey.mailbox().fail_next(std::iter::repeat_n(Failure::Status(422), 3));
    acts::lock(&client, "hughes").await?;
    let failed = fate(&owner, |state| *state == MailState::Failed).await?;
    settled(&owner).await?;
    Ok((owner, failed))
}

/// Waits until no mail waits any more.
pub async fn settled(owner: &Client) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while owner.call::<ListMails>(&Empty {}).await?.mails.iter().any(|mail| mail.state == MailState::Queued) {
        ensure!(Instant::now() < deadline, "a mail still waits");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Waits until something has become of the mail to the locked user.
pub async fn fate(owner: &Client, is: impl Fn(&MailState) -> bool) -> Result<MailRecord> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mails = owner.call::<ListMails>(&Empty {}).await?.mails;
        let mail = mails.into_iter().find(|mail| mail.kind == MailKind::AccountLocked);
        let mail = mail.context("no mail is listed")?;
        if is(&mail.state) {
            return Ok(mail);
        }
        if Instant::now() > deadline {
            bail!("{mail:?}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
