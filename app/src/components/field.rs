//! A field with its label, its hint and its problem built in, so that no page can forget one of them.

use leptos::{
    ev::{Event, Targeted},
    prelude::*,
};
use web_sys::HtmlInputElement;

use crate::{
    components::{form::Form, icon::Icon},
    texts::{Pick, say},
};

/// What is typed into a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A name that a keyboard must not correct.
    Plain,
    /// A password, which can be shown.
    Secret,
    /// Six digits.
    Digits,
}

/// A field for a name, such as a login.
#[component]
pub fn TextField(
    form: Form,
    name: &'static str,
    label: Pick,
    value: RwSignal<String>,
    autocomplete: &'static str,
) -> impl IntoView {
    field(form, Kind::Plain, name, label, None, value, autocomplete)
}

/// A field for a password, with a button that shows it.
#[component]
pub fn PasswordField(
    form: Form,
    name: &'static str,
    label: Pick,
    #[prop(optional)] hint: Option<Pick>,
    value: RwSignal<String>,
    autocomplete: &'static str,
) -> impl IntoView {
    field(form, Kind::Secret, name, label, hint, value, autocomplete)
}

/// A field for six digits, typed, pasted or filled in by the phone.
#[component]
pub fn CodeField(
    form: Form,
    name: &'static str,
    label: Pick,
    #[prop(optional)] hint: Option<Pick>,
    value: RwSignal<String>,
) -> impl IntoView {
    field(form, Kind::Digits, name, label, hint, value, "one-time-code")
}

fn field(
    form: Form,
    kind: Kind,
    name: &'static str,
    label: Pick,
    hint: Option<Pick>,
    value: RwSignal<String>,
    autocomplete: &'static str,
) -> impl IntoView {
    let revealed = RwSignal::new(false);
    let problem = Memo::new(move |_| form.sentence_at(name));
    let problem_id = format!("{name}-problem");
    let hint_id = format!("{name}-hint");
    let described = {
        let (problem_id, hint_id) = (problem_id.clone(), hint_id.clone());
        move || match (problem.read().is_some(), hint) {
            (true, Some(_)) => Some(format!("{problem_id} {hint_id}")),
            (true, None) => Some(problem_id.clone()),
            (false, Some(_)) => Some(hint_id.clone()),
            (false, None) => None,
        }
    };
    let typed = move |event: Targeted<Event, HtmlInputElement>| {
        form.forgive(name);
        value.set(event.target().value());
    };
    let input_type = move || if kind == Kind::Secret && !revealed.get() { "password" } else { "text" };
    view! {
        <div class="field" class:refused=move || problem.read().is_some()>
            <label for=name>{say(label)}</label>
            <div class="entry">
                <input
                    id=name
                    name=name
                    class:code=kind == Kind::Digits
                    type=input_type
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    inputmode=(kind == Kind::Digits).then_some("numeric")
                    aria-describedby=described
                    aria-invalid=move || problem.read().is_some().then_some("true")
                    prop:value=move || value.get()
                    on:input:target=typed
                />
                {(kind == Kind::Secret)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="reveal"
                                aria-controls=name
                                aria-label=move || {
                                    let hide = revealed.get();
                                    say(if hide { |t| t.common.hide_characters } else { |t| t.common.show_characters })()
                                }
                                on:click=move |_| revealed.update(|shown| *shown = !*shown)
                            >
                                {move || if revealed.get() { Icon::EyeOff } else { Icon::Eye }.show()}
                            </button>
                        }
                    })}
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{say(hint)}</p> })}
            {move || {
                problem
                    .get()
                    .map(|sentence| {
                        view! { <p class="problem" id=problem_id.clone()>{Icon::Alert.show()}<span>{sentence}</span></p> }
                    })
            }}
        </div>
    }
}
