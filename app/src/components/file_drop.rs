//! A place for a file: dropped there, or chosen.

use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event, File, HtmlInputElement};

use crate::{
    components::el::{El, el},
    texts::Text,
};

/// Takes files with these endings.
pub fn file_drop(
    label: Text,
    hint: Text,
    accept: &'static str,
    take: impl Fn(Option<File>) + Copy + 'static,
) -> El {
    let input = el("input")
        .set("id", "file")
        .set("type", "file")
        .set("accept", accept)
        .on("change", move |event| take(chosen(&event)));
    el("div")
        .class("drop")
        .on("dragover", |event| event.prevent_default())
        .on("drop", move |event| {
            event.prevent_default();
            take(dropped(&event));
        })
        .child(el("label").set("for", "file").say(label))
        .child(input)
        .child(el("p").class("hint").say(hint))
}

fn chosen(event: &Event) -> Option<File> {
    event.target()?.dyn_into::<HtmlInputElement>().ok()?.files()?.get(0)
}

fn dropped(event: &Event) -> Option<File> {
    event.dyn_ref::<DragEvent>()?.data_transfer()?.files()?.get(0)
}
