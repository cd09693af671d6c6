//! Whether a login costs more on a machine with ten thousand clinics than on one with ten: two Workers, logins in turns.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Result, bail};
use tempfile::TempDir;
use wire::{
    Language, ProblemCode, Role,
    operator::{NewClinic, NewComputer, NewUser, OpenClinic, OpenedClinic, UserSecret},
};

use crate::{
    assemble, demo,
    desk::Desk,
    mailbox::Mailbox,
    operator::Operator,
    progress::Step,
    ratio::millis,
    runtime::{self, Runtime, Start},
    settings::Settings,
    tools::Tools,
};

/// Clinics of the machine that the other one is compared with.
pub const FEW: usize = 10;
/// Clinics of the other one.
pub const MANY: usize = 10_000;
/// How many clinics are opened at once: more than that only stand in line.
const OPENERS: usize = 4;
/// Rounds that are measured, each with a login at the first and at the last clinic of both machines.
const ROUNDS: usize = 60;
/// Rounds before those.
const WARM_UP_ROUNDS: usize = 8;

/// Times in milliseconds, one a round: at the first clinic and the last one together.
#[derive(Default)]
pub struct Samples {
    pub login: Sides,
    pub locked_try: Sides,
}

/// Times on the machine with few clinics and on the one with many.
#[derive(Default)]
pub struct Sides {
    pub few: Vec<f64>,
    pub many: Vec<f64>,
}

/// Opens the clinics and takes the times.
pub fn measure(tools: &Tools, modules: &Path) -> Result<Samples> {
    let (few, many) = (Machine::start(tools, modules)?, Machine::start(tools, modules)?);
    let (few_ends, many_ends) = (few.open_clinics(FEW)?, many.open_clinics(MANY)?);
    let few_ends = [few.end(&few_ends[0])?, few.end(&few_ends[1])?];
    let many_ends = [many.end(&many_ends[0])?, many.end(&many_ends[1])?];
    let mut step =
        Step::start(&format!("{ROUNDS} rounds of logins at both, after {WARM_UP_ROUNDS} to warm up"));
    let mut samples = Samples::default();
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        if round == WARM_UP_ROUNDS {
            samples = Samples::default();
        }
        let Samples { login, locked_try } = &mut samples;
        let mut sides = [
            (&few_ends, &mut login.few, &mut locked_try.few),
            (&many_ends, &mut login.many, &mut locked_try.many),
        ];
        // What follows what is turned about, so that neither always finds the other's leavings.
        if round % 2 == 1 {
            sides.reverse();
        }
        for (ends, login, locked_try) in sides {
            login.push(millis(|| ends.iter().try_for_each(|end| end.desk.login(end.guest)))?);
            locked_try.push(millis(|| ends.iter().try_for_each(|end| end.desk.locked_try(end.locked)))?);
        }
        step.line(&format!("round {}", round + 1));
    }
    step.done();
    Ok(samples)
}

/// A Worker of its own, with nothing in it at first.
pub struct Machine {
    // In the order in which they are dropped: the Worker before what it needs.
    worker: Runtime,
    _mailbox: Mailbox,
    _state: TempDir,
    settings: Settings,
}

/// A computer of the clinic that was opened first or last.
struct End<'a> {
    desk: Desk<'a>,
    guest: &'a UserSecret,
    locked: &'a UserSecret,
}

impl Machine {
    /// Starts it.
    pub fn start(tools: &Tools, modules: &Path) -> Result<Self> {
        let state = TempDir::with_prefix("wardkey-bench-")?;
        let port = runtime::free_port()?;
        let settings = Settings::for_tests(port)?;
        let mailbox = Mailbox::start(&state.path().join("mailbox"), &settings.mail_api_key)?;
        let worker = Runtime::start(&Start {
            tools,
            site: &assemble::site(),
            modules,
            settings: &settings,
            port,
            state: state.path(),
            mailbox: mailbox.address(),
            scratch: Some(state.path()),
            through: &[],
            inspector: None,
        })?;
        Ok(Self { worker, _mailbox: mailbox, _state: state, settings })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.worker.address()
    }

    /// The Worker's variables.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sits down in a clinic, and locks somebody there.
    fn end<'a>(&'a self, clinic: &'a OpenedClinic) -> Result<End<'a>> {
        let [guest, locked, _] = clinic.users.as_slice() else { bail!("not the people that we added") };
        let desk = Desk::open(self.address(), &self.settings, clinic)?;
        while desk.refusal(locked, "a wrong password")?.code != ProblemCode::AccountLocked {}
        Ok(End { desk, guest, locked })
    }

    /// Opens so many clinics: the first, then most of them side by side, then the last. Gives the first and the last.
    fn open_clinics(&self, count: usize) -> Result<[OpenedClinic; 2]> {
        let mut step = Step::start(&format!("Opening {count} clinics"));
        let first = demo::open(self.address(), &self.settings, &clinic(people()))?;
        let (between, opened) = (count.saturating_sub(2), AtomicUsize::new(0));
        let failure = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..OPENERS {
                scope.spawn(|| {
                    if let Err(error) = self.open_share(between, &opened) {
                        opened.store(between, Ordering::Relaxed);
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                });
            }
            while opened.load(Ordering::Relaxed) < between {
                step.line(&format!("{} of {count}", opened.load(Ordering::Relaxed)));
                thread::sleep(Duration::from_millis(200));
            }
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let last = demo::open(self.address(), &self.settings, &clinic(people()))?;
        step.done();
        Ok([first, last])
    }

    /// Opens clinics until as many are opened as there shall be.
    fn open_share(&self, count: usize, opened: &AtomicUsize) -> Result<()> {
        let operator =
            Operator::new(&format!("http://{}", self.address()), &self.settings.secret_key_bytes()?)?;
        while opened.fetch_add(1, Ordering::Relaxed) < count {
            operator.call::<OpenClinic>(&clinic(Vec::new()))?;
        }
        Ok(())
    }
}

/// Somebody who signs in and somebody who is locked.
fn people() -> Vec<NewUser> {
    let person =
        |last, login, email| demo::person(Role::Employee, (last, "Anna", None), "Nurse", login, email);
    let owner =
        demo::person(Role::Owner, ("Okafor", "Ada", None), "Director", "okafor", "okafor@example.org");
    vec![
        person("Hughes", "hughes", "hughes@example.org"),
        person("Patel", "patel", "patel@example.org"),
        owner,
    ]
}

/// A clinic. Most have nobody in them, for each person costs a hash.
fn clinic(users: Vec<NewUser>) -> NewClinic {
    NewClinic {
        name: "One of many".to_owned(),
        language: Language::En,
        time_zone: "Europe/London".to_owned(),
        profiles: vec!["Main".to_owned()],
        computers: vec![NewComputer { label: "Reception".to_owned(), profile: "Main".to_owned() }],
        users,
    }
}
