//! People at work while something breaks: six who mistype, one who signs in, an owner who adds people and unlocks.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use ::clinic::rules::turns;
use anyhow::{Context, Result, bail, ensure};
use futures_util::future::join_all;
use wire::{
    Empty, Endpoint, Role,
    computers::SignInPair,
    operator::UserSecret,
    people::AddUser,
    sign_in::{
        Answer, AnswerQuestion, GetLock, LockQuery, SignInState, SubmitPassword, UseSession, UserCredentials,
    },
    users::{PinRequest, SendPin, Unlock, UnlockRequest},
};
use xtask::mailbox::Mail;

use super::ledger::{Deed, Ledger};
use crate::{Client, Clinic, Wardkey, acts, chance::Chance, clinic, records::Records};

/// The computers of those who mistype: at fewer, the turns at a computer leave little to lock anybody with.
const ROOMS: [&str; 6] = ["Room 1", "Room 2", "Room 3", "Room 4", "Room 5", "Room 6"];
/// So many wrong passwords are typed at a computer before a right one, so that it seldom rests.
const WRONG_MAX: u32 = turns::FREE_WRONG / 2;
/// How often a right one is typed where the computer rests all the same, and how long one waits between two.
const RIGHT_TRIES: u32 = 10;
const RIGHT_PAUSE: Duration = Duration::from_secs(1);
/// Whom the others mistype for, from the start.
const MISTYPED: [&str; 3] = ["patel", "oconnor", "reid"];
/// Most people who are mistyped for; who was added last takes the place of who was there longest.
const VICTIMS_MAX: usize = 12;
/// An account is unlocked so often at most: a day has ten tries of PINs.
const UNLOCKS_MAX: u32 = 6;
/// How often the mailbox is looked into for a PIN, and how long one waits between two looks.
const LOOKS: u32 = 60;
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// Longest that is waited for a number of answers, or for a lock.
const WAIT_LONGEST: Duration = Duration::from_secs(10);

/// One thing in so many is broken right after a lock.
pub const LOCK_EACH: u64 = 3;

/// So many locks come of so many breaks on the slowest machine: half of those that are waited for.
pub fn locks_at_least(breaks: u64) -> usize {
    usize::try_from(breaks / LOCK_EACH / 2).unwrap_or(usize::MAX).max(1)
}

/// Somebody whose password others mistype.
struct Victim {
    id: String,
    login: String,
    locked: bool,
    /// Somebody types this login, or unlocks this account, just now: so what is answered can be counted one by one.
    taken: bool,
    unlocks: u32,
}

/// Somebody who mistypes.
struct Typist {
    door: Client,
    /// Wrong passwords since the last right one.
    wrong: Cell<u32>,
}

/// People at their computers.
pub struct Crew<'a> {
    clinic: &'a Clinic<'a>,
    ledger: Ledger,
    typists: Vec<Typist>,
    nurse: Client,
    owner: Client,
    /// Who signs in, and the account.
    hughes: (&'a UserSecret, String),
    victims: RefCell<Vec<Victim>>,
    /// Who was added last.
    newest: RefCell<Option<SignInPair>>,
    /// How often a typist was told that somebody is locked now.
    locks: Cell<u32>,
    /// Something is being broken: an answer that does not come is no wonder.
    excused: Cell<bool>,
    /// It has been broken: nobody begins anything new.
    broken: Cell<bool>,
}

impl<'a> Crew<'a> {
    /// Opens a clinic with a computer for each of them.
    pub fn clinic(wardkey: &Wardkey) -> Result<Clinic<'_>> {
        Clinic::open_with(wardkey, &ROOMS)
    }

    /// Brings everybody to their computers, each behind the steps that they need.
    pub async fn gather(clinic: &'a Clinic<'a>) -> Result<Self> {
        let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
        let mut victims = Vec::new();
        for login in MISTYPED {
            let id = acts::account(&owner, login).await?;
            victims.push(Victim { id, login: login.to_owned(), locked: false, taken: false, unlocks: 0 });
        }
        let mut typists = Vec::new();
        for room in ROOMS {
            typists.push(Typist { door: clinic.at(room).await?, wrong: Cell::new(0) });
        }
        Ok(Self {
            clinic,
            ledger: Ledger::default(),
            typists,
            nurse: clinic.at("Reception 1").await?,
            hughes: (clinic.user("hughes")?, acts::account(&owner, "hughes").await?),
            owner,
            victims: RefCell::new(victims),
            newest: RefCell::default(),
            locks: Cell::new(0),
            excused: Cell::new(false),
            broken: Cell::new(false),
        })
    }

    /// What they were told.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The owner, who looks into things.
    pub fn owner(&self) -> &Client {
        &self.owner
    }

    /// Everybody works until the Worker is gone.
    pub async fn work(&self, seed: u64) {
        self.excused.set(false);
        self.broken.set(false);
        let seeds = (0..).map(|number| seed.rotate_left(number));
        let typing =
            self.typists.iter().zip(seeds).map(|(typist, seed)| self.mistype(typist, Chance::new(seed)));
        let (typists, nurse, owner) =
            tokio::join!(join_all(typing), self.come_and_go(), self.look_after(Chance::new(!seed)));
        let typists = typists.into_iter().map(|end| ("a typist", end));
        for (who, end) in typists.chain([("the nurse", nurse), ("the owner", owner)]) {
            // Whoever is broken off in mid-work is excused while something is being broken, and at no other time.
            if let (Err(error), false) = (end, self.excused.get()) {
                self.ledger.trouble(format!("{who}: {error:#}"));
            }
        }
    }

    /// Waits until so many more answers have come; or, where it is `to_a_lock`, until somebody is locked.
    pub async fn answered(&self, answers: usize, to_a_lock: bool) {
        let ((before, _), locks) = (self.ledger.totals(), self.locks.get());
        let enough = async {
            while match to_a_lock {
                true => self.locks.get() == locks,
                false => self.ledger.totals().0 - before < answers as i64,
            } {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        // Who waits for too long has waited long enough.
        let _ = tokio::time::timeout(WAIT_LONGEST, enough).await;
    }

    /// Says that the Worker is being killed, or has broken.
    pub fn breaks(&self) {
        self.excused.set(true);
        self.broken.set(true);
    }

    /// Has the program break under the next request of one of them, and waits until it was sent, if it comes to that.
    pub async fn break_under_one(&self, chance: &mut Chance, plan: impl FnOnce(&Client, &mut Chance)) {
        let typist = &chance.pick(&self.typists).door;
        let one = *chance.pick(&[typist, typist, &self.nurse, &self.owner]);
        self.excused.set(true);
        plan(one, chance);
        let sent = async {
            while one.is_to_break() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(WAIT_LONGEST, sent).await;
    }

    /// Brings everybody back with the cookies that they have, on connections that nothing is known of. What they know of locks is
    /// what was stored.
    pub fn come_back(&mut self, records: &Records) -> Result<()> {
        for typist in &mut self.typists {
            typist.door = typist.door.twin()?;
        }
        self.nurse = self.nurse.twin()?;
        self.owner = self.owner.twin()?;
        for victim in self.victims.get_mut() {
            let locked =
                "SELECT count(*) FROM tallies WHERE subject = 'account ' || ?1 AND locked_since IS NOT NULL";
            victim.locked = records.number(locked, &victim.id)? == 1;
        }
        // A try that was cut short is under way for a minute still, and holds up the fifth: those come last.
        self.victims.get_mut().sort_by_key(|victim| victim.taken);
        self.victims.get_mut().iter_mut().for_each(|victim| victim.taken = false);
        Ok(())
    }

    /// What must go well as soon as the Worker is back: the next sign-in, the owner's session, and each lock as it was stored.
    pub async fn look_around(&self) -> Result<()> {
        self.sign_in().await.context("the next sign-in")?;
        self.types_right().await.context("a right password where there were wrong ones")?;
        self.owner.call::<UseSession>(&Empty {}).await.context("the owner's session")?;
        let locks: Vec<(String, bool)> =
            self.victims.borrow().iter().map(|victim| (victim.login.clone(), victim.locked)).collect();
        for (login, locked) in locks {
            let told = self.nurse.call::<GetLock>(&LockQuery { login: login.clone() }).await?.locked;
            ensure!(told == locked, "{login} is said to be locked: {told}, and was stored as {locked}");
        }
        Ok(())
    }

    /// Whoever was added last gets in with the first password, where nobody has locked them since.
    pub async fn newest_gets_in(&self) -> Result<()> {
        let newest = self.newest.borrow().clone().context("nobody was added")?;
        let locked = self.nurse.call::<GetLock>(&LockQuery { login: newest.login.clone() }).await?.locked;
        if locked { Ok(()) } else { acts::come_to_the_choice(&self.nurse, &newest).await }
    }

    /// Takes somebody whom nobody else has to do with just now.
    fn take(&self, chance: &mut Chance, fits: impl Fn(&Victim) -> bool) -> Option<(String, String)> {
        let mut victims = self.victims.borrow_mut();
        let mut fitting: Vec<&mut Victim> =
            victims.iter_mut().filter(|victim| !victim.taken && fits(victim)).collect();
        // Mostly the first, so that it comes to locks.
        let place = if chance.once_in(4) { chance.below(fitting.len()) } else { 0 };
        let victim = fitting.get_mut(place)?;
        victim.taken = true;
        Some((victim.id.clone(), victim.login.clone()))
    }

    /// Leaves somebody to the others again.
    fn leave(&self, id: &str, change: impl FnOnce(&mut Victim)) {
        if let Some(victim) = self.victims.borrow_mut().iter_mut().find(|victim| victim.id == id) {
            victim.taken = false;
            change(victim);
        }
    }

    /// Types a right password at each computer that has had many wrong ones. Nothing is being broken: of tries that are cut off, five
    /// would lock.
    async fn types_right(&self) -> Result<()> {
        let (user, _) = &self.hughes;
        for Typist { door, wrong } in self.typists.iter().filter(|typist| typist.wrong.get() >= WRONG_MAX) {
            for _ in 0..RIGHT_TRIES {
                match door.try_password(&user.login, &user.password).await? {
                    Ok(_) => {
                        wrong.set(0);
                        break;
                    }
                    Err(refusal) if refusal.status == 429 => tokio::time::sleep(RIGHT_PAUSE).await,
                    Err(refusal) => bail!("{} answered {refusal}", SubmitPassword::PATH),
                }
            }
        }
        Ok(())
    }

    /// Types wrong passwords, now for one and now for another.
    async fn mistype(&self, typist: &Typist, mut chance: Chance) -> Result<()> {
        let Typist { door, wrong } = typist;
        loop {
            ensure!(!self.broken.get(), "over");
            let patient = chance.once_in(4);
            let Some((id, login)) = self.take(&mut chance, |victim| patient || !victim.locked) else {
                tokio::time::sleep(LOOK_PAUSE).await;
                ensure!(!self.broken.get(), "over");
                continue;
            };
            self.ledger.asked(Deed::Wrong, &id);
            wrong.set(wrong.get() + 1);
            let credentials = UserCredentials { login, password: "not the password".to_owned() };
            match door.try_call::<SubmitPassword>(&credentials).await? {
                Ok(_) => bail!("a wrong password was right"),
                Err(refusal) => match refusal.status {
                    401 | 423 => {
                        self.ledger.answered(Deed::Wrong, &id);
                        self.leave(&id, |victim| {
                            if refusal.status == 423 && !victim.locked {
                                self.locks.set(self.locks.get() + 1);
                            }
                            victim.locked = refusal.status == 423;
                        });
                    }
                    // Tries that a kill has cut short are under way for a minute still.
                    429 => self.leave(&id, |_| {}),
                    _ => bail!("{} answered {refusal}", SubmitPassword::PATH),
                },
            }
        }
    }

    /// Signs in again and again.
    async fn come_and_go(&self) -> Result<()> {
        loop {
            ensure!(!self.broken.get(), "over");
            self.sign_in().await?;
        }
    }

    /// Signs in once.
    pub async fn sign_in(&self) -> Result<()> {
        let (door, (user, id)) = (&self.nurse, &self.hughes);
        door.submit_password(&user.login, &user.password).await?;
        self.ledger.asked(Deed::Yes, id);
        match door.call::<AnswerQuestion>(&Answer { yes: true }).await? {
            SignInState::SignedIn { .. } => self.ledger.answered(Deed::Yes, id),
            other => bail!("not signed in: {other:?}"),
        }
        Ok(())
    }

    /// Adds people, and unlocks who is locked.
    async fn look_after(&self, mut chance: Chance) -> Result<()> {
        loop {
            ensure!(!self.broken.get(), "over");
            let fits = |victim: &Victim| victim.locked && victim.unlocks < UNLOCKS_MAX;
            let locked = if chance.once_in(3) { None } else { self.take(&mut chance, fits) };
            match locked {
                Some((id, _)) => {
                    let unlocked = self.unlock(&id).await?;
                    self.leave(&id, |victim| {
                        victim.locked = !unlocked;
                        victim.unlocks += 1;
                    });
                }
                None => self.add(&mut chance).await?,
            }
        }
    }

    async fn add(&self, chance: &mut Chance) -> Result<()> {
        // Letters alone, so that no two look alike.
        let login: String =
            (0..12).map(|_| char::from(b'a' + u8::try_from(chance.below(26)).unwrap_or_default())).collect();
        let login = format!("n{login}");
        self.ledger.adds();
        let added = self.owner.call::<AddUser>(&acts::person(Role::Employee, "Newcomer", &login)).await?;
        let id = added.id.to_string();
        self.ledger.added(&id);
        *self.newest.borrow_mut() = Some(added.pair);
        let mut victims = self.victims.borrow_mut();
        if victims.len() >= VICTIMS_MAX
            && let Some(oldest) = victims.iter().position(|victim| !victim.taken)
        {
            victims.remove(oldest);
        }
        victims.push(Victim { id, login, locked: false, taken: false, unlocks: 0 });
        Ok(())
    }

    /// Asks for a PIN, waits for its mail and unlocks. Gives back whether that went well: a mail may come late after a kill.
    async fn unlock(&self, id: &str) -> Result<bool> {
        let before = self.pin_mail().map(|mail| mail.id);
        self.ledger.asked(Deed::Pin, id);
        match self.owner.try_call::<SendPin>(&PinRequest { id: id.to_owned() }).await? {
            Ok(_) => self.ledger.answered(Deed::Pin, id),
            Err(refusal) if refusal.status < 500 => return Ok(false),
            Err(refusal) => bail!("{} answered {refusal}", SendPin::PATH),
        }
        for _ in 0..LOOKS {
            if let Some(mail) = self.pin_mail().filter(|mail| Some(&mail.id) != before.as_ref()) {
                self.ledger.asked(Deed::Unlock, id);
                let request = UnlockRequest { id: id.to_owned(), pin: clinic::pin(&mail)? };
                return match self.owner.try_call::<Unlock>(&request).await? {
                    Ok(_) => {
                        self.ledger.answered(Deed::Unlock, id);
                        Ok(true)
                    }
                    Err(refusal) if refusal.status < 500 => Ok(false),
                    Err(refusal) => bail!("{} answered {refusal}", Unlock::PATH),
                };
            }
            ensure!(!self.broken.get(), "over");
            tokio::time::sleep(LOOK_PAUSE).await;
        }
        Ok(false)
    }

    /// The last PIN that was mailed.
    fn pin_mail(&self) -> Option<Mail> {
        self.clinic.wardkey.mailbox().newest(|mail| mail.subject == "User Account Unlock")
    }
}
