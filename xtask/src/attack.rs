//! `cargo xtask attack`: hands over to the tests' attacks, which start a Wardkey by themselves.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{progress, root, tools};

const ATTACKS: [&str; 2] = ["--package=wardkey-tests", "--bin=attack"];

/// Makes all attacks, or those with `only` in their names; with `long` also the figures that take longer. Tells whether all
/// came to nothing.
pub fn run(only: Option<&str>, long: bool) -> Result<bool> {
    progress::title("Attacking Wardkey");
    tools::for_testing()?;
    progress::must("Building the attacks", cargo("build").args(ATTACKS), "Mend what does not compile.")?;
    let mut attacks = cargo("run");
    attacks.arg("--quiet").args(ATTACKS).arg("--").args(only.iter().flat_map(|part| ["--only", part]));
    // They say by themselves what they do. Ctrl-C reaches them as well, and what they have started ends with them.
    let ended = attacks.args(long.then_some("--long")).status().context("`cargo` could not be started")?;
    Ok(ended.success())
}

fn cargo(verb: &str) -> Command {
    let mut command = Command::new("cargo");
    command.arg(verb).current_dir(root());
    command
}
