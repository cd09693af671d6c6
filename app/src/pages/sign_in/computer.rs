//! Step 1: the pair from the access form.

use wire::{
    fields::{ComputerPassword, ComputerUsername},
    sign_in::{AuthorizeComputer, ComputerCredentials},
};

use super::{step_form, step_heading};
use crate::{
    browser::focus_soon,
    components::{
        button::submit,
        el::{El, el, group},
        field::Field,
        form::Form,
        notice::note,
    },
    session::SessionStore,
    signals::State,
    texts::t,
};

/// The screen of step 1.
pub fn computer_step(lost: bool) -> El {
    let session = SessionStore::here();
    let form = Form::new(&["username", "password"]);
    let username = State::new(String::new());
    let password = State::new(String::new());
    focus_soon("username");

    let send = move || {
        let typed =
            ComputerCredentials { username: username.get_untracked(), password: password.get_untracked() };
        let parsed = typed.username.parse::<ComputerUsername>().map(|_| ());
        if let Err(problem) = parsed.and_then(|()| typed.password.parse::<ComputerPassword>().map(|_| ())) {
            return form.refuse(problem);
        }
        form.send::<AuthorizeComputer>(typed, move |reply| reply.map(|state| session.enter(state)));
    };
    let username = Field::text("username", t::sign_in::USERNAME, username);
    let password = Field::password("password", t::sign_in::PASSWORD, password);
    let fields = step_form(form, send)
        .child(username.autocomplete("section-computer username").show(form))
        .child(
            password
                .hint(t::sign_in::COMPUTER_PASSWORD_HINT)
                .autocomplete("section-computer current-password")
                .show(form),
        )
        .child(submit(form, t::sign_in::NEXT));
    group()
        .child(step_heading(t::sign_in::COMPUTER_TITLE))
        .child(lost.then(|| note(t::sign_in::COMPUTER_LOST)))
        .child(el("p").class("about").say(t::sign_in::COMPUTER_ABOUT))
        .child(fields)
}
