//! Long lists: as much of them is drawn as the screen holds, and more as one comes near the end.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

use crate::signals::Derived;

/// Screens of lines that are drawn each time that one comes near the end.
pub const SCREENS_AT_ONCE: usize = 2;
/// Screens narrower than this show cards in place of lines, as style/tables.css says (56rem).
const CARDS_BELOW: f64 = 896.0;
/// What a line takes of the screen.
const LINE_HEIGHT: f64 = 52.0;
/// What a card takes, at least.
const CARD_HEIGHT: f64 = 110.0;
/// Lines that are drawn at first on the smallest screen.
const LINES_AT_LEAST: f64 = 3.0;
/// How near the end of the page one must have scrolled for more lines to be drawn, in pixels.
const NEAR_THE_END: f64 = 800.0;

/// How many lines there is room for below so many pixels of something else.
pub fn screenful(above: f64) -> usize {
    let length =
        |value: Result<JsValue, JsValue>| value.ok().and_then(|length| length.as_f64()).unwrap_or_default();
    let line = if length(window().inner_width()) < CARDS_BELOW { CARD_HEIGHT } else { LINE_HEIGHT };
    let room = length(window().inner_height()) - above;
    (room / line).ceil().max(LINES_AT_LEAST) as usize
}

/// Has a list grow, as long as there is a rest of it, whenever one comes near the end.
pub fn grow_near_the_end(rest: Derived<bool>, grow: impl Fn() + 'static) {
    let scrolled = window_event_listener(ev::scroll, move |_| {
        let below = || {
            let page = f64::from(document().document_element()?.scroll_height());
            let height = window().inner_height().ok()?.as_f64()?;
            Some(page - window().scroll_y().ok()? - height)
        };
        if rest.get_untracked() && below().is_some_and(|below| below < NEAR_THE_END) {
            grow();
        }
    });
    on_cleanup(move || scrolled.remove());
}
