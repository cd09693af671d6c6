//! Puts the records of a backup in the place of those that are there: all of them or none, and with nothing in them that lets anybody in.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Component, Path},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rusqlite::ErrorCode;
use walkdir::WalkDir;

use crate::{
    back_up::{self, LIST, List},
    home::Home,
    records,
};

/// Restores a backup.
pub fn run(home: &Home, from: &Path) -> Result<()> {
    let text = fs::read_to_string(from.join(LIST))
        .with_context(|| format!("{} is no backup: it has no {LIST}", from.display()))?;
    let list: List = serde_json::from_str(&text).with_context(|| format!("{LIST} can't be read"))?;
    ensure!(
        list.log_key == home.log_key()?,
        "This backup is of a home with another SECRET_KEY: nobody could sign in. Put that key into wardkey.env first."
    );
    for file in &list.files {
        // It is written as root.
        let within = file.path.components().all(|part| matches!(part, Component::Normal(_)));
        ensure!(within, "{} leads out of the backup", file.path.display());
        let whole = back_up::digest(&from.join(&file.path))? == file.sha256;
        ensure!(whole, "{} is not as it was written", file.path.display());
    }
    nobody_uses(&home.data())?;

    let unfinished = home.folder().join("data.unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    fs::create_dir(&unfinished)?;
    fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o700))?;
    for file in &list.files {
        let place = unfinished.join(&file.path);
        fs::create_dir_all(place.parent().context("a file in a folder")?)?;
        fs::copy(from.join(&file.path), &place)?;
        let connection = records::open(&place)?;
        let kind = records::kind(&connection, &file.path)?;
        kind.take_up(&connection).with_context(|| format!("{} can't be taken up", file.path.display()))?;
        drop(connection);
        let (_, head) = back_up::log_head(&place, &file.path)?;
        ensure!(
            head == file.log_head,
            "the log of {} has another end than in the backup",
            file.path.display()
        );
        fs::File::open(&place)?.sync_all()?;
    }
    let owner = fs::metadata(home.data())?;
    for entry in WalkDir::new(&unfinished) {
        let path = entry?.into_path();
        chown(&path, Some(owner.uid()), Some(owner.gid()))
            .with_context(|| format!("{} can't be given to its user: run this as root", path.display()))?;
    }
    let aside = home.folder().join(format!("data-before-{}", records::now()?.0));
    fs::rename(home.data(), &aside)?;
    if let Err(error) = fs::rename(&unfinished, home.data()) {
        fs::rename(&aside, home.data())?;
        return Err(error).context("the records could not be put in place");
    }
    println!("The records of the backup are in {}.", home.data().display());
    println!("Those of before are in {}: remove them when you are sure.", aside.display());
    println!(
        "Start the Worker. Everybody begins at step 1; what was changed since the backup is as it was then."
    );
    Ok(())
}

/// A runtime that has a file open keeps SQLite from giving up its write-ahead log.
fn nobody_uses(data: &Path) -> Result<()> {
    for file in records::files(data)? {
        let connection = records::open(&data.join(&file))?;
        connection.busy_timeout(Duration::ZERO)?;
        let mode = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0));
        let damaged = |error: &rusqlite::Error| {
            matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        };
        match mode {
            Ok(mode) if mode == "delete" => {}
            // What is to be replaced may well be beyond use.
            Err(error) if damaged(&error) => {}
            Ok(_) | Err(_) => bail!("The Worker runs. Stop it first: systemctl stop wardkey"),
        }
    }
    Ok(())
}
