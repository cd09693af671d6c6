//! My Clinic → Settings: name, time zone, language and policies.
//!
//! Both forms name the version that was looked at. Where somebody was faster, what was typed stays, and what stands now
//! is shown beside it before it can be saved over.

use leptos::prelude::*;
use wire::{
    Empty, Endpoint, Language, Problem, ProblemCode,
    settings::{
        Bounds, ChangePolicies, ChangeSettings, ClinicSettings, GetSettings, Policies, PoliciesChange,
        SettingsChange,
    },
};

use crate::{
    browser::{focus_soon, on_return},
    components::{
        announcer::Announcer,
        button::submit,
        details::detail,
        el::{El, el, group},
        field::{Field, choice, option, tick},
        form::{Form, form_problem},
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        panel::panel,
        time_zone::time_zone_field,
    },
    pages::frame::{clinic_sections, page_title},
    session::SessionStore,
    texts::{Pick, Refusal, Speech, Texts, own_name, say},
};

/// Lines of the skeleton: as many as there are fields.
const SKELETON_LINES: usize = 8;
/// The id of the button that shows what somebody else has done.
const LOOK_AGAIN: &str = "look-again";
const OWN_PASSWORD: &str = "own_password";
const AUTOMATIC_UNLOCK: &str = "automatic_unlock_minutes";
/// The minutes that are offered for the automatic unlock.
const UNLOCK_MINUTES: [&str; 12] = ["5", "10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "60"];

/// The names of the policies, for people and on the wire, the numbers first and in their order.
const POLICIES: [(&str, Pick); 8] = [
    ("strikes_max", |t| (t.settings.policy)("strikes_max").name),
    ("password_length_min", |t| (t.settings.policy)("password_length_min").name),
    ("computer_unused_days", |t| (t.settings.policy)("computer_unused_days").name),
    ("profile_hours", |t| (t.settings.policy)("profile_hours").name),
    ("idle_minutes", |t| (t.settings.policy)("idle_minutes").name),
    ("log_years", |t| (t.settings.policy)("log_years").name),
    (OWN_PASSWORD, |t| (t.settings.policy)(OWN_PASSWORD).name),
    (AUTOMATIC_UNLOCK, |t| (t.settings.policy)(AUTOMATIC_UNLOCK).name),
];
const POLICY_FIELDS: [&str; 8] = [
    POLICIES[0].0,
    POLICIES[1].0,
    POLICIES[2].0,
    POLICIES[3].0,
    POLICIES[4].0,
    POLICIES[5].0,
    OWN_PASSWORD,
    AUTOMATIC_UNLOCK,
];

/// What is typed, what it started from, and what stands now.
#[derive(Clone, Copy)]
struct Editor {
    /// What the Worker said last.
    newest: Kept<ClinicSettings>,
    /// What the fields started from.
    base: RwSignal<Option<ClinicSettings>>,
    /// The newest version that was looked at: the one that a change may replace.
    seen: RwSignal<u32>,
    name: RwSignal<String>,
    time_zone: RwSignal<String>,
    language: RwSignal<String>,
    numbers: [RwSignal<String>; 6],
    own_password: RwSignal<bool>,
    automatic_unlock: RwSignal<String>,
    session: SessionStore,
    speech: Speech,
    announcer: Announcer,
}

/// The page.
pub fn settings() -> El {
    let editor = Editor::new();
    let newest = editor.newest;
    let read = move || newest.read::<GetSettings>(&Empty {});
    read();
    on_return(read);
    Effect::new(move || editor.follow());
    let rights = Memo::new(move |_| {
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
        .child(page_title(|t| t.shell.settings))
        .child(newest.trouble(read))
        .child(editor.collision())
        .child(content)
}

impl Editor {
    fn new() -> Self {
        Self {
            newest: Kept::new(),
            base: RwSignal::new(None),
            seen: RwSignal::new(0),
            name: RwSignal::new(String::new()),
            time_zone: RwSignal::new(String::new()),
            language: RwSignal::new(String::new()),
            numbers: std::array::from_fn(|_| RwSignal::new(String::new())),
            own_password: RwSignal::new(false),
            automatic_unlock: RwSignal::new(String::new()),
            session: SessionStore::here(),
            speech: Speech::here(),
            announcer: Announcer::here(),
        }
    }

    /// Shows what is new, unless somebody is typing.
    fn follow(self) {
        let Some(newest) = self.newest.part(Clone::clone) else { return };
        let clean = untrack(|| self.base.with(|base| base.as_ref().is_none_or(|base| self.is_as_in(base))));
        if clean {
            self.start_from(newest);
        }
    }

    fn is_as_in(self, base: &ClinicSettings) -> bool {
        self.name.get() == base.name
            && self.time_zone.get() == base.time_zone
            && self.language.get() == base.language.tag()
            && self.policies() == Ok(base.policies)
    }

    fn start_from(self, settings: ClinicSettings) {
        self.fill_clinic(&settings);
        self.fill_policies(&settings);
        self.base_on(settings);
    }

    fn base_on(self, settings: ClinicSettings) {
        self.seen.set(settings.version);
        self.base.set(Some(settings));
    }

    fn fill_clinic(self, settings: &ClinicSettings) {
        self.name.set(settings.name.clone());
        self.time_zone.set(settings.time_zone.clone());
        self.language.set(settings.language.tag().to_owned());
    }

    fn fill_policies(self, settings: &ClinicSettings) {
        for (field, (_, _, number)) in self.numbers.iter().zip(settings.policies.numbers()) {
            field.set(number.to_string());
        }
        self.own_password.set(settings.policies.own_password);
        self.automatic_unlock.set(minutes_value(settings.policies.automatic_unlock_minutes));
    }

    /// The policies as they are typed.
    fn policies(self) -> Result<Policies, Problem> {
        let [strikes_max, password_length_min, computer_unused_days, profile_hours, idle_minutes, log_years] =
            self.typed_numbers()?;
        Ok(Policies {
            strikes_max,
            password_length_min,
            computer_unused_days,
            profile_hours,
            idle_minutes,
            log_years,
            own_password: self.own_password.get(),
            automatic_unlock_minutes: self.automatic_unlock.get().parse().ok(),
        })
    }

    fn typed_numbers(self) -> Result<[u32; 6], Problem> {
        let mut numbers = [0; 6];
        let defaults = Policies::default();
        let fields = self.numbers.iter().zip(defaults.numbers());
        for (number, (field, (name, bounds, _))) in numbers.iter_mut().zip(fields) {
            let typed = field.get().trim().parse().ok().filter(|number| bounds.hold(*number));
            *number = typed.ok_or_else(|| Problem::about(name, ProblemCode::OutOfBounds))?;
        }
        Ok(numbers)
    }

    fn save_clinic(self, form: Form) {
        let change = SettingsChange {
            version: self.seen.get_untracked(),
            name: self.name.get_untracked(),
            time_zone: self.time_zone.get_untracked().trim().to_owned(),
            language: Language::from_tag(&self.language.read_untracked()).unwrap_or_default(),
        };
        self.save::<ChangeSettings>(form, change, Editor::fill_clinic, |t| t.settings.saved);
    }

    fn save_policies(self, form: Form) {
        match untrack(|| self.policies()) {
            Err(problem) => form.refuse(problem),
            Ok(policies) => {
                let change = PoliciesChange { version: self.seen.get_untracked(), policies };
                self.save::<ChangePolicies>(form, change, Editor::fill_policies, |t| {
                    t.settings.policies_saved
                });
            }
        }
    }

    /// Sends a change. What the other form holds may not be saved yet, and stays.
    fn save<E: Endpoint<Reply = ClinicSettings>>(
        self,
        form: Form,
        change: E::Request,
        fill: fn(Editor, &ClinicSettings),
        saved: Pick,
    ) {
        form.send::<E>(change, move |reply| match reply {
            Ok(settings) => {
                fill(self, &settings);
                self.base_on(settings.clone());
                self.newest.put(settings);
                self.session.refresh();
                self.announcer.status(saved(self.speech.texts_now()).to_owned());
                Ok(())
            }
            Err(failure) if failure.code() == Some(ProblemCode::EditedMeanwhile) => {
                self.newest.read::<GetSettings>(&Empty {});
                self.announcer.alert(collision_sentence(self.speech.texts_now()));
                focus_soon(LOOK_AGAIN);
                Ok(())
            }
            Err(failure) => Err(failure),
        });
    }

    /// Says that somebody was faster, with a button that shows what they did.
    fn collision(self) -> El {
        let newest = Memo::new(move |_| self.newest.part(|settings| settings.version).unwrap_or_default());
        let look = move || {
            self.seen.set(newest.get_untracked());
            focus_soon("heading");
        };
        let notice = move || {
            let words = el("span").child(move || collision_sentence(self.speech.texts()));
            let button =
                el("button").set("type", "button").set("id", LOOK_AGAIN).class("button").on_press(look);
            el("div")
                .class("notice warn")
                .child(Icon::Alert.show())
                .child(words)
                .child(button.say(|t| t.settings.look_again))
        };
        group().child(move || (newest.get() > self.seen.get()).then(notice))
    }

    /// What stands now, beside what was typed, where somebody else has changed just that and one has looked again.
    fn theirs(self, part: impl Fn(&ClinicSettings, &'static Texts) -> String + Send + 'static) -> El {
        let sentence = move || {
            let texts = self.speech.texts();
            let was = self.base.with(|base| base.as_ref().map(|base| part(base, texts)))?;
            let seen = self.seen.get();
            let is =
                self.newest.part(|newest| (newest.version == seen).then(|| part(newest, texts))).flatten()?;
            (was != is).then(|| el("strong").class("theirs").child((texts.settings.stands_now)(&is)))
        };
        group().child(sentence)
    }
}

fn collision_sentence(texts: &Texts) -> String {
    (texts.problem)(Refusal { code: ProblemCode::EditedMeanwhile, wait_seconds: 0, tries_left: None })
}

fn settings_form(heading: &'static str, form: Form, send: impl Fn() + 'static) -> El {
    el("form")
        .set("novalidate", true)
        .set("aria-labelledby", heading)
        .on_submit(send)
        .child(form_problem(form))
}

fn clinic_form(editor: Editor) -> El {
    let form = Form::new(&["name", "time_zone", "language"]);
    let language = editor.language;
    let options =
        Language::ALL.map(|each| option(language, each.tag(), own_name(each)).set("lang", each.tag()));
    let fields = settings_form("clinic", form, move || editor.save_clinic(form))
        .child(Field::text("name", |t| t.settings.name, editor.name).show(form))
        .child(editor.theirs(|settings, _| settings.name.clone()))
        .child(time_zone_field(form, |t| t.settings.time_zone, editor.time_zone))
        .child(editor.theirs(|settings, _| settings.time_zone.clone()))
        .child(choice(form, "language", |t| t.settings.language, language, options.into()))
        .child(el("p").class("hint").say(|t| t.settings.language_hint))
        .child(editor.theirs(|settings, _| own_name(settings.language).to_owned()))
        .child(submit(form, |t| t.settings.save));
    panel("clinic", None, |t| t.settings.clinic).child(fields)
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
                .child(own_password(editor))
                .child(automatic_unlock(editor, form)),
        )
        .child(submit(form, |t| t.settings.save));
    panel("policies", None, |t| t.settings.policies).child(fields)
}

/// A policy that is a number: what it does, its bounds and its unit.
fn number_field(
    editor: Editor,
    form: Form,
    (name, label): (&'static str, Pick),
    bounds: Bounds,
    value: RwSignal<String>,
) -> El {
    let speech = editor.speech;
    let unit = move || {
        let number = value.get().trim().parse().unwrap_or(bounds.max);
        ((speech.texts().settings.policy)(name).unit)(number)
    };
    let about = move || {
        let texts = speech.texts().settings;
        format!("{} {}", (texts.policy)(name).about, (texts.bounds)(bounds.min, bounds.max))
    };
    let field = Field::number(name, label, value)
        .beside(el("span").class("unit").child(unit))
        .hint_of(el("p").child(about))
        .show(form);
    el("div")
        .class("policy")
        .child(field)
        .child(editor.theirs(move |settings, texts| written(settings, texts, name)))
}

fn own_password(editor: Editor) -> El {
    let about = el("p").class("hint").say(|t| (t.settings.policy)(OWN_PASSWORD).about);
    el("div")
        .class("policy")
        .child(tick(OWN_PASSWORD, |t| (t.settings.policy)(OWN_PASSWORD).name, editor.own_password))
        .child(about)
        .child(editor.theirs(|settings, texts| written(settings, texts, OWN_PASSWORD)))
}

fn automatic_unlock(editor: Editor, form: Form) -> El {
    let speech = editor.speech;
    let value = editor.automatic_unlock;
    let minutes = |text: &'static str| {
        option(value, text, move || (speech.texts().settings.minutes)(text.parse().unwrap_or_default()))
    };
    let mut options = vec![option(value, "", say(|t| t.settings.off))];
    options.extend(UNLOCK_MINUTES.map(minutes));
    // Whatever else was set by other means than this form stays in sight.
    let now = value.get_untracked();
    if !now.is_empty() && !UNLOCK_MINUTES.contains(&now.as_str()) {
        let words = (speech.texts_now().settings.minutes)(now.parse().unwrap_or_default());
        options.push(el("option").set("value", now).set("selected", true).child(words));
    }
    let about = el("p").class("hint").say(|t| (t.settings.policy)(AUTOMATIC_UNLOCK).about);
    el("div")
        .class("policy")
        .child(choice(form, AUTOMATIC_UNLOCK, |t| (t.settings.policy)(AUTOMATIC_UNLOCK).name, value, options))
        .child(about)
        .child(editor.theirs(|settings, texts| written(settings, texts, AUTOMATIC_UNLOCK)))
}

/// What the clinic is called and where it is, for those who may not change it.
fn clinic_details(editor: Editor) -> El {
    let part = move |part: fn(&ClinicSettings) -> String| move || editor.newest.part(part);
    let details = el("dl")
        .child(detail(|t| t.settings.name, part(|settings| settings.name.clone())))
        .child(detail(|t| t.settings.time_zone, part(|settings| settings.time_zone.clone())))
        .child(detail(|t| t.settings.language, part(|settings| own_name(settings.language).to_owned())));
    panel("clinic", None, |t| t.settings.clinic)
        .child(el("p").class("hint").say(|t| t.settings.read_only))
        .child(details)
}

/// The policies for those who may not change them.
fn policy_details(editor: Editor) -> El {
    let details = POLICIES.map(|(name, label)| {
        detail(label, move || editor.newest.part(|settings| written(settings, editor.speech.texts(), name)))
    });
    panel("policies", None, |t| t.settings.policies)
        .child(el("p").class("hint").say(|t| t.settings.owners_only))
        .child(el("dl").child(details))
}

/// A policy's value, as people read it.
fn written(settings: &ClinicSettings, texts: &Texts, name: &str) -> String {
    let policies = &settings.policies;
    let texts = texts.settings;
    let switch = |on: bool| if on { texts.on } else { texts.off };
    match name {
        OWN_PASSWORD => switch(policies.own_password).to_owned(),
        AUTOMATIC_UNLOCK => {
            policies.automatic_unlock_minutes.map_or_else(|| texts.off.to_owned(), texts.minutes)
        }
        _ => {
            let number = policies.numbers().find_map(|(each, _, number)| (each == name).then_some(number));
            let number = number.unwrap_or_default();
            format!("{number} {}", ((texts.policy)(name).unit)(number))
        }
    }
}

/// The minutes as the field holds them; nothing for off.
fn minutes_value(minutes: Option<u32>) -> String {
    minutes.map(|minutes| minutes.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use wire::settings::AUTOMATIC_UNLOCK_MINUTES;

    use super::*;

    #[test]
    fn the_fields_are_the_policies_in_their_order() {
        let numbers = Policies::default().numbers().map(|(name, ..)| name);
        let all: Vec<_> = numbers.chain([OWN_PASSWORD, AUTOMATIC_UNLOCK]).collect();
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
