//! `cargo xtask release VERSION` writes the version and the changelog, for somebody to look at, commit and tag. `cargo xtask release --pack`
//! makes of that commit what is handed out: what is deployed in one archive, the sources in another, what both are made of (CycloneDX),
//! and checksums. Whoever checks the tag out later packs the same.

use std::{fs, path::Path, process::Command, time::SystemTime};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use semver::Version;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use toml_edit::{DocumentMut, Item, Value};
use walkdir::{DirEntry, WalkDir};

use crate::{TOLD_BY_CARGO, assemble, cargo, progress, root, target_dir, tools};

/// What a release changes.
const MANIFEST: &str = "Cargo.toml";
const LOCK: &str = "Cargo.lock";
const CHANGELOG: &str = "CHANGELOG.md";
/// Where the changes stand that no release has yet.
const UNRELEASED: &str = "## Unreleased\n";
/// What is deployed, and what tells how. Whatever else README names is in the archive of the sources.
const PACKED: [&str; 12] = [
    "build",
    "dist",
    "wrangler.toml",
    "docs",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];
/// What is told apart in bills of materials, each with the target that it is compiled for: what runs in browsers, what runs on the
/// platform, and what a home has besides. The same crates make a keeper for machines with ARM.
const BILLED: [(&str, &str); 3] = [("app", WEB), ("worker", WEB), (KEEPER, HOME)];
const KEEPER: &str = "keeper";
const WEB: &str = "wasm32-unknown-unknown";
const HOME: &str = "x86_64-unknown-linux-gnu";
/// Folders with nothing of ours.
const BUILT: [&str; 3] = ["target", "node_modules", ".git"];
const SPEC_VERSION: &str = "1.5";
/// Which packages a home's runtime comes from.
const NPM_LOCK: &str = "package-lock.json";
const RUNTIME: &str = "node_modules/@cloudflare/workerd-";

/// Writes a release's version down. Where something fails, the three files are as they were.
pub fn run(version: &str) -> Result<()> {
    progress::title(&format!("Writing release {version} of Wardkey down"));
    is_committed()?;
    let before = [MANIFEST, LOCK, CHANGELOG].map(|file| (file, fs::read(root().join(file))));
    let written = write_down(version);
    if written.is_err() {
        for (file, text) in before {
            fs::write(root().join(file), text?)?;
        }
    }
    written?;
    progress::note("Look at what has changed, then:");
    println!(
        "\n  git commit -am 'Release {version}'\n  git tag -s v{version} -m 'Wardkey {version}'\n  cargo xtask release --pack\n"
    );
    Ok(())
}

/// Makes what is handed out of the release that is checked out, in `target/release-VERSION`.
pub fn pack() -> Result<()> {
    let manifest = fs::read_to_string(root().join(MANIFEST))?;
    let version = version_of(&manifest)?;
    progress::title(&format!("Packing release {version} of Wardkey"));
    is_committed()?;
    let changelog = fs::read_to_string(root().join(CHANGELOG))?;
    ensure!(
        changelog.contains(&format!("\n## [{version}] - ")),
        "The changelog knows no {version}: `cargo xtask release VERSION` writes one down, or check out its tag."
    );
    assemble::all_anew(&tools::for_building()?)?;
    // A build that writes into the tree would be of no commit.
    is_committed()?;
    let folder = target_dir().join(format!("release-{version}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let (name, moment) = (format!("wardkey-{version}"), moment(root())?);
    pack_deployed(root(), &folder.join(format!("{name}.tar.gz")), &name, &moment)?;
    let sources = format!("{name}-source");
    pack_sources(root(), &folder.join(format!("{sources}.tar.gz")), &sources)?;
    bill(&folder, &version, &moment)?;
    check_sums(&folder)?;
    progress::note(&format!("It is in {}.", folder.display()));
    Ok(())
}

fn write_down(version: &str) -> Result<()> {
    let manifest = fs::read_to_string(root().join(MANIFEST))?;
    let changelog = fs::read_to_string(root().join(CHANGELOG))?;
    let changelog = released(&changelog, version, &today())?;
    fs::write(root().join(MANIFEST), raised(&manifest, version)?)?;
    fs::write(root().join(CHANGELOG), changelog)?;
    let mut lock = cargo();
    lock.args(["update", "--workspace", "--offline"]);
    progress::must("Writing the version down", &mut lock, "The words of cargo are below.")
}

fn is_committed() -> Result<()> {
    let changed = told(git(root()).args(["status", "--porcelain"]))?;
    ensure!(changed.is_empty(), "There are changes that are not committed:\n{changed}");
    Ok(())
}

fn version_of(manifest: &str) -> Result<String> {
    let manifest: DocumentMut = manifest.parse()?;
    let version = manifest.get("workspace").and_then(|workspace| workspace.get("package")?.get("version"));
    version.and_then(Item::as_str).map(str::to_owned).context("the workspace has no version")
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

/// Packs what is deployed, the same to the byte for the same files and moment: in order, of one moment, of nobody.
fn pack_deployed(from: &Path, archive: &Path, folder: &str, moment: &str) -> Result<()> {
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
    .current_dir(from);
    progress::must("Packing what is deployed", &mut tar, "The words of tar are below.")
}

/// Packs the sources of the newest commit, whose name and moment git writes into the archive.
fn pack_sources(from: &Path, archive: &Path, folder: &str) -> Result<()> {
    let mut archived = git(from);
    archived
        // Whatever whoever packs has set for themselves.
        .args(["-c", "tar.umask=0022", "-c", "tar.tar.gz.command=gzip -9n"])
        .args(["archive", "--format=tar.gz", &format!("--prefix={folder}/"), "--output"])
        .arg(archive)
        .arg("HEAD");
    progress::must("Packing the sources", &mut archived, "The words of git are below.")
}

/// When the newest commit was made, in seconds: what is made of it is of that moment.
fn moment(of: &Path) -> Result<String> {
    told(git(of).args(["log", "-1", "--format=%ct"]))
}

/// What app, Worker and keeper are made of, each in a file (<https://cyclonedx.org>). The keeper's names the runtime as well: a home has both.
fn bill(folder: &Path, version: &str, moment: &str) -> Result<()> {
    let program = tools::cargo_cyclonedx()?;
    for target in [WEB, HOME] {
        let name = format!("wardkey-{version}.cdx");
        let mut bill = Command::new(&program);
        bill.args(["cyclonedx", "--format", "json", "--spec-version", SPEC_VERSION, "--target", target])
            .args(["--override-filename", &name])
            .env("SOURCE_DATE_EPOCH", moment)
            .current_dir(root())
            .env_remove(TOLD_BY_CARGO);
        let written = progress::must(
            &format!("Telling what it is made of ({target})"),
            &mut bill,
            "The words of cargo-cyclonedx are below.",
        );
        written.and_then(|()| take_bills(folder, version, target, &format!("{name}.json")))?;
    }
    for (part, _) in BILLED {
        ensure!(folder.join(bill_name(part, version)).is_file(), "there is no bill of materials of {part}");
    }
    let file = folder.join(bill_name(KEEPER, version));
    let lock = serde_json::from_str(&fs::read_to_string(root().join(NPM_LOCK))?)?;
    let with = with_runtime(serde_json::from_str(&fs::read_to_string(&file)?)?, &lock)?;
    fs::write(&file, serde_json::to_string_pretty(&with)? + "\n")?;
    Ok(())
}

fn bill_name(part: &str, version: &str) -> String {
    format!("wardkey-{part}-{version}.cdx.json")
}

/// Takes what is billed for this target, of the files that were written beside each manifest.
fn take_bills(folder: &Path, version: &str, target: &str, file: &str) -> Result<()> {
    let ours = |entry: &DirEntry| !entry.file_name().to_str().is_some_and(|name| BUILT.contains(&name));
    for entry in WalkDir::new(root()).into_iter().filter_entry(ours) {
        let entry = entry?;
        if entry.file_name().to_str() != Some(file) {
            continue;
        }
        let of = entry.path().parent().and_then(Path::file_name).and_then(|name| name.to_str());
        if let Some((part, _)) = BILLED.iter().find(|billed| of == Some(billed.0) && target == billed.1) {
            // Where it was made is nobody's business.
            let text = fs::read_to_string(entry.path())?.replace(&root().display().to_string(), "");
            fs::write(folder.join(bill_name(part, version)), text)?;
        }
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

/// A bill in which the runtime stands too, once for each kind of machine, as npm's list has it.
fn with_runtime(mut bill: Json, lock: &Json) -> Result<Json> {
    let packages = lock["packages"].as_object().context("npm's list has no packages")?;
    let mut references = Vec::new();
    for (path, package) in packages.iter().filter(|(path, _)| path.starts_with(RUNTIME)) {
        let told = |field: &str| package[field].as_str().with_context(|| format!("{path} has no {field}"));
        let name = path.trim_start_matches("node_modules/@cloudflare/");
        let (version, integrity) = (told("version")?, told("integrity")?);
        let sum = integrity.strip_prefix("sha512-").context("a checksum of another kind")?;
        let sum: String = BASE64_STANDARD.decode(sum)?.iter().map(|byte| format!("{byte:02x}")).collect();
        let reference = format!("pkg:npm/%40cloudflare/{name}@{version}");
        let component = json!({
            "type": "application", "bom-ref": reference, "group": "@cloudflare", "name": name, "version": version,
            "description": "workerd, the runtime of the Worker in a home", "scope": "required", "purl": reference,
            "licenses": [{ "license": { "id": told("license")? } }],
            "hashes": [{ "alg": "SHA-512", "content": sum }],
        });
        let components = bill["components"].as_array_mut().context("the bill has no components")?;
        components.push(component);
        references.push(Json::from(reference));
    }
    ensure!(!references.is_empty(), "npm's list has no workerd");
    let keeper = bill["metadata"]["component"]["bom-ref"].clone();
    let needs = bill["dependencies"].as_array_mut().context("the bill has no dependencies")?;
    needs.extend(references.iter().map(|reference| json!({ "ref": reference })));
    let of_keeper = needs.iter_mut().find(|one| one["ref"] == keeper).context("the keeper needs nothing")?;
    of_keeper["dependsOn"].as_array_mut().context("the keeper needs nothing")?.extend(references);
    Ok(bill)
}

/// Writes down the SHA-256 of each file, as `sha256sum --check` reads it.
fn check_sums(folder: &Path) -> Result<()> {
    let mut sums = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| anyhow::anyhow!("{name:?}"))?;
        let sum = sum_of(&entry.path())?;
        progress::note(&format!("{sum}  {name}"));
        sums.push(format!("{sum}  {name}\n"));
    }
    sums.sort();
    fs::write(folder.join("SHA256SUMS"), sums.concat())?;
    Ok(())
}

fn sum_of(file: &Path) -> Result<String> {
    Ok(Sha256::digest(fs::read(file)?).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn git(of: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(of);
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
    use std::{fs::Permissions, os::unix::fs::PermissionsExt, time::Duration};

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
    fn everything_that_is_packed_is_there_and_so_is_what_the_readme_leads_to() {
        for file in PACKED.iter().filter(|file| !["build", "dist"].contains(file)) {
            assert!(root().join(file).exists(), "{file}");
        }
        let readme = fs::read_to_string(root().join("README.md")).unwrap();
        let links = readme.split("](").skip(1).filter_map(|rest| rest.split([')', '#', '/']).next());
        for link in links.filter(|link| !link.is_empty() && !link.contains(':')) {
            assert!(PACKED.contains(&link), "{link} is not packed");
        }
    }

    #[test]
    fn the_same_packed_twice_is_the_same_to_the_byte() {
        let made = tempfile::tempdir().unwrap();
        let sums = ["first", "second"].map(|one| {
            // Files of another moment and with other rights, and folders that were filled in another order.
            let from = made.path().join(one);
            fs::create_dir(&from).unwrap();
            let mut packed = PACKED;
            if one == "second" {
                packed.reverse();
            }
            for name in packed {
                let file = if name.contains('.') || name.starts_with("LICENSE") {
                    from.join(name)
                } else {
                    fs::create_dir(from.join(name)).unwrap();
                    from.join(name).join("inside")
                };
                fs::write(&file, name).unwrap();
                let (seconds, mode) = if one == "second" { (9_000, 0o600) } else { (5_000, 0o664) };
                let written = fs::File::open(&file).unwrap();
                written.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
                fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            }
            commit(&from);
            let archives =
                ["deployed", "source"].map(|kind| made.path().join(format!("{one}-{kind}.tar.gz")));
            pack_deployed(&from, &archives[0], "wardkey-1.0.0", &moment(&from).unwrap()).unwrap();
            pack_sources(&from, &archives[1], "wardkey-1.0.0-source").unwrap();
            archives.map(|archive| sum_of(&archive).unwrap())
        });
        assert_eq!(sums[0], sums[1]);

        let from = made.path().join("second");
        fs::write(from.join("dist/inside"), "something else").unwrap();
        let other = made.path().join("other.tar.gz");
        pack_deployed(&from, &other, "wardkey-1.0.0", &moment(&from).unwrap()).unwrap();
        assert_ne!(sum_of(&other).unwrap(), sums[0][0]);
    }

    /// Commits everything there, always at the same moment and by the same.
    fn commit(of: &Path) {
        for arguments in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message", "All"]]
        {
            let mut git = git(of);
            for who in ["AUTHOR", "COMMITTER"] {
                git.env(format!("GIT_{who}_NAME"), "Nobody")
                    .env(format!("GIT_{who}_EMAIL"), "nobody@example.org");
                git.env(format!("GIT_{who}_DATE"), "2026-11-23T20:00:00Z");
            }
            git.args(["-c", "commit.gpgSign=false", "-c", "core.fileMode=false"]).args(arguments);
            assert!(git.status().unwrap().success(), "{arguments:?}");
        }
    }

    #[test]
    fn the_runtime_stands_in_the_bill_with_the_version_that_is_installed() {
        let lock: Json = serde_json::from_str(&fs::read_to_string(root().join(NPM_LOCK)).unwrap()).unwrap();
        let bill = json!({
            "metadata": { "component": { "bom-ref": "keeper" } },
            "components": [],
            "dependencies": [{ "ref": "keeper", "dependsOn": ["a crate"] }],
        });
        let bill = with_runtime(bill, &lock).unwrap();
        let wanted: Json =
            serde_json::from_str(&fs::read_to_string(root().join("package.json")).unwrap()).unwrap();
        for machine in ["linux-64", "linux-arm64"] {
            let package = format!("@cloudflare/workerd-{machine}");
            let version = wanted["optionalDependencies"][&package].as_str().unwrap();
            let components = bill["components"].as_array().unwrap();
            let found = components.iter().find(|one| one["name"] == format!("workerd-{machine}")).unwrap();
            assert_eq!(found["version"], version);
            assert_eq!(found["hashes"][0]["content"].as_str().unwrap().len(), 128);
            let needs = bill["dependencies"][0]["dependsOn"].as_array().unwrap();
            assert!(needs.contains(&found["bom-ref"]), "{needs:?}");
        }
        assert!(with_runtime(bill, &json!({ "packages": {} })).is_err());
    }

    #[test]
    fn the_version_is_that_of_the_workspace() {
        assert_eq!(version_of(OLD).unwrap(), "0.9.0");
        assert!(version_of("[package]\nversion = \"1.0.0\"\n").is_err());
    }
}
