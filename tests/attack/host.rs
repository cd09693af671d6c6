//! Names of other places in `Host`, `Forwarded` and their kin: what is mailed leads to the configured origin alone.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clinic::keys::Keys;
use wardkey_tests::{Clinic, Wardkey};
use wire::{
    Endpoint,
    recovery::RequestReset,
    setup::MakeSetupLink,
    sign_in::{AuthorizeComputer, SubmitPassword},
};

use crate::{
    list::{Attack, Findings, Ground},
    raw::{self, Request},
};

pub const ATTACKS: [Attack; 1] = [Attack {
    family: "host",
    name: "two hundred names of another place",
    promise: 24,
    claim: "Every link in every mail, and every setup link, begins with the configured origin, whatever the request calls it.",
    make: |ground| Box::pin(poisoned(ground)),
}];

/// The place that nothing must lead to.
const ELSEWHERE: &str = "evil.example";
/// Headers that some server or framework takes its own name from.
const NAMES: [&str; 18] = [
    "Host",
    "X-Forwarded-Host",
    "X-Forwarded-Server",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Scheme",
    "X-Host",
    "X-Real-Host",
    "X-Original-Host",
    "X-HTTP-Host-Override",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Base-URL",
    "Forwarded",
    "Referer",
    "CF-Visitor",
    "X-MF-Origin",
];
/// Connections that they come over.
const LINES: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);

/// Ways to write another place, some of them with ours in it.
fn places(wardkey: &Wardkey) -> Vec<String> {
    let own = wardkey.origin().trim_start_matches("http://");
    vec![
        ELSEWHERE.to_owned(),
        format!("{ELSEWHERE}:443"),
        format!("http://{ELSEWHERE}"),
        format!("https://{ELSEWHERE}/x?"),
        format!("{own}@{ELSEWHERE}"),
        format!("{own}.{ELSEWHERE}"),
        format!("{ELSEWHERE}, {own}"),
        format!("{own}, {ELSEWHERE}"),
        format!("{ELSEWHERE}#{own}"),
        format!("host={ELSEWHERE};proto=https"),
        format!("for=127.0.0.1;host=\"{ELSEWHERE}\""),
        format!("{own}/{ELSEWHERE}"),
    ]
}

/// A request under each of the names: as the only one, beside ours, and in the line of the request itself.
fn poisons(wardkey: &Wardkey, request: &Request) -> Vec<Request> {
    let mut poisons = Vec::new();
    for name in NAMES {
        poisons.extend(places(wardkey).iter().map(|place| request.clone().with(name, place)));
    }
    for place in [format!("http://{ELSEWHERE}"), format!("https://{ELSEWHERE}"), format!("//{ELSEWHERE}")] {
        poisons.push(Request { path: format!("{place}{}", request.path), ..request.clone() });
    }
    let own = wardkey.origin().trim_start_matches("http://");
    poisons.push(request.clone().with("Host", own).with("Host", ELSEWHERE));
    poisons.push(request.clone().with("Host", ELSEWHERE).with("Host", own));
    poisons
}

async fn poisoned(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let (wardkey, address) = (clinic.wardkey, raw::address(clinic.wardkey)?);
    let before = wardkey.mailbox().mails().len();

    // Step 1 in a browser that nobody knows: a mail to each owner, with a link.
    let computer = clinic.computer("Reception 1")?;
    let body =
        serde_json::json!({ "username": computer.username, "password": computer.password }).to_string();
    let step_1 = poisons(wardkey, &Request::post(wardkey, AuthorizeComputer::PATH, body));
    // A link to a new password, and the lock, whose mails lead to the account.
    let door = clinic.at("Reception 2").await?;
    let mut behind = Vec::new();
    for login in ["hughes", "patel", "oconnor"] {
        behind.push((RequestReset::PATH, serde_json::json!({ "login": login })));
    }
    behind.extend(
        (0..5).map(|_| (SubmitPassword::PATH, serde_json::json!({ "login": "reid", "password": "x" }))),
    );
    let worst = |(place, (path, body)): (usize, (&str, serde_json::Value))| {
        let request = Request::post(wardkey, path, body.to_string()).by(&door);
        let names = ["Host", "X-Forwarded-Host", "Forwarded"];
        request.with(names[place % names.len()], ELSEWHERE)
    };
    let behind: Vec<Request> = behind.into_iter().enumerate().map(worst).collect();
    let operator = Keys::derive(&secret_key(wardkey)?).operator_key();
    let link = Request::post(wardkey, MakeSetupLink::PATH, "{}")
        .with("Authorization", &format!("Bearer {operator}"));
    let links = poisons(wardkey, &link);

    let (mut taken, mut by_runtime) = (0, 0);
    for (requests, shows_link) in [(step_1, false), (behind, false), (links, true)] {
        let replies = raw::over(LINES, address, requests.clone()).await?;
        for (request, reply) in requests.iter().zip(replies) {
            // Hung up on: the runtime takes it for no HTTP.
            let Some(reply) = reply else {
                findings.holds(true, String::new);
                continue;
            };
            taken += usize::from(reply.status == 200);
            let own = !shows_link
                || reply.status != 200
                || reply.text.contains(&format!("\"link\":\"{}/", wardkey.origin()));
            let clean =
                !reply.text.contains(ELSEWHERE) && !format!("{:?}", reply.headers).contains(ELSEWHERE);
            // A name that is none is refused by the runtime, which has no words of ours.
            let unheard = reply.status == 500 && !reply.headers.contains_key("x-content-type-options");
            by_runtime += usize::from(unheard);
            findings.holds(own && clean && (reply.status < 500 || unheard), || {
                format!("{:?}: {}", request.headers, raw::told(&reply))
            });
        }
    }
    findings.at_least("requests that were taken", taken, 200);
    findings.note("refused by the runtime before us", by_runtime as f64);
    settle(wardkey, before).await?;
    let mails = wardkey.mailbox().mails();
    let mut links = 0;
    for mail in mails.iter().take(mails.len() - before) {
        for link in links_of(&mail.text).chain(links_of(&mail.html)) {
            links += 1;
            let own = link.strip_prefix(wardkey.origin()).is_some_and(|rest| rest.starts_with('/'));
            findings.holds(own, || format!("{}: {link}", mail.subject));
        }
        findings.holds(!format!("{mail:?}").contains(ELSEWHERE), || format!("{mail:?}"));
    }
    findings.at_least("links in the mails", links, 200);
    Ok(findings)
}

fn secret_key(wardkey: &Wardkey) -> Result<[u8; 32]> {
    let bytes = wardkey.settings().secret_key_bytes()?;
    let key = <[u8; 32]>::try_from(bytes);
    key.map_err(|_| anyhow::anyhow!("the secret key has another length"))
}

/// Whatever a mail program may show as a link.
fn links_of(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices("http").filter(|(place, _)| {
        let rest = &text[*place..];
        rest.starts_with("http://") || rest.starts_with("https://")
    });
    starts.map(|(place, _)| {
        let rest = &text[place..];
        let end = rest.find(|symbol: char| symbol.is_whitespace() || "\"'<>)".contains(symbol));
        &rest[..end.unwrap_or(rest.len())]
    })
}

/// Waits until no mail has come for a while.
async fn settle(wardkey: &Wardkey, before: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut last = before;
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let now = wardkey.mailbox().mails().len();
        if now == last && now > before {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the mails do not end");
        last = now;
    }
}
