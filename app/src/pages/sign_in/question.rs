//! "Is this you?": asked after a right password and before any session exists.

use leptos::prelude::*;
use wire::{
    ProblemCode,
    sign_in::{Answer, AnswerQuestion, Person, Seat, SignInState},
};

use super::{SeatLine, StepHeading};
use crate::{
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::Press,
        form::{Form, FormProblem},
    },
    session::SessionStore,
    texts::{Speech, say},
};

/// The screen of the question.
#[component]
pub fn QuestionStep(seat: Seat, person: Person) -> impl IntoView {
    let session = SessionStore::here();
    let announcer = Announcer::here();
    let speech = Speech::here();
    let form = Form::new(&[]);
    focus_soon("heading");

    let login = StoredValue::new(person.login.clone());
    let answer = move |yes| {
        form.send::<AnswerQuestion>(Answer { yes }, move |reply| {
            let state = match reply {
                Err(failure) if failure.code() == Some(ProblemCode::AccountLocked) => {
                    session.advance(|step| step.locked(login.get_value()));
                    return Ok(());
                }
                reply => reply?,
            };
            if let SignInState::SignedIn { me, .. } = &state {
                announcer.status((speech.texts_now().shell.signed_in_as)(&me.full_name));
            }
            session.enter(state);
            Ok(())
        });
    };
    view! {
        <StepHeading text=|t| t.sign_in.question_title />
        <p class="about">{say(|t| t.sign_in.question_about)}</p>
        <PersonLine person />
        <FormProblem form />
        <div class="answers">
            <Press
                form
                label=|t| t.sign_in.yes
                class="button primary"
                on_press=Callback::new(move |()| answer(true))
            />
            <Press form label=|t| t.sign_in.no on_press=Callback::new(move |()| answer(false)) />
        </div>
        <SeatLine seat />
    }
}

/// Who it is, by name and login.
#[component]
pub fn PersonLine(person: Person) -> impl IntoView {
    view! {
        <div class="person">
            <span class="initials" aria-hidden="true">{initials(&person.full_name)}</span>
            <p><strong>{person.full_name}</strong><br /><span class="login">{person.login}</span></p>
        </div>
    }
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
