//! Somebody new: written down, added, and handed over with a first password that is shown once.

use leptos::prelude::*;
use wire::{
    Empty, Role,
    help::HelpPage,
    people::{AddUser, AddedUser},
    rights::Permission,
    users::{ListUsers, UserList},
};

use super::person::{Limits, PersonForm};
use crate::{
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::submit,
        el::{El, el, group},
        help_link::help_link,
        icon::Icon,
        kept::Kept,
        notice::{note, skeleton},
        panel::button_row,
        secret::pair_shown,
    },
    page::Page,
    pages::frame::{clinic_sections, page_title},
    session::SessionStore,
    signals::{State, derived},
    texts::{Speech, t},
};

/// Lines of the skeleton: as many as the form has fields.
const SKELETON_LINES: usize = 8;

/// The page.
pub fn add_user() -> El {
    let list = Kept::<UserList>::new();
    let read = move || list.read::<ListUsers>(&Empty {});
    read();
    let added = State::new(None::<AddedUser>);
    let may_add = derived(move || list.part(|list| list.may_add.clone()));
    // Made once, and kept while the pair of the last one is shown.
    let person =
        Memo::new_with_compare(move |_| StoredValue::new(may_add.get().and_then(new_person)), |_, _| true);
    let content = move || match (added.get(), may_add.read().is_some()) {
        (Some(added_user), _) => result(added_user, added, person.get().get_value()),
        (None, false) if list.failure().is_some() => group(),
        (None, false) => skeleton(SKELETON_LINES),
        (None, true) => match person.get().get_value() {
            Some(person) => el("section").class("panel").child(form(person, added)),
            None => note(t::people::MAY_ADD_NOBODY),
        },
    };
    let help = help_link(HelpPage::AddingPeople);
    group()
        .child(clinic_sections())
        .child(super::back())
        .child(el("div").class("title").child(el("div").child(page_title(t::shell::ADD_USER)).child(help)))
        .child(list.trouble(read))
        .child(content)
}

fn new_person(roles: Vec<Role>) -> Option<PersonForm> {
    let session = SessionStore::here();
    let usual = roles.contains(&Role::Employee).then_some(Role::Employee).or(roles.first().copied())?;
    let (me, seat) = untrack(|| (session.me(), session.seat()));
    let limits = Limits { roles, rights_max: me?.rights, change_role: Permission::Allowed };
    let person = PersonForm::new(limits, usual, seat?.language);
    person.suggest_login();
    Some(person)
}

fn form(person: PersonForm, added: State<Option<AddedUser>>) -> El {
    let announcer = Announcer::here();
    let speech = Speech::here();
    let send = move || {
        person.form.send::<AddUser>(person.fields(), move |reply| {
            let reply = reply?;
            announcer.status(speech.fill_now(t::people::ADDED, &[&reply.pair.full_name]));
            added.set(Some(reply));
            focus_soon("added");
            Ok(())
        });
    };
    person.show(button_row().child(submit(person.form, t::people::ADD)), send)
}

/// The first password of the one who was added, and what may come next.
fn result(added_user: AddedUser, added: State<Option<AddedUser>>, person: Option<PersonForm>) -> El {
    let speech = Speech::here();
    let name = added_user.pair.full_name.clone();
    let another = move || {
        if let Some(person) = person {
            person.clear();
        }
        added.set(None);
        focus_soon("last_name");
    };
    let heading = el("h2")
        .set("id", "added")
        .set("tabindex", "-1")
        .child(Icon::Check.show())
        .child(move || speech.fill(t::people::ADDED, &[&name]));
    let next = button_row()
        .child(
            el("button")
                .set("type", "button")
                .class("button way-out")
                .on_press(another)
                .say(t::people::ADD_ANOTHER),
        )
        .child(
            el("a")
                .class("button")
                .set("href", Page::Account(added_user.id).path())
                .say(t::people::OPEN_ACCOUNT),
        );
    el("section")
        .class("panel")
        .set("aria-labelledby", "added")
        .child(heading)
        .child(pair_shown(&added_user.pair))
        .child(next)
}
