//! Buttons that show that an answer is awaited.

use crate::{
    components::{
        el::{El, el},
        form::Form,
        icon::Icon,
    },
    texts::Text,
};

/// The one submit button of a form. Its name stays while it is busy, so that it is never lost to whoever listens.
pub fn submit(form: Form, label: Text) -> El {
    awaiting("submit", "button primary", None, label, move || form.is_busy())
}

/// A button that does something at once. It is busy while its form is.
pub fn press(form: Form, label: Text, on_press: impl Fn() + 'static) -> El {
    awaiting("button", "button", None, label, move || form.is_busy()).on_press(on_press)
}

/// A button with everything that its look and its state need.
pub fn awaiting(
    kind: &'static str,
    class: &'static str,
    icon: Option<Icon>,
    label: Text,
    busy: impl Fn() -> bool + Copy + Send + 'static,
) -> El {
    el("button")
        .set("type", kind)
        .class(class)
        .set("aria-busy", move || busy().to_string())
        .set("aria-disabled", move || busy().then_some("true"))
        .child(el("span").class("spinner").set("aria-hidden", "true"))
        .child(icon.map(Icon::show))
        .child(el("span").say(label))
}
