//! Who has an account here, asked by how long an answer takes.

use std::{net::Ipv4Addr, time::Instant};

use anyhow::{Result, ensure};
use clinic::rules::{
    recovery::{RESET_MAILS_MAX, RESET_MAILS_WINDOW_MINUTES},
    throttle::FREE_KNOCKS,
};
use futures_util::future::try_join_all;
use serde_json::json;
use wardkey_tests::{
    Client, Clinic, Wardkey,
    acts::{self, STRIKES},
    desk,
};
use wire::{
    Endpoint, Role,
    ids::AccountId,
    language::Language,
    people::{
        IMPORT_PEOPLE_MAX, Import, ImportPerson, ImportUsers, MakePasswords, PasswordWish, PersonFields,
    },
    recovery::RequestReset,
    sign_in::{AuthorizeComputer, SubmitPassword},
    support::SignInOperator,
};

use crate::{
    chance::Chance,
    doors::Doors,
    list::{Attack, Findings, Ground},
    raw::{self, Line, Request},
};

pub const ATTACKS: [Attack; 6] = [
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
    Attack {
        family: "enumeration",
        name: "how long the wrong password takes that locks",
        promise: 18,
        claim: "So it is where a login is locked, with its mails, or none is there to lock.",
        make: |ground| Box::pin(by_time_of_a_lock(ground)),
    },
    Attack {
        family: "enumeration",
        name: "how long a wrong password of a computer takes",
        promise: 18,
        claim: "So it is where a line of the log is written for a computer, and for a number that none has there is none to write.",
        make: |ground| Box::pin(by_time_of_step_1(ground)),
    },
    Attack {
        family: "enumeration",
        name: "how long a wrong password takes at the support desk",
        promise: 18,
        claim: "So it is for operators.",
        make: |ground| Box::pin(by_time_at_the_desk(ground)),
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
/// Hours in each of which links are mailed to everybody, and how long one of them stays at the door.
const HOURS: usize = 40;
const PROFILE_HOURS: usize = 10;
/// Logins that are locked, each beside one that nobody has.
const LOCKS: usize = 500;
const LOCKS_LONG: usize = 1_000;
/// Computers that step 1 is tried at, over so many lines at once: what is held back is waited for together. And minutes after which
/// none of their numbers waits.
const NUMBERS: usize = 20;
const LINES: usize = 2;
const KNOCKS_PAUSE_MINUTES: u32 = 2;
/// Wrong passwords in a row at a computer, before it rests.
const TRIES_AT_A_DOOR: usize = 8;

/// Somebody with a watch.
struct Watch {
    known: Vec<f64>,
    unknown: Vec<f64>,
    line: Line,
    chance: Chance,
}

impl Watch {
    async fn new(wardkey: &Wardkey, seed: u64) -> Result<Self> {
        let line = Line::open(raw::address(wardkey)?).await?;
        Ok(Self { known: Vec::new(), unknown: Vec::new(), line, chance: Chance::new(seed) })
    }

    /// From now on the requests come from another network.
    async fn moves_to(&mut self, wardkey: &Wardkey, network: Ipv4Addr) -> Result<()> {
        self.line = Line::open_from(network, raw::address(wardkey)?).await?;
        Ok(())
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
            self.time(clinic.wardkey, &request, status, turn == 0).await?;
        }
        Ok(())
    }

    /// Takes the times of two requests, one right after the other, in either order.
    async fn pair_of(
        &mut self,
        wardkey: &Wardkey,
        known: Request,
        unknown: Request,
        status: u16,
    ) -> Result<()> {
        let first = self.chance.below(2);
        for turn in [first, 1 - first] {
            let request = if turn == 0 { &known } else { &unknown };
            self.time(wardkey, request, status, turn == 0).await?;
        }
        Ok(())
    }

    async fn time(
        &mut self,
        wardkey: &Wardkey,
        request: &Request,
        status: u16,
        is_known: bool,
    ) -> Result<()> {
        let bytes = request.bytes(raw::address(wardkey)?);
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
    let mut watch = Watch::new(clinic.wardkey, 7).await?;
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
    let mut locked = Watch::new(clinic.wardkey, 8).await?;
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
    let mut watch = Watch::new(clinic.wardkey, 9).await?;
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
                watch.pair_of(&wardkey, reset(&user.login), reset(&stranger), 200).await?;
            }
        }
        clinic.pass_minutes(u32::try_from(RESET_MAILS_WINDOW_MINUTES)? + 1).await?;
    }
    findings.tried = (watch.known.len() * 2) as u64;
    findings.figure("area under the curve", watch.area(), Some(AREA.0), Some(AREA.1));
    Ok(findings)
}

async fn by_time_of_a_lock(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let (clinic, mut doors) = Doors::open(ground.wardkey()?, DOORS).await?;
    let locks = if ground.long { LOCKS_LONG } else { LOCKS };
    let owner = doors.next().await?.twin()?;
    acts::sign_in(&owner, clinic.first(Role::Owner)?).await?;
    // As few strikes as a clinic can ask for: those before the last one are not timed here.
    let policies = acts::set_policies(&owner, |policies| policies.strikes_max = 3).await?.policies;
    hire(&owner, locks).await?;
    let hughes = clinic.user("hughes")?;
    let mut watch = Watch::new(clinic.wardkey, 10).await?;
    let mut tries = 0;
    for number in 0..locks {
        ground.tell(&format!("{number} of {locks} pairs"));
        let (known, unknown) = (login(number), format!("ghost{number}"));
        for _ in 1..policies.strikes_max {
            for login in [&known, &unknown] {
                let request = attempt(&clinic, doors.next().await?, login);
                watch.line.ask(raw::address(clinic.wardkey)?, &request).await?;
            }
        }
        watch.pair(&clinic, &mut doors, [&known, &unknown], 423).await?;
        tries += 2 * policies.strikes_max as usize;
        // A right password at each, before it rests.
        if tries + 2 * policies.strikes_max as usize > TRIES_AT_A_DOOR * DOORS {
            for _ in 0..DOORS {
                doors.next().await?.submit_password("hughes", &hughes.password).await?;
            }
            tries = 0;
        }
    }
    findings.tried = (watch.known.len() * 2) as u64;
    findings.figure("area under the curve", watch.area(), Some(AREA.0), Some(AREA.1));
    Ok(findings)
}

fn login(number: usize) -> String {
    format!("nurse{number}")
}

/// Adds so many people with addresses. Nobody of them signs in, so they share one password.
async fn hire(owner: &Client, count: usize) -> Result<()> {
    ensure!(count <= IMPORT_PEOPLE_MAX, "{count} are too many at once");
    let made = owner.call::<MakePasswords>(&PasswordWish { count: 1 }).await?.passwords;
    let people = (0..count).zip(made.iter().cycle()).map(|(number, made)| ImportPerson {
        line: number as u32 + 1,
        person: PersonFields {
            last_name: format!("Nurse {number}"),
            first_name: "Kim".to_owned(),
            middle_name: String::new(),
            position: String::new(),
            email: format!("nurse{number}@list.example.org"),
            role: Role::Employee,
            login: login(number),
            language: Language::En,
            rights: None,
        },
        sealed: made.sealed.clone(),
    });
    let import = AccountId::from_random([1; 16]).to_string();
    let import = Import { import, people: people.collect() };
    let refused = owner.call::<ImportUsers>(&import).await?.refused;
    ensure!(refused.is_empty(), "not everybody can be added: {refused:?}");
    Ok(())
}

async fn by_time_of_step_1(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let labels: Vec<String> = (1..=NUMBERS).map(|number| format!("Room {number}")).collect();
    let clinic = Clinic::open_with(&wardkey, &labels)?;
    let pairs = if ground.long { PAIRS_LONG } else { CHEAP_PAIRS };
    let mut watches = Vec::new();
    for seed in 0..LINES {
        watches.push(Watch::new(&wardkey, 11 + seed as u64).await?);
    }
    let code = &clinic.opened.code;
    let knock = |number: usize| {
        let body = json!({ "username": format!("{code}-{number}"), "password": "a".repeat(24) });
        Request::post(&wardkey, AuthorizeComputer::PATH, body.to_string())
    };
    for round in 0..pairs / NUMBERS {
        ground.tell(&format!("{} of {pairs} pairs", round * NUMBERS));
        if round >= FREE_KNOCKS as usize - 1 {
            clinic.pass_minutes(KNOCKS_PAUSE_MINUTES).await?;
        }
        let (wardkey, knock) = (&wardkey, &knock);
        let lines = watches.iter_mut().enumerate().map(|(line, watch)| async move {
            for number in (1..=NUMBERS).filter(|number| number % LINES == line) {
                watch.pair_of(wardkey, knock(number), knock(number + NUMBERS), 401).await?;
            }
            anyhow::Ok(())
        });
        try_join_all(lines).await?;
    }
    let mut watch = Watch::new(&wardkey, 0).await?;
    for each in watches {
        watch.known.extend(each.known);
        watch.unknown.extend(each.unknown);
    }
    findings.tried = (watch.known.len() * 2) as u64;
    findings.figure("area under the curve", watch.area(), Some(AREA.0), Some(AREA.1));
    Ok(findings)
}

async fn by_time_at_the_desk(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = ground.wardkey()?;
    let pairs = if ground.long { PAIRS_LONG } else { PAIRS };
    let mut watch = Watch::new(wardkey, 12).await?;
    let knock = |login: &str| {
        let body = json!({ "login": login, "password": "not the password", "code": "000000" });
        Request::post(wardkey, SignInOperator::PATH, body.to_string())
    };
    // Two pairs from a network, before it waits; two networks for an operator, before they are locked.
    let mut network = u32::from(Ipv4Addr::new(127, 2, 0, 1));
    for operator in 0.. {
        if watch.known.len() >= pairs {
            break;
        }
        ground.tell(&format!("{} of {pairs} pairs", watch.known.len()));
        let (known, unknown) = (format!("timed{operator}"), format!("nobody{operator}"));
        desk::make(wardkey, "Timed", &known)?;
        for _ in 0..2 {
            watch.moves_to(wardkey, Ipv4Addr::from(network)).await?;
            network += 1;
            for _ in 0..2 {
                watch.pair_of(wardkey, knock(&known), knock(&unknown), 401).await?;
            }
        }
    }
    findings.tried = (watch.known.len() * 2) as u64;
    findings.figure("area under the curve", watch.area(), Some(AREA.0), Some(AREA.1));
    Ok(findings)
}
