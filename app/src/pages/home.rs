//! The page after the door: a greeting and the places one can go to.

use wire::{rights::Module, sign_in::Me};

use crate::{
    components::{
        el::{El, el, group},
        icon::Icon,
    },
    page::Page,
    pages::frame::page_heading,
    session::SessionStore,
    texts::{Pick, Speech},
};

/// The page.
pub fn home(me: &Me) -> El {
    let speech = Speech::here();
    let name = me.full_name.clone();
    let session = SessionStore::here();
    let users = || tile(Page::Users, Icon::People, |t| t.shell.users, |t| t.shell.users_about);
    let computers =
        || tile(Page::Computers, Icon::Computer, |t| t.shell.computers, |t| t.shell.computers_about);
    let settings = || tile(Page::Settings, Icon::Settings, |t| t.shell.settings, |t| t.shell.settings_about);
    let activities = tile(Page::Activities, Icon::List, |t| t.shell.activities, |t| t.shell.activities_about);
    let tiles = el("ul")
        .class("tiles")
        .child(move || session.may_see(Module::Users).then(users))
        .child(move || session.may_see(Module::Computers).then(computers))
        .child(activities)
        .child(move || session.may_see(Module::Settings).then(settings));
    group()
        .child(page_heading(move || (speech.texts().shell.hello)(&name)))
        .child(el("p").class("about").say(|t| t.shell.home_about))
        .child(tiles)
}

fn tile(to: Page, icon: Icon, name: Pick, about: Pick) -> El {
    let words = el("span").child(el("strong").say(name)).child(el("span").say(about));
    el("li").child(el("a").class("tile").set("href", to.path()).child(icon.show()).child(words))
}
