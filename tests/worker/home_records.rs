//! The records of a home: backed up while it runs and people work, restored into another one, and the way back to the version before.

use std::{
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;
use walkdir::WalkDir;
use wardkey_tests::{Client, Home, authenticator, records};
use wire::{
    Empty, ProblemCode, Role,
    me::GetMe,
    operator::OpenedClinic,
    sign_in::{AuthorizeProfile, ProfileCode, SignInState},
    users::{ListUsers, PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::{demo, mailbox::Failure};

use crate::{activities_export, acts, home::sign_in};

/// How long it is waited for mails that must not come.
const QUIET: Duration = Duration::from_secs(3);

/// A user that is neither root nor anybody.
pub const SOMEBODY: u32 = 10_001;
/// A version of before, under a name that none has.
const OLDER: &str = "0.0.1-older";

#[tokio::test]
async fn a_backup_taken_at_work_restores_the_log_and_lets_nobody_in_who_was() -> Result<()> {
    let mut first = Home::write()?;
    first.start_worker()?;
    let opened = demo::open(first.worker_address(), &first.settings()?, &demo::harbour_street())?;
    let owner = at(&first, &opened, 0).await?;
    sign_in(&owner, &opened, "whitfield").await?;
    let reception = at(&first, &opened, 1).await?;
    reception.authorize_profile(&code(&opened)?).await?;
    acts::lock(&reception, "hughes").await?;
    let hughes = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id: hughes.clone() }).await?;
    let pin = mailed_pin(&first).await?;
    // From here on mails wait, and go into the backup so.
    first.mailbox().fail_next(vec![Failure::Status(500); 500]);
    acts::lock(&reception, "patel").await?;

    let folder = TempDir::with_prefix("wardkey-backup-")?;
    let backup = folder.path().join("monday");
    // At a computer that does not rest yet.
    let phone = at(&first, &opened, 2).await?;
    phone.authorize_profile(&code(&opened)?).await?;
    let knocking = async {
        for _ in 0..12 {
            let _ = phone.try_password("nobody", "not the password").await?;
        }
        anyhow::Ok(())
    };
    let backing_up = async {
        sleep(Duration::from_millis(20)).await;
        let (home, to) = (first.folder(), backup.clone());
        let program = home.join("current/wardkey");
        let copied = tokio::task::spawn_blocking(move || {
            Command::new(program).arg("back-up").arg(home).arg(to).output()
        });
        went_well(&copied.await??)
    };
    tokio::try_join!(knocking, backing_up)?;
    let head = head_of(&backup)?;
    acts::add(&owner, Role::Employee, "Latecomer", "latecomer").await?;
    let while_running = first.keeper("restore", &[&backup])?;
    ensure!(!while_running.status.success() && said(&while_running).contains("The Worker runs"));

    // Another machine with the same secret key.
    let mut second = Home::write_with(Some(first.settings()?.secret_key))?;
    went_well(&second.keeper("restore", &[&backup])?)?;
    second.start_worker()?;
    let old = second.near_browser()?.with_cookies(owner.cookies());
    ensure!(old.state().await? == SignInState::Computer);
    let refusal = old.refusal::<GetMe>(&Empty {}).await?;
    acts::expect(&refusal, 401, ProblemCode::ComputerRequired)?;

    // Codes of a minute around the restore count as used; the wait for the next one is spared here.
    let owner = at(&second, &opened, 0).await?;
    let step_2 = ProfileCode { code: code(&opened)? };
    acts::expect(&owner.refusal::<AuthorizeProfile>(&step_2).await?, 401, ProblemCode::CodeUsed)?;
    second.kill_worker();
    let records = clinic_file(&second.folder().join("data"))?;
    Connection::open(records)?.execute("DELETE FROM used_codes", [])?;
    second.start_worker()?;
    let owner = owner.twin()?;
    sign_in(&owner, &opened, "whitfield").await?;
    let users = owner.call::<ListUsers>(&Empty {}).await?.users;
    ensure!(users.len() == opened.users.len() && !users.iter().any(|user| user.login == "latecomer"));
    let refused = owner.refusal::<Unlock>(&UnlockRequest { id: hughes.clone(), pin }).await?;
    ensure!(refused.problem.code != ProblemCode::Internal, "{refused}");
    ensure!(acts::window(&owner, "hughes").await?.lock.is_some(), "it was unlocked with a PIN of before");
    let file = activities_export::export(&owner, json!({ "format": "jsonl" })).await?.text;
    activities_export::proven(&owner, &file).await?;
    let line = file.lines().nth(head.0 - 1).context("the log is shorter than the backup's")?;
    ensure!(line.contains(&head.1), "{head:?} {line}");
    sleep(QUIET).await;
    let locks: Vec<_> =
        second.mailbox().mails().into_iter().filter(|mail| mail.subject.contains("Locked")).collect();
    ensure!(locks.is_empty(), "mailed a second time: {locks:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_no_whole_backup_of_this_home_is_refused() -> Result<()> {
    let (home, other) = (Home::write()?, Home::write()?);
    let folder = TempDir::with_prefix("wardkey-backup-")?;
    // A home that never ran has nothing to lose, and nothing to copy: the desk's and clinics' folders come with the first start.
    let mut started = other;
    started.start_worker()?;
    demo::open(started.worker_address(), &started.settings()?, &demo::harbour_street())?;
    let backup = folder.path().join("one");
    went_well(&started.keeper("back-up", &[&backup])?)?;
    ensure!(!started.keeper("back-up", &[&backup])?.status.success(), "it was overwritten");
    let foreign = home.keeper("restore", &[&backup])?;
    ensure!(!foreign.status.success() && said(&foreign).contains("another SECRET_KEY"), "{}", said(&foreign));

    started.kill_worker();
    let clinic = clinic_file(&backup)?;
    let mut bytes = fs::read(&clinic)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&clinic, bytes)?;
    let changed = started.keeper("restore", &[&backup])?;
    ensure!(
        !changed.status.success() && said(&changed).contains("not as it was written"),
        "{}",
        said(&changed)
    );

    let list = backup.join("backup.json");
    let mut text: serde_json::Value = serde_json::from_str(&fs::read_to_string(&list)?)?;
    text["files"][0]["path"] = json!("../outside");
    fs::write(&list, text.to_string())?;
    let outside = started.keeper("restore", &[&backup])?;
    ensure!(
        !outside.status.success() && said(&outside).contains("leads out of the backup"),
        "{}",
        said(&outside)
    );
    Ok(())
}

#[tokio::test]
async fn a_home_that_has_run_is_restored_and_its_records_are_kept_aside() -> Result<()> {
    let mut home = Home::write()?;
    home.start_worker()?;
    let opened = demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;
    let owner = at(&home, &opened, 0).await?;
    sign_in(&owner, &opened, "whitfield").await?;
    let folder = TempDir::with_prefix("wardkey-backup-")?;
    let backup = folder.path().join("monday");
    went_well(&home.keeper("back-up", &[&backup])?)?;
    acts::add(&owner, Role::Employee, "Latecomer", "latecomer").await?;
    home.kill_worker();
    let data = home.folder().join("data");
    let lines = log_lines(&data)?;
    give_away(&data)?;
    let owned = owner_and_mode(&data)?;

    went_well(&home.keeper("restore", &[&backup])?)?;
    let aside = set_aside(&home)?;
    ensure!(aside.len() == 1, "{aside:?}");
    ensure!(log_lines(&aside[0])? == lines, "what was there before is not what is kept aside");
    ensure!(log_lines(&data)? < lines, "what came after the backup is still there");
    ensure!(owner_and_mode(&data)? == owned, "the records are not their user's");
    let users = started_as_before(&mut home, &opened).await?;
    ensure!(!users.contains(&"latecomer".to_owned()), "{users:?}");

    // What is there by now may be beyond use.
    home.kill_worker();
    let clinic = clinic_file(&data)?;
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(clinic.with_extension(format!("sqlite{end}")));
    }
    fs::write(&clinic, "This was a database. ".repeat(500))?;
    went_well(&home.keeper("restore", &[&backup])?)?;
    ensure!(set_aside(&home)?.len() == 2);
    let users = started_as_before(&mut home, &opened).await?;
    ensure!(users.len() == opened.users.len(), "{users:?}");
    Ok(())
}

/// Starts it, signs in as its owner, at a computer that begins at step 1, and gives the logins of everybody.
async fn started_as_before(home: &mut Home, opened: &OpenedClinic) -> Result<Vec<String>> {
    // Codes of this minute were used; the wait for the next one is spared here.
    Connection::open(clinic_file(&home.folder().join("data"))?)?.execute("DELETE FROM used_codes", [])?;
    home.start_worker()?;
    let owner = at(home, opened, 0).await?;
    sign_in(&owner, opened, "whitfield").await?;
    let users = owner.call::<ListUsers>(&Empty {}).await?.users;
    Ok(users.into_iter().map(|user| user.login).collect())
}

fn log_lines(data: &Path) -> Result<i64> {
    let connection = Connection::open(clinic_file(data)?)?;
    Ok(connection.query_row("SELECT COUNT(*) FROM activities", [], |row| row.get(0))?)
}

/// To a user of its own, as on a machine, where these tests are allowed to.
pub fn give_away(data: &Path) -> Result<()> {
    if fs::metadata("/proc/self")?.uid() == 0 {
        for entry in WalkDir::new(data) {
            chown(entry?.path(), Some(SOMEBODY), Some(SOMEBODY))?;
        }
    }
    Ok(())
}

/// Of the folder and everything in it.
fn owner_and_mode(data: &Path) -> Result<(Vec<u32>, u32)> {
    let mut owners = Vec::new();
    for entry in WalkDir::new(data) {
        owners.push(entry?.metadata()?.uid());
    }
    owners.dedup();
    Ok((owners, fs::metadata(data)?.mode()))
}

fn set_aside(home: &Home) -> Result<Vec<PathBuf>> {
    let mut aside = Vec::new();
    for entry in fs::read_dir(home.folder())? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("data-before-") {
            aside.push(entry.path());
        }
    }
    Ok(aside)
}

#[tokio::test]
async fn the_version_before_comes_back_and_people_sign_in_with_what_is_stored() -> Result<()> {
    let mut home = Home::write()?;
    let newer = home.version_at("current").context("no version")?;
    let refused = home.keeper("roll-back", &[])?;
    ensure!(!refused.status.success() && said(&refused).contains("no version before"), "{}", said(&refused));
    went_well(&home.keeper("take-in", &[&home.version(OLDER)?])?)?;
    home.start_worker()?;
    ensure!(runs(&home, OLDER).await?, "another version runs than the one that was taken in");
    let opened = demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;

    home.upgrade()?;
    ensure!(versions(&home)? == [newer.clone(), OLDER.to_owned()]);
    ensure!(runs(&home, OLDER).await?, "what runs was changed under its feet");
    home.kill_worker();
    home.start_worker()?;
    ensure!(!runs(&home, OLDER).await?, "the older version runs still");
    let owner = at(&home, &opened, 0).await?;
    sign_in(&owner, &opened, "whitfield").await?;
    acts::add(&owner, Role::Employee, "Latecomer", "latecomer").await?;

    home.kill_worker();
    went_well(&home.keeper("roll-back", &[])?)?;
    ensure!(versions(&home)? == [OLDER.to_owned(), newer]);
    let users = started_as_before(&mut home, &opened).await?;
    ensure!(runs(&home, OLDER).await?, "it is the newer version that runs");
    ensure!(users.contains(&"latecomer".to_owned()), "{users:?}");

    // One more, and only that and the one before are kept.
    went_well(&home.keeper("take-in", &[&home.version("0.0.2-next")?])?)?;
    ensure!(versions(&home)? == ["0.0.2-next", OLDER]);
    let left = fs::read_dir(home.folder().join("versions"))?.count();
    ensure!(left == 2, "{left} versions are kept");
    Ok(())
}

/// The current one and the one before.
fn versions(home: &Home) -> Result<[String; 2]> {
    let at = |link| home.version_at(link).with_context(|| format!("no {link}"));
    Ok([at("current")?, at("former")?])
}

async fn runs(home: &Home, version: &str) -> Result<bool> {
    let reply = home.near_browser()?.send(Method::GET, "/robots.txt", &[], None).await?;
    ensure!(reply.status == 200, "{reply:?}");
    Ok(reply.text.contains(version))
}

#[tokio::test]
async fn what_is_no_version_is_refused_in_one_sentence() -> Result<()> {
    let home = Home::write()?;
    let before = home.version_at("current");
    let refused = home.keeper("take-in", &[&home.folder().join("data")])?;
    ensure!(
        !refused.status.success()
            && said(&refused).lines().count() == 1
            && said(&refused).contains("is no version"),
        "{}",
        said(&refused)
    );
    ensure!(home.version_at("current") == before && home.version_at("former").is_none());
    Ok(())
}

#[tokio::test]
async fn records_too_new_for_the_version_before_are_refused_and_left_alone() -> Result<()> {
    let mut home = Home::write()?;
    let current = home.version_at("current");
    went_well(&home.keeper("take-in", &[&home.version(OLDER)?])?)?;
    home.upgrade()?;
    home.start_worker()?;
    let opened = demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;
    home.kill_worker();

    let clinic = clinic_file(&home.folder().join("data"))?;
    Connection::open(clinic)?.execute("INSERT INTO migrations (number, ran_at) VALUES (1000, 1)", [])?;
    let refused = home.keeper("roll-back", &[])?;
    ensure!(!refused.status.success() && said(&refused).contains("newer version"), "{}", said(&refused));
    ensure!(home.version_at("current") == current);
    // Started all the same, it touches nothing that it does not know.
    home.start_worker()?;
    let client = home.near_browser()?;
    let computer = opened.computers.first().context("no computer")?;
    let answer = client.authorize_computer(&computer.username, &computer.password).await;
    ensure!(answer.is_err() && home.log().contains("newer version"), "{answer:?} {}", home.log());
    Ok(())
}

/// A browser at one of the clinic's computers, with step 1 behind.
pub async fn at(home: &Home, opened: &OpenedClinic, computer: usize) -> Result<Client> {
    let client = home.near_browser()?;
    let computer = opened.computers.get(computer).context("no such computer")?;
    client.authorize_computer(&computer.username, &computer.password).await?;
    Ok(client)
}

pub fn code(opened: &OpenedClinic) -> Result<String> {
    let profile = opened.profiles.first().context("no profile")?;
    authenticator::code(&profile.otpauth_url)
}

/// The number and the hash of the last line of the clinic's log in a backup, by its own list.
fn head_of(backup: &Path) -> Result<(usize, String)> {
    let list: Value = serde_json::from_str(&fs::read_to_string(backup.join("backup.json"))?)?;
    let files = list["files"].as_array().context("no files")?;
    let clinic = |file: &&Value| {
        file["path"].as_str().is_some_and(|path| path.starts_with("wardkey-clinics"))
            && file["log_head"].is_string()
    };
    let head = files.iter().find(clinic).and_then(|file| file["log_head"].as_str()).context("no clinic")?;
    let (seq, hash) = head.split_once(' ').context("a number and a hash")?;
    Ok((seq.parse()?, hash.to_owned()))
}

/// The file of the one clinic below a folder.
pub fn clinic_file(folder: &Path) -> Result<PathBuf> {
    records::file_where(folder, |records| {
        records.number("SELECT COUNT(*) FROM settings WHERE ?1 = ''", "").is_ok()
    })
}

fn went_well(output: &Output) -> Result<()> {
    ensure!(output.status.success(), "{}", said(output));
    Ok(())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

pub async fn mailed_pin(home: &Home) -> Result<String> {
    for _ in 0..200 {
        if let Some(mail) = home.mailbox().newest(|mail| mail.subject == "User Account Unlock") {
            let digits = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
            return mail.text.lines().map(str::trim).find(digits).map(str::to_owned).context("no PIN in it");
        }
        sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("no PIN was mailed")
}
