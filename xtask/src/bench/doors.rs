//! Several computers of a clinic that people sign in at in turns: at one of them two tries stand a moment apart, and a benchmark that
//! waited for that moment would measure it.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use wire::{
    Language, ProblemCode, Role,
    operator::{NewClinic, NewComputer, OpenedClinic, UserSecret},
};

use super::machine::Machine;
use crate::{demo, desk::Desk};

/// From one try at a computer to the next, so that none waits for its turn: a quarter of a second, and some more.
const PAUSE: Duration = Duration::from_millis(300);
/// Who is locked.
const LOCKED: &str = "patel";
/// Who is not.
const GUEST: &str = "hughes";

/// The computers, and who is at them.
pub struct Doors<'a> {
    doors: Vec<Door<'a>>,
    next: usize,
    clinic: &'a OpenedClinic,
}

struct Door<'a> {
    desk: Desk<'a>,
    used_at: Option<Instant>,
}

/// A clinic with so many computers and as many people, and an owner; one of them is going to be locked, and one never.
pub fn clinic(size: usize) -> NewClinic {
    let logins = [GUEST, LOCKED].map(str::to_owned).into_iter();
    let logins = logins.chain((0..size.saturating_sub(2)).map(|number| format!("nurse{number}")));
    let mut users: Vec<_> = logins
        .map(|login| {
            let address = format!("{login}@example.org");
            demo::person(Role::Employee, ("Hughes", "Anna", None), "Nurse", &login, &address)
        })
        .collect();
    let owner = ("Okafor", "Ada", None);
    users.push(demo::person(Role::Owner, owner, "Director", "okafor", "okafor@example.org"));
    let computers = (0..size.max(1))
        .map(|number| NewComputer { label: format!("Room {number}"), profile: "Main".to_owned() })
        .collect();
    NewClinic {
        name: "Doors".to_owned(),
        language: Language::En,
        time_zone: "Europe/London".to_owned(),
        profiles: vec!["Main".to_owned()],
        computers,
        users,
    }
}

impl<'a> Doors<'a> {
    /// Passes steps 1 and 2 at all computers of such a clinic, and locks who is to be locked.
    pub fn open(machine: &'a Machine<'_>, clinic: &'a OpenedClinic) -> Result<Self> {
        let profile = clinic.profiles.first().context("no profile")?;
        let doors = clinic
            .computers
            .iter()
            .map(|computer| {
                let desk = Desk::at(machine.address(), machine.settings(), computer, profile)?;
                Ok(Door { desk, used_at: None })
            })
            .collect::<Result<_>>()?;
        let mut doors = Self { doors, next: 0, clinic };
        let locked = user(clinic, LOCKED)?;
        while doors.next()?.wrong_try(&locked.login)? != ProblemCode::AccountLocked {}
        Ok(doors)
    }

    /// The computers, for those who come to all of them at once.
    pub fn desks(&self) -> impl Iterator<Item = &Desk<'a>> {
        self.doors.iter().map(|door| &door.desk)
    }

    /// The computer whose turn was longest ago, once it has one without waiting.
    pub fn next(&mut self) -> Result<&Desk<'a>> {
        let count = self.doors.len();
        let door = self.doors.get_mut(self.next).context("no computers")?;
        self.next = (self.next + 1) % count;
        if let Some(used_at) = door.used_at {
            thread::sleep((used_at + PAUSE).saturating_duration_since(Instant::now()));
        }
        door.used_at = Some(Instant::now());
        Ok(&door.desk)
    }

    /// How many milliseconds step 3 takes with a right password.
    pub fn login(&mut self) -> Result<f64> {
        let guest = user(self.clinic, GUEST)?;
        let desk = self.next()?;
        desk.login(guest)
    }

    /// The same for somebody who is locked.
    pub fn locked_try(&mut self) -> Result<f64> {
        let locked = user(self.clinic, LOCKED)?;
        let desk = self.next()?;
        desk.refused(locked, ProblemCode::AccountLocked)
    }
}

/// Everybody but who is locked.
pub fn guests(clinic: &OpenedClinic) -> impl Iterator<Item = &UserSecret> {
    clinic.users.iter().filter(|user| user.login != LOCKED)
}

fn user<'a>(clinic: &'a OpenedClinic, login: &str) -> Result<&'a UserSecret> {
    clinic.users.iter().find(|user| user.login == login).with_context(|| format!("no user {login}"))
}
