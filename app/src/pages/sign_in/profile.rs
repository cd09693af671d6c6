//! Step 2: six digits of an authenticator app.

use leptos::prelude::*;
use wire::{
    fields::TotpCode,
    sign_in::{AuthorizeProfile, ProfileCode, Seat},
};

use super::{seat_line, step_form, step_heading};
use crate::{
    browser::focus_soon,
    components::{
        button::submit,
        el::{El, el, group},
        field::Field,
        form::Form,
    },
    session::SessionStore,
};

/// The screen of step 2.
pub fn profile_step(seat: &Seat) -> El {
    let session = SessionStore::here();
    let form = Form::new(&["code"]);
    let code = RwSignal::new(String::new());
    focus_soon("code");

    let send = move || {
        match code.get_untracked().parse::<TotpCode>() {
            Err(problem) => form.refuse(problem),
            Ok(parsed) => form.send::<AuthorizeProfile>(
                ProfileCode { code: parsed.expose().to_owned() },
                move |reply| {
                    // A code is good for one try: the next one is typed into an empty field.
                    code.try_set(String::new());
                    reply.map(|state| session.enter(state))
                },
            ),
        }
    };
    let field = Field::code("code", |t| t.sign_in.code, code).hint(|t| t.sign_in.code_hint);
    let fields = step_form(form, send).child(field.show(form)).child(submit(form, |t| t.sign_in.next));
    group()
        .child(step_heading(|t| t.sign_in.profile_title))
        .child(seat_line(seat))
        .child(el("p").class("about").say(|t| t.sign_in.profile_about))
        .child(fields)
}
