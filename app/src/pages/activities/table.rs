//! The table of the log: who did what to whom, when and where, and what it changed.

use leptos::prelude::*;
use wire::{
    activities::{Action, ActivitiesPage, ActivitiesQuery, ActivityLine, ListActivities, Subject},
    ids::AccountId,
};

use super::changes::changes;
use crate::{
    browser::on_growth,
    components::{
        el::{El, Line, el, group, lines},
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        table::{cell, table},
    },
    moment::{Calendar, iso},
    page::Page,
    session::SessionStore,
    signals::derived,
    texts::{Speech, Text, action_name, t},
};

/// So many lines stand on the page of an account.
const RECENT_LINES: u32 = 10;
const COLUMNS: [Text; 6] = [
    t::activities::AT,
    t::activities::ACTION,
    t::activities::USER,
    t::activities::BY,
    t::activities::COMPUTER,
    t::activities::ADDRESS,
];

/// The table. Lines that stay are not drawn again.
pub fn log_table(each: impl Fn() -> Vec<ActivityLine> + Send + Sync + 'static) -> El {
    let zone = SessionStore::here().time_zone();
    let speech = Speech::here();
    let calendar = Memo::new_with_compare(
        move |_| StoredValue::new_local(Calendar::new(speech.language(), &zone)),
        |_, _| true,
    );
    let drawn = move || each().into_iter().map(|line| activity(line, calendar)).collect();
    table("cards log", &COLUMNS, lines(drawn))
}

/// The latest lines about or by an account, for the page of that account.
pub fn recent(user: &AccountId) -> El {
    let log = Kept::<ActivitiesPage>::new();
    let query =
        ActivitiesQuery { limit: Some(RECENT_LINES), user: Some(user.to_string()), ..Default::default() };
    let read = move || log.read::<ListActivities>(&query);
    read();
    on_growth(read.clone());
    let empty = derived(move || log.part(|page| page.lines.is_empty()));
    let each = move || log.part(|page| page.lines.clone()).unwrap_or_default();
    let content = move || match empty.get() {
        None => skeleton(3),
        Some(true) => el("p").class("hint").say(t::activities::NONE_YET),
        Some(false) => log_table(each),
    };
    group().child(log.trouble(read)).child(content)
}

fn activity(line: ActivityLine, calendar: Memo<StoredValue<Calendar, LocalStorage>>) -> Line {
    let draw = move || {
        let at = line.at;
        let moment = el("time")
            .set("datetime", iso(at))
            .child(move || calendar.get().with_value(|calendar| calendar.write(at)));
        el("tr")
            .child(cell(COLUMNS[0], moment))
            .child(cell(COLUMNS[1], el("div").child(what(line.action)).child(changes(line.changes))))
            .child(cell(COLUMNS[2], who(line.user)))
            .child(cell(COLUMNS[3], who(line.by)))
            .child(cell(COLUMNS[4], line.computer))
            .child(cell(COLUMNS[5], line.address).class("address"))
    };
    Line { key: line.seq.to_string(), draw: Box::new(draw) }
}

fn what(action: Action) -> El {
    let speech = Speech::here();
    let (icon, class) = look(action);
    el("span")
        .class(class)
        .child(icon.show())
        .child(el("span").child(move || speech.text(action_name(action))))
}

/// The picture and the colour of an action; its name says the same to those who see neither.
fn look(action: Action) -> (Icon, &'static str) {
    match action {
        Action::AccountLocked => (Icon::Lock, "action bad"),
        Action::AccountUnlocked
        | Action::AccountUnlockedAutomatically
        | Action::AccountUnlockedBySupport
        | Action::AccountUnlockedInEmergency => (Icon::Unlock, "action good"),
        Action::SupportCaseOpened | Action::SupportCaseRead | Action::SupportCaseWithdrawn => {
            (Icon::People, "action")
        }
        Action::LoginFailed
        | Action::LoginFailedLocked
        | Action::PasswordResetRequestedLocked
        | Action::AccountUnlockFailed
        | Action::ComputerAuthorizationFailed
        | Action::ProfileAuthorizationFailed => (Icon::Alert, "action warn"),
        Action::LoginSucceeded => (Icon::Check, "action good"),
        Action::LoginDeclined => (Icon::Switch, "action"),
        Action::ComputerAuthorized
        | Action::ComputerAdded
        | Action::ComputerEdited
        | Action::ComputerRevoked
        | Action::ComputerReissued
        | Action::ComputerRemoved
        | Action::ComputerReset => (Icon::Computer, "action"),
        Action::ProfileAuthorized
        | Action::ProfileLeft
        | Action::ProfileAdded
        | Action::ProfileRenamed
        | Action::ProfileReissued
        | Action::ProfileReopened
        | Action::ProfileRemoved => (Icon::People, "action"),
        Action::PinSent | Action::PasswordResetRequested | Action::MailSentAgain => (Icon::Mail, "action"),
        Action::UserAdded
        | Action::UserEdited
        | Action::UserRemoved
        | Action::UserBroughtBack
        | Action::AccessRestored
        | Action::PasswordChanged
        | Action::PasswordReset => (Icon::Person, "action"),
        Action::LogExported | Action::LogTrimmed | Action::Unknown => (Icon::List, "action"),
        Action::SettingsChanged | Action::PolicyChanged => (Icon::Settings, "action"),
        Action::SignedOut | Action::SignedOutEverywhere => (Icon::Door, "action"),
        Action::ClinicOpened | Action::ClinicClosed | Action::ClinicReopened | Action::ClinicTakenIn => {
            (Icon::Ward, "action")
        }
    }
}

fn who(subject: Subject) -> Option<El> {
    match subject {
        Subject::Nobody => None,
        Subject::Account { id, name } => Some(el("a").set("href", Page::Account(id).path()).child(name)),
        Subject::UnknownLogin => Some(el("em").say(t::activities::UNKNOWN_LOGIN)),
        Subject::Operator => Some(el("em").say(t::activities::OPERATOR)),
    }
}
