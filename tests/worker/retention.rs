//! Old lines of the log go by the object's alarm, and what remains verifies.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wardkey_tests::{Clinic, Wardkey};
use wire::activities::Action;

use crate::{
    activities_export::{export, proven},
    acts,
};

/// Later than six years after the end of any month, which is how long the log is kept.
const LATER_MINUTES: u32 = (6 * 366 + 62) * 24 * 60;
/// How long the alarm may take.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn old_lines_go_by_themselves_and_the_rest_verifies() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    clinic.pass_minutes(LATER_MINUTES).await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let deadline = Instant::now() + PATIENCE;
    let log = loop {
        let log = acts::log(&owner).await?;
        if acts::count(&log, Action::LogTrimmed) > 0 {
            break log;
        }
        ensure!(Instant::now() < deadline, "nothing went: {log:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for gone in [Action::ClinicOpened, Action::AccountLocked, Action::LoginFailed] {
        ensure!(acts::count(&log, gone) == 0, "{gone:?} is six years old: {log:?}");
    }
    ensure!(acts::count(&log, Action::LoginSucceeded) == 1, "what is new went as well: {log:?}");

    let file = export(&owner, json!({ "format": "jsonl" })).await?;
    let said = proven(&owner, &file.text).await?;
    ensure!(file.text.starts_with("{\"checkpoint\":"), "nothing stands for the lines that went: {said:?}");
    let first = log.last().context("an empty log")?.seq;
    ensure!(u64::try_from(first)? == said.gone() + 1, "{said:?} with line {first}");
    // With the line that says that it was exported.
    ensure!(said.lines == log.len() as u64 + 1, "{said:?} of {}", log.len());
    Ok(())
}
