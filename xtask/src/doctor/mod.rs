//! `cargo xtask doctor`: finds the usual trouble of a developer's machine, of a home or of what answers at an address, and says of each in
//! a sentence what to do. It changes nothing.

mod certificate;
pub mod deployed;
pub mod folder;
pub mod machine;
#[cfg(test)]
mod tests;

use std::{
    env,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{
    home::Kept,
    metrics_key, progress, root,
    run::PORT_DEFAULT,
    settings::{self, Settings},
};

/// Where the guide for a home has its backups.
pub const BACKUPS: &str = "/var/backups/wardkey";

/// What was looked at, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was found; where something is wrong, what to do.
    pub said: String,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It could not be seen from here.
    Unseen,
    /// Something has to be done.
    Bad,
}

impl Finding {
    fn good(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Good, said: said.into() }
    }

    fn unseen(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Unseen, said: said.into() }
    }

    fn bad(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Bad, said: said.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.verdict {
            Verdict::Good => '✓',
            Verdict::Unseen => '·',
            Verdict::Bad => '✗',
        };
        write!(f, "{mark} {}: {}", self.what, self.said)
    }
}

/// A system to look at: this one, unless a test has made another up.
pub struct System {
    /// Where programs are looked for.
    pub path: OsString,
    /// The folder of all its files.
    pub root: PathBuf,
}

impl System {
    /// This one.
    pub fn own() -> Self {
        Self { path: env::var_os("PATH").unwrap_or_default(), root: PathBuf::from("/") }
    }

    fn program(&self, name: &str) -> Option<PathBuf> {
        env::split_paths(&self.path).map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// What a program says that ends well.
    fn said(&self, name: &str, arguments: &[&str]) -> Option<String> {
        let output = Command::new(self.program(name)?).args(arguments).current_dir(root()).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(said)
    }
}

/// What to look at: the machine of a developer, where nothing is named.
pub struct Asked {
    /// The folder of a home.
    pub folder: Option<PathBuf>,
    /// Where a Wardkey answers.
    pub url: Option<String>,
    /// Where the backups of the home are.
    pub backups: PathBuf,
}

/// Looks, and says what it found. Gives back whether nothing is wrong.
pub fn run(asked: &Asked) -> Result<bool> {
    let system = System::own();
    let mut findings = Vec::new();
    if let Some(folder) = &asked.folder {
        progress::title(&format!("Looking at {}", folder.display()));
        let folder = std::path::absolute(folder)?;
        findings.extend(said(folder::look(&system, &folder, &asked.backups)));
        if asked.url.is_none()
            && let Ok(kept) = Kept::read(&folder)
        {
            let key = metrics_key::of(&kept.settings.secret_key_bytes()?)?;
            findings.extend(at(&kept.settings.public_origin, Some(&key))?);
        }
    }
    if let Some(url) = &asked.url {
        let key = match (settings::given("SECRET_KEY"), &asked.folder) {
            (None, None) => None,
            (_, folder) => {
                let state = folder.as_deref().unwrap_or(Path::new("."));
                Some(metrics_key::of(&Settings::kept_secret_key_bytes(state)?)?)
            }
        };
        findings.extend(at(url, key.as_deref())?);
    }
    if asked.folder.is_none() && asked.url.is_none() {
        progress::title("Looking at this machine");
        findings.extend(said(machine::look(&system, PORT_DEFAULT)));
    }
    Ok(findings.iter().all(|finding| finding.verdict != Verdict::Bad))
}

fn at(url: &str, key: Option<&str>) -> Result<Vec<Finding>> {
    progress::title(&format!("Looking at {url}"));
    Ok(said(deployed::look(&System::own(), url, key)?))
}

fn said(findings: Vec<Finding>) -> Vec<Finding> {
    findings.iter().for_each(|finding| progress::note(&finding.to_string()));
    findings
}

/// How many gigabytes are free where a path is.
fn free_gigabytes(path: &Path) -> Option<f64> {
    let there = path.ancestors().find(|path| path.exists())?;
    let room = rustix::fs::statvfs(there).ok()?;
    // Disks are smaller than what is exact here, and nobody counts their bytes.
    Some((room.f_bavail * room.f_frsize) as f64 / 1e9)
}

fn room(what: &'static str, path: &Path, least_gigabytes: f64) -> Finding {
    match free_gigabytes(path) {
        None => Finding::unseen(what, "how much room there is could not be found out"),
        Some(free) if free < least_gigabytes => Finding::bad(
            what,
            format!(
                "{free:.1} GB are free at {}: make room for at least {least_gigabytes} GB.",
                path.display()
            ),
        ),
        Some(free) => Finding::good(what, format!("{free:.0} GB are free")),
    }
}
