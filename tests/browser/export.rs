//! The log leaves as a file, of what is looked for or whole, and an owner alone is offered it.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clinic::keys::Keys;
use serde_json::{Value, json};
use tempfile::TempDir;
use wardkey_tests::{Clinic, Screen, Session, Wardkey, session::SCREEN_PATIENCE};
use wire::{
    Role,
    log_file::{FileVerifier, hex_of},
};

use crate::person::Person;

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
    let mut verifier = FileVerifier::default();
    verifier.take(file.as_bytes()).map_err(|bad| anyhow!("{bad:?}: {file}"))?;
    let lines = verifier.finish().map_err(|bad| anyhow!("{bad:?}: {file}"))?;
    ensure!(lines as usize + 1 == file.lines().count(), "{lines}: {file}");

    // The log tells of both.
    at.sees("Log exported").await?;
    verifies_it_offline(at, &folder, &file).await?;
    person.session.close().await
}

/// A whole file and one with a changed line, on the page that sends nothing anywhere.
async fn verifies_it_offline(at: &Session<'_>, folder: &TempDir, file: &str) -> Result<()> {
    at.link("Verify a file").await?.click().await?;
    at.heading("Verify a file").await?;
    at.is_sound().await?;
    at.network(false).await?;
    let whole = folder.path().join("wardkey-log.jsonl");
    let changed = folder.path().join("changed.jsonl");
    let third = file.lines().nth(2).context("a short log")?;
    fs::write(
        &changed,
        file.replacen(third, &third.replace("Ward 1", "Ward 2").replace("Owner's phone", "x"), 1),
    )?;
    let field = at.field("Exported log").await?;
    field.send_keys(whole.to_str().context("a strange folder")?).await?;
    at.hears("The log is whole").await?;
    field.send_keys(changed.to_str().context("a strange folder")?).await?;
    at.hears("Line 3 of the file is bad.").await?;
    at.is_sound().await?;

    // The same log once its first lines went, and when somebody moved on where they ended.
    let (trimmed, key) = trimmed(file)?;
    let kept = folder.path().join("trimmed.jsonl");
    fs::write(&kept, &trimmed)?;
    field.send_keys(kept.to_str().context("a strange folder")?).await?;
    at.hears("Lines 1 to 2 of the log were removed").await?;
    at.sees(&key).await?;
    at.is_sound().await?;
    let forged = folder.path().join("forged.jsonl");
    fs::write(&forged, trimmed.replacen("\"seq\":2,", "\"seq\":3,", 1))?;
    field.send_keys(forged.to_str().context("a strange folder")?).await?;
    at.hears("Line 1 of the file is bad.").await?;
    at.is_sound().await
}

/// The file as it would be without its first two lines, and the key that has signed for them.
fn trimmed(file: &str) -> Result<(String, String)> {
    let lines: Vec<&str> = file.lines().skip(2).collect();
    let (end, lines) = lines.split_last().context("a short log")?;
    let third: Value = serde_json::from_str(lines.first().context("a short log")?)?;
    let digits = third["before"].as_str().context("no hash")?;
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * place..2 * place + 2], 16)?;
    }
    let checkpoint = Keys::derive(&[1; 32]).sign_checkpoint(2, &hash, 1).context("it cannot be signed")?;
    let end: Value = serde_json::from_str(end)?;
    let last = end["hash"].as_str().context("no end")?;
    let trimmed = format!(
        "{}{}\n{{\"lines\":{},\"hash\":\"{last}\"}}\n",
        checkpoint.write(),
        lines.join("\n"),
        lines.len()
    );
    Ok((trimmed, hex_of(&checkpoint.key)))
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
