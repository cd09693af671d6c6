//! The boxes of a page: a panel with its heading, and a question in a window of its own.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use crate::{
    components::{
        announcer::{Announcer, announcements_here},
        el::{Child, El, el, group},
        icon::Icon,
    },
    signals::{State, effect},
    texts::Text,
};

/// A part of a page under a heading of its own; the heading's id tells it from the others, and it takes the focus of what goes.
pub fn panel(id: &'static str, icon: Option<Icon>, title: Text) -> El {
    let heading = el("h2").set("id", id).set("tabindex", "-1").child(icon.map(Icon::show)).say(title);
    el("section").class("panel").set("aria-labelledby", id).child(heading)
}

/// Buttons side by side.
pub fn button_row() -> El {
    el("div").class("answers")
}

/// A window above the page while `open` says so. The browser keeps the focus in it, closes it on Escape and gives the
/// focus back where it was.
pub fn dialog<C: Child>(
    id: &'static str,
    title: Text,
    open: State<bool>,
    content: impl Fn() -> C + Send + 'static,
) -> El {
    window_with(id, title, open, Box::new(move || group().child(content())))
}

fn window_with(id: &'static str, title: Text, open: State<bool>, content: Box<dyn Fn() -> El + Send>) -> El {
    // Stands there for whoever looks, and was not closed by anybody since.
    let stands = State::new(false);
    effect(move || {
        let open = open.get();
        if open {
            Announcer::here().hush();
        }
        show(id, open, stands);
    });
    // The browser says that it has closed a window in the frame after, by when somebody quick may have asked for it again: what
    // counts is the moment in which it was asked to close it. It does not tell that everywhere.
    let closes = move || {
        if stands.get_untracked() {
            stands.set(false);
            open.set(false);
        }
    };
    el("dialog")
        .set("id", id)
        .name("aria-label", title)
        .on("cancel", move |_| closes())
        .on("close", move |_| {
            if !window_of(id).is_some_and(|window| window.open()) {
                closes();
            }
        })
        .child(el("h2").say(title))
        .child(announcements_here())
        .child(move || open.get().then(&content))
}

fn show(id: &'static str, open: bool, stands: State<bool>) {
    // In the next frame what the window shows stands in it, and can take the focus.
    request_animation_frame(move || match window_of(id) {
        // The page that asked may be gone by then.
        Some(window) if open && !window.open() => drop(stands.try_set(window.show_modal().is_ok())),
        Some(window) if !open && window.open() => {
            stands.try_set(false);
            window.close();
        }
        _ => {}
    });
}

fn window_of(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id).and_then(|found| found.dyn_into().ok())
}
