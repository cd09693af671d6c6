//! `cargo xtask run`: builds, starts, founds the demo, prints what one needs to try it, and stays until Ctrl-C.

use std::{
    fs::{self, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};
use wire::Role;

use crate::{
    assemble,
    demo::{self, Demo, DemoClinic},
    mailbox::Mailbox,
    progress::{self, Step},
    runtime::{self, Runtime, Start},
    settings::Settings,
    tools,
};

/// The port when none is given.
pub const PORT_DEFAULT: u16 = 8787;

/// What `run` was asked for.
pub struct Options {
    /// The port.
    pub port: u16,
    /// The folder that keeps everything between runs.
    pub state: PathBuf,
    /// Whether to empty it first.
    pub fresh: bool,
    /// Whether to found the demo clinics.
    pub demo: bool,
}

/// Runs Wardkey until it is told to stop.
pub fn run(options: &Options) -> Result<()> {
    progress::title(&format!("Starting Wardkey {}", env!("CARGO_PKG_VERSION")));
    if runtime::is_in_use(options.port) {
        bail!(
            "Port {port} is in use. Stop what listens there, or take another port: cargo xtask run --port {other}",
            port = options.port,
            other = options.port.wrapping_add(1),
        );
    }
    let state = std::path::absolute(&options.state)?;
    // It holds the secret key and the demo's passwords: nobody else on this computer is to read them.
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&state)
        .with_context(|| format!("{} can't be made", state.display()))?;
    let _lock = lock(&state)?;
    if options.fresh {
        empty(&state)?;
    }
    let settings = Settings::from_environment(options.port, &state)?;
    let tools = tools::for_building()?;
    assemble::all(&tools)?;

    // Signals are caught from here on, before anything runs that they must stop.
    let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _inside = waiting.enter();
        [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
            .into_iter()
            .map(signal)
            .collect::<std::io::Result<Vec<_>>>()?
    };
    let mailbox = Mailbox::start(&state.join("mailbox"), &settings.mail_api_key)?;
    let step = Step::start("Starting the Worker");
    let mut worker = Runtime::start(&Start {
        tools: &tools,
        site: &assemble::site(),
        modules: &assemble::modules(),
        settings: &settings,
        port: options.port,
        state: &state,
        mailbox: mailbox.address(),
        scratch: None,
        through: &[],
        inspector: None,
    })?;
    step.done();
    let demo = if options.demo { Some(demo::seed(&state, worker.address(), &settings)?) } else { None };
    print(&settings, demo.as_ref(), &state);

    let ended = waiting.block_on(async {
        loop {
            let stopped = async {
                let [interrupt, terminate, hangup] = signals.as_mut_slice() else {
                    return std::future::pending().await;
                };
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                    _ = hangup.recv() => {}
                }
            };
            tokio::select! {
                () = stopped => return false,
                () = sleep(Duration::from_millis(250)) => if worker.has_ended() { return true },
            }
        }
    });
    if ended {
        bail!("The Worker's runtime ended by itself. It said:\n{}", worker.log());
    }
    println!("\nStopping.");
    Ok(())
}

/// Two runs on one state folder would write over each other.
fn lock(state: &Path) -> Result<File> {
    let file = File::create(state.join("lock"))?;
    if file.try_lock().is_err() {
        bail!(
            "Another `cargo xtask run` uses {}. Stop it, or give another folder with --state.",
            state.display()
        );
    }
    Ok(file)
}

/// Removes what a run keeps, and nothing that it did not make: the folder may be a mistyped one.
fn empty(state: &Path) -> Result<()> {
    for entry in fs::read_dir(state)? {
        let entry = entry?;
        match entry.file_name().to_str() {
            Some("data" | "mailbox" | "site" | "worker") => fs::remove_dir_all(entry.path())?,
            Some("demo.json" | "demo.key" | "secret-key" | "workerd.capnp" | "workerd.log") => {
                fs::remove_file(entry.path())?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn print(settings: &Settings, demo: Option<&Demo>, state: &Path) {
    if let Some(demo) = demo {
        for clinic in &demo.clinics {
            println!("\n{}", access_form(clinic));
        }
        let support = &demo.support;
        println!("\n  Support desk ({}/support)\n", demo.url);
        println!(
            "  Login  {}   Password  {}\n  Code: {}",
            support.login, support.password, support.otpauth_url
        );
        println!(
            "\n  Step 2 asks for a code: scan the otpauth address as a QR code, or `oathtool --totp -b SECRET`."
        );
        println!("  The same as JSON: {}", state.join("demo.json").display());
    }
    println!();
    if settings.mail_api_url.is_none() {
        println!("  Mailbox  {}/dev/mailbox", settings.public_origin);
    }
    println!("  Wardkey  {}", settings.public_origin);
    println!("\n  Ctrl-C stops it.");
}

/// A clinic's access form as a table.
fn access_form(clinic: &DemoClinic) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    let row = |cells: [&str; 4]| cells.map(str::to_owned);
    rows.push(row(["Step 1: computer", "Username", "Password", ""]));
    rows.extend(
        clinic
            .computers
            .iter()
            .map(|computer| row([&computer.label, &computer.username, &computer.password, ""])),
    );
    rows.push(row(["Step 2: profile", "Secret", "", ""]));
    rows.extend(
        clinic.profiles.iter().map(|profile| row([&profile.name, secret(&profile.otpauth_url), "", ""])),
    );
    rows.push(row(["Step 3: user", "Login", "Password", "Role"]));
    rows.extend(
        clinic
            .users
            .iter()
            .map(|user| row([&user.full_name, &user.login, &user.password, role_name(user.role)])),
    );
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut text = format!("  {} ({})\n", clinic.name, clinic.code);
    for row in &rows {
        if row[0].starts_with("Step ") {
            text.push('\n');
        }
        let [a, b, c, d] = row;
        let line = format!("  {a:0$}   {b:1$}   {c:2$}   {d}", widths[0], widths[1], widths[2]);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push('\n');
    for profile in &clinic.profiles {
        text.push_str(&format!("  {}: {}\n", profile.name, profile.otpauth_url));
    }
    text.trim_end().to_owned()
}

fn secret(otpauth_url: &str) -> &str {
    let start = otpauth_url.find("secret=").map_or(0, |at| at + "secret=".len());
    otpauth_url[start..].split('&').next().unwrap_or_default()
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Employee => "employee",
        Role::SystemAdministrator => "system administrator",
    }
}
