//! Two hundred open screens of a clinic cost no more than one while nothing happens, and hear of what does happen all the same.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::Value;
use wardkey_tests::{Client, Clinic, Wardkey};

use crate::{acts, socket::Socket};

/// Screens on each of five computers.
const SCREENS_EACH: usize = 40;
const COMPUTERS: [&str; 5] = ["Reception 1", "Reception 2", "Owner's phone", "Ward 1", "Ward 2"];
/// How long the runtime lets an object stay in memory with nothing to do, and a little more. It goes by twice: one screen is watched
/// asleep as two hundred are, or the test would not see that one costs nothing either.
const UNTIL_ASLEEP: Duration = Duration::from_secs(15);
/// How long it is watched then.
const QUIET: Duration = Duration::from_secs(3);

#[tokio::test]
async fn two_hundred_screens_cost_no_more_than_one_while_nothing_happens() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let mut people = Vec::new();
    for label in COMPUTERS {
        people.push(clinic.signed_in(label, clinic.user("whitfield")?).await?);
    }
    let owner = &people[2];
    let mut sockets = vec![Socket::open(owner).await?];
    let alone = watched(owner, &mut sockets).await?;
    for person in &people {
        for _ in 0..SCREENS_EACH {
            sockets.push(Socket::open(person).await?);
        }
    }
    sockets.pop();
    let together = watched(owner, &mut sockets).await?;
    println!(
        "woken by one screen {} times, by {} screens {} times",
        alone.woken,
        sockets.len(),
        together.woken
    );
    ensure!(sockets.len() == 200 && alone.woken == 0 && together.woken == 0, "{alone:?} {together:?}");

    let before = doings(owner).await?;
    let told = Instant::now();
    acts::set_policies(owner, |policies| policies.idle_minutes = 9).await?;
    try_join_all(sockets.iter_mut().map(Socket::must_hear)).await?;
    let after = doings(owner).await?;
    println!("200 screens heard of it within {} ms of the press", told.elapsed().as_millis());
    println!("the object was made {} times before and {} times after", before.made, after.made);
    ensure!(after.made > before.made, "it stayed in memory all the while: {before:?} {after:?}");
    Ok(())
}

/// What the objects did.
#[derive(Debug)]
struct Doings {
    made: u64,
    woken: u64,
}

/// What they do in a quiet while, in which every screen asks whether its line holds.
async fn watched(client: &Client, sockets: &mut [Socket]) -> Result<Doings> {
    tokio::time::sleep(UNTIL_ASLEEP).await;
    let before = doings(client).await?;
    for socket in &mut *sockets {
        socket.say("ping").await?;
    }
    for socket in &mut *sockets {
        socket.must_answer().await?;
    }
    tokio::time::sleep(QUIET).await;
    let after = doings(client).await?;
    Ok(Doings { made: after.made - before.made, woken: after.woken - before.woken })
}

async fn doings(client: &Client) -> Result<Doings> {
    let reply = client.send(Method::GET, "/api/trial/objects", &[], None).await?;
    let told: Value = serde_json::from_str(&reply.text)?;
    let count = |name: &str| told[name].as_u64().with_context(|| format!("no {name} in {}", reply.text));
    Ok(Doings { made: count("made")?, woken: count("woken")? })
}
