//! What is shown once and never again: with Print and Copy, and a question before the page is left without either.
//!
//! It lives in the memory of the page alone, and is gone with it.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, EventTarget, HtmlElement};
use wire::computers::SignInPair;

use crate::{
    components::{
        announcer::Announcer,
        details::detail,
        dialog::{Ask, ask},
        el::{El, el, group},
        field::tick,
        form::Form,
        icon::Icon,
        panel::button_row,
    },
    session::SessionStore,
    signals::State,
    texts::{Speech, t},
};

/// What leads off the page; links that only open or fetch something do not.
const WAYS_OUT: &str = "a[href^='/'], .doors button, .way-out";

/// Says that something is shown only once, and offers to keep it. `copy` makes the text for the clipboard, for what
/// is better copied than typed.
pub fn keeping(copy: Option<Box<dyn Fn() -> String>>) -> El {
    let kept = State::new(false);
    let print =
        el("button").set("type", "button").class("button primary").child(Icon::Print.show()).on_press(
            move || {
                // A browser that cannot print has no window for it; the other ways remain.
                window().print().ok();
                kept.set(true);
            },
        );
    let copy = copy.map(|text| {
        let press = copying(kept);
        el("button")
            .set("type", "button")
            .class("button")
            .child(Icon::Copy.show())
            .on_press(move || press(text()))
            .child(el("span").say(t::once::COPY))
    });
    let about = el("p").class("notice warn").child(Icon::Alert.show());
    let outer = AT_STAKE.replace(Some(kept));
    on_cleanup(move || AT_STAKE.set(outer));
    el("div")
        .class("keeping")
        .child(about.child(el("span").say(t::once::SHOWN_ONCE)))
        .child(button_row().child(print.child(el("span").say(t::once::PRINT))).child(copy))
        .child(tick("have-it", t::once::HAVE_IT, kept))
        .child(guard(kept))
}

/// A login with its first password, to be cut out and handed over.
pub fn slip(pair: &SignInPair) -> El {
    let clinic = untrack(|| SessionStore::here().seat()).map(|seat| seat.clinic).unwrap_or_default();
    let origin = window().location().origin().unwrap_or_default();
    let mono = |text: &str| el("span").class("secret").child(text.to_owned());
    let list = el("dl")
        .child(detail(t::users::LOGIN, mono(&pair.login)))
        .child(detail(t::once::PASSWORD, mono(&pair.password)));
    el("div")
        .class("slip")
        .child(el("p").class("hint").child(format!("{clinic} · {origin}")))
        .child(el("strong").child(pair.full_name.clone()))
        .child(list)
        .child(el("p").class("hint").say(t::once::SLIP_ABOUT))
}

/// A pair with the ways to keep it.
pub fn pair_shown(pair: &SignInPair) -> El {
    let SignInPair { full_name, login, password } = pair.clone();
    let speech = Speech::here();
    let text = move || {
        let (first, second) = (speech.text_now(t::users::LOGIN), speech.text_now(t::once::PASSWORD));
        format!("{full_name}\n{first}: {login}\n{second}: {password}\n")
    };
    group().child(slip(pair)).child(keeping(Some(Box::new(text))))
}

fn copying(kept: State<bool>) -> impl Fn(String) {
    let announcer = Announcer::here();
    let speech = Speech::here();
    move |text: String| {
        spawn_local(async move {
            let copied = JsFuture::from(window().navigator().clipboard().write_text(&text)).await.is_ok();
            if copied {
                kept.try_set(true);
            }
            let said = if copied { t::once::COPIED } else { t::once::NOT_COPIED };
            announcer.status(speech.text_now(said).to_owned());
        });
    }
}

thread_local! {
    /// Whether what the page shows only once is kept; nothing while it shows no such thing.
    static AT_STAKE: Cell<Option<State<bool>>> = const { Cell::new(None) };
}

/// Whether the page shows what is shown only once.
pub fn is_shown() -> bool {
    AT_STAKE.get().is_some()
}

/// Whether something would be lost with the page.
pub fn is_at_stake() -> bool {
    AT_STAKE.get().and_then(State::try_read_untracked).is_some_and(|kept| !*kept)
}

/// The way out that was taken.
enum Way {
    Press(HtmlElement),
    Back,
}

/// Asks before the page is left while nothing is kept.
pub fn guard(kept: State<bool>) -> El {
    let open = State::new(false);
    let way = StoredValue::new_local(None::<Way>);
    let here = window().location().href().unwrap_or_default();
    let lost = move || kept.try_read_untracked().is_some_and(|kept| !*kept);
    before_others(&window(), "beforeunload", move |event| {
        if lost() {
            event.prevent_default();
        }
    });
    // Whoever comes back to the page that the browser kept finds nothing on it that could be lost.
    before_others(&window(), "pagehide", move |_| {
        kept.try_set(true);
    });
    before_others(&window(), "click", move |event| {
        if let Some(pressed) = way_out(&event).filter(|_| lost()) {
            event.prevent_default();
            event.stop_immediate_propagation();
            way.set_value(Some(Way::Press(pressed)));
            open.set(true);
        }
    });
    // The page stands in the history twice, for a step back can't be held up: the first one leads to the page itself.
    stand_here(&here);
    before_others(&window(), "popstate", move |_| {
        if window().location().href().ok().as_ref() != Some(&here) {
            return;
        }
        if lost() {
            stand_here(&here);
            way.set_value(Some(Way::Back));
            open.set(true);
        } else {
            step_back(1);
        }
    });
    let leave = move || {
        kept.set(true);
        open.set(false);
        way.update_value(|way| match way.take() {
            Some(Way::Press(pressed)) => pressed.click(),
            Some(Way::Back) => step_back(2),
            None => {}
        });
    };
    let speech = Speech::here();
    let question =
        Ask { id: "leave", title: t::once::LEAVE_TITLE, yes: t::once::LEAVE, form: Form::new(&[]), open };
    ask(question, move || speech.text(t::once::LEAVE_ABOUT).to_owned(), leave)
}

fn stand_here(here: &str) {
    if let Ok(history) = window().history() {
        history.push_state_with_url(&JsValue::NULL, "", Some(here)).ok();
    }
}

fn step_back(steps: i32) {
    if let Ok(history) = window().history() {
        history.go_with_delta(-steps).ok();
    }
}

fn way_out(event: &Event) -> Option<HtmlElement> {
    let pressed = event.target()?.dyn_into::<Element>().ok()?;
    pressed.closest(WAYS_OUT).ok()??.dyn_into().ok()
}

/// Listens before the app's own listeners, until the present owner is gone.
fn before_others(target: &EventTarget, event: &'static str, call: impl FnMut(Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(call);
    let function = listener.as_ref().unchecked_ref();
    if target.add_event_listener_with_callback_and_bool(event, function, true).is_ok() {
        let kept = StoredValue::new_local((target.clone(), listener));
        on_cleanup(move || {
            kept.with_value(|(target, listener)| {
                let function = listener.as_ref().unchecked_ref();
                target.remove_event_listener_with_callback_and_bool(event, function, true).ok();
            });
        });
    }
}
