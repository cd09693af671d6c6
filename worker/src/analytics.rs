//! What happens, written down where Cloudflare counts over all isolates: Analytics Engine, by a binding that may be absent. docs/operate.md
//! has what the columns hold, and the questions that they answer.

use clinic::records::activities::action_text;
use wire::ProblemCode;
use worker::{AnalyticsEngineDataPointBuilder, Env};

use crate::metrics::Event;

/// The binding.
const METRICS: &str = "METRICS";

/// A row: what happened (`index1`), words about it (`blob1`, …), and a number (`double1`).
#[derive(Debug, PartialEq)]
struct Point {
    index: &'static str,
    blobs: [&'static str; 2],
    double: f64,
}

/// Writes an event down, where there is somewhere to. Nobody waits for it, and nothing fails for it.
pub fn write(env: &Env, event: Event<'_>) {
    let Some(point) = point(event) else { return };
    let Ok(dataset) = env.analytics_engine(METRICS) else { return };
    let row = AnalyticsEngineDataPointBuilder::new()
        .indexes([point.index])
        .blobs(point.blobs)
        .add_double(point.double);
    // What the platform does not take is one figure less.
    let _ = row.write_to(&dataset);
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
        // Of these the platform keeps the lines themselves; and that nothing waits is no news.
        Event::Fault(_) | Event::MailsWait { since: None, .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use wire::{Timestamp, activities::Action};

    use super::*;
    use crate::metrics::{MailOutcome, ObjectKind};

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
        ] {
            assert_eq!(point(event), Some(Point { index, blobs: [blob, code], double }));
        }
        assert_eq!(point(Event::MailsWait { object: "abc", since: None, now }), None);
        assert_eq!(point(Event::Fault("rolled_back")), None);
    }
}
