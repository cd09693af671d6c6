//! What the attacks came to: a table for people, and a file for whoever compares.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use serde::Serialize;

use crate::list::{Attack, Findings};

/// All that was tried.
#[derive(Default, Serialize)]
pub struct Report {
    /// When, in seconds since 1970.
    at: u64,
    attacks: Vec<Line>,
}

/// An attack and what it came to.
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
    pub fn new(attack: &Attack, outcome: Result<Findings>, took: Duration) -> Self {
        let Attack { family, name, promise, claim, .. } = *attack;
        let seconds = (took.as_secs_f64() * 10.0).round() / 10.0;
        let (findings, broke_off) = match outcome {
            Ok(findings) => (findings, None),
            Err(error) => (Findings::default(), Some(format!("{error:#}"))),
        };
        // What was never tried has not held either.
        let held = broke_off.is_none() && findings.found == 0 && findings.tried > 0;
        Self { promise, family, name, claim, held, seconds, findings, broke_off }
    }

    pub fn held(&self) -> bool {
        self.held
    }
}

impl Report {
    pub fn add(&mut self, line: Line) {
        for what in line.findings.examples.iter().chain(&line.broke_off) {
            println!("      {what}");
        }
        self.attacks.push(line);
    }

    pub fn all_held(&self) -> bool {
        self.attacks.iter().all(Line::held)
    }

    /// Writes the file and tells where it is.
    pub fn write(&mut self) -> Result<PathBuf> {
        self.at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let folder = xtask::target_dir().join("attack");
        fs::create_dir_all(&folder)?;
        let file = folder.join("report.json");
        fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        Ok(file)
    }

    pub fn print(&self) {
        println!("\n  promise     tried  found  seconds");
        for line in &self.attacks {
            let Line { promise, family, name, claim, held, seconds, findings, .. } = line;
            let mark = if *held { "✓" } else { "✗" };
            println!(
                "  {mark} {promise:>5} {:>9} {:>6} {seconds:>8}  {family}: {name}",
                findings.tried, findings.found
            );
            println!("{:36}{claim}", "");
            for figure in &findings.figures {
                println!("{:36}{figure}", "");
            }
        }
        let failed = self.attacks.iter().filter(|line| !line.held).count();
        println!("\n  {} attacks, {failed} of them found something or could not be made", self.attacks.len());
    }
}
