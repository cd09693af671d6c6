//! The password of whoever is signed in, once more. The clinic wants it for what would carry far, where it was typed some time ago:
//! then this window asks for it, and what was to be done is done after it.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use wire::{
    ProblemCode,
    fields::Password,
    me::{ConfirmPassword, PasswordConfirmation},
};

use crate::{
    api::Failure,
    components::{
        button::submit,
        el::{El, el, group},
        field::Field,
        form::{Form, form_problem},
        panel::{button_row, dialog},
    },
    session::SessionStore,
    signals::{State, effect},
    texts::t,
};

/// What waits for the password, and hears whether it was typed.
type Waiting = Box<dyn FnOnce(bool)>;

thread_local! {
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
    /// Whether the window stands, where there is one.
    static OPEN: Cell<Option<State<bool>>> = const { Cell::new(None) };
}

/// Whether a call was refused for want of it.
pub fn is_wanted(failure: &Failure) -> bool {
    failure.code() == Some(ProblemCode::PasswordNeeded)
}

/// Asks for it; `then` hears whether it was typed.
pub fn ask_for_it(then: Waiting) {
    WAITING.with_borrow_mut(|waiting| waiting.push(then));
    if !OPEN.get().is_some_and(|open| open.try_set(true)) {
        tell(false);
    }
}

fn tell(typed: bool) {
    for then in WAITING.take() {
        then(typed);
    }
}

/// The window that asks.
pub fn own_password_window() -> El {
    let session = SessionStore::here();
    let form = Form::new(&["own_password"]);
    let password = State::new(String::new());
    let open = State::new(false);
    OPEN.set(Some(open));
    effect(move || {
        password.set(String::new());
        match open.get() {
            true => form.start_over(),
            // Closed without it, or there is nothing left that waits.
            false => tell(false),
        }
    });
    let send = move || {
        let typed = PasswordConfirmation { own_password: password.get_untracked() };
        if let Err(problem) = typed.own_password.parse::<Password>() {
            return form.refuse(wire::Problem { field: Some("own_password".to_owned()), ..problem });
        }
        form.send::<ConfirmPassword>(typed, move |reply| {
            password.set(String::new());
            reply?;
            tell(true);
            open.set(false);
            Ok(())
        });
    };
    let content = move || {
        // For password managers, which ask whose password it is.
        let whose = el("input")
            .set("autocomplete", "username")
            .set("value", untrack(|| session.me()).map(|me| me.login).unwrap_or_default())
            .set("hidden", true);
        let field =
            Field::password("own_password", t::me::CURRENT, password).autocomplete("current-password");
        let cancel = el("button").set("type", "button").class("button").on_press(move || open.set(false));
        let fields = el("form")
            .set("novalidate", true)
            .set("aria-labelledby", "own-password-about")
            .on_submit(send)
            .child(whose)
            .child(form_problem(form))
            .child(field.show(form))
            .child(button_row().child(cancel.say(t::once::CANCEL)).child(submit(form, t::sign_in::NEXT)));
        group().child(el("p").set("id", "own-password-about").say(t::me::PASSWORD_AGAIN)).child(fields)
    };
    dialog("own-password-window", t::me::PASSWORD_AGAIN_TITLE, open, content)
}
