//! A clinic moves from the edge to a home and back, by the commands that an operator has: what is on paper, in phones and in heads is good
//! there, what is in browsers is not, and where it was nothing is left of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;
use wardkey_tests::{Client, Clinic, Home, Wardkey, acts, authenticator, jurisdictions, records};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::{Action, Subject},
    archive::{
        ArchiveEndWish, ArchiveKey, ArrivingPage, ClinicDeletion, ClinicReason, CloseClinic, DeleteClinic,
        GetArchiveKey, PagePlace, PageWish, ReopenClinic, SignArchive, SignedArchive, TakeArchivePage,
        TakeInClinic, WriteArchivePage,
    },
    me::{ChangePassword, GetMe, PasswordChange},
    operator::OpenedClinic,
    sign_in::{AuthorizeComputer, ComputerCredentials, GetLock, LockQuery},
    users::{ListUsers, PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::{archive, operator::Operator};

use crate::{
    activities_export, home,
    home_records::{at, clinic_file, mailed_pin},
    routes,
};

const NEW_PASSWORD: &str = "violet harbour 71 kites";

fn reason(clinic: &str) -> ClinicReason {
    ClinicReason { clinic: clinic.to_owned(), reason: "It moves, ticket 4711".to_owned() }
}

async fn key_of(client: &Client) -> Result<ArchiveKey> {
    client.call::<GetArchiveKey>(&Empty {}).await?.key.parse().ok().context("no key")
}

/// Codes of the minute in which a clinic was taken in count as used; the wait for the next one is spared here.
fn spare_the_wait(file: &Path) -> Result<()> {
    Connection::open(file)?.execute("DELETE FROM used_codes", [])?;
    Ok(())
}

/// Whether any of a clinic's words stands in a file or beside it.
fn holds(file: &Path, word: &str) -> Result<bool> {
    let beside = ["", "-wal", "-shm"].map(|suffix| records::beside(file, suffix));
    let mut all = Vec::new();
    for file in beside.iter().filter(|file| file.exists()) {
        all.extend(fs::read(file)?);
    }
    Ok(all.windows(word.len()).any(|part| part == word.as_bytes()))
}

async fn log_is_proven(owner: &Client) -> Result<u64> {
    let file = activities_export::export(owner, json!({ "format": "jsonl" })).await?.text;
    Ok(activities_export::proven(owner, &file).await?.lines)
}

#[tokio::test]
async fn a_clinic_moves_from_the_edge_to_a_home_and_back() -> Result<()> {
    let edge = Wardkey::start()?;
    let clinic = Clinic::open(&edge)?;
    let code = clinic.opened.code.as_str();
    let files = TempDir::with_prefix("wardkey-archive-")?;
    let (away, back) = (files.path().join("away.wardkey"), files.path().join("back.wardkey"));
    let at_edge = Operator::new(edge.origin(), &edge.settings().secret_key_bytes()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let reception = clinic.at("Reception 1").await?;
    acts::lock(&reception, "hughes").await?;
    // One password is chosen here, one is as it was printed, and one is to be chosen there.
    let patel = clinic.user("patel")?;
    let nurse = clinic.signed_in("Reception 2", patel).await?;
    let change = PasswordChange { current: patel.password.clone(), password: NEW_PASSWORD.to_owned() };
    nurse.call::<ChangePassword>(&change).await?;

    let mut there = Home::write()?;
    name_brought(&there, code)?;
    there.start_worker()?;
    let at_home_url = format!("http://{}", there.worker_address());
    let at_home = Operator::new(&at_home_url, &there.settings()?.secret_key_bytes()?)?;
    let stranger = there.near_browser()?;

    at_edge.call::<CloseClinic>(&reason(code))?;
    // With a connection of its own: the old one may have been idle for too long meanwhile.
    let owner = owner.twin()?;
    acts::expect(&owner.refusal::<GetMe>(&Empty {}).await?, 409, ProblemCode::ClinicClosed)?;
    archive::write_file(&at_edge, code, key_of(&stranger).await?, &away)?;
    let text = fs::read_to_string(&away)?;
    ensure!(!text.contains("whitfield") && !text.contains("Harbour"), "names stand in the archive");
    // Nobody but the one it is for can open it.
    let refused = archive::take_in_file(&at_edge, &away).err().context("it was taken in")?.to_string();
    ensure!(refused.contains("written for another Wardkey"), "{refused}");
    let taken = archive::take_in_file(&at_home, &away)?;
    ensure!(taken.name == "Harbour Street Clinic" && taken.people as usize == clinic.opened.users.len());
    let again = archive::take_in_file(&at_home, &away).err().context("it came twice")?.to_string();
    ensure!(again.contains("There is a clinic with this code here already"), "{again}");

    let old = there.near_browser()?.with_cookies(owner.cookies());
    acts::expect(&old.refusal::<GetMe>(&Empty {}).await?, 401, ProblemCode::ComputerRequired)?;
    there.kill_worker();
    spare_the_wait(&clinic_file(&there.folder().join("data"))?)?;
    there.start_worker()?;
    let (owner, reception) = lives_on(&there, &clinic.opened).await?;
    let hughes = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id: hughes.clone() }).await?;
    owner.call::<Unlock>(&UnlockRequest { id: hughes, pin: mailed_pin(&there).await? }).await?;
    acts::lock(&reception, "reid").await?;
    let lines = log_is_proven(&owner).await?;

    // Nothing is left at the edge, in the records or in the bytes of their file.
    let file = records::file_of(&clinic, &edge.state().join("data"))?;
    ensure!(holds(&file, "whitfield")?, "nothing was looked for");
    let deletion = |name: &str, seq| ClinicDeletion { clinic: code.to_owned(), name: name.to_owned(), seq };
    let other = at_edge.call::<DeleteClinic>(&deletion("Harbour", None)).err().context("another's name")?;
    ensure!(other.to_string().contains("to the letter"), "{other}");
    at_edge.call::<DeleteClinic>(&deletion("Harbour Street Clinic", Some(taken.seq)))?;
    let gone = format!("{:#}", clinic.at("Reception 1").await.err().context("it is still there")?);
    ensure!(gone.contains("ComputerWrong"), "{gone}");
    edge.while_killed(|_| {
        ensure!(!holds(&file, "whitfield")?, "somebody's login is still in the file");
        Ok(())
    })?;

    at_home.call::<CloseClinic>(&reason(code))?;
    archive::write_file(&at_home, code, key_of(&Client::new(edge.origin())?).await?, &back)?;
    archive::take_in_file(&at_edge, &back)?;
    edge.while_killed(|_| spare_the_wait(&file))?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let nurse = clinic.at("Reception 1").await?;
    acts::sign_in(&nurse, &wire::operator::UserSecret { password: NEW_PASSWORD.into(), ..patel.clone() })
        .await?;
    ensure!(nurse.call::<GetLock>(&LockQuery { login: "reid".into() }).await?.locked, "its lock was lost");
    ensure!(log_is_proven(&owner).await? > lines, "the log does not go on");
    let log = acts::log(&owner).await?;
    for action in [Action::ClinicClosed, Action::ClinicTakenIn] {
        ensure!(acts::count(&log, action) == 2, "{action:?}");
        ensure!(log.iter().all(|line| line.action != action || line.by == Subject::Operator), "{action:?}");
    }
    Ok(())
}

/// As an operator does it: each command with the folder that keeps its Wardkey's key, and what it says when it is held wrong.
#[tokio::test]
async fn a_clinic_is_kept_to_a_jurisdiction_once_it_has_moved_there() -> Result<()> {
    let from = Wardkey::start()?;
    let clinic = Clinic::open(&from)?;
    let (code, name) = (clinic.opened.code.as_str(), clinic.opened.name.as_str());
    let files = TempDir::with_prefix("wardkey-archive-")?;
    let mut to = jurisdictions::offered(&files.path().join("modules"))?;
    to.brings(&format!("{code}@eu"))?;
    let (here, there) = (key_folder(&from, files.path(), "here")?, key_folder(&to, files.path(), "there")?);
    let place = archive::Place { url: from.origin(), state: &here, clinic: code };
    let file = files.path().join("moves.wardkey");

    let foreign = archive::Place { state: &there, ..place };
    is_told(archive::write(&foreign, to.origin(), &file, "Moves", true), "another SECRET_KEY")?;
    is_told(archive::write(&place, "00ff", &file, "Moves", true), "64 hexadecimal digits")?;
    is_told(archive::delete(&place, name, None), "the clinic is open")?;
    clinic.at("Reception 1").await?;
    archive::write(&place, to.origin(), &file, "Moves", true)?;
    let closed = Client::new(from.origin())?;
    let form = clinic.computer("Reception 1")?;
    let credentials =
        ComputerCredentials { username: form.username.clone(), password: form.password.clone() };
    let refusal = closed.refusal::<AuthorizeComputer>(&credentials).await?;
    acts::expect(&refusal, 409, ProblemCode::ClinicClosed)?;
    is_told(archive::write(&place, to.origin(), &file, "Moves", true), "is there already")?;

    // Whatever is not all of the archive brings nothing, and lets nobody delete anything.
    let text = fs::read_to_string(&file)?;
    let part = files.path().join("part.wardkey");
    fs::write(&part, &text[..text.len() / 2])?;
    is_told(archive::take_in(to.origin(), &there, &part), "not all of one")?;
    is_told(archive::delete(&place, name, Some(&part)), "not all of one")?;
    archive::take_in(to.origin(), &there, &file)?;

    let door = Client::new(to.origin())?;
    door.authorize_computer(&form.username, &form.password).await?;
    let log = to.log();
    let asked: Vec<_> = log.split("[place] ").filter(|told| told.starts_with(code)).collect();
    let kept = format!("{code} kept to eu near ");
    ensure!(!asked.is_empty() && asked.iter().all(|told| told.starts_with(&kept)), "{asked:?}");

    is_told(archive::delete(&place, "Harbour", Some(&file)), "to the letter")?;
    archive::delete(&place, name, Some(&file))?;
    is_told(archive::reopen(&place, "It is missed"), "No clinic of this Wardkey has this code")?;
    door.twin()?.state().await?;
    Ok(())
}

/// A folder with a Wardkey's key, as `cargo xtask run` keeps it.
fn key_folder(wardkey: &Wardkey, beside: &Path, name: &str) -> Result<PathBuf> {
    let folder = beside.join(name);
    fs::create_dir(&folder)?;
    fs::write(folder.join("secret-key"), &wardkey.settings().secret_key)?;
    Ok(folder)
}

fn is_told<T>(outcome: Result<T>, words: &str) -> Result<()> {
    let told = format!("{:#}", outcome.err().with_context(|| format!("not refused: {words}"))?);
    ensure!(told.contains(words), "{told}");
    Ok(())
}

fn name_brought(home: &Home, code: &str) -> Result<()> {
    let file = home.folder().join("wardkey.env");
    let text = fs::read_to_string(&file)?;
    let named = text.replace("BROUGHT_CLINICS=\n", &format!("BROUGHT_CLINICS={code}\n"));
    ensure!(named != text, "{text}");
    Ok(fs::write(&file, named)?)
}

/// People come in with what they have on paper, in the phone and in the head, and find all as it was.
async fn lives_on(home: &Home, opened: &OpenedClinic) -> Result<(Client, Client)> {
    let owner = at(home, opened, 0).await?;
    home::sign_in(&owner, opened, "whitfield").await?;
    ensure!(owner.call::<ListUsers>(&Empty {}).await?.users.len() == opened.users.len());
    ensure!(acts::window(&owner, "hughes").await?.lock.is_some(), "a lock was lost");
    let reception = at(home, opened, 1).await?;
    let profile = opened.profiles.first().context("no profile")?;
    reception.authorize_profile(&authenticator::code(&profile.otpauth_url)?).await?;
    reception.submit_password("patel", NEW_PASSWORD).await?;
    reception.answer(true).await?;
    log_is_proven(&owner).await?;
    Ok((owner, reception))
}

#[tokio::test]
async fn whoever_has_not_the_key_finds_no_such_routes_and_odd_wishes_are_refused() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let clinic = Clinic::open(wardkey)?;
    let client = Client::new(wardkey.origin())?;
    let code = || clinic.opened.code.clone();
    let to = key_of(&client).await?.to_string();
    let page = |place| PageWish { clinic: code(), to: to.clone(), number: 0, place };
    let digest = "00".repeat(32);
    let end = ArchiveEndWish { clinic: code(), to: to.clone(), pages: 1, digest: digest.clone() };
    let arriving = ArrivingPage { clinic: code(), number: 0, sealed: "AAAA".into() };
    let deletion = ClinicDeletion { clinic: code(), name: clinic.opened.name.clone(), seq: None };
    let nowhere = ClinicReason { clinic: "k7m2qx4p9d".into(), ..reason("") };
    let silent = ClinicReason { reason: " ".into(), ..reason(&code()) };
    let key = Operator::new(wardkey.origin(), &wardkey.settings().secret_key_bytes()?)?.authorization();
    let wishes = [
        (CloseClinic::PATH, serde_json::to_string(&nowhere)?, 404, ProblemCode::NotFound),
        (CloseClinic::PATH, serde_json::to_string(&silent)?, 422, ProblemCode::ReasonMalformed),
        (ReopenClinic::PATH, serde_json::to_string(&reason(&code()))?, 409, ProblemCode::ClinicNotClosed),
        (
            WriteArchivePage::PATH,
            serde_json::to_string(&page(PagePlace::default()))?,
            409,
            ProblemCode::ClinicNotClosed,
        ),
        (SignArchive::PATH, serde_json::to_string(&end)?, 409, ProblemCode::ClinicNotClosed),
        (TakeArchivePage::PATH, serde_json::to_string(&arriving)?, 422, ProblemCode::ArchiveWrong),
        (
            TakeInClinic::PATH,
            serde_json::to_string(&SignedArchive { end: "{}".into() })?,
            422,
            ProblemCode::ArchiveWrong,
        ),
        (DeleteClinic::PATH, serde_json::to_string(&deletion)?, 409, ProblemCode::ClinicNotClosed),
    ];
    for (path, body, status, expected) in &wishes {
        let json = ("content-type", "application/json");
        let stranger = routes::post(&client, path, &[json], body).await?;
        ensure!(stranger.problem()?.code == ProblemCode::NotFound, "{path}: {stranger:?}");
        let reply = routes::post(&client, path, &[json, ("authorization", key.as_str())], body).await?;
        ensure!((reply.status, reply.problem()?.code) == (*status, *expected), "{path}: {reply:?}");
    }
    // Of a closed clinic, what no key is and what no place is.
    let operator = Operator::new(wardkey.origin(), &wardkey.settings().secret_key_bytes()?)?;
    operator.call::<CloseClinic>(&reason(&code()))?;
    for odd in ["", "00", &"zz".repeat(32), &"00".repeat(32)] {
        let wish = PageWish { to: odd.to_owned(), ..page(PagePlace::default()) };
        let refused = operator.call::<WriteArchivePage>(&wish).err().with_context(|| odd.to_owned())?;
        ensure!(refused.to_string().contains("Nothing can be sealed"), "{odd}: {refused}");
    }
    operator.call::<WriteArchivePage>(&page(PagePlace { table: 99, after: 0 }))?;
    for after in [-1, i64::MAX] {
        let refused = operator.call::<WriteArchivePage>(&page(PagePlace { table: 1, after })).err();
        ensure!(refused.is_some_and(|told| told.to_string().contains("out_of_bounds")), "{after}");
    }
    operator.call::<ReopenClinic>(&reason(&code()))?;
    clinic.signed_in("Reception 1", clinic.user("patel")?).await?;
    Ok(())
}
