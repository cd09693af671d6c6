//! Asks before something is done that cannot be taken back. The focus starts on the way out.

use leptos::prelude::*;

use crate::{
    components::{
        button::awaiting,
        el::{El, el, group},
        form::{Form, form_problem},
        panel::{button_row, dialog},
    },
    signals::State,
    texts::{Text, t},
};

/// What is asked, in a window that stands while `open` says so. A refusal is shown in it.
#[derive(Clone, Copy)]
pub struct Ask {
    pub id: &'static str,
    pub title: Text,
    pub yes: Text,
    pub form: Form,
    pub open: State<bool>,
}

/// The window. Its words name the person or the computer, and say what will happen.
pub fn ask(
    question: Ask,
    words: impl Fn() -> String + Send + Sync + 'static,
    on_yes: impl Fn() + 'static,
) -> El {
    asked(question, Box::new(words), Box::new(on_yes))
}

fn asked(question: Ask, words: Box<dyn Fn() -> String + Send + Sync>, on_yes: Box<dyn Fn()>) -> El {
    let Ask { id, title, yes, form, open } = question;
    let words = State::new(words);
    let on_yes = StoredValue::new_local(on_yes);
    let content = move || {
        let cancel = el("button")
            .set("type", "button")
            .class("button")
            .set("autofocus", true)
            .on_press(move || open.set(false))
            .say(t::once::CANCEL);
        let yes = awaiting("button", "button danger", None, yes, move || form.is_busy());
        group()
            .child(el("p").child(move || words.with_untracked(|words| words())))
            .child(form_problem(form))
            .child(
                button_row().child(cancel).child(yes.on_press(move || on_yes.with_value(|on_yes| on_yes()))),
            )
    };
    dialog(id, title, open, content)
}
