//! What happens, written down where Cloudflare counts over all isolates: Analytics Engine, by a binding that may be absent. docs/operate.md
//! has what the columns hold, and the questions that they answer.

use std::cell::RefCell;

use clinic::records::activities::action_text;
use wire::ProblemCode;
use worker::{AnalyticsEngineDataPointBuilder, AnalyticsEngineDataset, Env};

use crate::metrics::Event;

/// The binding.
const METRICS: &str = "METRICS";
/// Rows that an isolate keeps for its first binding; further ones are lost.
const EARLY_MAX: usize = 100;

/// A row: what happened (`index1`), words about it (`blob1`, …), and a number (`double1`).
#[derive(Debug, PartialEq)]
struct Point {
    index: &'static str,
    blobs: [&'static str; 2],
    double: f64,
}

/// Where this isolate writes its rows.
enum Rows {
    /// Not known yet: nothing has come with the bindings. These wait for them.
    Early(Vec<Point>),
    Into(AnalyticsEngineDataset),
    /// The deployment has no such binding.
    Nowhere,
}

thread_local! {
    static ROWS: RefCell<Rows> = const { RefCell::new(Rows::Early(Vec::new())) };
}

/// Writes an event down, where there is somewhere to. Nobody waits for it, and nothing fails for it.
pub fn write(env: &Env, event: Event<'_>) {
    ROWS.with_borrow_mut(|rows| {
        if let Rows::Early(early) = rows {
            let early = std::mem::take(early);
            *rows = env.analytics_engine(METRICS).map_or(Rows::Nowhere, Rows::Into);
            early.into_iter().for_each(|point| rows.add(point));
        }
    });
    tell(event);
}

/// The same for the journal, which has no bindings at hand: by that of this isolate, or the first that comes.
pub fn tell(event: Event<'_>) {
    if let Some(point) = point(event) {
        ROWS.with_borrow_mut(|rows| rows.add(point));
    }
}

impl Rows {
    fn add(&mut self, point: Point) {
        match self {
            Self::Early(early) if early.len() < EARLY_MAX => early.push(point),
            Self::Into(dataset) => {
                let row = AnalyticsEngineDataPointBuilder::new()
                    .indexes([point.index])
                    .blobs(point.blobs)
                    .add_double(point.double);
                // What the platform does not take is one figure less.
                let _ = row.write_to(dataset);
            }
            Self::Early(_) | Self::Nowhere => {}
        }
    }
}

fn point(event: Event<'_>) -> Option<Point> {
    let point = |index, blobs, double| Some(Point { index, blobs, double });
    match event {
        Event::Replied { path, status, problem } => {
            let code = problem.map_or("", ProblemCode::as_str);
            point("request", [path, code], f64::from(status))
        }
        Event::Answered { object, millis } => {
            let millis = i32::try_from(millis).unwrap_or(i32::MAX);
            point("answer", [object.as_str(), ""], f64::from(millis.max(0)))
        }
        Event::Logged { action, lines } => point("activity", [action_text(action), ""], f64::from(lines)),
        Event::Mail(outcome) => point("mail", [outcome.as_str(), ""], 1.0),
        Event::MailsWait { since: Some(since), now, .. } => {
            let seconds = i32::try_from(now.seconds().saturating_sub(since.seconds())).unwrap_or(i32::MAX);
            point("mail_wait", ["", ""], f64::from(seconds.max(0)))
        }
        // The line itself, with its `why`, stands in the platform's log.
        Event::Fault(event) => point("fault", [event, ""], 1.0),
        // That nothing waits is no news.
        Event::MailsWait { since: None, .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
    };

    use wire::{
        Endpoint, Timestamp,
        activities::Action,
        sign_in::{AuthorizeComputer, SubmitPassword},
    };

    use super::*;
    use crate::{
        journal,
        metrics::{MailOutcome, ObjectKind},
    };

    /// What a question may say beside the columns, the table and names of its own.
    const WORDS: &str = "SELECT FROM WHERE GROUP BY HAVING ORDER DESC AS AND IN LIKE SUM MAX NOW INTERVAL MINUTE HOUR DAY if \
        toStartOfInterval quantileExactWeighted timestamp _sample_interval index1 blob1 blob2 double1";
    /// Alerts that no row can tell of; the guide says why.
    const WITHOUT_QUESTION: [&str; 2] = ["WardkeyDown", "WardkeyRestarts"];

    fn read(path: &str) -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
    }

    /// What stands in the guide's blocks of this kind.
    fn blocks(guide: &str, kind: &str) -> Vec<String> {
        let opening = format!("```{kind}\n");
        guide.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
    }

    /// The questions that are asked for alerts, by the alert: a line each.
    fn asked_for_alerts(guide: &str) -> BTreeMap<String, String> {
        let lines = blocks(guide, "text").concat();
        let asked = lines.lines().filter_map(|line| line.split_once(' '));
        asked.map(|(alert, question)| (alert.to_owned(), question.to_owned())).collect()
    }

    /// Those that are there to look things up.
    fn looked_up(guide: &str) -> Vec<String> {
        let text = blocks(guide, "sql").concat();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
        lines.join(" ").split("SELECT ").skip(1).map(|one| format!("SELECT {}", one.trim())).collect()
    }

    /// The words of a question, and what it compares them with.
    fn words_and_values(question: &str) -> (Vec<&str>, Vec<&str>) {
        let parts: Vec<&str> = question.split('\'').collect();
        let values = parts.iter().skip(1).step_by(2).copied().collect();
        let words = parts.iter().step_by(2).flat_map(|part| {
            part.split(|one: char| !(one.is_ascii_alphanumeric() || one == '_'))
                .filter(|word| word.starts_with(|one: char| one.is_ascii_alphabetic() || one == '_'))
        });
        (words.collect(), values)
    }

    /// Every row that can be written of these kinds, with its number left out.
    fn rows() -> Vec<Point> {
        let (since, now) = (Some(Timestamp(1_000)), Timestamp(61_000));
        let replied = [AuthorizeComputer::PATH, SubmitPassword::PATH].into_iter().flat_map(|path| {
            let refused = ProblemCode::ALL.iter().copied().map(Some);
            refused.chain([None]).map(move |problem| Event::Replied { path, status: 200, problem })
        });
        let answered =
            [ObjectKind::Clinic, ObjectKind::Desk].map(|object| Event::Answered { object, millis: 1 });
        let logged = Action::ALL.into_iter().map(|action| Event::Logged { action, lines: 1 });
        let mails = [MailOutcome::Sent, MailOutcome::Failed, MailOutcome::PutOff].map(Event::Mail);
        let faults = journal::EVENTS.map(Event::Fault);
        let all = replied.chain(answered).chain(logged).chain(mails).chain(faults);
        all.chain([Event::MailsWait { object: "abc", since, now }]).filter_map(point).collect()
    }

    #[test]
    fn rows_hold_what_the_questions_ask_for_and_no_object() {
        let (since, now) = (Some(Timestamp(1_000)), Timestamp(61_000));
        let path = "/api/sign-in/user";
        let problem = Some(ProblemCode::LoginWrong);
        let logged = Event::Logged { action: Action::AccountLocked, lines: 3 };
        for (event, index, blob, code, double) in [
            (Event::Replied { path, status: 401, problem }, "request", path, "login_wrong", 401.0),
            (Event::Replied { path, status: 200, problem: None }, "request", path, "", 200.0),
            (Event::Answered { object: ObjectKind::Desk, millis: 7 }, "answer", "desk", "", 7.0),
            (logged, "activity", "account_locked", "", 3.0),
            (Event::Mail(MailOutcome::PutOff), "mail", "put_off", "", 1.0),
            (Event::MailsWait { object: "abc", since, now }, "mail_wait", "", "", 60.0),
            (Event::Fault("rolled_back"), "fault", "rolled_back", "", 1.0),
        ] {
            assert_eq!(point(event), Some(Point { index, blobs: [blob, code], double }));
        }
        assert_eq!(point(Event::MailsWait { object: "abc", since: None, now }), None);
    }

    #[test]
    fn what_comes_before_the_bindings_waits_for_them_and_no_more_than_so_much() {
        let waiting =
            || ROWS.with_borrow(|rows| matches!(rows, Rows::Early(early) if early.len() == EARLY_MAX));
        for _ in 1..EARLY_MAX {
            tell(Event::Fault("rolled_back"));
            assert!(!waiting());
        }
        tell(Event::Fault("log_changed"));
        assert!(waiting());
        tell(Event::Fault("hash"));
        assert!(waiting(), "the first ones stay, and no more come");
    }

    #[test]
    fn every_alert_has_a_question_or_the_guide_says_why_it_has_none() {
        let (rules, guide) = (read("xtask/src/home/alerts.yml"), read("docs/operate.md"));
        let alerts: BTreeSet<&str> =
            rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
        assert!(alerts.len() >= 10, "{alerts:?}");
        let asked = asked_for_alerts(&guide);
        for alert in &alerts {
            let excused = WITHOUT_QUESTION.contains(alert);
            assert_ne!(asked.contains_key(*alert), excused, "{alert}");
            assert_eq!(guide.contains(&format!("`{alert}` has no question: ")), excused, "{alert}");
            assert!(guide.contains(&format!("| `{alert}` | ")), "{alert} is not in the table");
        }
        assert!(asked.keys().all(|alert| alerts.contains(alert.as_str())), "{asked:?}");
        // A question without an alert would answer with a row all the time.
        for (alert, question) in asked {
            assert!(question.contains(" GROUP BY "), "{alert}: a row of nothing is a row");
        }
    }

    #[test]
    fn each_question_names_only_what_rows_have() {
        let (guide, deployment) = (read("docs/operate.md"), read("wrangler.toml"));
        let rows = rows();
        let questions: Vec<String> =
            looked_up(&guide).into_iter().chain(asked_for_alerts(&guide).into_values()).collect();
        assert!(questions.len() >= 14, "{questions:?}");
        for question in &questions {
            let (words, values) = words_and_values(question);
            let after = |wanted: &str| -> BTreeSet<&str> {
                words.windows(2).filter(|pair| pair[0] == wanted).map(|pair| pair[1]).collect()
            };
            let (own, tables) = (after("AS"), after("FROM"));
            for word in &words {
                let known = WORDS.split_whitespace().any(|one| one == *word)
                    || own.contains(word)
                    || tables.contains(word);
                assert!(known, "{word}: {question}");
            }
            for table in tables {
                assert!(deployment.contains(&format!("dataset = \"{table}\"")), "{table}: {question}");
            }
            // Of which kind it asks, and what those rows have where it looks.
            let index = question.split("index1 = '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
            let of_kind: Vec<&Point> = rows.iter().filter(|row| row.index == index).collect();
            assert!(!of_kind.is_empty(), "no row is {index}: {question}");
            for (place, column) in ["blob1", "blob2"].into_iter().enumerate() {
                let filled = of_kind.iter().any(|row| !row.blobs[place].is_empty());
                assert!(filled || !words.contains(&column), "{column} is empty: {question}");
            }
            let said = |value: &str| {
                let begins = value.strip_suffix('%');
                of_kind.iter().flat_map(|row| row.blobs).any(|blob| match begins {
                    Some(begins) => blob.starts_with(begins),
                    None => blob == value,
                })
            };
            let periods = question.split("INTERVAL '").skip(1).filter_map(|rest| rest.split('\'').next());
            let free: BTreeSet<&str> = periods.chain([index, "", "passed"]).collect();
            for value in values.iter().filter(|value| !free.contains(*value)) {
                assert!(said(value), "no row says {value}: {question}");
            }
        }
    }
}
