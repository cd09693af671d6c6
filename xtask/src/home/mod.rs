//! `cargo xtask home`: a folder with everything that a machine of a clinic's own needs to run Wardkey behind a proxy with TLS; or a
//! version alone, for a home that is there.
//!
//! A version knows nothing of the home that it is for: its keeper takes it in (`xtask/keeper/src/versions.rs`) and fills what is open.

mod kept;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use walkdir::WalkDir;
use wire::{Endpoint, ProblemCode, live::LIVE_PATH, monitoring::GetMetrics, sign_in::AuthorizeComputer};

pub use self::kept::{ADDRESS_HEADER, FILE, First, Kept};
use crate::{
    assemble, progress,
    runtime::copy,
    tools::{self, Tools},
    workerd_config::{self, Surroundings},
};

const NGINX: &str = include_str!("nginx.conf");
const REDIRECT: &str = include_str!("redirect.conf");
const SERVICE: &str = include_str!("wardkey.service");
const PROMETHEUS: &str = include_str!("prometheus.yml");
const ALERTS: &str = include_str!("alerts.yml");
const CONTAINERFILE: &str = include_str!("Containerfile");
/// What is to be done with all of it, for whoever stands before the machine.
const GUIDE: &str = include_str!("../../../docs/home.md");
/// As the Worker has it for an import (`worker/src/router.rs`).
const BODY_BYTES_MAX: u32 = 1024 * 1024;
/// What a version says of itself.
const LIST: &str = "version.json";
/// What the configuration has where a home says otherwise, and the hole that its keeper fills.
const OPEN: [(&str, &str); 3] = [
    (r#""127.0.0.1:0""#, r#""127.0.0.1:{port}""#),
    (r#"allow = ["public", "private"]"#, "allow = [{reach}]"),
    (r#", trustedCertificates = ["{trusted}"]"#, "{trusted}"),
];

/// Builds Wardkey and writes it into a folder: a home, the first time with what it is to be told, later as an upgrade of what is there. A
/// folder that is no home and is told nothing gets a version alone.
pub fn run(folder: &Path, first: &First) -> Result<()> {
    let folder: PathBuf = std::path::absolute(folder)?.components().collect();
    if first.address.is_none() && !folder.join(FILE).exists() {
        return run_version(&folder);
    }
    progress::title("Writing a home for Wardkey");
    // What is wrong with it is said before the wait.
    Kept::of(&made(&folder)?, first)?;
    let tools = built()?;
    let version = write(&folder, first, &tools)?;
    progress::note(&format!("{} is in {}.", version, folder.display()));
    progress::note(&format!(
        "It is told what stands in {}. What is left to do, docs/home.md says.",
        folder.join(FILE).display()
    ));
    Ok(())
}

fn run_version(folder: &Path) -> Result<()> {
    progress::title("Writing a version for a home that is there");
    progress::note("A new home needs an address: --address https://wardkey.your-domain");
    may_be_replaced(folder)?;
    let name = write_version(folder, &built()?)?;
    progress::note(&format!(
        "{name} is in {}. On the machine, as root, the home takes it in:",
        folder.display()
    ));
    progress::note(&format!("{0}/wardkey take-in /srv/wardkey {0}", folder.display()));
    Ok(())
}

fn built() -> Result<Tools> {
    let tools = tools::for_building()?;
    assemble::all(&tools)?;
    assemble::keeper()?;
    Ok(tools)
}

/// Has a home take in what is built. Gives the version's name.
pub fn write(folder: &Path, first: &First, tools: &Tools) -> Result<String> {
    let folder = made(folder)?;
    Kept::of(&folder, first)?;
    let unfinished = unfinished_in(&folder)?;
    let name = version(unfinished.path(), tools)?;
    let mut keeper = Command::new(assemble::keeper_program());
    let output = keeper.arg("take-in").arg(&folder).arg(unfinished.path()).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(name)
}

/// Writes what is built into a folder of its own, from which any home takes it in. Gives its name.
pub fn write_version(folder: &Path, tools: &Tools) -> Result<String> {
    may_be_replaced(folder)?;
    let beside = folder.parent().context("the folder of a version needs a name")?;
    fs::create_dir_all(beside).with_context(|| format!("{} can't be made", beside.display()))?;
    let unfinished = unfinished_in(beside)?;
    let name = version(unfinished.path(), tools)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(unfinished.keep(), folder)?;
    Ok(name)
}

/// Nothing but a version of before is ever removed.
fn may_be_replaced(folder: &Path) -> Result<()> {
    let empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let fine = !folder.exists() || folder.join(LIST).is_file() || empty();
    ensure!(fine, "{} holds something else. Name a folder for the version alone.", folder.display());
    Ok(())
}

fn unfinished_in(folder: &Path) -> Result<TempDir> {
    let unfinished = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(folder)?;
    fs::set_permissions(unfinished.path(), fs::Permissions::from_mode(0o755))?;
    Ok(unfinished)
}

/// Writes what is built, and what it is, into an empty folder.
fn version(parts: &Path, tools: &Tools) -> Result<String> {
    copy(&assemble::modules(), &parts.join("worker"))?;
    copy(&assemble::site(), &parts.join("site"))?;
    fs::copy(tools.workerd()?, parts.join("workerd")).context("the Worker's runtime is not there")?;
    fs::copy(assemble::keeper_program(), parts.join("wardkey")).context("the keeper is not there")?;
    fs::create_dir(parts.join("unfilled"))?;
    let texts = [
        ("unfilled/workerd.capnp", configuration(parts)?),
        ("unfilled/nginx.conf", filled(NGINX)),
        ("unfilled/redirect.conf", filled(REDIRECT)),
        ("unfilled/wardkey.service", filled(SERVICE)),
        ("unfilled/Containerfile", filled(CONTAINERFILE)),
        ("unfilled/prometheus.yml", filled(PROMETHEUS)),
        ("alerts.yml", ALERTS.to_owned()),
        ("home.md", GUIDE.to_owned()),
    ];
    for (file, text) in texts {
        fs::write(parts.join(file), text)?;
    }
    let files = digests(parts)?;
    // Versions of one number that differ are told apart.
    let whole = hex(&Sha256::digest(serde_json::to_vec(&files)?));
    let name = format!("{}-{}", env!("CARGO_PKG_VERSION"), &whole[..8]);
    let list = json!({ "name": name, "files": files });
    fs::write(parts.join(LIST), serde_json::to_string_pretty(&list)? + "\n")?;
    Ok(name)
}

/// The folder with what stays from version to version.
fn made(folder: &Path) -> Result<PathBuf> {
    let can_not = || format!("{} can't be made", folder.display());
    fs::create_dir_all(folder.join("versions")).with_context(can_not)?;
    fs::create_dir_all(folder.join("tls")).with_context(can_not)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.join("data")).with_context(can_not)?;
    Ok(folder.to_owned())
}

/// The digest of each file, by its path.
fn digests(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut digests = BTreeMap::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder)?.to_str().context("a file's name is no text")?;
            digests.insert(path.to_owned(), hex(&Sha256::digest(fs::read(entry.path())?)));
        }
    }
    Ok(digests)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Found from the home's own folder, in which it is started: the version that this is, whatever is current later.
fn configuration(parts: &Path) -> Result<String> {
    let surroundings = Surroundings {
        port: 0,
        site: Path::new("versions/{version}/site"),
        data: Path::new("data"),
        mails_stay_local: true,
        mailbox: None,
        mail_authority: Some("{trusted}"),
    };
    let mut text = workerd_config::text(parts, &surroundings)?;
    for (written, hole) in OPEN {
        ensure!(text.matches(written).count() == 1, "the configuration has no {written}");
        text = text.replace(written, hole);
    }
    Ok(text)
}

/// What every home is told alike.
fn filled(template: &str) -> String {
    let values = [
        ("{address_header}", ADDRESS_HEADER.to_owned()),
        ("{body_bytes_max}", BODY_BYTES_MAX.to_string()),
        ("{step_1}", AuthorizeComputer::PATH.to_owned()),
        ("{live}", LIVE_PATH.to_owned()),
        ("{metrics}", GetMetrics::PATH.to_owned()),
        ("{too_large}", problem(413, ProblemCode::RequestTooLarge)),
        ("{slow_down}", problem(429, ProblemCode::SlowDown)),
        ("{busy}", problem(503, ProblemCode::Busy)),
    ];
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// A refusal as the Worker writes it, which the app understands.
fn problem(status: u16, code: ProblemCode) -> String {
    let code = code.as_str();
    format!(r#"{{"type":"urn:wardkey:problem:{code}","status":{status},"code":"{code}"}}"#)
}
