//! What Mozilla's Observatory says of our headers: on the sign-in, on a help page and on a reply of the API.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{
    assemble,
    progress::{self, Step},
    root,
    stand::Stand,
    tools,
};

/// What is judged: one of each kind of reply.
const PATHS: [&str; 3] = ["/", "/help/en", "/api/health"];
/// The best mark that it gives.
const BEST: &str = "A+";

/// What was said of an address.
#[derive(Deserialize)]
struct Mark {
    path: String,
    status: u16,
    grade: String,
    score: i32,
    findings: Vec<Finding>,
}

/// A test, and what it gave or took.
#[derive(Deserialize)]
struct Finding {
    name: String,
    result: String,
    modifier: i32,
    passed: bool,
}

impl Mark {
    fn is_best(&self) -> bool {
        // A page that is not there has good headers as well.
        self.status == 200 && self.grade == BEST && self.findings.iter().all(|finding| finding.passed)
    }

    fn tell(&self) {
        let mark = if self.is_best() { "✓" } else { "✗" };
        progress::note(&format!(
            "{mark} {}: {} ({} of 100), {}",
            self.path, self.grade, self.score, self.status
        ));
        for Finding { name, result, modifier, .. } in &self.findings {
            progress::note(&format!("    {modifier:+3} {name}: {result}"));
        }
    }
}

/// Has each address judged. Tells whether each got the best mark, and passed every test.
pub fn run() -> Result<bool> {
    progress::title("Having Mozilla's Observatory judge Wardkey");
    let tools = tools::for_building()?;
    assemble::app(&tools)?;
    assemble::worker(&tools)?;
    let observatory = tools::observatory()?;
    let stand = Stand::start(&tools, ("/empty", "<!doctype html>"))?;
    let step = Step::start("Asking for three addresses");
    let mut scan = Command::new("node");
    scan.arg(root().join("xtask/observatory/scan.mjs")).arg(observatory);
    let said = scan.arg(&stand.settings.public_origin).args(PATHS).output();
    let said = said.context("`node` could not be started")?;
    ensure!(said.status.success(), "it could not judge: {}", String::from_utf8_lossy(&said.stderr));
    step.done();
    let marks: Vec<Mark> = serde_json::from_slice(&said.stdout).context("its marks can't be read")?;
    marks.iter().for_each(Mark::tell);
    Ok(marks.len() == PATHS.len() && marks.iter().all(Mark::is_best))
}
