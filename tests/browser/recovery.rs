//! A dentist has forgotten his password, and chooses another one on the phone that he reads his mail on.

use anyhow::{Context, Result, ensure};
use wardkey_tests::{Chrome, Clinic, Screen, Wardkey};

use wardkey_tests::Person;

const NEW: &str = "Quiet harbour 47";

#[tokio::test]
async fn a_dentist_forgets_his_password_and_chooses_another_on_his_phone() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let dentist = clinic.user("oconnor")?;
    let reception = Person::with(&clinic, Screen::Computer).await?;
    let at = &reception.session;
    reception.open("/").await?;
    reception.arrive("Reception 1").await?;
    at.link("Forgot password?").await?.click().await?;
    at.heading("Forgot your password?").await?;
    at.heading("Who can help otherwise").await?;
    at.is_sound().await?;
    at.type_into("Login", "патель").await?;
    at.press("Send the link").await?;
    at.refuses("Login", "A login has Latin letters").await?;

    // Whoever it is, the same is said; only his mailbox knows more.
    at.type_into("Login", "nobody.of.that.name").await?;
    at.press("Send the link").await?;
    at.hears("If “nobody.of.that.name” is your login").await?;
    at.shows_no_toast().await?;
    at.press("Type another login").await?;
    at.type_into("Login", &dentist.login).await?;
    at.press("Send the link").await?;
    at.hears(&format!("If “{}” is your login", dentist.login)).await?;
    at.is_sound().await?;
    let mail = clinic.mail(&dentist.email, "Reset your password").await?;
    let link = mail.text.lines().find(|line| line.contains("/reset#")).context("no link")?;

    // The phone has never been near the clinic's computers.
    let phone = Chrome::shared().await?.open(Screen::Phone).await?;
    phone.go(link).await?;
    phone.heading("Choose a new password").await?;
    let address = phone.driver.current_url().await?;
    ensure!(address.fragment().is_none_or(str::is_empty), "the token stays in the address bar: {address}");
    phone.sees(&dentist.full_name).await?;
    phone.sees(&clinic.opened.name).await?;
    phone.sees("At least 8 characters.").await?;
    phone.is_sound().await?;
    for (password, sentence) in [
        ("", "Type the password."),
        ("short", "This password is too short."),
        ("password123", "everybody tries first"),
        (dentist.login.as_str(), "This password is too short."),
    ] {
        phone.type_into("New password", password).await?;
        phone.press("Save the password").await?;
        phone.refuses("New password", sentence).await?;
    }
    phone.type_into("New password", NEW).await?;
    phone.press("Show characters").await?;
    let field = phone.field("New password").await?;
    ensure!(field.attr("type").await?.as_deref() == Some("text"), "it can be looked at");
    ensure!(field.attr("autocomplete").await?.as_deref() == Some("new-password"));
    phone.press("Save the password").await?;
    phone.heading("Your password is changed").await?;
    phone.hears("Your password is changed").await?;
    phone.is_sound().await?;
    phone.link("Go to sign-in").await?.click().await?;
    phone.heading("Computer authorization").await?;
    clinic.mail(&dentist.email, "Your password was changed").await?;

    phone.go(link).await?;
    phone.sees("This link is not good, or not any more").await?;
    phone.is_sound().await?;

    // At the reception the old one is worth nothing, and the new one lets him in.
    at.link("Back to sign-in").await?.click().await?;
    reception.submit(&dentist.login, &dentist.password).await?;
    at.sees("Login or password is wrong.").await?;
    reception.submit(&dentist.login, NEW).await?;
    at.press("Yes, sign in").await?;
    at.hears("Signed in as").await?;
    at.sees_toast("Signed in as").await?;

    reception.session.close().await?;
    phone.close().await
}

#[tokio::test]
async fn whoever_is_locked_meanwhile_is_told_whom_to_ask() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let dentist = clinic.user("oconnor")?;
    let reception = Person::with(&clinic, Screen::Narrow).await?;
    let at = &reception.session;
    reception.open("/").await?;
    reception.arrive("Reception 1").await?;
    reception.open("/forgot").await?;
    at.type_into("Login", &dentist.login).await?;
    at.press("Send the link").await?;
    at.hears("a link is on its way").await?;
    at.is_sound().await?;
    let mail = clinic.mail(&dentist.email, "Reset your password").await?;
    let link = mail.text.lines().find(|line| line.contains("/reset#")).context("no link")?;
    let (page, _) = link.split_once('#').context("no token")?;

    let phone = Chrome::shared().await?.open_in(Screen::Narrow, "fr-FR").await?;
    phone.go(page).await?;
    phone.sees("sa dernière partie manquait").await?;
    phone.is_sound().await?;
    phone.go(link).await?;
    phone.heading("Choisissez un nouveau mot de passe").await?;
    phone.field("Nouveau mot de passe").await?;

    at.link("Back to sign-in").await?.click().await?;
    for _ in 0..4 {
        reception.is_refused(&dentist.login).await?;
    }
    reception.submit(&dentist.login, "wrong password").await?;
    at.heading("Your account is locked").await?;
    phone.type_into("Nouveau mot de passe", NEW).await?;
    phone.press("Enregistrer le mot de passe").await?;
    phone.sees("Votre compte a été bloqué entre-temps.").await?;
    phone.is_sound().await?;

    reception.session.close().await?;
    phone.close().await
}
