//! The clinic's people, searched as one types.

use leptos::prelude::*;
use wire::{
    Empty,
    users::{ListUsers, User, UserList},
};

use crate::{
    browser::on_return,
    components::{
        el::{El, el, group},
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        status_badge::status_badge,
        table::{cell, table},
    },
    page::Page,
    pages::frame::{clinic_sections, page_title},
    texts::{Pick, Speech, Texts},
};

/// Lines of the skeleton: about as many as a small clinic has people.
const SKELETON_LINES: usize = 6;
const COLUMNS: [Pick; 5] =
    [|t| t.users.name, |t| t.users.login, |t| t.users.position, |t| t.users.role, |t| t.users.status];

/// The page.
pub fn user_list() -> El {
    let speech = Speech::here();
    let users = Kept::<UserList>::new();
    let read = move || users.read::<ListUsers>(&Empty {});
    read();
    on_return(read);

    let wanted = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let texts = speech.texts();
        users.part(|list| {
            list.users.iter().filter(|user| matches(user, &wanted.read(), texts)).cloned().collect::<Vec<_>>()
        })
    });
    let count = move || {
        let count = u32::try_from(found.read().as_ref()?.len()).unwrap_or(u32::MAX);
        Some((speech.texts().users.found)(count))
    };
    let list = move || match found.read().as_deref() {
        None if users.failure().is_some() => group(),
        None => skeleton(SKELETON_LINES),
        Some([]) => el("p").class("empty").say(|t| t.users.none_found),
        Some(found) => table("cards", &COLUMNS, found.iter().map(user_line).collect::<Vec<_>>()),
    };
    group()
        .child(clinic_sections())
        .child(page_title(|t| t.shell.users))
        .child(users.trouble(read))
        .child(search(wanted))
        .child(list)
        .child(el("p").class("count").set("aria-live", "polite").child(count))
}

fn search(wanted: RwSignal<String>) -> El {
    let input = el("input")
        .set("id", "search")
        .set("type", "search")
        .set("autocomplete", "off")
        .set("autocapitalize", "none")
        .set("spellcheck", "false")
        .on_input(move |typed| wanted.set(typed));
    el("div")
        .class("field search")
        .child(el("label").set("for", "search").say(|t| t.users.search))
        .child(el("div").class("entry").child(Icon::Search.show()).child(input))
}

fn user_line(user: &User) -> El {
    let speech = Speech::here();
    let role = user.role;
    let window = el("a").set("href", Page::Account(user.id.clone()).path()).child(user.full_name.clone());
    el("tr")
        .child(el("th").set("scope", "row").child(window))
        .child(cell(COLUMNS[1], user.login.clone()).class("login"))
        .child(cell(COLUMNS[2], user.position.clone()))
        .child(cell(COLUMNS[3], move || (speech.texts().role)(role)))
        .child(cell(COLUMNS[4], status_badge(&user.status)))
}

/// Whether every word that is searched for stands somewhere in a user's line.
fn matches(user: &User, wanted: &str, texts: &Texts) -> bool {
    let line = format!("{} {} {} {}", user.full_name, user.login, user.position, (texts.role)(user.role));
    let line = line.to_lowercase();
    wanted.to_lowercase().split_whitespace().all(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use wire::{Language, Role, users::UserStatus};

    use super::*;

    #[test]
    fn every_word_must_be_found_in_whatever_order() {
        let user = User {
            id: "0123456789abcdef".parse().unwrap(),
            full_name: "Иванова Анна".to_owned(),
            login: "ivanova".to_owned(),
            position: "Медсестра".to_owned(),
            role: Role::Employee,
            status: UserStatus::Active,
        };
        let texts = crate::texts::of(Language::Ru);
        for wanted in ["", "анна ива", "IVANOVA", "медс сотрудник"] {
            assert!(matches(&user, wanted, texts), "{wanted}");
        }
        assert!(!matches(&user, "анна петрова", texts));
    }
}
