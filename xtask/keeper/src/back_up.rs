//! Copies every record while the Worker runs: SQLite's own online backup, in one step a file, so that each is as it was at one moment.

use std::{
    fs::{self, DirBuilder, File},
    io::{BufRead, BufReader},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, backup::Backup};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    home::Home,
    records::{self, Kind},
};

/// What a backup says of itself.
pub const LIST: &str = "backup.json";

/// What a backup says of itself.
#[derive(Serialize, Deserialize)]
pub struct List {
    /// The version that wrote it.
    pub version: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The public key with which its logs are signed.
    pub log_key: String,
    /// Its files.
    pub files: Vec<Copied>,
}

/// A file of a backup.
#[derive(Serialize, Deserialize)]
pub struct Copied {
    /// Its path from the folder of all.
    pub path: PathBuf,
    /// Its digest.
    pub sha256: String,
    /// The number and the hash of the last line of the log in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_head: Option<String>,
}

/// Writes a backup into a new folder, which has its name only once it is whole.
pub fn run(home: &Home, to: &Path) -> Result<()> {
    let to = std::path::absolute(to)?;
    ensure!(!to.exists(), "{} is there already. A backup goes into a new folder.", to.display());
    let name = to.file_name().context("a backup needs a name")?.to_string_lossy().into_owned();
    let unfinished = to.with_file_name(format!(".{name}.unfinished"));
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    let log_key = home.log_key()?;
    // It holds what the records hold: names, addresses, the log.
    let private = |folder: &Path| DirBuilder::new().recursive(true).mode(0o700).create(folder);
    private(&unfinished).with_context(|| format!("{} can't be written", to.display()))?;
    let at = records::now()?.0;
    let mut files = Vec::new();
    for path in records::files(&home.data())? {
        let copy = unfinished.join(&path);
        private(copy.parent().context("a file in a folder")?)?;
        let log_head = copied(&home.data().join(&path), &copy, &path)?;
        files.push(Copied { sha256: digest(&copy)?, path, log_head });
    }
    let clinics = files.iter().filter(|file| file.log_head.is_some()).count();
    let list = List { version: env!("CARGO_PKG_VERSION").to_owned(), at, log_key, files };
    fs::write(unfinished.join(LIST), serde_json::to_string_pretty(&list)? + "\n")?;
    for file in list.files.iter().map(|file| unfinished.join(&file.path)).chain([unfinished.join(LIST)]) {
        File::open(file)?.sync_all()?;
    }
    fs::rename(&unfinished, &to)?;
    File::open(to.parent().unwrap_or(&to))?.sync_all()?;
    println!("{}: {} files, {clinics} of them with a log.", to.display(), list.files.len());
    println!("It is worth nothing without SECRET_KEY, which is not in it: keep that elsewhere.");
    Ok(())
}

/// Copies a file, looks it through, and gives the head of the log in it.
fn copied(from: &Path, to: &Path, path: &Path) -> Result<Option<String>> {
    let source = records::open(from)?;
    let mut copy = Connection::open(to)?;
    Backup::new(&source, &mut copy)?
        .step(-1)
        .with_context(|| format!("{} can't be copied", from.display()))?;
    // One file, with nothing beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let found: String = copy.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    ensure!(found == "ok", "{} is damaged: {found}", from.display());
    let head = records::kind(&copy, path)?.log_head(&copy)?;
    Ok(head)
}

/// The digest of a file.
pub fn digest(file: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    let mut reader =
        BufReader::new(File::open(file).with_context(|| format!("{} is missing", file.display()))?);
    loop {
        let part = reader.fill_buf()?;
        if part.is_empty() {
            break;
        }
        hash.update(part);
        let read = part.len();
        reader.consume(read);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The head of the log in a file that nobody uses.
pub fn log_head(file: &Path, path: &Path) -> Result<(Kind, Option<String>)> {
    let connection = records::open(file)?;
    let kind = records::kind(&connection, path)?;
    Ok((kind, kind.log_head(&connection)?))
}
