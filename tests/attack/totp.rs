//! Codes of the authenticator app, repeated and guessed: a code opens once, and whoever guesses is soon not listened to.

use anyhow::{Context, Result, anyhow};
use clinic::rules::{
    throttle::{CODES_BETWEEN_PAUSES, PROFILE_WRONG_CODES_MAX},
    totp::{self, SECRET_BYTES, STEP_SECONDS},
};
use wardkey_tests::{Client, Clinic, Wardkey, authenticator};
use wire::{
    Endpoint, ProblemCode, Timestamp,
    sign_in::{AuthorizeComputer, AuthorizeProfile},
};

use crate::{
    chance::Chance,
    jar::{self, Jar},
    list::{Attack, Findings, Ground},
    raw::{self, Request},
    records::Records,
};

pub const ATTACKS: [Attack; 3] = [
    Attack {
        family: "totp",
        name: "one code a hundred times at once",
        promise: 9,
        claim: "A code opens one browser, however many bring it at the same moment, each with a step 1 of its own.",
        make: |ground| Box::pin(replay(ground)),
    },
    Attack {
        family: "totp",
        name: "ten thousand guesses, each with a fresh step 1",
        promise: 10,
        claim: "The pauses belong to the computer and the end to the profile: a hundred codes are looked at, then none, the right one included.",
        make: |ground| Box::pin(brute_force(ground)),
    },
    Attack {
        family: "totp",
        name: "a hundred thousand codes as two authenticators make them",
        promise: 11,
        claim: "oathtool and pyotp show the same code for a profile's address, which opens in its step and in the ones beside it, and in no other.",
        make: |ground| Box::pin(async { authenticators(ground) }),
    },
];

/// Browsers that bring the same code.
const BROWSERS: usize = 100;
/// Where codes are guessed, as often as pauses are waited for, so many each time.
const LABELS: [&str; 3] = ["Reception 1", "Reception 2", "Owner's phone"];
const BATCHES: usize = 20;
const GUESSES: usize = 167;
/// Longer than the longest pause.
const PAUSE_MINUTES: u32 = 16;
/// Profiles whose codes are compared, and steps of each on end.
const PROFILES: usize = 100;
const STEPS: usize = 1_000;
/// Steps to either side that a code is tried in.
const BESIDE: usize = 3;
/// The step up to which they begin: some time in the year 2100.
const STEP_MAX: usize = 137_000_000;
/// Connections that they come over.
const LINES: usize = 16;

/// Browsers with nothing but a step 1 of their own, taken again in one that has it, so that no mail tells the owners.
async fn fresh(clinic: &Clinic<'_>, label: &str, count: usize) -> Result<Vec<Jar>> {
    let computer = clinic.computer(label)?;
    let known = Client::new(clinic.wardkey.origin())?;
    known.authorize_computer(&computer.username, &computer.password).await?;
    let body =
        serde_json::json!({ "username": computer.username, "password": computer.password }).to_string();
    let step_1 = Request::post(clinic.wardkey, AuthorizeComputer::PATH, body).by(&known);
    let replies = raw::over(LINES, raw::address(clinic.wardkey)?, vec![step_1; count]).await?;
    let jars = replies.iter().flatten().map(|reply| {
        let mut jar = Jar::default();
        jar.keep(reply);
        jar
    });
    Ok(jars.filter(|jar| !jar.value("computer").is_empty()).collect())
}

fn step_2(clinic: &Clinic<'_>, jar: &Jar, code: &str) -> Request {
    let body = serde_json::json!({ "code": code }).to_string();
    Request::post(clinic.wardkey, AuthorizeProfile::PATH, body).cookies(&jar.header())
}

async fn replay(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let jars = fresh(&clinic, "Reception 1", BROWSERS).await?;
    authenticator::early_in_a_step().await;
    let code = clinic.code()?;
    let requests: Vec<Request> = jars.iter().map(|jar| step_2(&clinic, jar, &code)).collect();
    let replies = raw::at_once(raw::address(clinic.wardkey)?, &requests).await?;
    let let_in = replies.iter().filter(|reply| reply.status == 200).count();
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        let told = reply.problem().map(|problem| problem.code);
        findings.holds(matches!(told, Ok(ProblemCode::CodeUsed)), || raw::told(reply));
    }
    findings.tried = replies.len() as u64;
    findings.count("let in", let_in, 1);
    let granted = replies.iter().filter(|reply| jar::set_by(reply).iter().any(|(kind, _)| kind == "profile"));
    findings.count("were given a token", granted.count(), 1);
    Ok(findings)
}

async fn brute_force(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let mut chance = Chance::new(2);
    // Each is a line of the log: the tenth in a row at a computer is answered like one that comes after it.
    let looked = || -> Result<usize> {
        let lines = "SELECT count(*) FROM activities WHERE action = ?1";
        Ok(usize::try_from(Records::of(&clinic)?.number(lines, "profile_authorization_failed")?)?)
    };
    let (mut looked_at, mut most_at_once) = (0, 0);
    for batch in 0..BATCHES {
        ground.tell(&format!("pause {} of {BATCHES}, {looked_at} codes were looked at", batch + 1));
        for label in LABELS {
            let jars = fresh(&clinic, label, GUESSES).await?;
            let guesses: Vec<Request> = jars
                .iter()
                .map(|jar| step_2(&clinic, jar, &format!("{:06}", chance.below(1_000_000))))
                .collect();
            let replies = raw::over(LINES, raw::address(&wardkey)?, guesses).await?;
            for reply in replies.into_iter().flatten() {
                let told = reply.problem().map(|problem| problem.code);
                let refused = matches!(
                    told,
                    Ok(ProblemCode::CodeWrong
                        | ProblemCode::CodesPaused
                        | ProblemCode::ProfileStopped
                        | ProblemCode::ComputerRequired)
                );
                findings.holds(refused, || raw::told(&reply));
            }
            let before = looked_at;
            looked_at = looked()?;
            most_at_once = most_at_once.max(looked_at - before);
        }
        clinic.pass_minutes(PAUSE_MINUTES).await?;
    }
    findings.at_most("codes looked at between two pauses", most_at_once, CODES_BETWEEN_PAUSES as usize);
    findings.count("codes looked at in all", looked_at, PROFILE_WRONG_CODES_MAX as usize);
    let jar = fresh(&clinic, "Ward 1", 1).await?;
    let right: Vec<Request> =
        jar.iter().map(|jar| step_2(&clinic, jar, &clinic.code().unwrap_or_default())).collect();
    let reply = raw::at_once(raw::address(&wardkey)?, &right).await?;
    let stopped = reply
        .iter()
        .all(|reply| reply.problem().is_ok_and(|problem| problem.code == ProblemCode::ProfileStopped));
    findings.holds(stopped && reply.len() == 1, || format!("the right code at last: {reply:?}"));
    Ok(findings)
}

/// The rule that the Worker asks, at moments that nobody can wait for.
fn authenticators(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut chance = Chance::new(11);
    for profile in 0..PROFILES {
        ground.tell(&format!("profile {} of {PROFILES}", profile + 1));
        let secret: Vec<u8> = (0..SECRET_BYTES).map(|_| chance.below(256) as u8).collect();
        let url = totp::otpauth_url(&secret, "Клиника: Садовая & Co", "Main + 1").context("no address")?;
        let first = i64::try_from(chance.below(STEP_MAX))?;
        let codes = authenticator::codes_by_oathtool(&url, first, STEPS)?;
        let others = authenticator::codes_by_pyotp(&url, first, STEPS)?;
        findings.holds(codes == others && codes.len() == STEPS, || format!("{url} from step {first} on"));
        for (step, code) in codes.iter().enumerate() {
            let typed = code.parse().map_err(|problem| anyhow!("{code}: {problem:?}"))?;
            let tried = step.saturating_sub(BESIDE)..(step + BESIDE + 1).min(STEPS);
            let held = tried.into_iter().all(|at| {
                // Codes beside each other may be alike.
                let near = at.saturating_sub(1)..(at + 2).min(STEPS);
                let expected = codes[near].contains(code);
                let moment =
                    Timestamp((first + at as i64) * STEP_SECONDS as i64 * 1000 + chance.below(30_000) as i64);
                totp::check(&secret, &typed, moment, &[]).is_ok() == expected
            });
            findings.holds(held, || format!("{code} of {url}, step {}", first + step as i64));
        }
    }
    findings.tried = (PROFILES * STEPS) as u64;
    Ok(findings)
}
