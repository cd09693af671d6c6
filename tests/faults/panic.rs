//! The program breaks under a request, by a panic or another trap, in each handler and at every place: nobody else loses anything by
//! it, and the next request is fine.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::task::JoinSet;
use wire::{
    Empty, Endpoint, ProblemCode, Role,
    me::GetMe,
    sign_in::{GetLock, LeaveComputer, LeaveProfile, LockQuery, SubmitPassword},
    support::{OpenDesk, SignOutOperator},
    users::SendPin,
};

use super::{
    crew::{self, Crew},
    kill,
    ledger::{self, Ledger},
};
use crate::{
    Client, Clinic, Reply, Wardkey, acts,
    chance::Chance,
    desk::Helper,
    harm::{Findings, Ground, Harm},
    records::{self, Records},
    routes::{self, Ids, Route},
};

/// The faults.
pub const FAULTS: [Harm; 4] = [
    Harm {
        family: "panic",
        name: "the program breaks in each handler, at every place of it",
        promise: 21,
        claim: "Whoever asked is told of a fault of ours, nothing is half written, locks keep, and the next request is fine.",
        make: |ground| Box::pin(in_each_handler(ground)),
    },
    Harm {
        family: "panic",
        name: "the program breaks while people work",
        promise: 21,
        claim: "What was answered is there, no lock is half, the log is whole, each mail comes once by its key, the next sign-in works.",
        make: |ground| Box::pin(while_people_work(ground)),
    },
    Harm {
        family: "panic",
        name: "the program breaks while others' requests are under way in the same isolate",
        promise: 21,
        claim: "Each is answered, or told at once of a fault of ours, and goes well when it is sent again.",
        make: |ground| Box::pin(beside_others(ground)),
    },
    Harm {
        family: "panic",
        name: "the program breaks before what was written has set its alarm, and in the alarm itself",
        promise: 22,
        claim: "The mails leave all the same, once by their keys.",
        make: |ground| Box::pin(before_the_alarm(ground)),
    },
];

/// By a panic, by a trap that nothing is said of, and by a stack that runs over.
const WAYS: [&str; 3] = ["panic", "abort", "overflow"];
/// Before an object is called; in it, before, within and after its transaction; after it has answered.
const PLACES: [&str; 5] = ["arrival", "object", "transaction", "committed", "answered"];
/// What was stored by then stays.
const STORED: [&str; 2] = ["committed", "answered"];
/// A transaction is broken after one of so many statements.
const STATEMENTS: usize = 12;
/// Of all breaks, at least one in so many comes to each place: some handlers call no object.
const BROKEN_SHARE: usize = 20;
/// What the platform itself keeps in an object's file.
const PLATFORMS_TABLES: &str = "_cf_";
/// Each handler is broken so often, the places taking turns; and with `--long`.
const TIMES: usize = 1;
const TIMES_LONG: usize = 100;
/// As long as a policy lets a session wait for its next use.
const IDLE_MINUTES: u32 = 60;
/// So often it breaks while people work, and with `--long`.
const BREAKS: u64 = 3;
const BREAKS_LONG: u64 = 100;
/// So often it breaks beside others, and with `--long`.
const ROUNDS: usize = 2;
const ROUNDS_LONG: usize = 100;
/// How many owners the clinic has.
const OWNERS: i64 = 2;
/// How long whatever else is under way may take to end.
const QUIET_PATIENCE: Duration = Duration::from_secs(10);
const LOOK_PAUSE: Duration = Duration::from_millis(5);
/// How long the others' requests are under way before it breaks.
const UNDER_WAY: Duration = Duration::from_millis(120);
/// Nobody waits longer for an answer than turns take.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);

/// Has the program break under the next request of somebody.
fn plan(client: &Client, chance: &mut Chance, place: &str) {
    let way: &str = WAYS[chance.below(WAYS.len())];
    client.breaks_next(way, place, 1, 1 + chance.below(STATEMENTS));
}

/// Whether that is what somebody is told under whose request the program broke, as every refusal of the API is told.
fn is_broken(reply: &Reply) -> bool {
    let told = reply.problem().is_ok_and(|problem| problem.code == ProblemCode::Internal);
    let secured = reply.header("cache-control") == "no-store"
        && reply.header("content-type") == "application/problem+json"
        && !reply.header("content-security-policy").is_empty();
    reply.status == 500 && told && secured && reply.header("set-cookie").is_empty()
}

async fn in_each_handler(ground: &Ground) -> Result<Findings> {
    let (mut findings, mut chance) = (Findings::default(), Chance::new(21));
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    // She does nothing but look on, and it takes a while.
    acts::set_policies(&owner, |policies| policies.idle_minutes = IDLE_MINUTES).await?;
    let nurse = clinic.signed_in("Reception 1", clinic.user("hughes")?).await?;
    let door = clinic.at("Reception 2").await?;
    let [operator, colleague] = [Helper::new(&wardkey)?, Helper::new(&wardkey)?];
    let [operator, colleague] = [operator.signed_in().await?, colleague.signed_in().await?];
    let ids = Ids::of(&owner).await?;
    acts::lock(&door, "patel").await?;
    let data = wardkey.state().join("data");
    let files = [
        records::file_of(&clinic, &data)?,
        records::file_where(&data, |records| {
            records.tables().is_ok_and(|tables| tables.iter().any(|table| table == "operators"))
        })?,
    ];
    let times = if ground.long { TIMES_LONG } else { TIMES };
    let mut handlers = Vec::new();
    for route in routes::of_browsers(&owner).await? {
        handlers.push((&owner, route));
    }
    for route in routes::of_desk(&owner).await? {
        handlers.push((&operator, route));
    }
    // Those that take away what others need come last.
    let leaving = |path: &str| {
        let more = [LeaveProfile::PATH, LeaveComputer::PATH, SignOutOperator::PATH];
        routes::LEAVING.contains(&path) || more.contains(&path)
    };
    handlers.sort_by_key(|(_, route)| leaving(&route.path));
    let mut broken = [0_usize; PLACES.len()];
    for (number, (client, route)) in handlers.iter().enumerate() {
        ground.tell(&format!("{} {}", route.method, route.path));
        for time in 0..times {
            let place = (number + time) % PLACES.len();
            let (count, place) = (&mut broken[place], PLACES[place]);
            let about = format!("{} at {place}", route.path);
            let stored = quiet(&files).await?;
            plan(client, &mut chance, place);
            let reply = asked(client, route, &ids).await?;
            let has_broken = is_broken(&reply);
            // Where no object is called, none can break.
            findings.holds(has_broken || reply.status < 500 && place != "arrival", || {
                format!("{about}: {} {}", reply.status, reply.text)
            });
            *count += usize::from(has_broken);
            if !STORED.contains(&place) && has_broken {
                let written = quiet(&files).await?.written_since(&stored)?;
                findings.holds(written.is_empty(), || format!("{about}: part of it is written: {written:?}"));
            }
            let lock = door.call::<GetLock>(&LockQuery { login: "patel".to_owned() }).await;
            findings.holds(lock.as_ref().is_ok_and(|lock| lock.locked), || {
                format!("{about}: the lock is {lock:?}")
            });
            let next = nurse.call::<GetMe>(&Empty {}).await.map(drop);
            findings.went_well(&format!("{about}: the next request"), next);
            let desk = colleague.call::<OpenDesk>(&Empty {}).await.map(drop);
            findings.went_well(&format!("{about}: the desk"), desk);
        }
    }
    wardkey.kill();
    Ledger::default().judge(&Records::copy(&files[0])?, OWNERS, &mut findings)?;
    findings.note("handlers", handlers.len() as f64);
    const WHERE: [&str; PLACES.len()] = [
        "broken before an object is called",
        "broken in the object, before its transaction",
        "broken within the transaction",
        "broken in the object, after its transaction",
        "broken after the object has answered",
    ];
    for (what, count) in WHERE.into_iter().zip(broken) {
        findings.at_least(what, count, handlers.len() * times / BROKEN_SHARE);
    }
    Ok(findings)
}

/// A request that a route can read, as the screens send it.
async fn asked(client: &Client, route: &Route, ids: &Ids) -> Result<Reply> {
    let asked = async { routes::send(client, route, &routes::request(&route.path, ids)?).await };
    let reply = tokio::time::timeout(ANSWER_PATIENCE, asked).await;
    reply.with_context(|| format!("{} was never answered", route.path))?
}

/// All that is stored at a moment.
struct Stored {
    bytes: Vec<Vec<u8>>,
    records: Vec<Records>,
}

impl Stored {
    fn of(files: &[PathBuf]) -> Result<Self> {
        let (mut bytes, mut records) = (Vec::new(), Vec::new());
        for file in files {
            bytes.push(fs::read(file)?);
            // Absent while all of it stands in the file.
            bytes.push(fs::read(records::beside(file, "-wal")).unwrap_or_default());
            records.push(Records::copy(file)?);
        }
        Ok(Self { bytes, records })
    }

    fn mails_wait(&self) -> Result<bool> {
        for records in &self.records {
            if records.tables()?.iter().any(|table| table == "outbox")
                && !records.rows("SELECT id FROM outbox WHERE state = 'queued'")?.is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The rows that there are now and were not before, or the other way round.
    fn written_since(&self, before: &Self) -> Result<Vec<String>> {
        // What is rolled back changes not even a byte, mostly: the platform notes its alarms in the same file.
        if self.bytes == before.bytes {
            return Ok(Vec::new());
        }
        let mut written = Vec::new();
        for (now, before) in self.records.iter().zip(&before.records) {
            let [now, before]: [BTreeSet<String>; 2] =
                [now.everything()?.into_iter().collect(), before.everything()?.into_iter().collect()];
            let ours = now.symmetric_difference(&before).filter(|row| !row.starts_with(PLATFORMS_TABLES));
            written.extend(ours.cloned());
        }
        Ok(written)
    }
}

/// All that is stored, as soon as nobody writes any more and no mail waits.
async fn quiet(files: &[PathBuf]) -> Result<Stored> {
    let deadline = Instant::now() + QUIET_PATIENCE;
    let mut last: Option<Stored> = None;
    loop {
        let now = Stored::of(files)?;
        // A copy that was taken while it was written may be one of two moments, and even unreadable.
        if last.is_some_and(|last| last.bytes == now.bytes) && !now.mails_wait()? {
            return Ok(now);
        }
        ensure!(Instant::now() < deadline, "something is written on and on, or a mail waits");
        last = Some(now);
        tokio::time::sleep(LOOK_PAUSE).await;
    }
}

async fn while_people_work(ground: &Ground) -> Result<Findings> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Crew::clinic(&wardkey)?;
    let mut crew = Crew::gather(&clinic).await?;
    let file = records::file_of(&clinic, &wardkey.state().join("data"))?;
    let (mut findings, mut chance) = (Findings::default(), Chance::new(2_100));
    let mut done_unanswered = 0;
    let breaks = if ground.long { BREAKS_LONG } else { BREAKS };
    for number in 1..=breaks {
        ground.tell(&format!("break {number} of {breaks}"));
        let answers = chance.below(16);
        let breaking = async {
            crew.answered(answers, number % crew::LOCK_EACH == 1).await;
            let place = *chance.pick(&PLACES);
            crew.break_under_one(&mut chance, |client, chance| {
                let (way, call) = (WAYS[chance.below(WAYS.len())], 1 + chance.below(2));
                client.breaks_next(way, place, call, 1 + chance.below(STATEMENTS));
            })
            .await;
            tokio::time::sleep(UNDER_WAY).await;
            crew.breaks();
        };
        let seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        tokio::join!(crew.work(seed), breaking);
        // In the very runtime in which it broke, before anything is started anew.
        findings.went_well(&format!("a sign-in after break {number}"), crew.sign_in().await);
        wardkey.kill();
        let records = Records::copy(&file)?;
        done_unanswered = crew.ledger().judge(&records, OWNERS, &mut findings)?;
        ledger::judge_mails(&records, wardkey.mailbox(), &mut findings)?;
        wardkey.start_worker()?;
        crew.come_back(&records)?;
        findings.went_well(&format!("after break {number}"), crew.look_around().await);
    }
    findings.went_well("the log", kill::log_is_proven(crew.owner(), clinic.user("whitfield")?).await);
    kill::every_mail_comes(&wardkey, &file, &mut findings).await?;
    let (answered, unanswered) = crew.ledger().totals();
    findings.note("breaks", breaks as f64);
    findings.at_least("locks", crew.ledger().locks(), crew::locks_at_least(breaks));
    findings.at_least("answers held against the records", usize::try_from(answered)?, breaks as usize);
    findings.note("requests that were told of a fault", unanswered as f64);
    findings.note("of them done all the same", done_unanswered as f64);
    Ok(findings)
}

async fn beside_others(ground: &Ground) -> Result<Findings> {
    let (mut findings, mut chance) = (Findings::default(), Chance::new(166));
    let wardkey = Wardkey::with_clock()?;
    let [clinic, neighbours] = [Clinic::open(&wardkey)?, Clinic::open(&wardkey)?];
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    // At one computer, where one waits for the other's turn: so they are all under way when it breaks.
    let (door, other) = (clinic.at("Reception 1").await?, neighbours.at("Reception 1").await?);
    let manager = neighbours.signed_in("Reception 2", neighbours.first(Role::Manager)?).await?;
    let (mut fine, mut told, mut slowest) = (0_usize, 0_usize, Duration::ZERO);
    let rounds = if ground.long { ROUNDS_LONG } else { ROUNDS };
    for round in 1..=rounds {
        ground.tell(&format!("round {round} of {rounds}"));
        let mut under_way = JoinSet::new();
        for (clinic, door) in [(&clinic, &door), (&neighbours, &other)] {
            for login in ["hughes", "reid", "oconnor", "okafor"] {
                let user = clinic.user(login)?;
                let body = serde_json::json!({ "login": user.login, "password": user.password });
                under_way.spawn(sent(door.twin()?, body.to_string()));
            }
        }
        tokio::time::sleep(UNDER_WAY).await;
        plan(&owner, &mut chance, PLACES[round % PLACES.len()]);
        let broke = Instant::now();
        let reply = owner.send(reqwest::Method::GET, GetMe::PATH, &[], None).await?;
        findings.holds(is_broken(&reply), || format!("round {round}: {} {}", reply.status, reply.text));
        while let Some(reply) = under_way.join_next().await {
            let (reply, client, body) = reply??;
            findings.holds(reply.status == 200 || is_broken(&reply), || {
                format!("round {round}: {} {}", reply.status, reply.text)
            });
            if reply.status == 200 {
                fine += 1;
                continue;
            }
            told += 1;
            slowest = slowest.max(broke.elapsed());
            // One after the other: what is measured is whether it goes well.
            let (again, _, _) = sent(client, body).await?;
            findings.holds(again.status == 200, || {
                format!("again in round {round}: {} {}", again.status, again.text)
            });
        }
        let next = manager.call::<GetMe>(&Empty {}).await.map(drop);
        findings.went_well(&format!("the neighbours' session after round {round}"), next);
        let next = owner.call::<GetMe>(&Empty {}).await.map(drop);
        findings.went_well(&format!("the owner's session after round {round}"), next);
    }
    findings.note("breaks", rounds as f64);
    findings.note("requests beside them that were answered all the same", fine as f64);
    findings.at_least("requests beside them that were told of a fault, and went well again", told, rounds);
    findings.note("milliseconds until the last of them was told and sent again", slowest.as_millis() as f64);
    Ok(findings)
}

/// A sign-in, with its browser and its body, to be sent again.
async fn sent(client: Client, body: String) -> Result<(Reply, Client, String)> {
    let origin = client.origin().to_owned();
    let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
    let asked = routes::post(&client, SubmitPassword::PATH, &headers, &body);
    let reply = tokio::time::timeout(ANSWER_PATIENCE, asked).await.context("never answered")??;
    Ok((reply, client, body))
}

async fn before_the_alarm(ground: &Ground) -> Result<Findings> {
    let (mut findings, mut chance) = (Findings::default(), Chance::new(866));
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let mut file = None;
    // Each at a computer of their own: one at which many wrong passwords are typed rests.
    for (login, label, place) in [
        ("patel", "Reception 1", "committed"),
        ("reid", "Reception 2", "answered"),
        ("oconnor", "Ward 1", "alarm"),
    ] {
        ground.tell(&format!("{login}: {place}"));
        let id = acts::account(&owner, login).await?;
        acts::lock(&clinic.at(label).await?, login).await?;
        let file = match &file {
            Some(file) => file,
            None => file.insert(records::file_of(&clinic, &wardkey.state().join("data"))?),
        };
        let sent_before = pins(&clinic);
        all_mails_left(file).await.context("before it broke")?;
        plan(&owner, &mut chance, place);
        let headers = [("content-type", "application/json"), ("origin", owner.origin())];
        let body = serde_json::json!({ "id": id }).to_string();
        let reply = routes::post(&owner, SendPin::PATH, &headers, &body).await?;
        let as_planned = if place == "alarm" { reply.status == 200 } else { is_broken(&reply) };
        findings.holds(as_planned, || format!("{place}: {} {}", reply.status, reply.text));
        // Nobody asks for anything meanwhile: an object that is called sets its alarm anew by itself.
        findings.went_well(&format!("the mails after {place}"), all_mails_left(file).await);
        findings.count("PINs that came", pins(&clinic) - sent_before, 1);
        findings.went_well("the next request", owner.call::<GetMe>(&Empty {}).await.map(drop));
    }
    let file = file.context("no file")?;
    kill::every_mail_comes(&wardkey, &file, &mut findings).await?;
    Ok(findings)
}

/// How many mails with a PIN have come.
fn pins(clinic: &Clinic<'_>) -> usize {
    clinic.wardkey.mailbox().mails().iter().filter(|mail| mail.subject == "User Account Unlock").count()
}

/// Waits until no mail waits any more.
async fn all_mails_left(file: &Path) -> Result<()> {
    let deadline = Instant::now() + QUIET_PATIENCE;
    loop {
        let waiting = Records::copy(file)
            .and_then(|records| records.rows("SELECT kind FROM outbox WHERE state = 'queued'"));
        match waiting {
            Ok(waiting) if waiting.is_empty() => return Ok(()),
            waiting if Instant::now() > deadline => bail!("mails wait: {waiting:?}"),
            _ => tokio::time::sleep(LOOK_PAUSE).await,
        }
    }
}
