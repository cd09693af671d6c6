//! App and Worker of before the newest change of what they say to each other, built from the repository's own history: an update meets
//! them while it rolls out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{TOLD_BY_CARGO, progress, root, target_dir};

/// The family of faults that wants them.
pub const FAULT: &str = "versions";

/// An app and a Worker of another version.
pub struct Older {
    /// The commit.
    pub commit: String,
    /// The site's files.
    pub site: PathBuf,
    /// The Worker's modules.
    pub modules: PathBuf,
}

/// Builds them, once for each commit. Where there is no history, there is nothing to build.
pub fn build() -> Result<()> {
    let Some(commit) = commit() else { return Ok(()) };
    if built()?.is_some() {
        return Ok(());
    }
    let folder = folder(&commit);
    fs::create_dir_all(&folder)?;
    let archive = folder.with_extension("tar");
    let mut pack = git();
    pack.args(["archive", "--format=tar", "-o"]).arg(&archive).arg(&commit);
    ensure!(pack.status()?.success(), "git does not give the files of {commit}");
    let mut unpack = Command::new("tar");
    unpack.arg("-xf").arg(&archive).arg("-C").arg(&folder);
    ensure!(unpack.status().context("`tar` could not be started")?.success(), "{archive:?} can't be read");
    fs::remove_file(archive)?;
    progress::must(
        "Building app and Worker of before the newest change of the protocol",
        Command::new("cargo")
            .args(["xtask", "build"])
            .current_dir(&folder)
            // Of its own: one that commits share gives the program of one of them for the other.
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env_remove(TOLD_BY_CARGO),
        "The compiler's words are below.",
    )
}

/// Those that were built.
pub fn built() -> Result<Option<Older>> {
    let Some(commit) = commit() else { return Ok(None) };
    let folder = folder(&commit);
    let older = Older { commit, site: folder.join("dist"), modules: folder.join("build") };
    // The Worker comes last.
    Ok(older.modules.join("index.js").exists().then_some(older))
}

/// What a changed line of the protocol looks like that is no comment, in a file of what app and Worker say to each other: operators
/// speak without an app.
const CHANGED: [&str; 6] = [
    "-G^[[:space:]]*[^/[:space:]]",
    "--",
    "wire/src",
    ":!wire/src/archive.rs",
    ":!wire/src/monitoring.rs",
    ":!wire/src/operator.rs",
];

/// The last commit before the newest one that changed the protocol, among those that this line of history had as its newest: what came
/// in by a merge ran nowhere before it.
fn commit() -> Option<String> {
    let newest = told(git().args(["log", "--first-parent", "-1", "--format=%H"]).args(CHANGED))?;
    told(git().args(["rev-parse", "--verify", "--quiet", &format!("{newest}^")]))
}

fn told(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(root());
    command
}

fn folder(commit: &str) -> PathBuf {
    let short = commit.get(..12).unwrap_or(commit);
    target_dir().join("older").join(Path::new(short))
}
