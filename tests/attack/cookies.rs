//! Cookies forged, changed, mixed and planted: nothing but the very token that was given opens anything, and each step gives a new one.

use std::thread;

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use clinic::keys::{Keys, NONCE_BYTES, NewPlace, Purpose};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use wardkey_tests::{Clinic, acts, authenticator};
use wire::{
    Endpoint, Timestamp,
    me::GetMe,
    people::RemoveUser,
    sign_in::{
        Answer, AnswerQuestion, AuthorizeComputer, AuthorizeProfile, ComputerCredentials, GetSignIn,
        ProfileCode, SubmitPassword, UserCredentials,
    },
    users::UserQuery,
};
use xtask::key;

use crate::{
    chance::Chance,
    jar::{Jar, KINDS},
    list::{Attack, Findings, Ground},
    raw::{self, Request},
};

pub const ATTACKS: [Attack; 5] = [
    Attack {
        family: "cookies",
        name: "a million changed tokens, on the keys alone",
        promise: 27,
        claim: "A token under the browser's key, a setup link or something sealed that was changed by as little as one character is none, and neither is the very token under another key.",
        make: |_| Box::pin(on_the_keys()),
    },
    Attack {
        family: "cookies",
        name: "ten thousand changed cookies",
        promise: 27,
        claim: "A changed cookie is as good as none, in each of the four places.",
        make: |ground| Box::pin(changed(ground)),
    },
    Attack {
        family: "cookies",
        name: "cookies planted before somebody signs in",
        promise: 27,
        claim: "Whoever planted cookies in a browser is not signed in with them after somebody else has signed in there.",
        make: |ground| Box::pin(planted(ground)),
    },
    Attack {
        family: "cookies",
        name: "copies kept from before each step",
        promise: 27,
        claim: "Each step gives a token that was never there before, and what it takes the place of opens nothing.",
        make: |ground| Box::pin(copied(ground)),
    },
    Attack {
        family: "cookies",
        name: "sessions of somebody who is removed",
        promise: 27,
        claim: "All of them end with the reply to the removal.",
        make: |ground| Box::pin(removed(ground)),
    },
];

/// How many are changed on the keys, by so many threads.
const ON_THE_KEYS: u64 = 1_000_000;
const THREADS: u64 = 2;
/// How many are changed live.
const CHANGED: usize = 10_000;
const LINES: usize = 8;
/// What tokens are written in.
const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A text that is not quite another one.
fn mutant(chance: &mut Chance, text: &str) -> String {
    loop {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=chance.below(3) {
            let place = chance.below(bytes.len());
            let symbol = *chance.pick(SYMBOLS);
            match chance.below(7) {
                0..=2 => bytes[place] = symbol,
                3 => bytes.insert(place, symbol),
                4 if bytes.len() > 1 => drop(bytes.remove(place)),
                5 => bytes[place] = swapped(bytes[place]),
                _ => bytes.reverse(),
            }
        }
        let mutant = String::from_utf8_lossy(&bytes).into_owned();
        if mutant != text {
            return mutant;
        }
    }
}

/// A capital for a small letter, or the other way round.
fn swapped(symbol: u8) -> u8 {
    if symbol.is_ascii_alphabetic() { symbol ^ 0x20 } else { symbol ^ 1 }
}

async fn on_the_keys() -> Result<Findings> {
    let print = thumbprint()?;
    let hand = |seed| {
        let print = print.clone();
        thread::spawn(move || keys_hold(seed, &print))
    };
    let hands: Vec<_> = (0..THREADS).map(hand).collect();
    let mut findings = Findings::default();
    for hand in hands {
        // Waited for elsewhere, so that the patience of the attack is kept.
        let found = tokio::task::spawn_blocking(move || hand.join()).await?;
        let found = found.ok().context("a thread died")?;
        findings.tried += found.tried;
        found.examples.into_iter().for_each(|what| findings.found(what));
    }
    Ok(findings)
}

fn keys_hold(seed: u64, print: &str) -> Findings {
    let mut findings = Findings::default();
    let mut chance = Chance::new(seed);
    let keys = Keys::derive(&[7; 32]);
    let token: String = (0..43).map(|_| char::from(*chance.pick(SYMBOLS))).collect();
    // As they are kept: bound to the browser's key.
    let stored = keys.digest(Purpose::Token, print, &token);
    let mut own = 0;
    let clinic = keys.clinic_code([1, 2, 3, 4, 5, 6], None);
    let link = keys.setup_token(&NewPlace { clinic, near: None, expires_at: Timestamp(10_000_000) });
    let sealed = keys.seal([9; NONCE_BYTES], "profile", b"a secret of twenty by");
    for round in 0..ON_THE_KEYS / THREADS {
        own += u64::from(keys.matches(&stored, Purpose::Token, print, &token));
        match round % 4 {
            0 if round % 16 == 0 => {
                let (begins, ends) = token.split_at(1 + chance.below(token.len() - 1));
                let (other, token) = match chance.below(3) {
                    0 => (String::new(), token.as_str()),
                    1 => (format!("{print}{begins}"), ends),
                    _ => (mutant(&mut chance, print), token.as_str()),
                };
                let held = !keys.matches(&stored, Purpose::Token, &other, token);
                findings.holds(held, || format!("{token} with the key {other:?}"));
            }
            0 | 1 => {
                let forged = mutant(&mut chance, &token);
                findings.holds(!keys.matches(&stored, Purpose::Token, print, &forged), || forged.clone());
            }
            2 => {
                let forged = mutant(&mut chance, &link);
                findings.holds(keys.read_setup_token(&forged, Timestamp(0)).is_err(), || forged.clone());
            }
            _ => {
                let mut forged = sealed.clone();
                let place = chance.below(forged.len());
                forged[place] ^= 1 << chance.below(8);
                findings.holds(keys.open("profile", &forged).is_none(), || format!("{forged:?}"));
            }
        }
    }
    let all = ON_THE_KEYS / THREADS;
    if own != all {
        findings.found(format!("the token itself was taken {own} times of {all}"));
    }
    findings
}

/// The thumbprint of the tests' key (RFC 7638), by which a clinic knows its browser.
fn thumbprint() -> Result<String> {
    let proof = key::shared().proof("GET", "http://localhost", GetMe::PATH, 0);
    let head = BASE64_URL_SAFE_NO_PAD.decode(proof.split('.').next().unwrap_or_default())?;
    let head: Value = serde_json::from_slice(&head)?;
    let part = |name: &str| head["jwk"][name].as_str().context("no key in a proof");
    let (x, y) = (part("x")?, part("y")?);
    let key = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(key)))
}

async fn changed(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let address = raw::address(clinic.wardkey)?;
    let inside = Jar::of(&clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?);
    let door = Jar::of(&clinic.at("Reception 1").await?);
    let asked = clinic.at("Reception 2").await?;
    asked.submit_password("hughes", &clinic.user("hughes")?.password).await?;
    let asked = Jar::of(&asked);
    let yes = Request::post(clinic.wardkey, AnswerQuestion::PATH, r#"{"yes":true}"#);
    // A jar that opens something, what it opens, and whether it has opened it.
    type Opens = fn(&str, u16) -> bool;
    let me: Opens = |_, status| status == 200;
    let user: Opens = |text, _| text.contains(r#""step":"user""#) || text.contains(r#""step":"signed_in""#);
    let kinds: [(&Jar, &str, Request, Opens); 4] = [
        (&inside, "session", Request::get(GetMe::PATH), me),
        (&inside, "computer", Request::get(GetMe::PATH), me),
        (&door, "profile", Request::get(GetSignIn::PATH), user),
        (&asked, "question", yes, me),
    ];
    let mut chance = Chance::new(3);
    let others: Vec<&String> = inside.0.values().chain(door.0.values()).chain(asked.0.values()).collect();
    let mut forged = Vec::new();
    for number in 0..CHANGED {
        let (jar, kind, request, opens) = &kinds[number % kinds.len()];
        let own = jar.value(kind);
        let value = match chance.below(20) {
            0 => (*chance.pick(&others)).clone(),
            1 => format!("{own}{own}"),
            2 => own[..chance.below(own.len())].to_owned(),
            3 => format!("{own}; __Host-wardkey_{kind}={}", mutant(&mut chance, own)),
            4 => format!("\"{own}\""),
            5 => format!("{own}%00"),
            6 => own.to_ascii_uppercase(),
            7 => format!("{own},{own}"),
            8 => format!("{own}="),
            _ => mutant(&mut chance, own),
        };
        if value != own {
            let jar = jar.with(kind, &value);
            forged.push((request.clone().cookies(&jar.header()), *opens, format!("{kind}={value}")));
        }
    }
    let requests = forged.iter().map(|(request, ..)| request.clone()).collect();
    let replies = raw::over(LINES, address, requests).await?;
    for (reply, (_, opens, what)) in replies.into_iter().zip(forged) {
        let reply = reply.context("no reply")?;
        findings.holds(!opens(&reply.text, reply.status) && reply.status < 500, || {
            format!("{what}: {}", raw::told(&reply))
        });
    }
    let whole = inside.is_signed_in(clinic.wardkey).await?;
    findings.count("unchanged, they still open", usize::from(whole), 1);
    Ok(findings)
}

/// Steps 1 to 3 and the yes in a browser that may have cookies already: what is behind it is not asked for again.
async fn sits_down(
    clinic: &Clinic<'_>,
    jar: &mut Jar,
    label: &str,
    login: &str,
    ahead: i64,
) -> Result<Vec<Jar>> {
    let (wardkey, computer, user) = (clinic.wardkey, clinic.computer(label)?, clinic.user(login)?);
    let address = raw::address(wardkey)?;
    let mut before = vec![jar.clone()];
    let state = jar.ask(address, Request::get(GetSignIn::PATH)).await?.text;
    if state.contains(r#""step":"computer""#) {
        let pair =
            ComputerCredentials { username: computer.username.clone(), password: computer.password.clone() };
        jar.must::<AuthorizeComputer>(wardkey, &pair).await?;
        before.push(jar.clone());
    }
    let state = jar.ask(address, Request::get(GetSignIn::PATH)).await?.text;
    // A session that somebody else began goes on without it, but nobody signs in without it.
    if state.contains(r#""step":"profile""#) || jar.value("profile").is_empty() {
        let code = authenticator::code_of_step(&clinic.profile("Main")?.otpauth_url, ahead)?;
        jar.must::<AuthorizeProfile>(wardkey, &ProfileCode { code }).await?;
        before.push(jar.clone());
    }
    let credentials = UserCredentials { login: login.to_owned(), password: user.password.clone() };
    jar.must::<SubmitPassword>(wardkey, &credentials).await?;
    before.push(jar.clone());
    jar.must::<AnswerQuestion>(wardkey, &Answer { yes: true }).await?;
    Ok(before)
}

async fn planted(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    for subset in 1..1_usize << KINDS.len() {
        ground.tell(&format!("planting {subset} of 15"));
        let clinic = Clinic::open(ground.wardkey()?)?;
        let wardkey = clinic.wardkey;
        authenticator::early_in_a_step().await;
        let mut thief = Jar::default();
        sits_down(&clinic, &mut thief, "Reception 1", "patel", 0).await?;
        // A question of the thief's own is open as well, in a copy without the session.
        let mut asked = thief.only(&["computer", "profile"]);
        let credentials =
            UserCredentials { login: "patel".into(), password: clinic.user("patel")?.password.clone() };
        asked.must::<SubmitPassword>(wardkey, &credentials).await?;
        let thief = thief.with("question", asked.value("question"));

        let kinds: Vec<&str> = KINDS
            .iter()
            .enumerate()
            .filter(|(place, _)| subset >> place & 1 == 1)
            .map(|(_, kind)| *kind)
            .collect();
        let mut victim = thief.only(&kinds);
        sits_down(&clinic, &mut victim, "Reception 1", "hughes", 1).await?;
        findings.holds(victim.is_signed_in(wardkey).await?, || format!("{kinds:?}: nobody is signed in"));
        let kept = victim.value("session") != thief.value("session");
        findings.holds(kept, || format!("{kinds:?}: the planted session is the new one"));
        // What was planted, with and without the rest of what the thief has, the live session that was not planted aside.
        let mut tries = vec![thief.only(&kinds)];
        if kinds.contains(&"session") {
            tries.push(thief.clone());
        } else {
            tries.push(thief.only(&["computer", "profile", "question"]));
        }
        for jar in tries {
            let in_as_victim = is_in_as(&jar, &clinic, "hughes").await?;
            findings.holds(!in_as_victim, || format!("{kinds:?}: the thief is in as the victim"));
            if kinds.contains(&"session") && kinds.contains(&"computer") {
                let alive = jar.is_signed_in(wardkey).await?;
                findings.holds(!alive, || format!("{kinds:?}: the planted session lives on"));
            }
        }
    }
    Ok(findings)
}

async fn is_in_as(jar: &Jar, clinic: &Clinic<'_>, login: &str) -> Result<bool> {
    let me = jar.clone().ask(raw::address(clinic.wardkey)?, Request::get(GetMe::PATH)).await?;
    Ok(me.status == 200 && me.text.contains(&format!("\"{login}\"")))
}

async fn copied(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let wardkey = clinic.wardkey;
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut jar = Jar::default();
    let mut copies = Vec::new();
    for round in 0..3 {
        copies.extend(sits_down(&clinic, &mut jar, "Reception 1", "hughes", 0).await?);
        findings.holds(jar.is_signed_in(wardkey).await?, || format!("round {round}: not signed in"));
        let question = copies.last().context("no copy")?.value("question").to_owned();
        for (kind, value) in [("session", jar.value("session").to_owned()), ("question", question)] {
            let new = !value.is_empty() && seen.iter().all(|(_, before)| *before != value);
            findings.holds(new, || format!("round {round}: {kind} was there before"));
            seen.push((kind.to_owned(), value));
        }
        // Every copy of before, and every token of before in the place of the new one.
        for copy in &copies {
            let session = copy.value("session").to_owned();
            let held = session.is_empty() || session == jar.value("session");
            let alive = copy.is_signed_in(wardkey).await?;
            findings
                .holds(!alive || held && !session.is_empty(), || format!("round {round}: {copy:?} lives"));
            let mut late = copy.clone();
            let yes = Request::post(wardkey, AnswerQuestion::PATH, r#"{"yes":true}"#);
            let answered = late.ask(raw::address(wardkey)?, yes).await?;
            findings.holds(answered.status != 200, || format!("round {round}: an old question was answered"));
        }
        for (kind, value) in seen.iter().filter(|(_, value)| value != jar.value("session")) {
            let alive = jar.with("session", value).is_signed_in(wardkey).await?;
            findings.holds(!alive, || format!("round {round}: an old {kind} is a session"));
        }
    }
    Ok(findings)
}

async fn removed(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let hughes = clinic.user("hughes")?;
    let mut jars = Vec::new();
    for label in ["Reception 1", "Reception 2", "Ward 1", "Ward 2"] {
        let door = clinic.at(label).await?;
        for _ in 0..5 {
            let twin = door.twin()?;
            acts::sign_in(&twin, hughes).await?;
            jars.push(Jar::of(&twin));
        }
    }
    for jar in &jars {
        findings.holds(jar.is_signed_in(clinic.wardkey).await?, || "a session does not begin".to_owned());
    }
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<RemoveUser>(&UserQuery { id }).await?;
    let began = Instant::now();
    let address = raw::address(clinic.wardkey)?;
    let requests: Vec<Request> =
        jars.iter().map(|jar| Request::get(GetMe::PATH).cookies(&jar.header())).collect();
    for reply in raw::at_once(address, &requests).await? {
        findings.holds(reply.status == 401, || format!("after the removal: {}", raw::told(&reply)));
    }
    findings.figure("seconds until all of them were refused", began.elapsed().as_secs_f64(), None, Some(1.0));
    Ok(findings)
}
