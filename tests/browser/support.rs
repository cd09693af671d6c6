//! The owner is on a plane: a manager asks support, which rings back and unlocks, and the nurse's waiting screen turns by itself.

use anyhow::{Context, Result, ensure};
use wardkey_tests::{Chrome, Clinic, Screen, Wardkey, desk::Helper};
use wire::Role;

use wardkey_tests::Person;

const WHY: &str = "Rang the practice, she knew the rota";

#[tokio::test]
async fn while_the_owner_is_away_support_unlocks_for_the_manager() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (manager, nurse) = (clinic.first(Role::Manager)?, clinic.first(Role::Employee)?);
    let helper = Helper::new(clinic.wardkey)?;

    let reception = Person::with(&clinic, Screen::Computer).await?;
    reception.open("/").await?;
    reception.arrive("Reception 1").await?;
    for _ in 0..4 {
        reception.is_refused(&nurse.login).await?;
    }
    reception.submit(&nurse.login, "wrong password").await?;
    reception.session.heading("Your account is locked").await?;

    // The manager finds the way, and a code to read out.
    let office = Person::sits_down(&clinic, Screen::Narrow, "Reception 2", manager, "/clinic/users").await?;
    let at = &office.session;
    at.open_row(&nurse.full_name).await?;
    at.heading("Ask support").await?;
    at.press("Ask support").await?;
    at.refuses("Reason", "Write why").await?;
    at.type_into("Reason", "The owner is on a plane").await?;
    at.type_into("Phone to ring back", "+44 20 7946 0018").await?;
    at.press("Ask support").await?;
    at.hears("Support case opened").await?;
    at.sees("Read this code out to support:").await?;
    at.is_sound().await?;
    let script = "return document.querySelector('.panel p.secret').textContent";
    let code: String = at.driver.execute(script, vec![]).await?.convert()?;
    let owner = clinic.first(Role::Owner)?;
    clinic.mail(&owner.email, "Support was asked to unlock an account").await?;

    // The operator has a page of their own, and an authenticator.
    let desk = Chrome::shared().await?.open(Screen::Narrow).await?;
    desk.go(&format!("{}/support", clinic.wardkey.origin())).await?;
    desk.heading("Support desk").await?;
    desk.is_sound().await?;
    helper.sign_in(&desk).await?;
    desk.is_sound().await?;
    desk.type_into("Case code", "aaaaa-aaaaa").await?;
    desk.press("Open the case").await?;
    desk.refuses("Case code", "This code opens no case").await?;
    desk.type_into("Case code", &code).await?;
    desk.press("Open the case").await?;
    desk.heading("Support case").await?;
    for fact in [&clinic.opened.name, &manager.full_name, &nurse.full_name] {
        desk.sees(fact).await?;
    }
    desk.sees("+44 20 7946 0018").await?;
    desk.is_sound().await?;
    desk.press("Unlock").await?;
    desk.sees("Call back first").await?;
    desk.field("I have called back on this number or the clinic's number").await?.click().await?;
    desk.press("Unlock").await?;
    desk.refuses("Why you believe the caller", "Write why").await?;
    desk.type_into("Why you believe the caller", WHY).await?;
    desk.press("Unlock").await?;
    desk.hears("Unlocked by support").await?;
    desk.sees("Account unlocked (support)").await?;
    desk.is_sound().await?;

    reception.session.heading("User authorization").await?;
    reception.session.sees("Your account is unlocked.").await?;
    clinic.mail(&nurse.email, "Your account is unlocked").await?;
    let mail = clinic.mail(&owner.email, "Support has unlocked an account").await?;
    ensure!(mail.text.contains(&helper.name) && mail.text.contains("Fiona Reid"), "{}", mail.text);

    // Both logs tell the same.
    let log = clinic.signed_in("Ward 1", manager).await?;
    let log = log.call::<wire::activities::ListActivities>(&Default::default()).await?;
    let line =
        log.lines.iter().find(|line| line.action == wire::activities::Action::AccountUnlockedBySupport);
    let told = line.context("no line")?.changes.iter().map(|change| change.new.clone());
    for words in told {
        desk.sees(&words).await?;
    }

    desk.press("Sign out").await?;
    desk.heading("Support desk").await?;
    desk.field("Login").await?;
    desk.close().await?;
    office.session.close().await?;
    reception.session.close().await
}
