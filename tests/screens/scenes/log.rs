//! The log: full, narrowed down, empty, exported, on its way, and one's own lines alone.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use wardkey_tests::{Clinic, Person, Screen};
use wire::Role;

use super::Stage;

pub const PAGES: &[&str] = &[
    "activities",
    "activities-filtered",
    "activities-nothing",
    "activities-export",
    "activities-loading",
    "activities-own",
];

const LOG: &str = "/management/activities";
const WORDS: &str = "Search by name, login, computer or address";

/// An owner looks into the log, and a nurse at her own lines.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.user("hughes")?);
    let door = clinic.signed_in("Ward 1", nurse).await?;
    door.sign_out().await?;
    clinic.lock(&door, "patel").await?;
    for login in ["nobody", "oconnor", "oconnor"] {
        ensure!(door.try_password(login, "wrong password").await?.is_err());
    }
    let person = Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, LOG).await?;
    let at = &person.session;
    at.heading("Failed logins").await?;
    at.sees("Account locked").await?;
    stage.camera.shoot(at, "activities").await?;
    at.choose("Action", "Failed logins").await?;
    at.type_into(WORDS, "oconnor").await?;
    at.sees("2 failed logins").await?;
    // On the phone they are folded away, and nobody sees the button here.
    at.driver.execute("document.querySelector('.unfold').click()", vec![]).await?;
    stage.camera.shoot(at, "activities-filtered").await?;
    at.type_into(WORDS, "zzzz").await?;
    at.hears("Nothing matches.").await?;
    stage.camera.shoot(at, "activities-nothing").await?;
    at.press("Clear filters").await?;
    let folder = TempDir::with_prefix("wardkey-screens-")?;
    let path = folder.path().to_str().context("a strange folder")?;
    at.devtools("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": path })).await?;
    at.press("Export").await?;
    at.hears("The file is complete and saved").await?;
    stage.camera.shoot(at, "activities-export").await?;
    at.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*/api/activities*" }] })).await?;
    person.open(LOG).await?;
    at.heading("Activities").await?;
    stage.camera.shoot(at, "activities-loading").await?;
    at.devtools("Fetch.disable", json!({})).await?;
    person.session.close().await?;

    let person = Person::sits_down(&clinic, Screen::Computer, "Reception 2", nurse, LOG).await?;
    person.session.sees("You see the lines about yourself.").await?;
    person.session.sees("Login succeeded").await?;
    stage.camera.shoot(&person.session, "activities-own").await?;
    person.session.close().await
}
