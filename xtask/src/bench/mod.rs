//! `cargo xtask bench`: bytes, and times as ratios of things measured side by side, so that any computer can judge them.

mod doors;
mod flood;
mod lighthouse;
mod long_log;
mod machine;
mod many_clinics;
mod report;
mod sign_in;
mod start_up;
mod typing;

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde::Serialize;

pub use self::sign_in::{HASH_PATH, HOLD_PATH, OBJECT_PATH};
use self::{
    lighthouse::Verdict,
    machine::Machine,
    report::{Measured, Report, SignIn},
};
use crate::{assemble, progress, target_dir, tools};

/// What takes minutes, and is there for those who ask for it.
#[derive(Clone, Copy)]
pub struct Besides {
    /// Ten thousand clinics, and a million lines in one of them.
    pub many_clinics: bool,
    /// Questions to a log of a million lines.
    pub log: bool,
    /// Sign-ins in a flood, and fifty at once.
    pub flood: bool,
}

/// Measures everything, prints it and writes it down. Tells whether all of it is within its bar.
pub fn run(besides: Besides) -> Result<bool> {
    progress::title("Measuring Wardkey");
    let tools = tools::for_testing()?;
    assemble::all(&tools)?;
    assemble::trial_worker(&tools)?;
    let modules = assemble::trial_modules();
    let (samples, keys) = {
        let machine = Machine::start(&tools, &modules)?;
        (sign_in::measure(&machine)?, typing::measure(machine.address(), machine.settings())?)
    };
    let second_start = second_start()?;
    let many_clinics = besides.many_clinics.then(|| many_clinics::measure(&tools, &modules)).transpose()?;
    let long_log = if besides.log { long_log::measure(&tools, &modules)? } else { Vec::new() };
    let flood = if besides.flood { flood::measure()? } else { Vec::new() };
    let start_up = start_up::measure(&tools)?;
    let report =
        Report::of(Measured { samples, keys, start_up, many_clinics, long_log, flood, second_start })?;
    report.print();
    write("report.json", &report)?;
    Ok(report.within_bars)
}

/// Measures a sign-in, and nothing else.
pub fn sign_in() -> Result<bool> {
    progress::title("Measuring a sign-in");
    let tools = tools::for_testing()?;
    assemble::app(&tools)?;
    assemble::trial_worker(&tools)?;
    let sign_in = SignIn::of(&sign_in::measure(&Machine::start(&tools, &assemble::trial_modules())?)?);
    sign_in.print();
    println!();
    write("sign-in.json", &sign_in)?;
    Ok(sign_in.is_within_bars())
}

/// Measures how the app starts, and nothing else.
pub fn start_up() -> Result<bool> {
    progress::title("Measuring how Wardkey starts");
    let tools = tools::for_testing()?;
    assemble::all(&tools)?;
    let start_up = start_up::measure(&tools)?;
    report::print_start_up(&start_up);
    println!();
    write("start-up.json", &start_up)?;
    Ok(start_up.is_within_bars())
}

/// Has Lighthouse judge pages, and measures nothing else.
pub fn lighthouse() -> Result<bool> {
    progress::title("Having Lighthouse judge Wardkey");
    let tools = tools::for_testing()?;
    assemble::all(&tools)?;
    let verdicts = lighthouse::run(&tools, &target_dir().join("bench"))?;
    println!("\n                performance   accessibility   best practices   blocked   this computer");
    for verdict in &verdicts {
        let Verdict { page, performance, accessibility, best_practices, blocked_millis, .. } = verdict;
        let Verdict { benchmark_index, findings, .. } = verdict;
        let found = findings.join(", ");
        println!(
            "  {page:14}{performance:11}{accessibility:16}{best_practices:17}{blocked_millis:7} ms{benchmark_index:16}   {found}"
        );
    }
    println!();
    write("lighthouse.json", &verdicts)?;
    Ok(verdicts.iter().all(Verdict::is_within_bars))
}

fn write(name: &str, report: &impl Serialize) -> Result<()> {
    let folder = target_dir().join("bench");
    let file = folder.join(name);
    fs::create_dir_all(folder)?;
    fs::write(&file, serde_json::to_string_pretty(report)? + "\n")?;
    progress::note(&format!("Written to {}", file.display()));
    Ok(())
}

/// What a second `cargo xtask run` does until the Worker is well: looks for changes, finds none, starts what there is.
fn second_start() -> Result<Duration> {
    let started = Instant::now();
    let tools = tools::for_building()?;
    assemble::all(&tools)?;
    let modules = assemble::modules();
    let machine = Machine::start(&tools, &modules)?;
    let took = started.elapsed();
    drop(machine);
    Ok(took)
}
