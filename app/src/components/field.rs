//! A field with its label, its hint and its problem built in, so that no page can forget one of them.

use std::time::Duration;

use leptos::{
    ev::{Event, Targeted},
    prelude::*,
};
use web_sys::HtmlInputElement;
use wire::fields::CODE_DIGITS;

use crate::{
    components::{form::Form, icon::Icon},
    texts::{Pick, say},
};

/// Time for a last look at a code, for a finger on its way to the button, and for the Enter of a scanner.
const LAST_LOOK: Duration = Duration::from_millis(800);

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
    field(form, Kind::Plain, name, label, None, value, autocomplete, None)
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
    field(form, Kind::Secret, name, label, hint, value, autocomplete, None)
}

/// A field for six digits, typed, pasted or filled in by the phone. A moment after the sixth one it goes on by itself, if it has
/// something to go on with.
#[component]
pub fn CodeField(
    form: Form,
    name: &'static str,
    label: Pick,
    #[prop(optional)] hint: Option<Pick>,
    value: RwSignal<String>,
    #[prop(optional)] complete: Option<Callback<()>>,
) -> impl IntoView {
    field(form, Kind::Digits, name, label, hint, value, "one-time-code", complete)
}

#[expect(clippy::too_many_arguments, reason = "the three components above are its named forms")]
fn field(
    form: Form,
    kind: Kind,
    name: &'static str,
    label: Pick,
    hint: Option<Pick>,
    value: RwSignal<String>,
    autocomplete: &'static str,
    complete: Option<Callback<()>>,
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
        let before = value.get_untracked();
        let now = event.target().value();
        form.forgive(name);
        let sixth = digits(&now) == CODE_DIGITS && digits(&before) != CODE_DIGITS;
        value.set(now.clone());
        if let Some(complete) = complete.filter(|_| sixth) {
            go_on_soon(value, now, complete);
        }
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

/// Goes on with a code unless it is changed within the pause. Where it was sent meanwhile, the form knows.
fn go_on_soon(value: RwSignal<String>, code: String, complete: Callback<()>) {
    let go_on = move || {
        let unchanged = value.try_get_untracked().is_some_and(|now| now == code);
        if unchanged {
            complete.run(());
        }
    };
    set_timeout(go_on, LAST_LOOK);
}

/// How many characters of a code were typed, without its blanks; anything but digits makes it no code.
fn digits(text: &str) -> usize {
    let typed = text.chars().filter(|c| !c.is_whitespace());
    if typed.clone().all(|c| c.is_ascii_digit()) { typed.count() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_between_digits_do_not_count() {
        assert_eq!(digits(" 123 456 "), 6);
        assert_eq!(digits("12a456"), 0);
        assert_eq!(digits(""), 0);
    }
}
