//! A hundred thousand steps of simulated clinics, with everything going wrong that can, and nothing that must hold broken.

use std::thread;

use clinic::testing::simulator::{Report, simulate};

/// Steps of a run within the tests; `cargo xtask simulate` makes more.
const STEPS: u64 = 100_000;
/// The first seeds of the lives that are lived through side by side. They are the same in every run, so that a red test is red again.
const SEEDS: [u64; 2] = [1, 1_000_001];

#[test]
fn a_hundred_thousand_steps_break_nothing_and_come_by_everything() {
    let live = |seed| simulate(seed, STEPS / SEEDS.len() as u64, |_| {});
    let mut all = Report::default();
    thread::scope(|scope| {
        let lives = SEEDS.map(|seed| scope.spawn(move || live(seed)));
        for report in lives.map(|life| life.join().unwrap()) {
            let report = report.unwrap_or_else(|failure| panic!("{failure}"));
            all.seeds += report.seeds;
            all.steps += report.steps;
            all.reach.add(&report.reach);
        }
    });
    let missed = all.reach.missed();
    assert!(missed.is_empty(), "never happened: {missed:?}");
    assert!(all.steps >= STEPS, "{} steps", all.steps);
    println!("{} steps in {} lives", all.steps, all.seeds);
    for (what, times) in all.reach.counts() {
        println!("{times:>8} {what}");
    }
}
