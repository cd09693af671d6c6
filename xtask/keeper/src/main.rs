//! `wardkey`: keeps a home. Backup while it runs, restore, a new version and the way back to the one before; see docs/home.md.

mod back_up;
mod filled;
mod home;
mod records;
mod restore;
mod versions;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::home::Home;

/// Keeps the records and the versions of a home. Run it as root, or as the user that the Worker runs as.
#[derive(Parser)]
#[command(name = "wardkey", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Copy every record into a new folder, each file as it was at one moment; the Worker may run meanwhile
    BackUp {
        /// The home
        home: PathBuf,
        /// The new folder
        to: PathBuf,
    },
    /// Put the records of a backup in the place of those that are there, which are kept aside. The Worker must be stopped. Whoever was
    /// signed in has to begin at step 1; PINs, links and codes that were given out are worth nothing; no mail leaves a second time
    Restore {
        /// The home
        home: PathBuf,
        /// The backup
        from: PathBuf,
    },
    /// Take a version in that `cargo xtask home` has written, and make it the current one; what runs goes on until it is started anew.
    /// Given the version that is there, its texts take up what wardkey.env says by now. Records and secrets are left alone
    TakeIn {
        /// The home
        home: PathBuf,
        /// The version's folder
        version: PathBuf,
    },
    /// Make the version before the current one, if it knows the records as they are by now
    RollBack {
        /// The home
        home: PathBuf,
    },
    /// Look whether this version knows the records as they are
    Check {
        /// The home
        home: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::BackUp { home, to } => back_up::run(&Home::at(&home)?, &to),
        Verb::Restore { home, from } => restore::run(&Home::at(&home)?, &from),
        Verb::TakeIn { home, version } => versions::take_in(&Home::at(&home)?, &version),
        Verb::RollBack { home } => versions::roll_back(&Home::at(&home)?),
        Verb::Check { home } => versions::check(&Home::at(&home)?),
    }
}
