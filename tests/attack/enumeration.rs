//! Who has an account here, asked by what is said and by how long it takes: an unknown login is told as a known one is.

use std::{collections::BTreeSet, time::Instant};

use anyhow::{Result, ensure};
use clinic::rules::recovery::{RESET_MAILS_MAX, RESET_MAILS_WINDOW_MINUTES};
use serde_json::json;
use wardkey_tests::{Client, Clinic, Reply, Wardkey, acts::STRIKES};
use wire::{
    Endpoint,
    recovery::RequestReset,
    sign_in::{AuthorizeComputer, GetLock, SubmitPassword},
};
use xtask::mailbox::Failure;

use crate::{
    chance::Chance,
    doors::Doors,
    list::{Attack, Findings, Ground},
    raw::{self, Line, Request},
};

pub const ATTACKS: [Attack; 4] = [
    Attack {
        family: "enumeration",
        name: "what is said to known, unknown and locked logins",
        promise: 17,
        claim: "Replies are the same to the byte, with mails that leave, with mails that don't, and without an address.",
        make: |ground| Box::pin(by_content(ground)),
    },
    Attack {
        family: "enumeration",
        name: "how long a wrong password takes",
        promise: 18,
        claim: "Whoever guesses from the time alone whether a login is known is right about as often as a coin.",
        make: |ground| Box::pin(by_time_of_a_try(ground)),
    },
    Attack {
        family: "enumeration",
        name: "how long a try at a locked login takes",
        promise: 18,
        claim: "So it is where nothing is hashed.",
        make: |ground| Box::pin(by_time_without_a_hash(ground)),
    },
    Attack {
        family: "enumeration",
        name: "how long the link for a forgotten password takes",
        promise: 18,
        claim: "So it is where a mail is written to one of the two.",
        make: |ground| Box::pin(by_time_of_a_link(ground)),
    },
];

/// Pairs of a known and an unknown login, and how many there are with `--long`.
const PAIRS: usize = 1_000;
const PAIRS_LONG: usize = 2_000;
/// Pairs that cost no hash.
const CHEAP_PAIRS: usize = 1_000;
/// Computers that they are tried at, in turns. A right password ends the count of each once in a round of all: before it rests.
const DOORS: usize = 8;
/// What an area under the curve of a coin may be.
const AREA: (f64, f64) = (0.45, 0.55);
const ROUNDS: usize = 8;
/// Hours in each of which links are mailed to everybody, and how long one of them stays at the door.
const HOURS: usize = 40;
const PROFILE_HOURS: usize = 10;

/// All of a reply that is the sender's to choose.
fn said(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    (reply.status, headers.collect(), reply.text.clone())
}

async fn ask(clinic: &Clinic<'_>, door: &Client, path: &str, login: &str) -> Result<Reply> {
    let address = raw::address(clinic.wardkey)?;
    let request = match path {
        GetLock::PATH => Request::get(&format!("{path}?login={login}")),
        RequestReset::PATH => Request::post(clinic.wardkey, path, json!({ "login": login }).to_string()),
        _ => Request::post(clinic.wardkey, path, json!({ "login": login, "password": "wrong" }).to_string()),
    };
    Line::open(address).await?.ask(address, &request.by(door)).await
}

async fn by_content(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let logins = ["hughes", "patel", "sys_harbour", "ghost", "no.such.person", "x"];
    // Each at a computer of its own: one at which all are tried would rest.
    let (clinic, doors) = Doors::open(ground.wardkey()?, logins.len()).await?;
    // Tried, locked and tried on, and their links asked for on the way, with the mails refused in each second round.
    for round in 0..ROUNDS {
        clinic.wardkey.mailbox().fail_next((0..20).filter(|_| round % 2 == 1).map(|_| Failure::Status(500)));
        for path in [SubmitPassword::PATH, GetLock::PATH, RequestReset::PATH] {
            let mut answers = BTreeSet::new();
            for (login, door) in logins.into_iter().zip(doors.clients()) {
                answers.insert(said(&ask(&clinic, door, path, login).await?));
            }
            findings.holds(answers.len() == 1, || format!("round {round}, {path}: {answers:?}"));
        }
        clinic.wardkey.mailbox().recover();
    }
    // Step 1: a username that is there, one that is not, and those of clinics that are not.
    let code = &clinic.opened.code;
    let swapped: String = code.chars().rev().collect();
    let mut answers = BTreeSet::new();
    for username in
        [format!("{code}-2"), format!("{code}-999"), format!("{code}-99999"), format!("{swapped}-1")]
    {
        let body = json!({ "username": username, "password": "a".repeat(24) }).to_string();
        let address = raw::address(clinic.wardkey)?;
        let request = Request::post(clinic.wardkey, AuthorizeComputer::PATH, body);
        answers.insert(said(&Line::open(address).await?.ask(address, &request).await?));
    }
    findings.holds(answers.len() == 1, || format!("step 1: {answers:?}"));
    Ok(findings)
}

/// Somebody with a watch.
struct Watch {
    known: Vec<f64>,
    unknown: Vec<f64>,
    line: Line,
    chance: Chance,
}

impl Watch {
    async fn new(clinic: &Clinic<'_>, seed: u64) -> Result<Self> {
        let line = Line::open(raw::address(clinic.wardkey)?).await?;
        Ok(Self { known: Vec::new(), unknown: Vec::new(), line, chance: Chance::new(seed) })
    }

    /// Takes the times of a try at a known and one at an unknown login, in either order, each at a computer of its own.
    async fn pair(
        &mut self,
        clinic: &Clinic<'_>,
        doors: &mut Doors,
        logins: [&str; 2],
        status: u16,
    ) -> Result<()> {
        let first = self.chance.below(2);
        for turn in [first, 1 - first] {
            let request = attempt(clinic, doors.next().await?, logins[turn]);
            self.time(clinic, &request, status, turn == 0).await?;
        }
        Ok(())
    }

    /// Takes the times of two requests, one right after the other, in either order.
    async fn pair_of(
        &mut self,
        clinic: &Clinic<'_>,
        known: Request,
        unknown: Request,
        status: u16,
    ) -> Result<()> {
        let first = self.chance.below(2);
        for turn in [first, 1 - first] {
            let request = if turn == 0 { &known } else { &unknown };
            self.time(clinic, request, status, turn == 0).await?;
        }
        Ok(())
    }

    async fn time(
        &mut self,
        clinic: &Clinic<'_>,
        request: &Request,
        status: u16,
        is_known: bool,
    ) -> Result<()> {
        let bytes = request.bytes(raw::address(clinic.wardkey)?);
        let began = Instant::now();
        self.line.write(&bytes).await?;
        let reply = self.line.reply().await?;
        let millis = began.elapsed().as_secs_f64() * 1000.0;
        ensure!(reply.status == status, "{}", raw::told(&reply));
        if is_known {
            self.known.push(millis)
        } else {
            self.unknown.push(millis)
        }
        Ok(())
    }

    /// How often a known login took longer than an unknown one, over all pairs of them; a half where nothing can be told.
    fn area(&self) -> f64 {
        let mut unknown = self.unknown.clone();
        unknown.sort_by(f64::total_cmp);
        let longer: usize =
            self.known.iter().map(|millis| unknown.partition_point(|other| other < millis)).sum();
        let area = longer as f64 / (self.known.len() * unknown.len()) as f64;
        (area * 1000.0).round() / 1000.0
    }
}

fn attempt(clinic: &Clinic<'_>, door: &Client, login: &str) -> Request {
    let body = json!({ "login": login, "password": "not the password" }).to_string();
    Request::post(clinic.wardkey, SubmitPassword::PATH, body).by(door)
}

async fn by_time_of_a_try(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let (clinic, mut doors) = Doors::open(ground.wardkey()?, DOORS).await?;
    let hughes = clinic.user("hughes")?;
    let pairs = if ground.long { PAIRS_LONG } else { PAIRS };
    let mut watch = Watch::new(&clinic, 7).await?;
    let mut strangers = 0;
    while watch.known.len() < pairs {
        ground.tell(&format!("{} of {pairs} pairs", watch.known.len()));
        // An unknown login of its own each time, so that both have as many strikes.
        strangers += 1;
        for _ in 1..STRIKES {
            watch.pair(&clinic, &mut doors, ["hughes", &format!("ghost{strangers}")], 401).await?;
        }
        doors.next().await?.submit_password("hughes", &hughes.password).await?;
    }
    findings.tried = (watch.known.len() * 2) as u64;
    findings.figure("area under the curve", watch.area(), Some(AREA.0), Some(AREA.1));
    Ok(findings)
}

async fn by_time_without_a_hash(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let (clinic, mut doors) = Doors::open(ground.wardkey()?, DOORS).await?;
    for login in ["hughes", "ghost"] {
        clinic.lock(doors.next().await?, login).await?;
    }
    let mut locked = Watch::new(&clinic, 8).await?;
    for _ in 0..CHEAP_PAIRS {
        locked.pair(&clinic, &mut doors, ["hughes", "ghost"], 423).await?;
    }
    findings.tried = (locked.known.len() * 2) as u64;
    findings.figure("area under the curve", locked.area(), Some(AREA.0), Some(AREA.1));
    Ok(findings)
}

async fn by_time_of_a_link(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let mut door = clinic.at("Reception 1").await?;
    let mut watch = Watch::new(&clinic, 9).await?;
    for hour in 0..HOURS {
        ground.tell(&format!("hour {hour} of {HOURS}"));
        if hour % PROFILE_HOURS == PROFILE_HOURS - 1 {
            door = clinic.at("Reception 1").await?;
        }
        for _ in 0..RESET_MAILS_MAX {
            for (number, user) in clinic.opened.users.iter().enumerate() {
                let reset = |login: &str| {
                    let body = json!({ "login": login }).to_string();
                    Request::post(&wardkey, RequestReset::PATH, body).by(&door)
                };
                // As many strangers as there are people, each asked for as often.
                let stranger = format!("ghost{hour}-{number}");
                watch.pair_of(&clinic, reset(&user.login), reset(&stranger), 200).await?;
            }
        }
        clinic.pass_minutes(u32::try_from(RESET_MAILS_WINDOW_MINUTES)? + 1).await?;
    }
    findings.tried = (watch.known.len() * 2) as u64;
    findings.figure("area under the curve", watch.area(), Some(AREA.0), Some(AREA.1));
    Ok(findings)
}
