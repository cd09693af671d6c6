//! Schemathesis, which we did not write, tries the API by its own description: whatever it makes up, no reply is a fault of ours, and
//! each is as described.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use xtask::{operator::Operator, progress, root, tools};

use crate::{
    Wardkey,
    signing::{Signing, Who},
};

/// Where the API describes itself.
const DESCRIPTION: &str = "/api/openapi.json";
/// What its checks are told of our design, and what it may make up.
const CONFIGURATION: &str = "tests/schemathesis/schemathesis.toml";
/// Passwords are looked at in turns, for which somebody waits up to twenty seconds.
const REQUEST_TIMEOUT_SECONDS: &str = "30";
const HOOKS: &str = "tests/schemathesis/whole_numbers.py";

/// All of its ways to make requests up: at the bounds of what is described, by chance, and with what other replies have told.
pub const ALL_PHASES: &str = "examples,coverage,fuzzing,stateful";
/// By chance alone, which is quick.
pub const BY_CHANCE: &str = "fuzzing";

/// A round of tries.
pub struct Round {
    /// In whose name.
    pub who: Who,
    /// How requests are made up.
    pub phases: &'static str,
    /// Made-up requests for each route; those at the bounds of what is described come on top.
    pub examples: u64,
    /// What chance begins with.
    pub seed: u64,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tried {
    /// Requests that were answered.
    pub replies: u64,
    /// Those that did what was asked for.
    pub good: u64,
    /// How often somebody had to sign in.
    pub signed_in: u64,
}

impl Round {
    /// Runs it against a Wardkey that has nothing else to do.
    ///
    /// # Errors
    /// Where a reply is not as it should be: what Schemathesis says of it.
    pub fn run(&self, wardkey: &'static Wardkey) -> Result<Tried> {
        let program = tools::schemathesis()?;
        let signing = Signing::start(wardkey, self.who)?;
        let scratch = TempDir::with_prefix("wardkey-fuzz-")?;
        let mut command = Command::new(program);
        command
            .arg("--config-file")
            .arg(root().join(CONFIGURATION))
            .args(["run", "--no-color", "--workers=2", "--continue-on-failure"])
            .args(["--request-timeout", REQUEST_TIMEOUT_SECONDS])
            .args(["--phases", self.phases])
            .args(["--max-examples", &self.examples.to_string(), "--seed", &self.seed.to_string()])
            .arg(format!("{}{DESCRIPTION}", signing.url()))
            .env("WARDKEY_HOOKS", root().join(HOOKS))
            .env("WARDKEY_AUTHORIZATION", self.authorization(wardkey)?)
            .current_dir(scratch.path());
        let what = format!("Schemathesis as {:?}, seed {}", self.who, self.seed);
        let output = progress::capture(&what, &mut command)?;
        let passed = signing.passed();
        let tried = Tried { replies: passed.replies(), good: passed.good(), signed_in: passed.signed_in() };
        let faults = passed.faults();
        ensure!(
            output.success && faults.is_empty(),
            "{tried:?}\nFaults of ours:\n{}\n{}",
            faults.join("\n"),
            output.text
        );
        Ok(tried)
    }

    /// An insider has the secret key as well.
    fn authorization(&self, wardkey: &Wardkey) -> Result<String> {
        Ok(match self.who {
            Who::Stranger => "Bearer of-nobody".to_owned(),
            Who::Insider => {
                let key = wardkey.settings().secret_key_bytes()?;
                Operator::new(wardkey.origin(), &key)?.authorization()
            }
        })
    }
}

/// The routes that are described.
///
/// # Errors
/// When the description cannot be read.
pub async fn routes(wardkey: &Wardkey) -> Result<u64> {
    let description = crate::routes::description(&crate::Client::new(wardkey.origin())?).await?;
    Ok(description["paths"].as_object().context("no paths")?.len() as u64)
}
