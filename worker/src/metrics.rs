//! What happens, counted for whoever runs Wardkey: in memory, as Prometheus asks for it, and where the platform has Analytics Engine, there
//! as well. At home there is one isolate and its memory knows all; at the edge there are many, and each knows its own part.
//!
//! Nothing is awaited for it, no object is woken, and no label names a clinic, a person, a computer or an address: each comes from
//! a list that stands in the program (decision 28).

use std::{cell::RefCell, collections::BTreeMap, fmt::Write};

use clinic::records::activities::action_text;
use wire::{
    Endpoint, ProblemCode, Timestamp,
    activities::Action,
    sign_in::{AuthorizeComputer, AuthorizeProfile, SubmitPassword},
};
use worker::Env;

use crate::{analytics, journal};

/// What Prometheus calls its text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// The path of a request for something that is nowhere.
pub const NO_PATH: &str = "/api/unknown";

/// What became of a try that was not refused.
const PASSED: &str = "passed";
/// Up to how many milliseconds an answer of an object belongs into which bucket; Prometheus reads seconds.
const BUCKETS: [(i64, &str); 11] = [
    (5, "0.005"),
    (10, "0.01"),
    (25, "0.025"),
    (50, "0.05"),
    (100, "0.1"),
    (250, "0.25"),
    (500, "0.5"),
    (1_000, "1"),
    (2_500, "2.5"),
    (5_000, "5"),
    (10_000, "10"),
];

/// Something that is counted.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A request was answered: the path of its route, the status, and why it was refused.
    Replied { path: &'static str, status: u16, problem: Option<ProblemCode> },
    /// An object has answered, after so long.
    Answered { object: ObjectKind, millis: i64 },
    /// A clinic's log has got so many lines of a kind.
    Logged { action: Action, lines: u32 },
    /// A mail was handed over.
    Mail(MailOutcome),
    /// An object's mails wait since then, or none does.
    MailsWait { object: &'a str, since: Option<Timestamp>, now: Timestamp },
    /// The journal has got a line.
    Fault(&'static str),
}

/// Whose object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    Clinic,
    Desk,
}

impl ObjectKind {
    const ALL: [Self; 2] = [Self::Clinic, Self::Desk];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Desk => "desk",
        }
    }
}

/// What became of a mail that was handed over.
#[derive(Clone, Copy, Debug)]
pub enum MailOutcome {
    Sent,
    Failed,
    PutOff,
}

impl MailOutcome {
    const ALL: [Self; 3] = [Self::Sent, Self::Failed, Self::PutOff];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::PutOff => "put_off",
        }
    }
}

/// Counts something, here and where the platform counts.
pub fn note(env: &Env, event: Event<'_>) {
    count(event);
    analytics::write(env, event);
}

/// Counts something here alone.
pub fn count(event: Event<'_>) {
    COUNTS.with_borrow_mut(|counts| counts.note(event));
}

/// Everything so far, as Prometheus reads it.
pub fn text(now: Timestamp) -> String {
    COUNTS.with_borrow(|counts| counts.text(now))
}

thread_local! {
    static COUNTS: RefCell<Counts> = RefCell::new(Counts::new());
}

/// What is counted, with its labels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Counter {
    Requests,
    Attempts,
    Problems,
    Activities,
    Mails,
    Faults,
}

impl Counter {
    const ALL: [Self; 6] =
        [Self::Requests, Self::Attempts, Self::Problems, Self::Activities, Self::Mails, Self::Faults];

    /// Its name, what it is, and the names of its labels.
    fn about(self) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::Requests => (
                "wardkey_requests_total",
                "Requests answered, by the first part of their route and the class of the status.",
                &["route", "status"],
            ),
            Self::Attempts => (
                "wardkey_sign_in_attempts_total",
                "Tries at steps 1 to 3, by what became of them: passed, or the code of the refusal.",
                &["step", "outcome"],
            ),
            Self::Problems => ("wardkey_problems_total", "Refusals, by their code.", &["code"]),
            Self::Activities => {
                ("wardkey_activities_total", "Lines that the clinics' logs have got.", &["action"])
            }
            Self::Mails => {
                ("wardkey_mails_total", "Mails handed over, by what became of them.", &["outcome"])
            }
            Self::Faults => ("wardkey_faults_total", "Lines that the journal has got.", &["event"]),
        }
    }
}

/// The values of a counter's labels; the second is empty where it has one.
type Values = [&'static str; 2];

struct Counts {
    counters: BTreeMap<(Counter, Values), u64>,
    answers: BTreeMap<ObjectKind, Histogram>,
    /// Since when the mails of which object wait. It is nowhere told which one that is.
    waiting: BTreeMap<String, Timestamp>,
}

#[derive(Clone, Copy, Default)]
struct Histogram {
    /// One more for what takes longer than any of them.
    buckets: [u64; BUCKETS.len() + 1],
    sum_millis: u64,
}

impl Counts {
    /// What can happen stands at zero from the beginning: Prometheus sees no increase of what was not there before.
    fn new() -> Self {
        let problems = ProblemCode::ALL.iter().map(|code| (Counter::Problems, code.as_str()));
        let activities = Action::ALL.into_iter().map(|action| (Counter::Activities, action_text(action)));
        let mails = MailOutcome::ALL.into_iter().map(|outcome| (Counter::Mails, outcome.as_str()));
        let faults = journal::EVENTS.into_iter().map(|event| (Counter::Faults, event));
        let known = problems.chain(activities).chain(mails).chain(faults);
        let attempts = ["1", "2", "3"].map(|step| (Counter::Attempts, [step, PASSED]));
        let known = known.map(|(counter, value)| (counter, [value, ""])).chain(attempts);
        Self {
            counters: known.map(|series| (series, 0)).collect(),
            answers: ObjectKind::ALL.into_iter().map(|kind| (kind, Histogram::default())).collect(),
            waiting: BTreeMap::new(),
        }
    }

    fn note(&mut self, event: Event<'_>) {
        match event {
            Event::Replied { path, status, problem } => {
                self.add(Counter::Requests, [class(path), status_class(status)]);
                let code = problem.map(ProblemCode::as_str);
                if let Some(code) = code {
                    self.add(Counter::Problems, [code, ""]);
                }
                if let Some(step) = step(path) {
                    self.add(Counter::Attempts, [step, code.unwrap_or(PASSED)]);
                }
            }
            Event::Answered { object, millis } => self.answers.entry(object).or_default().add(millis),
            Event::Logged { action, lines } => {
                let counted = self.counters.entry((Counter::Activities, [action_text(action), ""]));
                *counted.or_default() += u64::from(lines);
            }
            Event::Mail(outcome) => self.add(Counter::Mails, [outcome.as_str(), ""]),
            Event::MailsWait { object, since: Some(since), .. } => {
                self.waiting.insert(object.to_owned(), since);
            }
            Event::MailsWait { object, since: None, .. } => {
                self.waiting.remove(object);
            }
            Event::Fault(event) => self.add(Counter::Faults, [event, ""]),
        }
    }

    fn add(&mut self, counter: Counter, values: Values) {
        *self.counters.entry((counter, values)).or_default() += 1;
    }

    fn text(&self, now: Timestamp) -> String {
        let mut text = String::new();
        // Writing into a string can't fail.
        let _ = self.write(&mut text, now);
        text
    }

    fn write(&self, out: &mut String, now: Timestamp) -> std::fmt::Result {
        head(out, "wardkey_build_info", "gauge", "The version of the Worker.")?;
        writeln!(out, "wardkey_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))?;
        for counter in Counter::ALL {
            let (name, help, labels) = counter.about();
            head(out, name, "counter", help)?;
            for ((_, values), count) in self.counters.iter().filter(|((one, _), _)| *one == counter) {
                // All of them are words of the program: there is nothing in them to be escaped.
                let pairs = labels.iter().zip(values).map(|(label, value)| format!("{label}=\"{value}\""));
                writeln!(out, "{name}{{{}}} {count}", pairs.collect::<Vec<_>>().join(","))?;
            }
        }
        head(out, ANSWERS, "histogram", "How long objects take to answer, as the Worker waits for them.")?;
        for (kind, histogram) in &self.answers {
            histogram.write(out, kind.as_str())?;
        }
        let oldest = self.waiting.values().min().map_or(0, |since| now.0.saturating_sub(since.0).max(0));
        let help =
            "How long the oldest mail waits that has not left; known from the last try at it on, 0 if none.";
        head(out, OLDEST_MAIL, "gauge", help)?;
        writeln!(out, "{OLDEST_MAIL} {}", oldest / 1_000)
    }
}

const ANSWERS: &str = "wardkey_object_answer_seconds";
const OLDEST_MAIL: &str = "wardkey_oldest_mail_wait_seconds";

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

impl Histogram {
    fn add(&mut self, millis: i64) {
        let place = BUCKETS.iter().position(|(most, _)| millis <= *most).unwrap_or(BUCKETS.len());
        if let Some(bucket) = self.buckets.get_mut(place) {
            *bucket += 1;
        }
        self.sum_millis += u64::try_from(millis).unwrap_or(0);
    }

    fn write(&self, out: &mut String, object: &str) -> std::fmt::Result {
        let mut count = 0;
        let bounds = BUCKETS.iter().map(|(_, bound)| *bound).chain(["+Inf"]);
        for (bound, bucket) in bounds.zip(&self.buckets) {
            count += bucket;
            writeln!(out, "{ANSWERS}_bucket{{object=\"{object}\",le=\"{bound}\"}} {count}")?;
        }
        let (seconds, millis) = (self.sum_millis / 1_000, self.sum_millis % 1_000);
        writeln!(out, "{ANSWERS}_sum{{object=\"{object}\"}} {seconds}.{millis:03}")?;
        writeln!(out, "{ANSWERS}_count{{object=\"{object}\"}} {count}")
    }
}

/// The first part of a path below `/api/`: `/api/users/add` is `users`.
fn class(path: &'static str) -> &'static str {
    path.strip_prefix("/api/").and_then(|rest| rest.split('/').next()).unwrap_or("unknown")
}

fn status_class(status: u16) -> &'static str {
    match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// The step of the sign-in that a path is a try at.
fn step(path: &str) -> Option<&'static str> {
    match path {
        AuthorizeComputer::PATH => Some("1"),
        AuthorizeProfile::PATH => Some("2"),
        SubmitPassword::PATH => Some("3"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn has(counts: &Counts, line: &str) {
        let text = counts.text(NOW);
        assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
    }

    #[test]
    fn a_request_counts_by_class_by_code_and_as_a_try() {
        let mut counts = Counts::new();
        let reply = |path, status, problem| Event::Replied { path, status, problem };
        counts.note(reply("/api/users/add", 200, None));
        counts.note(reply(SubmitPassword::PATH, 200, None));
        counts.note(reply(SubmitPassword::PATH, 423, Some(ProblemCode::AccountLocked)));
        counts.note(reply(NO_PATH, 404, Some(ProblemCode::NotFound)));
        has(&counts, "wardkey_requests_total{route=\"users\",status=\"2xx\"} 1");
        has(&counts, "wardkey_requests_total{route=\"sign-in\",status=\"4xx\"} 1");
        has(&counts, "wardkey_requests_total{route=\"unknown\",status=\"4xx\"} 1");
        has(&counts, "wardkey_sign_in_attempts_total{step=\"3\",outcome=\"passed\"} 1");
        has(&counts, "wardkey_sign_in_attempts_total{step=\"3\",outcome=\"account_locked\"} 1");
        has(&counts, "wardkey_problems_total{code=\"account_locked\"} 1");
        has(&counts, "wardkey_problems_total{code=\"internal\"} 0");
    }

    #[test]
    fn an_answer_falls_into_its_bucket_and_all_above() {
        let mut counts = Counts::new();
        // A clock that was put back is no reason to fail.
        for millis in [-3, 5, 6, 60, 11_000] {
            counts.note(Event::Answered { object: ObjectKind::Clinic, millis });
        }
        for line in [
            "bucket{object=\"clinic\",le=\"0.005\"} 2",
            "bucket{object=\"clinic\",le=\"0.01\"} 3",
            "bucket{object=\"clinic\",le=\"0.05\"} 3",
            "bucket{object=\"clinic\",le=\"0.1\"} 4",
            "bucket{object=\"clinic\",le=\"10\"} 4",
            "bucket{object=\"clinic\",le=\"+Inf\"} 5",
            "sum{object=\"clinic\"} 11.071",
            "count{object=\"clinic\"} 5",
            "count{object=\"desk\"} 0",
        ] {
            has(&counts, &format!("wardkey_object_answer_seconds_{line}"));
        }
    }

    #[test]
    fn the_oldest_mail_of_all_clinics_is_told_and_no_clinic() {
        let mut counts = Counts::new();
        let mut wait = |object, since: Option<i64>| {
            let since = since.map(Timestamp);
            counts.note(Event::MailsWait { object, since, now: NOW });
            counts.text(NOW)
        };
        let told = |seconds: u32| format!("\nwardkey_oldest_mail_wait_seconds {seconds}\n");
        assert!(wait("abc", None).contains(&told(0)));
        assert!(wait("abc", Some(990_000)).contains(&told(10)));
        let text = wait("def", Some(700_000));
        assert!(text.contains(&told(300)) && !text.contains("def"), "{text}");
        assert!(wait("def", None).contains(&told(10)));
        assert!(wait("abc", Some(2_000_000)).contains(&told(0)), "a clock that was put back");
    }

    #[test]
    fn what_has_not_happened_yet_stands_at_zero() {
        let counts = Counts::new();
        for line in [
            "wardkey_activities_total{action=\"account_locked\"} 0",
            "wardkey_mails_total{outcome=\"failed\"} 0",
            "wardkey_faults_total{event=\"rolled_back\"} 0",
        ] {
            has(&counts, line);
        }
    }
}
