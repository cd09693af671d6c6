//! Step 2: six digits of an authenticator app.

use leptos::{ev::SubmitEvent, prelude::*};
use wire::{
    fields::TotpCode,
    sign_in::{AuthorizeProfile, ProfileCode, Seat},
};

use super::{SeatLine, StepHeading};
use crate::{
    browser::focus_soon,
    components::{
        button::Submit,
        field::CodeField,
        form::{Form, FormProblem},
    },
    session::SessionStore,
    texts::say,
};

/// The screen of step 2.
#[component]
pub fn ProfileStep(seat: Seat) -> impl IntoView {
    let session = SessionStore::here();
    let form = Form::new(&["code"]);
    let code = RwSignal::new(String::new());
    focus_soon("code");

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
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
    view! {
        <StepHeading text=|t| t.sign_in.profile_title />
        <SeatLine seat />
        <p class="about">{say(|t| t.sign_in.profile_about)}</p>
        <form aria-labelledby="heading" on:submit=submit novalidate>
            <FormProblem form />
            <CodeField
                form
                name="code"
                label=|t| t.sign_in.code
                hint=|t| t.sign_in.code_hint
                value=code
            />
            <Submit form label=|t| t.sign_in.next />
        </form>
    }
}
