//! My Clinic → Settings: name, time zone, language and policies.

mod editor;

use wire::{
    Empty, Language,
    settings::{Bounds, ClinicSettings, GetSettings, Policies},
};

use self::editor::Editor;
use crate::{
    browser::on_return,
    components::{
        button::submit,
        details::detail,
        el::{El, el, group},
        field::{Field, choice, option, tick},
        form::{Form, form_problem},
        notice::skeleton,
        panel::panel,
        time_zone::time_zone_field,
    },
    pages::frame::{clinic_sections, page_title},
    signals::{State, derived, effect},
    texts::{Speech, Text, own_name, policy, say, t},
};

/// Lines of the skeleton: as many as there are fields.
const SKELETON_LINES: usize = 8;
const NAME: &str = "name";
const TIME_ZONE: &str = "time_zone";
const LANGUAGE: &str = "language";
const OWN_PASSWORD: &str = "own_password";
const BROWSERS_WITHOUT_KEY: &str = "browsers_without_key";
const AUTOMATIC_UNLOCK: &str = "automatic_unlock_minutes";
/// The minutes that are offered for the automatic unlock.
const UNLOCK_MINUTES: [&str; 12] = ["5", "10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "60"];

/// The names of the policies, for people and on the wire, the numbers first and in their order.
const POLICIES: [(&str, Text); 9] = [
    ("strikes_max", t::policy::STRIKES_MAX),
    ("password_length_min", t::policy::PASSWORD_LENGTH_MIN),
    ("computer_unused_days", t::policy::COMPUTER_UNUSED_DAYS),
    ("profile_hours", t::policy::PROFILE_HOURS),
    ("idle_minutes", t::policy::IDLE_MINUTES),
    ("log_years", t::policy::LOG_YEARS),
    (OWN_PASSWORD, t::policy::OWN_PASSWORD),
    (BROWSERS_WITHOUT_KEY, t::policy::BROWSERS_WITHOUT_KEY),
    (AUTOMATIC_UNLOCK, t::policy::AUTOMATIC_UNLOCK_MINUTES),
];
const POLICY_FIELDS: [&str; 9] = [
    POLICIES[0].0,
    POLICIES[1].0,
    POLICIES[2].0,
    POLICIES[3].0,
    POLICIES[4].0,
    POLICIES[5].0,
    OWN_PASSWORD,
    BROWSERS_WITHOUT_KEY,
    AUTOMATIC_UNLOCK,
];

/// The page.
pub fn settings() -> El {
    let editor = Editor::new();
    let newest = editor.newest;
    let read = move || newest.read::<GetSettings>(&Empty {});
    read();
    on_return(read);
    effect(move || editor.follow());
    let rights = derived(move || {
        editor.base.with(|base| base.as_ref().map(|base| (base.may_change, base.may_change_policies)))
    });
    let content = move || match rights.get() {
        None if newest.failure().is_some() => group(),
        None => skeleton(SKELETON_LINES),
        Some((may_change, may_change_policies)) => group()
            .child(if may_change { clinic_form(editor) } else { clinic_details(editor) })
            .child(if may_change_policies { policies_form(editor) } else { policy_details(editor) }),
    };
    group()
        .child(clinic_sections())
        .child(page_title(t::shell::SETTINGS))
        .child(newest.trouble(read))
        .child(editor.collision())
        .child(content)
}

fn settings_form(heading: &'static str, form: Form, send: impl Fn() + 'static) -> El {
    el("form")
        .set("novalidate", true)
        .set("aria-labelledby", heading)
        .on_submit(send)
        .child(form_problem(form))
}

fn clinic_form(editor: Editor) -> El {
    let form = Form::new(&[NAME, TIME_ZONE, LANGUAGE]);
    let language = editor.language;
    let options =
        Language::ALL.map(|each| option(language, each.tag(), own_name(each)).set("lang", each.tag()));
    let fields = settings_form("clinic", form, move || editor.save_clinic(form))
        .child(Field::text(NAME, t::settings::NAME, editor.name).show(form))
        .child(theirs(editor, NAME))
        .child(time_zone_field(form, t::settings::TIME_ZONE, editor.time_zone))
        .child(theirs(editor, TIME_ZONE))
        .child(choice(form, LANGUAGE, t::settings::LANGUAGE, language, options.into()))
        .child(el("p").class("hint").say(t::settings::LANGUAGE_HINT))
        .child(theirs(editor, LANGUAGE))
        .child(submit(form, t::settings::SAVE));
    panel("clinic", None, t::settings::CLINIC).child(fields)
}

fn policies_form(editor: Editor) -> El {
    let form = Form::new(&POLICY_FIELDS);
    let bounds = Policies::default();
    let numbers: Vec<_> = POLICIES
        .into_iter()
        .zip(bounds.numbers())
        .zip(editor.numbers)
        .map(|((policy, (_, bounds, _)), value)| number_field(editor, form, policy, bounds, value))
        .collect();
    let fields = settings_form("policies", form, move || editor.save_policies(form))
        .child(
            el("div")
                .class("policies")
                .child(numbers)
                .child(switch(editor, OWN_PASSWORD, editor.own_password))
                .child(switch(editor, BROWSERS_WITHOUT_KEY, editor.browsers_without_key))
                .child(automatic_unlock(editor, form)),
        )
        .child(submit(form, t::settings::SAVE));
    panel("policies", None, t::settings::POLICIES).child(fields)
}

/// A policy that is a number: what it does, its bounds and its unit.
fn number_field(
    editor: Editor,
    form: Form,
    (name, label): (&'static str, Text),
    bounds: Bounds,
    value: State<String>,
) -> El {
    let speech = editor.speech;
    let unit = move || {
        let number: u32 = value.get().trim().parse().unwrap_or(bounds.max);
        policy(name).unit.map(|unit| speech.fill(unit, &[&number.to_string()]))
    };
    let about = move || {
        let bounds = speech.fill(t::settings::BOUNDS, &[&bounds.min.to_string(), &bounds.max.to_string()]);
        policy(name).about.map(|about| format!("{} {bounds}", speech.text(about)))
    };
    let field = Field::number(name, label, value)
        .beside(el("span").class("unit").child(unit))
        .hint_of(el("p").child(about))
        .show(form);
    el("div").class("policy").child(field).child(theirs(editor, name))
}

/// A policy that is on or off.
fn switch(editor: Editor, name: &'static str, value: State<bool>) -> El {
    let texts = policy(name);
    el("div")
        .class("policy")
        .child(tick(name, texts.name, value))
        .child(texts.about.map(|about| el("p").class("hint").say(about)))
        .child(theirs(editor, name))
}

fn automatic_unlock(editor: Editor, form: Form) -> El {
    let speech = editor.speech;
    let value = editor.automatic_unlock;
    let minutes =
        |text: &'static str| option(value, text, move || speech.fill(t::settings::MINUTES, &[text]));
    let mut options = vec![option(value, "", say(t::settings::OFF))];
    options.extend(UNLOCK_MINUTES.map(minutes));
    // Whatever else was set by other means than this form stays in sight.
    let now = value.get_untracked();
    if !now.is_empty() && !UNLOCK_MINUTES.contains(&now.as_str()) {
        let words = speech.fill_now(t::settings::MINUTES, &[&now]);
        options.push(el("option").set("value", now).set("selected", true).child(words));
    }
    let about = el("p").class("hint").say(t::policy::AUTOMATIC_UNLOCK_MINUTES_ABOUT);
    el("div")
        .class("policy")
        .child(choice(form, AUTOMATIC_UNLOCK, t::policy::AUTOMATIC_UNLOCK_MINUTES, value, options))
        .child(about)
        .child(theirs(editor, AUTOMATIC_UNLOCK))
}

/// What the clinic is called and where it is, for those who may not change it.
fn clinic_details(editor: Editor) -> El {
    let parts =
        [(NAME, t::settings::NAME), (TIME_ZONE, t::settings::TIME_ZONE), (LANGUAGE, t::settings::LANGUAGE)];
    panel("clinic", None, t::settings::CLINIC)
        .child(el("p").class("hint").say(t::settings::READ_ONLY))
        .child(details(editor, &parts))
}

/// The policies for those who may not change them.
fn policy_details(editor: Editor) -> El {
    panel("policies", None, t::settings::POLICIES)
        .child(el("p").class("hint").say(t::settings::OWNERS_ONLY))
        .child(details(editor, &POLICIES))
}

fn details(editor: Editor, parts: &[(&'static str, Text)]) -> El {
    let shown =
        |name: &'static str| move || editor.newest.part(|settings| written(settings, editor.speech, name));
    el("dl").child(parts.iter().map(|(name, label)| detail(*label, shown(name))).collect::<Vec<_>>())
}

/// What stands now, beside what was typed, where somebody else has changed just that and one has looked again.
fn theirs(editor: Editor, name: &'static str) -> El {
    let sentence = move || {
        let speech = editor.speech;
        let (was, is) = editor.collided(|settings| written(settings, speech, name))?;
        let words = || speech.fill(t::settings::STANDS_NOW, &[&is]);
        (was != is).then(|| el("strong").class("theirs").child(words()))
    };
    group().child(sentence)
}

/// The value of a field, as people read it.
fn written(settings: &ClinicSettings, speech: Speech, name: &str) -> String {
    let policies = &settings.policies;
    let switch = |on: bool| speech.text(if on { t::settings::ON } else { t::settings::OFF }).to_owned();
    match name {
        NAME => settings.name.clone(),
        TIME_ZONE => settings.time_zone.clone(),
        LANGUAGE => own_name(settings.language).to_owned(),
        OWN_PASSWORD => switch(policies.own_password),
        BROWSERS_WITHOUT_KEY => switch(policies.browsers_without_key),
        AUTOMATIC_UNLOCK => {
            let minutes = |n: u32| speech.fill(t::settings::MINUTES, &[&n.to_string()]);
            policies.automatic_unlock_minutes.map_or_else(|| switch(false), minutes)
        }
        _ => {
            let number = policies.numbers().find_map(|(each, _, number)| (each == name).then_some(number));
            let number = number.unwrap_or_default().to_string();
            let unit = policy(name).unit.map(|unit| speech.fill(unit, &[&number]));
            format!("{number} {}", unit.unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::settings::AUTOMATIC_UNLOCK_MINUTES;

    use super::*;

    #[test]
    fn the_fields_are_the_policies_in_their_order() {
        let defaults = Policies::default();
        let numbers = defaults.numbers().map(|(name, ..)| name);
        let all: Vec<_> = numbers.chain([OWN_PASSWORD, BROWSERS_WITHOUT_KEY, AUTOMATIC_UNLOCK]).collect();
        assert_eq!(POLICY_FIELDS.to_vec(), all);
        assert_eq!(POLICIES.map(|(name, _)| name).to_vec(), all);
    }

    #[test]
    fn every_offer_of_minutes_is_within_bounds() {
        for minutes in UNLOCK_MINUTES {
            assert!(AUTOMATIC_UNLOCK_MINUTES.hold(minutes.parse().unwrap()), "{minutes}");
        }
    }
}
