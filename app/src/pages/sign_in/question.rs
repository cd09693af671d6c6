//! "Is this you?": asked after a right password and before any session exists.

use wire::{
    ProblemCode,
    sign_in::{Answer, AnswerQuestion, Person, Seat, SignInState},
};

use super::{seat_line, step_heading};
use crate::{
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::{press, press_first},
        el::{El, el, group},
        form::{Form, form_problem},
        panel::button_row,
    },
    session::SessionStore,
    signals::State,
    texts::{Speech, t},
};

/// The screen of the question.
pub fn question_step(seat: &Seat, person: Person) -> El {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&[]);
    focus_soon("heading");

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
    let answers = button_row().child(press_first(form, t::sign_in::YES, move || answer(true))).child(press(
        form,
        t::sign_in::NO,
        move || answer(false),
    ));
    group()
        .child(step_heading(t::sign_in::QUESTION_TITLE))
        .child(el("p").class("about").say(t::sign_in::QUESTION_ABOUT))
        .child(person_line(person))
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
