//! What is asked of a list stands in the address bar, so that it survives a reload and can be handed on.

use std::{mem, rc::Rc, time::Duration};

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    browser::show_address,
    page::Page,
    signals::{Derived, State, effect},
};

/// Between the last change and the address bar: browsers let a page write there only so often.
const ADDRESS_PAUSE: Duration = Duration::from_millis(250);

/// What the address says by a name; a default where it says nothing.
pub fn part(name: &str, default: &str) -> State<String> {
    let said = use_location().query.with_untracked(|query| query.get(name));
    State::new(said.unwrap_or_else(|| default.to_owned()))
}

/// The address of a page with what is asked of it. What is empty asks for nothing.
pub fn address(page: &Page, parts: &[(&str, &str)]) -> String {
    let mut address = page.path();
    let mut mark = '?';
    for (name, value) in parts.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(mark);
        address.push_str(name);
        address.push('=');
        address.push_str(&String::from(js_sys::encode_uri_component(value)));
        mark = '&';
    }
    address
}

/// Writes the address into the bar, and calls back, a moment after its last change.
pub fn keep_address(address: Derived<String>, call: impl Fn() + 'static) {
    keep(address, Rc::new(call));
}

fn keep(address: Derived<String>, call: Rc<dyn Fn()>) {
    let mut first = true;
    effect(move || {
        let asked = address.get();
        if mem::take(&mut first) {
            return;
        }
        let call = call.clone();
        let settle = move || {
            if address.try_read_untracked().is_some_and(|address| *address == asked) {
                show_address(&asked);
                call();
            }
        };
        set_timeout(settle, ADDRESS_PAUSE);
    });
}
