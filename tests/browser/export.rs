//! The log leaves as a file, of what is looked for or whole, and an owner alone is offered it.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use tempfile::TempDir;
use wardkey_tests::{Clinic, Screen, Session, Wardkey, session::SCREEN_PATIENCE};
use wire::Role;
use xtask::log_key;

use wardkey_tests::Person;

const LOG: &str = "/management/activities";

#[tokio::test]
async fn an_owner_takes_the_log_away_as_a_file() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let door = clinic.at("Ward 1").await?;
    ensure!(door.try_password("hughes", "wrong").await?.is_err());
    let person = Person::sits_down(&clinic, Screen::Computer, "Owner's phone", owner, LOG).await?;
    let at = &person.session;
    let folder = TempDir::with_prefix("wardkey-export-")?;
    let path = folder.path().to_str().context("a strange folder")?;
    at.devtools("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": path })).await?;
    at.heading("Activities").await?;
    at.is_sound().await?;

    // What is looked for, as a table.
    at.choose("Action", "Failed logins").await?;
    at.press("Export").await?;
    at.hears("The file is complete and saved").await?;
    at.is_sound().await?;
    let table = saved(at, &folder, "wardkey-log.csv").await?;
    ensure!(table.lines().count() == 2 && table.contains("\"login_failed\""), "{table}");

    // The same for programs that gather audit records.
    at.choose("File format", "Audit records (FHIR R4)").await?;
    at.press("Export").await?;
    let records = saved(at, &folder, "wardkey-log.ndjson").await?;
    ensure!(records.lines().count() == 1 && records.contains("\"AuditEvent\""), "{records}");

    // All of it, to be verified later.
    at.press("Clear filters").await?;
    at.choose("File format", "Verifiable file (JSON Lines)").await?;
    at.press("Export").await?;
    let file = saved(at, &folder, "wardkey-log.jsonl").await?;
    ensure!(file.lines().last().context("no end")?.starts_with("{\"end\":"), "{file}");

    // The log tells of all three.
    at.sees("Format: Verifiable file (JSON Lines)").await?;
    ensure!(at.table().await?.matches("Log exported").count() == 3, "{}", at.table().await?);

    // And the page that verifies it knows the key that has signed it.
    at.link("Verify a file").await?.click().await?;
    at.heading("Verify a file").await?;
    at.is_sound().await?;
    let key = log_key::of(&clinic.wardkey.settings().secret_key_bytes()?)?;
    at.holds("Key that must have signed it", &key.to_string()).await?;
    let field = at.field("Exported log").await?;
    field.send_keys(folder.path().join("wardkey-log.jsonl").to_str().context("a strange folder")?).await?;
    at.hears("wardkey-log.jsonl is whole, and signed with this key.").await?;
    at.is_sound().await?;
    person.session.close().await
}

#[tokio::test]
async fn nobody_else_is_offered_an_export() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let manager = clinic.first(Role::Manager)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Reception 1", manager, LOG).await?;
    let at = &person.session;
    at.heading("Failed logins").await?;
    at.sees("Login succeeded").await?;
    ensure!(!at.text().await?.contains("Export"), "a manager is offered an export");
    person.session.close().await
}

/// What was saved under this name, once it is there.
async fn saved(at: &Session<'_>, folder: &TempDir, name: &str) -> Result<String> {
    let deadline = Instant::now() + SCREEN_PATIENCE;
    loop {
        if let Ok(text) = fs::read_to_string(folder.path().join(name))
            && !text.is_empty()
        {
            return Ok(text);
        }
        if Instant::now() > deadline {
            bail!("{name} was not saved:\n{}", at.text().await?);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
