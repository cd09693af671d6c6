//! What an activity has changed, in words: the log keeps codes, people read names.

use js_sys::decode_uri_component;
use wire::{
    Language, Role,
    activities::{Action, Change, Changed, ExportFormat},
    rights::Right,
};

use super::{export::FORMAT_NAMES, filter::code};
use crate::{
    components::el::{El, el},
    texts::{Sentences, Speech, Text, action_name, changed_name, own_name, policy, right_name, role_name, t},
};

/// The changes, one below the other; nothing where there are none.
pub fn changes(changes: Vec<Change>) -> Option<El> {
    let speech = Speech::here();
    let line = move |change: Change| el("li").child(move || sentence(speech.sentences(), &change));
    (!changes.is_empty())
        .then(|| el("ul").class("changes").child(changes.into_iter().map(line).collect::<Vec<_>>()))
}

/// A change as a sentence.
fn sentence(sentences: &Sentences, change: &Change) -> String {
    let Change { what, old, new } = change;
    let name = sentences.text(changed_name(what));
    let name = match what {
        Changed::Right(_) => sentences.fill(t::changes::RIGHT_IN, &[name]),
        _ => name.to_owned(),
    };
    let value = |logged: &str| value(sentences, what, logged);
    let only = |value: &str| sentences.fill(t::changes::ONLY, &[&name, value]);
    let from_to = |old: &str, new: &str| sentences.fill(t::changes::FROM_TO, &[&name, old, new]);
    match (old.as_str(), new.as_str()) {
        // A computer or a profile that is gone is named, and that it is gone says the action.
        (old, "") if matches!(what, Changed::Computer | Changed::Profile) => only(old),
        ("", new) => only(&value(new)),
        (old, "") => from_to(&value(old), sentences.text(t::changes::NOTHING)),
        (old, new) => from_to(&value(old), &value(new)),
    }
}

/// What stands in the log, as people call it; as it stands there, where it has no other name.
fn value(sentences: &Sentences, what: &Changed, logged: &str) -> String {
    let named = match what {
        Changed::Role => role(logged).map(role_name),
        Changed::Right(_) => right(logged).map(right_name),
        Changed::Policy(_) => match logged {
            "on" => Some(t::settings::ON),
            "off" => Some(t::settings::OFF),
            _ => None,
        },
        Changed::ExportFormat => format(logged),
        Changed::BrowserKey => Some(t::changes::NOTHING),
        _ => None,
    };
    match (named, what) {
        (Some(name), _) => sentences.text(name).to_owned(),
        (None, Changed::Policy(name)) => counted(sentences, name, logged),
        (None, Changed::ExportFilter) => filters(sentences, logged),
        (None, Changed::Language) => Language::from_tag(logged).map_or(logged, |of| own_name(of)).to_owned(),
        (None, _) => logged.to_owned(),
    }
}

/// A number with its unit.
fn counted(sentences: &Sentences, name: &str, logged: &str) -> String {
    match policy(name).unit {
        Some(unit) if logged.parse::<u32>().is_ok() => {
            format!("{logged}\u{a0}{}", sentences.fill(unit, &[logged]))
        }
        _ => logged.to_owned(),
    }
}

/// What an export was narrowed to: the log keeps it as the address of the request said it.
fn filters(sentences: &Sentences, logged: &str) -> String {
    let plain = logged.replace('+', " ");
    let part = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let value = decode_uri_component(value).map(String::from).unwrap_or_default();
        let (label, value) = match name {
            "words" => (t::activities::WORDS, value),
            "actions" => (t::activities::ACTION, actions(sentences, &value)),
            "user" => (t::activities::USER, value),
            "computer" => (t::activities::COMPUTER, value),
            "from" => (t::activities::FROM, value),
            _ => (t::activities::UNTIL, value),
        };
        Some(sentences.fill(t::changes::ONLY, &[sentences.text(label), &value]))
    };
    plain.split('&').filter_map(part).collect::<Vec<_>>().join("; ")
}

fn actions(sentences: &Sentences, logged: &str) -> String {
    let name =
        |name: &str| action(name).map_or(name.to_owned(), |of| sentences.text(action_name(of)).to_owned());
    logged.split(',').map(name).collect::<Vec<_>>().join(", ")
}

fn action(logged: &str) -> Option<Action> {
    Action::ALL.into_iter().find(|of| code(*of) == logged)
}

fn format(logged: &str) -> Option<Text> {
    ExportFormat::ALL
        .into_iter()
        .zip(FORMAT_NAMES)
        .find_map(|(format, name)| (format.name() == logged).then_some(name))
}

fn role(logged: &str) -> Option<Role> {
    let names = ["owner", "manager", "employee", "system_administrator"];
    Role::ALL.into_iter().zip(names).find_map(|(role, name)| (name == logged).then_some(role))
}

fn right(logged: &str) -> Option<Right> {
    let names = ["none", "read", "edit"];
    Right::ALL.into_iter().zip(names).find_map(|(right, name)| (name == logged).then_some(right))
}

#[cfg(test)]
mod tests {
    use wire::rights::Module;

    use super::*;
    use crate::texts::of;

    fn said(language: Language, what: Changed, old: &str, new: &str) -> String {
        sentence(of(language), &Change { what, old: old.to_owned(), new: new.to_owned() })
    }

    #[test]
    fn roles_and_rights_are_known_by_their_json_names() {
        for known in Role::ALL {
            let name = serde_json::to_string(&known).unwrap();
            assert_eq!(role(name.trim_matches('"')), Some(known));
        }
        for known in Right::ALL {
            let name = serde_json::to_string(&known).unwrap();
            assert_eq!(right(name.trim_matches('"')), Some(known));
        }
    }

    #[test]
    fn a_change_is_told_in_the_words_of_the_screens() {
        use Language::{En, Ru};
        assert_eq!(said(En, Changed::Role, "employee", "manager"), "Role: Employee → Manager");
        assert_eq!(
            said(Ru, Changed::Right(Module::Users), "none", "edit"),
            "Права в разделе «Пользователи»: нет → изменение"
        );
        assert_eq!(said(En, Changed::Login, "", "ivanov"), "Login: ivanov");
        assert_eq!(said(En, Changed::Computer, "Reception 2", ""), "Computer: Reception 2");
        assert_eq!(said(En, Changed::Email, "a@example.org", ""), "E-mail: a@example.org → none");
    }

    #[test]
    fn a_policy_is_told_with_its_unit() {
        let policy = |name: &str| Changed::Policy(name.to_owned());
        assert_eq!(
            said(Language::En, policy("strikes_max"), "5", "3"),
            "Wrong passwords before a lock: 5\u{a0}passwords → 3\u{a0}passwords"
        );
        assert_eq!(
            said(Language::En, policy("automatic_unlock_minutes"), "off", "15"),
            "Automatic reactivation: off → 15\u{a0}minutes"
        );
    }
}
