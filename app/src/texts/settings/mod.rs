//! Sentences about the clinic's settings and policies.

mod en;
mod fr;
mod ru;

pub use self::{en::EN, fr::FR, ru::RU};

pub struct SettingsTexts {
    pub clinic: &'static str,
    pub name: &'static str,
    pub time_zone: &'static str,
    pub time_there: fn(&str) -> String,
    pub language: &'static str,
    pub language_hint: &'static str,
    pub save: &'static str,
    pub saved: &'static str,
    pub policies: &'static str,
    pub policies_saved: &'static str,
    pub owners_only: &'static str,
    pub read_only: &'static str,
    pub look_again: &'static str,
    pub stands_now: fn(&str) -> String,
    pub bounds: fn(u32, u32) -> String,
    pub off: &'static str,
    pub on: &'static str,
    pub minutes: fn(u32) -> String,
    /// A policy by its JSON name.
    pub policy: fn(&str) -> PolicyTexts,
}

/// What a policy is called, what it does, and what it is counted in.
#[derive(Clone, Copy)]
pub struct PolicyTexts {
    pub name: &'static str,
    pub about: &'static str,
    pub unit: fn(u32) -> &'static str,
}

#[cfg(test)]
mod tests {
    use wire::{Language, settings::Policies};

    use crate::texts::of;

    #[test]
    fn every_policy_has_a_name_in_every_language() {
        for language in Language::ALL {
            let policy = of(language).settings.policy;
            let mut seen = vec![policy("").name];
            let switches = ["own_password", "automatic_unlock_minutes"];
            let defaults = Policies::default();
            for name in defaults.numbers().map(|(name, ..)| name).chain(switches) {
                let texts = policy(name);
                assert!(!seen.contains(&texts.name), "{language:?} {name}");
                assert!(texts.about.ends_with('.'), "{language:?} {name}");
                seen.push(texts.name);
            }
        }
    }
}
