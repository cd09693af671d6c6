//! Strangers without steps 1 and 2: however much they send, they lock nobody, mail nobody and keep nobody out.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use wardkey_tests::{Clinic, acts};
use wire::{
    Empty, Endpoint,
    recovery::RequestReset,
    sign_in::{AnswerQuestion, AuthorizeComputer, AuthorizeProfile, GetLock, SubmitPassword},
    users::{ListUsers, SendPin, UserStatus},
};

use crate::{
    chance::Chance,
    jar::Jar,
    list::{Attack, Findings, Ground},
    raw::{self, Request},
    records::Records,
};

pub const ATTACKS: [Attack; 1] = [Attack {
    family: "outsiders",
    name: "ten thousand requests without steps 1 and 2",
    promise: 19,
    claim: "Nobody is locked, no password is looked at, no mail is sent, and whoever belongs there comes in at once.",
    make: |ground| Box::pin(knock(ground)),
}];

const REQUESTS: usize = 10_000;
const LINES: usize = 16;
const LOGINS: [&str; 8] =
    ["whitfield", "okafor", "reid", "hughes", "patel", "oconnor", "sys_harbour", "ghost"];

async fn knock(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let (wardkey, address) = (clinic.wardkey, raw::address(clinic.wardkey)?);
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let users = owner.call::<ListUsers>(&Empty {}).await?.users;
    let id = acts::account(&owner, "hughes").await?;
    let looked_at = |records: &Records| -> Result<usize> {
        users.iter().map(|user| records.passwords_looked_at(user.id.as_str())).sum()
    };
    let passwords = looked_at(&Records::of(&clinic)?)?;
    let mails = wardkey.mailbox().seen().len();

    // All that can be learned from outside: a computer's username, logins, the clinic's code; and cookies that are made up.
    let mut chance = Chance::new(6);
    let code = &clinic.opened.code;
    let jars = [
        Jar::default(),
        Jar::default().with("computer", &format!("{code}.{}", "a".repeat(43))),
        Jar::default().with("profile", &"b".repeat(43)).with("session", &"c".repeat(43)),
        Jar::of(&owner).only(&["profile", "question", "session"]),
        Jar::of(&owner).only(&["profile"]).with("computer", &format!("{code}.{}", "d".repeat(43))),
    ];
    let requests: Vec<Request> = (0..REQUESTS)
        .map(|number| {
            let login = chance.pick(&LOGINS);
            let username = &chance.pick(&clinic.opened.computers).username;
            let (path, body) = match chance.below(10) {
                0..=4 => {
                    (SubmitPassword::PATH, json!({ "login": login, "password": format!("guess {number}") }))
                }
                5 => (
                    AuthorizeComputer::PATH,
                    json!({ "username": username, "password": format!("{number:024}") }),
                ),
                6 => (AuthorizeProfile::PATH, json!({ "code": format!("{:06}", chance.below(1_000_000)) })),
                7 => (RequestReset::PATH, json!({ "login": login })),
                8 => (AnswerQuestion::PATH, json!({ "yes": true })),
                _ => (SendPin::PATH, json!({ "id": id })),
            };
            Request::post(wardkey, path, body.to_string()).cookies(&chance.pick(&jars).header())
        })
        .collect();
    for portion in requests.chunks(REQUESTS / 10) {
        for reply in raw::over(LINES, address, portion.to_vec()).await? {
            let reply = reply.context("no reply")?;
            findings.holds((400..500).contains(&reply.status), || raw::told(&reply));
        }
        ground.tell(&format!("{} of {REQUESTS}", findings.tried));
    }

    tokio::time::sleep(Duration::from_secs(2)).await;
    let now = owner.call::<ListUsers>(&Empty {}).await?.users;
    let locked = now.iter().filter(|user| user.status != UserStatus::Active).count();
    findings.count("locked", locked, 0);
    findings.count("passwords looked at", looked_at(&Records::of(&clinic)?)? - passwords, 0);
    findings.count("mails", wardkey.mailbox().seen().len() - mails, 0);
    // At the very computer whose username was guessed at, without a wait.
    let client = clinic.at("Reception 1").await?;
    acts::sign_in(&client, clinic.user("hughes")?).await?;
    let unlocked = client.call::<GetLock>(&wire::sign_in::LockQuery { login: "reid".into() }).await?;
    findings.count("told that they are locked", usize::from(unlocked.locked), 0);
    Ok(findings)
}
