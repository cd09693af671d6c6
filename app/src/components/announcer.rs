//! Says every result that matters aloud. Its regions stand on the page before anything happens, for a region that
//! comes together with its text is not read.

use std::time::Duration;

use leptos::prelude::*;

use super::el::{El, el, group};

/// Between emptying a region and filling it, so that the same sentence is read a second time.
const PAUSE: Duration = Duration::from_millis(60);
/// How long good news stays in sight. The text remains for those who look it up.
const TOAST: Duration = Duration::from_secs(7);

/// What is being said.
#[derive(Clone, Copy)]
pub struct Announcer {
    status: RwSignal<String>,
    alert: RwSignal<String>,
    in_sight: RwSignal<u32>,
}

impl Announcer {
    pub fn new() -> Self {
        Self {
            status: RwSignal::new(String::new()),
            alert: RwSignal::new(String::new()),
            in_sight: RwSignal::new(0),
        }
    }

    /// The announcer that the app provides.
    pub fn here() -> Self {
        expect_context()
    }

    /// Says that something went well, to be read when there is a pause; it also shows for a while.
    pub fn status(self, sentence: String) {
        self.status.set(String::new());
        self.alert.set(String::new());
        set_timeout(
            move || {
                self.status.set(sentence);
                self.in_sight.update(|toasts| *toasts += 1);
            },
            PAUSE,
        );
        set_timeout(move || self.in_sight.update(|toasts| *toasts = toasts.saturating_sub(1)), PAUSE + TOAST);
    }

    /// Says that something went wrong, at once. It is shown where it went wrong, not here.
    pub fn alert(self, sentence: String) {
        self.status.set(String::new());
        self.alert.set(String::new());
        set_timeout(move || self.alert.set(sentence), PAUSE);
    }
}

/// The regions.
pub fn announcements() -> El {
    let announcer = Announcer::here();
    let shown = move || announcer.in_sight.get() > 0 && !announcer.status.read().is_empty();
    group()
        .child(
            el("div")
                .set("class", move || if shown() { "toast shown" } else { "toast" })
                .set("role", "status")
                .child(move || announcer.status.get()),
        )
        .child(el("div").class("unseen").set("role", "alert").child(move || announcer.alert.get()))
}
