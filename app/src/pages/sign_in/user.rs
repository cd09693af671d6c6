//! Step 3: login and password.

use leptos::{ev::SubmitEvent, prelude::*};
use wire::{
    ProblemCode,
    fields::{Login, Password},
    sign_in::{Seat, SubmitPassword, UserCredentials},
};

use super::{SeatLine, StepHeading, step::News};
use crate::{
    api::Failure,
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::Submit,
        field::{PasswordField, TextField},
        form::{Form, FormProblem},
        notice::{GoodNews, Note},
    },
    page::Page,
    session::SessionStore,
    texts::{Speech, say},
};

/// The screen of step 3.
#[component]
pub fn UserStep(seat: Seat, login: String, news: Option<News>) -> impl IntoView {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&["login", "password"]);
    focus_soon(if login.is_empty() { "login" } else { "password" });
    let login = RwSignal::new(login);
    let password = RwSignal::new(String::new());
    if let Some(news) = news {
        announcer.status(sentence(news)(speech.texts_now()).to_owned());
    }

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = UserCredentials { login: login.get_untracked(), password: password.get_untracked() };
        let parsed = typed.login.parse::<Login>().map(|_| ());
        if let Err(problem) = parsed.and_then(|()| typed.password.parse::<Password>().map(|_| ())) {
            return form.refuse(problem);
        }
        form.send::<SubmitPassword>(typed, move |reply| match reply {
            Ok(state) => {
                session.enter(state);
                Ok(())
            }
            Err(failure) if failure.code() == Some(ProblemCode::AccountLocked) => {
                session.advance(|step| step.locked(login.get_untracked()));
                Ok(())
            }
            Err(failure) => {
                // With no answer, nobody knows whether the password was right: it may well be sent again.
                if failure != Failure::Offline {
                    password.try_set(String::new());
                }
                Err(failure)
            }
        });
    };
    view! {
        <StepHeading text=|t| t.sign_in.user_title />
        <SeatLine seat />
        {news
            .map(|news| match news {
                News::Unlocked => view! { <GoodNews text=sentence(news) /> }.into_any(),
                News::QuestionExpired | News::SessionEnded => view! { <Note text=sentence(news) /> }.into_any(),
            })}
        <form aria-labelledby="heading" on:submit=submit novalidate>
            <FormProblem form />
            <TextField form name="login" label=|t| t.sign_in.login value=login autocomplete="username" />
            <PasswordField
                form
                name="password"
                label=|t| t.sign_in.password
                value=password
                autocomplete="current-password"
            />
            <Submit form label=|t| t.sign_in.sign_in />
        </form>
        <p class="aside"><a href=Page::Forgot.path()>{say(|t| t.sign_in.forgot)}</a></p>
    }
}

fn sentence(news: News) -> crate::texts::Pick {
    match news {
        News::Unlocked => |t| t.sign_in.unlocked,
        News::QuestionExpired => |t| t.sign_in.question_expired,
        News::SessionEnded => |t| t.sign_in.session_ended,
    }
}
