//! The password of one's own, chosen at the first sign-in, before any session exists.

use wire::{
    Empty,
    fields::Password,
    sign_in::{ChoosePassword, OwnPassword, Person, Seat, SignInState, SignOut},
};

use super::{question::person_line, seat::seat_line, step_form, step_heading};
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
    signals::State,
    texts::{Speech, t},
};

/// The screen of the choice.
pub fn new_password_step(seat: &Seat, person: Person, length_min: u32) -> El {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&["password"]);
    let password = State::new(String::new());
    focus_soon("password");

    let send = move || {
        let typed = password.get_untracked();
        if let Err(problem) = typed.parse::<Password>() {
            return form.refuse(problem);
        }
        form.send::<ChoosePassword>(OwnPassword { password: typed }, move |reply| {
            let state = reply?;
            if let SignInState::SignedIn { me, .. } = &state {
                announcer.status(speech.fill_now(t::shell::SIGNED_IN_AS, &[&me.full_name]));
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
    let rule = el("p").child(move || speech.fill(t::sign_in::PASSWORD_RULE, &[&length_min.to_string()]));
    let field = Field::password("password", t::sign_in::NEW_PASSWORD, password)
        .autocomplete("new-password")
        .hint_of(rule);
    let fields = step_form(form, send)
        .child(field.show(form))
        .child(submit(form, t::sign_in::SAVE_AND_SIGN_IN))
        .child(press(form, t::sign_in::NO, leave));
    group()
        .child(step_heading(t::sign_in::NEW_PASSWORD_TITLE))
        .child(person_line(person))
        .child(el("p").class("about").say(t::sign_in::NEW_PASSWORD_ABOUT))
        .child(fields)
        .child(seat_line(seat))
}
