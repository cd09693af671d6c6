//! Work made for the Worker so that others wait: what is not to be looked at is refused before it costs a hash.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wardkey_tests::{
    Client, Clinic, Reply, Wardkey, acts,
    inspector::{Heap, Inspector},
};
use wire::{
    Endpoint, ProblemCode,
    sign_in::{AnswerQuestion, AuthorizeComputer, SubmitPassword},
};
use xtask::ratio::quantile;

use crate::{
    doors::Doors,
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
        claim: "All of them are answered, all are let in, and the isolate holds less than 96 MB.",
        make: |ground| Box::pin(burst(ground)),
    },
    Attack {
        family: "starvation",
        name: "honest people in a flood",
        promise: 20,
        claim: "Of strangers or from a computer behind both steps, with a login that is known or with many that are made up: nineteen of twenty sign-ins take no more than twice as long as without it.",
        make: |ground| Box::pin(flood(ground)),
    },
];

const TOO_LONG: usize = 200;
const BURST: usize = 50;
/// The service in whose isolate Worker and objects run here; elsewhere they may have one each, with as much for each.
const ISOLATE: &str = "app";
/// The platform ends an isolate at 128 MB.
const MEGABYTES_MAX: f64 = 96.0;
/// How often the memory is looked at meanwhile, at least: between two hashes, where the runtime has time. And how long one waits between two looks.
const LOOKS_MIN: usize = 2;
const LOOK_PAUSE: Duration = Duration::from_millis(5);
/// Sign-ins in a row with each flood and without one, and how often they take turns.
const IN_A_ROW: usize = 10;
const TURNS: usize = 8;
/// Computers at which people sign in, in turns.
const DOORS: usize = 6;
/// Logins that are made up.
const MADE_UP: usize = 100;
/// From the beginning of a flood to the first sign-in, and from the last one to the end of the flood.
const FIRST_ASKED: Duration = Duration::from_millis(300);
const LAST_ANSWERS: Duration = Duration::from_millis(200);
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
    let wardkey = Wardkey::with_inspector()?;
    // Each at a computer of its own: at one they would come one after the other.
    ground.tell("bringing up computers");
    let (clinic, doors) = Doors::open(&wardkey, BURST).await?;
    let users = &clinic.opened.users;
    let signing_in = doors.clients().into_iter().enumerate().map(|(number, door)| {
        let user = &users[number % users.len()];
        attempt(&clinic, &user.login, &user.password).by(door)
    });
    let requests: Vec<Request> = signing_in.collect();
    let mut inspector = Inspector::open(&wardkey, ISOLATE).await?;
    inspector.collect_garbage().await?;
    let (rest, rest_wasm) = (inspector.heap().await?, wasm_bytes(&wardkey).await?);
    let over = Arc::new(AtomicBool::new(false));
    let watching = {
        let over = Arc::clone(&over);
        tokio::spawn(async move {
            let (mut most, mut looks) = (Heap::default(), 0_u64);
            while !over.load(Ordering::Relaxed) {
                let heap = inspector.heap().await?;
                if heap.bytes() > most.bytes() {
                    most = heap;
                }
                looks += 1;
                tokio::time::sleep(LOOK_PAUSE).await;
            }
            anyhow::Ok((most, looks))
        })
    };
    let began = Instant::now();
    for reply in raw::at_once(raw::address(&wardkey)?, &requests).await? {
        findings.holds(reply.status == 200, || raw::told(&reply));
    }
    findings.note("seconds until the last one was in", (began.elapsed().as_secs_f64() * 10.0).round() / 10.0);
    over.store(true, Ordering::Relaxed);
    let ((most, looks), wasm) = (watching.await??, wasm_bytes(&wardkey).await?);
    let megabytes = |bytes: f64| (bytes / 100_000.0).round() / 10.0;
    findings.note("megabytes at rest", megabytes(rest.bytes() + rest_wasm));
    findings.note("megabytes of WebAssembly at the peak", megabytes(wasm));
    findings.note("megabytes of JavaScript at the peak", megabytes(most.bytes()));
    findings.at_least("looks at them", usize::try_from(looks)?, LOOKS_MIN);
    findings.figure("megabytes at the peak", megabytes(most.bytes() + wasm), None, Some(MEGABYTES_MAX));
    Ok(findings)
}

/// How much memory the WebAssembly holds. It never gives any back, so that this is its peak.
async fn wasm_bytes(wardkey: &Wardkey) -> Result<f64> {
    let reply = Client::new(wardkey.origin())?.send(Method::GET, "/api/trial/memory", &[], None).await?;
    let told: Value = serde_json::from_str(&reply.text)?;
    told["bytes"].as_f64().with_context(|| reply.text)
}

/// Requests that never end, until told.
struct Flood {
    over: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    hands: JoinSet<Result<()>>,
}

impl Flood {
    /// Begins with a request of its own each time, or made-up logins would be locked ones soon.
    fn start(address: SocketAddr, requests: &[Request], first: u64) -> Self {
        let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        // Signed before it begins: the attacker's own work is not what is measured.
        let requests: Arc<[Vec<u8>]> = requests.iter().map(|request| request.bytes(address)).collect();
        let mut hands = JoinSet::new();
        for _ in 0..FLOOD_LINES {
            let (over, sent, requests) = (Arc::clone(&over), Arc::clone(&sent), Arc::clone(&requests));
            hands.spawn(async move {
                let mut line = Line::open(address).await?;
                while !over.load(Ordering::Relaxed) {
                    let number = first + sent.fetch_add(1, Ordering::Relaxed);
                    let request = &requests[number as usize % requests.len()];
                    let asked = async {
                        line.write(request).await?;
                        line.reply().await
                    };
                    match asked.await {
                        Ok(reply) if reply.header("connection") != "close" => {}
                        _ => line = Line::open(address).await?,
                    }
                }
                Ok(())
            });
        }
        Self { over, sent, hands }
    }

    /// What it still waits for is dropped: a try that waits for its turn is no matter of those who come after the flood.
    async fn stop(mut self) -> Result<u64> {
        self.over.store(true, Ordering::Relaxed);
        tokio::time::sleep(LAST_ANSWERS).await;
        self.hands.abort_all();
        while let Some(hand) = self.hands.join_next().await {
            match hand {
                Err(error) if error.is_cancelled() => {}
                hand => hand??,
            }
        }
        Ok(self.sent.load(Ordering::Relaxed))
    }
}

/// How many milliseconds step 3 and the yes are waited for, so many times in a row, each at a computer that nobody waits at.
async fn sign_ins(clinic: &Clinic<'_>, doors: &mut Doors) -> Result<Vec<f64>> {
    let address = raw::address(clinic.wardkey)?;
    let hughes = clinic.user("hughes")?;
    let mut millis = Vec::new();
    for _ in 0..IN_A_ROW {
        let door = doors.next().await?;
        let mut line = Line::open(address).await?;
        let typed = attempt(clinic, &hughes.login, &hughes.password).by(door);
        let (asked, until_asked) = timed(&mut line, &typed.bytes(address)).await?;
        let question = asked.header("set-cookie").split(';').next().unwrap_or_default();
        let yes = Request::post(clinic.wardkey, AnswerQuestion::PATH, r#"{"yes":true}"#)
            .cookies(&format!("{}; {question}", raw::cookies(door)));
        let (_, until_in) = timed(&mut line, &yes.bytes(address)).await?;
        millis.push(until_asked + until_in);
    }
    Ok(millis)
}

/// A reply, which must be a good one, and how many milliseconds it was waited for. What the browser does before is not counted.
async fn timed(line: &mut Line, request: &[u8]) -> Result<(Reply, f64)> {
    let began = Instant::now();
    line.write(request).await?;
    let reply = line.reply().await?;
    let millis = began.elapsed().as_secs_f64() * 1000.0;
    ensure!(reply.status == 200, "{}", raw::told(&reply));
    Ok((reply, millis))
}

async fn flood(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let (clinic, mut doors) = Doors::open(ground.wardkey()?, DOORS).await?;
    let address = raw::address(clinic.wardkey)?;
    // Each flood from within has a computer of its own, or one would rest for what another one did.
    let [guessing, right, inventing] =
        [clinic.at("Reception 1").await?, clinic.at("Reception 2").await?, clinic.at("Owner's phone").await?];
    let username = &clinic.computer("Reception 1")?.username;
    let guess = json!({ "username": username, "password": "a".repeat(24) }).to_string();
    let patel = &clinic.user("patel")?.password;
    let made_up =
        (0..MADE_UP).map(|number| attempt(&clinic, &format!("made.up{number}"), "a guess").by(&inventing));
    let floods = [
        (
            "in a flood of strangers",
            // Without any step, with a password that is too long, at step 1, and with a cookie that is made up.
            vec![
                attempt(&clinic, "hughes", "a guess"),
                attempt(&clinic, "hughes", &"x".repeat(15_000)),
                Request::post(clinic.wardkey, AuthorizeComputer::PATH, guess),
                attempt(&clinic, "hughes", "a guess").cookies("__Host-wardkey_computer=made.up"),
            ],
        ),
        (
            "while a computer behind both steps has one login guessed",
            vec![attempt(&clinic, "reid", "a guess").by(&guessing)],
        ),
        (
            "while one has its own password looked at on and on",
            vec![attempt(&clinic, "patel", patel).by(&right)],
        ),
        ("while one makes logins up", made_up.collect()),
    ];
    sign_ins(&clinic, &mut doors).await?;
    let mut idle = Vec::new();
    let mut flooded = vec![Vec::new(); floods.len()];
    for turn in 0..TURNS {
        ground.tell(&format!("turn {} of {TURNS}", turn + 1));
        for ((_, requests), millis) in floods.iter().zip(&mut flooded) {
            idle.extend(sign_ins(&clinic, &mut doors).await?);
            let flood = Flood::start(address, requests, findings.tried);
            tokio::time::sleep(FIRST_ASKED).await;
            millis.extend(sign_ins(&clinic, &mut doors).await?);
            findings.tried += flood.stop().await?;
        }
    }
    let rounded = |number: f64| (number * 100.0).round() / 100.0;
    let quiet = [0.5, 0.95].map(|part| quantile(&idle, part));
    findings.note("sign-ins of each kind", flooded[0].len() as f64);
    findings.note("median without a flood in milliseconds", rounded(quiet[0]));
    findings.note("p95 without a flood in milliseconds", rounded(quiet[1]));
    for ((name, _), millis) in floods.iter().zip(&flooded) {
        let loud = quantile(millis, 0.95);
        findings.figure(name, rounded(loud / quiet[1]), None, Some(P95_RATIO_MAX));
    }
    Ok(findings)
}
