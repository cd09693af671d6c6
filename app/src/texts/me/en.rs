//! English.

use super::MeTexts;
use crate::texts::plural::english as plural;

pub static EN: MeTexts = MeTexts {
    about_me: "About me",
    wrong_data: "Is something wrong? Whoever manages the users of the clinic can correct it.",
    mails_in: "Language of my mails",
    mails_hint: "Changes at once.",
    language_saved: "Your mails come in this language from now on",
    password: "My password",
    current: "Current password",
    change_password: "Change password",
    password_changed: "Password changed. You are signed out everywhere else.",
    sessions: "Where I am signed in",
    signed_in_since: "Signed in since",
    here: "this computer",
    everywhere: "Sign out everywhere",
    everywhere_title: "Sign out everywhere?",
    everywhere_words: |n| {
        format!("You will be signed out on {n} {}, this one included.", plural(n, "computer", "computers"))
    },
    signed_out: "You are signed out everywhere.",
    recent: "My recent activity",
};
