//! The few things that are asked of the browser itself: focus, title, memory, visibility.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, VisibilityState};
use wire::Language;

const LANGUAGE_KEY: &str = "wardkey.language";
const CHANGES_KEY: &str = "wardkey.changes";

/// Moves the focus once what is being shown now stands on the page.
pub fn focus_soon(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&id)
            && let Ok(element) = element.dyn_into::<HtmlElement>()
        {
            // What cannot take the focus leaves it where it is, and that is fine.
            element.focus().ok();
            if let Ok(field) = element.dyn_into::<HtmlInputElement>()
                && !field.value().is_empty()
            {
                field.select();
            }
        }
    });
}

/// Sets the title of the tab.
pub fn set_title(title: &str) {
    document().set_title(&format!("{title} · Wardkey"));
}

/// Tells the browser and the screen reader which language the page speaks.
pub fn set_language(language: Language) {
    if let Some(root) = document().document_element() {
        root.set_attribute("lang", language.tag()).ok();
    }
}

/// Remembers the chosen language, where the browser allows that.
pub fn remember_language(language: Language) {
    if let Ok(Some(storage)) = window().local_storage() {
        storage.set_item(LANGUAGE_KEY, language.tag()).ok();
    }
}

/// The language that was chosen on this computer, else the first of the browser's languages that we speak.
pub fn preferred_language() -> Option<Language> {
    let saved = window().local_storage().ok().flatten();
    let saved = saved.and_then(|storage| storage.get_item(LANGUAGE_KEY).ok().flatten());
    saved.and_then(|tag| Language::from_tag(&tag)).or_else(|| {
        let languages = window().navigator().languages();
        languages.iter().find_map(|tag| tag.as_string().and_then(|tag| Language::from_tag(&tag)))
    })
}

/// Tells the other tabs of this browser that who is signed in may have changed. It says no more than that.
pub fn tell_other_tabs() {
    if let Ok(Some(storage)) = window().local_storage() {
        let changes = storage.get_item(CHANGES_KEY).ok().flatten().and_then(|text| text.parse::<u32>().ok());
        storage.set_item(CHANGES_KEY, &changes.unwrap_or_default().wrapping_add(1).to_string()).ok();
    }
}

/// Calls back whenever another tab tells of a change.
pub fn on_other_tab(call: impl Fn() + 'static) {
    let told = window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(CHANGES_KEY) {
            call();
        }
    });
    on_cleanup(move || told.remove());
}

/// Whether somebody can see the page.
pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Calls back whenever somebody comes back to the page, until the present owner is gone.
pub fn on_return(call: impl Fn() + Clone + 'static) {
    let seen = call.clone();
    let visible = window_event_listener_untyped("visibilitychange", move |_| {
        if is_visible() {
            seen();
        }
    });
    // A page that the back button brings back, or a network that returns, is a return as well.
    let shown = window_event_listener(ev::pageshow, {
        let call = call.clone();
        move |event| {
            if event.persisted() {
                call();
            }
        }
    });
    // Two windows side by side are both in view all the time.
    let focused = window_event_listener(ev::focus, {
        let call = call.clone();
        move |_| call()
    });
    let online = window_event_listener(ev::online, move |_| call());
    on_cleanup(move || {
        visible.remove();
        shown.remove();
        focused.remove();
        online.remove();
    });
}

/// Calls back every so often while the page can be seen, until the present owner is gone.
pub fn while_visible(every: Duration, call: impl Fn() + 'static) {
    let ticking = set_interval_with_handle(
        move || {
            if is_visible() {
                call();
            }
        },
        every,
    );
    if let Ok(handle) = ticking {
        on_cleanup(move || handle.clear());
    }
}
