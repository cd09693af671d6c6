//! `cargo xtask fuzz`: hands over to the tests' fuzzing, which starts a Wardkey by itself.

use anyhow::{Context, Result};

use crate::{cargo, progress, tools};

/// Requests in all, where nobody says otherwise.
pub const CASES_DEFAULT: u64 = 100_000;

const FUZZ: [&str; 2] = ["--package=wardkey-tests", "--bin=fuzz"];

/// Sends at least so many requests. Tells whether every reply was as it should be.
pub fn run(cases: u64) -> Result<bool> {
    progress::title("Fuzzing Wardkey");
    tools::for_testing()?;
    let mut build = cargo();
    progress::must("Building the harness", build.arg("build").args(FUZZ), "Mend what does not compile.")?;
    let mut fuzz = cargo();
    fuzz.args(["run", "--quiet"]).args(FUZZ).arg("--").arg(cases.to_string());
    // It says by itself what it does. Ctrl-C reaches it as well, and what it has started ends with it.
    Ok(fuzz.status().context("`cargo` could not be started")?.success())
}
