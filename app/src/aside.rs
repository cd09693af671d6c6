//! A covered screen holds nothing of whoever left it. Their page is taken out of the document with all that they had typed, its title
//! and its address with it, and stands there again when they come back. Nobody else gets any of it, and no password waits.

use std::cell::RefCell;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, HtmlInputElement};
use wire::ids::AccountId;

use crate::{
    browser::{focus_soon, here, show_address, tell_page},
    page::Page,
};

/// The id of what is taken out.
pub const FRAME: &str = "frame";
/// The id of what it stands in.
const PLACE: &str = "app";
/// Passwords, also while they can be read.
const SECRETS: &str = "[type=password], [autocomplete$=password]";

/// A page that waits.
struct Aside {
    frame: Element,
    title: String,
    address: String,
    whose: AccountId,
}

thread_local! {
    static ASIDE: RefCell<Option<Aside>> = const { RefCell::new(None) };
}

/// Whether there is a page to take out.
pub fn is_drawn() -> bool {
    document().get_element_by_id(FRAME).is_some_and(|frame| frame.first_element_child().is_some())
}

/// Whether a page waits. It asks for nothing until then: nobody is signed in who would get an answer.
pub fn waits() -> bool {
    ASIDE.with_borrow(Option::is_some)
}

/// Takes the page out of the document.
pub fn take_out(whose: AccountId) {
    let Some(frame) = document().get_element_by_id(FRAME) else { return };
    if let Ok(secrets) = frame.query_selector_all(SECRETS) {
        let fields = (0..secrets.length()).filter_map(|place| secrets.get(place));
        for field in fields.filter_map(|field| field.dyn_into::<HtmlInputElement>().ok()) {
            field.set_value("");
            // The form hears of it as if it had been typed.
            if let Ok(typed) = Event::new("input") {
                field.dispatch_event(&typed).ok();
            }
        }
    }
    frame.remove();
    ASIDE.replace(Some(Aside { frame, title: document().title(), address: here(), whose }));
    show_address(&Page::Home.path());
}

/// Puts it back. Where it is somebody else's by now, it has been drawn anew, and says itself what its title is.
pub fn put_back(whose: Option<AccountId>) {
    let Some(aside) = ASIDE.take() else { return };
    if let Some(place) = document().get_element_by_id(PLACE) {
        place.append_child(&aside.frame).ok();
    }
    if whose != Some(aside.whose) {
        return;
    }
    document().set_title(&aside.title);
    show_address(&aside.address);
    // What it shows may be old by now.
    tell_page();
    focus_soon("heading");
    // Outside the document no window stands above the page any more. The last one stands above the others.
    let Ok(windows) = aside.frame.query_selector_all("dialog[open]") else { return };
    let windows = (0..windows.length()).filter_map(|place| windows.get(place));
    for window in windows.filter_map(|window| window.dyn_into::<HtmlDialogElement>().ok()) {
        window.set_open(false);
        window.show_modal().ok();
    }
}
