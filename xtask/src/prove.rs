//! `cargo xtask prove`: what SECURITY.md promises, row by row, each with the tests that it names, and what came of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use anyhow::{Result, bail, ensure};

use crate::{
    assemble, cargo, progress,
    promises::{self, Named, Program, Promise},
    tools,
};

/// Test programs that need app and Worker built.
const STORIES: &str = "wardkey-tests";

/// Proves these rows, or all of them. Tells whether all hold.
pub fn run(rows: &[u8]) -> Result<bool> {
    progress::title("Proving what SECURITY.md promises");
    let promises = promises::read()?;
    for row in rows {
        ensure!(promises.iter().any(|promise| promise.number == *row), "There is no promise {row}.");
    }
    let wanted: Vec<Promise> =
        promises.into_iter().filter(|promise| rows.is_empty() || rows.contains(&promise.number)).collect();
    let programs: BTreeSet<&Program> =
        wanted.iter().flat_map(|promise| &promise.tests).map(|test| &test.program).collect();
    if programs.iter().any(|program| program.package == STORIES) {
        let tools = tools::for_testing()?;
        assemble::all(&tools)?;
        assemble::trial_worker(&tools)?;
    }
    let mut found = BTreeMap::new();
    for program in programs {
        let named = wanted.iter().flat_map(|promise| &promise.tests).filter(|test| test.program == *program);
        found.extend(try_all(program, named)?);
    }
    Ok(print(&wanted, &found))
}

/// Which tests each of the names stands for, with their programs, and whether they passed.
type Found<'a> = BTreeMap<&'a Named, Vec<(String, bool)>>;

/// Runs what is named of a test program.
fn try_all<'a>(program: &Program, named: impl Iterator<Item = &'a Named>) -> Result<Found<'a>> {
    let what = match &program.target {
        Some(target) => format!("{}, {target}", program.package),
        None => format!("{}, unit tests", program.package),
    };
    let mut list = command(program);
    list.args(["--", "--list"]);
    let listed = progress::capture(&format!("Building {what}"), &mut list)?;
    if !listed.success {
        bail!("{what} can't be built.\n\n{}", listed.tail());
    }
    let there: Vec<&str> = listed.text.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let mut stand_for = BTreeMap::new();
    for test in named {
        let names: Vec<&str> = there.iter().copied().filter(|name| is(test, name)).collect();
        ensure!(
            !names.is_empty(),
            "there is no {}{}",
            test.module,
            test.function.as_deref().unwrap_or_default()
        );
        stand_for.insert(test, names);
    }
    let mut exactly = command(program);
    exactly.args(["--no-fail-fast", "--", "--exact"]);
    exactly.args(stand_for.values().flatten().copied().collect::<BTreeSet<&str>>());
    let output = progress::capture(&format!("Running {what}"), &mut exactly)?;
    if !output.success {
        println!("\n{}\n", output.text);
    }
    let passed: BTreeSet<&str> = output
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test ")?.strip_suffix(" ... ok"))
        .collect();
    let of = program.target.as_deref().unwrap_or(&program.package);
    let judged = |name: &str| (format!("{of}: {name}"), passed.contains(name));
    Ok(stand_for.into_iter().map(|(test, names)| (test, names.into_iter().map(judged).collect())).collect())
}

fn command(program: &Program) -> Command {
    let mut command = cargo();
    command.args(["test", "--package", &program.package]).env("RUST_BACKTRACE", "0");
    match &program.target {
        Some(target) => command.args(["--test", target]),
        None => command.arg("--lib"),
    };
    command
}

/// Whether a test that a program lists is one that is named.
fn is(test: &Named, listed: &str) -> bool {
    let Some(rest) = listed.strip_prefix(&test.module) else { return false };
    match &test.function {
        Some(function) => rest == function || rest.ends_with(&format!("::{function}")),
        None => true,
    }
}

fn print(promises: &[Promise], found: &Found<'_>) -> bool {
    let (mut tests, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for Promise { number, text, tests: named, commands, figure } in promises {
        let of_row: Vec<&(String, bool)> =
            named.iter().filter_map(|test| found.get(test)).flatten().collect();
        let holds = of_row.iter().all(|(_, passed)| *passed);
        let mark = if of_row.is_empty() {
            '·'
        } else if holds {
            '✓'
        } else {
            '✗'
        };
        println!("\n{mark} {number:>2}  {text}");
        for (name, passed) in of_row {
            println!("      {} {name}", if *passed { "passed" } else { "FAILED" });
            tests.insert(name);
            if !passed {
                failed.insert(name);
            }
        }
        println!("      figure: {figure}");
        for command in commands {
            println!("      at length: {command}");
        }
    }
    println!(
        "\n{} promises, {} tests: {} passed, {} failed",
        promises.len(),
        tests.len(),
        tests.len() - failed.len(),
        failed.len()
    );
    failed.is_empty()
}
