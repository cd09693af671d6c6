//! The build for benchmarks and for tests of time: its clock can be moved, and what ships has nothing of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Clinic, Wardkey, client::BREAKING_HEADER, clinic::CLOCK_PATH};
use wire::{Empty, sign_in::SignInState};
use xtask::{assemble, bench};

/// What stands in the trial build, and would stand in any other that could move its clock or be broken by a request.
const TRACES: [&str; 3] = ["Wardkey-Trial-Clock", BREAKING_HEADER, "/api/trial/"];

#[tokio::test]
async fn what_ships_knows_no_route_of_the_trial_build() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    let paths = [
        bench::HASH_PATH,
        bench::HOLD_PATH,
        bench::OBJECT_PATH,
        CLOCK_PATH,
        "/api/trial/log",
        "/api/trial/objects",
        "/api/trial/memory",
    ];
    for method in [Method::GET, Method::POST, Method::PUT] {
        let unknown = client.send(method.clone(), "/api/nowhere", &[], None).await?;
        ensure!(unknown.status == 404, "{unknown:?}");
        for path in paths {
            let asked = format!("{path}?clinic=harbour&seconds=60");
            let reply = client.send(method.clone(), &asked, &[], None).await?;
            ensure!((reply.status, &reply.text) == (404, &unknown.text), "{method} {path}: {reply:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_ships_holds_not_even_the_names() -> Result<()> {
    let (_shipped, _trial) = (Wardkey::shared()?, Wardkey::with_clock()?);
    for trace in TRACES {
        let in_trial = holding(&assemble::trial_modules(), trace)?;
        ensure!(
            !in_trial.is_empty(),
            "{trace} stands nowhere in the trial build: this test would see nothing"
        );
        let shipped = [holding(&assemble::modules(), trace)?, holding(&assemble::site(), trace)?].concat();
        ensure!(shipped.is_empty(), "{trace} stands in {shipped:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_moved_clock_is_the_time_of_whatever_follows() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let door = clinic.at("Reception 1").await?;
    clinic.pass_minutes(11 * 60).await?;
    ensure!(matches!(door.state().await?, SignInState::User { .. }), "twelve hours had not passed");
    clinic.pass_minutes(61).await?;
    let SignInState::Profile { .. } = door.state().await? else {
        anyhow::bail!("twelve hours had passed");
    };
    // The phone's clock goes with the tests' one.
    clinic.signed_in("Reception 2", clinic.user("hughes")?).await?.call::<wire::me::GetMe>(&Empty {}).await?;
    Ok(())
}

/// The files of a folder that hold some bytes.
fn holding(folder: &Path, trace: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let bytes = fs::read(entry.path())?;
            if bytes.windows(trace.len()).any(|window| window == trace.as_bytes()) {
                found.push(entry.into_path());
            }
        }
    }
    Ok(found)
}
