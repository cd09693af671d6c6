//! `cargo xtask bench`: bytes, and times as ratios of things measured side by side, so that any computer can judge them.

use std::{
    fs,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result};
use serde::Serialize;
use tempfile::TempDir;
use wire::{
    Endpoint, ProblemCode,
    health::GetHealth,
    operator::{OpenedClinic, UserSecret},
};

use crate::{
    assemble, demo,
    desk::Desk,
    lighthouse::{self, Verdict},
    long_log::{self, LONG_LINES, Question, SHORT_LINES},
    mailbox::Mailbox,
    many_clinics::{self, FEW, MANY, Sides},
    progress::{self, Step},
    ratio::{Ratio, millis, quantile, rounded},
    runtime::{self, Runtime, Start},
    settings::Settings,
    sizes::{self, APP_BROTLI_BYTES_MAX, SIGN_IN_BROTLI_BYTES_MAX, Size},
    start_up::{self, StartUp},
    target_dir, tools,
    typing::{self, Busy, Keys, SLOW_DOWN},
};

/// The route of the trial Worker that hashes one password and does nothing else. No other Worker has it.
pub const HASH_PATH: &str = "/api/trial/hash";
/// Most that a whole login may take, in hashes.
const LOGIN_RATIO_MAX: f64 = 1.5;
/// Most that a login may take where there are many clinics, in logins where there are few.
const MANY_CLINICS_RATIO_MAX: f64 = 1.15;
/// Most milliseconds from a key in a list of two thousand people to the frame that shows what it found, in a slow browser.
const KEY_MILLIS_MAX: f64 = 50.0;
/// Most that a page of a long log may take, in the same pages of a short one.
const LONG_LOG_RATIO_MAX: f64 = 2.0;
/// Rounds that are measured, each with everything in it once.
const ROUNDS: usize = 60;
/// Rounds before those: the runtime compiles what is hot, the storage fills its caches.
const WARM_UP_ROUNDS: usize = 8;

/// What `report.json` holds.
#[derive(Serialize)]
struct Report {
    version: &'static str,
    at: String,
    rounds: usize,
    ratios: Ratios,
    #[serde(skip_serializing_if = "Option::is_none")]
    many_clinics: Option<ManyClinics>,
    typing: Typing,
    start_up: StartUp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    long_log: Vec<LongLog>,
    bytes: Bytes,
    /// These depend on the computer and judge nothing.
    informational: Informational,
    within_bars: bool,
}

/// Times in units of the password hash that ran beside them.
#[derive(Serialize)]
struct Ratios {
    login: Ratio,
    locked_try: Ratio,
}

/// Times on a machine with 10,000 clinics, in units of the same on one with ten that ran beside it.
#[derive(Serialize)]
struct ManyClinics {
    login: Ratio,
    locked_try: Ratio,
}

/// A key in the search above a list of people, in milliseconds on a computer that is so many times slower.
#[derive(Serialize)]
struct Typing {
    people: usize,
    slow_down: f64,
    busy_millis: Ratio,
    of_which_script_millis: f64,
    of_which_style_millis: f64,
    of_which_layout_millis: f64,
    /// The same key in a short list is the unit.
    many_in_few: Ratio,
    /// What follows when one pauses.
    afterwards_millis: Ratio,
    /// From the press to the frame, with the browser slowing itself down.
    waited_millis: Ratio,
    /// How many of these keys were pressed again, because the computer's host kept it to itself.
    pressed_again: usize,
    /// How many count though it did so each time.
    taken_away: usize,
}

/// The time of a question to a log of a million lines, in units of the same to one of a thousand that was asked beside it.
#[derive(Serialize)]
struct LongLog {
    question: &'static str,
    ratio: Ratio,
    long_millis: f64,
}

#[derive(Serialize)]
struct Bytes {
    sign_in: Size,
    sign_in_brotli_at_most: u64,
    app: Size,
    app_brotli_at_most: u64,
    worker_wasm: Size,
}

#[derive(Serialize)]
struct Informational {
    hash_millis: f64,
    login_millis: f64,
    locked_try_millis: f64,
    empty_request_millis: f64,
    second_start_seconds: f64,
}

/// Measures everything, prints it and writes it down. Tells whether all of it is within its bar.
///
/// Opening ten thousand clinics takes minutes, and so does writing a million lines: both are there for those who ask for them.
pub fn run(many_clinics: bool, log: bool) -> Result<bool> {
    progress::title("Measuring Wardkey");
    let tools = tools::for_testing()?;
    assemble::app(&tools)?;
    assemble::worker(&tools)?;
    assemble::trial_worker(&tools)?;

    let state = TempDir::with_prefix("wardkey-bench-")?;
    let port = runtime::free_port()?;
    let settings = Settings::for_tests(port)?;
    let mailbox = Mailbox::start(&state.path().join("mailbox"), &settings.mail_api_key)?;
    let trial_modules = assemble::trial_modules();
    let start = Start {
        tools: &tools,
        site: &assemble::site(),
        modules: &trial_modules,
        settings: &settings,
        port,
        state: state.path(),
        mailbox: mailbox.address(),
        scratch: Some(state.path()),
        through: &[],
        inspector: None,
    };
    let (samples, keys) = {
        let worker = Runtime::start(&start)?;
        let clinic = demo::open(worker.address(), &settings, &demo::harbour_street())?;
        let desk = Desk::open(worker.address(), &settings, &clinic)?;
        let samples = measure(&desk, &clinic)?;
        (samples, typing::measure(worker.address(), &settings)?)
    };
    let second_start = second_start(&start)?;
    let many_clinics = many_clinics.then(|| many_clinics::measure(&tools, &trial_modules)).transpose()?;
    let long_log = if log { long_log::measure(&tools, &trial_modules)? } else { Vec::new() };
    let start_up = start_up::measure(&tools)?;
    let report = report(&samples, &keys, start_up, many_clinics.as_ref(), &long_log, second_start)?;
    print(&report);
    write("report.json", &report)?;
    Ok(report.within_bars)
}

/// Measures how the app starts, and nothing else.
pub fn start_up() -> Result<bool> {
    progress::title("Measuring how Wardkey starts");
    let tools = tools::for_testing()?;
    assemble::app(&tools)?;
    assemble::worker(&tools)?;
    let start_up = start_up::measure(&tools)?;
    print_start_up(&start_up);
    println!();
    write("start-up.json", &start_up)?;
    Ok(start_up.is_within_bars())
}

/// Has Lighthouse judge pages, and measures nothing else.
pub fn lighthouse() -> Result<bool> {
    progress::title("Having Lighthouse judge Wardkey");
    let tools = tools::for_testing()?;
    assemble::app(&tools)?;
    assemble::worker(&tools)?;
    let verdicts = lighthouse::run(&tools, &target_dir().join("bench"))?;
    println!("\n                performance   accessibility   best practices   blocked   this computer");
    for verdict in &verdicts {
        let Verdict { page, performance, accessibility, best_practices, blocked_millis, .. } = verdict;
        let Verdict { benchmark_index, findings, .. } = verdict;
        let found = findings.join(", ");
        println!(
            "  {page:14}{performance:11}{accessibility:16}{best_practices:17}{blocked_millis:7} ms{benchmark_index:16}   {found}"
        );
    }
    println!();
    write("lighthouse.json", &verdicts)?;
    Ok(verdicts.iter().all(Verdict::is_within_bars))
}

fn write(name: &str, report: &impl Serialize) -> Result<()> {
    let folder = target_dir().join("bench");
    let file = folder.join(name);
    fs::create_dir_all(folder)?;
    fs::write(&file, serde_json::to_string_pretty(report)? + "\n")?;
    progress::note(&format!("Written to {}", file.display()));
    Ok(())
}

/// Times in milliseconds, one a round.
#[derive(Default)]
struct Samples {
    hash: Vec<f64>,
    login: Vec<f64>,
    locked_try: Vec<f64>,
    empty: Vec<f64>,
}

fn measure(desk: &Desk<'_>, clinic: &OpenedClinic) -> Result<Samples> {
    let (hughes, patel) = (user(clinic, "hughes")?, user(clinic, "patel")?);
    while desk.refusal(patel, "a wrong password")?.code != ProblemCode::AccountLocked {}
    let mut step =
        Step::start(&format!("{ROUNDS} rounds of logins and hashes, after {WARM_UP_ROUNDS} to warm up"));
    let mut samples = Samples::default();
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        if round == WARM_UP_ROUNDS {
            samples = Samples::default();
        }
        // What follows what is turned about, so that neither always finds the other's leavings.
        if round % 2 == 0 {
            samples.hash.push(millis(|| desk.get(HASH_PATH))?);
            samples.login.push(millis(|| desk.login(hughes))?);
        } else {
            samples.login.push(millis(|| desk.login(hughes))?);
            samples.hash.push(millis(|| desk.get(HASH_PATH))?);
        }
        samples.locked_try.push(millis(|| desk.locked_try(patel))?);
        samples.empty.push(millis(|| desk.get(GetHealth::PATH))?);
        step.line(&format!("round {}", round + 1));
    }
    step.done();
    Ok(samples)
}

/// The hash alone: without the request that it came in. That makes the ratios larger, never smaller.
fn hashes_alone(samples: &Samples) -> Vec<f64> {
    let empty = quantile(&samples.empty, 0.5);
    samples.hash.iter().map(|millis| millis - empty).collect()
}

fn ratios(samples: &Samples, hashes: &[f64]) -> Ratios {
    Ratios {
        login: Ratio::new(&samples.login, hashes, Some(LOGIN_RATIO_MAX)),
        locked_try: Ratio::new(&samples.locked_try, hashes, None),
    }
}

impl From<&many_clinics::Samples> for ManyClinics {
    fn from(many_clinics::Samples { login, locked_try }: &many_clinics::Samples) -> Self {
        let ratio = |Sides { few, many }: &Sides, at_most| Ratio::new(many, few, at_most);
        Self { login: ratio(login, Some(MANY_CLINICS_RATIO_MAX)), locked_try: ratio(locked_try, None) }
    }
}

impl From<&Keys> for Typing {
    fn from(keys: &Keys) -> Self {
        let Keys { many, few, afterwards, waits, again, taken_away } = keys;
        let all = |keys: &[Busy]| keys.iter().map(|busy| busy.all).collect::<Vec<_>>();
        let slow = |keys: &[Busy]| all(keys).iter().map(|millis| millis * SLOW_DOWN).collect::<Vec<_>>();
        let median = |part: fn(&Busy) -> f64| {
            let parts: Vec<f64> = many.iter().map(|busy| part(busy) * SLOW_DOWN).collect();
            rounded(quantile(&parts, 0.5))
        };
        Self {
            people: typing::MANY,
            slow_down: SLOW_DOWN,
            busy_millis: Ratio::of_millis(&slow(many), None),
            of_which_script_millis: median(|busy| busy.script),
            of_which_style_millis: median(|busy| busy.style),
            of_which_layout_millis: median(|busy| busy.layout),
            many_in_few: Ratio::new(&all(many), &all(few), None),
            afterwards_millis: Ratio::of_millis(&slow(afterwards), None),
            waited_millis: Ratio::of_millis(waits, Some(KEY_MILLIS_MAX)),
            pressed_again: *again,
            taken_away: *taken_away,
        }
    }
}

impl From<&Question> for LongLog {
    fn from(Question { name, short, long }: &Question) -> Self {
        let ratio = Ratio::new(long, short, Some(LONG_LOG_RATIO_MAX));
        Self { question: name, ratio, long_millis: rounded(quantile(long, 0.5)) }
    }
}

fn report(
    samples: &Samples,
    keys: &Keys,
    start_up: StartUp,
    many_clinics: Option<&many_clinics::Samples>,
    long_log: &[Question],
    second_start: Duration,
) -> Result<Report> {
    let hashes = hashes_alone(samples);
    let ratios = ratios(samples, &hashes);
    let bytes = Bytes {
        sign_in: sizes::sign_in()?,
        sign_in_brotli_at_most: SIGN_IN_BROTLI_BYTES_MAX,
        app: sizes::app()?,
        app_brotli_at_most: APP_BROTLI_BYTES_MAX,
        worker_wasm: sizes::worker_wasm()?,
    };
    let many_clinics = many_clinics.map(ManyClinics::from);
    let typing = Typing::from(keys);
    let long_log: Vec<_> = long_log.iter().map(LongLog::from).collect();
    let within_bars = ratios.login.is_within_bar()
        && typing.waited_millis.is_within_bar()
        && start_up.is_within_bars()
        && many_clinics.as_ref().is_none_or(|ratios| ratios.login.is_within_bar())
        && long_log.iter().all(|log| log.ratio.is_within_bar())
        && bytes.sign_in.brotli <= SIGN_IN_BROTLI_BYTES_MAX
        && bytes.app.brotli <= APP_BROTLI_BYTES_MAX;
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        rounds: samples.login.len(),
        ratios,
        many_clinics,
        typing,
        start_up,
        long_log,
        bytes,
        informational: Informational {
            hash_millis: rounded(quantile(&hashes, 0.5)),
            login_millis: rounded(quantile(&samples.login, 0.5)),
            locked_try_millis: rounded(quantile(&samples.locked_try, 0.5)),
            empty_request_millis: rounded(quantile(&samples.empty, 0.5)),
            second_start_seconds: rounded(second_start.as_secs_f64()),
        },
        within_bars,
    })
}

/// What a second `cargo xtask run` does until the Worker is well: looks for changes, finds none, starts what there is.
fn second_start(first: &Start<'_>) -> Result<Duration> {
    let started = Instant::now();
    let tools = tools::for_building()?;
    assemble::app(&tools)?;
    assemble::worker(&tools)?;
    let modules = assemble::modules();
    let worker = Runtime::start(&Start { tools: &tools, modules: &modules, ..*first })?;
    let took = started.elapsed();
    drop(worker);
    Ok(took)
}

fn print(report: &Report) {
    let Report { ratios, many_clinics, long_log, typing, start_up, bytes, informational, .. } = report;
    println!("\n  In hashes, over {} rounds     median   10 % … 90 %", report.rounds);
    print_ratios(&ratios.login, &ratios.locked_try);
    if let Some(ManyClinics { login, locked_try }) = many_clinics {
        println!("\n  {MANY} clinics, in {FEW}           median   10 % … 90 %");
        print_ratios(login, locked_try);
    }
    print_typing(typing);
    print_start_up(start_up);
    if !long_log.is_empty() {
        println!("\n  {LONG_LINES} lines, in {SHORT_LINES}          median   10 % … 90 %");
    }
    for LongLog { question, ratio, long_millis } in long_log {
        print_ratio(question, ratio, &format!("   {long_millis} ms"));
    }
    println!("\n  Bytes                            raw      gzip    brotli");
    for (what, size, at_most) in [
        ("the sign-in", &bytes.sign_in, Some(SIGN_IN_BROTLI_BYTES_MAX)),
        ("the whole app", &bytes.app, Some(APP_BROTLI_BYTES_MAX)),
        ("the Worker's WebAssembly", &bytes.worker_wasm, None),
    ] {
        let Size { raw, gzip, brotli } = size;
        let bar = at_most.map(|bar| bar_text(*brotli <= bar, &format!("{bar} brotli"))).unwrap_or_default();
        println!("  {what:26} {raw:9} {gzip:9} {brotli:9}{bar}");
    }
    let Informational { hash_millis, login_millis, second_start_seconds, .. } = informational;
    println!(
        "\n  On this computer: hash {hash_millis} ms, login {login_millis} ms, second start {second_start_seconds} s\n"
    );
}

fn print_typing(typing: &Typing) {
    let people = typing.people;
    println!("\n  A key among {people}, {SLOW_DOWN}× slower      median   10 % … 90 %");
    for (what, ratio) in [
        ("milliseconds busy", &typing.busy_millis),
        ("… in a pause after it", &typing.afterwards_millis),
        ("milliseconds until the frame", &typing.waited_millis),
        (&format!("in keys among {}", typing::FEW), &typing.many_in_few),
    ] {
        print_ratio(what, ratio, "");
    }
    let Typing { of_which_script_millis, of_which_style_millis, of_which_layout_millis, .. } = typing;
    println!(
        "  Of it script {of_which_script_millis} ms, styles {of_which_style_millis} ms, layout {of_which_layout_millis} ms"
    );
    let Typing { pressed_again, taken_away, .. } = typing;
    println!(
        "  {pressed_again} keys were pressed again, {taken_away} count though the computer was taken away"
    );
}

fn print_start_up(start_up: &StartUp) {
    println!("\n  A start, in forms without a script   median   10 % … 90 %");
    for (what, ratio) in [
        ("typeable", &start_up.typeable),
        ("… on a repeat visit", &start_up.typeable_again),
        ("submit works", &start_up.first_visit),
        ("… on a repeat visit", &start_up.repeat_visit),
        ("milliseconds, longest task", &start_up.longest_task_millis),
    ] {
        print_ratio(what, ratio, "");
    }
    let StartUp { layout_shift, floor_millis, .. } = start_up;
    let bar = bar_text(*layout_shift == 0.0, "0");
    println!("  Layout shift {layout_shift}{bar}; the form without a script takes {floor_millis} ms here");
}

fn print_ratios(login: &Ratio, locked_try: &Ratio) {
    print_ratio("a whole login", login, "");
    print_ratio("a try at a locked account", locked_try, "");
}

fn print_ratio(what: &str, ratio: &Ratio, beside: &str) {
    let Ratio { median, p10, p90, at_most } = ratio;
    let bar = at_most.map(|bar| bar_text(ratio.is_within_bar(), &format!("{bar:.2}"))).unwrap_or_default();
    println!("  {what:28} {median:7.2}   {p10:.2} … {p90:.2}{bar}{beside}");
}

fn bar_text(within: bool, bar: &str) -> String {
    format!("   {} at most {bar}", if within { "✓" } else { "✗" })
}

fn user<'a>(clinic: &'a OpenedClinic, login: &str) -> Result<&'a UserSecret> {
    clinic.users.iter().find(|user| user.login == login).with_context(|| format!("no user {login}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_alone_is_its_request_without_an_empty_one() {
        let samples = Samples {
            hash: vec![41.0, 21.0, 81.0],
            login: vec![48.0, 28.0, 160.0],
            locked_try: vec![4.0, 2.0, 8.0],
            empty: vec![1.0, 9.0, 0.5],
        };
        let Ratios { login, locked_try } = ratios(&samples, &hashes_alone(&samples));
        assert_eq!([login.p10, login.median, login.p90], [1.2, 1.4, 2.0]);
        assert_eq!(locked_try.median, 0.1);
    }
}
