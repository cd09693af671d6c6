//! Caps Lock is told of where a password is typed that cannot be seen. The hint stands beside each such field, and the style shows
//! it: one listener for the page weighs less than one for each field.

use std::cell::Cell;

use js_sys::{Function, Reflect};
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::document};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use crate::{
    components::announcer::Announcer,
    texts::{Speech, t},
};

/// What the style goes by, on the root of the page.
const MARK: &str = "data-caps";

thread_local! {
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
    static IS_ON: Cell<bool> = const { Cell::new(false) };
    /// Whether it was said aloud since it is on.
    static IS_SAID: Cell<bool> = const { Cell::new(false) };
}

/// Watches the keyboard from now on, for as long as the page stands.
pub fn watch() {
    if IS_WATCHED.replace(true) {
        return;
    }
    // A pointer tells as well: whoever comes with one should not have to mistype first.
    for event in ["keydown", "keyup", "mouseup"] {
        window_event_listener_untyped(event, |event| {
            if let Some(on) = told_by(&event) {
                show(on);
            }
        });
    }
}

/// What an event tells of Caps Lock. A browser that fills in a password says "keydown" without a keyboard.
fn told_by(event: &Event) -> Option<bool> {
    let ask = Reflect::get(event, &"getModifierState".into()).ok()?.dyn_into::<Function>().ok()?;
    ask.call1(event, &"CapsLock".into()).ok().map(|on| on.is_truthy())
}

fn show(on: bool) {
    if IS_ON.replace(on) != on
        && let Some(root) = document().document_element()
    {
        root.toggle_attribute_with_force(MARK, on).ok();
    }
    let announcer = Announcer::here();
    if !on {
        if IS_SAID.replace(false) {
            announcer.hush();
        }
    } else if hides_what_is_typed() && !IS_SAID.replace(true) {
        announcer.aloud(Speech::here().text_now(t::common::CAPS_LOCK).to_owned());
    }
}

fn hides_what_is_typed() -> bool {
    let focused = document().active_element().and_then(|focused| focused.dyn_into::<HtmlInputElement>().ok());
    focused.is_some_and(|field| field.type_() == "password")
}
