//! A field with its label, its hint and its problem built in, so that no page can forget one of them.

use crate::{
    browser::set_ticked,
    caps_lock,
    components::{
        el::{Child, El, el, group},
        form::Form,
        icon::Icon,
    },
    signals::{State, derived, effect},
    texts::{Speech, Text, t},
};

/// What is typed into a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A name that a keyboard must not correct.
    Plain,
    /// An address, for which phones have a keyboard of its own.
    Email,
    /// A password, which can be shown.
    Secret,
    /// Six digits.
    Digits,
    /// A whole number.
    Number,
    /// A day, for which browsers have a calendar.
    Day,
}

/// A field of a form.
#[must_use]
pub struct Field {
    kind: Kind,
    name: &'static str,
    label: Text,
    hint: Option<El>,
    beside: Option<El>,
    list: Option<&'static str>,
    value: State<String>,
    autocomplete: &'static str,
}

impl Field {
    /// A field for a name, such as a login.
    pub fn text(name: &'static str, label: Text, value: State<String>) -> Field {
        Field {
            kind: Kind::Plain,
            name,
            label,
            hint: None,
            beside: None,
            list: None,
            value,
            autocomplete: "off",
        }
    }

    /// A field for an e-mail address.
    pub fn email(name: &'static str, label: Text, value: State<String>) -> Field {
        Field { kind: Kind::Email, ..Field::text(name, label, value) }
    }

    /// A field for a password, with a button that shows it.
    pub fn password(name: &'static str, label: Text, value: State<String>) -> Field {
        Field { kind: Kind::Secret, ..Field::text(name, label, value) }
    }

    /// A field for six digits, typed, pasted or filled in by the phone.
    pub fn code(name: &'static str, label: Text, value: State<String>) -> Field {
        Field { kind: Kind::Digits, autocomplete: "one-time-code", ..Field::text(name, label, value) }
    }

    /// A field for a whole number.
    pub fn number(name: &'static str, label: Text, value: State<String>) -> Field {
        Field { kind: Kind::Number, ..Field::text(name, label, value) }
    }

    /// A field for a day.
    pub fn day(name: &'static str, label: Text, value: State<String>) -> Field {
        Field { kind: Kind::Day, ..Field::text(name, label, value) }
    }

    /// What a password manager may fill in.
    pub fn autocomplete(self, autocomplete: &'static str) -> Field {
        Field { autocomplete, ..self }
    }

    /// A sentence below that helps.
    pub fn hint(self, hint: Text) -> Field {
        self.hint_of(el("p").say(hint))
    }

    /// The same for words that are put together.
    pub fn hint_of(self, hint: El) -> Field {
        Field { hint: Some(hint), ..self }
    }

    /// What stands behind what is typed, such as a unit.
    pub fn beside(self, beside: El) -> Field {
        Field { beside: Some(beside), ..self }
    }

    /// The id of a list of what is usually typed here.
    pub fn list(self, list: &'static str) -> Field {
        Field { list: Some(list), ..self }
    }

    /// The field in its form.
    pub fn show(self, form: Form) -> El {
        let Field { kind, name, label, hint, beside, list, value, autocomplete } = self;
        let revealed = State::new(false);
        let input = el("input")
            .set("class", (kind == Kind::Digits).then_some("code"))
            .set("type", move || match kind {
                Kind::Email => "email",
                Kind::Day => "date",
                Kind::Secret if !revealed.get() => "password",
                _ => "text",
            })
            .set("autocomplete", autocomplete)
            .set("autocapitalize", "none")
            .set("spellcheck", "false")
            .set("inputmode", matches!(kind, Kind::Digits | Kind::Number).then_some("numeric"))
            .set("list", list);
        let input = bound(input, form, name, value);
        if kind != Kind::Secret {
            return around(form, name, label, hint, input, beside);
        }
        caps_lock::watch();
        // It keeps its room while it is not shown, so that nothing jumps.
        let caps_lock = el("span").class("caps").say(t::common::CAPS_LOCK);
        let labels = el("div").class("labels").child(labelling(name, label)).child(caps_lock);
        labelled(form, name, labels, hint, input, Some(reveal(name, revealed)))
    }
}

/// A field in which one of several is chosen. Its options are made with [`option`].
pub fn choice(form: Form, name: &'static str, label: Text, value: State<String>, options: Vec<El>) -> El {
    let select = bound(el("select"), form, name, value).child(options);
    around(form, name, label, None, select, None)
}

/// One of several, with the value that it stands for. Which one is chosen when they are drawn is said here; later the field says it.
pub fn option(of: State<String>, value: &'static str, label: impl Child) -> El {
    option_of(of, value.to_owned(), group().child(label))
}

/// The same for a value that is known only when it is drawn.
pub fn option_of(of: State<String>, value: String, label: El) -> El {
    let is_chosen = of.with_untracked(|chosen| *chosen == value);
    el("option").set("value", value).set("selected", is_chosen).child(label)
}

/// A box to tick.
pub fn tick(name: &'static str, label: Text, value: State<bool>) -> El {
    // What a person has ticked no longer follows the attribute.
    effect(move || set_ticked(name, value.get()));
    let tick = el("input")
        .set("id", name)
        .set("name", name)
        .set("type", "checkbox")
        .set("checked", value.get_untracked())
        .on("change", move |_| value.update(|ticked| *ticked = !*ticked));
    el("div").class("tick").child(tick).child(el("label").set("for", name).say(label))
}

/// What is typed or chosen follows the signal, and the other way round.
pub fn bound(control: El, form: Form, name: &'static str, value: State<String>) -> El {
    control.value(move || value.get()).on_input(move |typed| {
        form.forgive(name);
        value.set(typed);
    })
}

/// Label, hint and problem around what is typed into.
pub fn around(
    form: Form,
    name: &'static str,
    label: Text,
    hint: Option<El>,
    control: El,
    beside: Option<El>,
) -> El {
    labelled(form, name, labelling(name, label), hint, control, beside)
}

fn labelling(name: &'static str, label: Text) -> El {
    el("label").set("for", name).say(label)
}

fn labelled(
    form: Form,
    name: &'static str,
    label: El,
    hint: Option<El>,
    control: El,
    beside: Option<El>,
) -> El {
    let problem = derived(move || form.sentence_at(name));
    let refused = move || problem.read().is_some();
    let hinted = hint.is_some();
    let control = control
        .set("id", name)
        .set("name", name)
        .set("aria-describedby", move || described_by(name, refused(), hinted))
        .set("aria-invalid", move || refused().then_some("true"));
    el("div")
        .set("class", move || if refused() { "field refused" } else { "field" })
        .child(label)
        .child(el("div").class("entry").child(control).child(beside))
        .child(hint.map(|hint| hint.class("hint").set("id", hint_id(name))))
        .child(move || problem.get().map(|sentence| problem_line(name, sentence)))
}

/// The button that shows what is typed.
fn reveal(name: &'static str, revealed: State<bool>) -> El {
    let speech = Speech::here();
    let label = move || {
        speech.text(if revealed.get() { t::common::HIDE_CHARACTERS } else { t::common::SHOW_CHARACTERS })
    };
    el("button")
        .set("type", "button")
        .class("reveal")
        .set("aria-controls", name)
        .set("aria-label", label)
        .on_press(move || revealed.update(|shown| *shown = !*shown))
        .child(move || if revealed.get() { Icon::EyeOff } else { Icon::Eye }.show())
}

fn problem_line(name: &str, sentence: String) -> El {
    el("p")
        .class("problem")
        .set("id", problem_id(name))
        .child(Icon::Alert.show())
        .child(el("span").child(sentence))
}

fn described_by(name: &str, refused: bool, hinted: bool) -> Option<String> {
    match (refused, hinted) {
        (true, true) => Some(format!("{} {}", problem_id(name), hint_id(name))),
        (true, false) => Some(problem_id(name)),
        (false, true) => Some(hint_id(name)),
        (false, false) => None,
    }
}

fn problem_id(name: &str) -> String {
    format!("{name}-problem")
}

fn hint_id(name: &str) -> String {
    format!("{name}-hint")
}
