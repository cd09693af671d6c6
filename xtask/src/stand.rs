//! The Worker that ships, with the edge before it: what the benchmarks of whole pages open in a browser.

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    assemble,
    edge::{Edge, Ours},
    mailbox::Mailbox,
    runtime::{self, Runtime, Start},
    settings::Settings,
    tools::Tools,
};

/// A running Wardkey with nothing in it. Dropped, it is stopped and forgotten.
pub struct Stand {
    /// What it was started with.
    pub settings: Settings,
    /// The Worker itself, for what no browser asks.
    pub worker: Runtime,
    _edge: Edge,
    _mailbox: Mailbox,
    _state: TempDir,
}

impl Stand {
    /// Starts it, with files of ours beside the site's.
    pub fn start(tools: &Tools, ours: &[Ours]) -> Result<Self> {
        let state = TempDir::with_prefix("wardkey-bench-")?;
        let (port, workers) = (runtime::free_port()?, runtime::free_port()?);
        let settings = Settings::for_tests(port)?;
        let mailbox = Mailbox::start(&state.path().join("mailbox"), &settings.mail_api_key)?;
        let worker = Runtime::start(&Start {
            tools,
            site: &assemble::site(),
            modules: &assemble::modules(),
            settings: &settings,
            port: workers,
            state: state.path(),
            mailbox: mailbox.address(),
            scratch: Some(state.path()),
            through: &[],
            inspector: None,
        })?;
        let edge = Edge::start(port, worker.address(), ours)?;
        Ok(Self { settings, worker, _edge: edge, _mailbox: mailbox, _state: state })
    }
}
