//! PINs guessed and borrowed: a new one brings no new tries, and one is good for its owner, its account and its lock alone.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clinic::rules::pin::{PIN_MAILS_WINDOW_MINUTES, PIN_TRIES_A_DAY_MAX};
use wardkey_tests::{Client, Clinic, Wardkey, acts, clinic::pin};
use wire::{
    Empty, ProblemCode, Role,
    sign_in::UseSession,
    users::{PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::demo;

use crate::{
    chance::Chance,
    list::{Attack, Findings, Ground},
};

pub const ATTACKS: [Attack; 2] = [
    Attack {
        family: "pin",
        name: "asked for anew a thousand times within a day",
        promise: 12,
        claim: "Two owners' sessions in wrong hands have ten tries a day at an account, however often they ask for a PIN.",
        make: |ground| Box::pin(asked_anew(ground)),
    },
    Attack {
        family: "pin",
        name: "another owner's, another account's, an older lock's",
        promise: 14,
        claim: "Of all PINs that are good for something, only the one for this owner, this account and this lock unlocks.",
        make: |ground| Box::pin(borrowed(ground)),
    },
];

/// How often a PIN is asked for, one a minute; the sessions are used often enough not to end.
const ASKED: usize = 1_000;
const USED_EVERY: usize = 30;
/// Tries after each.
const TRIES: usize = 3;
/// The grid.
const OWNERS: usize = 4;
const ACCOUNTS: usize = 8;
const LOCKS: usize = 3;
const PIN_MAIL: &str = "User Account Unlock";
const PATIENCE: Duration = Duration::from_secs(20);

async fn asked_anew(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    // Sessions that last as long as they can: the thief is not thrown out by the clock.
    let first = clinic.signed_in("Ward 1", clinic.user("whitfield")?).await?;
    acts::set_policies(&first, |policies| (policies.profile_hours, policies.idle_minutes) = (24, 60)).await?;
    let seats = [("Owner's phone", "whitfield"), ("Reception 2", "okafor")];
    let mut owners = Vec::new();
    for (label, login) in seats {
        owners.push(clinic.signed_in(label, clinic.user(login)?).await?);
    }
    let id = acts::account(&owners[0], "hughes").await?;
    let mut chance = Chance::new(4);
    let (mut looked_at, mut mailed) = (0, 0);
    for round in 0..ASKED {
        ground.tell(&format!("{round} of {ASKED}, {looked_at} tries were looked at"));
        if round % USED_EVERY == 0 {
            for owner in &owners {
                owner.call::<UseSession>(&Empty {}).await?;
            }
        }
        let owner = &owners[round % owners.len()];
        mailed += usize::from(owner.try_call::<SendPin>(&PinRequest { id: id.clone() }).await?.is_ok());
        for _ in 0..TRIES {
            let pin = format!("{:06}", chance.below(1_000_000));
            let tried = owner.try_call::<Unlock>(&UnlockRequest { id: id.clone(), pin }).await?;
            // What was looked at says how many tries are left.
            let Err(refusal) = tried else {
                looked_at += 1;
                findings.found("a guess was right".to_owned());
                continue;
            };
            looked_at += usize::from(refusal.problem.tries_left.is_some());
            let refused = matches!(
                refusal.problem.code,
                ProblemCode::PinWrong
                    | ProblemCode::PinSpent
                    | ProblemCode::PinExpired
                    | ProblemCode::PinTriesExhausted
            );
            findings.holds(refused, || format!("{refusal}"));
        }
        clinic.pass_minutes(1).await?;
    }
    findings.count("times that a PIN was asked for", ASKED, ASKED);
    findings.at_least("of them mailed", mailed, 1);
    findings.at_most("tries that were looked at", looked_at, PIN_TRIES_A_DAY_MAX as usize);
    Ok(findings)
}

/// An owner of the grid.
struct Owner {
    client: Client,
    login: String,
    email: String,
    mails: usize,
}

impl Owner {
    /// A new PIN of theirs for an account.
    async fn pin(&mut self, clinic: &Clinic<'_>, id: &str) -> Result<String> {
        self.client.call::<SendPin>(&PinRequest { id: id.to_owned() }).await?;
        self.mails += 1;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mails = clinic.mails_to(&self.email);
            let pins: Vec<_> = mails.iter().filter(|mail| mail.subject == PIN_MAIL).collect();
            if pins.len() == self.mails {
                return pin(pins.first().context("no mail")?);
            }
            ensure!(Instant::now() < deadline, "the mail of a PIN does not come");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn borrowed(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let clinic = open_grid(&wardkey)?;
    let mut doors = Vec::new();
    for account in 0..ACCOUNTS {
        doors.push(clinic.at(&door_label(account)).await?);
    }
    let mut owners = Vec::new();
    for number in 0..OWNERS {
        let user = clinic.user(&format!("owner{number}"))?;
        let client = clinic.signed_in(&format!("Computer {number}"), user).await?;
        owners.push(Owner { client, login: user.login.clone(), email: user.email.clone(), mails: 0 });
    }
    let mut ids = Vec::new();
    for account in 0..ACCOUNTS {
        ids.push(acts::account(&owners[0].client, &nurse(account)).await?);
    }
    // By lock, account and owner.
    let mut pins: Vec<Vec<Vec<String>>> = Vec::new();
    let mut unlocked = 0;
    for lock in 0..LOCKS {
        ground.tell(&format!("lock {} of {LOCKS}", lock + 1));
        for (account, door) in doors.iter().enumerate() {
            clinic.lock(door, &nurse(account)).await?;
        }
        let mut of_lock = Vec::new();
        for id in &ids {
            let mut of_account = Vec::new();
            for owner in &mut owners {
                of_account.push(owner.pin(&clinic, id).await?);
            }
            of_lock.push(of_account);
        }
        pins.push(of_lock);
        for account in 0..ACCOUNTS {
            let who = account % OWNERS;
            let own = pins[lock][account][who].clone();
            let mut others = vec![
                ("another owner's", &pins[lock][account][(who + 1) % OWNERS]),
                ("another account's", &pins[lock][(account + 1) % ACCOUNTS][who]),
            ];
            if lock > 0 {
                others.push(("an older lock's", &pins[lock - 1][account][who]));
            }
            for (whose, pin) in others.into_iter().filter(|(_, pin)| **pin != own) {
                let request = UnlockRequest { id: ids[account].clone(), pin: pin.clone() };
                let tried = owners[who].client.try_call::<Unlock>(&request).await?;
                let wrong =
                    tried.as_ref().is_err_and(|refusal| refusal.problem.code == ProblemCode::PinWrong);
                findings.holds(wrong, || format!("{whose} PIN: {tried:?}"));
            }
            let request = UnlockRequest { id: ids[account].clone(), pin: own };
            unlocked += usize::from(owners[who].client.try_call::<Unlock>(&request).await?.is_ok());
        }
        // The next lock's PINs are mailed in another hour, which outlasts the sessions.
        clinic.pass_minutes(u32::try_from(PIN_MAILS_WINDOW_MINUTES)? + 1).await?;
        for owner in &owners {
            acts::sign_in(&owner.client, clinic.user(&owner.login)?).await?;
        }
        // A right password at each door, or its computer would rest before the next lock.
        for (account, door) in doors.iter().enumerate() {
            acts::sign_in(door, clinic.user(&nurse(account))?).await?;
        }
    }
    findings.count("unlocked with the very PIN", unlocked, LOCKS * ACCOUNTS);
    Ok(findings)
}

fn nurse(account: usize) -> String {
    format!("nurse{account}")
}

/// Where an account is locked, each at a computer of its own.
fn door_label(account: usize) -> String {
    format!("Door {account}")
}

fn open_grid(wardkey: &Wardkey) -> Result<Clinic<'_>> {
    let mut grid = demo::harbour_street();
    let person = |role, login: String| {
        demo::person(role, ("Grid", &login, None), "", &login, &format!("{login}@grid.example.org"))
    };
    grid.users = (0..OWNERS).map(|number| person(Role::Owner, format!("owner{number}"))).collect();
    grid.users.extend((0..ACCOUNTS).map(|number| person(Role::Employee, nurse(number))));
    let Some(first) = grid.computers.first().cloned() else { bail!("the demo has no computer") };
    let labels = (0..OWNERS).map(|number| format!("Computer {number}")).chain((0..ACCOUNTS).map(door_label));
    grid.computers =
        labels.map(|label| wire::operator::NewComputer { label, profile: first.profile.clone() }).collect();
    Clinic::open_as(wardkey, &grid)
}
