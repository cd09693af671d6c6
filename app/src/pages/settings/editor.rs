//! The state of the settings' forms: what was looked at, what is typed, and what somebody else has made of it.
//!
//! Both forms name the version that was looked at. Where somebody was faster, what was typed stays, and what stands now
//! is shown beside it before it can be saved over.

use leptos::prelude::*;
use wire::{
    Empty, Endpoint, Language, Problem, ProblemCode,
    settings::{
        ChangePolicies, ChangeSettings, ClinicSettings, GetSettings, Policies, PoliciesChange, SettingsChange,
    },
};

use crate::{
    api::Failure,
    browser::focus_soon,
    components::{
        announcer::Announcer,
        el::{El, el, group},
        form::Form,
        icon::Icon,
        kept::Kept,
    },
    session::SessionStore,
    signals::{State, derived},
    texts::{Speech, Text, t},
};

/// The id of the button that shows what somebody else has done.
const LOOK_AGAIN: &str = "look-again";

/// What is typed, what it started from, and what stands now.
#[derive(Clone, Copy)]
pub struct Editor {
    /// What the Worker said last.
    pub newest: Kept<ClinicSettings>,
    /// What the fields started from.
    pub base: State<Option<ClinicSettings>>,
    /// The newest version that was looked at: the one that a change may replace.
    seen: State<u32>,
    /// Whether somebody was faster, as far as a refusal has told.
    stale: State<bool>,
    pub name: State<String>,
    pub time_zone: State<String>,
    pub language: State<String>,
    pub numbers: [State<String>; 6],
    pub own_password: State<bool>,
    pub browsers_without_key: State<bool>,
    pub automatic_unlock: State<String>,
    session: SessionStore,
    pub speech: Speech,
    announcer: Announcer,
}

impl Editor {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            newest: Kept::new(),
            base: State::new(None),
            seen: State::new(0),
            stale: State::new(false),
            name: State::new(String::new()),
            time_zone: State::new(String::new()),
            language: State::new(String::new()),
            numbers: std::array::from_fn(|_| State::new(String::new())),
            own_password: State::new(false),
            browsers_without_key: State::new(false),
            automatic_unlock: State::new(String::new()),
            session: SessionStore::here(),
            speech: Speech::here(),
            announcer: Announcer::here(),
        }
    }

    /// Shows what is new, unless somebody is typing.
    pub fn follow(self) {
        let Some(newest) = self.newest.part(Clone::clone) else { return };
        let clean = untrack(|| self.base.with(|base| base.as_ref().is_none_or(|base| self.is_as_in(base))));
        if clean {
            self.start_from(newest);
        }
    }

    fn is_as_in(self, base: &ClinicSettings) -> bool {
        self.clinic_is_as_in(base) && self.policies() == Ok(base.policies)
    }

    fn clinic_is_as_in(self, base: &ClinicSettings) -> bool {
        self.name.get() == base.name
            && self.time_zone.get() == base.time_zone
            && self.language.get() == base.language.tag()
    }

    fn start_from(self, settings: ClinicSettings) {
        self.fill_clinic(&settings);
        self.fill_policies(&settings);
        self.base_on(settings);
    }

    /// Goes on from what was saved. What the other form shows and nobody has touched follows.
    fn rebase(self, settings: ClinicSettings) {
        if let Some(old) = self.base.get_untracked() {
            if untrack(|| self.clinic_is_as_in(&old)) {
                self.fill_clinic(&settings);
            }
            if untrack(|| self.policies()) == Ok(old.policies) {
                self.fill_policies(&settings);
            }
        }
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
        self.browsers_without_key.set(settings.policies.browsers_without_key);
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
            browsers_without_key: self.browsers_without_key.get(),
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

    /// Saves name, time zone and language.
    pub fn save_clinic(self, form: Form) {
        let change = SettingsChange {
            version: self.seen.get_untracked(),
            name: self.name.get_untracked(),
            time_zone: self.time_zone.get_untracked().trim().to_owned(),
            language: Language::from_tag(&self.language.read_untracked()).unwrap_or_default(),
        };
        self.save::<ChangeSettings>(form, change, Editor::fill_clinic, t::settings::SAVED);
    }

    /// Saves the policies, if every number is within its bounds.
    pub fn save_policies(self, form: Form) {
        match untrack(|| self.policies()) {
            Err(problem) => form.refuse(problem),
            Ok(policies) => {
                let change = PoliciesChange { version: self.seen.get_untracked(), policies };
                self.save::<ChangePolicies>(form, change, Editor::fill_policies, t::settings::POLICIES_SAVED);
            }
        }
    }

    /// Sends a change. What the other form holds may not be saved yet, and stays.
    fn save<E: Endpoint<Reply = ClinicSettings>>(
        self,
        form: Form,
        change: E::Request,
        fill: fn(Editor, &ClinicSettings),
        saved: Text,
    ) {
        form.send::<E>(change, move |reply| self.settle(reply, fill, saved));
    }

    fn settle(
        self,
        reply: Result<ClinicSettings, Failure>,
        fill: fn(Editor, &ClinicSettings),
        saved: Text,
    ) -> Result<(), Failure> {
        match reply {
            Ok(settings) => {
                fill(self, &settings);
                self.rebase(settings.clone());
                self.newest.put(settings);
                self.session.refresh();
                self.announcer.status(self.speech.text_now(saved).to_owned());
                Ok(())
            }
            Err(failure) if failure.code() == Some(ProblemCode::EditedMeanwhile) => {
                self.stale.set(true);
                self.newest.read::<GetSettings>(&Empty {});
                self.announcer.alert(self.speech.text_now(t::problem::EDITED_MEANWHILE).to_owned());
                focus_soon(LOOK_AGAIN);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Says that somebody was faster, with a button that shows what they did.
    pub fn collision(self) -> El {
        let newest = derived(move || self.newest.part(|settings| settings.version).unwrap_or_default());
        let look = move || {
            self.stale.set(false);
            self.seen.set(newest.get_untracked());
            focus_soon("heading");
        };
        let notice = move || {
            let words = el("span").say(t::problem::EDITED_MEANWHILE);
            let button =
                el("button").set("type", "button").set("id", LOOK_AGAIN).class("button").on_press(look);
            el("div")
                .class("notice warn")
                .child(Icon::Alert.show())
                .child(words)
                .child(button.say(t::settings::LOOK_AGAIN))
        };
        group().child(move || (self.stale.get() || newest.get() > self.seen.get()).then(notice))
    }

    /// A part of what the fields started from, and of what somebody else has made of it, once one has looked again.
    pub fn collided(self, part: impl Fn(&ClinicSettings) -> String) -> Option<(String, String)> {
        let seen = self.seen.get();
        let was = self.base.with(|base| base.as_ref().map(&part))?;
        let is = self.newest.part(|newest| (newest.version == seen).then(|| part(newest))).flatten()?;
        Some((was, is))
    }
}

/// The minutes as the field holds them; nothing for off.
fn minutes_value(minutes: Option<u32>) -> String {
    minutes.map(|minutes| minutes.to_string()).unwrap_or_default()
}
