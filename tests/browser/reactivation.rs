//! Where the clinic lets a lock end by itself, it does, and everybody's screen knows of it.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::{
    Empty, Role,
    settings::{ChangePolicies, ClinicSettings, GetSettings, PoliciesChange},
};

use wardkey_tests::Person;

const ADVICE: &str = "Once the account is active again, choose a new password";

#[tokio::test]
async fn a_lock_ends_by_itself_and_a_second_one_advises_a_new_password() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let client = clinic.signed_in("Reception 2", owner).await?;
    let ClinicSettings { version, mut policies, .. } = client.call::<GetSettings>(&Empty {}).await?;
    policies.automatic_unlock_minutes = Some(5);
    client.call::<ChangePolicies>(&PoliciesChange { version, policies }).await?;

    let phone = Person::sits_down(&clinic, Screen::Phone, "Owner's phone", owner, "/clinic/users").await?;
    let reception = Person::with(&clinic, Screen::Narrow).await?;
    let (at, owners) = (&reception.session, &phone.session);
    reception.open("/").await?;
    reception.arrive("Reception 1").await?;
    for again in [false, true] {
        for _ in 0..4 {
            reception.is_refused(&nurse.login).await?;
        }
        reception.submit(&nurse.login, "wrong password").await?;
        at.heading("Your account is locked").await?;
        at.sees("The account becomes active again by itself at ").await?;
        ensure!(at.text().await?.contains(ADVICE) == again, "{}", at.text().await?);
        at.is_sound().await?;
        let until = in_clinics_time(at).await?;
        let mail = clinic.mail(&nurse.email, "Account Locked").await?;
        ensure!(mail.text.contains(&format!(", {until} (")), "{until} is not in {}", mail.text);
        if !again {
            owners.open_row(&nurse.full_name).await?;
        }
        owners.button("Unlock").await?;

        clinic.pass_minutes(5).await?;
        at.heading("User authorization").await?;
        at.sees(if again { "more than once in a row" } else { "You can sign in again." }).await?;
        owners.sees_no_more("Unlock").await?;
        owners.sees("Account unlocked (automatic)").await?;
    }
    at.is_sound().await?;
    reception.sign_in(nurse).await?;
    for person in [reception, phone] {
        person.session.close().await?;
    }
    Ok(())
}

/// Hours and minutes of the time that the screen tells.
async fn in_clinics_time(at: &wardkey_tests::Session<'_>) -> Result<String> {
    let text = at.text().await?;
    let time = text.split("by itself at ").nth(1).and_then(|rest| rest.get(..5)).unwrap_or_default();
    Ok(time.to_owned())
}
