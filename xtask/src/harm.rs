//! `cargo xtask attack` and `cargo xtask faults`: hand over to the tests' programs of these names, which start a Wardkey by themselves.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{older, progress, root, tools};

/// What is done to a Wardkey.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// What somebody tries who means harm.
    Attack,
    /// What breaks around it.
    Faults,
}

impl Harm {
    fn title(self) -> &'static str {
        match self {
            Harm::Attack => "Attacking Wardkey",
            Harm::Faults => "Breaking what Wardkey stands on",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Harm::Attack => "attack",
            Harm::Faults => "faults",
        }
    }
}

/// Does all of it, or what has `only` in its name; with `long` also what takes longer. Tells whether all came to nothing.
pub fn run(harm: Harm, only: Option<&str>, long: bool) -> Result<bool> {
    progress::title(harm.title());
    tools::for_testing()?;
    if harm == Harm::Faults && only.is_none_or(|part| older::FAULT.contains(part)) {
        older::build()?;
    }
    let program = ["--package=wardkey-tests", "--bin", harm.program()];
    progress::must("Building the program", cargo("build").args(program), "Mend what does not compile.")?;
    let mut harms = cargo("run");
    harms.arg("--quiet").args(program).arg("--").args(only.iter().flat_map(|part| ["--only", part]));
    // It says by itself what it does. Ctrl-C reaches it as well, and what it has started ends with it.
    let ended = harms.args(long.then_some("--long")).status().context("`cargo` could not be started")?;
    Ok(ended.success())
}

fn cargo(verb: &str) -> Command {
    let mut command = Command::new("cargo");
    command.arg(verb).current_dir(root());
    command
}
