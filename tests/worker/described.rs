//! The API keeps to its own description, whatever is made up to ask it.

use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use wardkey_tests::{
    Wardkey,
    fuzzing::{ALL_PHASES, BY_CHANCE, Round},
    signing::Who,
};

/// Made-up requests for each route: the rest is `cargo xtask fuzz`.
const EXAMPLES: u64 = 5;

/// One that nobody else is disturbed at: what is made up signs people out, and slows a network down.
fn wardkey() -> Result<&'static Wardkey> {
    static OWN: OnceLock<Wardkey> = OnceLock::new();
    let _ = OWN.set(Wardkey::start()?);
    OWN.get().context("it is gone")
}

#[test]
fn every_reply_is_as_described() -> Result<()> {
    let wardkey = wardkey()?;
    let insider =
        Round { who: Who::Insider, phases: ALL_PHASES, examples: EXAMPLES, seed: 1 }.run(wardkey)?;
    ensure!(insider.replies > 2_000 && insider.good > 80, "{insider:?}");
    let stranger =
        Round { who: Who::Stranger, phases: BY_CHANCE, examples: EXAMPLES, seed: 2 }.run(wardkey)?;
    ensure!(stranger.replies > 100, "{stranger:?}");
    println!("{insider:?}, {stranger:?}");
    Ok(())
}
