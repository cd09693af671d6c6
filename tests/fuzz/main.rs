//! `cargo xtask fuzz`: rounds of made-up requests, signed in and as a stranger, until there were as many as were asked for.

use std::process::ExitCode;

use anyhow::{Context, Result};
use wardkey_tests::{
    Wardkey,
    fuzzing::{ALL_PHASES, Round, Tried, routes},
    signing::Who,
};
use xtask::progress;

/// Made-up requests for each route in one round: so many that a round is minutes, and what it finds is told soon.
const EXAMPLES_A_ROUND: u64 = 100;
/// Of so many rounds the last is a stranger's, who gets no further than the door.
const ROUNDS_TO_A_STRANGERS: u64 = 5;

#[tokio::main]
async fn main() -> ExitCode {
    match fuzz().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress::failed(&error);
            ExitCode::FAILURE
        }
    }
}

async fn fuzz() -> Result<()> {
    let cases: u64 = std::env::args().nth(1).context("how many requests?")?.parse()?;
    let wardkey = Wardkey::shared()?;
    let routes = routes(wardkey).await?;
    let mut all = Tried::default();
    for seed in 1.. {
        let who = if seed % ROUNDS_TO_A_STRANGERS == 0 { Who::Stranger } else { Who::Insider };
        let left = cases.saturating_sub(all.replies);
        let examples = EXAMPLES_A_ROUND.min(left.div_ceil(routes).max(1));
        let Tried { replies, good, signed_in } =
            Round { who, phases: ALL_PHASES, examples, seed }.run(wardkey)?;
        all.replies += replies;
        all.good += good;
        all.signed_in += signed_in;
        progress::note(&format!(
            "{} of {cases} requests, {} of them did what was asked for",
            all.replies, all.good
        ));
        if all.replies >= cases {
            break;
        }
    }
    progress::note(&format!("0 faults of ours, every reply as described; {} sign-ins anew", all.signed_in));
    Ok(())
}
