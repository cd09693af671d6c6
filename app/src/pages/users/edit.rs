//! Editing an account. Where somebody else was quicker, what they saved stands beside what was typed.

use leptos::prelude::*;
use wire::{
    ProblemCode,
    people::{EditUser, PersonFields, UserChange},
    users::{GetUser, UserDetails, UserQuery, UserWindow},
};

use super::person::PersonForm;
use crate::{
    api::Failure,
    browser::{focus_soon, tell_page},
    components::{
        announcer::Announcer,
        button::{press, submit},
        details::detail,
        el::{El, el, group},
        form::{Form, form_problem},
        icon::Icon,
        kept::Kept,
        panel::{button_row, panel},
    },
    signals::State,
    texts::{Sentences, Speech, Text, own_name, role_name, t},
};

/// An edit that is under way.
#[derive(Clone, Copy)]
struct Edit {
    window: Kept<UserWindow>,
    editing: State<bool>,
    person: PersonForm,
    id: State<String>,
    /// The version that was looked at.
    version: State<u32>,
    /// Whether somebody else was quicker, and nobody has looked yet.
    stale: State<bool>,
    /// What the other one saved.
    theirs: State<Option<UserWindow>>,
    again: Form,
    announcer: Announcer,
    speech: Speech,
}

/// The form in place of the account's details.
pub fn edit_form(window: Kept<UserWindow>, editing: State<bool>) -> El {
    let known = untrack(|| window.part(|w| w.details.clone().map(|details| (w.clone(), details)))).flatten();
    let Some((account, details)) = known else { return group() };
    let edit = Edit {
        window,
        editing,
        person: PersonForm::of(&account, &details),
        id: State::new(account.user.id.to_string()),
        version: State::new(details.version),
        stale: State::new(false),
        theirs: State::new(None),
        again: Form::new(&[]),
        announcer: Announcer::here(),
        speech: Speech::here(),
    };
    focus_soon("last_name");
    let cancel = el("button")
        .set("type", "button")
        .class("button")
        .on_press(move || {
            editing.set(false);
            focus_soon("heading");
        })
        .say(t::once::CANCEL);
    let below = group()
        .child(move || edit.stale.get().then(|| stale_notice(edit)))
        .child(move || edit.theirs.get().map(|theirs| beside(edit, theirs)))
        .child(button_row().child(submit(edit.person.form, t::people::SAVE)).child(cancel));
    panel("account", Some(Icon::Pencil), t::people::ACCOUNT)
        .child(edit.person.show(below, move || edit.save()))
}

impl Edit {
    fn save(self) {
        let change = UserChange {
            id: self.id.get_untracked(),
            version: self.version.get_untracked(),
            fields: self.person.fields(),
        };
        self.person.form.send::<EditUser>(change, move |reply| match reply {
            Ok(saved) => {
                self.window.put(saved);
                self.editing.set(false);
                self.announcer.status(self.speech.text_now(t::people::SAVED).to_owned());
                // The name in the bar may be the one that was changed, and the log has a line more.
                tell_page();
                focus_soon("heading");
                Ok(())
            }
            Err(failure) if failure.code() == Some(ProblemCode::EditedMeanwhile) => {
                self.stale.set(true);
                self.announcer.alert(self.speech.text_now(t::people::EDITED_MEANWHILE).to_owned());
                focus_soon("stale");
                Ok(())
            }
            Err(failure) => Err(failure),
        });
    }

    fn look_again(self) {
        self.again.send::<GetUser>(UserQuery { id: self.id.get_untracked() }, move |reply| {
            let theirs: UserWindow = reply?;
            let Some(details) = &theirs.details else { return Err(Failure::Offline) };
            self.version.set(details.version);
            self.window.put(theirs.clone());
            self.theirs.set(Some(theirs));
            self.stale.set(false);
            focus_soon("theirs");
            Ok(())
        });
    }
}

fn stale_notice(edit: Edit) -> El {
    group().child(form_problem(edit.again)).child(
        el("div")
            .class("notice warn")
            .set("id", "stale")
            .set("tabindex", "-1")
            .child(Icon::Alert.show())
            .child(el("span").say(t::people::EDITED_MEANWHILE))
            .child(press(edit.again, t::people::LOOK_AGAIN, move || edit.look_again())),
    )
}

/// What is saved now, where it differs from what was typed.
fn beside(edit: Edit, theirs: UserWindow) -> El {
    let Some(details) = theirs.details.clone() else { return group() };
    let speech = edit.speech;
    let lines = {
        let (theirs, details) = (theirs.clone(), details.clone());
        move || {
            differences(&edit.person.fields(), &theirs, &details, speech.sentences())
                .into_iter()
                .map(|(label, saved)| detail(label, saved))
                .collect::<Vec<_>>()
        }
    };
    let same = differences(&edit.person.fields(), &theirs, &details, speech.sentences_now()).is_empty();
    let about: Text = if same { t::people::THEIRS_SAME } else { t::people::THEIRS_ABOUT };
    let take = el("button")
        .set("type", "button")
        .class("button")
        .on_press(move || {
            edit.person.fill(&theirs, &details);
            edit.theirs.set(None);
            focus_soon("last_name");
        })
        .say(t::people::TAKE_THEIRS);
    el("section")
        .class("panel pin")
        .set("aria-labelledby", "theirs")
        .child(el("h3").set("id", "theirs").set("tabindex", "-1").say(t::people::THEIRS))
        .child(el("dl").child(lines))
        .child(el("p").class("hint").say(about))
        .child((!same).then(|| button_row().child(take)))
}

/// The names of the fields that differ, with what is saved in them.
fn differences(
    typed: &PersonFields,
    theirs: &UserWindow,
    details: &UserDetails,
    sentences: &Sentences,
) -> Vec<(Text, String)> {
    let rights = details.own_rights.then_some(details.rights);
    let own_rights = sentences.text(if rights.is_some() { t::people::OWN } else { t::people::AS_ROLE });
    let role = sentences.text(role_name(theirs.user.role));
    let all: [(Text, bool, &str); 9] = [
        (t::users::POSITION, typed.position == theirs.user.position, &theirs.user.position),
        (t::people::LAST_NAME, typed.last_name == details.last_name, &details.last_name),
        (t::people::FIRST_NAME, typed.first_name == details.first_name, &details.first_name),
        (t::people::MIDDLE_NAME, typed.middle_name == details.middle_name, &details.middle_name),
        (t::account::EMAIL, typed.email == theirs.email, &theirs.email),
        (t::people::LANGUAGE, typed.language == details.language, own_name(details.language)),
        (t::users::ROLE, typed.role == theirs.user.role, role),
        (t::people::RIGHTS, typed.rights == rights, own_rights),
        (t::users::LOGIN, typed.login == theirs.user.login, &theirs.user.login),
    ];
    let saved =
        |text: &str| if text.is_empty() { sentences.text(t::common::NOTHING) } else { text }.to_owned();
    all.into_iter().filter(|(_, same, _)| !same).map(|(label, _, text)| (label, saved(text))).collect()
}

#[cfg(test)]
mod tests {
    use wire::{
        Language, Role,
        rights::Rights,
        users::{User, UserPermissions, UserStatus},
    };

    use super::*;

    #[test]
    fn only_what_somebody_else_changed_stands_beside() {
        let theirs = UserWindow {
            user: User {
                id: "0123456789abcdef".parse().unwrap(),
                full_name: "Jane Porter".into(),
                login: "porter".into(),
                position: String::new(),
                role: Role::Employee,
                status: UserStatus::Active,
            },
            email: "jane@clinic.example".into(),
            last_sign_in: None,
            lock: None,
            details: None,
        };
        let details = UserDetails {
            version: 2,
            last_name: "Porter".into(),
            first_name: "Jane".into(),
            middle_name: String::new(),
            language: Language::En,
            rights: Rights::of_role(Role::Employee),
            own_rights: false,
            first_password: false,
            may: UserPermissions {
                edit: Default::default(),
                change_role: Default::default(),
                roles: Vec::new(),
                rights_max: Rights::default(),
                restore: Default::default(),
                remove: Default::default(),
                bring_back: Default::default(),
            },
        };
        let typed = PersonFields {
            last_name: "Porter".into(),
            first_name: "Jane".into(),
            middle_name: String::new(),
            position: "Nurse".into(),
            email: "jane@clinic.example".into(),
            role: Role::Manager,
            login: "porter".into(),
            language: Language::En,
            rights: None,
        };
        let differ = differences(&typed, &theirs, &details, crate::texts::of(Language::En));
        let saved: Vec<&str> = differ.iter().map(|(_, saved)| saved.as_str()).collect();
        assert_eq!(saved, ["none", "Employee"]);
    }
}
