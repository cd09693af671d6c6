//! A mail that the mail API refuses: the owner sees it, mends what is wrong, and sends it again.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::Role;
use xtask::mailbox::Failure;

use crate::person::Person;

#[tokio::test]
async fn an_owner_sees_a_mail_fail_and_sends_it_again() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", owner, "/management/mails").await?;
    let at = &person.session;
    at.heading("Mails").await?;
    at.sees("No mail has been written yet.").await?;
    wardkey.mailbox().fail_next(std::iter::repeat_n(Failure::Status(422), 3));
    let client = clinic.at("Reception 1").await?;
    while client.try_password("hughes", "not the password").await?.is_err_and(|refusal| refusal.status != 423)
    {
    }
    // By itself, as it happens.
    at.sees("The mail service answered 422.").await?;
    at.is_sound().await?;
    at.press("Send again").await?;
    at.hears("The mail is on its way again.").await?;
    at.sees("Sent").await?;
    ensure!(wardkey.mailbox().mails().len() == 1, "{:?}", wardkey.mailbox().mails());
    person.session.close().await
}
