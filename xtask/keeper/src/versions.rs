//! The versions of a home: one runs, and the one before can be gone back to while it knows the records.

use std::{fs, os::unix::fs::symlink, process::Command};

use anyhow::{Context, Result, bail, ensure};

use crate::{home::Home, records};

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
    let [current, former] = ["current", "former"].map(|name| home.folder().join(name));
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
    for (link, version) in [(&former, &now), (&current, &before)] {
        let new = link.with_extension("new");
        let _ = fs::remove_file(&new);
        symlink(version, &new)?;
        fs::rename(&new, link)?;
    }
    println!("{} is current again. Start it anew: systemctl restart wardkey", before.display());
    Ok(())
}
