//! Programs of Debian's packages that the tests drive: found, or installed where that is allowed.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    progress,
    tools::{cache, lock, on_path},
};

/// Programs of Debian's packages that the tests drive, each with its package.
const TEST_PROGRAMS: [(&str, &str); 8] = [
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("oathtool", "oathtool"),
    ("openssl", "openssl"),
    ("zbarimg", "zbar-tools"),
    ("pdfinfo", "poppler-utils"),
    ("pdftoppm", "poppler-utils"),
    ("pdftotext", "poppler-utils"),
];

/// Whether Python can make environments: Debian has what that takes in a package of its own.
fn makes_environments() -> bool {
    let mut python = Command::new("python3");
    let tried = python.args(["-c", "import ensurepip, venv"]).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// Installs what is missing for the tests.
pub fn packages() -> Result<()> {
    let missing: Vec<&str> = TEST_PROGRAMS
        .iter()
        .filter(|(program, _)| on_path(program).is_none())
        .map(|(_, package)| *package)
        .chain((!makes_environments()).then_some("python3-venv"))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let Some(mut apt) = apt_get() else {
        bail!("The tests need {list}. Install them with your system's package manager and try again.");
    };
    let advice = format!("Install them by hand and try again: {list}");
    let mut again = apt_get().unwrap_or_else(|| Command::new("apt-get"));
    progress::must("Reading Debian's package lists", apt.arg("update"), &advice)?;
    progress::must(
        &format!("Installing {list}"),
        again.args(["install", "-y", "--no-install-recommends"]).args(missing),
        &advice,
    )
}

/// `apt-get`, where there is one and we may use it.
fn apt_get() -> Option<Command> {
    on_path("apt-get")?;
    let mut command = if rustix::process::getuid().is_root() {
        Command::new("apt-get")
    } else {
        let allowed = Command::new("sudo").args(["-n", "true"]).stderr(Stdio::null()).status();
        if !allowed.is_ok_and(|status| status.success()) {
            return None;
        }
        let mut command = Command::new("sudo");
        command.args(["-n", "apt-get"]);
        command
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Some(command)
}

/// `nginx`. Installed, it would be started, and again with each start of the system.
pub fn nginx() -> Result<PathBuf> {
    unpacked("nginx", "nginx", "usr/sbin/nginx")
}

/// `promtool`, with which Prometheus judges figures and alerts. Installed, Prometheus would be started.
pub fn promtool() -> Result<PathBuf> {
    unpacked("promtool", "prometheus", "usr/bin/promtool")
}

/// A program: the system's, or one that is only unpacked from its package.
fn unpacked(name: &str, package: &str, program: &str) -> Result<PathBuf> {
    // Not on everybody's PATH.
    let usual = Path::new("/").join(program);
    if let Some(found) = on_path(name).or_else(|| usual.is_file().then_some(usual)) {
        return Ok(found);
    }
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let folder = cache.join(package);
    if folder.join(program).is_file() {
        return Ok(folder.join(program));
    }
    let unfinished = tempfile::tempdir_in(&cache)?;
    let advice = format!("Install {name} by hand and try again.");
    let mut download = Command::new("apt-get");
    download.args(["download", package]).current_dir(unfinished.path());
    progress::must(&format!("Fetching Debian's {package} (once)"), &mut download, &advice)?;
    let mut packages = fs::read_dir(unfinished.path())?;
    let fetched = packages.next().with_context(|| format!("apt-get fetched no {package}"))??.path();
    let unpacked = unfinished.path().join("unpacked");
    progress::must(
        "Unpacking it",
        Command::new("dpkg-deb").arg("--extract").args([&fetched, &unpacked]),
        &advice,
    )?;
    fs::rename(unpacked, &folder)?;
    Ok(folder.join(program))
}
