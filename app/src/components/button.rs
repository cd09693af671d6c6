//! The button that submits a form and shows that an answer is awaited.

use leptos::prelude::*;

use crate::{
    components::form::Form,
    texts::{Pick, say},
};

/// The one submit button of a form. Its name stays while it is busy, so that it is never lost to whoever listens.
#[component]
pub fn Submit(form: Form, label: Pick) -> impl IntoView {
    let busy = move || form.is_busy();
    view! {
        <button
            type="submit"
            class="button primary"
            aria-busy=move || busy().to_string()
            aria-disabled=move || busy().then_some("true")
        >
            <span class="spinner" aria-hidden="true"></span>
            <span>{say(label)}</span>
        </button>
    }
}

/// A button that does something at once. It is busy while its form is.
#[component]
pub fn Press(
    form: Form,
    label: Pick,
    #[prop(default = "button")] class: &'static str,
    on_press: Callback<()>,
) -> impl IntoView {
    let busy = move || form.is_busy();
    view! {
        <button
            type="button"
            class=class
            aria-busy=move || busy().to_string()
            aria-disabled=move || busy().then_some("true")
            on:click=move |_| on_press.run(())
        >
            <span class="spinner" aria-hidden="true"></span>
            <span>{say(label)}</span>
        </button>
    }
}
