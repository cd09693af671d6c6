//! `cargo xtask home`: a folder with everything that a machine of a clinic's own needs to run Wardkey behind a proxy with TLS.
//!
//! Each version stands in a folder of its own below `versions/`; the link `current` names the one that runs, `former` the one before.

mod kept;

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
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
/// The port of an address that names none.
const USUAL_PORT: u16 = 443;
const VERSIONS: &str = "versions";
const CURRENT: &str = "current";
const FORMER: &str = "former";

/// Builds Wardkey and writes it into a folder: the first time with what it is to be told, later as an upgrade of what is there.
pub fn run(folder: &Path, first: &First) -> Result<()> {
    progress::title("Writing a home for Wardkey");
    let folder = std::path::absolute(folder)?;
    // What is wrong with it is said before the wait.
    Kept::of(&made(&folder)?, first)?;
    let tools = tools::for_building()?;
    assemble::all(&tools)?;
    assemble::keeper()?;
    let version = write(&folder, first, &tools)?;
    progress::note(&format!("{} is in {}.", version, folder.display()));
    progress::note(&format!(
        "It is told what stands in {}. What is left to do, docs/home.md says.",
        folder.join(FILE).display()
    ));
    Ok(())
}

/// Writes what is built, and makes it the current version. Gives its name.
pub fn write(folder: &Path, first: &First, tools: &Tools) -> Result<String> {
    let folder = made(folder)?;
    let kept = Kept::of(&folder, first)?;
    let unfinished = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(folder.join(VERSIONS))?;
    let parts = unfinished.path();
    fs::set_permissions(parts, fs::Permissions::from_mode(0o755))?;
    copy(&assemble::modules(), &parts.join("worker"))?;
    copy(&assemble::site(), &parts.join("site"))?;
    fs::copy(tools.workerd()?, parts.join("workerd")).context("the Worker's runtime is not there")?;
    fs::copy(assemble::keeper_program(), parts.join("wardkey")).context("the keeper is not there")?;
    let name = format!("{}-{}", env!("CARGO_PKG_VERSION"), digest(parts)?);
    let version = Path::new(VERSIONS).join(&name);
    let texts = [
        ("workerd.capnp", configuration(parts, &version, &kept)?),
        ("nginx.conf", filled(NGINX, &folder, &name, &kept)?),
        ("wardkey.service", filled(SERVICE, &folder, &name, &kept)?),
        ("Containerfile", filled(CONTAINERFILE, &folder, &name, &kept)?),
        ("prometheus.yml", filled(PROMETHEUS, &folder, &name, &kept)?),
        ("alerts.yml", ALERTS.to_owned()),
        ("home.md", GUIDE.to_owned()),
    ];
    let place = folder.join(&version);
    // The same programs once more, with what the file says by now: what runs goes on reading the site's files.
    let into = if place.exists() { &place } else { parts };
    for (file, text) in texts {
        fs::write(into.join(file), text)?;
    }
    if !place.exists() {
        fs::rename(unfinished.keep(), &place)?;
    }
    make_current(&folder, &version)?;
    forget_others(&folder)?;
    Ok(name)
}

/// The folder with what stays from version to version.
fn made(folder: &Path) -> Result<PathBuf> {
    let can_not = || format!("{} can't be made", folder.display());
    fs::create_dir_all(folder.join(VERSIONS)).with_context(can_not)?;
    fs::create_dir_all(folder.join("tls")).with_context(can_not)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.join("data")).with_context(can_not)?;
    Ok(folder.to_owned())
}

fn make_current(folder: &Path, version: &Path) -> Result<()> {
    let before = fs::read_link(folder.join(CURRENT)).ok();
    if let Some(before) = before.filter(|before| before != version) {
        point(folder, FORMER, &before)?;
    }
    point(folder, CURRENT, version)
}

/// In one step, so that a start in between finds one or the other.
fn point(folder: &Path, name: &str, version: &Path) -> Result<()> {
    let new = folder.join(format!(".{name}"));
    let _ = fs::remove_file(&new);
    symlink(version, &new)?;
    fs::rename(&new, folder.join(name)).with_context(|| format!("{name} can't be set"))
}

/// Removes every version but the current one and the one before.
fn forget_others(folder: &Path) -> Result<()> {
    let stay: Vec<PathBuf> =
        [CURRENT, FORMER].iter().filter_map(|name| fs::read_link(folder.join(name)).ok()).collect();
    for entry in fs::read_dir(folder.join(VERSIONS))? {
        let name = entry?.file_name();
        if !stay.contains(&Path::new(VERSIONS).join(&name)) {
            fs::remove_dir_all(folder.join(VERSIONS).join(&name))?;
        }
    }
    Ok(())
}

/// The first characters of a digest over all files: versions of one number that differ are told apart.
fn digest(folder: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            hash.update(entry.path().strip_prefix(folder)?.to_string_lossy().as_bytes());
            hash.update([0]);
            hash.update(Sha256::digest(fs::read(entry.path())?));
        }
    }
    Ok(hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect())
}

/// Found from the home's own folder, in which it is started: the version that this is, whatever is current later.
fn configuration(parts: &Path, version: &Path, kept: &Kept) -> Result<String> {
    let surroundings = Surroundings {
        port: kept.port,
        site: &version.join("site"),
        data: Path::new("data"),
        mails_stay_local: kept.settings.mails_stay_local(),
        mailbox: None,
        mail_authority: kept.settings.mail_authority.as_deref(),
    };
    workerd_config::text(parts, &surroundings)
}

fn filled(template: &str, folder: &Path, version: &str, kept: &Kept) -> Result<String> {
    let public_port = kept.address.port().unwrap_or(USUAL_PORT);
    // Behind an address with a port of its own stands something else at the usual one.
    let redirect = if public_port == USUAL_PORT { REDIRECT } else { "" };
    let values = [
        ("{redirect}", redirect.to_owned()),
        ("{origin}", kept.settings.public_origin.clone()),
        ("{host}", kept.address.host_str().unwrap_or_default().to_owned()),
        ("{folder}", folder.to_str().context("the folder's name is no text")?.to_owned()),
        ("{version}", version.to_owned()),
        ("{port}", kept.port.to_string()),
        ("{public_port}", public_port.to_string()),
        ("{address_header}", ADDRESS_HEADER.to_owned()),
        ("{body_bytes_max}", BODY_BYTES_MAX.to_string()),
        ("{step_1}", AuthorizeComputer::PATH.to_owned()),
        ("{live}", LIVE_PATH.to_owned()),
        ("{metrics}", GetMetrics::PATH.to_owned()),
        ("{too_large}", problem(413, ProblemCode::RequestTooLarge)),
        ("{slow_down}", problem(429, ProblemCode::SlowDown)),
        ("{busy}", problem(503, ProblemCode::Busy)),
    ];
    Ok(values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value)))
}

/// A refusal as the Worker writes it, which the app understands.
fn problem(status: u16, code: ProblemCode) -> String {
    let code = code.as_str();
    format!(r#"{{"type":"urn:wardkey:problem:{code}","status":{status},"code":"{code}"}}"#)
}
