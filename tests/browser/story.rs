//! The whole story: a nurse locks herself out, her manager can see it and not mend it, the owner opens the account from the street.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Screen, Wardkey, authenticator, clinic::pin};
use wire::Role;

use wardkey_tests::Person;

use crate::activities::lines;

#[tokio::test]
async fn a_nurse_is_locked_out_and_the_owner_lets_her_in_again() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, manager, nurse) =
        (clinic.first(Role::Owner)?, clinic.first(Role::Manager)?, clinic.first(Role::Employee)?);

    // The nurse arrives at the reception. Nothing that she mistypes on the way is held against her account.
    let reception = Person::with(&clinic, Screen::Computer).await?;
    let at = &reception.session;
    reception.open("/").await?;
    let computer = clinic.computer("Reception 1")?;
    at.type_into("Username", &computer.username).await?;
    at.type_into("Password", "not what the form says").await?;
    at.press("Continue").await?;
    at.sees("Username or password is wrong.").await?;
    reception.meets_no_barrier().await?;
    at.type_into("Password", &computer.password).await?;
    at.press("Continue").await?;
    at.heading("Profile authorization").await?;
    let otpauth_url = &clinic.profile("Main")?.otpauth_url;
    at.type_into("Code", &authenticator::wrong_code(otpauth_url)?).await?;
    at.sees("This code is wrong.").await?;
    at.sees("automatic").await?;
    reception.meets_no_barrier().await?;
    // A phone whose clock is half a minute slow.
    authenticator::early_in_a_step().await;
    at.type_into("Code", &authenticator::code_of_step(otpauth_url, -1)?).await?;
    at.heading("User authorization").await?;
    at.sees("Reception 1 · Main").await?;

    // A right password alone opens nothing: the question comes first, and "No" leaves nothing behind.
    reception.submit(&nurse.login, &nurse.password).await?;
    at.heading("Is this you?").await?;
    at.sees(&nurse.full_name).await?;
    at.sees(&nurse.login).await?;
    reception.meets_no_barrier().await?;
    let status = "return wardkey.send('GET', '/api/users').then(reply => reply.status)";
    ensure!(at.driver.execute(status, vec![]).await?.json() == 401, "there is no session before the yes");
    at.press("No, switch user").await?;
    at.heading("User authorization").await?;
    ensure!(reception.typed("Login").await?.is_empty() && reception.typed("Password").await?.is_empty());

    reception.sign_in(nurse).await?;
    at.press("Switch user").await?;
    at.heading("User authorization").await?;
    ensure!(reception.typed("Login").await?.is_empty());

    // Five wrong passwords.
    for tries_left in [4, 3, 2, 1] {
        reception.is_refused(&nurse.login).await?;
        match tries_left {
            2 => at.sees("2 tries remain.").await?,
            1 => at.sees("1 try remains.").await?,
            _ => {}
        }
        ensure!(clinic.mails_to(&nurse.email).is_empty());
    }
    reception.submit(&nurse.login, "wrong password").await?;
    at.heading("Your account is locked").await?;
    at.hears("Your account is locked").await?;
    reception.meets_no_barrier().await?;

    let mail = clinic.mail(&nurse.email, "Account Locked").await?;
    ensure!(mail.text.contains("will not work while the account is locked"), "{}", mail.text);
    for owner in clinic.opened.users.iter().filter(|user| user.role == Role::Owner) {
        let mail = clinic.mail(&owner.email, "User Account Locked").await?;
        ensure!(mail.text.contains("verify with the employee"), "{}", mail.text);
        ensure!(mail.text.contains("Management / Activities"), "{}", mail.text);
    }
    ensure!(clinic.mails_to(&manager.email).is_empty(), "a manager is not written to");

    // The manager sees it, and can't press the button, nor go around it.
    let office = Person::with(&clinic, Screen::Computer).await?;
    let desk = &office.session;
    office.open("/").await?;
    office.arrive("Reception 2").await?;
    office.sign_in(manager).await?;
    desk.link("My Clinic").await?.click().await?;
    desk.link("User Management").await?;
    desk.heading("Users").await?;
    office.meets_no_barrier().await?;
    desk.link(&nurse.full_name).await?.click().await?;
    desk.heading(&nurse.full_name).await?;
    desk.sees("Locked").await?;
    let unlock = desk.button("Unlock").await?;
    ensure!(!unlock.is_enabled().await?, "the manager's button is greyed out");
    ensure!(unlock.attr("aria-describedby").await?.is_some(), "the button says why");
    desk.sees("Only an owner of the clinic can unlock accounts.").await?;
    office.meets_no_barrier().await?;
    let around = "return wardkey.send('POST', '/api/users/unlock/pin',
                  JSON.stringify({id: location.pathname.split('/').pop()})).then(reply => reply.status)";
    ensure!(desk.driver.execute(around, vec![]).await?.json() == 403, "the server refuses the manager");

    // The owner is in the street. The mail leads to the very account, by way of the same three steps.
    let link = clinic.mail(&owner.email, "User Account Locked").await?;
    let link = link
        .text
        .split_whitespace()
        .find(|word| word.contains("/clinic/users/"))
        .unwrap_or_default()
        .to_owned();
    let street = Person::with(&clinic, Screen::Phone).await?;
    let phone = &street.session;
    phone.go(&link).await?;
    street.arrive("Owner's phone").await?;
    street.sign_in(owner).await?;
    phone.heading(&nurse.full_name).await?;
    phone.press("Unlock").await?;
    phone.hears("PIN sent to").await?;
    phone.shows_no_toast().await?;
    phone.sees("Please enter the PIN code to unlock the account.").await?;
    street.meets_no_barrier().await?;
    let mail = clinic.mail(&owner.email, "User Account Unlock").await?;
    ensure!(mail.text.contains(nurse.full_name.split(' ').next().unwrap_or_default()), "{}", mail.text);
    let digits = pin(&mail)?;
    ensure!(!mail.subject.contains(&digits));
    let field = phone.field("PIN code").await?;
    ensure!(field.attr("inputmode").await?.as_deref() == Some("numeric"));
    ensure!(field.attr("autocomplete").await?.as_deref() == Some("one-time-code"));
    let wrong = if digits == "123456" { "654321" } else { "123456" };
    phone.type_into("PIN code", wrong).await?;
    phone.press("Confirm").await?;
    phone.sees("4 tries remain").await?;
    phone.type_into("PIN code", &digits).await?;
    phone.press("Confirm").await?;
    phone.hears("Account unlocked").await?;
    phone.sees("Active").await?;

    // The nurse's screen has turned by itself, with her login in it.
    at.heading("User authorization").await?;
    at.sees("Your account is unlocked").await?;
    ensure!(reception.typed("Login").await? == nurse.login);
    ensure!(reception.typed("Password").await?.is_empty());
    at.type_into("Password", &nurse.password).await?;
    at.press("Sign in").await?;
    at.press("Yes, sign in").await?;
    at.hears("Signed in as").await?;
    clinic.mail(&nurse.email, "Your account is unlocked").await?;

    // The log tells all of it, newest first.
    desk.link("Management").await?.click().await?;
    desk.heading("Activities").await?;
    desk.sees("Account unlocked").await?;
    office.meets_no_barrier().await?;
    lines(desk, "Login failed", 5).await?;
    lines(desk, "Login declined", 1).await?;
    let script = "return [...document.querySelectorAll('table tr')].map(line => [...line.cells].map(cell => cell.innerText.trim()))";
    let lines: Vec<Vec<String>> = desk.driver.execute(script, vec![]).await?.convert()?;
    ensure!(lines[0] == ["Date and time", "Action", "User", "By", "Computer", "Address"], "{:?}", lines[0]);
    let actions: Vec<&str> = lines.iter().skip(1).map(|line| line[1].as_str()).collect();
    let unlock = ["Login succeeded", "Account unlocked", "Account unlock failed", "PIN sent"];
    ensure!(actions[..4] == unlock, "{actions:?}");
    for action in ["Account locked", "Computer authorized", "Profile authorized"] {
        ensure!(actions.contains(&action), "{action} in {actions:?}");
    }
    let unlocked = &lines[2];
    ensure!(unlocked[2] == nurse.full_name && unlocked[3] == owner.full_name, "{unlocked:?}");
    ensure!(unlocked[4] == "Owner's phone" && unlocked[5] == "127.0.0.1", "{unlocked:?}");
    ensure!(
        unlocked[0].contains("GMT") || unlocked[0].contains("UTC"),
        "the offset is shown: {}",
        unlocked[0]
    );

    for person in [reception, office, street] {
        person.session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_login_that_nobody_has_waits_before_the_same_screen() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    person.open("/").await?;
    person.arrive("Reception 1").await?;
    for _ in 0..4 {
        person.is_refused("nobody.of.that.name").await?;
    }
    person.submit("nobody.of.that.name", "wrong password").await?;
    at.heading("Your account is locked").await?;
    at.press("Switch user").await?;
    at.heading("User authorization").await?;
    ensure!(person.typed("Login").await?.is_empty());

    let manager = clinic.first(Role::Manager)?;
    person.sign_in(manager).await?;
    person.open("/management/activities").await?;
    at.sees("Login failed").await?;
    ensure!(!at.text().await?.contains("nobody.of.that.name"), "what was typed does not land in the log");
    person.session.close().await
}

#[tokio::test]
async fn a_reload_changes_nothing() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let person = Person::with(&clinic, Screen::Computer).await?;
    let (at, nurse) = (&person.session, clinic.first(Role::Employee)?);
    person.open("/").await?;
    person.arrive("Reception 1").await?;
    at.reload().await?;
    at.heading("User authorization").await?;
    person.submit(&nurse.login, &nurse.password).await?;
    at.heading("Is this you?").await?;
    at.reload().await?;
    at.heading("Is this you?").await?;
    at.press("Yes, sign in").await?;
    at.hears("Signed in as").await?;
    at.reload().await?;
    at.sees(&format!("Hello, {}", nurse.full_name)).await?;
    at.press("Sign out").await?;
    at.heading("User authorization").await?;
    at.reload().await?;
    at.heading("User authorization").await?;
    person.session.close().await
}
