//! Whatever people do at once with an account looks as if it had been done one after the other: histories of tries, unlocks and looks
//! at the lock, as several browsers lived through them, each held against a lock that knows no "at once".

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;
use futures_util::{StreamExt, TryStreamExt, future::try_join, future::try_join_all, stream};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use tokio::sync::watch;
use wardkey_tests::{Client, Clinic, Wardkey, clinic};
use wire::{
    Empty, ProblemCode, Role,
    operator::{NewComputer, NewUser},
    settings::{ChangePolicies, GetSettings, PoliciesChange},
    sign_in::{GetLock, LockQuery},
    users::{PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::demo;

use crate::acts;

/// Histories.
const HISTORIES: usize = 200;
/// Accounts, each with as many of them as it may have PINs within the hour, at two a history.
const ACCOUNTS: usize = 40;
/// Accounts that are tried at once.
const AT_ONCE: usize = 4;
/// Wrong passwords that lock: the fewest that the policy allows, so that much is locked at the cost of few hashes.
const STRIKES_MAX: u32 = 3;
/// Browsers that try passwords, and how many each.
const GUESSERS: usize = 2;
const TRIES: usize = 3;
/// How often a waiting screen looks.
const LOOKS: usize = 3;
const MAIL_PATIENCE: Duration = Duration::from_secs(20);

/// A lock at which one thing happens after the other.
#[derive(Clone, Debug, Default)]
struct Lock {
    strikes: u32,
    locked: bool,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Try { right: bool },
    Look,
    SendPin,
    Unlock,
}

/// What they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    In,
    Wrong,
    Locked,
    Active,
    Sent,
    Unlocked,
    /// Nothing was done; they are to try again.
    Busy,
}

impl SequentialSpec for Lock {
    type Op = Op;
    type Ret = Told;

    fn invoke(&mut self, op: &Op) -> Told {
        match op {
            Op::Try { .. } if self.locked => Told::Locked,
            Op::Try { right: true } => {
                self.strikes = 0;
                Told::In
            }
            Op::Try { right: false } => {
                self.strikes += 1;
                self.locked = self.strikes >= STRIKES_MAX;
                if self.locked { Told::Locked } else { Told::Wrong }
            }
            Op::Look if self.locked => Told::Locked,
            Op::SendPin if self.locked => Told::Sent,
            Op::Unlock if self.locked => {
                *self = Lock::default();
                Told::Unlocked
            }
            Op::Look | Op::SendPin | Op::Unlock => Told::Active,
        }
    }

    fn is_valid_step(&mut self, op: &Op, told: &Told) -> bool {
        *told == Told::Busy || self.invoke(op) == *told
    }
}

type History = LinearizabilityTester<usize, Lock>;

/// A history that is being written by several at once.
#[derive(Debug)]
struct Record {
    history: Mutex<History>,
    /// How many tries have been answered.
    tried: watch::Sender<usize>,
}

impl Record {
    fn new() -> Self {
        Self { history: Mutex::new(History::new(Lock::default())), tried: watch::Sender::new(0) }
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody begins, and what they are told when they are.
    async fn note(&self, who: usize, op: Op, told: impl Future<Output = Result<Told>>) -> Result<Told> {
        self.history().on_invoke(who, op).map_err(anyhow::Error::msg)?;
        let told = told.await?;
        self.history().on_return(who, told).map_err(anyhow::Error::msg)?;
        if matches!(op, Op::Try { .. }) {
            self.tried.send_modify(|tried| *tried += 1);
        }
        Ok(told)
    }
}

/// An account, and those who do something with it.
struct Scene<'a> {
    clinic: &'a Clinic<'static>,
    /// Each guesser's, at a computer of their own: at one, they would come one after the other.
    doors: Vec<Client>,
    owner: &'a Client,
    login: String,
    id: String,
}

impl Scene<'_> {
    async fn guess(&self, browser: &Client, right: bool) -> Result<Told> {
        let user = self.clinic.user(&self.login)?;
        let password = if right { &user.password } else { "wrong password" };
        match browser.try_password(&self.login, password).await? {
            Ok(_) => Ok(Told::In),
            Err(refusal) => match refusal.problem.code {
                ProblemCode::LoginWrong => Ok(Told::Wrong),
                ProblemCode::AccountLocked => Ok(Told::Locked),
                ProblemCode::Busy => Ok(Told::Busy),
                _ => bail!("an odd refusal: {refusal}"),
            },
        }
    }

    async fn look(&self) -> Result<Told> {
        let state = self.doors[0].call::<GetLock>(&LockQuery { login: self.login.clone() }).await?;
        Ok(if state.locked { Told::Locked } else { Told::Active })
    }

    /// Asks for a PIN and, where one comes, opens the lock with it.
    async fn unlock(&self, record: &Record, who: usize) -> Result<()> {
        let before = self.pins()?.len();
        let id = self.id.clone();
        let sent = async {
            match self.owner.try_call::<SendPin>(&PinRequest { id: id.clone() }).await? {
                Ok(_) => Ok(Told::Sent),
                Err(refusal) if refusal.problem.code == ProblemCode::NotLocked => Ok(Told::Active),
                Err(refusal) => bail!("no PIN: {refusal}"),
            }
        };
        if record.note(who, Op::SendPin, sent).await? != Told::Sent {
            return Ok(());
        }
        let deadline = Instant::now() + MAIL_PATIENCE;
        let pin = loop {
            let pins = self.pins()?;
            if let Some(newest) = pins.first().filter(|_| pins.len() > before) {
                break newest.clone();
            }
            ensure!(Instant::now() < deadline, "no mail with the PIN");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let unlocked = async {
            self.owner.call::<Unlock>(&UnlockRequest { id: id.clone(), pin }).await?;
            Ok(Told::Unlocked)
        };
        record.note(who, Op::Unlock, unlocked).await.map(drop)
    }

    /// The PINs that were mailed for this account, the newest first.
    fn pins(&self) -> Result<Vec<String>> {
        let owner = &self.clinic.first(Role::Owner)?.email;
        let about = |text: &str| text.contains(&self.id);
        let mails = self.clinic.mails_to(owner).into_iter();
        mails
            .filter(|mail| mail.subject == "User Account Unlock" && about(&mail.text))
            .map(|mail| clinic::pin(&mail))
            .collect()
    }

    /// Several people do something with the account at once.
    async fn live_through(&self, seed: u64) -> Result<History> {
        let record = Record::new();
        let mut rng = Rng::with_seed(seed);
        let plans: Vec<Vec<bool>> =
            (0..GUESSERS).map(|_| (0..TRIES).map(|_| rng.u8(..5) == 0).collect()).collect();
        // Not for a while: how many tries that is depends on what else the computer has to do.
        let owner_waits_for = rng.usize(..=GUESSERS * TRIES);
        let noted = &record;
        let guessers = plans.iter().zip(&self.doors).enumerate().map(|(who, (plan, browser))| async move {
            for right in plan {
                noted.note(who, Op::Try { right: *right }, self.guess(browser, *right)).await?;
            }
            anyhow::Ok(())
        });
        let others = try_join(
            async {
                for _ in 0..LOOKS {
                    record.note(GUESSERS, Op::Look, self.look()).await?;
                    tokio::time::sleep(Duration::from_millis(30)).await;
                }
                anyhow::Ok(())
            },
            async {
                record.tried.subscribe().wait_for(|tried| *tried >= owner_waits_for).await?;
                self.unlock(&record, GUESSERS + 1).await
            },
        );
        try_join(try_join_all(guessers), others).await?;
        Ok(record.history().clone())
    }

    /// Brings the account back to where every history begins.
    async fn calm_down(&self) -> Result<()> {
        if self.look().await? == Told::Locked {
            self.unlock(&Record::new(), 0).await?;
        }
        // At each computer, so that none of them rests.
        for door in &self.doors {
            let told = self.guess(door, true).await?;
            ensure!(told == Told::In, "{told:?} with the right password");
        }
        Ok(())
    }
}

#[tokio::test]
async fn two_hundred_histories_look_as_if_one_thing_had_happened_after_the_other() -> Result<()> {
    let mut people = demo::harbour_street();
    people.users.retain(|user| user.role == Role::Owner);
    people.users.truncate(1);
    people.users.extend((0..ACCOUNTS).map(|number| NewUser {
        role: Role::Employee,
        last_name: format!("Smith{number}"),
        first_name: "Jo".into(),
        middle_name: None,
        position: String::new(),
        email: format!("smith{number}@histories.example"),
        login: format!("smith{number}"),
    }));
    let label = |account: usize, guesser: usize| format!("Room {account}, {guesser}");
    for account in 0..ACCOUNTS {
        people.computers.extend(
            (0..GUESSERS)
                .map(|guesser| NewComputer { label: label(account, guesser), profile: "Main".into() }),
        );
    }
    let clinic = Clinic::open_as(Wardkey::shared()?, &people)?;
    let owner = clinic.signed_in("Owner's phone", clinic.first(Role::Owner)?).await?;
    let settings = owner.call::<GetSettings>(&Empty {}).await?;
    let mut policies = settings.policies;
    policies.strikes_max = STRIKES_MAX;
    owner.call::<ChangePolicies>(&PoliciesChange { version: settings.version, policies }).await?;

    let (clinic, owner) = (&clinic, &owner);
    let of_account = |number: usize| async move {
        let login = format!("smith{number}");
        let id = acts::account(owner, &login).await?;
        let mut doors = Vec::new();
        for guesser in 0..GUESSERS {
            doors.push(clinic.at(&label(number, guesser)).await?);
        }
        let scene = Scene { clinic, doors, owner, login, id };
        let mut histories = Vec::new();
        for turn in 0..HISTORIES / ACCOUNTS {
            histories.push(scene.live_through((number * HISTORIES + turn) as u64).await?);
            scene.calm_down().await?;
        }
        anyhow::Ok(histories)
    };
    let histories: Vec<Vec<History>> =
        stream::iter(0..ACCOUNTS).map(of_account).buffer_unordered(AT_ONCE).try_collect().await?;
    let histories: Vec<History> = histories.into_iter().flatten().collect();
    ensure!(histories.len() == HISTORIES, "{} histories", histories.len());
    for history in &histories {
        ensure!(history.is_consistent(), "no order of it is possible: {history:?}");
    }
    let told = |what: &str| histories.iter().filter(|history| format!("{history:?}").contains(what)).count();
    let (locked, unlocked) = (told("Locked"), told("Unlocked"));
    let things: usize = histories.iter().map(History::len).sum();
    println!(
        "{HISTORIES} histories of {things} things done, {locked} with a lock, {unlocked} with an unlock"
    );
    ensure!(locked > HISTORIES / 4 && unlocked > HISTORIES / 4, "{locked} locks, {unlocked} unlocks");
    Ok(())
}

/// A history that is written by hand: who begins with what, and who is told what.
fn by_hand(events: &[(usize, std::result::Result<Op, Told>)]) -> Result<History> {
    let mut history = History::new(Lock::default());
    for (who, event) in events {
        match event {
            Ok(op) => history.on_invoke(*who, *op).map(drop),
            Err(told) => history.on_return(*who, *told).map(drop),
        }
        .map_err(anyhow::Error::msg)
        .context("the history cannot be written")?;
    }
    Ok(history)
}

const WRONG: std::result::Result<Op, Told> = Ok(Op::Try { right: false });
const RIGHT: std::result::Result<Op, Told> = Ok(Op::Try { right: true });

#[test]
fn a_history_that_no_order_explains_is_refused() -> Result<()> {
    let strikes = [
        (0, WRONG),
        (0, Err(Told::Wrong)),
        (0, WRONG),
        (0, Err(Told::Wrong)),
        (0, WRONG),
        (0, Err(Told::Locked)),
    ];
    let seen =
        |later: &[_]| -> Result<bool> { Ok(by_hand(&[&strikes[..], later].concat())?.is_consistent()) };
    ensure!(seen(&[(1, Ok(Op::Look)), (1, Err(Told::Locked))])?, "it is locked");
    ensure!(!seen(&[(1, Ok(Op::Look)), (1, Err(Told::Active))])?, "an old state was read");
    ensure!(!seen(&[(1, RIGHT), (1, Err(Told::In))])?, "somebody got in past the lock");
    ensure!(!seen(&[(1, WRONG), (1, Err(Told::Wrong))])?, "a fourth password was looked at");
    Ok(())
}

#[test]
fn a_late_success_may_have_come_before_what_it_overlaps_and_not_after() -> Result<()> {
    let early = [
        (1, RIGHT),
        (0, WRONG),
        (0, Err(Told::Wrong)),
        (0, WRONG),
        (0, Err(Told::Wrong)),
        (1, Err(Told::In)),
    ];
    let then = |told: Told| -> Result<bool> {
        Ok(by_hand(&[&early[..], &[(0, WRONG), (0, Err(told))]].concat())?.is_consistent())
    };
    ensure!(then(Told::Locked)?, "the strikes behind it stand");
    let after = [
        (0, WRONG),
        (0, Err(Told::Wrong)),
        (1, RIGHT),
        (1, Err(Told::In)),
        (0, WRONG),
        (0, Err(Told::Wrong)),
        (0, WRONG),
    ];
    ensure!(
        !by_hand(&[&after[..], &[(0, Err(Told::Locked))]].concat())?.is_consistent(),
        "what came before it is cleared"
    );
    Ok(())
}
