//! Whether the Worker can be reached. A connection that is lost shows itself on every screen, what was typed stays, and once
//! it is back everything looks again by itself.

use std::{cell::OnceCell, time::Duration};

use leptos::leptos_dom::helpers::window_event_listener_untyped;

use crate::{
    browser::{repeatedly, tell_page},
    components::{
        el::{El, el},
        icon::Icon,
    },
    session::SessionStore,
    signals::State,
    texts::t,
};

/// Between two looks whether it is back.
const KNOCK_EVERY: Duration = Duration::from_secs(5);

thread_local! {
    static LOST: OnceCell<State<bool>> = const { OnceCell::new() };
}

/// Watches the connection for as long as the page stands, and gives the banner that shows while it is lost.
pub fn watch(session: SessionStore) -> El {
    let lost = LOST.with(|lost| *lost.get_or_init(|| State::new(false)));
    window_event_listener_untyped("offline", |_| heard(false));
    repeatedly(KNOCK_EVERY, move || {
        if lost.get_untracked() {
            session.refresh();
        }
    });
    let words = || el("p").child(Icon::Alert.show()).child(el("span").say(t::common::CONNECTION_LOST));
    el("div").class("connection").set("role", "status").child(move || lost.get().then(words))
}

/// Notes what came of a request. Before the page stands nobody watches.
pub fn heard(reached: bool) {
    let Some(lost) = LOST.with(|lost| lost.get().copied()) else { return };
    if lost.get_untracked() != reached {
        return;
    }
    lost.set(!reached);
    if reached {
        tell_page();
    }
}
