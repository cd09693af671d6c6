//! What is written down of a person: one form for somebody new and for somebody who is known.

use std::time::Duration;

use leptos::prelude::*;
use wire::{
    Language, Role,
    people::{LoginWish, PersonFields, SuggestLogin},
    rights::{Module, Permission, Right, Rights},
    users::{UserDetails, UserWindow},
};

use super::names;
use crate::{
    components::{
        details::detail,
        el::{El, el, group},
        field::{Field, choice, option},
        form::{Form, form_problem},
    },
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, Text, module_name, own_name, permission_reason, right_name, role_name, t},
};

const FIELDS: &[&str] =
    &["position", "last_name", "first_name", "middle_name", "email", "role", "login", "language", "rights"];
/// The ids of the choices of rights, in the order of the modules.
const RIGHTS: [&str; 4] = ["rights-users", "rights-computers", "rights-activities", "rights-settings"];
/// Between the last letter of a name and the question for a login.
const TYPING_PAUSE: Duration = Duration::from_millis(300);
/// The value of the choice "chosen for this person".
const OWN: &str = "own";

/// What the one who writes may give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub roles: Vec<Role>,
    pub rights_max: Rights,
    /// Whether role and rights may be changed, and if not, why.
    pub change_role: Permission,
}

/// The form. Copies of it are the same form.
#[derive(Clone, Copy)]
pub struct PersonForm {
    pub form: Form,
    position: State<String>,
    last_name: State<String>,
    first_name: State<String>,
    middle_name: State<String>,
    email: State<String>,
    role: State<String>,
    login: State<String>,
    language: State<String>,
    /// [`OWN`] where the rights are chosen for this person.
    own: State<String>,
    rights: [State<String>; 4],
    login_hint: Text,
    limits: State<Limits>,
}

impl PersonForm {
    /// An empty form.
    pub fn new(limits: Limits, role: Role, language: Language) -> PersonForm {
        let text = |text: &str| State::new(text.to_owned());
        let person = PersonForm {
            form: Form::new(FIELDS),
            position: text(""),
            last_name: text(""),
            first_name: text(""),
            middle_name: text(""),
            email: text(""),
            role: text(names::of_role(role)),
            login: text(""),
            language: text(language.tag()),
            own: text(""),
            rights: [text(""), text(""), text(""), text("")],
            login_hint: t::people::LOGIN_HINT,
            limits: State::new(limits),
        };
        // As long as the rights are those of the role, they follow it: whoever chooses starts from there.
        effect(move || {
            let role = person.role_now();
            if person.own.read().is_empty() {
                person.set_rights(Rights::of_role(role));
            }
        });
        person
    }

    /// A form with what is known of somebody.
    pub fn of(window: &UserWindow, details: &UserDetails) -> PersonForm {
        let limits = Limits {
            roles: details.may.roles.clone(),
            rights_max: details.may.rights_max,
            change_role: details.may.change_role,
        };
        let person = PersonForm::new(limits, window.user.role, details.language);
        let person = PersonForm { login_hint: t::people::LOGIN_HINT_KNOWN, ..person };
        person.fill(window, details);
        person
    }

    /// Puts into the fields what is known of somebody.
    pub fn fill(self, window: &UserWindow, details: &UserDetails) {
        self.position.set(window.user.position.clone());
        self.last_name.set(details.last_name.clone());
        self.first_name.set(details.first_name.clone());
        self.middle_name.set(details.middle_name.clone());
        self.email.set(window.email.clone());
        self.role.set(names::of_role(window.user.role).to_owned());
        self.login.set(window.user.login.clone());
        self.language.set(details.language.tag().to_owned());
        self.own.set(if details.own_rights { OWN } else { "" }.to_owned());
        self.set_rights(details.rights);
    }

    /// Empties what belongs to one person alone.
    pub fn clear(self) {
        for field in
            [self.position, self.last_name, self.first_name, self.middle_name, self.email, self.login]
        {
            field.set(String::new());
        }
    }

    /// What stands in the fields.
    pub fn fields(self) -> PersonFields {
        let role = untrack(|| self.role_now());
        let own = self.own.with_untracked(|own| !own.is_empty()) && role != Role::Owner;
        PersonFields {
            last_name: self.last_name.get_untracked(),
            first_name: self.first_name.get_untracked(),
            middle_name: self.middle_name.get_untracked(),
            position: self.position.get_untracked(),
            email: self.email.get_untracked(),
            role,
            login: self.login.get_untracked(),
            language: self.language.with_untracked(|tag| Language::from_tag(tag)).unwrap_or_default(),
            rights: own.then(|| self.chosen_rights()),
        }
    }

    /// Makes a login of the last name for as long as nobody has typed another.
    pub fn suggest_login(self) {
        let session = SessionStore::here();
        let suggested = State::new(String::new());
        let wish = move || LoginWish {
            last_name: self.last_name.get(),
            first_name: self.first_name.get(),
            role: self.role_now(),
        };
        let typed = move || {
            suggested.with_untracked(|suggested| {
                self.login.with_untracked(|now| !now.is_empty() && now != suggested)
            })
        };
        effect(move || {
            let asked = wish();
            if typed() || (asked.last_name.trim().is_empty() && asked.role != Role::SystemAdministrator) {
                return;
            }
            let ask = move || {
                // The page may be gone, and more may have been typed.
                if self.login.is_disposed() || untrack(wish) != asked {
                    return;
                }
                session.call::<SuggestLogin>(&asked.clone(), move |reply| {
                    let Ok(reply) = reply else { return };
                    // A late answer to fewer letters is no answer to more of them.
                    if !self.login.is_disposed() && !typed() && untrack(wish) == asked {
                        suggested.set(reply.login.clone());
                        self.login.set(reply.login);
                    }
                });
            };
            set_timeout(ask, TYPING_PAUSE);
        });
    }

    /// The fields, in the order in which one asks a person. What stands below them comes from the page.
    pub fn show(self, below: El, on_submit: impl Fn() + 'static) -> El {
        let text = |name, label: Text, value| Field::text(name, label, value);
        let form = self.form;
        let languages = Language::ALL.map(|language| {
            option(self.language, language.tag(), own_name(language)).set("lang", language.tag())
        });
        let role_fixed = self.limits.with_untracked(|limits| limits.change_role != Permission::Allowed);
        let fields = el("div")
            .class("pairs")
            .child(text("last_name", t::people::LAST_NAME, self.last_name).show(form))
            .child(text("first_name", t::people::FIRST_NAME, self.first_name).show(form))
            .child(
                text("middle_name", t::people::MIDDLE_NAME, self.middle_name)
                    .hint(t::people::IF_ANY)
                    .show(form),
            )
            .child(text("position", t::users::POSITION, self.position).show(form))
            .child(
                Field::email("email", t::account::EMAIL, self.email).hint(t::people::EMAIL_HINT).show(form),
            )
            .child(choice(form, "language", t::people::LANGUAGE, self.language, languages.into()))
            .child(text("login", t::users::LOGIN, self.login).hint(self.login_hint).show(form));
        el("form")
            .class("person-form")
            .set("novalidate", true)
            .on_submit(on_submit)
            .child(form_problem(form))
            .child(fields)
            .child(el("fieldset").set("disabled", role_fixed).child(self.role_and_rights()))
            .child(below)
    }

    fn role_and_rights(self) -> El {
        let speech = Speech::here();
        let form = self.form;
        let limits = self.limits.get_untracked();
        let roles = limits
            .roles
            .iter()
            .copied()
            .map(|role| option(self.role, names::of_role(role), move || speech.text(role_name(role))))
            .collect();
        let why = move || {
            let why = speech.text(permission_reason(limits.change_role)?);
            Some(el("p").class("hint").say(t::people::ROLE_FIXED).child(" ").child(why))
        };
        let owner = derived(move || self.role_now() == Role::Owner);
        let own = derived(move || !self.own.read().is_empty());
        let rights = move || {
            if owner.get() {
                return el("p").class("hint").say(t::people::OWNER_RIGHTS);
            }
            let options = vec![
                option(self.own, "", group().say(t::people::AS_ROLE)),
                option(self.own, OWN, group().say(t::people::OWN)),
            ];
            group()
                .child(choice(form, "rights", t::people::RIGHTS, self.own, options))
                .child(move || if own.get() { self.rights_choices() } else { self.rights_of_role() })
        };
        el("div")
            .class("pairs wide")
            .child(choice(form, "role", t::users::ROLE, self.role, roles))
            .child(el("div").class("rights").child(rights))
            .child(why)
    }

    fn rights_of_role(self) -> El {
        let role = derived(move || self.role_now());
        group().child(move || rights_list(Rights::of_role(role.get())))
    }

    fn rights_choices(self) -> El {
        let speech = Speech::here();
        let form = self.form;
        let limits = self.limits.get_untracked();
        let fields = Module::ALL.into_iter().zip(RIGHTS).zip(self.rights).map(|((module, id), chosen)| {
            let max = limits.rights_max.of(module);
            let options = Right::ALL.map(|right| {
                option(chosen, names::of_right(right), move || speech.text(right_name(right)))
                    // Nobody gives what they do not have.
                    .set("disabled", right > max)
            });
            choice(form, id, module_name(module), chosen, options.into())
        });
        el("div").class("pairs small").child(fields.collect::<Vec<_>>())
    }

    fn role_now(self) -> Role {
        names::role(&self.role.read()).unwrap_or(Role::Employee)
    }

    fn set_rights(self, rights: Rights) {
        for (module, chosen) in Module::ALL.into_iter().zip(self.rights) {
            chosen.set(names::of_right(rights.of(module)).to_owned());
        }
    }

    fn chosen_rights(self) -> Rights {
        let modules = Module::ALL.into_iter().zip(self.rights);
        modules.fold(Rights::default(), |rights, (module, chosen)| {
            rights.with(module, chosen.with_untracked(|name| names::right(name)))
        })
    }
}

/// Each module with the right that somebody has in it.
pub fn rights_list(rights: Rights) -> El {
    let speech = Speech::here();
    let line = |module| detail(module_name(module), move || speech.text(right_name(rights.of(module))));
    el("dl").class("small").child(Module::ALL.map(line))
}
