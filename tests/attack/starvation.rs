//! Work made for the Worker so that others wait: what is not to be looked at is refused before it costs a hash.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use anyhow::Result;
use serde_json::json;
use tokio::task::JoinSet;
use wardkey_tests::{Client, Clinic, acts};
use wire::{
    Endpoint, ProblemCode,
    sign_in::{AuthorizeComputer, SubmitPassword},
};
use xtask::ratio::quantile;

use crate::{
    list::{Attack, Findings, Ground},
    raw::{self, Line, Request},
    records::Records,
};

pub const ATTACKS: [Attack; 3] = [
    Attack {
        family: "starvation",
        name: "passwords that are too long",
        promise: 20,
        claim: "They are refused before anything is hashed or counted, be they longer by one character or a megabyte.",
        make: |ground| Box::pin(too_long(ground)),
    },
    Attack {
        family: "starvation",
        name: "fifty sign-ins at once",
        promise: 20,
        claim: "All of them are answered, and all are let in.",
        make: |ground| Box::pin(burst(ground)),
    },
    Attack {
        family: "starvation",
        name: "honest people in a flood of strangers",
        promise: 20,
        claim: "Nineteen of twenty sign-ins take no more than twice as long as without the flood.",
        make: |ground| Box::pin(flood(ground)),
    },
];

const TOO_LONG: usize = 200;
const BURST: usize = 50;
/// Sign-ins in a row with the flood and without it, and how often they take turns.
const IN_A_ROW: usize = 10;
const TURNS: usize = 8;
/// Connections of the flood, each with the next request as soon as the last one is answered.
const FLOOD_LINES: usize = 4;
const P95_RATIO_MAX: f64 = 2.0;

fn attempt(clinic: &Clinic<'_>, login: &str, password: &str) -> Request {
    let body = json!({ "login": login, "password": password }).to_string();
    Request::post(clinic.wardkey, SubmitPassword::PATH, body)
}

async fn too_long(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let door = clinic.at("Reception 1").await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let lengths = [129, 200, 1_000, 10_000, 16_000, 100_000, 1_000_000];
    let requests = (0..TOO_LONG)
        .map(|number| {
            let letter = if number % 2 == 0 { "a" } else { "ж" };
            attempt(&clinic, "hughes", &letter.repeat(lengths[number % lengths.len()])).by(&door)
        })
        .collect();
    for reply in raw::over(FLOOD_LINES, raw::address(clinic.wardkey)?, requests).await? {
        // A line that was hung up on in the middle of a megabyte was refused as well.
        let told = reply.as_ref().and_then(|reply| reply.problem().ok()).map(|problem| problem.code);
        let refused =
            matches!(told, None | Some(ProblemCode::PasswordTooLong | ProblemCode::RequestTooLarge));
        findings.holds(refused, || format!("{told:?}"));
    }
    let id = acts::account(&owner, "hughes").await?;
    findings.count("passwords looked at", Records::of(&clinic)?.passwords_looked_at(&id)?, 0);
    Ok(findings)
}

async fn burst(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let door = clinic.at("Reception 1").await?;
    let users = &clinic.opened.users;
    let requests: Vec<Request> = (0..BURST)
        .map(|number| {
            let user = &users[number % users.len()];
            attempt(&clinic, &user.login, &user.password).by(&door)
        })
        .collect();
    let began = Instant::now();
    for reply in raw::at_once(raw::address(clinic.wardkey)?, &requests).await? {
        findings.holds(reply.status == 200, || raw::told(&reply));
    }
    findings.note("seconds until the last one was in", (began.elapsed().as_secs_f64() * 10.0).round() / 10.0);
    Ok(findings)
}

/// Requests that never end, until told.
struct Flood {
    over: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    hands: JoinSet<Result<()>>,
}

impl Flood {
    fn start(address: std::net::SocketAddr, requests: &[Request]) -> Self {
        let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut hands = JoinSet::new();
        for hand in 0..FLOOD_LINES {
            let (over, sent, requests) = (Arc::clone(&over), Arc::clone(&sent), requests.to_vec());
            hands.spawn(async move {
                let mut line = Line::open(address).await?;
                for request in requests.iter().cycle().skip(hand) {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    sent.fetch_add(1, Ordering::Relaxed);
                    match line.ask(address, request).await {
                        Ok(reply) if reply.header("connection") != "close" => {}
                        _ => line = Line::open(address).await?,
                    }
                }
                Ok(())
            });
        }
        Self { over, sent, hands }
    }

    async fn stop(self) -> Result<u64> {
        self.over.store(true, Ordering::Relaxed);
        self.hands.join_all().await.into_iter().collect::<Result<Vec<()>>>()?;
        Ok(self.sent.load(Ordering::Relaxed))
    }
}

/// How many milliseconds step 3 and the yes take, so many times in a row.
async fn sign_ins(clinic: &Clinic<'_>, door: &Client) -> Result<Vec<f64>> {
    let mut millis = Vec::new();
    for _ in 0..IN_A_ROW {
        let began = Instant::now();
        acts::sign_in(door, clinic.user("hughes")?).await?;
        millis.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(millis)
}

async fn flood(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let address = raw::address(clinic.wardkey)?;
    let (door, inside) = (clinic.at("Reception 1").await?, clinic.at("Reception 2").await?);
    let username = &clinic.computer("Ward 1")?.username;
    let guess = json!({ "username": username, "password": "a".repeat(24) }).to_string();
    // Without any step, with a password that is too long, at step 1, and with a cookie that is made up.
    let strangers = [
        attempt(&clinic, "hughes", "a guess"),
        attempt(&clinic, "hughes", &"x".repeat(15_000)),
        Request::post(clinic.wardkey, AuthorizeComputer::PATH, guess),
        attempt(&clinic, "hughes", "a guess").cookies("__Host-wardkey_computer=made.up"),
    ];
    sign_ins(&clinic, &door).await?;
    let (mut idle, mut flooded) = (Vec::new(), Vec::new());
    let mut sent = 0;
    for turn in 0..TURNS {
        ground.tell(&format!("turn {} of {TURNS}", turn + 1));
        idle.extend(sign_ins(&clinic, &door).await?);
        let flood = Flood::start(address, &strangers);
        flooded.extend(sign_ins(&clinic, &door).await?);
        sent += flood.stop().await?;
    }
    findings.tried = sent;
    let [quiet, loud] = [&idle, &flooded].map(|millis| quantile(millis, 0.95));
    let rounded = |number: f64| (number * 100.0).round() / 100.0;
    findings.note("sign-ins beside them", (idle.len() + flooded.len()) as f64);
    findings.note("p95 without the flood in milliseconds", rounded(quiet));
    findings.note("… in the flood", rounded(loud));
    findings.figure("the latter in the former", rounded(loud / quiet), None, Some(P95_RATIO_MAX));

    // Who has passed both steps and makes up logins has each looked at: it is told, and judges nothing.
    let made_up: Vec<Request> =
        (0..400).map(|number| attempt(&clinic, &format!("made.up{number}"), "a guess").by(&inside)).collect();
    let flood = Flood::start(address, &made_up);
    let behind = sign_ins(&clinic, &door).await?;
    flood.stop().await?;
    let worst = quantile(&behind, 0.95);
    findings.note("… while somebody behind both steps makes up logins", rounded(worst / quiet));
    Ok(findings)
}
