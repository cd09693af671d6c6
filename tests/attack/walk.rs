//! Walks through the API in no order: whoever lacks one of the steps gets no further for it, and nobody unlocks without a PIN.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wardkey_tests::{
    Clinic, Reply, acts,
    routes::{self, Ids, LEAVING, Route},
};
use wire::{
    Endpoint,
    activities::Action,
    people::{BringBackUser, EditUser, RemoveUser},
    settings::ChangePolicies,
    sign_in::{
        Answer, AnswerQuestion, AuthorizeComputer, AuthorizeProfile, ChoosePassword, LeaveComputer,
        LeaveProfile, SubmitPassword, UserCredentials,
    },
    users::{Unlock, UserStatus},
};

use crate::{
    chance::Chance,
    jar::{self, Jar, KINDS},
    list::{Attack, Findings, Ground},
    raw::{self, Line, Request},
    records::Records,
};

pub const ATTACKS: [Attack; 2] = [
    Attack {
        family: "walk",
        name: "every route in any order, with one step missing",
        promise: 15,
        claim: "No session, and nothing that a session shows, for whoever lacks the computer's pair, the code or the password, whatever cookies they mix.",
        make: |ground| Box::pin(with_a_step_missing(ground)),
    },
    Attack {
        family: "walk",
        name: "every route in any order, signed in, without the mailbox",
        promise: 15,
        claim: "A locked account stays locked: neither an owner nor anybody else opens it without the PIN.",
        make: |ground| Box::pin(without_the_mailbox(ground)),
    },
];

/// Requests of all walkers, and of those with `--long`.
const REQUESTS: usize = 24_000;
const REQUESTS_LONG: usize = 100_000;
/// Walkers of each kind, each on a line of its own.
const WALKERS: usize = 4;
/// Steps after which a walker begins again, with no cookie but those that lie about.
const WALK: usize = 40;
/// What a browser is told at the door, session or not.
pub const AT_THE_DOOR: [&str; 16] = [
    wire::archive::GetArchiveKey::PATH,
    wire::health::GetHealth::PATH,
    wire::help::AnswerHelp::PATH,
    wire::sign_in::GetSignIn::PATH,
    AuthorizeComputer::PATH,
    AuthorizeProfile::PATH,
    SubmitPassword::PATH,
    wire::sign_in::GetLock::PATH,
    wire::sign_in::SignOut::PATH,
    LeaveProfile::PATH,
    LeaveComputer::PATH,
    wire::recovery::RequestReset::PATH,
    wire::signed::GetLogKey::PATH,
    wire::support::SignInOperator::PATH,
    wire::support::SignOutOperator::PATH,
    wire::sign_in::ResetComputer::PATH,
];

/// What a walker lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacks {
    Computer,
    Code,
    Password,
}

/// What all walkers know.
struct Map {
    routes: Vec<Route>,
    ids: Ids,
    /// By what they lack: bodies that bring the steps that they do know.
    steps: Vec<(Lacks, &'static str, Value)>,
    /// By what they lack: cookies that lie about, some of which open something, but never all that is lacking.
    about: Vec<(Lacks, Jar)>,
}

async fn with_a_step_missing(ground: &Ground) -> Result<Findings> {
    let clinic = Clinic::open(ground.wardkey()?)?;
    let other = Clinic::open(ground.wardkey()?)?;
    let map = std::sync::Arc::new(map(&clinic, &other).await?);
    let requests = if ground.long { REQUESTS_LONG } else { REQUESTS };
    let (address, origin) = (raw::address(clinic.wardkey)?, clinic.wardkey.origin().to_owned());
    let mut walkers = JoinSet::new();
    let kinds = [Lacks::Computer, Lacks::Code, Lacks::Password];
    let each = requests / (WALKERS * kinds.len());
    for (number, lacks) in kinds.into_iter().cycle().take(WALKERS * kinds.len()).enumerate() {
        let (map, origin) = (std::sync::Arc::clone(&map), origin.clone());
        walkers.spawn(async move { walk(&map, address, &origin, lacks, number as u64, each).await });
    }
    let mut findings = Findings::default();
    while let Some(walked) = walkers.join_next().await {
        let walked = walked.context("a walker died")??;
        findings.tried += walked.tried;
        walked.examples.into_iter().for_each(|what| findings.found(what));
        ground.tell(&format!("{} of {requests}", findings.tried));
    }
    // Of everybody there, only those who brought all steps before the walk have sessions.
    let sessions = Records::of(&clinic)?.number("SELECT count(*) FROM sessions WHERE ?1 = ''", "")?;
    findings.at_most("sessions in the clinic", usize::try_from(sessions)?, 2);
    Ok(findings)
}

/// The routes, what is known of the steps, and what lies about.
async fn map(clinic: &Clinic<'_>, other: &Clinic<'_>) -> Result<Map> {
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let ids = Ids::of(&owner).await?;
    let routes = [Method::GET, Method::POST];
    let mut all = Vec::new();
    for method in routes {
        all.extend(routes::with_method(&owner, method).await?);
    }
    let elsewhere = Jar::of(&clinic.signed_in("Ward 1", clinic.user("patel")?).await?);
    let asked = clinic.at("Ward 2").await?;
    asked.submit_password("reid", &clinic.user("reid")?.password).await?;
    let asked = Jar::of(&asked);
    let foreign = Jar::of(&other.signed_in("Reception 1", other.user("whitfield")?).await?);
    let made_up = Jar(KINDS.iter().map(|kind| ((*kind).to_owned(), "a".repeat(43))).collect());
    let code = &clinic.opened.code;

    let (computer, hughes) = (clinic.computer("Reception 2")?, clinic.user("hughes")?);
    let pair = json!({ "username": computer.username, "password": computer.password });
    let password = json!({ "login": hughes.login, "password": hughes.password });
    let steps = vec![
        (Lacks::Computer, SubmitPassword::PATH, password.clone()),
        (Lacks::Computer, AuthorizeProfile::PATH, json!({ "code": clinic.code()? })),
        (Lacks::Code, AuthorizeComputer::PATH, pair.clone()),
        (Lacks::Code, SubmitPassword::PATH, password),
        (Lacks::Code, AuthorizeProfile::PATH, json!({ "code": "000000" })),
        (Lacks::Password, AuthorizeComputer::PATH, pair),
        (Lacks::Password, SubmitPassword::PATH, json!({ "login": hughes.login, "password": "a guess" })),
    ];
    let mut about = Vec::new();
    for jar in [&elsewhere, &asked] {
        // Whoever has no computer may have found the rest; whoever has no code may have found a session of another computer.
        about.push((Lacks::Computer, jar.only(&["profile", "question", "session"])));
        about.push((Lacks::Code, jar.only(&["question", "session"])));
        about.push((Lacks::Password, jar.only(&["profile", "computer"])));
    }
    for lacks in [Lacks::Computer, Lacks::Code, Lacks::Password] {
        about.push((lacks, foreign.only(&["profile", "question", "session"])));
        about.push((lacks, made_up.with("computer", &format!("{code}.{}", "a".repeat(43)))));
    }
    Ok(Map { routes: all, ids, steps, about })
}

async fn walk(
    map: &Map,
    address: std::net::SocketAddr,
    origin: &str,
    lacks: Lacks,
    seed: u64,
    steps: usize,
) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut chance = Chance::new(100 + seed);
    let mut line = Line::open(address).await?;
    let known: Vec<_> = map.steps.iter().filter(|(of, ..)| *of == lacks).collect();
    let mut about: Vec<Jar> =
        map.about.iter().filter(|(of, _)| *of == lacks).map(|(_, jar)| jar.clone()).collect();
    let own = about.len();
    let mut jar = Jar::default();
    let mut way: Vec<String> = Vec::new();
    for step in 0..steps {
        if step % WALK == 0 {
            // What this walk was given lies about as well from now on.
            about.truncate(own + 5);
            about.push(std::mem::take(&mut jar));
            way.clear();
        }
        if chance.once_in(4) {
            let found = chance.pick(&about);
            let kind = *chance.pick(&KINDS);
            match found.value(kind) {
                "" => drop(jar.0.remove(kind)),
                value => jar = jar.with(kind, value),
            }
        }
        let (path, method, body) = if chance.once_in(4) {
            let (_, path, body) = chance.pick(&known);
            (*path, Method::POST, body.clone())
        } else {
            let route = chance.pick(&map.routes);
            (route.path.as_str(), route.method.clone(), routes::request(&route.path, &map.ids)?)
        };
        let request = if method == Method::POST {
            Request::post_to(origin, path, body.to_string())
        } else {
            let query: Vec<String> = body
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, value)| {
                    format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                })
                .collect();
            Request::get(&format!("{path}?{}", query.join("&")))
        };
        let reply = line.ask(address, &request.cookies(&jar.header())).await?;
        way.push(format!("{path} {}", reply.status));
        findings.holds(is_harmless(path, lacks, &reply), || {
            format!("{lacks:?} came by {} to {}", way.join(", "), raw::told(&reply))
        });
        jar.keep(&reply);
    }
    Ok(findings)
}

/// Whether a reply gives nothing that belongs behind the step that is lacking.
fn is_harmless(path: &str, lacks: Lacks, reply: &Reply) -> bool {
    let given = |kinds: &[&str]| {
        jar::set_by(reply).iter().any(|(kind, value)| value.is_some() && kinds.contains(&kind.as_str()))
    };
    let step = |steps: &[&str]| {
        reply.status == 200 && steps.iter().any(|step| reply.text.contains(&format!("\"step\":\"{step}\"")))
    };
    let too_far = match lacks {
        Lacks::Computer => {
            given(&KINDS) || step(&["profile", "user", "question", "new_password", "signed_in"])
        }
        Lacks::Code => {
            given(&["profile", "question", "session"])
                || step(&["user", "question", "new_password", "signed_in"])
        }
        Lacks::Password => {
            given(&["question", "session"]) || step(&["question", "new_password", "signed_in"])
        }
    };
    // What only a session shows. What a support operator would see is behind the desk's own door.
    let shown = reply.status == 200 && !AT_THE_DOOR.contains(&path);
    !too_far && !shown && reply.status < 500
}

async fn without_the_mailbox(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let (wardkey, address) = (clinic.wardkey, raw::address(clinic.wardkey)?);
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let ids = Ids::of(&owner).await?;
    let mut routes = routes::with_method(&owner, Method::POST).await?;
    // What ends the walk, and what an owner may do with somebody who works there no longer: it is logged and mailed as that.
    let not_walked =
        [RemoveUser::PATH, BringBackUser::PATH, EditUser::PATH, ChangePolicies::PATH, LeaveProfile::PATH];
    routes.retain(|route| {
        let path = route.path.as_str();
        !LEAVING.contains(&path) && !not_walked.contains(&path) && path != LeaveComputer::PATH
    });
    clinic.lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let locked = acts::account(&owner, "hughes").await?;
    let ids = Ids { account: locked.clone(), ..ids };
    let mut jars = vec![("whitfield", Jar::of(&owner))];
    for (label, login) in
        [("Reception 2", "okafor"), ("Ward 1", "reid"), ("Ward 2", "patel"), ("Reception 1", "sys_harbour")]
    {
        let door = if label == "Reception 1" { owner.twin()? } else { clinic.at(label).await? };
        let mut jar = Jar::of(&door).only(&["computer", "profile"]);
        let user = clinic.user(login)?;
        let credentials = UserCredentials { login: login.to_owned(), password: user.password.clone() };
        jar.must::<SubmitPassword>(wardkey, &credentials).await?;
        jar.must::<AnswerQuestion>(wardkey, &Answer { yes: true }).await?;
        jars.push((login, jar));
    }
    let mut chance = Chance::new(200);
    let requests: Vec<Request> = (0..REQUESTS / 4)
        .map(|_| {
            let (_, jar) = chance.pick(&jars);
            let (path, body) = if chance.once_in(3) {
                let pin = format!("{:06}", chance.below(1_000_000));
                (Unlock::PATH, json!({ "id": locked, "pin": pin }))
            } else {
                let route = chance.pick(&routes);
                (route.path.as_str(), routes::request(&route.path, &ids)?)
            };
            // A password that is chosen is one step of a sign-in, and its reply may take the session's place.
            let path = if path == ChoosePassword::PATH { Unlock::PATH } else { path };
            Ok(Request::post(wardkey, path, body.to_string()).cookies(&jar.header()))
        })
        .collect::<Result<_>>()?;
    let all = requests.len();
    for portion in requests.chunks(1_000) {
        for reply in raw::over(WALKERS, address, portion.to_vec()).await? {
            let reply = reply.context("no reply")?;
            findings.holds(reply.status < 500, || raw::told(&reply));
        }
        let window = acts::window(&owner, "hughes").await?;
        let still = matches!(window.user.status, UserStatus::Locked { .. });
        findings.holds(still, || format!("{:?}", window.user.status));
        ground.tell(&format!("{} of {all}", findings.tried));
    }
    let log = acts::log(&owner).await?;
    findings.count("lines \"Account unlocked\"", acts::count(&log, Action::AccountUnlocked), 0);
    findings.note("lines \"Account unlock failed\"", acts::count(&log, Action::AccountUnlockFailed) as f64);
    Ok(findings)
}
