//! The versions of a home: one runs, a new one is taken in beside it, and the one before can be gone back to while it knows the records.
//!
//! Each stands in a folder of its own below `versions/`; the link `current` names the one that runs, `former` the one before.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Component, Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use walkdir::WalkDir;

use crate::{back_up, filled, home::Home, records};

/// What a version says of itself.
const LIST: &str = "version.json";
const VERSIONS: &str = "versions";
const CURRENT: &str = "current";
const FORMER: &str = "former";

/// What a version says of itself, as `cargo xtask home` writes it.
#[derive(Deserialize)]
struct List {
    /// Its name, and its folder's below `versions/`.
    name: String,
    /// The digest of each of its files.
    files: BTreeMap<PathBuf, String>,
}

/// Takes a version in and makes it the current one. What runs goes on running; records and secrets are left alone.
pub fn take_in(home: &Home, from: &Path) -> Result<()> {
    let list = List::of(from)?;
    let versions = home.folder().join(VERSIONS);
    let place = versions.join(&list.name);
    let refused = || format!("{} can't be written: run this as root", versions.display());
    readable(&versions).with_context(refused)?;
    if list.flaw(&place).is_none() {
        // Once more, with what the home is told by now.
        fill(&place, &list.name, home)?;
    } else {
        let unfinished = tempfolder(&versions, &list.name).with_context(refused)?;
        let taken = list.copied(from, &unfinished).and_then(|()| fill(&unfinished, &list.name, home));
        if taken.is_err() {
            let _ = fs::remove_dir_all(&unfinished);
        }
        taken?;
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        fs::rename(&unfinished, &place)?;
    }
    make_current(home, &Path::new(VERSIONS).join(&list.name)).with_context(refused)?;
    forget_others(home)?;
    println!("{} is current. What runs is the one before, until it is started anew.", list.name);
    Ok(())
}

/// Looks whether this version knows the records. Those that are newer it would refuse, clinic by clinic.
pub fn check(home: &Home) -> Result<()> {
    for file in records::files(&home.data())? {
        let connection = records::open(&home.data().join(&file))?;
        ensure!(
            records::kind(&connection, &file)?.is_known(&connection)?,
            "{} is of a newer version than {}.",
            file.display(),
            env!("CARGO_PKG_VERSION")
        );
    }
    Ok(())
}

/// Makes the version before the current one.
pub fn roll_back(home: &Home) -> Result<()> {
    let [current, former] = [CURRENT, FORMER].map(|name| home.folder().join(name));
    let Ok(before) = fs::read_link(&former) else { bail!("There is no version before.") };
    let now = fs::read_link(&current)?;
    // Only that version can tell what it knows.
    let checked = Command::new(former.join("wardkey")).arg("check").arg(home.folder()).output();
    let checked = checked.context("the version before can't be asked what it knows")?;
    if !checked.status.success() {
        bail!(
            "{} Stop the Worker, restore a backup of before the upgrade with that version's own program ({}), then roll back.",
            String::from_utf8_lossy(&checked.stderr).trim(),
            former.join("wardkey").display()
        );
    }
    point(home, FORMER, &now)?;
    point(home, CURRENT, &before)?;
    println!("{} is current again. Start it anew: systemctl restart wardkey", before.display());
    Ok(())
}

impl List {
    fn of(version: &Path) -> Result<Self> {
        let text = fs::read_to_string(version.join(LIST)).with_context(|| {
            format!("{} is no version: it has no {LIST}. `cargo xtask home` writes one", version.display())
        })?;
        let list: Self = serde_json::from_str(&text).with_context(|| format!("{LIST} can't be read"))?;
        // It is written as root.
        for path in list.files.keys().chain([&PathBuf::from(&list.name)]) {
            let within = path.components().all(|part| matches!(part, Component::Normal(_)));
            ensure!(within, "{} leads out of the version", path.display());
        }
        let plain = list.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+_".contains(&byte));
        ensure!(plain && !list.name.starts_with('.') && !list.name.is_empty(), "{LIST} has no name");
        Ok(list)
    }

    /// What is not as it was written.
    fn flaw(&self, folder: &Path) -> Option<String> {
        let mut files = self.files.iter();
        let flawed = files.find(|(path, sha256)| {
            !back_up::digest(&folder.join(path)).is_ok_and(|digest| digest == **sha256)
        });
        flawed.map(|(path, _)| path.display().to_string())
    }

    /// Only what the list names, so that nothing comes along that was filled for another home.
    fn copied(&self, from: &Path, to: &Path) -> Result<()> {
        for path in self.files.keys().map(PathBuf::as_path).chain([Path::new(LIST)]) {
            let place = to.join(path);
            fs::create_dir_all(place.parent().context("a file in a folder")?)?;
            fs::copy(from.join(path), &place)
                .with_context(|| format!("{} can't be copied", from.join(path).display()))?;
        }
        // Of the copy, which nobody else can change any more.
        if let Some(path) = self.flaw(to) {
            bail!("{} is not as it was written: fetch or build the version anew", from.join(path).display());
        }
        for entry in WalkDir::new(to) {
            readable(entry?.path())?;
        }
        Ok(())
    }
}

fn tempfolder(versions: &Path, name: &str) -> Result<PathBuf> {
    let folder = versions.join(format!(".unfinished-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// The Worker's user has to read it, whatever the umask of whoever wrote it was.
fn readable(path: &Path) -> Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    let mode = if mode & 0o100 == 0 { 0o644 } else { 0o755 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    Ok(())
}

fn fill(version: &Path, name: &str, home: &Home) -> Result<()> {
    for (file, text) in filled::texts(version, name, home)? {
        let file = version.join(file);
        fs::write(&file, text)
            .map_err(anyhow::Error::from)
            .and_then(|()| readable(&file))
            .with_context(|| format!("{} can't be written: run this as root", file.display()))?;
    }
    Ok(())
}

fn make_current(home: &Home, version: &Path) -> Result<()> {
    let before = fs::read_link(home.folder().join(CURRENT)).ok();
    if let Some(before) = before.filter(|before| before != version) {
        point(home, FORMER, &before)?;
    }
    point(home, CURRENT, version)
}

/// In one step, so that a start in between finds one or the other.
fn point(home: &Home, name: &str, version: &Path) -> Result<()> {
    let new = home.folder().join(format!(".{name}"));
    let _ = fs::remove_file(&new);
    symlink(version, &new)?;
    fs::rename(&new, home.folder().join(name)).with_context(|| format!("{name} can't be set"))
}

/// Removes every version but the current one and the one before.
fn forget_others(home: &Home) -> Result<()> {
    let stay: Vec<PathBuf> =
        [CURRENT, FORMER].iter().filter_map(|name| fs::read_link(home.folder().join(name)).ok()).collect();
    for entry in fs::read_dir(home.folder().join(VERSIONS))? {
        let name = entry?.file_name();
        if !stay.contains(&Path::new(VERSIONS).join(&name)) {
            fs::remove_dir_all(home.folder().join(VERSIONS).join(&name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
