//! The password of one's own, chosen at the first sign-in, before any session exists.

use leptos::{ev::SubmitEvent, prelude::*};
use wire::{
    Empty,
    fields::Password,
    sign_in::{ChoosePassword, OwnPassword, Person, Seat, SignInState, SignOut},
};

use super::{SeatLine, StepHeading, question::PersonLine};
use crate::{
    api::Failure,
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::{Press, Submit},
        field::PasswordField,
        form::{Form, FormProblem},
    },
    session::SessionStore,
    texts::{Speech, say},
};

/// The screen of the choice.
#[component]
pub fn NewPasswordStep(seat: Seat, person: Person, length_min: u32) -> impl IntoView {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&["password"]);
    let password = RwSignal::new(String::new());
    focus_soon("password");

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
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
    let rule = move || (speech.texts().sign_in.password_rule)(length_min);
    view! {
        <StepHeading text=|t| t.sign_in.new_password_title />
        <PersonLine person />
        <p class="about">{say(|t| t.sign_in.new_password_about)}</p>
        <form aria-labelledby="heading" on:submit=submit novalidate>
            <FormProblem form />
            <PasswordField
                form
                name="password"
                label=|t| t.sign_in.new_password
                value=password
                autocomplete="new-password"
            />
            <p class="hint">{rule}</p>
            <Submit form label=|t| t.sign_in.save_and_sign_in />
            <Press form label=|t| t.sign_in.no on_press=Callback::new(move |()| leave()) />
        </form>
        <SeatLine seat />
    }
}
