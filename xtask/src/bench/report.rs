//! What was measured: the file for those who compare, and the table for those who look.

use std::time::{Duration, SystemTime};

use anyhow::Result;
use serde::Serialize;

use super::{
    flood::Figure,
    long_log::{LONG_LINES, Question, SHORT_LINES},
    many_clinics::{self, MANY, Sides},
    sign_in::Samples,
    start_up::StartUp,
    typing::{self, Busy, Keys, SLOW_DOWN},
};
use crate::{
    ratio::{Ratio, quantile, rounded},
    sizes::{self, APP_BROTLI_BYTES_MAX, SIGN_IN_BROTLI_BYTES_MAX, Size},
};

/// Most that a whole login may take, in hashes: half of the logins, and nineteen of twenty.
const LOGIN_RATIO_MAX: f64 = 1.15;
/// Most that a refused try may take, in requests for which an object reads and writes.
const REFUSAL_RATIO_MAX: f64 = 2.0;
/// Least of the logins a second, in hashes a second.
const AT_ONCE_RATIO_MIN: f64 = 0.9;
/// Most that a login may take among many clinics and in a long log, in logins at the only clinic of a machine, with an empty one.
const MANY_CLINICS_RATIO_MAX: f64 = 1.1;
/// Most milliseconds from a key in a list of two thousand people to the frame that shows what it found, in a slow browser.
const KEY_MILLIS_MAX: f64 = 50.0;
/// Most that a page of a long log may take, in the same pages of a short one.
const LONG_LOG_RATIO_MAX: f64 = 2.0;

/// What `report.json` holds.
#[derive(Serialize)]
pub struct Report {
    version: &'static str,
    at: String,
    sign_in: SignIn,
    #[serde(skip_serializing_if = "Option::is_none")]
    many_clinics: Option<ManyClinics>,
    typing: Typing,
    start_up: StartUp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    long_log: Vec<LongLog>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flood: Vec<Figure>,
    bytes: Bytes,
    /// This depends on the computer and judges nothing.
    second_start_seconds: f64,
    pub within_bars: bool,
}

/// What was measured, before it is judged.
pub struct Measured {
    pub samples: Samples,
    pub keys: Keys,
    pub start_up: StartUp,
    pub many_clinics: Option<many_clinics::Samples>,
    pub long_log: Vec<Question>,
    pub flood: Vec<Figure>,
    pub second_start: Duration,
}

/// Times of a sign-in, in units of what ran beside it.
#[derive(Serialize)]
pub struct SignIn {
    rounds: usize,
    login_in_hashes: Ratio,
    /// Nineteen of twenty logins take less than so many times what nineteen of twenty hashes take.
    login_p95_in_hash_p95: f64,
    login_p95_at_most: f64,
    locked_try_in_hashes: Ratio,
    locked_try_in_objects: Ratio,
    throttled_try_in_objects: Ratio,
    logins_a_second_in_hashes: Ratio,
    cold_object_in_warm: Ratio,
    hash_in_native: Ratio,
    /// These depend on the computer and judge nothing.
    millis: SignInMillis,
}

#[derive(Serialize)]
struct SignInMillis {
    hash: f64,
    native_hash: f64,
    login: f64,
    locked_try: f64,
    throttled_try_but_for_the_hold: f64,
    object: f64,
    empty_request: f64,
    cold_object: f64,
}

/// Times on a machine with 10,000 clinics, in one with a million lines, in units of the same at the only clinic of another machine.
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

impl SignIn {
    /// Divides what was measured.
    pub fn of(samples: &Samples) -> Self {
        let hashes = hashes_alone(samples);
        let Samples { login, locked_try, throttled_try, object, object_beside_throttled, .. } = samples;
        let at_once = Ratio::new(&samples.hashes_at_once, &samples.logins_at_once, None);
        let median = |samples: &[f64]| rounded(quantile(samples, 0.5));
        Self {
            rounds: login.len(),
            login_in_hashes: Ratio::new(login, &hashes, Some(LOGIN_RATIO_MAX)),
            login_p95_in_hash_p95: rounded(quantile(login, 0.95) / quantile(&hashes, 0.95)),
            login_p95_at_most: LOGIN_RATIO_MAX,
            locked_try_in_hashes: Ratio::new(locked_try, &hashes, None),
            locked_try_in_objects: Ratio::new(locked_try, object, Some(REFUSAL_RATIO_MAX)),
            throttled_try_in_objects: Ratio::new(
                throttled_try,
                object_beside_throttled,
                Some(REFUSAL_RATIO_MAX),
            ),
            logins_a_second_in_hashes: at_once.at_least(AT_ONCE_RATIO_MIN),
            cold_object_in_warm: Ratio::new(&samples.cold, &samples.warm, None),
            hash_in_native: Ratio::new(&hashes, &samples.native_hash, None),
            millis: SignInMillis {
                hash: median(&hashes),
                native_hash: median(&samples.native_hash),
                login: median(login),
                locked_try: median(locked_try),
                throttled_try_but_for_the_hold: median(throttled_try),
                object: median(object),
                empty_request: median(&samples.empty),
                cold_object: median(&samples.cold),
            },
        }
    }

    /// Whether it is.
    pub fn is_within_bars(&self) -> bool {
        let Self { login_in_hashes, locked_try_in_objects, throttled_try_in_objects, .. } = self;
        [login_in_hashes, locked_try_in_objects, throttled_try_in_objects, &self.logins_a_second_in_hashes]
            .iter()
            .all(|ratio| ratio.is_within_bar())
            && self.login_p95_in_hash_p95 <= self.login_p95_at_most
    }

    /// Prints it.
    pub fn print(&self) {
        println!("\n  A sign-in, over {} rounds     median   10 % … 90 %", self.rounds);
        for (what, ratio) in [
            ("a whole login, in hashes", &self.login_in_hashes),
            ("a try at a locked account, in hashes", &self.locked_try_in_hashes),
            ("…, in reads and writes", &self.locked_try_in_objects),
            ("a throttled try, likewise", &self.throttled_try_in_objects),
            ("logins a second, in hashes", &self.logins_a_second_in_hashes),
            ("a cold object, in warm ones", &self.cold_object_in_warm),
            ("a hash, in native ones", &self.hash_in_native),
        ] {
            print_ratio(what, ratio, "");
        }
        let p95 = self.login_p95_in_hash_p95;
        let bar = bar_text(p95 <= LOGIN_RATIO_MAX, &format!("at most {LOGIN_RATIO_MAX:.2}"));
        println!("  {:36} {p95:7.2}                {bar}", "p95 of a login, in p95 of a hash");
        let SignInMillis { hash, login, locked_try, object, .. } = self.millis;
        println!(
            "  Here a hash takes {hash} ms, a login {login}, a locked try {locked_try}, an object {object}"
        );
    }
}

/// The hash alone: without the request that it came in. That makes the ratios larger, never smaller.
fn hashes_alone(samples: &Samples) -> Vec<f64> {
    let empty = quantile(&samples.empty, 0.5);
    samples.hash.iter().map(|millis| millis - empty).collect()
}

impl From<&many_clinics::Samples> for ManyClinics {
    fn from(many_clinics::Samples { login, locked_try }: &many_clinics::Samples) -> Self {
        let ratio = |Sides { one, many }: &Sides, at_most| Ratio::new(many, one, at_most);
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

impl Report {
    /// Judges what was measured.
    pub fn of(measured: Measured) -> Result<Self> {
        let Measured { samples, keys, start_up, many_clinics, long_log, flood, second_start } = measured;
        let sign_in = SignIn::of(&samples);
        let bytes = Bytes {
            sign_in: sizes::sign_in()?,
            sign_in_brotli_at_most: SIGN_IN_BROTLI_BYTES_MAX,
            app: sizes::app()?,
            app_brotli_at_most: APP_BROTLI_BYTES_MAX,
            worker_wasm: sizes::worker_wasm()?,
        };
        let many_clinics = many_clinics.as_ref().map(ManyClinics::from);
        let typing = Typing::from(&keys);
        let long_log: Vec<_> = long_log.iter().map(LongLog::from).collect();
        let within_bars = sign_in.is_within_bars()
            && typing.waited_millis.is_within_bar()
            && start_up.is_within_bars()
            && many_clinics.as_ref().is_none_or(|ratios| ratios.login.is_within_bar())
            && long_log.iter().all(|log| log.ratio.is_within_bar())
            && flood.iter().all(Figure::is_within_bar)
            && bytes.sign_in.brotli <= SIGN_IN_BROTLI_BYTES_MAX
            && bytes.app.brotli <= APP_BROTLI_BYTES_MAX;
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            sign_in,
            many_clinics,
            typing,
            start_up,
            long_log,
            flood,
            bytes,
            second_start_seconds: rounded(second_start.as_secs_f64()),
            within_bars,
        })
    }

    /// Prints it.
    pub fn print(&self) {
        let Self { sign_in, many_clinics, long_log, flood, bytes, second_start_seconds, .. } = self;
        sign_in.print();
        if let Some(ManyClinics { login, locked_try }) = many_clinics {
            println!("\n  {MANY} clinics and {LONG_LINES} lines, in one and none");
            print_ratio("a whole login", login, "");
            print_ratio("a try at a locked account", locked_try, "");
        }
        print_typing(&self.typing);
        print_start_up(&self.start_up);
        if !long_log.is_empty() {
            println!("\n  {LONG_LINES} lines, in {SHORT_LINES}");
        }
        for LongLog { question, ratio, long_millis } in long_log {
            print_ratio(question, ratio, &format!("   {long_millis} ms"));
        }
        if !flood.is_empty() {
            println!("\n  In a flood, and fifty at once");
        }
        for figure in flood {
            let Figure { what, was, most, .. } = figure;
            let bar = most.map(|most| bar_text(figure.is_within_bar(), &format!("at most {most}")));
            println!("  {what:60} {was:7.2}{}", bar.unwrap_or_default());
        }
        println!("\n  Bytes                            raw      gzip    brotli");
        for (what, size, at_most) in [
            ("the sign-in", &bytes.sign_in, Some(SIGN_IN_BROTLI_BYTES_MAX)),
            ("the whole app", &bytes.app, Some(APP_BROTLI_BYTES_MAX)),
            ("the Worker's WebAssembly", &bytes.worker_wasm, None),
        ] {
            let Size { raw, gzip, brotli } = size;
            let bar = at_most.map(|bar| bar_text(*brotli <= bar, &format!("at most {bar} brotli")));
            println!("  {what:26} {raw:9} {gzip:9} {brotli:9}{}", bar.unwrap_or_default());
        }
        println!("\n  A second start takes {second_start_seconds} s here\n");
    }
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

/// Prints how the app starts.
pub fn print_start_up(start_up: &StartUp) {
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
    let bar = bar_text(*layout_shift == 0.0, "at most 0");
    println!("  Layout shift {layout_shift}{bar}; the form without a script takes {floor_millis} ms here");
}

fn print_ratio(what: &str, ratio: &Ratio, beside: &str) {
    let Ratio { median, p10, p90, at_most, at_least } = ratio;
    let most = at_most.map(|bar| format!("at most {bar:.2}"));
    let bar = most.or_else(|| at_least.map(|bar| format!("at least {bar:.2}")));
    let bar = bar.map(|bar| bar_text(ratio.is_within_bar(), &bar)).unwrap_or_default();
    println!("  {what:36} {median:7.2}   {p10:.2} … {p90:.2}{bar}{beside}");
}

fn bar_text(within: bool, bar: &str) -> String {
    format!("   {} {bar}", if within { "✓" } else { "✗" })
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
            object: vec![4.0, 1.0, 4.0],
            empty: vec![1.0, 9.0, 0.5],
            ..Samples::default()
        };
        let SignIn { login_in_hashes, locked_try_in_hashes, locked_try_in_objects, .. } =
            SignIn::of(&samples);
        assert_eq!([login_in_hashes.p10, login_in_hashes.median, login_in_hashes.p90], [1.2, 1.4, 2.0]);
        assert_eq!(locked_try_in_hashes.median, 0.1);
        assert_eq!(locked_try_in_objects.median, 2.0);
    }

    #[test]
    fn logins_at_once_must_be_many() {
        let samples =
            Samples { hashes_at_once: vec![80.0], logins_at_once: vec![100.0], ..Samples::default() };
        let ratio = SignIn::of(&samples).logins_a_second_in_hashes;
        assert_eq!((ratio.median, ratio.is_within_bar()), (0.8, false));
    }
}
