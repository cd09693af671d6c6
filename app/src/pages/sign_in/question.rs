//! "Is this you?": asked after a right password and before any session exists.

use std::time::Duration;

use leptos::prelude::set_timeout;
use wire::{
    ProblemCode,
    sign_in::{Answer, AnswerQuestion, Person, Seat, SignInState},
};

use super::{seat::seat_line, step_heading};
use crate::{
    browser::{clicks, focus_soon, says},
    components::{
        announcer::Announcer,
        button::{awaiting, press},
        el::{El, el, group},
        form::{Form, form_problem},
        panel::button_row,
    },
    session::SessionStore,
    signals::State,
    texts::{Speech, t},
};

/// For so long a question has to stand before the keyboard can say yes to it: nobody reads it sooner.
const READING_TIME: Duration = Duration::from_millis(300);

/// The screen of the question.
pub fn question_step(seat: &Seat, person: Person) -> El {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&[]);
    focus_soon("yes");

    let login = State::new(person.login.clone());
    let answer = move |yes| {
        form.send::<AnswerQuestion>(Answer { yes }, move |reply| {
            let state = match reply {
                Err(failure) if failure.code() == Some(ProblemCode::AccountLocked) => {
                    session.advance(|step| step.locked(login.get_untracked()));
                    return Ok(());
                }
                reply => reply?,
            };
            if let SignInState::SignedIn { me, .. } = &state {
                announcer.status(speech.fill_now(t::shell::SIGNED_IN_AS, &[&me.full_name]));
            }
            session.enter(state);
            Ok(())
        });
    };
    let was_read = State::new(false);
    set_timeout(move || _ = was_read.try_set(true), READING_TIME);
    // The Enter that sent the password may be held down still, or pressed twice, and "Sign in" clicked twice: none is an answer.
    let yes = awaiting("button", "button primary", None, t::sign_in::YES, move || form.is_busy())
        .set("id", "yes")
        .set("aria-describedby", "heading person")
        .on("click", move |event| {
            if clicks(&event) < 2 {
                answer(true);
            }
        })
        .on("keydown", move |event| {
            if says(&event, "repeat") || !was_read.get_untracked() {
                event.prevent_default();
            }
        });
    let answers = button_row().child(yes).child(press(form, t::sign_in::NO, move || answer(false)));
    group()
        .child(step_heading(t::sign_in::QUESTION_TITLE))
        .child(el("p").class("about").say(t::sign_in::QUESTION_ABOUT))
        .child(el("div").class("asked").set("id", "person").child(person_line(person)))
        .child(form_problem(form))
        .child(answers)
        .child(seat_line(seat))
}

/// Who it is, by name and login.
pub fn person_line(person: Person) -> El {
    let initials = el("span").class("initials").set("aria-hidden", "true").child(initials(&person.full_name));
    let name = el("p")
        .child(el("strong").child(person.full_name))
        .child(el("br"))
        .child(el("span").class("login").child(person.login));
    el("div").class("person").child(initials).child(name)
}

/// The first letters of the first two names.
fn initials(full_name: &str) -> String {
    full_name.split_whitespace().take(2).filter_map(|name| name.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_two_names() {
        assert_eq!(initials("Иванова Анна Петровна"), "ИА");
        assert_eq!(initials("Élodie"), "É");
        assert_eq!(initials(""), "");
    }
}
