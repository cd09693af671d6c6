//! Which of the people stand in the list, and in what order. What is searched is made ready once, for it is asked at every key.

use std::cmp::Ordering;

use wire::{
    Role,
    users::{User, UserList, UserStatus},
};

use super::names;
use crate::texts::{Sentences, role_name};

/// Makes letters alike that people do not tell apart when they search: capitals, and accents.
pub type Fold = fn(&str) -> String;

/// Somebody, with what is searched as [`Fold`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub user: User,
    words: String,
    position: String,
}

/// The people of the list, by name.
pub fn entries(list: &UserList, sentences: &Sentences, fold: Fold) -> Vec<Entry> {
    let entry = |user: &User| {
        let role = sentences.text(role_name(user.role));
        let words = format!("{} {} {} {role}", user.full_name, user.login, user.position);
        Entry { words: fold(&words), position: fold(&user.position), user: user.clone() }
    };
    list.users.iter().map(entry).collect()
}

/// What is asked of the list, as it stands in the address bar. What is empty asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    pub words: String,
    pub role: String,
    pub status: String,
    /// The column, with a dash before it when the last comes first.
    pub sort: String,
}

/// The columns that the list is sorted by, with the names that they have in the address bar.
pub const SORTS: [&str; 5] = ["name", "login", "position", "role", "status"];

/// The same with the last first.
pub const BACKWARDS: [&str; 5] = ["-name", "-login", "-position", "-role", "-status"];

/// The places of those who are wanted, in the order that is wanted. Who is removed is shown only when asked for.
pub fn order(entries: &[Entry], wish: &Wish, fold: Fold) -> Vec<usize> {
    let words = fold(&wish.words);
    let role = names::role(&wish.role);
    let wanted = |entry: &Entry| {
        let status = status_name(&entry.user.status);
        let in_status = match wish.status.as_str() {
            "" => status != "removed",
            wanted => status == wanted,
        };
        in_status
            && role.is_none_or(|role| entry.user.role == role)
            && words.split_whitespace().all(|word| holds(&entry.words, word))
    };
    let mut places: Vec<_> = entries.iter().enumerate().filter(|(_, entry)| wanted(entry)).collect();
    let (column, backwards) = direction(&wish.sort);
    // By name they stand already, and those who are alike in something else stay by name.
    match (column, backwards) {
        ("name", false) => {}
        ("name", true) => places.reverse(),
        _ => places.sort_unstable_by(|(place, one), (next, other)| {
            compare(column, backwards, one, other).then(place.cmp(next))
        }),
    }
    places.into_iter().map(|(place, _)| place).collect()
}

/// Whether a word stands in a text. `str::contains` makes ready for long texts, which costs more than these short ones.
fn holds(text: &str, word: &str) -> bool {
    let mut places = text.as_bytes().windows(word.len());
    places.any(|place| place.first() == word.as_bytes().first() && place == word.as_bytes())
}

/// The column that is sorted by, and whether backwards.
pub fn direction(sort: &str) -> (&str, bool) {
    match sort.strip_prefix('-') {
        Some(column) => (column, true),
        None if sort.is_empty() => ("name", false),
        None => (sort, false),
    }
}

pub fn status_name(status: &UserStatus) -> &'static str {
    match status {
        UserStatus::Active => "active",
        UserStatus::Locked { .. } => "locked",
        UserStatus::Removed { .. } => "removed",
    }
}

fn compare(column: &str, backwards: bool, one: &Entry, other: &Entry) -> Ordering {
    let ordering = match column {
        "login" => one.user.login.cmp(&other.user.login),
        "position" => one.position.cmp(&other.position),
        "role" => rank(one.user.role).cmp(&rank(other.user.role)),
        "status" => status_name(&one.user.status).cmp(status_name(&other.user.status)),
        _ => Ordering::Equal,
    };
    let ordering = if backwards { ordering.reverse() } else { ordering };
    match column {
        // Who has no position comes last, from either end.
        "position" => one.position.is_empty().cmp(&other.position.is_empty()).then(ordering),
        _ => ordering,
    }
}

fn rank(role: Role) -> usize {
    Role::ALL.into_iter().position(|other| other == role).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use wire::{Language, Timestamp};

    use super::*;

    fn folded(text: &str) -> String {
        text.to_lowercase().replace('ё', "е")
    }

    fn people() -> Vec<Entry> {
        let since = Timestamp(0);
        let user = |number: usize, name: &str, position: &str, role, status| User {
            id: format!("{number:016}").parse().unwrap(),
            full_name: name.to_owned(),
            login: format!("login{}", 9 - number),
            position: position.to_owned(),
            role,
            status,
        };
        let users = vec![
            user(0, "Ёлкина Анна", "Медсестра", Role::Employee, UserStatus::Active),
            user(1, "Иванова Анна", "Медсестра", Role::Employee, UserStatus::Locked { since }),
            user(2, "Орлов Пётр", "", Role::Owner, UserStatus::Active),
            user(3, "Петрова Ольга", "Врач", Role::Manager, UserStatus::Removed { since }),
        ];
        entries(&UserList { users, may_add: Vec::new() }, crate::texts::of(Language::Ru), folded)
    }

    fn wish(words: &str, role: &str, status: &str, sort: &str) -> Vec<usize> {
        let wish = Wish { words: words.into(), role: role.into(), status: status.into(), sort: sort.into() };
        order(&people(), &wish, folded)
    }

    #[test]
    fn every_word_must_be_found_in_whatever_order() {
        assert_eq!(wish("анна ива", "", "", ""), [1]);
        assert_eq!(wish("LOGIN8", "", "", ""), [1]);
        assert_eq!(wish("медс сотрудник", "", "", ""), [0, 1]);
        assert_eq!(wish("елкина", "", "", ""), [0]);
        assert!(wish("анна петрова", "", "", "").is_empty());
    }

    #[test]
    fn who_is_removed_is_shown_only_when_asked_for() {
        assert_eq!(wish("", "", "", ""), [0, 1, 2]);
        assert_eq!(wish("", "", "removed", ""), [3]);
        assert_eq!(wish("", "", "locked", ""), [1]);
        assert_eq!(wish("", "owner", "active", ""), [2]);
    }

    #[test]
    fn a_column_sorts_both_ways() {
        assert_eq!(wish("", "", "", "login"), [2, 1, 0]);
        assert_eq!(wish("", "", "", "-name"), [2, 1, 0]);
        assert_eq!(wish("", "", "", "position"), [0, 1, 2]);
        assert_eq!(wish("", "", "", "role"), [2, 0, 1]);
        assert_eq!(wish("", "", "", "-status")[0], 1);
    }
}
