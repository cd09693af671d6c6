//! Each line of the log carries a hash over the one before it, so that a changed, moved or lost line shows.

use serde::Serialize;
pub use wire::log_file::{BEGINNING, LineHash};
use wire::{activities::ActivityLine, log_file};

/// SHA-256 over the hash of the line before and this line as JSON in the order of its fields.
pub fn hash(before: &[u8], line: &ActivityLine) -> Result<LineHash, serde_json::Error> {
    hash_json(before, line)
}

/// The same for a line of another log.
pub fn hash_json(before: &[u8], line: &impl Serialize) -> Result<LineHash, serde_json::Error> {
    Ok(log_file::hash(before, &serde_json::to_vec(line)?))
}

#[cfg(test)]
mod tests {
    use wire::{
        Timestamp,
        activities::{Action, Subject},
    };

    use super::*;

    fn line() -> ActivityLine {
        ActivityLine {
            seq: 1,
            at: Timestamp(0),
            action: Action::LoginFailed,
            user: Subject::UnknownLogin,
            by: Subject::Nobody,
            computer: "Reception 1".into(),
            address: "127.0.0.1".into(),
            changes: Vec::new(),
        }
    }

    #[test]
    fn a_changed_line_has_another_hash() {
        let honest = hash(&BEGINNING, &line()).unwrap();
        let changed = ActivityLine { computer: "Reception 2".into(), ..line() };
        assert_ne!(hash(&BEGINNING, &changed).unwrap(), honest);
        assert_ne!(hash(&honest, &line()).unwrap(), honest, "a moved line stands on another hash");
    }

    #[test]
    fn the_hashed_form_is_pinned() {
        assert_eq!(
            serde_json::to_string(&line()).unwrap(),
            r#"{"seq":1,"at":0,"action":"login_failed","user":{"is":"unknown_login"},"by":{"is":"nobody"},"computer":"Reception 1","address":"127.0.0.1"}"#
        );
    }
}
