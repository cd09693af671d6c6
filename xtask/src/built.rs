//! What was built stays in the user's cache folder, named by the digest of what it was built from: another checkout of the same files, or
//! one that goes back to them, takes it and compiles nothing.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use crate::tools;

/// So many stay, those that were of use last: some 10 MB each.
const KEPT_MAX: usize = 24;

/// The builds that are kept, which nobody else touches meanwhile.
pub struct Shelf {
    folder: PathBuf,
    _lock: File,
}

impl Shelf {
    /// The user's.
    pub fn open() -> Result<Shelf> {
        Self::at(tools::base()?.join("built"))
    }

    fn at(folder: PathBuf) -> Result<Shelf> {
        fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
        let lock = File::create(folder.join("lock"))?;
        lock.lock()?;
        Ok(Shelf { folder, _lock: lock })
    }

    /// Puts what is kept under a name in a folder's place. False where nothing is.
    pub fn take(&self, name: &str, to: &Path) -> Result<bool> {
        let kept = self.folder.join(name);
        if !kept.is_dir() {
            return Ok(false);
        }
        File::open(&kept)?.set_modified(SystemTime::now())?;
        let parent = to.parent().context("no folder to put it in")?;
        fs::create_dir_all(parent)?;
        let copy = tempfile::tempdir_in(parent)?;
        copy_all(&kept, copy.path())?;
        if to.exists() {
            fs::remove_dir_all(to)?;
        }
        fs::rename(copy.keep(), to)?;
        Ok(true)
    }

    /// Keeps a folder's files under a name, and forgets those that were of no use for longest.
    pub fn keep(&self, name: &str, from: &Path) -> Result<()> {
        let copy = tempfile::tempdir_in(&self.folder)?;
        copy_all(from, copy.path())?;
        self.forget(name)?;
        fs::rename(copy.keep(), self.folder.join(name))?;
        for old in self.by_use()?.iter().skip(KEPT_MAX) {
            fs::remove_dir_all(old)?;
        }
        Ok(())
    }

    /// Keeps nothing under a name any more.
    pub fn forget(&self, name: &str) -> Result<()> {
        let kept = self.folder.join(name);
        if kept.exists() {
            fs::remove_dir_all(&kept)?;
        }
        Ok(())
    }

    /// What is kept, whatever was of use last first.
    fn by_use(&self) -> Result<Vec<PathBuf>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                all.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        all.sort();
        Ok(all.into_iter().rev().map(|(_, path)| path).collect())
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tempfile::TempDir;

    use super::*;

    fn folder_with(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    #[test]
    fn what_was_built_of_the_same_files_takes_the_place_of_what_is_there() {
        let home = TempDir::new().unwrap();
        let built = folder_with(&[("index.js", "new"), ("help/en.html", "help")]);
        let checkout = folder_with(&[("build/index.js", "old"), ("build/gone.js", "old")]);
        let place = checkout.path().join("build");
        let shelf = Shelf::at(home.path().join("built")).unwrap();

        assert!(!shelf.take("worker-1", &place).unwrap(), "nothing is kept yet");
        assert_eq!(fs::read_to_string(place.join("index.js")).unwrap(), "old");
        shelf.keep("worker-1", built.path()).unwrap();
        assert!(!shelf.take("worker-2", &place).unwrap(), "of other files");
        assert!(shelf.take("worker-1", &place).unwrap());
        assert_eq!(fs::read_to_string(place.join("index.js")).unwrap(), "new");
        assert_eq!(fs::read_to_string(place.join("help/en.html")).unwrap(), "help");
        assert!(!place.join("gone.js").exists());
        assert_eq!(fs::read_dir(checkout.path()).unwrap().count(), 1, "nothing else is left there");

        shelf.forget("worker-1").unwrap();
        assert!(!shelf.take("worker-1", &place).unwrap());
    }

    #[test]
    fn what_was_of_no_use_for_longest_goes_first() {
        let home = TempDir::new().unwrap();
        let built = folder_with(&[("index.js", "")]);
        let shelf = Shelf::at(home.path().join("built")).unwrap();
        let name = |number: usize| format!("app-{number}");
        for number in 0..KEPT_MAX {
            shelf.keep(&name(number), built.path()).unwrap();
            let used = SystemTime::UNIX_EPOCH + Duration::from_secs(number as u64);
            File::open(shelf.folder.join(name(number))).unwrap().set_modified(used).unwrap();
        }
        let place = home.path().join("place");
        assert!(shelf.take(&name(0), &place).unwrap());
        shelf.keep("another", built.path()).unwrap();
        assert!(shelf.take(&name(0), &place).unwrap(), "it was of use just now");
        assert!(!shelf.take(&name(1), &place).unwrap());
        assert!(shelf.take("another", &place).unwrap());
    }
}
