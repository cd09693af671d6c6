//! What the attacks or the faults came to: a table for people, and a file for whoever compares.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use serde::Serialize;

use crate::harm::{Findings, Harm};

/// All that was tried.
#[derive(Serialize)]
pub struct Report {
    /// What was asked for: `attack` or `faults`.
    verb: &'static str,
    /// When, in seconds since 1970.
    at: u64,
    lines: Vec<Line>,
}

/// One of them and what it came to.
#[derive(Serialize)]
pub struct Line {
    promise: u8,
    family: &'static str,
    name: &'static str,
    claim: &'static str,
    held: bool,
    seconds: f64,
    #[serde(flatten)]
    findings: Findings,
    /// Why it could not be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    broke_off: Option<String>,
}

impl Line {
    /// What came of it in so long.
    pub fn new(harm: &Harm, outcome: Result<Findings>, took: Duration) -> Self {
        let Harm { family, name, promise, claim, .. } = *harm;
        let seconds = (took.as_secs_f64() * 10.0).round() / 10.0;
        let (findings, broke_off) = match outcome {
            Ok(findings) => (findings, None),
            Err(error) => (Findings::default(), Some(format!("{error:#}"))),
        };
        // What was never tried has not held either, but where this machine lets nobody try it.
        let tried = findings.tried > 0 || findings.not_here.is_some();
        let held = broke_off.is_none() && findings.found == 0 && tried;
        Self { promise, family, name, claim, held, seconds, findings, broke_off }
    }

    /// Whether it was done and found nothing.
    pub fn held(&self) -> bool {
        self.held
    }

    /// Why this machine lets nobody try it, where it does not.
    pub fn not_here(&self) -> Option<&str> {
        self.findings.not_here.as_deref()
    }

    /// What it found, and why it could not be done.
    pub fn complaints(&self) -> Vec<&str> {
        self.findings.examples.iter().chain(&self.broke_off).map(String::as_str).collect()
    }
}

impl Report {
    /// A report of what `cargo xtask VERB` does.
    pub fn of(verb: &'static str) -> Self {
        Self { verb, at: 0, lines: Vec::new() }
    }

    /// Adds what one of them came to.
    pub fn add(&mut self, line: Line) {
        for what in line.complaints() {
            println!("      {what}");
        }
        self.lines.push(line);
    }

    /// Whether all of them found nothing.
    pub fn all_held(&self) -> bool {
        self.lines.iter().all(Line::held)
    }

    /// Writes the file and tells where it is.
    pub fn write(&mut self) -> Result<PathBuf> {
        self.at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let folder = xtask::target_dir().join(self.verb);
        fs::create_dir_all(&folder)?;
        let file = folder.join("report.json");
        fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        Ok(file)
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("\n  promise     tried  found  seconds");
        for line in &self.lines {
            let Line { promise, family, name, claim, held, seconds, findings, .. } = line;
            let mark = match (held, line.not_here()) {
                (true, Some(_)) => "–",
                (true, None) => "✓",
                (false, _) => "✗",
            };
            println!(
                "  {mark} {promise:>5} {:>9} {:>6} {seconds:>8}  {family}: {name}",
                findings.tried, findings.found
            );
            println!("{:36}{claim}", "");
            for figure in &findings.figures {
                println!("{:36}{figure}", "");
            }
            if let Some(why) = line.not_here() {
                println!("{:36}Not tried here: {why}", "");
            }
        }
        let failed = self.lines.iter().filter(|line| !line.held).count();
        println!("\n  {} done, {failed} of them found something or could not be done", self.lines.len());
    }
}
