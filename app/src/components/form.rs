//! A form between being typed and being answered: busy or not, the refusal it got, and the seconds to wait.

use std::{cell::Cell, time::Duration};

use leptos::prelude::*;
use wire::{Endpoint, Problem};

use crate::{
    api::{self, Call, Failure},
    browser::focus_soon,
    components::{
        announcer::Announcer,
        el::{El, el, group},
        icon::Icon,
    },
    session::SessionStore,
    signals::State,
    texts::{Refusal, Sentences, Speech, t},
};

/// A form. Copies of it are the same form.
#[derive(Clone, Copy)]
pub struct Form {
    /// The JSON names of its fields, which are their ids as well.
    fields: &'static [&'static str],
    /// Tells it from the other forms of the page.
    number: u32,
    busy: State<bool>,
    failure: State<Option<Failure>>,
    wait_seconds: State<u32>,
    session: SessionStore,
    speech: Speech,
    announcer: Announcer,
}

/// Takes the text of an answer and gives back what is to be shown as a refusal.
type Settle = dyn FnOnce(Result<String, Failure>) -> Result<(), Failure>;

thread_local! {
    /// How many forms there have been.
    static FORMS: Cell<u32> = const { Cell::new(0) };
}

impl Form {
    /// A form with these fields.
    pub fn new(fields: &'static [&'static str]) -> Self {
        Self {
            fields,
            number: FORMS.replace(FORMS.get().wrapping_add(1)),
            busy: State::new(false),
            failure: State::new(None),
            wait_seconds: State::new(0),
            session: SessionStore::here(),
            speech: Speech::here(),
            announcer: Announcer::here(),
        }
    }

    /// Whether an answer is being waited for.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Sends what was typed, unless an answer is being waited for already. `settle` takes the answer and gives back
    /// what is to be shown as a refusal.
    pub fn send<E: Endpoint>(
        self,
        request: E::Request,
        settle: impl FnOnce(Result<E::Reply, Failure>) -> Result<(), Failure> + 'static,
    ) {
        let settle =
            move |reply: Result<String, Failure>| settle(reply.and_then(|text| api::read::<E>(&text)));
        self.send_call(Call::of::<E>(&request), Box::new(settle));
    }

    fn send_call(self, call: Result<Call, Failure>, settle: Box<Settle>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        let then = move |reply| {
            // The page may be gone by now; then there is nothing left to tell.
            if !self.busy.try_set(false) {
                return;
            }
            if let Err(failure) = settle(reply) {
                self.refuse(failure);
            }
        };
        self.session.send(call, Box::new(then));
    }

    /// Shows a refusal beside its field, says it aloud and moves the focus there.
    pub fn refuse(self, failure: impl Into<Failure>) {
        let failure = failure.into();
        let place = self.place_of(&failure).map_or_else(|| self.problem_id(), str::to_owned);
        if self.tell(failure) {
            focus_soon(&place);
        }
    }

    /// Whether a refusal is about one of the fields.
    pub fn has_place_of(self, failure: &Failure) -> bool {
        self.place_of(failure).is_some()
    }

    /// The same without the focus, for a form that is sent while one types. False where the page is gone.
    pub fn tell(self, failure: Failure) -> bool {
        let wait = match &failure {
            Failure::Refused(problem) => problem.retry_after_seconds.unwrap_or(0),
            Failure::Offline => 0,
        };
        if !(self.wait_seconds.try_set(wait) && self.failure.try_set(Some(failure.clone()))) {
            return false;
        }
        self.announcer.alert(sentence(self.speech.sentences_now(), &failure, wait));
        if wait > 0 {
            self.count_down(failure);
        }
        true
    }

    /// Forgets the refusal: what it was about is being corrected.
    pub fn forgive(self, field: &str) {
        let concerned = self
            .failure
            .with_untracked(|failure| failure.as_ref().is_some_and(|f| self.place_of(f) == Some(field)));
        if concerned && self.wait_seconds.get_untracked() == 0 {
            self.failure.set(None);
        }
    }

    /// Whether a refusal is shown.
    pub fn is_refused(self) -> bool {
        self.failure.with_untracked(Option::is_some)
    }

    /// Forgets whatever was refused: the form is opened for something else.
    pub fn start_over(self) {
        self.wait_seconds.set(0);
        self.failure.set(None);
    }

    /// The id of the sentence above the form that is about no single field.
    fn problem_id(self) -> String {
        format!("form-problem-{}", self.number)
    }

    /// The sentence that belongs beside a field.
    pub fn sentence_at(self, field: &'static str) -> Option<String> {
        self.sentence_where(|place| place == Some(field))
    }

    fn sentence_where(self, concerns: impl Fn(Option<&'static str>) -> bool) -> Option<String> {
        let failure = self.failure.get()?;
        concerns(self.place_of(&failure))
            .then(|| sentence(self.speech.sentences(), &failure, self.wait_seconds.get()))
    }

    /// The field of this form that a refusal is about.
    fn place_of(self, failure: &Failure) -> Option<&'static str> {
        let Failure::Refused(Problem { field: Some(field), .. }) = failure else { return None };
        self.fields.iter().copied().find(|name| name == field)
    }

    /// Counts the seconds that are left, for the refusal that brought them.
    fn count_down(self, failure: Failure) {
        set_timeout(
            move || {
                let superseded =
                    self.failure.try_read_untracked().is_none_or(|now| now.as_ref() != Some(&failure));
                if superseded {
                    return;
                }
                let left = self.wait_seconds.get_untracked().saturating_sub(1);
                self.wait_seconds.set(left);
                if left > 0 {
                    return self.count_down(failure);
                }
                self.failure.set(None);
                self.announcer.status(self.speech.text_now(t::common::TRY_AGAIN_NOW).to_owned());
            },
            Duration::from_secs(1),
        );
    }
}

/// The sentence of a failure.
pub fn sentence(sentences: &Sentences, failure: &Failure, wait_seconds: u32) -> String {
    match failure {
        Failure::Offline => sentences.text(t::common::OFFLINE).to_owned(),
        Failure::Refused(problem) => {
            let Problem { code, tries_left, .. } = *problem;
            Refusal { code, wait_seconds, tries_left }.sentence(sentences)
        }
    }
}

/// The sentence of a refusal that is about no single field.
pub fn form_problem(form: Form) -> El {
    let problem = move || form.sentence_where(|place| place.is_none());
    group().child(move || problem().map(|sentence| problem_box(form.problem_id(), sentence)))
}

fn problem_box(id: String, sentence: String) -> El {
    el("p")
        .class("notice bad")
        .set("id", id)
        .set("tabindex", "-1")
        .child(Icon::Alert.show())
        .child(el("span").child(sentence))
}
