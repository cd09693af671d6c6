//! A home as `cargo xtask home` writes it, in a folder of its own: started as its unit says, behind the real nginx with the site that it
//! brings. Only ports, the certificate and the mailbox are the test's.

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use xtask::{
    assemble,
    children::Kept,
    debian,
    home::{self, First},
    mailbox::Mailbox,
    runtime::free_port,
    settings::Settings,
    tools::{self, Tools},
};

use crate::{Client, tls::TlsWay};

/// How long a program may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// A home. Dropped, what it started ends, and its folder goes.
pub struct Home {
    // In the order in which they are dropped.
    nginx: Option<Kept>,
    worker: Option<Kept>,
    mailbox: Mailbox,
    folder: TempDir,
    tools: Tools,
    ports: Ports,
}

/// Where it listens.
#[derive(Clone, Copy)]
struct Ports {
    public: u16,
    worker: u16,
}

impl Home {
    /// Writes one, with a certificate for localhost. Nothing runs yet.
    pub fn write() -> Result<Self> {
        Self::write_with(None)
    }

    /// The same with a secret key that is there already.
    pub fn write_with(secret_key: Option<String>) -> Result<Self> {
        let tools = tools::for_building()?;
        assemble::all(&tools)?;
        assemble::keeper()?;
        let folder = TempDir::with_prefix("wardkey-home-")?;
        let ports = Ports { public: free_port()?, worker: free_port()? };
        let key = "a-key-of-the-test";
        let mailbox = Mailbox::start(&folder.path().join("mailbox"), key)?;
        let home = Self { nginx: None, worker: None, mailbox, folder, tools, ports };
        let first = First {
            mail_provider: None,
            address: Some(format!("https://localhost:{}", ports.public)),
            mail_from: Some("Wardkey <no-reply@localhost>".to_owned()),
            mail_api_url: Some(format!("http://{}", home.mailbox.address())),
            port: Some(ports.worker),
            mail_api_key: Some(key.to_owned()),
            secret_key,
        };
        home::write(&home.folder(), &first, &home.tools)?;
        home.certify()?;
        Ok(home)
    }

    /// Writes what is built into its folder once more, as an upgrade does where it is the builder's own.
    pub fn upgrade(&self) -> Result<String> {
        home::write(&self.folder(), &First::default(), &self.tools)
    }

    /// A version as a builder elsewhere writes it, in a folder of its own; another one than the home's own, and its site tells its name.
    pub fn version(&self, name: &str) -> Result<PathBuf> {
        const MARKED: &str = "site/robots.txt";
        let folder = self.folder.path().join("built").join(name);
        home::write_version(&folder, &self.tools)?;
        let mark = format!("{}# {name}\n", fs::read_to_string(folder.join(MARKED))?);
        let list = folder.join("version.json");
        let mut text: Value = serde_json::from_str(&fs::read_to_string(&list)?)?;
        text["name"] = name.into();
        let digest = Sha256::digest(&mark);
        text["files"][MARKED] = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        fs::write(folder.join(MARKED), mark)?;
        fs::write(list, text.to_string())?;
        Ok(folder)
    }

    /// What a link of the home leads to: the name of a version.
    pub fn version_at(&self, link: &str) -> Option<String> {
        let to = fs::read_link(self.folder().join(link)).ok()?;
        to.file_name().map(|name| name.to_string_lossy().into_owned())
    }

    /// The folder that the command wrote.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// What its file says.
    pub fn settings(&self) -> Result<Settings> {
        Ok(home::Kept::read(&self.folder())?.settings)
    }

    /// Its mailbox.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Where the Worker listens, which is for the proxy and the operator alone.
    pub fn worker_address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.worker))
    }

    /// Starts the Worker as its unit says.
    pub fn start_worker(&mut self) -> Result<()> {
        self.start_worker_through(&[])
    }

    /// The same through another program, which starts it in its own place.
    pub fn start_worker_through(&mut self, through: &[&str]) -> Result<()> {
        let unit = fs::read_to_string(self.folder().join("current/wardkey.service"))?;
        let says = |name: &str| {
            let line = unit.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.map(str::to_owned).with_context(|| format!("the unit has no {name}"))
        };
        let start = says("ExecStart")?;
        let mut words = through.iter().copied().chain(start.split(' '));
        let program = words.next().context("the unit starts nothing")?;
        let file = fs::read_to_string(says("EnvironmentFile")?)?;
        let variables: BTreeMap<&str, &str> = file
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .collect();
        let log = fs::File::create(self.folder.path().join("worker.log"))?;
        let mut command = Command::new(program);
        command.args(words).current_dir(says("WorkingDirectory")?);
        command.env_clear().envs(variables).stdout(log.try_clone()?).stderr(log);
        self.worker = Some(Kept::spawn(&mut command, Some(self.folder.path()))?);
        self.wait_for(self.ports.worker)
    }

    /// Kills the Worker, as a power cut would.
    pub fn kill_worker(&mut self) {
        if let Some(mut worker) = self.worker.take() {
            worker.kill();
        }
    }

    /// Starts nginx with the site that the home brings.
    pub fn start_nginx(&mut self) -> Result<()> {
        let (own, site) = (self.folder.path().join("nginx"), self.folder().join("current/nginx.conf"));
        fs::create_dir_all(&own)?;
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {}/{name};\n", own.display()))
            .collect();
        let text = format!(
            "user root;\ndaemon off;\npid {0}/pid;\nerror_log {0}/error.log;\nevents {{ }}\n\
             http {{\naccess_log {0}/access.log;\ndefault_type application/octet-stream;\n{paths}include {1};\n}}\n",
            own.display(),
            site.display()
        );
        fs::write(own.join("nginx.conf"), text)?;
        let mut command = Command::new(debian::nginx()?);
        command
            .arg("-p")
            .arg(&own)
            .arg("-c")
            .arg(own.join("nginx.conf"))
            .arg("-e")
            .arg(own.join("error.log"));
        self.nginx = Some(Kept::spawn(&mut command, Some(self.folder.path()))?);
        self.wait_for(self.ports.public)
    }

    /// Has nginx take up its site once more.
    pub fn restart_nginx(&mut self) -> Result<()> {
        if let Some(mut nginx) = self.nginx.take() {
            nginx.kill();
        }
        self.start_nginx()
    }

    /// A browser behind TLS, in a network of its own.
    pub async fn browser(&self) -> Result<(Client, TlsWay, IpAddr)> {
        static NETWORKS: AtomicU16 = AtomicU16::new(0);
        let [high, low] = NETWORKS.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let address = IpAddr::from([127, 2, high, low]);
        let way = TlsWay::open(self.ports.public, &self.certificate(), address).await?;
        let origin = format!("https://localhost:{}", self.ports.public);
        Ok((Client::new(&origin)?.through(way.url()), way, address))
    }

    /// A browser that asks the Worker itself, as if it were behind the proxy.
    pub fn near_browser(&self) -> Result<Client> {
        let origin = format!("https://localhost:{}", self.ports.public);
        Ok(Client::new(&origin)?.through(format!("http://{}", self.worker_address())))
    }

    /// Has the keeper of records do something.
    pub fn keeper(&self, verb: &str, more: &[&Path]) -> Result<Output> {
        let program = self.folder().join("current/wardkey");
        Ok(Command::new(program).arg(verb).arg(self.folder()).args(more).output()?)
    }

    /// What the Worker's runtime and nginx have said.
    pub fn log(&self) -> String {
        ["worker.log", "nginx/error.log"].map(|log| said(&self.folder.path().join(log))).concat()
    }

    fn certificate(&self) -> PathBuf {
        self.folder().join("tls/certificate.pem")
    }

    fn certify(&self) -> Result<()> {
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
        openssl.args(["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
        openssl.args(["-addext", "basicConstraints=critical,CA:FALSE", "-out"]).arg(self.certificate());
        let output = openssl.arg("-keyout").arg(self.folder().join("tls/key.pem")).output()?;
        ensure!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    fn wait_for(&self, port: u16) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if Instant::now() > deadline {
                bail!("nobody listens: {}", self.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

fn said(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}
