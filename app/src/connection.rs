//! Whether the Worker can be reached. A connection that is lost shows itself on every screen, what was typed stays, and once
//! it is back everything looks again by itself.

use std::{
    cell::{Cell, OnceCell},
    time::Duration,
};

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

/// Looks that are waited for at most, before a connection counts as back that goes again and again.
const WAIT_KNOCKS_MAX: u32 = 12;

thread_local! {
    static LOST: OnceCell<State<bool>> = const { OnceCell::new() };
    /// Counts the looks.
    static KNOCKS: Cell<u32> = const { Cell::new(0) };
    static BACK: Cell<Back> = const { Cell::new(Back { at: 0, wait: 0 }) };
}

/// When the connection last came back, in knocks, and for how many it is not believed to come back again. Where a part of the
/// Worker can be reached and another cannot, the page would else look again without an end.
#[derive(Clone, Copy)]
struct Back {
    at: u32,
    wait: u32,
}

impl Back {
    fn is_believed(self, knocks: u32) -> bool {
        knocks >= self.at + self.wait
    }

    fn again(self, knocks: u32) -> Self {
        let steady = knocks > self.at + 2 * self.wait;
        Back { at: knocks, wait: if steady { 1 } else { (2 * self.wait).clamp(1, WAIT_KNOCKS_MAX) } }
    }
}

/// Watches the connection for as long as the page stands, and gives the banner that shows while it is lost.
pub fn watch(session: SessionStore) -> El {
    let lost = LOST.with(|lost| *lost.get_or_init(|| State::new(false)));
    window_event_listener_untyped("offline", |_| heard(false));
    repeatedly(KNOCK_EVERY, move || {
        KNOCKS.set(KNOCKS.get() + 1);
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
    if !reached {
        return lost.set(true);
    }
    let (back, knocks) = (BACK.get(), KNOCKS.get());
    if back.is_believed(knocks) {
        BACK.set(back.again(knocks));
        lost.set(false);
        tell_page();
    }
}
