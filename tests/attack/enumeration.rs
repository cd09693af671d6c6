//! Who has an account here, asked by what is said: an unknown login is told as a known one is.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::json;
use wardkey_tests::{Client, Clinic, Reply};
use wire::{
    Endpoint,
    recovery::RequestReset,
    sign_in::{AuthorizeComputer, GetLock, SubmitPassword},
};
use xtask::mailbox::Failure;

use crate::{
    doors::Doors,
    list::{Attack, Findings, Ground},
    raw::{self, Line, Request},
};

pub const ATTACKS: [Attack; 1] = [Attack {
    family: "enumeration",
    name: "what is said to known, unknown and locked logins",
    promise: 17,
    claim: "Replies are the same to the byte, with mails that leave, with mails that don't, and without an address.",
    make: |ground| Box::pin(by_content(ground)),
}];

const ROUNDS: usize = 8;

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
