//! Chromium, driven through chromedriver: how it is started, for the tests and for the benchmarks alike.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{children::Kept, runtime};

/// What every browser is started with, besides a profile folder of its own.
pub const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
];
/// How long chromedriver may take to start.
const START_PATIENCE: Duration = Duration::from_secs(15);

/// chromedriver on a port of its own. It ends with its owner.
pub struct Chromedriver {
    _process: Kept,
    /// Where it listens.
    pub url: String,
}

impl Chromedriver {
    /// Starts it, and waits until it listens.
    pub fn start() -> Result<Self> {
        let port = runtime::free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Kept::spawn(&mut command, None)?;
        let deadline = Instant::now() + START_PATIENCE;
        while !runtime::is_in_use(port) {
            if Instant::now() > deadline {
                bail!("chromedriver does not listen on port {port}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { _process: process, url: format!("http://127.0.0.1:{port}") })
    }
}
