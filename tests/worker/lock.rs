//! Five consecutive wrong passwords lock, exactly, whoever guesses and however many at once.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::task::JoinSet;
use wardkey_tests::{Client, Clinic, Refusal, Wardkey, records::Records};
use wire::{
    Empty, Endpoint, ProblemCode, Role,
    activities::{Action, Subject},
    recovery::RequestReset,
    sign_in::{Answer, AnswerQuestion, GetLock, LockQuery, SignInState},
    users::{ListUsers, UserStatus},
};

use xtask::{mailbox::Failure, runtime};

use crate::acts::{self, STRIKES};

/// Longer than anybody waits for the end of a computer's rest, by so much that there is time for a few sign-ins.
const LONG_REST_SECONDS: u32 = 40;

#[tokio::test]
async fn fifth_wrong_password_locks_and_mails_the_user_and_each_owner() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.at("Reception 1").await?;
    let hughes = clinic.user("hughes")?;
    acts::lock(&client, "hughes").await?;
    for _ in 0..3 {
        let right = client.try_password("hughes", &hughes.password).await?;
        let Err(refusal) = right else { bail!("a locked account let somebody in") };
        acts::expect(&refusal, 423, ProblemCode::AccountLocked)?;
    }
    ensure!(client.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?.locked);

    let mail = clinic.mail(&hughes.email, "Account Locked").await?;
    ensure!(mail.text.contains("administrator") && mail.language == "en", "{mail:?}");
    for owner in clinic.opened.users.iter().filter(|user| user.role == Role::Owner) {
        let mail = clinic.mail(&owner.email, "User Account Locked").await?;
        for part in ["Anna Hughes", "Reception 1", clinic.wardkey.origin(), "/clinic/users/"] {
            ensure!(mail.text.contains(part), "{part} is not in {}", mail.text);
        }
    }
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::AccountLocked) == 1);
    ensure!(acts::count(&log, Action::LoginFailed) == STRIKES);
    ensure!(acts::count(&log, Action::LoginFailedLocked) == 3);
    let window = acts::window(&owner, "hughes").await?;
    ensure!(matches!(window.user.status, UserStatus::Locked { .. }), "{window:?}");
    let record = window.lock.and_then(|lock| lock.record);
    ensure!(record.is_some_and(|record| record.computer == "Reception 1" && record.tries_since == 3));
    let mails = mails_of_locks(&clinic);
    ensure!(mails == 3, "one to the user and one to each of two owners, not {mails}");
    Ok(())
}

fn mails_of_locks(clinic: &Clinic<'_>) -> usize {
    let mails = clinic.opened.users.iter().flat_map(|user| clinic.mails_to(&user.email));
    mails.filter(|mail| mail.subject.contains("Locked")).count()
}

#[tokio::test]
async fn a_right_password_clears_the_strikes() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.at("Reception 1").await?;
    let hughes = clinic.user("hughes")?;
    for _ in 0..3 {
        for _ in 0..STRIKES - 1 {
            ensure!(client.try_password("hughes", "wrong").await?.is_err());
        }
        client.submit_password("hughes", &hughes.password).await?;
    }
    ensure!(!client.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?.locked);
    Ok(())
}

#[tokio::test]
async fn an_unknown_login_answers_to_the_byte_as_a_known_one() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.at("Reception 1").await?;
    for strike in 1..STRIKES + 3 {
        let known = raw_try(&client, "hughes").await?;
        let unknown = raw_try(&client, "ghost").await?;
        ensure!(known == unknown, "strike {strike}: {known:?} {unknown:?}");
        let known = client.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?;
        let unknown = client.call::<GetLock>(&LockQuery { login: "ghost".into() }).await?;
        ensure!(known == unknown, "strike {strike}: {known:?} {unknown:?}");
    }
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let log = acts::log(&owner).await?;
    ensure!(log.iter().any(|line| line.user == Subject::UnknownLogin));
    ensure!(!serde_json::to_string(&log)?.contains("ghost"), "what was typed is not in the log");
    Ok(())
}

/// What is said while mails leave, and while nobody takes them.
#[tokio::test]
async fn answers_tell_nobody_while_the_mail_api_is_down() -> Result<()> {
    let mut outages = Vec::new();
    for refused in [true, false] {
        // Either nobody listens there, or who listens has no time.
        let nobody = format!("http://127.0.0.1:{}", runtime::free_port()?);
        let wardkey = if refused { Wardkey::with_mail_api(nobody)? } else { Wardkey::start()? };
        let clinic = Clinic::open(&wardkey)?;
        let door = clinic.at("Reception 1").await?;
        wardkey.mailbox().fail_next((0..1_000).map(|_| Failure::Status(503)));
        let mut told = Vec::new();
        // Through the lock, whose mails cannot leave, and after it.
        for strike in 1..STRIKES + 3 {
            let known = raw_try(&door, "hughes").await?;
            let unknown = raw_try(&door, "ghost").await?;
            ensure!(known == unknown, "strike {strike}: {known:?} {unknown:?}");
            told.push(known);
        }
        ensure!(told.iter().filter(|told| told.0 == 423).count() == 3, "{told:?}");
        // Of those who ask for a link: known, unknown, locked and known, locked and unknown, and each once more.
        let mut links = Vec::new();
        for login in ["patel", "nobody", "hughes", "ghost", "patel", "nobody", "hughes", "ghost"] {
            links.push(raw(&door, RequestReset::PATH, serde_json::json!({ "login": login })).await?);
        }
        ensure!(links.iter().all(|link| *link == links[0]) && links[0].0 == 200, "{links:?}");
        told.extend(links);
        if !refused {
            ensure!(wardkey.mailbox().is_failing(), "the mail API had recovered");
        }
        ensure!(mails_of_locks(&clinic) == 0, "a mail has left");
        outages.push(told);
    }
    // Who compares learns from the answers neither whether mails leave nor how they do not.
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let door = clinic.at("Reception 1").await?;
    let mut well = Vec::new();
    for _ in 1..STRIKES + 3 {
        well.push(raw_try(&door, "hughes").await?);
    }
    for login in ["patel", "nobody", "hughes", "ghost", "patel", "nobody", "hughes", "ghost"] {
        well.push(raw(&door, RequestReset::PATH, serde_json::json!({ "login": login })).await?);
    }
    ensure!(outages.iter().all(|told| *told == well), "{outages:#?}\n{well:#?}");
    Ok(())
}

/// A status, the headers and a body, to the byte.
type Raw = (u16, Vec<(String, String)>, String);

async fn raw_try(client: &Client, login: &str) -> Result<Raw> {
    raw(client, "/api/sign-in/user", serde_json::json!({ "login": login, "password": "wrong" })).await
}

async fn raw(client: &Client, path: &str, body: serde_json::Value) -> Result<Raw> {
    let headers = [("content-type", "application/json"), ("origin", client.origin())];
    let reply = client.send(reqwest::Method::POST, path, &headers, Some(body.to_string())).await?;
    let headers = reply.headers.iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    Ok((reply.status, headers.collect(), reply.text))
}

/// How many guess, and at how many computers: at one they would have turns, and never be looked at together.
const GUESSES: usize = 300;
const COMPUTERS: usize = 8;
/// How many come with the right password.
const RIGHT: usize = 20;
/// How long the clinic has until nothing is written any more.
const REST: Duration = Duration::from_secs(1);

/// A clinic with browsers at computers of their own.
async fn at_computers() -> Result<(Clinic<'static>, Vec<Client>)> {
    let labels: Vec<String> = (1..=COMPUTERS).map(|number| format!("Room {number}")).collect();
    let clinic = Clinic::open_with(Wardkey::shared()?, &labels)?;
    let mut doors = Vec::new();
    for label in &labels {
        doors.push(clinic.at(label).await?);
    }
    Ok((clinic, doors))
}

/// Tries passwords for hughes at these computers in turns, all at once: every line is open before the first is sent.
async fn all_at_once(
    doors: &[Client],
    passwords: impl Iterator<Item = String>,
) -> Result<Vec<Result<SignInState, Refusal>>> {
    let mut ready = Vec::new();
    for (door, password) in doors.iter().cycle().zip(passwords) {
        let twin = door.twin()?;
        twin.state().await?;
        ready.push((twin, password));
    }
    let mut tries = JoinSet::new();
    let count = ready.len();
    for (twin, password) in ready {
        tries.spawn(async move {
            let sent = Instant::now();
            let told = twin.try_password("hughes", &password).await?;
            anyhow::Ok((sent, Instant::now(), told))
        });
    }
    let tries: Vec<_> = tries.join_all().await.into_iter().collect::<Result<_>>()?;
    let first = tries.iter().map(|(_, came, _)| *came).min().context("nobody tried")?;
    let together = tries.iter().filter(|(sent, ..)| *sent <= first).count();
    ensure!(together == count, "of {count} tries {together} were sent before one was answered");
    Ok(tries.into_iter().map(|(.., told)| told).collect())
}

/// How many passwords were looked at for hughes, once nothing is written any more.
async fn looked_at(clinic: &Clinic<'_>, owner: &Client) -> Result<usize> {
    let id = acts::account(owner, "hughes").await?;
    tokio::time::sleep(REST).await;
    Records::of(clinic)?.passwords_looked_at(&id)
}

#[tokio::test]
async fn of_three_hundred_guesses_at_once_five_are_looked_at() -> Result<()> {
    let (clinic, doors) = at_computers().await?;
    let hughes = clinic.user("hughes")?;
    let guesses = all_at_once(&doors, (0..GUESSES).map(|number| format!("guess {number}"))).await?;
    let told = |code| {
        guesses
            .iter()
            .filter(|guess| guess.as_ref().is_err_and(|refusal| refusal.problem.code == code))
            .count()
    };
    ensure!(told(ProblemCode::LoginWrong) == STRIKES - 1, "{}", told(ProblemCode::LoginWrong));
    // Nobody waits too long for a turn at so many computers.
    let locked = told(ProblemCode::AccountLocked);
    ensure!(locked == GUESSES - (STRIKES - 1), "{locked}, and {} sent away", told(ProblemCode::SlowDown));

    clinic.mail(&hughes.email, "Account Locked").await?;
    clinic.mail(&clinic.user("whitfield")?.email, "User Account Locked").await?;
    clinic.mail(&clinic.user("okafor")?.email, "User Account Locked").await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::LoginFailed) == STRIKES);
    ensure!(acts::count(&log, Action::LoginFailedLocked) == GUESSES - STRIKES);
    ensure!(acts::count(&log, Action::AccountLocked) == 1);
    let computers = |action| {
        let lines = log.iter().filter(|line| line.action == action);
        lines.map(|line| line.computer.as_str()).collect::<BTreeSet<_>>()
    };
    let (first, later) = (computers(Action::LoginFailed), computers(Action::LoginFailedLocked));
    ensure!(first.len() == STRIKES, "those that were looked at did not come together: {first:?}");
    ensure!(later.len() == COMPUTERS, "{later:?}");
    let mails = mails_of_locks(&clinic);
    ensure!(mails == 3, "one to the user and one to each of two owners, not {mails}");
    // More than that are never even begun.
    let looked_at = looked_at(&clinic, &owner).await?;
    ensure!(looked_at == STRIKES, "{looked_at} were looked at");
    Ok(())
}

#[tokio::test]
async fn twenty_right_passwords_at_once_all_pass() -> Result<()> {
    let (clinic, doors) = at_computers().await?;
    let password = &clinic.user("hughes")?.password;
    // At as many computers as there are, then all at one.
    for doors in [&doors[..], &doors[..1]] {
        for login in all_at_once(doors, vec![password.clone(); RIGHT].into_iter()).await? {
            let state = login?;
            ensure!(matches!(state, SignInState::Question { .. }), "{state:?}");
        }
    }
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::AccountLocked) + acts::count(&log, Action::LoginFailed) == 0);
    let looked_at = looked_at(&clinic, &owner).await?;
    ensure!(looked_at == 2 * RIGHT, "{looked_at} were looked at");
    Ok(())
}

/// How often two people come and go at one computer.
const COMINGS: usize = 12;

#[tokio::test]
async fn two_people_at_one_computer_lock_neither() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let door = clinic.at("Reception 1").await?;
    let people = [clinic.user("hughes")?, clinic.user("patel")?];
    let sign_in = async |door: &Client, number: usize| acts::sign_in(door, people[number % 2]).await;
    // In turns, each mistyping now and then, and once as often as one may.
    for number in 0..COMINGS {
        let mistyped = if number < 2 { STRIKES - 1 } else { number % 2 };
        for _ in 0..mistyped {
            let Err(refusal) = door.try_password(&people[number % 2].login, "wrong").await? else {
                bail!("let in with a wrong password");
            };
            acts::expect(&refusal, 401, ProblemCode::LoginWrong)?;
        }
        sign_in(&door, number).await.with_context(|| format!("in turn {number}"))?;
    }
    // At once: one types right passwords while the other one types four wrong ones and a right one, and the other way round.
    for number in 0..COMINGS / 3 {
        let (right, wrong) = (people[number % 2], people[(number + 1) % 2]);
        let (beside, mistyping) = (door.twin()?, door.twin()?);
        let comes_and_goes = async {
            for _ in 0..3 {
                acts::sign_in(&beside, right).await?;
            }
            anyhow::Ok(())
        };
        let mistypes = async {
            for _ in 1..STRIKES {
                let Err(refusal) = mistyping.try_password(&wrong.login, "wrong").await? else {
                    bail!("let in with a wrong password");
                };
                acts::expect(&refusal, 401, ProblemCode::LoginWrong)?;
            }
            acts::sign_in(&mistyping, wrong).await
        };
        let (came, mistyped) = tokio::join!(comes_and_goes, mistypes);
        came.with_context(|| format!("beside {} in round {number}", wrong.login))?;
        mistyped.with_context(|| format!("{} in round {number}", wrong.login))?;
    }
    for user in people {
        let lock = door.call::<GetLock>(&LockQuery { login: user.login.clone() }).await?;
        ensure!(!lock.locked, "{} is locked", user.login);
    }
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::AccountLocked) == 0 && mails_of_locks(&clinic) == 0);
    // Each wrong one and each sign-in stands in the log once.
    let wrong = 2 * (STRIKES - 1) + (2..COMINGS).filter(|number| number % 2 == 1).count();
    let wrong = wrong + COMINGS / 3 * (STRIKES - 1);
    ensure!(acts::count(&log, Action::LoginFailed) == wrong, "{wrong} wrong passwords");
    let came = COMINGS + COMINGS / 3 * 4 + 1;
    ensure!(acts::count(&log, Action::LoginSucceeded) == came, "{came} sign-ins");
    Ok(())
}

#[tokio::test]
async fn an_open_question_dies_with_the_lock() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let asked = clinic.at("Reception 1").await?;
    let guesser = clinic.at("Reception 2").await?;
    asked.submit_password("hughes", &clinic.user("hughes")?.password).await?;
    acts::lock(&guesser, "hughes").await?;
    let refusal = asked.refusal::<AnswerQuestion>(&Answer { yes: true }).await?;
    acts::expect(&refusal, 423, ProblemCode::AccountLocked)?;
    acts::expect(&asked.refusal::<ListUsers>(&Empty {}).await?, 401, ProblemCode::SessionRequired)
}

#[tokio::test]
async fn a_stranger_without_the_first_two_steps_locks_nobody() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let stranger = Client::new(clinic.wardkey.origin())?;
    for _ in 0..2 * STRIKES {
        ensure!(stranger.try_password("hughes", "wrong").await?.is_err());
    }
    let client = clinic.at("Reception 1").await?;
    client.submit_password("hughes", &clinic.user("hughes")?.password).await?;
    Ok(())
}

/// How many try at one computer, and how many come in at another one meanwhile.
const CROWD: usize = 40;
const OTHERS: usize = 5;

#[tokio::test]
async fn whoever_tries_on_and_on_at_one_computer_waits_and_nobody_at_another_one_does() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (flooded, calm) = (clinic.at("Reception 1").await?, clinic.at("Reception 2").await?);
    let password = &clinic.user("hughes")?.password;
    let answered = Arc::new(AtomicUsize::new(0));
    let mut crowd = JoinSet::new();
    for number in 0..CROWD {
        let (twin, answered) = (flooded.twin()?, Arc::clone(&answered));
        crowd.spawn(async move {
            let told = twin.try_password(&format!("made.up{number}"), "a guess").await;
            answered.fetch_add(1, Ordering::Relaxed);
            told
        });
    }
    // Once two of them have been answered, all of them stand there.
    while answered.load(Ordering::Relaxed) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..OTHERS {
        calm.submit_password("hughes", password).await?;
    }
    let before = answered.load(Ordering::Relaxed);
    // Between two of ours at their computer lies a turn, as between two of theirs at the other one.
    ensure!(before <= 2 + 2 * OTHERS, "{before} of {CROWD} made-up ones came before {OTHERS} honest ones");
    let crowd: Vec<_> = crowd.join_all().await.into_iter().collect::<Result<_>>()?;
    let told =
        |code| crowd.iter().filter(|told| told.as_ref().is_err_and(|it| it.problem.code == code)).count();
    let (looked_at, sent_away) = (told(ProblemCode::LoginWrong), told(ProblemCode::SlowDown));
    ensure!(looked_at + sent_away == CROWD, "{looked_at} were looked at, {sent_away} sent away");
    // Ten cost no rest; one more for each rest that was waited for.
    ensure!((10..=16).contains(&looked_at), "{looked_at} of {CROWD} logins in a row were looked at");
    let asked = calm.try_password("hughes", password).await?;
    ensure!(asked.is_ok(), "the other computer has no part in it");
    Ok(())
}

#[tokio::test]
async fn a_computer_that_rests_says_until_when_and_counts_nothing() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let door = clinic.at("Reception 1").await?;
    let hughes = clinic.user("hughes")?;
    let wait = loop {
        // Each time somebody else, so that nobody is locked.
        let login = format!("made.up{}", fastrand::u32(..));
        let Err(refusal) = door.try_password(&login, "a guess").await? else { bail!("let in") };
        if refusal.problem.code != ProblemCode::SlowDown {
            acts::expect(&refusal, 401, ProblemCode::LoginWrong)?;
            continue;
        }
        acts::expect(&refusal, 429, ProblemCode::SlowDown)?;
        let wait = refusal.problem.retry_after_seconds.context("no time is named")?;
        // Whoever comes near the end of a rest waits for it: a long one leaves time to look.
        if wait > LONG_REST_SECONDS {
            break wait;
        }
        clinic.turn_clock(i64::from(wait) + 1).await?;
    };
    ensure!(wait <= 60, "{wait} s");
    let failed = async |label: &str| -> Result<usize> {
        let owner = clinic.signed_in(label, clinic.user("whitfield")?).await?;
        Ok(acts::count(&acts::log(&owner).await?, Action::LoginFailed))
    };
    let before = failed("Owner's phone").await?;
    let Err(again) = door.try_password("hughes", &hughes.password).await? else { bail!("let in") };
    acts::expect(&again, 429, ProblemCode::SlowDown)?;
    clinic.turn_clock(i64::from(wait) + 1).await?;
    door.submit_password("hughes", &hughes.password).await?;
    ensure!(failed("Ward 1").await? == before, "a try that was sent away is none");
    for _ in 1..STRIKES {
        let Err(refusal) = door.try_password("patel", "wrong").await? else { bail!("let in") };
        acts::expect(&refusal, 401, ProblemCode::LoginWrong)?;
    }
    Ok(())
}
