//! `cargo xtask screens`: hands over to the tests' camera, which starts Wardkey by itself.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{progress, tools};

const CAMERA: [&str; 2] = ["--package=wardkey-tests", "--bin=screens"];

/// Shoots every page, or those with `only` in their names. Tells whether all of them are sound.
pub fn run(only: Option<&str>) -> Result<bool> {
    progress::title("Shooting every screen of Wardkey");
    tools::for_testing()?;
    progress::must("Building the camera", cargo("build").args(CAMERA), "Mend what does not compile.")?;
    let mut camera = cargo("run");
    camera.arg("--quiet").args(CAMERA).arg("--").args(only.iter().flat_map(|part| ["--only", part]));
    // It says by itself what it does. Ctrl-C reaches it as well, and what it has started ends with it.
    let ended = camera.status().context("`cargo` could not be started")?;
    Ok(ended.success())
}

fn cargo(verb: &str) -> Command {
    let mut command = crate::cargo();
    command.arg(verb);
    command
}
