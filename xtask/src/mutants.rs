//! `cargo xtask mutants`: breaks the rules, one place at a time, and looks whether a test notices. What is broken, and which tests must
//! notice, stands in `.cargo/mutants.toml`.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{TOLD_BY_CARGO, progress, root, target_dir, tools};

/// The least after which tests count as never ending, which is noticed as well: they take one or two.
const PATIENCE_SECONDS: &str = "20";

/// What became of the mutants, as cargo-mutants counts.
#[derive(Deserialize)]
struct Outcomes {
    total_mutants: u32,
    caught: u32,
    missed: u32,
    timeout: u32,
    unviable: u32,
}

/// Breaks the rules, or what has `part` in the name of its file, its function or the change. Tells whether each break was noticed.
pub fn run(part: Option<&str>) -> Result<bool> {
    progress::title("Breaking the rules of Wardkey");
    let program = tools::cargo_mutants()?;
    // Kept between runs, so that what the rules stand on is compiled once.
    let folder = target_dir().join("mutants");
    fs::create_dir_all(&folder)?;
    let mut mutants = Command::new(program);
    mutants
        .args(["mutants", "--caught", "--unviable", "--colors=never"])
        .args(["--minimum-test-timeout", PATIENCE_SECONDS])
        .args(part.iter().flat_map(|part| ["--re", part]))
        .arg("--output")
        .arg(&folder)
        .current_dir(root())
        .env("CARGO_TARGET_DIR", &folder)
        .env_remove(TOLD_BY_CARGO);
    let said = progress::capture("Trying each mutant on the tests beside its rule", &mut mutants)?;
    let outcomes = fs::read(folder.join("mutants.out/outcomes.json"));
    let outcomes: Outcomes = serde_json::from_slice(&outcomes.with_context(|| said.tail())?)?;
    let Outcomes { total_mutants, caught, missed, timeout, unviable } = outcomes;
    ensure!(total_mutants > 0, "nothing has \"{}\" in its name", part.unwrap_or_default());
    // It ends badly for these two reasons as well.
    ensure!(said.success || missed + timeout > 0, "{}", said.tail());
    for line in said.text.lines().filter(|line| line.starts_with("MISSED")) {
        progress::note(line);
    }
    progress::note(&format!(
        "{total_mutants} mutants: {caught} caught, {timeout} never ended, {unviable} did not compile, {missed} missed"
    ));
    Ok(missed == 0)
}
