//! What stands outside the steps: a clinic is opened, a password is reset, a file is verified.

use std::fs;

use anyhow::{Context, Result};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, ORIGIN},
};
use tempfile::TempDir;
use wardkey_tests::{Chrome, Client, Clinic, Screen};
use wire::{
    Endpoint, Role,
    activities::ExportActivities,
    recovery::{RequestReset, ResetRequest},
};

use super::Stage;

pub const PAGES: &[&str] = &[
    "setup",
    "setup-refused",
    "setup-done",
    "setup-used",
    "reset",
    "reset-refused",
    "reset-done",
    "reset-spent",
    "verify",
    "verify-whole",
    "verify-bad",
];

/// Somebody follows links.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    let link = stage.wardkey.setup_link()?;
    at.go(&link).await?;
    at.heading("Open your clinic").await?;
    stage.camera.shoot(&at, "setup").await?;
    for (field, words) in [
        ("Clinic's name", "Quayside Clinic"),
        ("Time zone", "Europe/London"),
        ("Last name", "Whitfield"),
        ("First name", "Margaret"),
        ("E-mail", "margaret"),
    ] {
        at.type_into(field, words).await?;
    }
    at.press("Open the clinic").await?;
    at.sees("Check the e-mail address").await?;
    stage.camera.shoot(&at, "setup-refused").await?;
    at.type_into("E-mail", "margaret@quayside.example.org").await?;
    at.press("Open the clinic").await?;
    at.heading("Quayside Clinic is open").await?;
    stage.camera.shoot(&at, "setup-done").await?;
    at.close().await?;

    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    at.go(&link).await?;
    at.sees("This setup link has opened its clinic already.").await?;
    stage.camera.shoot(&at, "setup-used").await?;

    let clinic = Clinic::open(stage.wardkey)?;
    let (owner, dentist) = (clinic.first(Role::Owner)?, clinic.user("oconnor")?);
    let client = clinic.signed_in("Reception 1", owner).await?;
    client.call::<RequestReset>(&ResetRequest { login: dentist.login.clone() }).await?;
    let mail = clinic.mail(&dentist.email, "Reset your password").await?;
    let link = mail.text.lines().find(|line| line.contains("/reset#")).context("no link")?;
    at.go(link).await?;
    at.heading("Choose a new password").await?;
    at.field("New password").await?;
    stage.camera.shoot(&at, "reset").await?;
    at.type_into("New password", "short").await?;
    at.press("Save the password").await?;
    at.refuses("New password", "This password is too short.").await?;
    stage.camera.shoot(&at, "reset-refused").await?;
    at.type_into("New password", "Quiet harbour 47").await?;
    at.press("Save the password").await?;
    at.heading("Your password is changed").await?;
    stage.camera.shoot(&at, "reset-done").await?;
    // The same address but for its last part would load nothing.
    at.go("about:blank").await?;
    at.go(link).await?;
    at.sees("This link is not good, or not any more").await?;
    stage.camera.shoot(&at, "reset-spent").await?;

    at.go(&format!("{}/verify", stage.wardkey.origin())).await?;
    at.heading("Verify a file").await?;
    stage.camera.shoot(&at, "verify").await?;
    let folder = TempDir::with_prefix("wardkey-screens-")?;
    let whole = export(&client).await?;
    let changed = whole.replacen("Reception 1", "Reception 7", 1);
    for (page, name, text, verdict) in [
        ("verify-whole", "whole.jsonl", whole, "whole.jsonl is whole, and signed with this key."),
        ("verify-bad", "changed.jsonl", changed, "of changed.jsonl is bad."),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        at.field("Exported log").await?.send_keys(path.to_str().context("a strange folder")?).await?;
        at.hears(verdict).await?;
        stage.camera.shoot(&at, page).await?;
    }
    at.close().await
}

/// The log as an owner takes it away.
async fn export(owner: &Client) -> Result<String> {
    let headers = [(CONTENT_TYPE.as_str(), "application/json"), (ORIGIN.as_str(), owner.origin())];
    let body = r#"{"format":"jsonl"}"#.to_owned();
    Ok(owner.send(Method::POST, ExportActivities::PATH, &headers, Some(body)).await?.text)
}
