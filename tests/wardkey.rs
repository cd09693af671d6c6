//! A fresh Wardkey: the real Worker in the real runtime, with a mailbox, on free ports and in a folder of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context, Result};
use tempfile::TempDir;
use wire::{place::ClinicPlace, setup::MakeSetupLink};
use xtask::{
    assemble,
    mail_provider::MailProvider,
    mailbox::Mailbox,
    operator::Operator,
    runtime::{self, Runtime, Start},
    settings::Settings,
    tools::{self, Tools},
};

use crate::mail_server::{Line, MailServer};

static SHARED: OnceLock<Wardkey> = OnceLock::new();
static STARTING: Mutex<()> = Mutex::new(());

/// What runs: the app in browsers, and the Worker.
#[derive(Clone)]
pub struct Programs {
    /// The site's files.
    pub site: PathBuf,
    /// The Worker's modules.
    pub modules: PathBuf,
}

/// How its mails leave.
#[derive(Default)]
struct MailWay {
    provider: MailProvider,
    /// Nowhere else but to its mailbox, where there is none.
    url: Option<String>,
    /// Through a mail server to its mailbox.
    line: Option<Line>,
}

impl MailWay {
    fn to(url: String) -> Self {
        Self { url: Some(url), ..Self::default() }
    }
}

/// A running Wardkey. Dropped, it stops and its folder goes; so it does when the test program dies.
pub struct Wardkey {
    // In the order in which they are dropped: the Worker before what it needs.
    runtime: Mutex<Option<Runtime>>,
    _mail_server: Option<MailServer>,
    mailbox: Mailbox,
    state: TempDir,
    tools: Tools,
    settings: Settings,
    port: u16,
    programs: Mutex<Programs>,
    ahead_seconds: AtomicI64,
    through: Mutex<Vec<String>>,
    inspector: Option<SocketAddr>,
}

impl Wardkey {
    /// Starts one for a test that would disturb the others.
    pub fn start() -> Result<Self> {
        Self::start_with(assemble::worker, assemble::modules(), MailWay::default())
    }

    /// Starts one whose mails go through somebody else's address to its mailbox.
    pub fn with_mail_api(url: String) -> Result<Self> {
        Self::start_with(assemble::worker, assemble::modules(), MailWay::to(url))
    }

    /// Starts one whose mails leave through a provider, as which its mailbox answers.
    pub fn with_mail_provider(provider: MailProvider) -> Result<Self> {
        let mail = MailWay { provider, ..MailWay::default() };
        Self::start_with(assemble::worker, assemble::modules(), mail)
    }

    /// Starts one whose mails leave through a mail server, which leads into its mailbox.
    pub fn with_mail_server(line: Line) -> Result<Self> {
        let mail = MailWay { provider: MailProvider::Smtp, line: Some(line), ..MailWay::default() };
        Self::start_with(assemble::worker, assemble::modules(), mail)
    }

    /// Starts one whose clock a test can move, and that breaks where a request says: a build of its own, which is never deployed.
    pub fn with_clock() -> Result<Self> {
        Self::start_with(assemble::trial_worker, assemble::trial_modules(), MailWay::default())
    }

    /// The same build, whose memory can be looked at.
    pub fn with_inspector() -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, runtime::free_port()?));
        Self::start_inspected(
            assemble::trial_worker,
            assemble::trial_modules(),
            MailWay::default(),
            Some(address),
        )
    }

    /// Both: a clock that a test can move, and somebody else's address for mails.
    pub fn with_clock_and_mail_api(url: String) -> Result<Self> {
        Self::start_with(assemble::trial_worker, assemble::trial_modules(), MailWay::to(url))
    }

    fn start_with(build: fn(&Tools) -> Result<()>, modules: PathBuf, mail: MailWay) -> Result<Self> {
        Self::start_inspected(build, modules, mail, None)
    }

    fn start_inspected(
        build: fn(&Tools) -> Result<()>,
        modules: PathBuf,
        mail: MailWay,
        inspector: Option<SocketAddr>,
    ) -> Result<Self> {
        let tools = tools::for_building()?;
        assemble::app(&tools)?;
        build(&tools)?;
        Self::start_built(tools, Programs { site: assemble::site(), modules }, mail, inspector)
    }

    /// Starts programs that were built already: those of another version.
    pub fn of_programs(programs: Programs) -> Result<Self> {
        Self::start_built(tools::for_building()?, programs, MailWay::default(), None)
    }

    fn start_built(
        tools: Tools,
        programs: Programs,
        mail: MailWay,
        inspector: Option<SocketAddr>,
    ) -> Result<Self> {
        let state = TempDir::with_prefix("wardkey-test-")?;
        let port = runtime::free_port()?;
        let mut settings =
            Settings { mail_provider: mail.provider, mail_api_url: mail.url, ..Settings::for_tests(port)? };
        let mailbox = Mailbox::start(&state.path().join("mailbox"), &settings.mail_api_key)?;
        let (runtime, ahead_seconds, through) = (Mutex::new(None), AtomicI64::new(0), Mutex::default());
        let programs = Mutex::new(programs);
        let mail_server = mail.line.map(|line| MailServer::start(line, mailbox.door())).transpose()?;
        if let Some(server) = &mail_server {
            settings.mail_api_url = Some(server.url());
            settings.mail_authority = server.authority().map(str::to_owned);
        }
        let wardkey = Self {
            runtime,
            _mail_server: mail_server,
            mailbox,
            state,
            tools,
            settings,
            port,
            programs,
            ahead_seconds,
            through,
            inspector,
        };
        wardkey.start_worker()?;
        Ok(wardkey)
    }

    /// The one that the tests of a program share.
    pub fn shared() -> Result<&'static Self> {
        let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        if SHARED.get().is_none() {
            let _ = SHARED.set(Self::start()?);
        }
        SHARED.get().context("the shared Wardkey is gone")
    }

    /// Where tools for developers may look into it.
    pub fn inspector(&self) -> Option<SocketAddr> {
        self.inspector
    }

    /// Where it is, as in a browser's address bar.
    pub fn origin(&self) -> &str {
        &self.settings.public_origin
    }

    /// The built-in mailbox, which can be told to fail.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The Worker's variables.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folder that keeps what it stores.
    pub fn state(&self) -> &Path {
        self.state.path()
    }

    /// How many seconds its clock is ahead of this computer's.
    pub fn ahead_seconds(&self) -> i64 {
        self.ahead_seconds.load(Ordering::Relaxed)
    }

    /// Notes that its clock was moved.
    pub(crate) fn note_passed(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A link that opens a new clinic, as the operator makes it.
    pub fn setup_link(&self) -> Result<String> {
        let url = self.origin().replace("//localhost:", "//127.0.0.1:");
        let operator = Operator::new(&url, &self.settings.secret_key_bytes()?)?;
        Ok(operator.call::<MakeSetupLink>(&ClinicPlace::default())?.link)
    }

    /// What the Worker's runtime has said.
    pub fn log(&self) -> String {
        self.worker().as_ref().map(Runtime::log).unwrap_or_default()
    }

    /// Kills the Worker as a power cut would, and starts it again with what it had stored.
    pub fn kill_and_start_again(&self) -> Result<()> {
        self.while_killed(|_| Ok(()))
    }

    /// The same, with something done in between to the folder that keeps what it stores.
    pub fn while_killed<T>(&self, act: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
        self.kill();
        let done = act(self.state.path())?;
        self.start_worker()?;
        Ok(done)
    }

    /// Kills the Worker as a power cut would, and leaves it so.
    pub fn kill(&self) {
        if let Some(mut worker) = self.worker().take() {
            worker.kill();
        }
        // A moved clock is remembered in the Worker's memory alone.
        self.ahead_seconds.store(0, Ordering::Relaxed);
    }

    /// From the next start on, the Worker's runtime is started by this program, with its first arguments.
    pub fn start_through(&self, program: Vec<String>) {
        *self.through.lock().unwrap_or_else(PoisonError::into_inner) = program;
    }

    /// From the next start on, these run.
    pub fn take_up(&self, programs: Programs) {
        *self.programs.lock().unwrap_or_else(PoisonError::into_inner) = programs;
    }

    /// Starts it anew as one to which these clinics come from elsewhere (`BROUGHT_CLINICS`).
    pub fn brings(&mut self, clinics: &str) -> Result<()> {
        self.settings.brought_clinics = Some(clinics.to_owned());
        self.kill();
        self.start_worker()
    }

    /// Starts the Worker with what it had stored, after it was killed.
    pub fn start_worker(&self) -> Result<()> {
        let through = self.through.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let worker = Runtime::start(&Start {
            tools: &self.tools,
            site: &programs.site,
            modules: &programs.modules,
            settings: &self.settings,
            port: self.port,
            state: self.state.path(),
            mailbox: self.mailbox.address(),
            scratch: Some(self.state.path()),
            through: &through,
            inspector: self.inspector,
        })?;
        *self.worker() = Some(worker);
        Ok(())
    }

    fn worker(&self) -> MutexGuard<'_, Option<Runtime>> {
        self.runtime.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
