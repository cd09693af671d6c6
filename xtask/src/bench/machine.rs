//! A Worker of a benchmark's own, with nothing in it at first, and with the routes of the trial build.

use std::{
    cell::RefCell,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    assemble,
    mailbox::Mailbox,
    runtime::{self, Runtime, Start},
    settings::Settings,
    tools::Tools,
};

/// A running Worker with its folder. Dropped, it is stopped and forgotten.
pub struct Machine<'a> {
    // In the order in which they are dropped: the Worker before what it needs.
    worker: RefCell<Runtime>,
    mailbox: Mailbox,
    state: TempDir,
    settings: Settings,
    port: u16,
    tools: &'a Tools,
    modules: &'a Path,
}

impl<'a> Machine<'a> {
    /// Starts it.
    pub fn start(tools: &'a Tools, modules: &'a Path) -> Result<Self> {
        let state = TempDir::with_prefix("wardkey-bench-")?;
        let port = runtime::free_port()?;
        let settings = Settings::for_tests(port)?;
        let mailbox = Mailbox::start(&state.path().join("mailbox"), &settings.mail_api_key)?;
        let worker = start(tools, modules, state.path(), port, &settings, &mailbox)?;
        let worker = RefCell::new(worker);
        Ok(Self { worker, mailbox, state, settings, port, tools, modules })
    }

    /// Ends the runtime and starts another one on the same records.
    pub fn start_anew(&self) -> Result<()> {
        let mut worker = self.worker.borrow_mut();
        worker.kill();
        let (state, settings) = (self.state.path(), &self.settings);
        *worker = start(self.tools, self.modules, state, self.port, settings, &self.mailbox)?;
        Ok(())
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// The Worker's variables.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn start(
    tools: &Tools,
    modules: &Path,
    state: &Path,
    port: u16,
    settings: &Settings,
    mailbox: &Mailbox,
) -> Result<Runtime> {
    Runtime::start(&Start {
        tools,
        site: &assemble::site(),
        modules,
        settings,
        port,
        state,
        mailbox: mailbox.address(),
        scratch: Some(state),
        through: &[],
        inspector: None,
    })
}
