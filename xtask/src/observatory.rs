//! What Mozilla's Observatory says of our headers and cookies: on pages, and on replies of the API.

use std::{fmt, process::Command};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use ureq::Agent;
use wire::{
    Endpoint,
    operator::ComputerSecret,
    proof,
    sign_in::{AuthorizeComputer, ComputerCredentials},
};

use crate::{
    assemble, demo, key,
    progress::{self, Step},
    root,
    stand::Stand,
    tools,
};

/// What is judged: each kind of page, and of reply.
const PATHS: [&str; 8] = [
    "/",
    "/help/en",
    "/help/ru/locked",
    "/verify",
    "/support",
    "/api/health",
    "/api/sign-in",
    "/api/openapi.json",
];
/// The best mark that it gives.
const BEST: &str = "A+";

/// What was said of an address.
#[derive(Deserialize)]
pub struct Mark {
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
    /// Whether it is the best one, with every test passed. A page that is not there has good headers as well, and does not count.
    pub fn is_best(&self) -> bool {
        self.status == 200 && self.grade == BEST && self.findings.iter().all(|finding| finding.passed)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mark { path, status, grade, score, findings } = self;
        let mark = if self.is_best() { '✓' } else { '✗' };
        write!(f, "{mark} {path}: {grade} ({score} of 100), {status}")?;
        for Finding { name, result, modifier, .. } in findings.iter().filter(|finding| !finding.passed) {
            write!(f, "\n    {modifier:+3} {name}: {result}")?;
        }
        Ok(())
    }
}

/// Has a Wardkey of its own judged. Tells whether each address got the best mark.
pub fn run() -> Result<bool> {
    progress::title("Having Mozilla's Observatory judge Wardkey");
    let tools = tools::for_building()?;
    assemble::all(&tools)?;
    tools::observatory()?;
    let stand = Stand::start(&tools, &[])?;
    let clinic = demo::open(stand.worker.address(), &stand.settings, &demo::harbour_street())?;
    let computer = clinic.computers.first().context("the clinic has no computer")?;
    let step = Step::start(&format!("Asking for {} addresses", PATHS.len()));
    let marks = judge(&stand.settings.public_origin, computer)?;
    step.done();
    marks.iter().for_each(|mark| progress::note(&mark.to_string()));
    Ok(marks.iter().all(Mark::is_best))
}

/// Has each address of a Wardkey judged, by a browser that has the cookies of one of its computers.
///
/// # Errors
/// When nobody answers, and when the Observatory cannot judge what was answered.
pub fn judge(origin: &str, computer: &ComputerSecret) -> Result<Vec<Mark>> {
    let mut scan = Command::new("node");
    scan.arg(root().join("xtask/observatory/scan.mjs")).arg(tools::observatory()?).arg(origin);
    let said = scan.arg(serde_json::to_string(&cookies(origin, computer)?)?).args(PATHS).output();
    let said = said.context("`node` could not be started")?;
    ensure!(said.status.success(), "it could not judge: {}", String::from_utf8_lossy(&said.stderr));
    let marks: Vec<Mark> = serde_json::from_slice(&said.stdout).context("its marks can't be read")?;
    ensure!(marks.len() == PATHS.len(), "it has judged {} addresses", marks.len());
    Ok(marks)
}

/// The cookies that come with step 1, as they come.
fn cookies(origin: &str, computer: &ComputerSecret) -> Result<Vec<String>> {
    let ComputerSecret { username, password, .. } = computer.clone();
    let reply = Agent::new_with_defaults()
        .post(format!("{origin}{}", AuthorizeComputer::PATH))
        .header("Origin", origin)
        .header(proof::HEADER, key::shared().proof("POST", origin, AuthorizeComputer::PATH, 0))
        .send_json(ComputerCredentials { username, password })
        .context("the computer was not authorized")?;
    let lines = reply.headers().get_all("Set-Cookie").iter();
    let cookies: Vec<String> = lines.map(|line| Ok(line.to_str()?.to_owned())).collect::<Result<_>>()?;
    ensure!(!cookies.is_empty(), "no cookie came");
    Ok(cookies)
}
