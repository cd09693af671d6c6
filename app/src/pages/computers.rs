//! My Clinic → User Management → Computers: which there are, who works on them, and what opens or closes them.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wire::{
    Empty, Endpoint,
    computers::{
        AccessForm, AddComputer, Computer, ComputerChange, ComputerList, ComputerQuery, ComputerStatus,
        EditComputer, ListComputers, NewComputerRequest, ReissueComputer, RemoveComputer, RevokeComputer,
    },
    help::HelpPage,
    ids::ComputerId,
    sign_in::ResetComputer,
};

use super::places::{Change, add_button, row_button, show_form};
use crate::{
    browser::{focus_soon, on_return},
    components::{
        announcer::Announcer,
        details::moment,
        dialog::{Ask, ask},
        el::{El, Line, el, group, lines},
        field::{Field, choice, tick},
        form::Form,
        help_link::help_link,
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        panel::dialog,
        table::{cell, table},
    },
    page::Page,
    pages::frame::{clinic_sections, page_title},
    session::SessionStore,
    signals::{Derived, State, derived},
    texts::{Speech, Template, Text, t},
};

/// Lines of the skeleton: about as many as a small clinic has computers.
const SKELETON_LINES: usize = 4;
const COLUMNS: [Text; 6] = [
    t::places::LABEL,
    t::places::PROFILE,
    t::places::STATUS,
    t::places::LAST_SEEN,
    t::places::HERE_NOW,
    t::places::ACTIONS,
];

/// The page: the list, or the form of a computer that was just added or re-issued.
pub fn computers() -> El {
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
    /// The computer that a window is about.
    about: State<Option<Computer>>,
    answer: Form,
    change: Change,
    profile: State<String>,
    adding: State<bool>,
    revoking: State<bool>,
    reissuing: State<bool>,
    removing: State<bool>,
    resetting: State<bool>,
    speech: Speech,
    announcer: Announcer,
    session: SessionStore,
    to_start: StoredValue<Box<dyn Fn()>, LocalStorage>,
}

fn listing(issued: State<Option<AccessForm>>) -> El {
    let navigate = use_navigate();
    let desk = Desk {
        list: Kept::new(),
        issued,
        about: State::new(None),
        answer: Form::new(&[]),
        change: Change::new(&["label", "profile"]),
        profile: State::new(String::new()),
        adding: State::new(false),
        revoking: State::new(false),
        reissuing: State::new(false),
        removing: State::new(false),
        resetting: State::new(false),
        speech: Speech::here(),
        announcer: Announcer::here(),
        session: SessionStore::here(),
        to_start: StoredValue::new_local(Box::new(move || navigate(&Page::Home.path(), Default::default()))),
    };
    let Desk { list, .. } = desk;
    let read = move || list.read::<ListComputers>(&Empty {});
    read();
    on_return(read);
    let there = derived(move || list.part(|_| ()).is_some());
    let may_edit = derived(move || list.part(|list| list.may_edit) == Some(true));
    let add = move || may_edit.get().then(|| add_button(t::places::ADD_COMPUTER, move || desk.open_adding()));
    let content = move || match (there.get(), list.failure()) {
        (true, _) => desk.table(may_edit),
        (false, None) => skeleton(SKELETON_LINES),
        (false, Some(_)) => group(),
    };
    let title = el("div").child(page_title(t::shell::COMPUTERS)).child(help_link(HelpPage::AccessForms));
    group()
        .child(el("div").class("title").child(title).child(add))
        .child(list.trouble(read))
        .child(content)
        .child(desk.adding_window())
        .child(desk.editing_window())
        .child(desk.questions())
}

impl Desk {
    fn table(self, may_edit: Derived<bool>) -> El {
        let list = self.list;
        let with_revoked = State::new(false);
        let revoked = |computer: &Computer| computer.status == ComputerStatus::Revoked;
        let some_revoked =
            derived(move || list.part(|list| list.computers.iter().any(revoked)) == Some(true));
        let rows = derived(move || {
            let shown = |list: &ComputerList| {
                let computers = list.computers.iter().filter(|c| with_revoked.get() || !revoked(c));
                computers.map(|computer| (computer.clone(), profile_name(list, computer))).collect::<Vec<_>>()
            };
            list.part(shown).unwrap_or_default()
        });
        let each = move || {
            let line = |(computer, profile): (Computer, String)| Line {
                key: key(&computer, &profile),
                draw: Box::new(move || self.row(computer, profile, may_edit.get_untracked())),
            };
            rows.get().into_iter().map(line).collect()
        };
        let columns = COLUMNS.len() - usize::from(!may_edit.get());
        group()
            .child(move || some_revoked.get().then(|| tick("revoked", t::places::SHOW_REVOKED, with_revoked)))
            .child(table("cards places", COLUMNS.get(..columns).unwrap_or(&COLUMNS), lines(each)))
            .child((!may_edit.get()).then(|| el("p").class("hint").say(t::places::READ_ONLY)))
    }

    fn row(self, computer: Computer, profile: String, may_edit: bool) -> El {
        let heading = format!("computer-{}", computer.id);
        let own = computer.here.then(|| el("span").class("badge own").say(t::places::THIS_COMPUTER));
        // These change by the minute: the row stays, and whoever stands on one of its buttons with it.
        let id = computer.id.clone();
        let seen = derived(move || self.list.part(|list| find(list, &id)?.last_seen).flatten());
        let last_seen = move || match seen.get() {
            Some(at) => moment(at),
            None => el("span").say(t::account::NEVER),
        };
        let id = computer.id.clone();
        let there = derived(move || {
            self.list.part(|list| find(list, &id).map(present)).flatten().unwrap_or_default()
        });
        let actions = may_edit.then(|| cell(COLUMNS[5], self.actions(&computer, &heading)));
        let label = el("th").set("scope", "row").set("id", heading);
        el("tr")
            .child(label.child(el("span").child(computer.label.clone())).child(own))
            .child(cell(COLUMNS[1], profile))
            .child(cell(COLUMNS[2], badge(computer.status)))
            .child(cell(COLUMNS[3], last_seen))
            .child(cell(COLUMNS[4], move || people(&there.read())))
            .child(actions)
    }

    fn actions(self, computer: &Computer, heading: &str) -> El {
        let about = State::new(computer.clone());
        let button = |label: Text, open: State<bool>| {
            row_button(label, heading).on_press(move || self.open(open, about.get_untracked()))
        };
        let reissue = button(t::places::REISSUE, self.reissuing);
        let buttons = el("div").class("row-actions");
        if computer.status == ComputerStatus::Revoked {
            return buttons.child(reissue).child(button(t::places::REMOVE, self.removing));
        }
        let rename = row_button(t::places::RENAME, heading);
        let buttons =
            buttons.child(rename.on_press(move || self.open_editing(about.get_untracked()))).child(reissue);
        if !computer.here {
            return buttons.child(button(t::places::REVOKE, self.revoking));
        }
        let why = el("p").class("hint").set("id", "own-computer").say(t::places::REVOKE_OWN);
        let revoke = row_button(t::places::REVOKE, "own-computer").set("disabled", true);
        buttons.child(revoke).child(button(t::places::RESET, self.resetting)).child(why)
    }

    fn open(self, window: State<bool>, computer: Computer) {
        self.answer.start_over();
        self.about.set(Some(computer));
        window.set(true);
    }

    fn open_adding(self) {
        self.change.start(String::new(), 0, String::new());
        // Most likely where the one who adds it works.
        let likely = |list: &ComputerList| {
            let own = list.computers.iter().find(|computer| computer.here).map(|own| &own.profile);
            own.or(list.profiles.first().map(|first| &first.id)).map(ToString::to_string)
        };
        self.profile.set(self.list.part(likely).flatten().unwrap_or_default());
        self.adding.set(true);
    }

    fn open_editing(self, computer: Computer) {
        self.change.start(computer.id.to_string(), computer.version, computer.label);
        self.profile.set(computer.profile.to_string());
        self.change.open.set(true);
    }

    /// Label and profile, as both windows ask for them.
    fn fields(self) -> El {
        let options = self.list.part(|list| list.profiles.clone()).unwrap_or_default();
        let options = options.into_iter().map(|profile| {
            let id = profile.id.to_string();
            let chosen = id.clone();
            let profiles = self.profile;
            el("option")
                .set("value", id)
                .set("selected", move || profiles.get() == chosen)
                .child(profile.name)
        });
        let form = self.change.form;
        group()
            .child(
                Field::text("label", t::places::LABEL, self.change.name)
                    .hint(t::places::LABEL_HINT)
                    .show(form),
            )
            .child(choice(form, "profile", t::places::PROFILE, self.profile, options.collect()))
    }

    fn adding_window(self) -> El {
        let send = move || {
            let (label, profile) = (self.change.name.get_untracked(), self.profile.get_untracked());
            self.change.form.send::<AddComputer>(NewComputerRequest { label, profile }, move |reply| {
                let form = reply?;
                self.adding.set(false);
                self.issued.set(Some(form));
                Ok(())
            });
        };
        let content = move || {
            untrack(|| self.change.shape(send, self.fields()))
                .child(self.change.answers(self.adding, t::places::ADD_COMPUTER))
        };
        dialog("adding", t::places::ADD_COMPUTER, self.adding, content)
    }

    fn editing_window(self) -> El {
        let send = move || {
            let (id, version) = self.change.what();
            let (label, profile) = (self.change.name.get_untracked(), self.profile.get_untracked());
            self.change.send::<EditComputer>(ComputerChange { id, version, label, profile }, self.list);
        };
        let now = move |list: &ComputerList, id: &str| {
            let computer = list.computers.iter().find(|computer| computer.id.as_str() == id)?;
            Some((computer.version, format!("{} · {}", computer.label, profile_name(list, computer))))
        };
        let content = move || {
            untrack(|| {
                let fields = self.fields().child(el("p").class("hint").say(t::places::MOVE_ENDS));
                self.change.shape(send, fields).child(self.change.saving(self.list, now))
            })
        };
        dialog("editing", t::places::RENAME_COMPUTER, self.change.open, content)
    }

    fn questions(self) -> El {
        group()
            .child(self.question(
                "revoking",
                [t::places::REVOKE_TITLE, t::places::REVOKE],
                self.revoking,
                revoke_words,
                |desk| desk.settle::<RevokeComputer>(desk.revoking, t::places::REVOKED_NEWS),
            ))
            .child(self.question(
                "reissuing",
                [t::places::REISSUE_TITLE, t::places::REISSUE],
                self.reissuing,
                reissue_words,
                Desk::reissue,
            ))
            .child(self.question(
                "removing",
                [t::places::REMOVE_COMPUTER_TITLE, t::places::REMOVE],
                self.removing,
                |speech, computer| speech.fill(t::places::REMOVE_COMPUTER_WORDS, &[&computer.label]),
                |desk| desk.settle::<RemoveComputer>(desk.removing, t::places::REMOVED_NEWS),
            ))
            .child(self.question(
                "resetting",
                [t::places::RESET, t::places::RESET],
                self.resetting,
                |speech, computer| speech.fill(t::places::RESET_WORDS, &[&computer.label]),
                Desk::reset,
            ))
    }

    fn question(
        self,
        id: &'static str,
        [title, yes]: [Text; 2],
        open: State<bool>,
        words: fn(Speech, &Computer) -> String,
        on_yes: fn(Desk),
    ) -> El {
        let Desk { list, about, speech, .. } = self;
        // As it is now: somebody may have sat down at it since the window was opened.
        let words = move || {
            let about = about.get()?;
            let now = list.part(|list| find(list, &about.id).cloned()).flatten();
            Some(words(speech, &now.unwrap_or(about)))
        };
        ask(
            Ask { id, title, yes, form: self.answer, open },
            move || words().unwrap_or_default(),
            move || on_yes(self),
        )
    }

    fn query(self) -> ComputerQuery {
        let id = self.about.with_untracked(|about| about.as_ref().map(|computer| computer.id.to_string()));
        ComputerQuery { id: id.unwrap_or_default() }
    }

    fn reset(self) {
        self.answer.send::<ResetComputer>(Empty {}, move |reply| {
            self.session.enter(reply?);
            self.to_start.with_value(|to_start| to_start());
            Ok(())
        });
    }

    fn reissue(self) {
        self.answer.send::<ReissueComputer>(self.query(), move |reply| {
            let form = reply?;
            self.reissuing.set(false);
            self.issued.set(Some(form));
            Ok(())
        });
    }

    /// Does what was asked about, shows the list that is left and tells what happened.
    fn settle<E>(self, window: State<bool>, news: Template<1>)
    where
        E: Endpoint<Request = ComputerQuery, Reply = ComputerList>,
    {
        self.answer.send::<E>(self.query(), move |reply| {
            let list = reply?;
            let label = self.about.with_untracked(|about| about.as_ref().map(|c| c.label.clone()));
            window.set(false);
            self.list.put(list);
            self.announcer.status(self.speech.fill_now(news, &[&label.unwrap_or_default()]));
            focus_soon("heading");
            Ok(())
        });
    }
}

/// What a revoked computer loses, and who is thrown out with it.
fn revoke_words(speech: Speech, computer: &Computer) -> String {
    let words = speech.fill(t::places::REVOKE_WORDS, &[&computer.label]);
    match present(computer).join(", ") {
        names if names.is_empty() => words,
        names => format!("{words} {}", speech.fill(t::places::REVOKE_PEOPLE, &[&names])),
    }
}

fn reissue_words(speech: Speech, computer: &Computer) -> String {
    let after = if computer.here { t::places::REISSUE_OWN } else { t::places::REISSUE_OTHER };
    format!("{} {}", speech.fill(t::places::REISSUE_WORDS, &[&computer.label]), speech.text(after))
}

fn profile_name(list: &ComputerList, computer: &Computer) -> String {
    let profile = list.profiles.iter().find(|profile| profile.id == computer.profile);
    profile.map(|profile| profile.name.clone()).unwrap_or_default()
}

fn find<'a>(list: &'a ComputerList, id: &ComputerId) -> Option<&'a Computer> {
    list.computers.iter().find(|computer| computer.id == *id)
}

/// The names of those who are signed in on it.
fn present(computer: &Computer) -> Vec<String> {
    computer.people.iter().map(|person| person.full_name.clone()).collect()
}

fn people(names: &[String]) -> El {
    let people: Vec<_> = names.iter().map(|name| el("li").child(name.clone())).collect();
    if people.is_empty() { el("span").child("–") } else { el("ul").child(people) }
}

/// What a row is made of: where it is the same, the row that is drawn already stays.
fn key(computer: &Computer, profile: &str) -> String {
    let Computer { id, version, label, status, here, .. } = computer;
    format!("{id} {version} {label} {profile} {} {here}", *status as u8)
}

/// Whether a computer can be used, as a picture and a word.
fn badge(status: ComputerStatus) -> El {
    let (class, icon, word): (_, _, Text) = match status {
        ComputerStatus::Authorized => ("badge good", Icon::Check, t::places::AUTHORIZED),
        ComputerStatus::Waiting => ("badge warn", Icon::Alert, t::places::WAITING),
        ComputerStatus::Revoked => ("badge bad", Icon::Lock, t::places::REVOKED),
    };
    el("span").class(class).child(icon.show()).child(el("span").say(word))
}
