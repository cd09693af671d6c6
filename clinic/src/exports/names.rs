//! How a file for programs calls what it tells of: by the names that JSON has, which no language and no version changes.

use serde::Serialize;
use serde_json::Value;

/// The JSON name of something: `role`, or `right users` for one of many.
pub fn json_name(what: &impl Serialize) -> String {
    match serde_json::to_value(what).unwrap_or_default() {
        Value::String(name) => name,
        Value::Object(one_of) => one_of
            .iter()
            .map(|(name, which)| format!("{name} {}", which.as_str().unwrap_or_default()))
            .collect(),
        _ => String::new(),
    }
}
