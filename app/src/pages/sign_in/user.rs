//! Step 3: login and password.

use wire::{
    ProblemCode,
    fields::{Login, Password},
    sign_in::{Seat, SubmitPassword, UserCredentials},
};

use super::{
    seat::seat_of_profile,
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
    signals::State,
    texts::{Sentences, Speech, t},
};

/// The screen of step 3.
pub fn user_step(seat: &Seat, login: String, news: Option<News>) -> El {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&["login", "password"]);
    focus_soon(if login.is_empty() { "login" } else { "password" });
    let login = State::new(login);
    let password = State::new(String::new());
    if let Some(news) = news {
        // The advice stands above the fields, and was read aloud on the screen that waited.
        let said = if matches!(news, News::Unlocked { .. }) { News::Unlocked { again: false } } else { news };
        announcer.aloud(sentence(said, speech.sentences_now()));
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
            .say(t::shell::SWITCH_USER)
    });
    let news = news.map(|news| match news {
        News::Unlocked { again: false } => good_news(t::sign_in::UNLOCKED),
        _ => {
            let words = move || sentence(news, speech.sentences());
            el("p").class("notice").child(Icon::Alert.show()).child(el("span").child(words))
        }
    });
    let login = Field::text("login", t::sign_in::LOGIN, login).autocomplete("username");
    let password =
        Field::password("password", t::sign_in::PASSWORD, password).autocomplete("current-password");
    let fields = step_form(form, send)
        .child(login.show(form))
        .child(password.show(form))
        .child(submit(form, t::sign_in::SIGN_IN))
        .child(switch);
    let forgot = el("a").set("href", Page::Forgot.path()).set("rel", "external").say(t::sign_in::FORGOT);
    group()
        .child(step_heading(t::sign_in::USER_TITLE))
        .child(seat_of_profile(seat))
        .child(news)
        .child(fields)
        .child(el("p").class("aside").child(forgot))
}

fn sentence(news: News, sentences: &Sentences) -> String {
    let text = match news {
        News::Unlocked { again: false } => t::sign_in::UNLOCKED,
        News::Unlocked { again: true } => t::sign_in::UNLOCKED_AGAIN,
        News::QuestionExpired => t::sign_in::QUESTION_EXPIRED,
        News::SessionEnded => t::sign_in::SESSION_ENDED,
        News::Idle { minutes } => return sentences.fill(t::idle::SIGNED_OUT, &[&minutes.to_string()]),
    };
    sentences.text(text).to_owned()
}
