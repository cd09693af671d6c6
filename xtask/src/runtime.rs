//! Starts the Worker in workerd, the real runtime, with a folder of its own for what it stores.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::json;
use walkdir::WalkDir;
use wire::{Endpoint, health::GetHealth};

use crate::{
    children::Kept,
    mail_provider::MailProvider,
    settings::Settings,
    tools::Tools,
    wrangler::{self, Wrangler},
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
        fs::write(&config, configuration(start, &wrangler::read()?)?)?;
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
            .envs(variables(start.settings, start.mailbox));
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

fn variables(settings: &Settings, mailbox: SocketAddr) -> Vec<(&'static str, String)> {
    let mail_api_url = match (&settings.mail_api_url, settings.mail_provider) {
        (Some(url), _) => url.clone(),
        (None, MailProvider::Api(api)) => api.at(mailbox),
        // Never without its own address.
        (None, MailProvider::Smtp) => String::new(),
    };
    let mut variables = vec![
        ("MAIL_PROVIDER", settings.mail_provider.name().to_owned()),
        ("MAIL_API_URL", mail_api_url),
        ("MAIL_API_KEY", settings.mail_api_key.clone()),
        ("MAIL_FROM", settings.mail_from.clone()),
        ("PUBLIC_ORIGIN", settings.public_origin.clone()),
        ("SECRET_KEY", settings.secret_key.clone()),
    ];
    variables.extend(settings.client_address_header.clone().map(|header| ("CLIENT_ADDRESS_HEADER", header)));
    variables
}

/// The Worker as workerd takes it. Secrets come from the environment, so that no file but `secret-key` has them.
fn configuration(start: &Start<'_>, wrangler: &Wrangler) -> Result<String> {
    let variables: String = variables(start.settings, start.mailbox)
        .iter()
        .map(|(name, _)| format!(",\n    (name = {0}, fromEnvironment = {0})", quoted(name)))
        .collect();
    let objects = &wrangler.durable_objects.bindings;
    let object_bindings: String = objects
        .iter()
        .map(|object| {
            let (name, class) = (quoted(&object.name), quoted(&object.class_name));
            format!(",\n    (name = {name}, durableObjectNamespace = {class})")
        })
        .collect();
    let namespaces: Vec<String> = objects
        .iter()
        .map(|object| {
            // Never to change: what is stored is found by it.
            let key = quoted(&format!("wardkey-{}-v1", object.name.to_ascii_lowercase()));
            format!("(className = {}, uniqueKey = {key}, enableSql = true)", quoted(&object.class_name))
        })
        .collect();
    // A guard against a Worker that is talked into reaching into this network.
    let reach = if start.settings.mails_stay_local() { r#""public", "private""# } else { r#""public""# };
    let trusted: Option<String> = start
        .settings
        .mail_authority
        .as_ref()
        .map(|pem| format!(", trustedCertificates = [{}]", quoted(pem)));
    let headers = fs::read_to_string(start.state.join("site/_headers")).unwrap_or_default();
    let assets = json!({
        "not_found_handling": wrangler.assets.not_found_handling,
        "run_worker_first": wrangler.assets.run_worker_first,
        "headers": headers,
    });
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "app", worker = .app),
    (name = "site", assets = (path = {site}, userWorker = "app", config = {assets})),
    (name = "data", disk = (path = {data}, writable = true)),
    (name = "mailbox", external = (address = {mailbox}, http = ())),
    (name = "internet", network = (allow = [{reach}], tlsOptions = (trustBrowserCas = true{trusted})))],
  sockets = [(name = "http", address = {address}, http = (), service = "site")]);
const app :Workerd.Worker = (
  compatibilityDate = {date},
  modules = [{modules}],
  bindings = [
    (name = {assets_binding}, service = (name = "site", entrypoint = "AssetWorker")),
    (name = "MAILBOX", service = "mailbox"){variables}{object_bindings}],
  durableObjectNamespaces = [{namespaces}],
  durableObjectStorage = (localDisk = "data"));
"#,
        site = quoted(&start.state.join("site").to_string_lossy()),
        data = quoted(&start.state.join("data").to_string_lossy()),
        assets = quoted(&assets.to_string()),
        mailbox = quoted(&start.mailbox.to_string()),
        address = quoted(&format!("127.0.0.1:{}", start.port)),
        date = quoted(&wrangler.compatibility_date),
        modules = modules(&start.state.join("worker"))?,
        trusted = trusted.unwrap_or_default(),
        assets_binding = quoted(&wrangler.assets.binding),
        namespaces = namespaces.join(", "),
    ))
}

fn modules(folder: &Path) -> Result<String> {
    let mut modules = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(folder)?.to_string_lossy().into_owned();
        let kind = match entry.path().extension().and_then(|extension| extension.to_str()) {
            Some("js") => "esModule",
            Some("wasm") => "wasm",
            _ => continue,
        };
        let module =
            format!("(name = {}, {kind} = embed {})", quoted(&name), quoted(&format!("worker/{name}")));
        // The first is the one that the runtime enters.
        if name == "index.js" { modules.insert(0, module) } else { modules.push(module) }
    }
    Ok(modules.join(",\n    "))
}

/// A Cap'n Proto text literal, which is written as JSON's are.
fn quoted(text: &str) -> String {
    json!(text).to_string()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
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
