//! Somebody looks after their own account: password, language of mails, and where they are signed in.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::{
    Role,
    me::{ChangePassword, SignOutEverywhere},
};

use crate::{
    person::Person,
    turning::{note_heading, note_reply, turned},
};

const OWN: &str = "Quiet harbour 47";

#[tokio::test]
async fn a_nurse_changes_her_password_and_signs_out_everywhere() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = clinic.first(Role::Employee)?;
    let here = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", nurse, "/me").await?;
    let there = Person::sits_down(&clinic, Screen::Computer, "Ward 2", nurse, "/clinic/users").await?;
    let (at, away) = (&here.session, &there.session);
    at.heading("My account").await?;
    at.reload().await?;
    at.sees("Ward 2").await?;
    at.is_sound().await?;

    at.choose("Language", "Français").await?;
    at.hears("Your mails come in this language from now on").await?;

    for (current, password, field, sentence) in [
        ("not my password", OWN, "Current password", "Your current password is wrong."),
        (nurse.password.as_str(), "short", "New password", "This password is too short."),
        (&nurse.password, "password123", "New password", "everybody tries first"),
        (&nurse.password, &nurse.full_name, "New password", "A name or a login makes a poor password"),
        (&nurse.password, &nurse.password, "New password", "This is the password that you have already."),
    ] {
        at.type_into("Current password", current).await?;
        at.type_into("New password", password).await?;
        at.press("Change password").await?;
        at.refuses(field, sentence).await?;
    }
    at.is_sound().await?;
    at.type_into("Current password", &nurse.password).await?;
    at.type_into("New password", OWN).await?;
    note_heading(away, "User authorization").await?;
    note_reply::<ChangePassword>(at).await?;
    at.press("Change password").await?;
    at.hears("Password changed. You are signed out everywhere else.").await?;
    turned(away, at).await?;
    at.empties("Current password").await?;
    at.empties("New password").await?;
    let mail = clinic.mail(&nurse.email, "Votre mot de passe a été changé").await?;
    ensure!(!mail.text.contains(OWN), "{}", mail.text);

    // The old one is worth nothing, the new one lets her in.
    there.submit(&nurse.login, &nurse.password).await?;
    away.sees("Login or password is wrong.").await?;
    there.submit(&nurse.login, OWN).await?;
    away.press("Yes, sign in").await?;
    away.hears("Signed in as").await?;

    at.reload().await?;
    at.sees("Ward 2").await?;
    at.press("Sign out everywhere").await?;
    at.sees("You will be signed out on 2 computers, this one included.").await?;
    at.is_sound().await?;
    note_heading(away, "User authorization").await?;
    note_reply::<SignOutEverywhere>(at).await?;
    at.answer("Sign out everywhere").await?;
    at.heading("User authorization").await?;
    turned(away, at).await?;
    away.is_sound().await?;

    for person in [here, there] {
        person.session.close().await?;
    }
    Ok(())
}
