//! `cargo xtask test`: the lints, the unit tests, then the tests on the real Worker and in a real browser.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    assemble,
    progress::{self, Output},
    root,
    tools::{self, Tools},
};

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Tests on the running Worker, in this order; they need app and Worker built.
const STORIES: [(&str, &str); 2] = [("http", "Tests over HTTP"), ("browser", "Tests in the browser")];
/// As many that failed are tried once more, one after the other: on a computer that is busy otherwise, a browser may come later than
/// anybody waits for. More than these are no accident.
const AGAIN_MAX: usize = 3;

#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    /// Those of the passed ones that had failed before.
    again: u64,
}

/// Runs everything, or what has `name` in its name. Tells whether all of it passed.
pub fn run(name: Option<&str>) -> Result<bool> {
    progress::title("Testing Wardkey");
    let mut tally = Tally::default();
    let tools = tools::for_testing()?;
    for (lint, mut command) in lints()? {
        if name.is_none_or(|name| lint.contains(name)) {
            tally.lint(&progress::capture(lint, &mut command)?);
        }
    }
    let mut units = cargo(&["test", "--workspace", "--lib", "--bins", "--no-fail-fast"]);
    units.args(other_test_programs()?.iter().flat_map(|target| ["--test", target])).args(filter(name));
    tally.tests(&progress::capture("Unit tests and house rules", &mut units)?);
    stories(&tools, name, &mut tally)?;

    if tally.again > 0 {
        println!("\n  {} passed only when tried again, one after the other: see above", tally.again);
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    if tally.passed + tally.failed == 0 {
        bail!("no test has \"{}\" in its name", name.unwrap_or_default());
    }
    Ok(tally.failed == 0)
}

fn stories(tools: &Tools, name: Option<&str>, tally: &mut Tally) -> Result<()> {
    if name.is_some() && !any_story(name)? {
        return Ok(());
    }
    let built = assemble::all(tools).and_then(|()| assemble::trial_worker(tools));
    if let Err(error) = built {
        progress::failed(&error);
        tally.failed += 1;
        return Ok(());
    }
    for (target, what) in STORIES {
        let mut command = cargo(&["test", "--workspace", "--test", target, "--no-fail-fast"]);
        let output = progress::capture(what, command.args(filter(name)))?;
        tally.tests(&output);
        let failed = names_of_failed(&output.text);
        if (1..=AGAIN_MAX).contains(&failed.len()) {
            let mut command = cargo(&["test", "--workspace", "--test", target, "--no-fail-fast"]);
            command.args(["--", "--exact", "--test-threads=1"]).args(&failed);
            tally.tests_again(&progress::capture("What failed, one after the other", &mut command)?);
        }
    }
    Ok(())
}

/// The workspace's test programs that need nothing built.
fn other_test_programs() -> Result<Vec<String>> {
    let output = cargo(&["metadata", "--format-version=1", "--no-deps"]).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo's metadata can't be read")?;
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    Ok(list(&metadata, "packages")
        .iter()
        .flat_map(|package| list(package, "targets"))
        .filter(|target| list(target, "kind").iter().any(|kind| kind == "test"))
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .filter(|name| STORIES.iter().all(|(story, _)| story != name))
        .collect())
}

/// Whether a story has the name, so that app and Worker need not be built for a unit test.
fn any_story(name: Option<&str>) -> Result<bool> {
    let mut command = cargo(&["test", "--workspace"]);
    command.args(STORIES.iter().flat_map(|(target, _)| ["--test", target])).args(filter(name)).arg("--list");
    let output = progress::capture("Looking for tests of that name", &mut command)?;
    Ok(!output.success || output.text.lines().any(|line| line.ends_with(": test")))
}

fn lints() -> Result<[(&'static str, Command); 4]> {
    let mut deny = Command::new(tools::cargo_deny()?);
    deny.args(["check", "bans", "licenses", "sources"]).current_dir(root());
    Ok([
        ("cargo deny: licences and sources", deny),
        ("rustfmt", cargo(&["fmt", "--all", "--check"])),
        (
            "clippy on this computer",
            cargo(&[
                "clippy",
                "--package=wardkey-wire",
                "--package=wardkey-clinic",
                "--package=wardkey-keeper",
                "--package=wardkey-tests",
                "--package=xtask",
                "--all-targets",
                "--",
                "-Dwarnings",
            ]),
        ),
        (
            "clippy on WebAssembly",
            cargo(&[
                "clippy",
                "--package=wardkey-app",
                "--package=wardkey-worker",
                "--features=wardkey-worker/trial",
                "--target",
                WASM_TARGET,
                "--",
                "-Dwarnings",
            ]),
        ),
    ])
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = crate::cargo();
    // What broke is said by the test; a backtrace of the test runner hides it.
    command.args(arguments).env("RUST_BACKTRACE", "0");
    command
}

/// What the test programs get.
fn filter(name: Option<&str>) -> impl Iterator<Item = &str> {
    std::iter::once("--").chain(name)
}

impl Tally {
    fn lint(&mut self, output: &Output) {
        if output.success {
            self.passed += 1;
        } else {
            self.failed += 1;
            println!("\n{}\n", output.tail());
        }
    }

    /// Takes back what had failed and passes now.
    fn tests_again(&mut self, output: &Output) {
        let before = self.failed;
        let mut now = Tally::default();
        now.tests(output);
        self.failed = before.saturating_sub(now.passed);
        self.again += before - self.failed;
        self.passed += before - self.failed;
    }

    /// Adds up what each test program said of itself.
    fn tests(&mut self, output: &Output) {
        let (mut passed, mut failed) = (0, 0);
        for line in output.text.lines() {
            let Some(result) = line.trim().strip_prefix("test result: ") else { continue };
            passed += count(result, " passed");
            failed += count(result, " failed");
        }
        // It did not compile, or it died without a word.
        if !output.success && failed == 0 {
            failed = 1;
        }
        println!("    {passed} passed, {failed} failed");
        if failed > 0 {
            println!("\n{}\n", failures(&output.text));
        }
        self.passed += passed;
        self.failed += failed;
    }
}

/// The tests that failed, as their program named them.
fn names_of_failed(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("test ")?.strip_suffix(" ... FAILED")).collect()
}

fn count(result: &str, what: &str) -> u64 {
    result
        .split([';', '.'])
        .find_map(|part| part.trim().strip_suffix(what.trim_start())?.trim().parse().ok())
        .unwrap_or(0)
}

/// What went wrong, without what went well.
fn failures(text: &str) -> String {
    let of_no_interest = |line: &str| {
        let passed = line.starts_with("test ") && line.ends_with(" ok");
        passed || line.trim_start().starts_with("Compiling ")
    };
    text.lines().filter(|line| !of_no_interest(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_test_programs_say_is_added_up() {
        let text = "running 2 tests\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s";
        let mut tally = Tally::default();
        tally.tests(&Output { success: false, text: text.to_owned() });
        assert_eq!((tally.passed, tally.failed), (13, 2));
    }

    #[test]
    fn what_fails_once_and_passes_then_is_told_apart() {
        let first = "test a::b ... FAILED\ntest a::c ... ok\ntest a::d ... FAILED\n\
                     test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        assert_eq!(names_of_failed(first), ["a::b", "a::d"]);
        let mut tally = Tally::default();
        tally.tests(&Output { success: false, text: first.to_owned() });
        let then = "test a::b ... ok\ntest a::d ... FAILED\n\
                    test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out; finished in 1.00s";
        tally.tests_again(&Output { success: false, text: then.to_owned() });
        assert_eq!((tally.passed, tally.failed, tally.again), (2, 1, 1));
        tally.tests_again(&Output { success: false, text: "error: it died".to_owned() });
        assert_eq!((tally.passed, tally.failed, tally.again), (2, 1, 1));
    }

    #[test]
    fn tests_that_do_not_compile_fail() {
        let mut tally = Tally::default();
        tally.tests(&Output { success: false, text: "error: could not compile".to_owned() });
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }
}
