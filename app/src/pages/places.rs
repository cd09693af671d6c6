//! What the pages of computers and profiles have in common: a change that may collide with another one, and the form at
//! the end of it.

use leptos::prelude::*;
use wire::{
    Empty, Endpoint, ProblemCode,
    computers::{AccessForm, ComputerList, ListComputers},
    help::HelpPage,
};

use crate::{
    browser::focus_soon,
    components::{
        access_form::access_form,
        announcer::Announcer,
        button::{awaiting, submit},
        el::{El, el, group},
        form::{Form, form_problem},
        help_link::help_link,
        icon::Icon,
        kept::Kept,
        panel::button_row,
    },
    pages::frame::page_title,
    signals::State,
    texts::{Speech, Text, t},
};

/// A name that is being changed, with the version that was looked at. Copies of it are the same change.
#[derive(Clone, Copy)]
pub struct Change {
    pub form: Form,
    pub open: State<bool>,
    pub name: State<String>,
    id: State<String>,
    version: State<u32>,
    /// Whether somebody else was quicker.
    stale: State<bool>,
    /// What they made of it, once it was looked at.
    theirs: State<Option<String>>,
    speech: Speech,
    announcer: Announcer,
}

impl Change {
    /// A change in a form with these fields.
    pub fn new(fields: &'static [&'static str]) -> Self {
        Self {
            form: Form::new(fields),
            open: State::new(false),
            name: State::new(String::new()),
            id: State::new(String::new()),
            version: State::new(0),
            stale: State::new(false),
            theirs: State::new(None),
            speech: Speech::here(),
            announcer: Announcer::here(),
        }
    }

    /// Begins with what stands there now.
    pub fn start(self, id: String, version: u32, name: String) {
        self.form.start_over();
        self.id.set(id);
        self.version.set(version);
        self.name.set(name);
        self.stale.set(false);
        self.theirs.set(None);
    }

    /// What is being changed, and the version that was looked at.
    pub fn what(self) -> (String, u32) {
        (self.id.get_untracked(), self.version.get_untracked())
    }

    /// Sends the change and shows the list that comes of it.
    pub fn send<E: Endpoint<Reply = ComputerList>>(self, change: E::Request, list: Kept<ComputerList>) {
        self.form.send::<E>(change, move |reply| match reply {
            Ok(new) => {
                list.put(new);
                self.open.set(false);
                let name = self.name.get_untracked();
                self.announcer.status(self.speech.fill_now(t::places::SAVED, &[name.trim()]));
                focus_soon("heading");
                Ok(())
            }
            Err(failure) => {
                self.stale.set(failure.code() == Some(ProblemCode::EditedMeanwhile));
                Err(failure)
            }
        });
    }

    /// The form around its fields.
    pub fn shape(self, send: impl Fn() + 'static, fields: El) -> El {
        el("form").set("novalidate", true).on_submit(send).child(form_problem(self.form)).child(fields)
    }

    /// The way out of a window, and the way on.
    pub fn answers(self, window: State<bool>, yes: Text) -> El {
        let cancel = el("button").set("type", "button").class("button").on_press(move || window.set(false));
        button_row().child(cancel.say(t::once::CANCEL)).child(submit(self.form, yes))
    }

    /// "Save", and what stands there now where somebody else was quicker: what was typed stays.
    pub fn saving(
        self,
        list: Kept<ComputerList>,
        now: impl Fn(&ComputerList, &str) -> Option<(u32, String)> + Copy + Send + 'static,
    ) -> El {
        let look = move || {
            self.form.send::<ListComputers>(Empty {}, move |reply| {
                let new = reply?;
                let told = match self.id.with_untracked(|id| now(&new, id)) {
                    Some((version, words)) => {
                        self.version.set(version);
                        self.speech.fill_now(t::places::STANDS_NOW, &[&words])
                    }
                    None => self.speech.text_now(t::places::GONE).to_owned(),
                };
                list.put(new);
                self.stale.set(false);
                self.announcer.status(told.clone());
                self.theirs.set(Some(told));
                Ok(())
            });
        };
        let busy = move || self.form.is_busy();
        let again = move || {
            let button = || awaiting("button", "button", Some(Icon::Refresh), t::places::LOOK_AGAIN, busy);
            self.stale.get().then(|| button().on_press(look))
        };
        let theirs =
            move || self.theirs.get().map(|told| el("p").class("notice").child(el("span").child(told)));
        group().child(again).child(theirs).child(self.answers(self.open, t::places::SAVE))
    }
}

/// The button at the top right of a list.
pub fn add_button(label: Text, on_press: impl Fn() + 'static) -> El {
    el("button").set("type", "button").class("button primary").on_press(on_press).say(label)
}

/// A button in a row, described by the element that says which row it is.
pub fn row_button(label: Text, described_by: &str) -> El {
    let described_by = described_by.to_owned();
    el("button")
        .set("type", "button")
        .class("button small")
        .set("aria-describedby", described_by)
        .child(el("span").say(label))
}

/// The form that was just issued, in place of the list.
pub fn show_form(form: AccessForm, back: Callback<()>) -> El {
    let speech = Speech::here();
    let profile = &form.profile.name;
    let about = form.computer.as_ref().map_or(profile.clone(), |c| format!("{} · {profile}", c.label));
    Announcer::here().status(speech.text_now(t::places::FORM_READY).to_owned());
    group()
        .child(page_title(t::places::FORM_TITLE))
        .child(el("p").class("about").child(about))
        .child(help_link(HelpPage::AccessForms))
        .child(access_form(form, None, t::places::DONE, move || back.run(())))
}
