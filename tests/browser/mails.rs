//! A mail that the mail API refuses: the owner sees it, mends what is wrong, and sends it again. And a mail API that is down.

use std::time::Duration;

use anyhow::{Result, ensure};
use wardkey_tests::{Client, Clinic, Screen, Wardkey};
use wire::{
    Empty, Role,
    mails::{ListMails, MailState},
};
use xtask::mailbox::Failure;

use wardkey_tests::Person;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_owner_sees_a_mail_fail_and_sends_it_again() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", owner, "/management/mails").await?;
    let at = &person.session;
    at.heading("Mails").await?;
    // Those of this computer and of the one at the reception.
    at.sees("Computer authorized").await?;
    let client = clinic.at("Reception 1").await?;
    let phone = clinic.signed_in("Owner's phone", owner).await?;
    tokio::time::timeout(PATIENCE, all_are(&phone, MailState::Sent)).await??;
    let before = wardkey.mailbox().mails().len();
    wardkey.mailbox().fail_next(std::iter::repeat_n(Failure::Status(422), 3));
    while client.try_password("hughes", "not the password").await?.is_err_and(|refusal| refusal.status != 423)
    {
    }
    // By itself, as it happens.
    at.sees("The mail service answered 422.").await?;
    // All three, or the next request would be one that is told to fail.
    tokio::time::timeout(PATIENCE, async {
        while wardkey.mailbox().is_failing() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await?;
    at.is_sound().await?;
    at.press("Send again").await?;
    at.hears("The mail is on its way again.").await?;
    tokio::time::timeout(PATIENCE, async {
        while wardkey.mailbox().mails().len() == before {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await?;
    at.sees("Sent").await?;
    ensure!(wardkey.mailbox().mails().len() == before + 1, "{:?}", wardkey.mailbox().mails());
    person.session.close().await
}

#[tokio::test]
async fn owners_are_told_when_no_mail_leaves_and_when_it_does_again() -> Result<()> {
    const BANNER: &str = "No mail has left since";
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", owner, "/clinic/users").await?;
    let at = &person.session;
    let client = clinic.at("Reception 1").await?;
    let phone = clinic.signed_in("Owner's phone", owner).await?;
    wardkey.mailbox().fail_next(std::iter::repeat_n(Failure::Status(503), 1_000));
    while client.try_password("hughes", "not the password").await?.is_err_and(|refusal| refusal.status != 423)
    {
    }
    // The five minutes begin with the first failure, which the reply does not wait for.
    tokio::time::timeout(PATIENCE, first_failure(&phone)).await??;
    clinic.pass_minutes(4).await?;
    at.reload().await?;
    at.row(&owner.full_name).await?;
    ensure!(!at.text().await?.contains(BANNER), "the banner came early");
    clinic.pass_minutes(2).await?;
    // By itself, as the alarm tries once more.
    at.sees(BANNER).await?;
    at.is_sound().await?;
    wardkey.mailbox().recover();
    clinic.pass_minutes(4).await?;
    at.sees_no_more(BANNER).await?;
    person.session.close().await
}

async fn all_are(owner: &Client, state: MailState) -> Result<()> {
    while owner.call::<ListMails>(&Empty {}).await?.mails.iter().any(|mail| mail.state != state) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn first_failure(owner: &Client) -> Result<()> {
    while owner.call::<ListMails>(&Empty {}).await?.mails.iter().all(|mail| mail.why.is_none()) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
