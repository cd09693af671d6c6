//! English.

use super::{PolicyTexts, SettingsTexts};
use crate::texts::plural::english as plural;

pub static EN: SettingsTexts = SettingsTexts {
    clinic: "The clinic",
    name: "Name of the clinic",
    time_zone: "Time zone",
    time_there: |time| format!("It is {time} there now."),
    language: "Default language",
    language_hint: "For the sign-in page, and for how names are written.",
    save: "Save",
    saved: "Settings saved",
    policies: "Policies",
    policies_saved: "Policies saved",
    owners_only: "Only an owner of the clinic can change the policies.",
    read_only: "You can look at the settings, but not change them.",
    look_again: "Look again",
    stands_now: |value| format!("Somebody has set this to: {value}"),
    bounds: |min, max| format!("From {min} to {max}."),
    off: "off",
    on: "on",
    minutes: |n| format!("after {n} {}", plural(n, "minute", "minutes")),
    policy: |name| match name {
        "strikes_max" => PolicyTexts {
            name: "Wrong passwords before a lock",
            about: "So many wrong passwords in a row lock an account.",
            unit: |n| plural(n, "password", "passwords"),
        },
        "password_length_min" => PolicyTexts {
            name: "Shortest password",
            about: "A password that somebody chooses has at least so many characters.",
            unit: |n| plural(n, "character", "characters"),
        },
        "computer_unused_days" => PolicyTexts {
            name: "Unused computer",
            about: "A computer that nobody used for so long has to be authorized again.",
            unit: |n| plural(n, "day", "days"),
        },
        "profile_hours" => PolicyTexts {
            name: "Working day",
            about: "After so long a new code of the authenticator app is asked for, and everybody signs in again.",
            unit: |n| plural(n, "hour", "hours"),
        },
        "idle_minutes" => PolicyTexts {
            name: "Idle time",
            about: "A screen that nobody uses for so long asks for the password again.",
            unit: |n| plural(n, "minute", "minutes"),
        },
        "log_years" => PolicyTexts {
            name: "Keeping the log",
            about: "Activities are kept for at least so long.",
            unit: |n| plural(n, "year", "years"),
        },
        "own_password" => PolicyTexts {
            name: "Own password at the first sign-in",
            about: "Everybody replaces their first password by one that only they know.",
            unit: |_| "",
        },
        "automatic_unlock_minutes" => PolicyTexts {
            name: "Automatic reactivation",
            about: "A locked account opens again by itself after so long. Off: only an owner opens it.",
            unit: |n| plural(n, "minute", "minutes"),
        },
        _ => PolicyTexts { name: "Policy", about: "", unit: |_| "" },
    },
};
