//! An app of before an update with the Worker of after it, and the other way round, as both are met while it rolls out: in a real
//! browser, on records that the older Worker made.

use std::fs;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use wire::{Empty, Role, me::GetMe};
use xtask::{assemble, older, tools};

use crate::{
    Client, Clinic, Person, Programs, Screen, Wardkey, acts,
    clinic::pin,
    harm::{Findings, Ground, Harm},
};

/// The faults.
pub const FAULTS: [Harm; 2] = [
    Harm {
        family: older::FAULT,
        name: "an older app with this Worker",
        promise: 34,
        claim: "On records that the older Worker made, people sign in, are locked, are let in again, and read the log.",
        make: |ground| Box::pin(roll_out(ground, Half::App)),
    },
    Harm {
        family: older::FAULT,
        name: "this app with an older Worker",
        promise: 34,
        claim: "The same.",
        make: |ground| Box::pin(roll_out(ground, Half::Worker)),
    },
];

/// Which half is of before the update still.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    App,
    Worker,
}

async fn roll_out(ground: &Ground, older_half: Half) -> Result<Findings> {
    let mut findings = Findings::default();
    let Some(older) = older::built()? else {
        return Ok(Findings::not_here(
            "the repository's history, from which an older app is built, is not here",
        ));
    };
    ground.tell(&format!("of before: {}", older.commit));
    let tools = tools::for_testing()?;
    assemble::all(&tools)?;
    let before = Programs { site: older.site, modules: older.modules };
    let now = Programs { site: assemble::site(), modules: assemble::modules() };
    let worker = |programs: &Programs| fs::read(programs.modules.join("index_bg.wasm"));
    ensure!(worker(&before)? != worker(&now)?, "the Worker is the same in both: nothing has changed");
    let app = |programs: &Programs| fs::read(programs.site.join("index.html"));
    if older_half == Half::App && app(&before)? == app(&now)? {
        return Ok(Findings::not_here("the app has not changed since"));
    }
    // Before the update: people come and go, and one of them is locked.
    let wardkey = Wardkey::of_programs(before.clone())?;
    // The mail API may ask more of a Worker today than when this one was made.
    wardkey.mailbox().let_the_nameless_in();
    let clinic = Clinic::open(&wardkey)?;
    let door = clinic.at("Reception 2").await?;
    acts::sign_in(&door, clinic.first(Role::Manager)?).await?;
    acts::lock(&clinic.at("Ward 2").await?, "oconnor").await?;
    wardkey.kill();
    let mixed = match older_half {
        Half::App => Programs { site: before.site, modules: now.modules },
        Half::Worker => Programs { site: now.site, modules: before.modules },
    };
    wardkey.take_up(mixed.clone());
    wardkey.start_worker()?;
    // The page that comes is the one that is meant.
    let page = Client::new(wardkey.origin())?.send(Method::GET, "/", &[], None).await?.text;
    ensure!(page == fs::read_to_string(mixed.site.join("index.html"))?, "another app came");
    findings.went_well("the session of before", door.twin()?.call::<GetMe>(&Empty {}).await.map(drop));
    findings
        .went_well("people at their screens", people_get_by(&clinic).await.with_context(|| wardkey.log()));
    let still = door.twin()?.try_password("oconnor", &clinic.user("oconnor")?.password).await?;
    findings.holds(still.as_ref().is_err_and(|refusal| refusal.status == 423), || {
        format!("the lock of before: {still:?}")
    });
    Ok(findings)
}

/// A nurse signs in, locks herself out and is let in again by an owner, who then reads the log.
async fn people_get_by(clinic: &Clinic<'_>) -> Result<()> {
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let reception = Person::sits_down(clinic, Screen::Computer, "Reception 1", nurse, "/").await?;
    let at = &reception.session;
    at.press("Switch user").await?;
    at.heading("User authorization").await?;
    for _ in 1..acts::STRIKES {
        reception.is_refused(&nurse.login).await?;
    }
    reception.submit(&nurse.login, "wrong password").await?;
    at.heading("Your account is locked").await?;

    let mail = clinic.mail(&owner.email, "User Account Locked").await?;
    let path = mail.text.split_whitespace().find_map(|word| word.strip_prefix(clinic.wardkey.origin()));
    let office = Person::sits_down(
        clinic,
        Screen::Computer,
        "Owner's phone",
        owner,
        path.context("no link in the mail")?,
    )
    .await?;
    let desk = &office.session;
    desk.heading(&nurse.full_name).await?;
    desk.press("Unlock").await?;
    desk.hears("PIN sent to").await?;
    let mail = clinic.mail(&owner.email, "User Account Unlock").await?;
    desk.type_into("PIN code", &pin(&mail)?).await?;
    desk.press("Confirm").await?;
    desk.hears("Account unlocked").await?;

    // Her screen turns by itself.
    at.heading("User authorization").await?;
    at.type_into("Password", &nurse.password).await?;
    at.press("Sign in").await?;
    at.press("Yes, sign in").await?;
    at.hears("Signed in as").await?;

    office.open("/management/activities").await?;
    desk.heading("Activities").await?;
    for action in ["Account unlocked", "PIN sent", "Account locked", "Login failed", "Login succeeded"] {
        desk.sees(action).await?;
    }
    reception.session.close().await?;
    office.session.close().await
}
