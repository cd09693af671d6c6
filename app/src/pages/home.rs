//! The page after the door: a greeting, the places one can go to, and for owners what a new clinic still needs.

use wire::{Role, rights::Module, sign_in::Me};

use crate::{
    components::{
        el::{El, el, group},
        icon::Icon,
    },
    page::Page,
    pages::{first_day::first_day, frame::page_heading},
    session::SessionStore,
    texts::{Speech, Text, t},
};

/// The page.
pub fn home(me: &Me) -> El {
    let speech = Speech::here();
    let name = me.full_name.clone();
    let session = SessionStore::here();
    let users = || tile(Page::Users, Icon::People, t::shell::USERS, t::shell::USERS_ABOUT);
    let computers = || tile(Page::Computers, Icon::Computer, t::shell::COMPUTERS, t::shell::COMPUTERS_ABOUT);
    let settings = || tile(Page::Settings, Icon::Settings, t::shell::SETTINGS, t::shell::SETTINGS_ABOUT);
    let activities = tile(Page::Activities, Icon::List, t::shell::ACTIVITIES, t::shell::ACTIVITIES_ABOUT);
    let tiles = el("ul")
        .class("tiles")
        .child(move || session.may_see(Module::Users).then(users))
        .child(move || session.may_see(Module::Computers).then(computers))
        .child(activities)
        .child(move || session.may_see(Module::Settings).then(settings));
    group()
        .child(page_heading(move || speech.fill(t::shell::HELLO, &[&name])))
        .child(el("p").class("about").say(t::shell::HOME_ABOUT))
        .child(tiles)
        .child((me.role == Role::Owner).then(|| first_day(me)))
}

fn tile(to: Page, icon: Icon, name: Text, about: Text) -> El {
    let words = el("span").child(el("strong").say(name)).child(el("span").say(about));
    el("li").child(el("a").class("tile").set("href", to.path()).child(icon.show()).child(words))
}
