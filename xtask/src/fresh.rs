//! `cargo xtask fresh`: how long somebody waits who has just found Wardkey, from the clone to a page that they are signed in at, and how
//! long with the tools that are there by then.
//!
//! All of it happens in a folder of its own, with an empty home and an empty CARGO_HOME, and nothing of the caches of whoever asks is read
//! or written. What stays is what README asks for: rustup with its toolchain, a C compiler, Node.js with npm.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use tempfile::TempDir;
use ureq::Agent;
use wire::operator::OpenedClinic;

use crate::{
    children::Kept,
    demo::Demo,
    desk::Desk,
    progress::{self, Step},
    root, runtime,
    settings::Settings,
    target_dir,
};

/// Most minutes from the clone to the signed-in page, on two cores.
const FIRST_MINUTES_MAX: f64 = 25.0;
/// The same for a second clone, with tools and crates kept.
const SECOND_MINUTES_MAX: f64 = 6.0;
/// So long nothing of ours takes on any computer.
const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);
/// Between two looks for the page.
const PAUSE: Duration = Duration::from_millis(250);
/// What the first page has in it, for whoever reads English.
const FIRST_FORM: &str = "id=\"first-en\"";
/// What goes before a step that is done, and between it and its time.
const DONE: [&str; 2] = ["✓ ", " · "];
/// What `cargo xtask run` says first: until then cargo compiles.
const BEGUN: &str = "Starting Wardkey";
/// How a computer reaches the network is its own business, and not a cache.
const KEPT_VARIABLES: [&str; 14] = [
    "PATH",
    "TERM",
    "LANG",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What `report.json` holds.
#[derive(Serialize)]
struct Report {
    version: &'static str,
    at: String,
    commit: String,
    cores: usize,
    first: Start,
    second: Start,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<Tested>,
}

/// How a clone came to a signed-in page. Times are seconds from its beginning, or of a step alone.
#[derive(Serialize)]
struct Start {
    steps: Vec<Stage>,
    page_after: f64,
    signed_in_after: f64,
    /// The longest time for which nothing was said; on a terminal a clock runs meanwhile.
    silent_for_most: f64,
    minutes_max: f64,
}

#[derive(Serialize)]
struct Stage {
    what: String,
    seconds: f64,
}

/// What `cargo xtask test` came to.
#[derive(Serialize)]
struct Tested {
    said: String,
    seconds: f64,
    passed: bool,
}

impl Start {
    fn is_quick(&self) -> bool {
        self.signed_in_after <= self.minutes_max * 60.0
    }
}

/// Clones the project twice and starts it as README says, and with `test` runs its tests as well. Tells whether the bars were held.
pub fn run(test: bool) -> Result<bool> {
    progress::title("Starting Wardkey as on a fresh machine");
    progress::note(
        "rustup's toolchain, the C compiler and Node.js stay; what is not committed is not cloned.",
    );
    let machine = Machine::new()?;
    let first = machine.start("first", FIRST_MINUTES_MAX)?;
    let test = if test { Some(machine.test("first")?) } else { None };
    machine.forget("first")?;
    let second = machine.start("second", SECOND_MINUTES_MAX)?;
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        commit: machine.commit("second")?,
        cores: thread::available_parallelism()?.get(),
        first,
        second,
        test,
    };
    let folder = target_dir().join("fresh");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("report.json"), serde_json::to_string_pretty(&report)? + "\n")?;
    Ok(print(&report))
}

fn print(report: &Report) -> bool {
    let Report { first, second, test, cores, .. } = report;
    println!("\n  On {cores} cores");
    for (name, start) in [("The first clone", first), ("A second clone, with the tools kept", second)] {
        println!("\n  {name}\n");
        for Stage { what, seconds } in &start.steps {
            println!("  {seconds:>8.1} s  {what}");
        }
        println!("  {:>8.1} s  until the first page", start.page_after);
        let mark = if start.is_quick() { '✓' } else { '✗' };
        println!("{mark} {:>8.1} s  until signed in", start.signed_in_after);
        let (minutes, most) = (start.signed_in_after / 60.0, start.minutes_max);
        println!(
            "              {minutes:.1} minutes, of {most} at most; silent for {:.0} s at most",
            start.silent_for_most
        );
    }
    if let Some(Tested { said, seconds, passed }) = test {
        let mark = if *passed { '✓' } else { '✗' };
        println!("\n{mark} {seconds:>8.1} s  the tests: {said}");
    }
    first.is_quick() && second.is_quick() && test.as_ref().is_none_or(|test| test.passed)
}

/// A computer on which nothing of ours has ever been. Dropped, or should we die, it is gone.
struct Machine {
    _guard: Kept,
    folder: TempDir,
}

impl Machine {
    fn new() -> Result<Self> {
        let folder = TempDir::with_prefix("wardkey-fresh-")?;
        for name in ["home", "cargo"] {
            fs::create_dir(folder.path().join(name))?;
        }
        // It does nothing: should we die, the folder goes with it.
        let guard = Kept::spawn(Command::new("sleep").arg("infinity"), Some(folder.path()))?;
        Ok(Self { _guard: guard, folder })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program in a clone, with a home and caches of this machine.
    fn command(&self, program: &str, clone: &str) -> Result<Command> {
        let rustup = env::var_os("RUSTUP_HOME").map(PathBuf::from);
        let rustup = rustup.or_else(|| env::home_dir().map(|home| home.join(".rustup")));
        let mut command = Command::new(program);
        command
            .current_dir(self.at(clone))
            .env_clear()
            .envs(KEPT_VARIABLES.iter().filter_map(|name| Some((name, env::var_os(name)?))))
            .env("HOME", self.at("home"))
            .env("CARGO_HOME", self.at("cargo"))
            .env("RUSTUP_HOME", rustup.context("rustup's folder can't be found: set RUSTUP_HOME")?);
        Ok(command)
    }

    /// Clones the project, starts it, and signs in.
    fn start(&self, clone: &str, minutes_max: f64) -> Result<Start> {
        let began = Instant::now();
        let mut git = Command::new("git");
        // Whole, as over a network.
        git.args(["clone", "--quiet", "--no-local"]).arg(root()).arg(self.at(clone));
        progress::must("Cloning the project", &mut git, "The words of git are below.")?;
        let mut steps = vec![Stage { what: "Cloning the project".to_owned(), seconds: since(began) }];

        let port = runtime::free_port()?;
        let mut step = Step::start("cargo xtask run");
        let mut run = self.command("cargo", clone)?;
        run.args(["xtask", "run"]).env("WARDKEY_PORT", port.to_string());
        let mut run = Told::spawn(&mut run)?;
        let (mut page_after, mut silent_for_most, mut heard) = (None, 0.0_f64, Instant::now());
        let signed_in_after = loop {
            match run.line()? {
                Some(line) => {
                    silent_for_most = silent_for_most.max(since(heard));
                    heard = Instant::now();
                    step.line(&line);
                    steps.extend(stage(&line, since(began) - steps[0].seconds));
                }
                None if began.elapsed() > PATIENCE => bail!("No page came.\n\n{}", run.tail()),
                None => {}
            }
            if page_after.is_none() && first_page_answers(port) {
                page_after = Some(since(began));
            }
            let demo = page_after.and_then(|_| demo(&self.at(clone)));
            if let Some(demo) = demo {
                sign_in(port, demo)?;
                break since(began);
            }
        };
        step.done();
        run.stop(port)?;
        let page_after = page_after.context("no page")?;
        Ok(Start { steps, page_after, signed_in_after, silent_for_most, minutes_max })
    }

    fn test(&self, clone: &str) -> Result<Tested> {
        let began = Instant::now();
        let output =
            progress::capture("cargo xtask test", self.command("cargo", clone)?.args(["xtask", "test"]))?;
        let said = output.text.lines().rev().find(|line| line.contains(" passed, ")).unwrap_or_default();
        if !output.success {
            println!("{}", output.tail());
        }
        Ok(Tested { said: said.to_owned(), seconds: since(began), passed: output.success })
    }

    fn commit(&self, clone: &str) -> Result<String> {
        let told = self.command("git", clone)?.args(["rev-parse", "HEAD"]).output()?;
        ensure!(told.status.success(), "git does not know what was cloned");
        Ok(String::from_utf8(told.stdout)?.trim().to_owned())
    }

    /// Room for the next one.
    fn forget(&self, clone: &str) -> Result<()> {
        Ok(fs::remove_dir_all(self.at(clone))?)
    }
}

/// A program that is listened to.
struct Told {
    process: Kept,
    lines: mpsc::Receiver<String>,
    said: Vec<String>,
}

impl Told {
    fn spawn(command: &mut Command) -> Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Kept::spawn(command, None)?;
        let (sender, lines) = mpsc::channel();
        let child = process.child();
        child.stdout.take().map(|out| forward(out, sender.clone())).context("no output")?;
        child.stderr.take().map(|err| forward(err, sender)).context("no output")?;
        Ok(Self { process, lines, said: Vec::new() })
    }

    /// The next line, if there is one soon.
    fn line(&mut self) -> Result<Option<String>> {
        match self.lines.recv_timeout(PAUSE) {
            Ok(line) => {
                self.said.push(line.clone());
                Ok(Some(line))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => bail!("It ended by itself.\n\n{}", self.tail()),
        }
    }

    fn tail(&self) -> String {
        let start = self.said.len().saturating_sub(40);
        self.said[start..].join("\n")
    }

    /// Stops it, and waits until what it had started is gone as well.
    fn stop(self, port: u16) -> Result<()> {
        drop(self.process);
        let deadline = Instant::now() + Duration::from_secs(30);
        while runtime::is_in_use(port) {
            ensure!(Instant::now() < deadline, "port {port} is still in use");
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}

fn forward(stream: impl Read + Send + 'static, sender: Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    })
}

/// The step that a line tells the end of.
fn stage(line: &str, since_run: f64) -> Option<Stage> {
    if line.starts_with(BEGUN) {
        return Some(Stage { what: "Compiling xtask".to_owned(), seconds: since_run });
    }
    let [done, between] = DONE;
    let (what, time) = line.trim().strip_prefix(done)?.rsplit_once(between)?;
    Some(Stage { what: what.to_owned(), seconds: time.strip_suffix(" s")?.parse().ok()? })
}

fn first_page_answers(port: u16) -> bool {
    let page = Agent::new_with_defaults().get(format!("http://localhost:{port}/")).call();
    page.and_then(|mut page| page.body_mut().read_to_string()).is_ok_and(|page| page.contains(FIRST_FORM))
}

/// The demo's secrets, once all of them are there.
fn demo(clone: &Path) -> Option<Demo> {
    serde_json::from_str(&fs::read_to_string(clone.join(".wardkey/demo.json")).ok()?).ok()
}

/// The three steps and the question, as a browser takes them.
fn sign_in(port: u16, demo: Demo) -> Result<()> {
    let settings = Settings::for_tests(port)?;
    let clinic = demo.clinics.into_iter().next().context("there is no demo clinic")?;
    let user = clinic.users.first().cloned().context("nobody works in the demo clinic")?;
    let clinic = OpenedClinic {
        name: clinic.name,
        code: clinic.code,
        computers: clinic.computers,
        profiles: clinic.profiles,
        users: clinic.users,
    };
    let mut desk = Desk::open(([127, 0, 0, 1], port).into(), &settings, &clinic)?;
    desk.sign_in(&user).map(drop).context("the demo's owner can't sign in")
}

fn since(moment: Instant) -> f64 {
    moment.elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_by_the_line_of_its_end() {
        let told = |line: &str| stage(line, 31.0).map(|stage| (stage.what, stage.seconds));
        assert_eq!(told("  ✓ Building the app · 61.4 s"), Some(("Building the app".to_owned(), 61.4)));
        assert_eq!(told("Starting Wardkey 0.1.0"), Some(("Compiling xtask".to_owned(), 31.0)));
        for other in
            ["  Building the app …", "    Building the app, 15 s: Compiling syn v2.0.119", "  ✓ done", ""]
        {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn a_fresh_machine_has_nothing_of_this_ones() -> Result<()> {
        let machine = Machine::new()?;
        let command = machine.command("cargo", "home")?;
        let value = |name: &str| {
            command.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value.map(PathBuf::from))
        };
        for name in ["HOME", "CARGO_HOME"] {
            let folder = value(name).context(name.to_owned())?;
            assert!(folder.starts_with(machine.folder.path()), "{name}: {}", folder.display());
            assert_eq!(fs::read_dir(folder)?.count(), 0, "{name}");
        }
        for name in ["XDG_CACHE_HOME", "CARGO_TARGET_DIR", "npm_config_cache"] {
            assert_eq!(value(name), None, "{name}");
        }
        Ok(())
    }
}
