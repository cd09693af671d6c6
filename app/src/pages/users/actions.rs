//! What may be done with an account as a whole: a new first password, removing it, bringing it back. Each is asked before.

use leptos::prelude::*;
use wire::{
    ids::AccountId,
    people::{AddedUser, BringBackUser, RemoveUser, RestoreAccess},
    rights::Permission,
    users::{UserPermissions, UserQuery, UserWindow},
};

use crate::{
    api::Failure,
    browser::{focus_soon, tell_page},
    components::{
        announcer::Announcer,
        dialog::{Ask, ask},
        el::{El, el, group},
        form::Form,
        kept::Kept,
        secret::pair_shown,
    },
    signals::{State, derived},
    texts::{Speech, Template, Text, permission_reason, t},
};

/// The actions of an account window. Copies of it are the same.
#[derive(Clone, Copy)]
pub struct Actions {
    id: State<AccountId>,
    window: Kept<UserWindow>,
    restore: Ask,
    remove: Ask,
    bring_back: Ask,
    /// A pair that is shown, with the sentence above it, which names the person.
    pair: State<Option<(AddedUser, Template<1>)>>,
    announcer: Announcer,
    speech: Speech,
}

impl Actions {
    /// The actions of a window.
    pub fn new(id: &AccountId, window: Kept<UserWindow>) -> Actions {
        let question = |id, title: Text, yes: Text| Ask {
            id,
            title,
            yes,
            form: Form::new(&[]),
            open: State::new(false),
        };
        Actions {
            id: State::new(id.clone()),
            window,
            restore: question("restore", t::people::RESTORE_TITLE, t::people::RESTORE),
            remove: question("remove", t::people::REMOVE_TITLE, t::people::REMOVE),
            bring_back: question("bring-back", t::people::BRING_BACK_TITLE, t::people::BRING_BACK),
            pair: State::new(None),
            announcer: Announcer::here(),
            speech: Speech::here(),
        }
    }

    /// The buttons: those that one may not press for a reason say why, the others are not there.
    pub fn buttons(self) -> El {
        let may = derived(move || self.may().unwrap_or_default());
        let button = move |question: Ask, class, permission: fn(&Allowed) -> Permission| {
            let permission = derived(move || permission(&may.read()));
            move || {
                (permission.get() != Permission::NotAllowed)
                    .then(|| self.button(question, class, permission.get()))
            }
        };
        el("div")
            .class("deeds")
            .child(button(self.restore, "button", |may| may.restore))
            .child(button(self.bring_back, "button", |may| may.bring_back))
            .child(button(self.remove, "button danger", |may| may.remove))
    }

    fn button(self, question: Ask, class: &'static str, permission: Permission) -> El {
        let reason = move || permission_reason(permission).map(|reason| self.speech.text(reason));
        let reason_id = format!("{}-reason", question.id);
        let described = reason_id.clone();
        let press = el("button")
            .set("type", "button")
            .class(class)
            .set("disabled", permission != Permission::Allowed)
            .set("aria-describedby", move || reason().map(|_| described.clone()))
            .on_press(move || {
                question.form.start_over();
                question.open.set(true);
            })
            .say(question.yes);
        let why =
            move || reason().map(|reason| el("p").class("hint").set("id", reason_id.clone()).child(reason));
        el("div").child(press).child(why)
    }

    /// The windows that ask.
    pub fn questions(self) -> El {
        let words = move |sentence: Template<1>| move || self.speech.fill(sentence, &[&self.name()]);
        group()
            .child(ask(self.restore, words(t::people::RESTORE_ABOUT), move || self.restore_access()))
            .child(ask(self.remove, words(t::people::REMOVE_ABOUT), move || self.remove_user()))
            .child(ask(self.bring_back, words(t::people::BRING_BACK_ABOUT), move || self.bring_user_back()))
    }

    fn restore_access(self) {
        self.restore.form.send::<RestoreAccess>(self.query(), move |reply| {
            self.show_pair(self.restore, reply, t::people::RESTORED)
        });
    }

    fn bring_user_back(self) {
        self.bring_back.form.send::<BringBackUser>(self.query(), move |reply| {
            self.show_pair(self.bring_back, reply, t::people::BROUGHT_BACK)
        });
    }

    fn remove_user(self) {
        self.remove.form.send::<RemoveUser>(self.query(), move |reply| {
            self.window.put(reply?);
            tell_page();
            self.remove.open.set(false);
            let sentence = self.speech.fill_now(t::people::REMOVED, &[&untrack(|| self.name())]);
            self.announcer.status(sentence);
            focus_soon("heading");
            Ok(())
        });
    }

    fn show_pair(
        self,
        asked: Ask,
        reply: Result<AddedUser, Failure>,
        title: Template<1>,
    ) -> Result<(), Failure> {
        let added = reply?;
        asked.open.set(false);
        self.announcer.status(self.speech.fill_now(title, &[&added.pair.full_name]));
        self.pair.set(Some((added, title)));
        tell_page();
        focus_soon("pair");
        Ok(())
    }

    fn may(self) -> Option<Allowed> {
        self.window.part(|window| window.details.as_ref().map(|details| Allowed::of(&details.may))).flatten()
    }

    fn name(self) -> String {
        self.window.part(|window| window.user.full_name.clone()).unwrap_or_default()
    }

    fn query(self) -> UserQuery {
        UserQuery { id: self.id.with_untracked(AccountId::to_string) }
    }
}

/// The permissions that are asked for here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Allowed {
    restore: Permission,
    remove: Permission,
    bring_back: Permission,
}

impl Allowed {
    fn of(may: &UserPermissions) -> Allowed {
        Allowed { restore: may.restore, remove: may.remove, bring_back: may.bring_back }
    }
}

/// A pair that has just been made, shown once.
pub fn pair_panel(actions: Actions) -> El {
    let speech = actions.speech;
    group().child(move || {
        actions.pair.get().map(|(added, title)| {
            let name = added.pair.full_name.clone();
            let heading =
                el("h2").set("id", "pair").set("tabindex", "-1").child(move || speech.fill(title, &[&name]));
            let done = el("button")
                .set("type", "button")
                .class("button way-out")
                .on_press(move || {
                    actions.pair.set(None);
                    focus_soon("heading");
                })
                .say(t::once::DONE);
            el("section")
                .class("panel")
                .set("aria-labelledby", "pair")
                .child(heading)
                .child(pair_shown(&added.pair))
                .child(el("div").class("answers").child(done))
        })
    })
}
