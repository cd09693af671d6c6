//! Step 1: the pair from the access form.

use leptos::{ev::SubmitEvent, prelude::*};
use wire::{
    fields::{ComputerPassword, ComputerUsername},
    sign_in::{AuthorizeComputer, ComputerCredentials},
};

use super::StepHeading;
use crate::{
    browser::focus_soon,
    components::{
        button::Submit,
        field::{PasswordField, TextField},
        form::{Form, FormProblem},
    },
    session::SessionStore,
    texts::say,
};

/// The screen of step 1.
#[component]
pub fn ComputerStep() -> impl IntoView {
    let session = SessionStore::here();
    let form = Form::new(&["username", "password"]);
    let username = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    focus_soon("username");

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed =
            ComputerCredentials { username: username.get_untracked(), password: password.get_untracked() };
        let parsed = typed.username.parse::<ComputerUsername>().map(|_| ());
        if let Err(problem) = parsed.and_then(|()| typed.password.parse::<ComputerPassword>().map(|_| ())) {
            return form.refuse(problem);
        }
        form.send::<AuthorizeComputer>(typed, move |reply| reply.map(|state| session.enter(state)));
    };
    view! {
        <StepHeading text=|t| t.sign_in.computer_title />
        <p class="about">{say(|t| t.sign_in.computer_about)}</p>
        <form aria-labelledby="heading" on:submit=submit novalidate>
            <FormProblem form />
            <TextField
                form
                name="username"
                label=|t| t.sign_in.username
                value=username
                autocomplete="section-computer username"
            />
            <PasswordField
                form
                name="password"
                label=|t| t.sign_in.password
                hint=|t| t.sign_in.computer_password_hint
                value=password
                autocomplete="section-computer current-password"
            />
            <Submit form label=|t| t.sign_in.next />
        </form>
    }
}
