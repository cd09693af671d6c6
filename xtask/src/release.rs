//! `cargo xtask release VERSION`: the version, the changelog, what is deployed in one archive that comes out the same wherever it is
//! made, what it is made of (CycloneDX), and checksums. What it changes it leaves for somebody to look at, commit and tag.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use anyhow::{Context, Result, bail, ensure};
use semver::Version;
use sha2::{Digest, Sha256};
use toml_edit::{DocumentMut, Value};
use walkdir::{DirEntry, WalkDir};

use crate::{TOLD_BY_CARGO, assemble, cargo, progress, root, target_dir, tools};

/// What a release changes.
const MANIFEST: &str = "Cargo.toml";
const LOCK: &str = "Cargo.lock";
const CHANGELOG: &str = "CHANGELOG.md";
/// Where the changes stand that no release has yet.
const UNRELEASED: &str = "## Unreleased\n";
/// What is deployed, and what tells how.
const PACKED: [&str; 10] = [
    "build",
    "dist",
    "wrangler.toml",
    "docs",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];
/// What is told apart in a bill of materials: what runs in browsers, and what runs on the platform.
const BILLED: [&str; 2] = ["app", "worker"];
/// Folders with nothing of ours.
const BUILT: [&str; 3] = ["target", "node_modules", ".git"];
/// The target that both are compiled for.
const TARGET: &str = "wasm32-unknown-unknown";
const SPEC_VERSION: &str = "1.5";

/// Makes a release in `target/release-VERSION`. Where something fails, the three files are as they were.
pub fn run(version: &str) -> Result<()> {
    progress::title(&format!("Making release {version} of Wardkey"));
    let changed = told(git().args(["status", "--porcelain"]))?;
    ensure!(changed.is_empty(), "There are changes that are not committed:\n{changed}");
    let before = [MANIFEST, LOCK, CHANGELOG].map(|file| (file, fs::read(root().join(file))));
    let made = make(version);
    if made.is_err() {
        for (file, text) in before {
            fs::write(root().join(file), text?)?;
        }
    }
    let folder = made?;
    progress::note(&format!("It is in {}. Look at what has changed, then:", folder.display()));
    println!("\n  git commit -am 'Release {version}'\n  git tag -s v{version} -m 'Wardkey {version}'\n");
    Ok(())
}

fn make(version: &str) -> Result<PathBuf> {
    let manifest = fs::read_to_string(root().join(MANIFEST))?;
    let changelog = fs::read_to_string(root().join(CHANGELOG))?;
    let changelog = released(&changelog, version, &today())?;
    fs::write(root().join(MANIFEST), raised(&manifest, version)?)?;
    fs::write(root().join(CHANGELOG), changelog)?;
    let mut lock = cargo();
    lock.args(["update", "--workspace", "--offline"]);
    progress::must("Writing the version down", &mut lock, "The words of cargo are below.")?;

    let tools = tools::for_building()?;
    assemble::all(&tools)?;
    let folder = target_dir().join(format!("release-{version}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    pack(&folder.join(format!("wardkey-{version}.tar.gz")), &format!("wardkey-{version}"))?;
    bill(&folder, version)?;
    check_sums(&folder)?;
    Ok(folder)
}

/// The manifest with a version that follows the one in it.
fn raised(manifest: &str, version: &str) -> Result<String> {
    let wanted = Version::parse(version).with_context(|| format!("{version} is no version (semver.org)"))?;
    let mut manifest: DocumentMut = manifest.parse()?;
    let written = manifest["workspace"]["package"]["version"].as_value_mut();
    let written = written.context("the workspace has no version")?;
    let now = Version::parse(written.as_str().context("the workspace's version is no text")?)?;
    ensure!(wanted > now, "{wanted} does not follow {now}");
    let around = written.decor().clone();
    *written = Value::from(version);
    *written.decor_mut() = around;
    Ok(manifest.to_string())
}

/// The changelog, in which what was unreleased is of this version and day.
fn released(changelog: &str, version: &str, day: &str) -> Result<String> {
    let (head, rest) = changelog.split_once(UNRELEASED).context("the changelog has no \"Unreleased\"")?;
    let changes = rest.split("\n## ").next().unwrap_or_default();
    ensure!(!changes.trim().is_empty(), "The changelog tells of nothing that changed.");
    Ok(format!("{head}{UNRELEASED}\n## [{version}] - {day}\n{rest}"))
}

/// The day in UTC, as the changelog writes it.
fn today() -> String {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    now.split_once('T').map(|(day, _)| day.to_owned()).unwrap_or(now)
}

/// Packs what is deployed, the same to the byte for the same commit: in order, of one moment, of nobody.
fn pack(archive: &Path, folder: &str) -> Result<()> {
    let moment = moment()?;
    let mut tar = Command::new("tar");
    tar.args([
        "--create",
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--mode=go=rX,u+rw,a-s",
    ])
    .args(["--format=posix", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"])
    .arg(format!("--mtime=@{moment}"))
    .args(["--use-compress-program=gzip -9n", "--transform"])
    .arg(format!("s,^,{folder}/,"))
    .arg("--file")
    .arg(archive)
    .args(PACKED)
    .current_dir(root());
    progress::must("Packing what is deployed", &mut tar, "The words of tar are below.")
}

/// When the newest commit was made, in seconds: what is made of it now is of that moment.
fn moment() -> Result<String> {
    told(git().args(["log", "-1", "--format=%ct"]))
}

/// What app and Worker are made of, each in a file (<https://cyclonedx.org>).
fn bill(folder: &Path, version: &str) -> Result<()> {
    let program = tools::cargo_cyclonedx()?;
    let name = format!("wardkey-{version}.cdx");
    let mut bill = Command::new(program);
    bill.args(["cyclonedx", "--format", "json", "--spec-version", SPEC_VERSION, "--target", TARGET])
        .args(["--override-filename", &name])
        .env("SOURCE_DATE_EPOCH", moment()?)
        .current_dir(root())
        .env_remove(TOLD_BY_CARGO);
    progress::must("Telling what it is made of", &mut bill, "The words of cargo-cyclonedx are below.")?;
    // It writes one beside each manifest.
    let file = format!("{name}.json");
    let ours = |entry: &DirEntry| !entry.file_name().to_str().is_some_and(|name| BUILT.contains(&name));
    for entry in WalkDir::new(root()).into_iter().filter_entry(ours) {
        let entry = entry?;
        if entry.file_name().to_str() != Some(&file) {
            continue;
        }
        let of = entry.path().parent().and_then(Path::file_name).and_then(|name| name.to_str());
        if let Some(part) = of.filter(|part| BILLED.contains(part)) {
            // Where it was made is nobody's business.
            let text = fs::read_to_string(entry.path())?.replace(&root().display().to_string(), "");
            fs::write(folder.join(format!("wardkey-{part}-{version}.cdx.json")), text)?;
        }
        fs::remove_file(entry.path())?;
    }
    for part in BILLED {
        let file = folder.join(format!("wardkey-{part}-{version}.cdx.json"));
        ensure!(file.is_file(), "there is no bill of materials of {part}");
    }
    Ok(())
}

/// Writes down the SHA-256 of each file, as `sha256sum --check` reads it.
fn check_sums(folder: &Path) -> Result<()> {
    let mut sums = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| anyhow::anyhow!("{name:?}"))?;
        let sum: String =
            Sha256::digest(fs::read(entry.path())?).iter().map(|byte| format!("{byte:02x}")).collect();
        progress::note(&format!("{sum}  {name}"));
        sums.push(format!("{sum}  {name}\n"));
    }
    sums.sort();
    fs::write(folder.join("SHA256SUMS"), sums.concat())?;
    Ok(())
}

fn git() -> Command {
    let mut git = Command::new("git");
    git.current_dir(root());
    git
}

fn told(command: &mut Command) -> Result<String> {
    let output = command.output().context("`git` could not be started")?;
    if !output.status.success() {
        bail!("git: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "# Ours\n\n[workspace.package]\nversion = \"0.9.0\" # as it is\nedition = \"2024\"\n";

    #[test]
    fn a_version_follows_the_one_before_and_nothing_else_moves() {
        let raised_to = raised(OLD, "1.0.0").unwrap();
        assert_eq!(raised_to.replace("1.0.0", "0.9.0"), OLD);
        for wrong in ["0.9.0", "0.8.9", "0.9.0-rc.1", "1.0", "v1.0.0", ""] {
            assert!(raised(OLD, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_unreleased_is_of_the_release() {
        let old = "# Changelog\n\n## Unreleased\n\n### Added\n- This.\n\n## [0.9.0] - 2026-01-02\n- That.\n";
        let new = released(old, "1.0.0", "2026-11-23").unwrap();
        assert_eq!(
            new,
            "# Changelog\n\n## Unreleased\n\n## [1.0.0] - 2026-11-23\n\n### Added\n- This.\n\n## [0.9.0] - 2026-01-02\n- That.\n"
        );
        assert!(released(&new, "1.0.1", "2026-11-24").is_err(), "nothing has changed since");
    }

    #[test]
    fn everything_that_is_packed_is_there() {
        for file in PACKED.iter().filter(|file| !["build", "dist"].contains(file)) {
            assert!(root().join(file).exists(), "{file}");
        }
    }
}
