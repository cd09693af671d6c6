//! The few things that are asked of the browser itself: focus, title, memory, visibility.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{ev, leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Element, Event, HtmlElement, HtmlInputElement, Url, VisibilityState};
use wire::Timestamp;

use crate::texts::{Sentences, Tongue, t};

const LANGUAGE_KEY: &str = "wardkey.language";
const CHANGES_KEY: &str = "wardkey.changes";
const USED_KEY: &str = "wardkey.used";
/// The event by which the page tells itself that the clinic has changed.
const CHANGED_EVENT: &str = "wardkey-changed";
/// The same for the log, which grows at every step that anybody takes.
const LOGGED_EVENT: &str = "wardkey-logged";
/// The events by which the app tells `boot.js` that it stands in the place of the first form,
const STARTED_EVENT: &str = "wardkey-started";
/// that a step is shown that the next start may begin with,
const DOOR_EVENT: &str = "wardkey-door";
/// and that it is none.
const INSIDE_EVENT: &str = "wardkey-inside";

thread_local! {
    /// Whether the first form may still be in somebody's hands.
    static TAKING_OVER: Cell<bool> = const { Cell::new(true) };
}

/// Moves the focus once what is being shown now stands on the page.
pub fn focus_soon(id: &str) {
    let id = id.to_owned();
    let taking_over = TAKING_OVER.replace(false);
    // The frame after the next: a window that closes does so in the next one, and what lies behind it takes no focus before.
    two_frames_on(move || {
        // Whoever types since before the app ran stays where they are.
        if taking_over
            && document().active_element().is_some_and(|at| at.is_instance_of::<HtmlInputElement>())
        {
            return;
        }
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

/// Called before links are told to lead elsewhere: the focus goes where the link now stands that has it.
pub fn keep_link_focused(within: &str) {
    let Some(link) =
        document().active_element().filter(|link| link.closest(within).is_ok_and(|it| it.is_some()))
    else {
        return;
    };
    let address = |link: &Element| link.get_attribute("href");
    let before = address(&link);
    queue_microtask(move || {
        if address(&link) != before
            && let Some(before) = before
            && let Ok(Some(link)) = document().query_selector(&format!("[href=\"{before}\"]"))
            && let Ok(link) = link.dyn_into::<HtmlElement>()
        {
            link.focus().ok();
        }
    });
}

fn two_frames_on(call: impl FnOnce() + 'static) {
    request_animation_frame(move || request_animation_frame(call));
}

/// Saves a file as if it had been downloaded.
pub fn save(file: &Blob, name: &str) -> Option<()> {
    let address = Url::create_object_url_with_blob(file).ok()?;
    let link = document().create_element("a").ok()?.dyn_into::<HtmlElement>().ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", name).ok()?;
    link.click();
    Url::revoke_object_url(&address).ok()
}

/// Ticks a box, or unticks it.
pub fn set_ticked(id: &str, ticked: bool) {
    let field = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) = field {
        field.set_checked(ticked);
    }
}

/// Says that there is no connection, in the words of the first HTML: there are no others yet.
pub fn show_unreachable() {
    for (id, hidden) in [("unreachable", false), ("app", true)] {
        let part = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok());
        if let Some(part) = part {
            part.set_hidden(hidden);
        }
    }
}

/// Loads the page anew, for the newest app.
pub fn reload() {
    // Where that is refused, the present app goes on.
    window().location().reload().ok();
}

/// Sets the title of the tab.
pub fn set_title(title: &str) {
    document().set_title(&format!("{title} · Wardkey"));
}

/// Tells the browser and the screen reader which language the page speaks, and where its lines begin.
pub fn set_language(sentences: &Sentences) {
    if let Some(root) = document().document_element() {
        root.set_attribute("lang", sentences.language.tag()).ok();
        root.set_attribute("dir", sentences.text(t::language::DIRECTION)).ok();
    }
}

/// Remembers the chosen language, where the browser allows that.
pub fn remember_language(language: Tongue) {
    if let Ok(Some(storage)) = window().local_storage() {
        storage.set_item(LANGUAGE_KEY, language.tag()).ok();
    }
}

/// The language that was chosen on this computer, else the first of the browser's languages that we speak.
pub fn preferred_language() -> Option<Tongue> {
    let saved = window().local_storage().ok().flatten();
    let saved = saved.and_then(|storage| storage.get_item(LANGUAGE_KEY).ok().flatten());
    saved.and_then(|tag| Tongue::from_tag(&tag)).or_else(|| {
        let languages = window().navigator().languages();
        languages.iter().find_map(|tag| tag.as_string().and_then(|tag| Tongue::from_tag(&tag)))
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

thread_local! {
    /// The last use, for browsers that remember nothing.
    static USED: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

/// Notes for all tabs of this browser when somebody used it.
pub fn remember_use(at: Timestamp) {
    USED.set(Some(at));
    if let Ok(Some(storage)) = window().local_storage() {
        storage.set_item(USED_KEY, &at.0.to_string()).ok();
    }
}

/// When somebody last used this browser, in whichever tab.
pub fn last_use() -> Option<Timestamp> {
    let saved = window().local_storage().ok().flatten();
    let saved = saved.and_then(|storage| storage.get_item(USED_KEY).ok().flatten());
    saved.and_then(|text| text.parse().ok()).map(Timestamp).or(USED.get())
}

/// Calls back whenever somebody uses the page: by pointer, by key, by touch.
pub fn on_use(call: impl Fn() + 'static) {
    let call = Rc::new(call);
    for event in ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] {
        let call = Rc::clone(&call);
        let heard = window_event_listener_untyped(event, move |_| call());
        on_cleanup(move || heard.remove());
    }
}

/// What the address bar says after the name of the site.
pub fn here() -> String {
    let location = window().location();
    let [path, query] = [location.pathname(), location.search()].map(Result::unwrap_or_default);
    path + &query
}

/// Has the address bar say something else, and opens nothing.
pub fn show_address(address: &str) {
    if let Ok(history) = window().history() {
        history.replace_state_with_url(&JsValue::NULL, "", Some(address)).ok();
    }
}

/// Tells the open page that the clinic has changed: whoever listens with [`on_return`] reads again.
pub fn tell_page() {
    dispatch(CHANGED_EVENT);
}

/// Tells the open page that the log has grown: whoever listens with [`on_growth`] reads on.
pub fn tell_page_of_log() {
    dispatch(LOGGED_EVENT);
}

/// Tells that the app stands in the place of the first form.
pub fn tell_started() {
    dispatch(STARTED_EVENT);
}

/// Tells what the next start may begin with: the step that is shown, or nothing that is known beforehand.
pub fn tell_door(stands: bool) {
    dispatch(if stands { DOOR_EVENT } else { INSIDE_EVENT });
}

fn dispatch(event: &str) {
    if let Ok(event) = Event::new(event) {
        window().dispatch_event(&event).ok();
    }
}

/// A number from 0 up to 1, for nothing that has to stay secret.
pub fn chance() -> f64 {
    #[expect(clippy::disallowed_methods, reason = "it only spreads when browsers knock again")]
    js_sys::Math::random()
}

/// In lower case and without accents, as people type when they search: "ё" like "е", "ü" like "u". The browser has Unicode's
/// tables; our own would weigh.
pub fn folded(text: &str) -> String {
    let letters = String::from(js_sys::JsString::from(text).to_lower_case().normalize("NFD"));
    letters.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).collect()
}

/// Where the Worker listens for a socket.
pub fn socket_address(path: &str) -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}

/// Calls back every so often, until the present owner is gone.
pub fn repeatedly(every: Duration, call: impl Fn() + 'static) {
    if let Ok(handle) = set_interval_with_handle(call, every) {
        on_cleanup(move || handle.clear());
    }
}

/// Whether somebody can see the page.
pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Calls back whenever somebody comes back to the page or the clinic has changed, until the present owner is gone.
pub fn on_return(call: impl Fn() + 'static) {
    listen_for_return(Rc::new(call));
}

/// The same, and whenever the log has grown.
pub fn on_growth(call: impl Fn() + Clone + 'static) {
    on_return(call.clone());
    let heard = window_event_listener_untyped(LOGGED_EVENT, move |_| call());
    on_cleanup(move || heard.remove());
}

fn listen_for_return(call: Rc<dyn Fn()>) {
    // A page that the back button brings back, or a network that returns, is a return as well. Two windows side by side
    // are both in view all the time, so that the focus counts too.
    for event in ["visibilitychange", "pageshow", "focus", "online", CHANGED_EVENT] {
        let call = Rc::clone(&call);
        let heard = window_event_listener_untyped(event, move |happened| {
            let first_load = event == "pageshow" && !says(&happened, "persisted");
            if event == CHANGED_EVENT || is_visible() && !first_load {
                call();
            }
        });
        on_cleanup(move || heard.remove());
    }
}

/// Whether an event says yes to something.
pub fn says(event: &Event, property: &str) -> bool {
    js_sys::Reflect::get(event, &property.into()).is_ok_and(|value| value.is_truthy())
}

/// How many clicks a click makes up with those just before it, at the same place; none where no pointer made it.
pub fn clicks(event: &Event) -> u32 {
    let count = js_sys::Reflect::get(event, &"detail".into()).ok().and_then(|detail| detail.as_f64());
    count.unwrap_or_default() as u32
}

/// Calls back every so often while the page can be seen, until the present owner is gone.
pub fn while_visible(every: Duration, call: impl Fn() + 'static) {
    repeatedly(every, move || {
        if is_visible() {
            call();
        }
    });
}
