//! The clinic behind the sign-in: its router, and which page stands at an address for whoever is signed in.

use leptos::prelude::*;
use leptos_router::{
    components::Router,
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};
use wire::sign_in::Me;

use super::{
    activities::activities,
    computers::computers,
    frame::shell,
    home::home,
    mails::mails,
    me::own_account,
    profiles::profiles,
    settings::settings,
    unknown::unknown,
    users::{account_window, add_user, import_users, user_list},
};
use crate::{
    aside,
    components::el::{El, el, group},
    page::Page,
    session::SessionStore,
    signals::{derived, effect},
};

/// The pages, for as long as somebody is signed in, and under the cover.
pub fn clinic_pages() -> El {
    group().child(view! { <Routed /> }.into_any())
}

#[component]
fn Routed() -> impl IntoView {
    view! { <Router>{frame().view()}</Router> }
}

fn frame() -> El {
    let session = SessionStore::here();
    let path = use_location().pathname;
    let page = derived(move || Page::at(&path.read()));
    let router = use_context::<BrowserUrl>();
    // The address bar follows once the page of the address stands.
    effect(move || {
        path.track();
        if let Some(router) = &router {
            router.ready_to_complete();
        }
    });
    provide_context(page);
    // It stays, with all that was typed into it, for as long as it is the same person's: under the cover too.
    let occupant = derived(move || session.occupant());
    let pages = move || {
        occupant.get().map(|_| {
            shell(move || {
                let page = page.get();
                // Whoever is there is not looked at again; whoever is not, under the cover, is waited for.
                let me = untrack(|| session.me()).or_else(|| session.me());
                me.map(|me| inside(page, &me))
            })
        })
    };
    let is_in = derived(move || session.me().is_some());
    let navigate = use_navigate();
    let mut before = None;
    effect(move || {
        let now = occupant.get();
        match (is_in.get(), &now) {
            (true, _) => aside::put_back(now.clone()),
            (_, Some(whose)) => aside::take_out(whose.clone()),
            (_, None) => aside::put_back(None),
        }
        // Whoever comes next starts at the front, not where the last one was.
        if before.is_some() && before != now {
            navigate(&Page::Home.path(), Default::default());
        }
        before = now;
    });
    el("div").class("frame").set("id", aside::FRAME).child(pages)
}

fn inside(page: Page, me: &Me) -> El {
    match page {
        Page::Home => home(me),
        Page::Users => user_list(),
        Page::AddUser => add_user(),
        Page::ImportUsers => import_users(),
        Page::Account(id) => account_window(id),
        Page::Computers => computers(),
        Page::Profiles => profiles(),
        Page::Settings => settings(),
        Page::Activities => activities(me),
        Page::Mails => mails(),
        Page::Me => own_account(me),
        // All but the last stand outside a clinic, and are loaded anew.
        Page::Forgot | Page::Reset | Page::Setup | Page::VerifyLog | Page::Support | Page::Unknown => {
            unknown()
        }
    }
}
