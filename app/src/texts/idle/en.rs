//! English.

use super::IdleTexts;
use crate::texts::plural::english as plural;

pub static EN: IdleTexts = IdleTexts {
    title: "Are you still there?",
    about: |seconds| format!("You will be signed out in {seconds} {}.", plural(seconds, "second", "seconds")),
    stay: "Stay signed in",
    signed_out: |minutes| {
        format!(
            "Nobody used this computer for {minutes} {}. Please sign in again.",
            plural(minutes, "minute", "minutes")
        )
    },
};
