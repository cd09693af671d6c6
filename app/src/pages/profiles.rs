//! My Clinic → User Management → Profiles: the workplaces, and the QR codes that open them.

use leptos::prelude::*;
use wire::{
    Empty,
    computers::{
        AccessForm, AddProfile, ComputerList, ListComputers, NewProfileRequest, Profile, ProfileChange,
        ProfileQuery, ReissueProfile, RemoveProfile, RenameProfile,
    },
    help::HelpPage,
};

use super::places::{Change, add_button, row_button, show_form};
use crate::{
    browser::{focus_soon, on_return},
    components::{
        announcer::Announcer,
        dialog::{Ask, ask},
        el::{El, Line, el, group, lines},
        field::Field,
        form::Form,
        help_link::help_link,
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        panel::dialog,
        table::{cell, table},
    },
    moment::{self, Calendar},
    pages::{
        frame::{clinic_sections, page_title},
        sign_in::step::Clock,
    },
    session::SessionStore,
    signals::{Derived, State, derived},
    texts::{Speech, Template, Text, t},
};

/// Lines of the skeleton: about as many as a small clinic has profiles.
const SKELETON_LINES: usize = 2;
const COLUMNS: [Text; 3] = [t::places::NAME, t::places::COMPUTERS, t::places::ACTIONS];

/// The page: the list, or the form of a profile that was just added or given a new code.
pub fn profiles() -> El {
    let issued = State::new(None::<AccessForm>);
    let back = Callback::new(move |()| issued.set(None));
    let content = move || match issued.get() {
        Some(form) => show_form(form, back),
        None => listing(issued),
    };
    group().child(clinic_sections()).child(content)
}

/// What the list and its windows share.
#[derive(Clone, Copy)]
struct Desk {
    list: Kept<ComputerList>,
    issued: State<Option<AccessForm>>,
    /// The profile that a window is about.
    about: State<Option<Profile>>,
    answer: Form,
    change: Change,
    adding: State<bool>,
    reissuing: State<bool>,
    removing: State<bool>,
    speech: Speech,
    announcer: Announcer,
}

fn listing(issued: State<Option<AccessForm>>) -> El {
    let desk = Desk {
        list: Kept::new(),
        issued,
        about: State::new(None),
        answer: Form::new(&[]),
        change: Change::new(&["name"]),
        adding: State::new(false),
        reissuing: State::new(false),
        removing: State::new(false),
        speech: Speech::here(),
        announcer: Announcer::here(),
    };
    let Desk { list, .. } = desk;
    let read = move || list.read::<ListComputers>(&Empty {});
    read();
    on_return(read);
    let there = derived(move || list.part(|_| ()).is_some());
    let may_edit = derived(move || list.part(|list| list.may_edit) == Some(true));
    let add = move || may_edit.get().then(|| add_button(t::places::ADD_PROFILE, move || desk.open_adding()));
    let content = move || match (there.get(), list.failure()) {
        (true, _) => desk.table(may_edit),
        (false, None) => skeleton(SKELETON_LINES),
        (false, Some(_)) => group(),
    };
    let title = el("div").child(page_title(t::shell::PROFILES)).child(help_link(HelpPage::Profiles));
    group()
        .child(el("div").class("title").child(title).child(add))
        .child(list.trouble(read))
        .child(clocks(list))
        .child(content)
        .child(desk.adding_window())
        .child(desk.renaming_window())
        .child(desk.questions())
}

impl Desk {
    fn table(self, may_edit: Derived<bool>) -> El {
        let list = self.list;
        let rows = derived(move || list.part(|list| list.profiles.clone()).unwrap_or_default());
        let each = move || {
            let line = |profile: Profile| Line {
                key: key(&profile),
                draw: Box::new(move || self.row(profile, may_edit.get_untracked())),
            };
            rows.get().into_iter().map(line).collect()
        };
        let columns = COLUMNS.len() - usize::from(!may_edit.get());
        group()
            .child(table("cards places", COLUMNS.get(..columns).unwrap_or(&COLUMNS), lines(each)))
            .child((!may_edit.get()).then(|| el("p").class("hint").say(t::places::READ_ONLY)))
    }

    fn row(self, profile: Profile, may_edit: bool) -> El {
        let heading = format!("profile-{}", profile.id);
        let stopped = profile.stopped.then(|| {
            let badge = el("span").class("badge bad").child(Icon::Alert.show());
            badge.child(el("span").say(t::places::STOPPED))
        });
        let actions = may_edit.then(|| cell(COLUMNS[2], self.actions(&profile, &heading)));
        let name = el("th").set("scope", "row").set("id", heading);
        el("tr")
            .child(name.child(el("span").child(profile.name.clone())).child(stopped))
            .child(cell(COLUMNS[1], profile.computers.to_string()))
            .child(actions)
    }

    fn actions(self, profile: &Profile, heading: &str) -> El {
        let about = State::new(profile.clone());
        let button = |label: Text, open: State<bool>, described_by: &str| {
            row_button(label, described_by).on_press(move || self.open(open, about.get_untracked()))
        };
        let rename = row_button(t::places::RENAME, heading);
        let buttons = el("div")
            .class("row-actions")
            .child(rename.on_press(move || self.open_renaming(about.get_untracked())))
            .child(button(t::places::NEW_CODE, self.reissuing, heading));
        if profile.computers == 0 {
            return buttons.child(button(t::places::REMOVE, self.removing, heading));
        }
        let reason = format!("in-use-{}", profile.id);
        let remove = row_button(t::places::REMOVE, &reason).set("disabled", true);
        buttons.child(remove).child(el("p").class("hint").set("id", reason).say(t::places::IN_USE))
    }

    fn open(self, window: State<bool>, profile: Profile) {
        self.answer.start_over();
        self.about.set(Some(profile));
        window.set(true);
    }

    fn open_adding(self) {
        self.change.start(String::new(), 0, String::new());
        self.adding.set(true);
    }

    fn open_renaming(self, profile: Profile) {
        self.change.start(profile.id.to_string(), profile.version, profile.name);
        self.change.open.set(true);
    }

    fn field(self) -> El {
        Field::text("name", t::places::NAME, self.change.name)
            .hint(t::places::NAME_HINT)
            .show(self.change.form)
    }

    fn adding_window(self) -> El {
        let send = move || {
            let name = self.change.name.get_untracked();
            self.change.form.send::<AddProfile>(NewProfileRequest { name }, move |reply| {
                let form = reply?;
                self.adding.set(false);
                self.issued.set(Some(form));
                Ok(())
            });
        };
        let content = move || {
            untrack(|| self.change.shape(send, self.field()))
                .child(self.change.answers(self.adding, t::places::ADD_PROFILE))
        };
        dialog("adding", t::places::ADD_PROFILE, self.adding, content)
    }

    fn renaming_window(self) -> El {
        let send = move || {
            let (id, version) = self.change.what();
            let name = self.change.name.get_untracked();
            self.change.send::<RenameProfile>(ProfileChange { id, version, name }, self.list);
        };
        let now = move |list: &ComputerList, id: &str| {
            let profile = list.profiles.iter().find(|profile| profile.id.as_str() == id)?;
            Some((profile.version, profile.name.clone()))
        };
        let content = move || {
            untrack(|| self.change.shape(send, self.field()).child(self.change.saving(self.list, now)))
        };
        dialog("renaming", t::places::RENAME_PROFILE, self.change.open, content)
    }

    fn questions(self) -> El {
        group()
            .child(self.question(
                "reissuing",
                [t::places::NEW_CODE, t::places::NEW_CODE],
                self.reissuing,
                t::places::NEW_CODE_WORDS,
                Desk::reissue,
            ))
            .child(self.question(
                "removing",
                [t::places::REMOVE_PROFILE_TITLE, t::places::REMOVE],
                self.removing,
                t::places::REMOVE_PROFILE_WORDS,
                Desk::remove,
            ))
    }

    fn question(
        self,
        id: &'static str,
        [title, yes]: [Text; 2],
        open: State<bool>,
        words: Template<1>,
        on_yes: fn(Desk),
    ) -> El {
        let Desk { about, speech, .. } = self;
        let words = move || about.with(|about| about.as_ref().map(|p| speech.fill(words, &[&p.name])));
        ask(
            Ask { id, title, yes, form: self.answer, open },
            move || words().unwrap_or_default(),
            move || on_yes(self),
        )
    }

    fn remove(self) {
        self.answer.send::<RemoveProfile>(self.query(), move |reply| {
            self.list.put(reply?);
            self.removing.set(false);
            let name = self.about.with_untracked(|about| about.as_ref().map(|p| p.name.clone()));
            let news = self.speech.fill_now(t::places::REMOVED_NEWS, &[&name.unwrap_or_default()]);
            self.announcer.status(news);
            focus_soon("heading");
            Ok(())
        });
    }

    fn reissue(self) {
        self.answer.send::<ReissueProfile>(self.query(), move |reply| {
            let form = reply?;
            self.reissuing.set(false);
            self.issued.set(Some(form));
            Ok(())
        });
    }

    fn query(self) -> ProfileQuery {
        let id = self.about.with_untracked(|about| about.as_ref().map(|profile| profile.id.to_string()));
        ProfileQuery { id: id.unwrap_or_default() }
    }
}

/// Everything that a row shows: where it is the same, the row that is drawn already stays.
fn key(profile: &Profile) -> String {
    let Profile { id, version, name, computers, stopped } = profile;
    format!("{id} {version} {name} {computers} {stopped}")
}

/// The clinic's time beside the device's where the two differ: then the phones at hand may be wrong as well.
fn clocks(list: Kept<ComputerList>) -> El {
    let speech = Speech::here();
    let zone = SessionStore::here().time_zone();
    let clock = derived(move || list.part(|list| Clock::of(list.now, moment::now())));
    let told = move |clock: Clock| {
        let here = moment::now();
        let clinic = wire::Timestamp(here.0 + clock.ahead_seconds * 1000);
        let calendar = Calendar::clock(speech.language(), &zone);
        let words = speech.fill(t::sign_in::CLOCK_OFF, &[&calendar.write(clinic), &calendar.write(here)]);
        let times = el("strong").child(words);
        let advice = el("span").child(times).child(el("br")).say(t::sign_in::CLOCK_ADVICE);
        el("p").class("notice warn").child(Icon::Alert.show()).child(advice)
    };
    group().child(move || clock.get().filter(|clock| clock.is_off()).map(&told))
}
