//! A home, on the machine where it stands.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use walkdir::WalkDir;

use super::{
    Finding, System,
    certificate::{days_left, openssl},
    room,
};
use crate::{
    home::{FILE, Kept},
    mail_provider::MailProvider,
    operator,
};

/// Gigabytes that records and their backups find.
const ROOM_GIGABYTES_MIN: f64 = 2.0;
/// How old the last backup of each night may be: a day, and what it may be late.
const BACKUP_HOURS_MAX: u64 = 36;

/// Looks at everything.
pub fn look(system: &System, folder: &Path, backups: &Path) -> Vec<Finding> {
    let kept = Kept::read(folder);
    let mut findings = vec![variables(folder, &kept)];
    findings.extend(kept.as_ref().ok().map(mail_key));
    findings.push(versions(folder));
    findings.push(records(system, folder));
    findings.extend(certificate(system, folder, kept.as_ref().ok()));
    findings.push(clock(system));
    findings.push(room("room on the disk", folder, ROOM_GIGABYTES_MIN));
    findings.extend(kept.as_ref().ok().map(service));
    findings.push(backup(backups));
    findings
}

fn variables(folder: &Path, kept: &Result<Kept>) -> Finding {
    let file = folder.join(FILE);
    match kept {
        _ if !file.exists() => Finding::bad(
            FILE,
            format!("{} is not there: give the folder that `cargo xtask home` has written.", file.display()),
        ),
        Ok(_) => Finding::good(FILE, "for its owner alone, and well-formed"),
        Err(error) => Finding::bad(FILE, format!("{error:#}")),
    }
}

fn mail_key(kept: &Kept) -> Finding {
    const WHAT: &str = "key of the mail service";
    let settings = &kept.settings;
    if settings.mail_api_key.trim().is_empty() && settings.mail_provider != MailProvider::Smtp {
        return Finding::bad(
            WHAT,
            format!(
                "MAIL_API_KEY is empty in {FILE}: write the key behind it, then systemctl restart wardkey."
            ),
        );
    }
    Finding::good(WHAT, "it is there")
}

fn versions(folder: &Path) -> Finding {
    const WHAT: &str = "versions";
    let named = |link: &str| {
        let to = fs::read_link(folder.join(link)).ok()?;
        to.file_name().map(|name| name.to_string_lossy().into_owned())
    };
    let missing = |link: &str| {
        let parts =
            ["workerd", "workerd.capnp", "worker/index.js", "site/index.html", "wardkey", "wardkey.service"];
        parts.into_iter().find(|part| !folder.join(link).join(part).exists())
    };
    let Some(current) = named("current") else {
        return Finding::bad(
            WHAT,
            "the link current is missing: take a version in (wardkey take-in, docs/home.md).",
        );
    };
    if let Some(part) = missing("current") {
        return Finding::bad(
            WHAT,
            format!("current has no {part}: take a version in (wardkey take-in, docs/home.md)."),
        );
    }
    match named("former") {
        Some(former) if missing("former").is_some() => Finding::bad(
            WHAT,
            format!(
                "former leads to {former}, which is not whole, so that there is no way back: remove the link, the next upgrade makes it."
            ),
        ),
        Some(former) => Finding::good(WHAT, format!("{current}, before it {former}")),
        None => Finding::good(WHAT, format!("{current}, none before it")),
    }
}

/// Whoever the service runs as has to own every record, or it can't change them.
fn records(system: &System, folder: &Path) -> Finding {
    const WHAT: &str = "data";
    let data = folder.join("data");
    let Ok(metadata) = fs::metadata(&data) else {
        return Finding::bad(
            WHAT,
            format!("{0} is missing: install -d -m 700 -o wardkey {0}", data.display()),
        );
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode != 0o700 {
        return Finding::bad(
            WHAT,
            format!(
                "its mode is {mode:o}, and others may read it or its owner may not write: chmod 700 {}",
                data.display()
            ),
        );
    }
    let unit = fs::read_to_string(folder.join("current/wardkey.service")).unwrap_or_default();
    let user = unit.lines().find_map(|line| line.strip_prefix("User=")).unwrap_or("wardkey");
    let people = fs::read_to_string(system.root.join("etc/passwd")).unwrap_or_default();
    let id = people.lines().find_map(|line| {
        let mut parts = line.split(':');
        (parts.next() == Some(user)).then(|| parts.nth(1)?.parse::<u32>().ok()).flatten()
    });
    let Some(id) = id else {
        return Finding::bad(
            WHAT,
            format!(
                "there is no user {user}: useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin {user}"
            ),
        );
    };
    let foreign = WalkDir::new(&data)
        .into_iter()
        .filter_map(Result::ok)
        .find(|entry| entry.metadata().is_ok_and(|it| it.uid() != id));
    match foreign {
        Some(entry) => Finding::bad(
            WHAT,
            format!(
                "{} is not {user}'s, so that Wardkey can't write it: chown -R {user}: {}",
                entry.path().display(),
                data.display()
            ),
        ),
        None => Finding::good(WHAT, format!("all of it is {user}'s, and nobody else's")),
    }
}

fn certificate(system: &System, folder: &Path, kept: Option<&Kept>) -> Vec<Finding> {
    const WHAT: &str = "certificate";
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|file| folder.join("tls").join(file));
    let (Ok(pem), Ok(key_pem)) = (fs::read(&certificate), fs::read(&key)) else {
        return vec![Finding::bad(
            WHAT,
            format!(
                "{} or {} can't be read: link both to those of certbot (docs/home.md, 4), and look as root.",
                certificate.display(),
                key.display()
            ),
        )];
    };
    let mut findings = vec![days_left(system, WHAT, "PEM", &pem)];
    let of_certificate = openssl(system, &["x509", "-noout", "-pubkey"], &pem);
    if of_certificate.is_some() && of_certificate != openssl(system, &["pkey", "-pubout"], &key_pem) {
        findings.push(Finding::bad(
            WHAT,
            "tls/key.pem is not the key of tls/certificate.pem: link both to the same folder.",
        ));
    }
    let Some(host) = kept.and_then(|kept| kept.address.host_str()) else { return findings };
    let says = openssl(system, &["x509", "-noout", "-checkhost", host], &pem).unwrap_or_default();
    if says.contains("does NOT match") {
        let said = format!("it is not for {host}: order one for that name, certbot certonly -d {host}.");
        findings.push(Finding::bad(WHAT, said));
    }
    findings
}

fn clock(system: &System) -> Finding {
    const WHAT: &str = "clock";
    match system.said("timedatectl", &["show", "--property=NTPSynchronized", "--value"]).as_deref() {
        Some("yes") => Finding::good(WHAT, "it is kept right"),
        Some("no") => {
            Finding::bad(WHAT, "nothing keeps it right, and codes hang on it: timedatectl set-ntp true.")
        }
        _ => Finding::unseen(WHAT, "timedatectl can't tell whether it is kept right"),
    }
}

fn service(kept: &Kept) -> Finding {
    const WHAT: &str = "service";
    let asked = operator::agent(Duration::from_secs(5))
        .get(format!("http://127.0.0.1:{}/api/health", kept.port))
        .call();
    match asked {
        Ok(reply) if reply.status().is_success() => {
            Finding::good(WHAT, format!("it answers at port {}", kept.port))
        }
        Ok(reply) => {
            Finding::bad(WHAT, format!("it answers {}: journalctl -u wardkey says why.", reply.status()))
        }
        Err(_) => Finding::bad(
            WHAT,
            format!(
                "nothing answers at port {}: systemctl start wardkey, and journalctl -u wardkey where that does not help.",
                kept.port
            ),
        ),
    }
}

fn backup(backups: &Path) -> Finding {
    const WHAT: &str = "last backup";
    let whole = |entry: fs::DirEntry| fs::metadata(entry.path().join("backup.json")).ok()?.modified().ok();
    let newest =
        fs::read_dir(backups).ok().and_then(|entries| entries.filter_map(Result::ok).filter_map(whole).max());
    let hours = newest.map(|at| SystemTime::now().duration_since(at).unwrap_or_default().as_secs() / 3_600);
    match hours {
        None => Finding::bad(
            WHAT,
            format!(
                "there is none in {}: let cron make one each night (docs/home.md, Backup), or say where they are with --backups.",
                backups.display()
            ),
        ),
        Some(hours) if hours > BACKUP_HOURS_MAX => {
            Finding::bad(WHAT, format!("it is {hours} hours old: see why cron makes none."))
        }
        Some(hours) => Finding::good(WHAT, format!("{hours} hours ago")),
    }
}
