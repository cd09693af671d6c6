//! Starts the Worker in workerd, the real runtime, with a folder of its own for what it stores.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;
use wire::{Endpoint, health::GetHealth};

use crate::{
    children::Kept,
    settings::Settings,
    tools::Tools,
    workerd_config::{self, Surroundings},
};

/// How long the Worker may take until it is well.
const HEALTH_PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at its health.
const HEALTH_PAUSE: Duration = Duration::from_millis(25);

/// A running Worker. Dropped, it is stopped.
pub struct Runtime {
    process: Kept,
    address: SocketAddr,
    log: PathBuf,
}

/// What a start needs.
pub struct Start<'a> {
    /// The installed tools.
    pub tools: &'a Tools,
    /// The site's files.
    pub site: &'a Path,
    /// The Worker's modules.
    pub modules: &'a Path,
    /// The Worker's variables.
    pub settings: &'a Settings,
    /// The port to listen on.
    pub port: u16,
    /// The folder that keeps everything between runs.
    pub state: &'a Path,
    /// The built-in mailbox.
    pub mailbox: SocketAddr,
    /// Removed should we die.
    pub scratch: Option<&'a Path>,
    /// The program, with its first arguments, that starts the runtime in its own place; none where it is started as it is.
    pub through: &'a [String],
    /// Where tools for developers may look into the runtime; nowhere, unless a test does.
    pub inspector: Option<SocketAddr>,
}

impl Runtime {
    /// Starts the Worker and waits until it is well.
    pub fn start(start: &Start<'_>) -> Result<Self> {
        // Copies, so that a build while it runs changes nothing under its feet.
        copy(start.modules, &start.state.join("worker"))?;
        copy(start.site, &start.state.join("site"))?;
        fs::create_dir_all(start.state.join("data"))?;
        let config = start.state.join("workerd.capnp");
        let surroundings = Surroundings {
            port: start.port,
            site: &start.state.join("site"),
            data: &start.state.join("data"),
            mails_stay_local: start.settings.mails_stay_local(),
            mailbox: Some(start.mailbox),
            mail_authority: start.settings.mail_authority.as_deref(),
        };
        fs::write(&config, workerd_config::text(start.state, &surroundings)?)?;
        let log = start.state.join("workerd.log");
        let output = File::create(&log)?;
        let workerd = start.tools.workerd()?;
        let mut command = match start.through {
            [] => Command::new(workerd),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(workerd);
                command
            }
        };
        command
            .args(["serve", "--experimental"])
            .arg(&config)
            .args(start.inspector.map(|address| format!("--inspector-addr={address}")))
            .stdout(output.try_clone()?)
            .stderr(output)
            .envs(start.settings.variables(Some(start.mailbox)));
        let process = Kept::spawn(&mut command, start.scratch)?;
        let mut runtime = Self { process, address: SocketAddr::from((Ipv4Addr::LOCALHOST, start.port)), log };
        runtime.wait_until_well()?;
        Ok(runtime)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// What it has said.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn wait_until_well(&mut self) -> Result<()> {
        let deadline = Instant::now() + HEALTH_PATIENCE;
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(Duration::from_secs(5)))
                .build(),
        );
        let url = format!("http://{}{}", self.address, GetHealth::PATH);
        loop {
            let complaint = match agent.get(&url).call() {
                Ok(reply) if reply.status().is_success() => return Ok(()),
                Ok(mut reply) => {
                    format!("{} {}", reply.status(), reply.body_mut().read_to_string().unwrap_or_default())
                }
                Err(error) => error.to_string(),
            };
            if self.has_ended() {
                bail!("The Worker's runtime ended at once. It said:\n{}", self.log());
            }
            if Instant::now() > deadline {
                bail!("The Worker is not well: {complaint}\n{}", self.log());
            }
            std::thread::sleep(HEALTH_PAUSE);
        }
    }
}

/// A port that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether somebody listens on a port already.
pub fn is_in_use(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

/// Copies a folder, in the place of one that may be there.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    for entry in WalkDir::new(from) {
        let entry =
            entry.with_context(|| format!("{} is missing: `cargo xtask build` makes it", from.display()))?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
