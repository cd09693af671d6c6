//! `cargo xtask run | setup-link | support-operator | verify-log | test | build | bench`: the verbs.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use wire::support::NewOperator;
use xtask::{assemble, bench, operator, progress, run, suite, tools, verify_log};

/// Commands of the Wardkey project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build Wardkey, start it with two demo clinics and stay in the foreground; Ctrl-C stops everything
    Run {
        /// The port to listen on
        #[arg(long, env = "WARDKEY_PORT", default_value_t = run::PORT_DEFAULT)]
        port: u16,
        /// The folder that keeps clinics, mails and the secret key between runs
        #[arg(long, value_name = "DIR", default_value = ".wardkey")]
        state: PathBuf,
        /// Empty the state folder first
        #[arg(long)]
        fresh: bool,
        /// Found no demo clinics
        #[arg(long)]
        no_demo: bool,
    },
    /// Make a link that opens one new clinic, at a running or deployed Wardkey, with its secret key
    SetupLink {
        /// Where that Wardkey is
        #[arg(long, default_value = "http://localhost:8787")]
        url: String,
        /// The state folder of `cargo xtask run`, for its secret key; SECRET_KEY in the environment goes before it
        #[arg(long, value_name = "DIR", default_value = ".wardkey")]
        state: PathBuf,
    },
    /// Make an operator of the support desk, at a running or deployed Wardkey, with its secret key; one with this login gets a new
    /// password and a new code, and is unlocked. Or remove one
    SupportOperator {
        /// The operator's name
        #[arg(long, required_unless_present = "remove")]
        name: Option<String>,
        /// The login
        #[arg(long)]
        login: String,
        /// Remove the operator of this login, wherever they are signed in
        #[arg(long, conflicts_with = "name")]
        remove: bool,
        /// Where that Wardkey is
        #[arg(long, default_value = "http://localhost:8787")]
        url: String,
        /// The state folder of `cargo xtask run`, for its secret key; SECRET_KEY in the environment goes before it
        #[arg(long, value_name = "DIR", default_value = ".wardkey")]
        state: PathBuf,
    },
    /// Run every test, or those whose name contains NAME
    Test {
        /// A part of the names of the tests to run
        name: Option<String>,
    },
    /// Verify a log that was exported as JSON Lines without filters: says how many lines are good, or which is the first bad one
    VerifyLog {
        /// The exported file
        file: PathBuf,
        /// The key that must have signed for the lines that went, as an earlier file of the same Wardkey told it
        #[arg(long)]
        key: Option<String>,
    },
    /// Build app and Worker into dist/ and build/, which `wrangler deploy` takes
    Build,
    /// Measure sizes and ratios of times, and write them to target/bench/report.json; a missed bar fails it
    Bench {
        /// Also compare a machine with 10,000 clinics with one that has ten; opening them takes minutes
        #[arg(long)]
        many_clinics: bool,
        /// Also compare a log of a million lines with one of a thousand; writing them takes minutes
        #[arg(long)]
        log: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().verb {
        Verb::Run { port, state, fresh, no_demo } => {
            run::run(&run::Options { port, state, fresh, demo: !no_demo }).map(|()| true)
        }
        Verb::SetupLink { url, state } => operator::setup_link(&url, &state).map(|()| true),
        Verb::SupportOperator { name: Some(name), login, url, state, .. } => {
            operator::support_operator(&url, &state, NewOperator { name, login }).map(|()| true)
        }
        Verb::SupportOperator { name: None, login, url, state, .. } => {
            operator::remove_support_operator(&url, &state, login).map(|()| true)
        }
        Verb::Test { name } => suite::run(name.as_deref()),
        Verb::VerifyLog { file, key } => verify_log::run(&file, key.as_deref()),
        Verb::Build => build().map(|()| true),
        Verb::Bench { many_clinics, log } => bench::run(many_clinics, log),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            progress::failed(&error);
            ExitCode::FAILURE
        }
    }
}

fn build() -> anyhow::Result<()> {
    progress::title("Building Wardkey");
    let tools = tools::for_building()?;
    assemble::app(&tools)?;
    assemble::worker(&tools)?;
    progress::note("The app is in dist/, the Worker in build/. `npx wrangler deploy` takes both.");
    Ok(())
}
