//! What must be true of a simulated clinic, kept beside it in plain data: people, locks, PINs, codes, cases.

use std::collections::BTreeSet;

use wire::{
    Role, Timestamp,
    ids::{AccountId, CaseId},
};

use super::{
    operation::{COMPUTERS, LOGINS},
    tally::Tally,
};

/// Wrong tries that a PIN bears.
pub const PIN_TRIES: u32 = 5;
/// Wrong tries at an account's PINs within a day.
pub const PIN_TRIES_A_DAY: usize = 10;
/// How long a PIN is good, in minutes.
pub const PIN_MINUTES: i64 = 10;
/// How long a case is open, in minutes.
const CASE_MINUTES: i64 = 24 * 60;
const DAY_MINUTES: i64 = 24 * 60;
/// From one turn at a computer to the next.
const TURN_MILLIS: i64 = 250;
/// Nobody waits longer for a turn.
const PATIENCE_SECONDS: i64 = 15;
/// So many wrong passwords in a row let a computer rest for a second, and each further one for twice as long.
const WRONG_UNTIL_REST: u32 = 10;
/// No rest is longer.
const REST_SECONDS: i64 = 60;

/// A login, and whoever has it.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The account, once there is one. A login is its own for ever.
    pub account: Option<AccountId>,
    /// Whether they work here no more.
    pub removed: bool,
    /// Their role.
    pub role: Option<Role>,
    /// Every password they had; the last one is good.
    pub passwords: Vec<String>,
    /// The tries at the account.
    pub tally: Tally,
    /// The tries at the login while it has no account, or none any more.
    pub stranger: Tally,
    /// Wrong PINs.
    pub wrong_pins: Vec<Timestamp>,
    /// The step at which everything that this account had open was ended.
    pub ended_at: usize,
    /// The step at which its lock ended last.
    pub unlocked_at: usize,
}

impl Person {
    /// Whether they work here.
    pub fn is_present(&self) -> bool {
        self.account.is_some() && !self.removed
    }
}

/// A PIN that was mailed.
#[derive(Clone, Debug)]
pub struct SentPin {
    /// Who pressed.
    pub owner: usize,
    /// Whose account it is for.
    pub login: usize,
    /// Which lock of that account.
    pub episode: u32,
    /// The key of its mail.
    pub key: String,
    /// The digits, once the mail was seen.
    pub digits: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Wrong tries, those at the one that it replaced included.
    pub tries: u32,
    /// Whether another took its place, or it was used.
    pub over: bool,
}

/// A support case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Whose account.
    pub login: usize,
    /// Which lock.
    pub episode: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether it was used or taken back.
    pub over: bool,
    /// Which operators have looked it up.
    pub readers: BTreeSet<u8>,
}

/// A computer.
#[derive(Clone, Debug, Default)]
pub struct Computer {
    /// Whether it is revoked.
    pub revoked: bool,
    /// Wrong codes in a row.
    pub wrong_codes: u32,
    /// Until when it waits.
    pub paused_until: Timestamp,
    /// Steps whose codes were accepted.
    pub used: BTreeSet<i64>,
    /// The last turn that was given there to try a password.
    pub turn: Timestamp,
    /// Wrong passwords in a row, and when the last one turned out wrong.
    pub wrong_passwords: (u32, Timestamp),
}

/// What must be answered to whoever asks for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is theirs then; now, when that is now.
    At(Timestamp),
    /// It would be too late.
    Refused,
}

impl Computer {
    /// Until when it rests, if it does.
    pub fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        let (wrong, since) = self.wrong_passwords;
        let seconds = wrong.checked_sub(WRONG_UNTIL_REST).map(|more| (1 << more.min(6)).min(REST_SECONDS))?;
        let until = since.plus_seconds(seconds);
        // A clock that was ahead makes nobody wait.
        (now < until && until <= now.plus_seconds(REST_SECONDS)).then_some(until)
    }

    /// Somebody asks for a turn.
    pub fn ask_for_turn(&mut self, now: Timestamp) -> Turn {
        let next = self.turn.plus_millis(TURN_MILLIS);
        let was_ahead = next > now.plus_seconds(REST_SECONDS);
        let next = if was_ahead { now } else { next.max(now) };
        let turn = next.max(self.rests_until(now).unwrap_or(now));
        if turn > now.plus_seconds(PATIENCE_SECONDS) {
            return Turn::Refused;
        }
        self.turn = turn;
        Turn::At(turn)
    }
}

/// The clinic as it must be.
#[derive(Clone, Debug)]
pub struct Model {
    /// By the place of their login among [`LOGINS`].
    pub people: Vec<Person>,
    /// Strikes until the lock.
    pub strikes_max: usize,
    /// Minutes until a lock ends by itself.
    pub automatic_minutes: Option<u32>,
    /// PINs, the newest last.
    pub pins: Vec<SentPin>,
    /// Cases, the newest last.
    pub cases: Vec<Case>,
    /// The computers.
    pub computers: Vec<Computer>,
    /// Wrong codes of the profile in a row.
    pub wrong_codes: u32,
    /// The latest that the clock has ever shown.
    pub latest: Timestamp,
    /// How many steps there have been.
    pub step: usize,
}

impl Model {
    /// A clinic with the people of the harness.
    pub fn new(people: impl IntoIterator<Item = (AccountId, Role)>, now: Timestamp) -> Self {
        let mut model = Self {
            people: vec![Person::default(); LOGINS.len()],
            strikes_max: 5,
            automatic_minutes: None,
            pins: Vec::new(),
            cases: Vec::new(),
            computers: vec![Computer::default(); COMPUTERS],
            wrong_codes: 0,
            latest: now,
            step: 0,
        };
        for ((login, (account, role)), person) in LOGINS.iter().zip(people).zip(&mut model.people) {
            person.account = Some(account);
            person.role = Some(role);
            person.passwords.push((*login).to_owned());
        }
        model
    }

    /// Ends the locks that end by themselves, as happens before each call. Gives back whether one did.
    pub fn lapse(&mut self, now: Timestamp) -> bool {
        let Some(minutes) = self.automatic_minutes else { return false };
        let is_over = |tally: &Tally| {
            let lock = tally.lock.as_ref();
            lock.is_some_and(|lock| lock.since.plus_minutes(i64::from(minutes)) <= now)
        };
        let mut ended = false;
        for login in 0..self.people.len() {
            if is_over(&self.people[login].stranger) {
                self.people[login].stranger.unlock();
            }
            if is_over(&self.people[login].tally) {
                self.unlock(login);
                ended = true;
            }
        }
        ended
    }

    /// A lock of an account ends: its PINs, its open questions and its tries end with it.
    pub fn unlock(&mut self, login: usize) {
        self.people[login].tally.unlock();
        self.people[login].unlocked_at = self.step;
        for pin in self.pins.iter_mut().filter(|pin| pin.login == login) {
            pin.over = true;
        }
    }

    /// The tries that count where a login is typed now.
    pub fn tally_of(&mut self, login: usize) -> &mut Tally {
        let person = &mut self.people[login];
        if person.is_present() { &mut person.tally } else { &mut person.stranger }
    }

    /// The login of an account.
    pub fn login_of(&self, account: &AccountId) -> Option<usize> {
        self.people.iter().position(|person| person.account.as_ref() == Some(account))
    }

    /// Everything that an account has open ends: sessions, questions.
    pub fn end_all_of(&mut self, login: usize) {
        self.people[login].ended_at = self.step;
    }

    /// The PINs of an account are worth nothing any more.
    pub fn forget_pins(&mut self, login: usize) {
        for pin in self.pins.iter_mut().filter(|pin| pin.login == login) {
            pin.over = true;
        }
    }

    /// The PIN of an owner for an account, while it can be tried.
    pub fn pin(&mut self, owner: usize, login: usize, now: Timestamp) -> Option<&mut SentPin> {
        let episode = self.people[login].tally.lock.as_ref()?.episode;
        self.pins.iter_mut().rev().find(|pin| {
            let for_them = (pin.owner, pin.login, pin.episode) == (owner, login, episode);
            for_them && !pin.over && pin.expires_at > now
        })
    }

    /// Wrong PINs of the day before a moment.
    pub fn wrong_pins_since_yesterday(&self, login: usize, now: Timestamp) -> usize {
        let since = now.plus_minutes(-DAY_MINUTES);
        self.people[login].wrong_pins.iter().filter(|at| **at > since).count()
    }

    /// Whether a case unlocks now.
    pub fn is_open(&self, case: &Case, now: Timestamp) -> bool {
        let person = &self.people[case.login];
        let locked = person.tally.lock.as_ref().is_some_and(|lock| lock.episode == case.episode);
        !case.over && locked && person.is_present() && now < case.opened_at.plus_minutes(CASE_MINUTES)
    }

    /// Owners who work here.
    pub fn owners(&self) -> impl Iterator<Item = usize> {
        let is_owner = |person: &Person| person.is_present() && person.role == Some(Role::Owner);
        self.people.iter().enumerate().filter(move |(_, person)| is_owner(person)).map(|(login, _)| login)
    }
}
