//! What the program tells whoever runs it: one line of JSON each, so that a search finds all lines of one kind, of one request or of one
//! object. No line has a secret or names anybody.

use std::fmt::Display;

use serde::Serialize;
use worker::console_error;

use crate::{
    analytics,
    metrics::{self, Event},
    world,
};

/// The header of a reply that is a fault of ours, and of what the Worker asks an object: what the request is called here.
pub const REQUEST_HEADER: &str = "Wardkey-Request";
/// Bytes of such a name: enough for a day's requests to have one each.
const NAME_BYTES: usize = 8;

/// Every event that a line can tell of; docs/operate.md says what each means.
pub const EVENTS: [&str; 14] = [
    "not_started",
    "rolled_back",
    "desk_rolled_back",
    "object_silent",
    "crossing",
    "alarm",
    "due_unread",
    "alarm_unset",
    "mail_not_taken",
    "log_changed",
    "log_foreign",
    "export",
    "hash",
    "limit_uncounted",
];

/// A line.
#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    event: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    request: &'a str,
    why: String,
}

/// A name for a request that has just come.
pub fn name_request() -> String {
    world::random_bytes::<NAME_BYTES>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Tells of something that went wrong here, under a request where there is one.
pub fn fault(event: &'static str, request: &str, why: impl Display) {
    metrics::count(Event::Fault(event));
    analytics::tell(Event::Fault(event));
    console_error!("{}", line(event, request, &why));
}

fn line(event: &'static str, request: &str, why: &impl Display) -> String {
    let line = Line { level: "error", event, request, why: why.to_string() };
    // Texts alone: there is nothing in it that JSON could not say.
    serde_json::to_string(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn a_line_is_one_line_of_json() {
        assert_eq!(
            line("rolled_back", "0011223344556677", &"a \"quote\"\nand a line"),
            r#"{"level":"error","event":"rolled_back","request":"0011223344556677","why":"a \"quote\"\nand a line"}"#
        );
        assert_eq!(line("alarm", "", &"x"), r#"{"level":"error","event":"alarm","why":"x"}"#);
    }

    #[test]
    fn every_event_is_listed_and_told_of_to_whoever_reads_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let guide = fs::read_to_string(root.join("../docs/operate.md")).unwrap();
        for event in EVENTS {
            assert!(guide.contains(&format!("`{event}`")), "{event} is not in the guide");
        }
        let mut written = BTreeSet::new();
        let mut open = vec![root.join("src")];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let shipped = text.split("#[cfg(test)]").next().unwrap();
            let calls = shipped.split("journal::fault(").skip(1);
            written.extend(calls.map(|call| call.split('"').nth(1).unwrap().to_owned()));
        }
        assert_eq!(written, EVENTS.map(str::to_owned).into());
    }
}
