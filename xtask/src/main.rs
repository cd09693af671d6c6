//! `cargo xtask run | setup-link | support-operator | emergency-unlock | log-key | metrics-key | verify-log | test | prove | simulate | screens | attack | faults | fuzz | mutants | observatory | audit | fresh | api-reference | build | home | deploy-check | doctor | clinic | release | bench`: the verbs.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use wire::{
    operator::{OwnerUnlock, ProfileReopening},
    place::{ClinicPlace, Jurisdiction, Region},
    signed::LogKey,
    support::NewOperator,
};
use xtask::{
    api_reference,
    archive::{self, Place},
    assemble, audit, bench, deploy_check,
    doctor::{self, Asked},
    finish, fresh, fuzz,
    harm::{self, Harm},
    home, log_key, metrics_key, mutants, observatory, operator, progress, prove, release, run, screens,
    simulate, suite, tools, verify_log,
};

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
        /// What the clinic's data never leaves: `eu`, `us` or `fedramp`; anywhere, unless it is said here
        #[arg(long, value_parser = operator::jurisdiction)]
        jurisdiction: Option<Jurisdiction>,
        /// What it is kept close to, such as `weur` or `enam`; whoever opens it, unless it is said here
        #[arg(long, value_parser = operator::region)]
        near: Option<Region>,
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
    /// Let a clinic in again that is locked out of itself, at a running or deployed Wardkey, with its secret key: an owner while every
    /// owner is locked, or a profile that wrong codes have stopped while no other one lets in. The clinic's log and owners are told
    EmergencyUnlock {
        /// The clinic's code: what the usernames of its computers begin with
        #[arg(long, value_name = "CODE")]
        clinic: String,
        /// The login of the owner
        #[arg(long, required_unless_present = "profile")]
        login: Option<String>,
        /// The name of the stopped profile
        #[arg(long, conflicts_with = "login")]
        profile: Option<String>,
        /// Why, for the clinic's log and the mails to its owners
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Where that Wardkey is
        #[arg(long, default_value = "http://localhost:8787")]
        url: String,
        /// The state folder of `cargo xtask run`, for its secret key; SECRET_KEY in the environment goes before it
        #[arg(long, value_name = "DIR", default_value = ".wardkey")]
        state: PathBuf,
    },
    /// Close a whole clinic and write it into a file, take it in at another Wardkey, open it again, or delete it (docs/move.md)
    #[command(subcommand)]
    Clinic(Whole),
    /// Run every test, or those whose name contains NAME
    Test {
        /// A part of the names of the tests to run
        name: Option<String>,
    },
    /// Shoot every page in every state, at three widths, light and dark, in three languages, into target/screens/index.html; fails when
    /// one of them is wider than its screen, cut off, too small for a finger, a barrier, or complains
    Screens {
        /// Only the pages with these letters in their names, such as `account`
        #[arg(long, value_name = "PART")]
        only: Option<String>,
    },
    /// Try what somebody tries who means harm, against the real runtime: thousands of guesses, forged cookies, hostile bodies; the figures
    /// go to target/attack/report.json, and one attack that gets somewhere fails it
    Attack {
        /// Only the attacks with these letters in their family or name, such as `guesses`
        #[arg(long, value_name = "PART")]
        only: Option<String>,
        /// Also the figures that take longer than a quarter of an hour
        #[arg(long)]
        long: bool,
    },
    /// Show what SECURITY.md promises, row by row: runs the tests that each row names, and prints what came of them beside its figure and the
    /// commands that try it at length
    Prove {
        /// The numbers of the promises; all of them where none is given
        rows: Vec<u8>,
    },
    /// Live through clinics in which everything goes wrong that can, at random, and look after each step at what must hold; a failure
    /// names the seed that shows it again, and the few operations that it takes
    Simulate {
        /// Steps, five hundred to a seed
        #[arg(long, default_value_t = simulate::STEPS_DEFAULT)]
        steps: u64,
        /// The one seed to live through again
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Break what Wardkey stands on, while people use it: kill its runtime, fill its disk, fail its mail API, turn its clock, cut its updates
    /// short; the figures go to target/faults/report.json, and one thing that is lost or half done fails it
    Faults {
        /// Only the faults with these letters in their family or name, such as `kill`
        #[arg(long, value_name = "PART")]
        only: Option<String>,
        /// More of each: two hundred kills, ten from each older schema
        #[arg(long)]
        long: bool,
    },
    /// Have Schemathesis try the API by its own description, signed in and as a stranger, against the real runtime; a reply that is a fault
    /// of ours or is not as described fails it
    Fuzz {
        /// So many requests in all, at least
        #[arg(long, value_name = "N", default_value_t = fuzz::CASES_DEFAULT)]
        cases: u64,
    },
    /// Break the rules, one place at a time, and see whether a test beside them notices; a break that none notices fails it
    Mutants {
        /// A part of the names of the files or functions to break, such as `lockout`
        part: Option<String>,
    },
    /// Have Mozilla's Observatory judge pages, replies of the API and cookies; less than its best mark fails it
    Observatory,
    /// Ask RustSec and npm what is known of each crate and package that Wardkey is made, run and checked with; a finding that deny.toml
    /// does not except fails it, and so does a list that could not be looked at
    Audit,
    /// Print the public key with which a Wardkey signs its exported logs: for `verify-log --key`, and for auditors
    LogKey {
        /// The state folder of `cargo xtask run`, for its secret key; SECRET_KEY in the environment goes before it
        #[arg(long, value_name = "DIR", default_value = ".wardkey")]
        state: PathBuf,
    },
    /// Print the key with which Prometheus and the like may ask a Wardkey for its figures, and for nothing else
    MetricsKey {
        /// The state folder of `cargo xtask run`, or the folder of a home, for its secret key; SECRET_KEY in the environment goes before it
        #[arg(long, value_name = "DIR", default_value = ".wardkey")]
        state: PathBuf,
    },
    /// Verify a log that was exported as JSON Lines without filters, or name its first bad line
    ///
    /// Ends with 0 where the log is whole and signed with the key that was given, with 3 where its lines fit together but no key was
    /// given, so that whoever holds the key that it names can have written it, and with 1 where a line is bad.
    VerifyLog {
        /// The exported file
        file: PathBuf,
        /// The key that must have signed it: `cargo xtask log-key` prints it, /verify shows it, /api/log-key tells it
        #[arg(long, value_parser = verify_log::key)]
        key: Option<LogKey>,
    },
    /// Clone the project twice and start it as README says, on a computer that has nothing of it: no crates, no tools, and then with those
    /// kept. The times of each step go to target/fresh/report.json; more than 25 minutes until somebody is signed in, or 6, fails it
    Fresh {
        /// Run the tests there as well; that takes long, and may install Debian's packages
        #[arg(long)]
        test: bool,
    },
    /// Write docs/api.md, the API as people read it, of what the Worker tells of itself
    ApiReference,
    /// Build app and Worker into dist/ and build/, which `wrangler deploy` takes
    Build,
    /// Write a release's version and changelog down, to look at, commit and tag; and then, with --pack, make of that commit what is deployed
    /// and the sources, each in an archive, what they are made of (CycloneDX), and checksums, in target/
    Release {
        /// Such as 1.2.0 (semver.org)
        #[arg(required_unless_present = "pack")]
        version: Option<String>,
        /// Pack the release that is checked out, the same whenever it is done
        #[arg(long, conflicts_with = "version")]
        pack: bool,
    },
    /// Write a folder with all that a machine of a clinic's own needs to run Wardkey behind nginx, or upgrade the one that is there
    /// (docs/home.md). The keys of a first time, SECRET_KEY and MAIL_API_KEY, come from the environment; a secret key is made otherwise.
    /// Without --address, in a folder that is no home: a version alone, for a home to take in
    Home {
        /// The folder, at the path where it will stand
        folder: PathBuf,
        /// Where people will open it, such as https://wardkey.example.org; for the first time
        #[arg(long, value_name = "ORIGIN")]
        address: Option<String>,
        /// The sender of every mail; for the first time
        #[arg(long, value_name = "TEXT")]
        mail_from: Option<String>,
        /// Who delivers mails: resend, postmark, mailgun, cloudflare or smtp; for the first time
        #[arg(long, value_name = "NAME")]
        mail_provider: Option<String>,
        /// Where mails are handed over; for the first time
        #[arg(long, value_name = "URL")]
        mail_api_url: Option<String>,
        /// The port of that machine which the Worker listens on, and nobody but the proxy asks; for the first time
        #[arg(long)]
        port: Option<u16>,
    },
    /// Look whether a deployment to Cloudflare would go well, without a network: packs it, and holds size, start, bindings, secrets,
    /// addresses, headers and migrations against what the platform wants
    DeployCheck {
        /// The place of wrangler.toml, such as `production`; all where it is left out
        place: Option<String>,
    },
    /// Find the usual trouble, and say of each in a sentence what to do: of this machine where nothing is named, of a home, of what
    /// answers at an address. It changes nothing, and fails where something is wrong
    Doctor {
        /// The folder of a home, on the machine where it stands
        folder: Option<PathBuf>,
        /// Where a Wardkey answers; with SECRET_KEY in the environment it is asked what it says of itself as well
        #[arg(long, value_name = "ORIGIN")]
        url: Option<String>,
        /// Where the backups of the home are
        #[arg(long, value_name = "DIR", default_value = doctor::BACKUPS)]
        backups: PathBuf,
    },
    /// Finish the app that Trunk has just built: Trunk calls this
    #[command(hide = true)]
    Finish {
        /// The folder in which Trunk has put it
        #[arg(env = "TRUNK_STAGING_DIR")]
        folder: PathBuf,
    },
    /// Measure sizes and ratios of times, and write them to target/bench/report.json; a missed bar fails it
    Bench {
        /// Also compare a machine with 10,000 clinics, one of them with a million lines in its log, with one that has a single clinic;
        /// opening and writing them takes minutes
        #[arg(long)]
        many_clinics: bool,
        /// Also compare a log of a million lines with one of a thousand; writing them takes minutes
        #[arg(long)]
        log: bool,
        /// Also sign people in while others try on and on, and fifty at once: the attacks on what is hashed, which take minutes
        #[arg(long)]
        flood: bool,
        /// Only measure a sign-in, into target/bench/sign-in.json
        #[arg(long, conflicts_with_all = ["many_clinics", "log", "flood"])]
        sign_in: bool,
        /// Only measure how the app starts on a slow tablet, into target/bench/start-up.json
        #[arg(long, conflicts_with_all = ["many_clinics", "log", "flood", "sign_in"])]
        start_up: bool,
        /// Only have Lighthouse judge three pages, into target/bench/lighthouse.json; installs it once
        #[arg(long, conflicts_with_all = ["many_clinics", "log", "flood", "sign_in", "start_up"])]
        lighthouse: bool,
    },
}

/// What can be done with a whole clinic.
#[derive(Subcommand)]
enum Whole {
    /// Close it and write it into an archive that one Wardkey alone can open; it opens again at the end, unless it moves
    Archive {
        /// The file
        file: PathBuf,
        /// The Wardkey that is to open it: its address, or its key, which /api/archive-key tells
        #[arg(long, value_name = "URL|KEY")]
        to: String,
        /// Leave it closed: it is to be taken in there
        #[arg(long = "move")]
        moves: bool,
        #[command(flatten)]
        at: At,
        /// Why, for the clinic's log
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take in a clinic from an archive that was written for this Wardkey; its BROUGHT_CLINICS names it first
    TakeIn {
        /// The file
        file: PathBuf,
        /// Where this Wardkey is
        #[arg(long, default_value = "http://localhost:8787")]
        url: String,
        /// The folder that keeps its secret key; SECRET_KEY in the environment goes before it
        #[arg(long, value_name = "DIR", default_value = ".wardkey")]
        state: PathBuf,
    },
    /// Open a closed clinic again
    Reopen {
        #[command(flatten)]
        at: At,
        /// Why, for the clinic's log
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Delete all that there is of a clinic, for ever, once it is closed
    Delete {
        #[command(flatten)]
        at: At,
        /// The clinic's name, to the letter
        #[arg(long)]
        name: String,
        /// Its archive, which must go up to the last line of its log
        #[arg(long, value_name = "FILE", required_unless_present = "without_archive")]
        archive: Option<PathBuf>,
        /// Nobody keeps anything of it
        #[arg(long, conflicts_with = "archive")]
        without_archive: bool,
    },
}

/// A clinic at a Wardkey.
#[derive(Args)]
struct At {
    /// The clinic's code: what the usernames of its computers begin with
    #[arg(long, value_name = "CODE")]
    clinic: String,
    /// Where that Wardkey is
    #[arg(long, default_value = "http://localhost:8787")]
    url: String,
    /// The folder that keeps its secret key; SECRET_KEY in the environment goes before it
    #[arg(long, value_name = "DIR", default_value = ".wardkey")]
    state: PathBuf,
}

impl At {
    fn place(&self) -> Place<'_> {
        Place { url: &self.url, state: &self.state, clinic: &self.clinic }
    }
}

impl Whole {
    fn run(self) -> Result<()> {
        match self {
            Whole::Archive { file, to, moves, at, reason } => {
                archive::write(&at.place(), &to, &file, &reason, moves)
            }
            Whole::TakeIn { file, url, state } => archive::take_in(&url, &state, &file),
            Whole::Reopen { at, reason } => archive::reopen(&at.place(), &reason),
            Whole::Delete { at, name, archive: file, .. } => {
                archive::delete(&at.place(), &name, file.as_deref())
            }
        }
    }
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().verb {
        Verb::Run { port, state, fresh, no_demo } => {
            run::run(&run::Options { port, state, fresh, demo: !no_demo }).map(done)
        }
        Verb::SetupLink { url, state, jurisdiction, near } => {
            operator::setup_link(&url, &state, &ClinicPlace { jurisdiction, near }).map(done)
        }
        Verb::SupportOperator { name: Some(name), login, url, state, .. } => {
            operator::support_operator(&url, &state, NewOperator { name, login }).map(done)
        }
        Verb::SupportOperator { name: None, login, url, state, .. } => {
            operator::remove_support_operator(&url, &state, login).map(done)
        }
        Verb::EmergencyUnlock { clinic, profile: Some(profile), reason, url, state, .. } => {
            operator::reopen_profile(&url, &state, &ProfileReopening { clinic, profile, reason }).map(done)
        }
        Verb::EmergencyUnlock { clinic, login, profile: None, reason, url, state } => {
            let login = login.unwrap_or_default();
            operator::unlock_owner(&url, &state, &OwnerUnlock { clinic, login, reason }).map(done)
        }
        Verb::Clinic(whole) => whole.run().map(done),
        Verb::Test { name } => suite::run(name.as_deref()).map(passed),
        Verb::Screens { only } => screens::run(only.as_deref()).map(passed),
        Verb::Prove { rows } => prove::run(&rows).map(passed),
        Verb::Simulate { steps, seed } => simulate::run(steps, seed).map(passed),
        Verb::Attack { only, long } => harm::run(Harm::Attack, only.as_deref(), long).map(passed),
        Verb::Faults { only, long } => harm::run(Harm::Faults, only.as_deref(), long).map(passed),
        Verb::Fuzz { cases } => fuzz::run(cases).map(passed),
        Verb::Mutants { part } => mutants::run(part.as_deref()).map(passed),
        Verb::Observatory => observatory::run().map(passed),
        Verb::Audit => audit::run().map(passed),
        Verb::LogKey { state } => log_key::run(&state).map(done),
        Verb::MetricsKey { state } => metrics_key::run(&state).map(done),
        Verb::VerifyLog { file, key } => verify_log::run(&file, key),
        Verb::Fresh { test } => fresh::run(test).map(passed),
        Verb::ApiReference => api_reference::run().map(done),
        Verb::Build => build().map(done),
        Verb::Release { version: Some(version), .. } => release::run(&version).map(done),
        Verb::Release { version: None, .. } => release::pack().map(done),
        Verb::Home { folder, address, mail_from, mail_provider, mail_api_url, port } => {
            let keys = home::First::from_environment();
            home::run(&folder, &home::First { address, mail_from, mail_provider, mail_api_url, port, ..keys })
                .map(done)
        }
        Verb::DeployCheck { place } => deploy_check::run(place.as_deref()).map(passed),
        Verb::Doctor { folder, url, backups } => doctor::run(&Asked { folder, url, backups }).map(passed),
        Verb::Finish { folder } => {
            tools::for_building().and_then(|tools| finish::run(&tools, &folder)).map(done)
        }
        Verb::Bench { lighthouse: true, .. } => bench::lighthouse().map(passed),
        Verb::Bench { sign_in: true, .. } => bench::sign_in().map(passed),
        Verb::Bench { start_up: true, .. } => bench::start_up().map(passed),
        Verb::Bench { many_clinics, log, flood, .. } => {
            bench::run(bench::Besides { many_clinics, log, flood }).map(passed)
        }
    };
    outcome.unwrap_or_else(|error| {
        progress::failed(&error);
        ExitCode::FAILURE
    })
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

fn passed(all: bool) -> ExitCode {
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn build() -> anyhow::Result<()> {
    progress::title("Building Wardkey");
    let tools = tools::for_building()?;
    assemble::all(&tools)?;
    progress::note("The app is in dist/, the Worker in build/. docs/deploy.md tells how both are deployed.");
    Ok(())
}
