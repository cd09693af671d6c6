//! `cargo xtask simulate`: `simulate STEPS` lives through so many steps, `simulate STEPS SEED` through one seed.

use std::{env, process::ExitCode};

use clinic::testing::simulator::{Report, STEPS, simulate};

/// Steps between two lines about how far it has come.
const STEPS_A_LINE: u64 = 50_000;
/// In so many steps everything must have happened that a simulation is there for.
const STEPS_FOR_ALL: u64 = 100_000;

fn main() -> ExitCode {
    let numbers: Result<Vec<u64>, _> = env::args().skip(1).map(|number| number.parse()).collect();
    let (first, steps) = match numbers.as_deref() {
        Ok([steps]) => (1, *steps),
        Ok([_, seed]) => (*seed, STEPS as u64),
        _ => {
            eprintln!("usage: simulate STEPS [SEED]");
            return ExitCode::FAILURE;
        }
    };
    let mut next = STEPS_A_LINE;
    let progress = |report: &Report| {
        if report.steps >= next {
            println!("{} of {steps} steps, {} seeds", report.steps, report.seeds);
            next = report.steps + STEPS_A_LINE;
        }
    };
    match simulate(first, steps, progress) {
        Ok(report) => {
            for (what, times) in report.reach.counts() {
                println!("{times:>9} {what}");
            }
            println!("{} steps in {} lives: nothing is broken", report.steps, report.seeds);
            let missed = report.reach.missed();
            if steps < STEPS_FOR_ALL || missed.is_empty() {
                return ExitCode::SUCCESS;
            }
            eprintln!("never happened: {missed:?}");
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
