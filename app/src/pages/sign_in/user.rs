//! Step 3: login and password.

use leptos::prelude::*;
use wire::{
    ProblemCode,
    fields::{Login, Password},
    sign_in::{Seat, SubmitPassword, UserCredentials},
};

use super::{
    seat_line,
    step::{News, Step},
    step_form, step_heading,
};
use crate::{
    api::Failure,
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::submit,
        el::{El, el, group},
        field::Field,
        form::Form,
        icon::Icon,
        notice::good_news,
    },
    page::Page,
    session::SessionStore,
    texts::{Speech, Texts},
};

/// The screen of step 3.
pub fn user_step(seat: &Seat, login: String, news: Option<News>) -> El {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&["login", "password"]);
    focus_soon(if login.is_empty() { "login" } else { "password" });
    let login = RwSignal::new(login);
    let password = RwSignal::new(String::new());
    if let Some(news) = news {
        announcer.status(sentence(news, speech.texts_now()));
    }

    let send = move || {
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
    let switch = matches!(news, Some(News::Idle { .. })).then(|| {
        el("button")
            .set("type", "button")
            .class("button")
            .on_press(move || session.advance(Step::switched))
            .say(|t| t.shell.switch_user)
    });
    let news = news.map(|news| match news {
        News::Unlocked => good_news(|t| t.sign_in.unlocked),
        _ => {
            let words = move || sentence(news, speech.texts());
            el("p").class("notice").child(Icon::Alert.show()).child(el("span").child(words))
        }
    });
    let login = Field::text("login", |t| t.sign_in.login, login).autocomplete("username");
    let password =
        Field::password("password", |t| t.sign_in.password, password).autocomplete("current-password");
    let fields = step_form(form, send)
        .child(login.show(form))
        .child(password.show(form))
        .child(submit(form, |t| t.sign_in.sign_in))
        .child(switch);
    let forgot = el("a").set("href", Page::Forgot.path()).say(|t| t.sign_in.forgot);
    group()
        .child(step_heading(|t| t.sign_in.user_title))
        .child(seat_line(seat))
        .child(news)
        .child(fields)
        .child(el("p").class("aside").child(forgot))
}

fn sentence(news: News, texts: &Texts) -> String {
    match news {
        News::Unlocked => texts.sign_in.unlocked.to_owned(),
        News::QuestionExpired => texts.sign_in.question_expired.to_owned(),
        News::SessionEnded => texts.sign_in.session_ended.to_owned(),
        News::Idle { minutes } => (texts.idle.signed_out)(minutes),
    }
}
