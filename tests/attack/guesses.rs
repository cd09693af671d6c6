//! Passwords guessed at one account, all at once: however they come, five are looked at.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::Value;
use wardkey_tests::{
    Client, Clinic, Reply, Wardkey,
    acts::{self, STRIKES},
};
use wire::{
    Endpoint, ProblemCode, Role,
    activities::{Action, ActivityLine, Subject},
    sign_in::{AnswerQuestion, SubmitPassword},
};
use xtask::mailbox::Mail;

use crate::{
    chance::Chance,
    doors::Doors,
    jar::Jar,
    list::{Attack, Findings, Ground},
    raw::{self, Answer, Request},
    records::Records,
};

pub const ATTACKS: [Attack; 4] = [
    Attack {
        family: "guesses",
        name: "a thousand at once through as many sockets",
        promise: 1,
        claim: "From fifty computers, five passwords are hashed, the account is locked once, each is mailed once, and the right one comes too late.",
        make: |ground| Box::pin(through_sockets(ground)),
    },
    Attack {
        family: "guesses",
        name: "a thousand in one go on each computer's connection",
        promise: 1,
        claim: "Requests that follow each other on a connection before the first is answered are no way around the count.",
        make: |ground| Box::pin(in_one_go(ground)),
    },
    Attack {
        family: "guesses",
        name: "the right one in flight while the others lock",
        promise: 3,
        claim: "A password that was right just before the lock opens no session after it, and no more than five are looked at on either side of it.",
        make: |ground| Box::pin(late_success(ground)),
    },
    Attack {
        family: "guesses",
        name: "twenty right ones at once",
        promise: 2,
        claim: "At twenty computers or at one: all who are right get in, each password is looked at once, and nobody is locked.",
        make: |ground| Box::pin(all_right(ground)),
    },
];

/// How many are guessed, and at how many computers: at one they would have turns, and never be looked at together.
const GUESSES: usize = 1_000;
const COMPUTERS: usize = 50;
/// How many right ones come right after the lock.
const TOO_LATE: usize = 100;
/// Somebody who is locked already: tries at that login have turns, and cost no hash.
const LOCKED: &str = "oconnor";
/// How many clinics the right one is in flight in, with each of these people.
const CLINICS: usize = 4;
const PEOPLE: [&str; 6] = ["hughes", "patel", "oconnor", "reid", "okafor", "sys_harbour"];
/// Wrong ones that are in flight beside the right one.
const BESIDE: usize = 6;
/// How often twenty are right at once, each at a computer of its own; then once more, all at one.
const ROUNDS: usize = 5;
const RIGHT_AT_ONCE: usize = 20;
/// How long the clinic has until nothing is written any more.
const REST: Duration = Duration::from_secs(2);

fn guess(clinic: &Clinic<'_>, door: &Client, login: &str, password: &str) -> Request {
    let body = serde_json::json!({ "login": login, "password": password }).to_string();
    Request::post(clinic.wardkey, SubmitPassword::PATH, body).by(door)
}

async fn through_sockets(ground: &Ground) -> Result<Findings> {
    besiege(ground, 1).await
}

async fn in_one_go(ground: &Ground) -> Result<Findings> {
    besiege(ground, GUESSES / COMPUTERS).await
}

/// Guesses at one login from all computers at the same moment, so many on each connection.
async fn besiege(ground: &Ground, on_each_line: usize) -> Result<Findings> {
    // The build that counts its hashes.
    let wardkey = Wardkey::with_clock()?;
    ground.tell("bringing up computers");
    let (clinic, doors) = Doors::open(&wardkey, COMPUTERS).await?;
    let doors = doors.clients();
    clinic.lock(&clinic.at("Reception 1").await?, LOCKED).await?;
    ground.tell("guessing");
    let at = |line: usize| line % COMPUTERS;
    // Where one guess follows the other on a connection, the computers' turns fall together once each has had its first: only then are
    // guesses looked at together.
    let first = usize::from(on_each_line > 1);
    let lines = (0..GUESSES / on_each_line).map(|line| {
        let locked = (0..first).map(|_| guess(&clinic, doors[at(line)], LOCKED, "a guess"));
        let of_line = (0..on_each_line).map(|number| format!("guess {line} {number}"));
        locked
            .chain(of_line.map(|password| guess(&clinic, doors[at(line)], "hughes", &password)))
            .collect::<Vec<_>>()
    });
    let hashed = hashed(&wardkey).await?;
    let answers = raw::volley(raw::address(&wardkey)?, lines.collect()).await?;

    let mut findings = Findings::default();
    let on_each_line = on_each_line + first;
    let (mut replies, mut guesses) = (Vec::new(), Vec::new());
    for (number, answer) in answers.iter().enumerate() {
        if number % on_each_line < first {
            findings.holds(answer.reply.status == 423, || raw::told(&answer.reply));
        } else {
            guesses.push((at(number / on_each_line), answer));
            replies.push(&answer.reply);
        }
    }
    overlap(&mut findings, guesses.into_iter(), COMPUTERS);
    judge(&clinic, &doors, &replies, hashed, findings).await
}

/// How many passwords the Worker has hashed so far, as it counts them itself.
async fn hashed(wardkey: &Wardkey) -> Result<usize> {
    let reply = Client::new(wardkey.origin())?.send(Method::GET, "/api/trial/objects", &[], None).await?;
    let told: Value = serde_json::from_str(&reply.text)?;
    Ok(usize::try_from(told["hashed"].as_u64().with_context(|| reply.text)?)?)
}

/// That tries came at the same time, from so many computers: one after the other they would prove nothing.
fn overlap<'a>(
    findings: &mut Findings,
    answers: impl Iterator<Item = (usize, &'a Answer)> + Clone,
    computers: usize,
) {
    let first = answers.clone().map(|(_, answer)| answer.came).min();
    let under_way = answers.filter(|(_, answer)| first.is_some_and(|first| answer.sent <= first));
    let at: Vec<usize> = under_way.map(|(at, _)| at).collect();
    findings.note("on their way before the first was answered", at.len() as f64);
    let at = at.into_iter().collect::<BTreeSet<_>>().len();
    findings.count("computers that they were from", at, computers);
}

/// What so many guesses have left behind, and what the right password is worth after them.
async fn judge(
    clinic: &Clinic<'_>,
    doors: &[&Client],
    replies: &[&Reply],
    hashed_before: usize,
    mut findings: Findings,
) -> Result<Findings> {
    for reply in replies {
        let told = reply.problem().map(|problem| problem.code);
        let fine =
            matches!(told, Ok(ProblemCode::LoginWrong | ProblemCode::AccountLocked | ProblemCode::SlowDown));
        findings.holds(fine, || raw::told(reply));
    }
    let hughes = clinic.user("hughes")?;
    let right: Vec<Request> = (0..TOO_LATE)
        .map(|number| guess(clinic, doors[number % doors.len()], "hughes", &hughes.password))
        .collect();
    let right = raw::at_once(raw::address(clinic.wardkey)?, &right).await?;
    for reply in &right {
        let fine = matches!(reply.status, 423 | 429);
        findings.holds(fine, || format!("right, after the lock: {}", raw::told(reply)));
    }
    let all = || replies.iter().copied().chain(&right);
    let told = |status| all().filter(|reply| reply.status == status).count();
    findings.count("hashed", hashed(clinic.wardkey).await? - hashed_before, STRIKES);
    findings.count("told that it was wrong", told(401), STRIKES - 1);
    findings.note("told that the account is locked", told(423) as f64);
    // Who would have waited too long for a turn at a computer is sent away, and is no try: here nobody.
    findings.count("sent away without a turn", told(429), 0);

    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let id = acts::account(&owner, "hughes").await?;
    let log = acts::log(&owner).await?;
    let of_hughes =
        |line: &&ActivityLine| matches!(&line.user, Subject::Account { id: of, .. } if of.as_str() == id);
    let lines: Vec<&ActivityLine> = log.iter().filter(of_hughes).collect();
    let lines = |action| lines.iter().filter(move |line| line.action == action);
    findings.count("lines \"Account locked\"", lines(Action::AccountLocked).count(), 1);
    findings.count("lines \"Login failed\"", lines(Action::LoginFailed).count(), STRIKES);
    let locked = all().count() - told(429) - STRIKES;
    findings.count("lines \"Login failed (locked)\"", lines(Action::LoginFailedLocked).count(), locked);
    // One after the other at one computer would be no proof of what is looked at together.
    let at = |action| lines(action).map(|line| line.computer.as_str()).collect::<BTreeSet<_>>().len();
    findings.count("computers that the five were typed at", at(Action::LoginFailed), STRIKES);
    findings.count("computers that the others were typed at", at(Action::LoginFailedLocked), doors.len());
    clinic.mail(&hughes.email, "Account Locked").await?;
    tokio::time::sleep(REST).await;
    // The owners have been told of somebody else as well.
    let of_hughes = |mail: &&Mail| mail.subject.contains("Locked") && mail.text.contains("Hughes");
    let count = |email: &str| clinic.mails_to(email).iter().filter(of_hughes).count();
    findings.count("mails to the user", count(&hughes.email), 1);
    for owner in clinic.opened.users.iter().filter(|user| user.role == Role::Owner) {
        findings.count("mails to each owner", count(&owner.email), 1);
    }
    findings.count("passwords looked at", Records::of(clinic)?.passwords_looked_at(&id)?, STRIKES);
    Ok(findings)
}

async fn late_success(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut chance = Chance::new(1);
    let (mut let_in, mut computers_min, mut looked_at_most) = (0, usize::MAX, 0);
    for number in 0..CLINICS {
        ground.tell(&format!("clinic {} of {CLINICS}", number + 1));
        // Each at a computer of its own, or they would come one after the other.
        let (clinic, doors) = Doors::open(ground.wardkey()?, BESIDE + 1).await?;
        let doors = doors.clients();
        let mut tries = Vec::new();
        for (person, login) in PEOPLE.into_iter().enumerate() {
            let right = chance.below(BESIDE + 1);
            let requests: Vec<Vec<Request>> = doors
                .iter()
                .enumerate()
                .map(|(place, door)| match place == right {
                    true => Ok(vec![guess(&clinic, door, login, &clinic.user(login)?.password)]),
                    false => Ok(vec![guess(&clinic, door, login, "wrong")]),
                })
                .collect::<Result<_>>()?;
            let address = raw::address(clinic.wardkey)?;
            let answers = raw::volley(address, requests).await?;
            let first = answers.iter().map(|answer| answer.came).min().context("no answer")?;
            computers_min = computers_min.min(answers.iter().filter(|answer| answer.sent <= first).count());
            let replies: Vec<Reply> = answers.into_iter().map(|answer| answer.reply).collect();
            let mut wrong = replies.iter().filter(|reply| reply.status == 401).count();
            wrong += guess_until_locked(doors[person], login).await?;
            let door = doors[right];
            let asked = replies.iter().find(|reply| reply.status == 200);
            tries.push((login, wrong, asked.is_some()));
            let Some(asked) = asked else {
                let late = &replies[right];
                findings.holds(late.status == 423, || format!("{login}: {}", raw::told(late)));
                continue;
            };
            let_in += 1;
            let question = asked.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
            ensure!(question.contains("_question="), "no question in {asked:?}");
            let yes = Request::post(clinic.wardkey, AnswerQuestion::PATH, r#"{"yes":true}"#)
                .cookies(&format!("{}; {question}", raw::cookies(door)));
            let answers = raw::at_once(address, &[yes.clone(), yes]).await?;
            for answer in &answers {
                // Closed with the lock: locked to the first who asks, gone to the next.
                findings
                    .holds(matches!(answer.status, 410 | 423), || format!("{login}: {}", raw::told(answer)));
            }
            let mut jar = Jar::of(door);
            answers.iter().for_each(|answer| jar.keep(answer));
            findings.holds(!jar.is_signed_in(clinic.wardkey).await?, || format!("{login} is signed in"));
        }
        let mut ids = Vec::new();
        let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
        for (login, ..) in &tries {
            ids.push(acts::account(&owner, login).await?);
        }
        tokio::time::sleep(REST).await;
        let records = Records::of(&clinic)?;
        for ((login, wrong, was_right), id) in tries.iter().zip(&ids) {
            let looked_at = records.passwords_looked_at(id)?;
            looked_at_most = looked_at_most.max(looked_at);
            // Those that were told so, the one that was right, and the one that locked: nobody else's was looked at.
            let told = wrong + usize::from(*was_right) + 1;
            let bound = if *was_right { 2 * STRIKES } else { STRIKES };
            findings.holds(looked_at == told && told <= bound, || {
                format!("{login}: {looked_at} were looked at, {told} were told of it, {bound} may be")
            });
        }
    }
    findings.count("tries that came together, each from its computer", computers_min, BESIDE + 1);
    findings.at_least("of them asked \"Is this you?\" before the lock", let_in, 1);
    findings.at_most("passwords looked at until the lock", looked_at_most, 2 * STRIKES);
    Ok(findings)
}

/// Guesses on until the account is locked. Gives how often it was told that it was wrong.
async fn guess_until_locked(door: &Client, login: &str) -> Result<usize> {
    let mut wrong = 0;
    loop {
        match door.try_password(login, "wrong").await? {
            Err(refusal) if refusal.problem.code == ProblemCode::AccountLocked => return Ok(wrong),
            Err(refusal) if refusal.problem.code == ProblemCode::LoginWrong => wrong += 1,
            told => bail!("{login}: {told:?}"),
        }
    }
}

async fn all_right(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    ground.tell("bringing up computers");
    let (clinic, doors) = Doors::open(ground.wardkey()?, RIGHT_AT_ONCE).await?;
    let doors = doors.clients();
    let password = &clinic.user("hughes")?.password;
    let mut computers_min = usize::MAX;
    for round in 0..=ROUNDS {
        ground.tell(&format!("round {} of {}", round + 1, ROUNDS + 1));
        let at_one = round == ROUNDS;
        let right = (0..RIGHT_AT_ONCE)
            .map(|number| vec![guess(&clinic, doors[if at_one { 0 } else { number }], "hughes", password)]);
        let answers = raw::volley(raw::address(clinic.wardkey)?, right.collect()).await?;
        let first = answers.iter().map(|answer| answer.came).min().context("no answer")?;
        if !at_one {
            let together = answers.iter().filter(|answer| answer.sent <= first).count();
            computers_min = computers_min.min(together);
        }
        for Answer { reply, .. } in answers {
            findings.holds(reply.status == 200, || raw::told(&reply));
        }
    }
    findings.count("tries that came together, each from its computer", computers_min, RIGHT_AT_ONCE);
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let id = acts::account(&owner, "hughes").await?;
    let locks = acts::count(&acts::log(&owner).await?, Action::AccountLocked);
    findings.count("lines \"Account locked\"", locks, 0);
    tokio::time::sleep(REST).await;
    let looked_at = Records::of(&clinic)?.passwords_looked_at(&id)?;
    findings.count("passwords looked at", looked_at, (ROUNDS + 1) * RIGHT_AT_ONCE);
    Ok(findings)
}
