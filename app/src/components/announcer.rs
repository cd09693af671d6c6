//! Says every result that matters aloud. Its regions stand on the page before anything happens, for a region that
//! comes together with its text is not read.

use std::{cell::OnceCell, time::Duration};

use leptos::prelude::*;

use super::el::{El, el, group};
use crate::signals::State;

/// Between emptying a region and filling it, so that the same sentence is read a second time.
const PAUSE: Duration = Duration::from_millis(60);
/// How long good news stays in sight. The text remains for those who look it up.
const TOAST: Duration = Duration::from_secs(7);

/// What is being said.
#[derive(Clone, Copy)]
struct Said {
    status: State<String>,
    alert: State<String>,
    in_sight: State<u32>,
}

thread_local! {
    static SAID: OnceCell<Said> = const { OnceCell::new() };
}

/// Whoever has something to say. A page has one, so that holding it costs nothing.
#[derive(Clone, Copy)]
pub struct Announcer(());

impl Announcer {
    /// Begins to listen to whoever has something to say, for as long as the page stands.
    pub fn start() {
        SAID.with(|said| {
            said.get_or_init(|| Said {
                status: State::new(String::new()),
                alert: State::new(String::new()),
                in_sight: State::new(0),
            });
        });
    }

    /// The page's announcer.
    pub fn here() -> Self {
        Self(())
    }

    fn said(self) -> Said {
        SAID.with(|said| *said.get().expect("the app starts with an announcer"))
    }

    /// Has nothing more to say: what was said belongs to what stood here before.
    pub fn hush(self) {
        let Said { status, alert, .. } = self.said();
        status.set(String::new());
        alert.set(String::new());
    }

    /// Says that something went well, to be read when there is a pause; it also shows for a while.
    pub fn status(self, sentence: String) {
        let Said { status, in_sight, .. } = self.said();
        self.hush();
        set_timeout(
            move || {
                status.set(sentence);
                in_sight.update(|toasts| *toasts += 1);
            },
            PAUSE,
        );
        set_timeout(move || in_sight.update(|toasts| *toasts = toasts.saturating_sub(1)), PAUSE + TOAST);
    }

    /// Says that something went wrong, at once. It is shown where it went wrong, not here.
    pub fn alert(self, sentence: String) {
        let Said { alert, .. } = self.said();
        self.hush();
        set_timeout(move || alert.set(sentence), PAUSE);
    }
}

/// Regions that say the same within a window, which silences the page behind it.
pub fn announcements_here() -> El {
    let Said { status, alert, .. } = Announcer::here().said();
    group().child(unseen("status", status)).child(unseen("alert", alert))
}

fn unseen(role: &'static str, said: State<String>) -> El {
    el("div").class("unseen").set("role", role).child(move || said.get())
}

/// The regions.
pub fn announcements() -> El {
    let Said { status, alert, in_sight } = Announcer::here().said();
    let shown = move || in_sight.get() > 0 && !status.read().is_empty();
    group()
        .child(
            el("div")
                .set("class", move || if shown() { "toast shown" } else { "toast" })
                .set("role", "status")
                .child(move || status.get()),
        )
        .child(unseen("alert", alert))
}
