//! A hundred thousand steps of simulated clinics, with everything going wrong that can, and nothing that must hold broken.

use clinic::testing::simulator;

/// Steps of a run within the tests; `cargo xtask simulate` makes more.
const STEPS: u64 = 100_000;
/// The first seed. The seeds are the same in every run, so that a red test is red again.
const SEED: u64 = 1;

#[test]
fn a_hundred_thousand_steps_break_nothing_and_come_by_everything() {
    let report = simulator::simulate(SEED, STEPS, |_| {}).unwrap_or_else(|failure| panic!("{failure}"));
    let missed = report.reach.missed();
    assert!(missed.is_empty(), "never happened: {missed:?}");
    println!("{} steps in {} lives", report.steps, report.seeds);
    for (what, times) in report.reach.counts() {
        println!("{times:>8} {what}");
    }
}
