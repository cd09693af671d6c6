//! `cargo xtask simulate`: hands over to the clinic's simulator, compiled for speed.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{progress, root};

/// Steps of a long run: ten million.
pub const STEPS_DEFAULT: u64 = 10_000_000;

const SIMULATOR: [&str; 4] =
    ["--release", "--package=wardkey-clinic", "--features=testing", "--bin=simulate"];

/// Lives through so many steps, or through one seed. Tells whether everything held.
pub fn run(steps: u64, seed: Option<u64>) -> Result<bool> {
    progress::title("Simulating clinics");
    let advice = "Mend what does not compile.";
    progress::must("Building the simulator", cargo("build").args(SIMULATOR), advice)?;
    let mut simulator = cargo("run");
    simulator.arg("--quiet").args(SIMULATOR).arg("--").arg(steps.to_string());
    // It says by itself how far it has come.
    let ended = simulator.args(seed.map(|seed| seed.to_string())).status();
    Ok(ended.context("`cargo` could not be started")?.success())
}

fn cargo(verb: &str) -> Command {
    let mut command = Command::new("cargo");
    command.arg(verb).current_dir(root());
    command
}
