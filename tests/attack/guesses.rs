//! Passwords guessed at one account, all at once: however they come, five are looked at.

use anyhow::{Result, ensure};
use wardkey_tests::{
    Client, Clinic, Reply,
    acts::{self, STRIKES},
};
use wire::{
    Endpoint, ProblemCode, Role,
    activities::Action,
    sign_in::{AnswerQuestion, SubmitPassword},
};

use crate::{
    chance::Chance,
    doors::Doors,
    jar::Jar,
    list::{Attack, Findings, Ground},
    raw::{self, Request},
    records::Records,
};

pub const ATTACKS: [Attack; 4] = [
    Attack {
        family: "guesses",
        name: "a thousand at once through as many sockets",
        promise: 1,
        claim: "Five passwords are looked at, the account is locked once, each is mailed once, and the right one comes too late.",
        make: |ground| Box::pin(through_sockets(ground)),
    },
    Attack {
        family: "guesses",
        name: "four hundred in one go on one connection",
        promise: 1,
        claim: "Requests that are sent before any is answered are no way around the count.",
        make: |ground| Box::pin(in_one_go(ground)),
    },
    Attack {
        family: "guesses",
        name: "the right one in flight while the others lock",
        promise: 3,
        claim: "A password that was right just before the lock opens no session after it.",
        make: |ground| Box::pin(late_success(ground)),
    },
    Attack {
        family: "guesses",
        name: "twenty right ones at once",
        promise: 2,
        claim: "All who are right get in, and nobody is locked.",
        make: |ground| Box::pin(all_right(ground)),
    },
];

/// How many are guessed; and one after the other on one connection, where each waits for the one before it.
const GUESSES: usize = 1_000;
const GUESSES_IN_ONE_GO: usize = 400;
/// How many right ones come right after the lock.
const TOO_LATE: usize = 100;
/// How many clinics the right one is in flight in, with each of these people.
const CLINICS: usize = 4;
const PEOPLE: [&str; 6] = ["hughes", "patel", "oconnor", "reid", "okafor", "sys_harbour"];
/// Wrong ones that are in flight beside the right one.
const BESIDE: usize = 6;
/// How often twenty are right at once.
const ROUNDS: usize = 5;
const RIGHT_AT_ONCE: usize = 20;

fn guess(clinic: &Clinic<'_>, door: &Client, login: &str, password: &str) -> Request {
    let body = serde_json::json!({ "login": login, "password": password }).to_string();
    Request::post(clinic.wardkey, SubmitPassword::PATH, body).by(door)
}

async fn through_sockets(ground: &Ground) -> Result<Findings> {
    let clinic = Clinic::open(ground.wardkey()?)?;
    let door = clinic.at("Reception 1").await?;
    let guesses: Vec<Request> =
        (0..GUESSES).map(|number| guess(&clinic, &door, "hughes", &format!("guess {number}"))).collect();
    let replies = raw::at_once(raw::address(clinic.wardkey)?, &guesses).await?;
    judge(&clinic, &door, &replies).await
}

async fn in_one_go(ground: &Ground) -> Result<Findings> {
    let clinic = Clinic::open(ground.wardkey()?)?;
    let door = clinic.at("Reception 1").await?;
    let guesses: Vec<Request> = (0..GUESSES_IN_ONE_GO)
        .map(|number| guess(&clinic, &door, "hughes", &format!("guess {number}")))
        .collect();
    let replies = raw::in_one_go(raw::address(clinic.wardkey)?, &guesses).await?;
    judge(&clinic, &door, &replies).await
}

/// What so many guesses have left behind, and what the right password is worth after them.
async fn judge(clinic: &Clinic<'_>, door: &Client, replies: &[Reply]) -> Result<Findings> {
    let mut findings = Findings::default();
    for reply in replies {
        let told = reply.problem().map(|problem| problem.code);
        let fine =
            matches!(told, Ok(ProblemCode::LoginWrong | ProblemCode::AccountLocked | ProblemCode::SlowDown));
        findings.holds(fine, || raw::told(reply));
    }
    let hughes = clinic.user("hughes")?;
    let right: Vec<Request> =
        (0..TOO_LATE).map(|_| guess(clinic, door, "hughes", &hughes.password)).collect();
    let right = raw::at_once(raw::address(clinic.wardkey)?, &right).await?;
    for reply in &right {
        let fine = matches!(reply.status, 423 | 429);
        findings.holds(fine, || format!("right, after the lock: {}", raw::told(reply)));
    }
    let wrong = replies.iter().filter(|reply| reply.status == 401).count();
    findings.count("told that it was wrong", wrong, STRIKES - 1);

    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let log = acts::log(&owner).await?;
    let lines = |action| acts::count(&log, action);
    findings.count("lines \"Account locked\"", lines(Action::AccountLocked), 1);
    findings.count("lines \"Login failed\"", lines(Action::LoginFailed), STRIKES);
    // Who would have waited too long for a turn at the computer was sent away, and is no try.
    let had_a_turn = replies.iter().chain(&right).filter(|reply| reply.status != 429).count();
    findings.note("of them had a turn", had_a_turn as f64);
    let locked = had_a_turn - STRIKES;
    findings.count("lines \"Login failed (locked)\"", lines(Action::LoginFailedLocked), locked);
    let id = acts::account(&owner, "hughes").await?;
    findings.count("passwords looked at", Records::of(clinic)?.passwords_looked_at(&id)?, STRIKES);
    clinic.mail(&hughes.email, "Account Locked").await?;
    let mut owners_told = Vec::new();
    for user in clinic.opened.users.iter().filter(|user| user.role == Role::Owner) {
        clinic.mail(&user.email, "User Account Locked").await?;
        owners_told.extend(clinic.mails_to(&user.email));
    }
    let told = |mail: &&xtask::mailbox::Mail| mail.subject.contains("Locked");
    findings.count("mails to the user", clinic.mails_to(&hughes.email).iter().filter(told).count(), 1);
    findings.count("mails to the two owners", owners_told.iter().filter(told).count(), 2);
    Ok(findings)
}

async fn late_success(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut chance = Chance::new(1);
    let mut let_in = 0;
    for number in 0..CLINICS {
        ground.tell(&format!("clinic {} of {CLINICS}", number + 1));
        // Each at a computer of its own, or they would come one after the other.
        let (clinic, doors) = Doors::open(ground.wardkey()?, BESIDE + 1).await?;
        let doors = doors.clients();
        for (person, login) in PEOPLE.into_iter().enumerate() {
            let right = chance.below(BESIDE + 1);
            let requests: Vec<Request> = doors
                .iter()
                .enumerate()
                .map(|(place, door)| match place == right {
                    true => Ok(guess(&clinic, door, login, &clinic.user(login)?.password)),
                    false => Ok(guess(&clinic, door, login, "wrong")),
                })
                .collect::<Result<_>>()?;
            let address = raw::address(clinic.wardkey)?;
            let replies = raw::at_once(address, &requests).await?;
            clinic.lock(doors[person], login).await?;
            let door = doors[right];
            let Some(asked) = replies.iter().find(|reply| reply.status == 200) else {
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
    }
    findings.note("of them asked \"Is this you?\" before the lock", f64::from(let_in));
    Ok(findings)
}

async fn all_right(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let door = clinic.at("Reception 1").await?;
    let password = &clinic.user("hughes")?.password;
    for _ in 0..ROUNDS {
        let right: Vec<Request> =
            (0..RIGHT_AT_ONCE).map(|_| guess(&clinic, &door, "hughes", password)).collect();
        for reply in raw::at_once(raw::address(clinic.wardkey)?, &right).await? {
            findings.holds(reply.status == 200, || raw::told(&reply));
        }
    }
    Ok(findings)
}
