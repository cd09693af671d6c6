//! Every sentence of the app. A language is one value of [`Texts`], so that a missing translation does not build.

pub mod changes;
mod en;
mod fr;
pub mod idle;
pub mod me;
pub mod once;
pub mod people;
mod places;
pub mod plural;
mod ru;
pub mod settings;

use leptos::prelude::*;
use wire::{Language, ProblemCode, Role, activities::Action, users::UnlockPermission};

/// The sentences of one language. Where a number or a name belongs into a sentence, it is a function.
pub struct Texts {
    pub common: Common,
    pub sign_in: SignIn,
    pub shell: Shell,
    pub users: Users,
    pub account: Account,
    pub activities: Activities,
    pub forgot: Forgot,
    pub idle: &'static idle::IdleTexts,
    pub once: &'static once::OnceTexts,
    pub people: &'static people::PeopleTexts,
    pub places: &'static places::PlacesTexts,
    pub me: &'static me::MeTexts,
    pub settings: &'static settings::SettingsTexts,
    pub changes: &'static changes::ChangesTexts,
    pub role: fn(Role) -> &'static str,
    pub action: fn(Action) -> &'static str,
    pub problem: fn(Refusal) -> String,
}

/// A refusal, as a sentence needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: ProblemCode,
    /// Seconds that are still to wait; zero when there is nothing to wait for.
    pub wait_seconds: u32,
    pub tries_left: Option<u32>,
}

pub struct Common {
    pub language: &'static str,
    pub loading: &'static str,
    pub offline: &'static str,
    pub try_again: &'static str,
    pub try_again_now: &'static str,
    pub refresh: &'static str,
    pub show_characters: &'static str,
    pub hide_characters: &'static str,
    pub nothing: &'static str,
    pub unknown_page: &'static str,
    pub unknown_page_about: &'static str,
    pub to_start: &'static str,
}

pub struct SignIn {
    pub progress: fn(u8) -> String,
    pub path: &'static str,
    pub computer_lost: &'static str,
    pub clock_off: fn(&str, &str) -> String,
    pub clock_advice: &'static str,
    pub path_names: [&'static str; 3],
    pub computer_title: &'static str,
    pub computer_about: &'static str,
    pub username: &'static str,
    pub password: &'static str,
    pub computer_password_hint: &'static str,
    pub next: &'static str,
    pub profile_title: &'static str,
    pub profile_about: &'static str,
    pub code: &'static str,
    pub code_hint: &'static str,
    pub user_title: &'static str,
    pub login: &'static str,
    pub sign_in: &'static str,
    pub forgot: &'static str,
    pub unlocked: &'static str,
    pub question_expired: &'static str,
    pub session_ended: &'static str,
    pub question_title: &'static str,
    pub question_about: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub locked_title: &'static str,
    pub locked_about: &'static str,
    pub locked_forgot: &'static str,
    pub locked_waiting: &'static str,
    pub new_password_title: &'static str,
    pub new_password_about: &'static str,
    pub new_password: &'static str,
    pub password_rule: fn(u32) -> String,
    pub save_and_sign_in: &'static str,
}

pub struct Shell {
    pub skip: &'static str,
    pub places: &'static str,
    pub clinic: &'static str,
    pub user_management: &'static str,
    pub users: &'static str,
    pub computers: &'static str,
    pub profiles: &'static str,
    pub settings: &'static str,
    pub me: &'static str,
    pub add_user: &'static str,
    pub import_users: &'static str,
    pub management: &'static str,
    pub activities: &'static str,
    pub switch_user: &'static str,
    pub sign_out: &'static str,
    pub signed_in_as: fn(&str) -> String,
    pub signed_out: &'static str,
    pub hello: fn(&str) -> String,
    pub home_about: &'static str,
    pub users_about: &'static str,
    pub computers_about: &'static str,
    pub settings_about: &'static str,
    pub activities_about: &'static str,
}

pub struct Users {
    pub search: &'static str,
    pub found: fn(u32) -> String,
    pub none_found: &'static str,
    pub name: &'static str,
    pub login: &'static str,
    pub position: &'static str,
    pub role: &'static str,
    pub status: &'static str,
    pub active: &'static str,
    pub locked: &'static str,
    pub removed: &'static str,
}

pub struct Account {
    pub back: &'static str,
    pub email: &'static str,
    pub last_sign_in: &'static str,
    pub never: &'static str,
    pub lock: &'static str,
    pub since: &'static str,
    pub computer: &'static str,
    pub tries_since: &'static str,
    pub verify: &'static str,
    pub unlock: &'static str,
    pub permission: fn(UnlockPermission) -> Option<&'static str>,
    pub pin_sent: fn(&str) -> String,
    pub pin_prompt: &'static str,
    pub pin: &'static str,
    pub pin_valid: fn(&str, u32) -> String,
    pub confirm: &'static str,
    pub new_pin: &'static str,
    pub unlocked: &'static str,
}

pub struct Activities {
    pub at: &'static str,
    pub action: &'static str,
    pub user: &'static str,
    pub by: &'static str,
    pub computer: &'static str,
    pub address: &'static str,
    pub unknown_login: &'static str,
    pub operator: &'static str,
    pub older: &'static str,
    pub end: &'static str,
    pub own_only: &'static str,
    pub zone: fn(&str) -> String,
}

pub struct Forgot {
    pub title: &'static str,
    pub about: &'static str,
    pub owner: &'static str,
    pub manager: &'static str,
    pub administrator: &'static str,
    pub locked: &'static str,
    pub back: &'static str,
}

/// The sentences of a language.
pub fn of(language: Language) -> &'static Texts {
    match language {
        Language::En => &en::TEXTS,
        Language::Ru => &ru::TEXTS,
        Language::Fr => &fr::TEXTS,
    }
}

/// What a language calls itself, in the language menu.
pub fn own_name(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Ru => "Русский",
        Language::Fr => "Français",
    }
}

/// Picks one sentence.
pub type Pick = fn(&'static Texts) -> &'static str;

/// The language that the screen speaks now.
#[derive(Clone, Copy)]
pub struct Speech(RwSignal<Language>);

impl Speech {
    /// Starts in a language.
    pub fn new(language: Language) -> Self {
        Self(RwSignal::new(language))
    }

    /// The speech that the app provides.
    pub fn here() -> Self {
        expect_context()
    }

    /// The language; whoever reads it follows it.
    pub fn language(self) -> Language {
        self.0.get()
    }

    /// Speaks another language from now on.
    pub fn switch(self, language: Language) {
        self.0.set(language);
    }

    /// The sentences; whoever reads them follows the language.
    pub fn texts(self) -> &'static Texts {
        of(self.0.get())
    }

    /// The sentences of this moment.
    pub fn texts_now(self) -> &'static Texts {
        of(self.0.get_untracked())
    }
}

/// A sentence that follows the language.
pub fn say(pick: Pick) -> impl Fn() -> &'static str + Copy + Send + Sync {
    let speech = Speech::here();
    move || pick(speech.texts())
}

/// A time to wait, such as `1 min 05 s`.
fn span(seconds: u32, [hour, minute, second]: [&str; 3]) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}\u{a0}{second}"),
        (0, m, s) => format!("{m}\u{a0}{minute} {s:02}\u{a0}{second}"),
        (h, m, _) => format!("{h}\u{a0}{hour} {m:02}\u{a0}{minute}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_sentence_in_every_language() {
        for language in Language::ALL {
            for code in ProblemCode::ALL {
                for (wait_seconds, tries_left) in [(0, None), (75, Some(1))] {
                    let sentence = (of(language).problem)(Refusal { code: *code, wait_seconds, tries_left });
                    assert!(
                        sentence.ends_with('.') && !sentence.contains("  "),
                        "{language:?} {code:?}: {sentence}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_five_actions_carry_their_names() {
        let names = [
            (Action::AccountLocked, "Account locked"),
            (Action::AccountUnlocked, "Account unlocked"),
            (Action::LoginFailed, "Login failed"),
            (Action::LoginFailedLocked, "Login failed (locked)"),
            (Action::AccountUnlockFailed, "Account unlock failed"),
        ];
        for (action, name) in names {
            assert_eq!((of(Language::En).action)(action), name);
        }
    }

    #[test]
    fn a_wait_is_written_shortly() {
        let units = ["h", "min", "s"];
        assert_eq!(span(9, units), "9\u{a0}s");
        assert_eq!(span(65, units), "1\u{a0}min 05\u{a0}s");
        assert_eq!(span(7_260, units), "2\u{a0}h 01\u{a0}min");
    }
}
