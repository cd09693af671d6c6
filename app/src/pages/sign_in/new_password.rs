//! The password of one's own, chosen at the first sign-in, before any session exists.

use leptos::prelude::*;
use wire::{
    Empty,
    fields::Password,
    sign_in::{ChoosePassword, OwnPassword, Person, Seat, SignInState, SignOut},
};

use super::{question::person_line, seat_line, step_form, step_heading};
use crate::{
    api::Failure,
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::{press, submit},
        el::{El, el, group},
        field::Field,
        form::Form,
    },
    session::SessionStore,
    texts::Speech,
};

/// The screen of the choice.
pub fn new_password_step(seat: &Seat, person: Person, length_min: u32) -> El {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&["password"]);
    let password = RwSignal::new(String::new());
    focus_soon("password");

    let send = move || {
        let typed = password.get_untracked();
        if let Err(problem) = typed.parse::<Password>() {
            return form.refuse(problem);
        }
        form.send::<ChoosePassword>(OwnPassword { password: typed }, move |reply| {
            let state = reply?;
            if let SignInState::SignedIn { me, .. } = &state {
                announcer.status((speech.texts_now().shell.signed_in_as)(&me.full_name));
            }
            session.enter(state);
            Ok(())
        });
    };
    let leave = move || {
        form.send::<SignOut>(Empty {}, move |reply: Result<_, Failure>| {
            reply.map(|state| session.enter(state))
        });
    };
    let rule = el("p").child(move || (speech.texts().sign_in.password_rule)(length_min));
    let field = Field::password("password", |t| t.sign_in.new_password, password)
        .autocomplete("new-password")
        .hint_of(rule);
    let fields = step_form(form, send)
        .child(field.show(form))
        .child(submit(form, |t| t.sign_in.save_and_sign_in))
        .child(press(form, |t| t.sign_in.no, leave));
    group()
        .child(step_heading(|t| t.sign_in.new_password_title))
        .child(person_line(person))
        .child(el("p").class("about").say(|t| t.sign_in.new_password_about))
        .child(fields)
        .child(seat_line(seat))
}
