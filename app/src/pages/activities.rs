//! Management → Activities: what happened, newest first, page after page.

use leptos::prelude::*;
use wire::{
    Role,
    activities::{Action, ActivitiesPage, ActivitiesQuery, ActivityLine, ListActivities, Subject},
    sign_in::Me,
};

use crate::{
    api::Failure,
    browser::on_return,
    components::{
        button::awaiting,
        el::{El, Line, el, group, lines},
        icon::Icon,
        notice::{skeleton, trouble},
        table::{cell, table},
    },
    moment::{Calendar, iso},
    page::Page,
    pages::frame::{page_title, place_link, sections},
    session::SessionStore,
    texts::{Pick, Speech},
};

/// Lines of the skeleton: about what a screen holds.
const SKELETON_LINES: usize = 10;
const COLUMNS: [Pick; 6] = [
    |t| t.activities.at,
    |t| t.activities.action,
    |t| t.activities.user,
    |t| t.activities.by,
    |t| t.activities.computer,
    |t| t.activities.address,
];

/// The lines that were read so far, newest first, and where the next page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Log {
    lines: Vec<ActivityLine>,
    next: Option<i64>,
}

impl Log {
    /// Adds the page after what is there.
    fn append(&mut self, page: ActivitiesPage) {
        let last = self.lines.last().map_or(i64::MAX, |line| line.seq);
        self.lines.extend(page.lines.into_iter().filter(|line| line.seq < last));
        self.next = page.next;
    }

    /// Puts what is new before what is there. Where so much is new that pages lie in between, what is there goes.
    fn renew(&mut self, page: ActivitiesPage) {
        let newest = self.lines.first().map_or(0, |line| line.seq);
        let meets = page.lines.last().is_some_and(|line| line.seq <= newest) || page.next.is_none();
        if !meets || self.lines.is_empty() {
            *self = Log { lines: page.lines, next: page.next };
            return;
        }
        let fresh: Vec<_> = page.lines.into_iter().filter(|line| line.seq > newest).collect();
        self.lines.splice(0..0, fresh);
    }
}

/// The page.
pub fn activities(me: &Me) -> El {
    let speech = Speech::here();
    let session = SessionStore::here();
    let log = RwSignal::new(None::<Log>);
    let failure = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    let read = move |before: Option<i64>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        session.call::<ListActivities>(
            &ActivitiesQuery { before, ..ActivitiesQuery::default() },
            move |reply| {
                if busy.try_set(false).is_some() {
                    return;
                }
                match reply {
                    Err(refused) => failure.set(Some(refused)),
                    Ok(page) => {
                        failure.set(None);
                        let mut next = log.get_untracked().unwrap_or_default();
                        if before.is_some() {
                            next.append(page)
                        } else {
                            next.renew(page)
                        }
                        if log.with_untracked(|now| now.as_ref() != Some(&next)) {
                            log.set(Some(next));
                        }
                    }
                }
            },
        );
    };
    read(None);
    on_return(move || read(None));

    let zone = session.time_zone();
    let zone_line = {
        let zone = zone.clone();
        move || (speech.texts().activities.zone)(&zone)
    };
    let tabs = el("nav").class("tabs").name("aria-label", |t| t.shell.management).child(place_link(
        Page::Activities,
        |t| t.shell.activities,
        || true,
    ));
    let own_only = (me.role == Role::Employee).then(|| el("p").class("hint").say(|t| t.activities.own_only));
    let title = el("div")
        .child(page_title(|t| t.shell.activities))
        .child(el("p").class("hint").child(zone_line))
        .child(own_only);
    let refresh = reader(|t| t.common.refresh, Some(Icon::Refresh), busy).on_press(move || read(None));
    let there = Memo::new(move |_| log.read().is_some());
    let content = move || {
        if there.get() {
            log_table(log, zone.clone())
        } else if failure.read().is_none() {
            skeleton(SKELETON_LINES)
        } else {
            group()
        }
    };
    let next = Memo::new(move |_| log.read().as_ref().and_then(|log| log.next));
    let more = move || match next.get() {
        Some(before) => Some(reader(|t| t.activities.older, None, busy).on_press(move || read(Some(before)))),
        None => there.get().then(|| el("p").class("hint").say(|t| t.activities.end)),
    };
    group()
        .child(sections().child(tabs))
        .child(el("div").class("title").child(title).child(refresh))
        .child(move || failure.get().map(|failure| trouble(failure, move || read(None))))
        .child(content)
        .child(el("div").class("more").child(more))
}

fn reader(label: Pick, icon: Option<Icon>, busy: RwSignal<bool>) -> El {
    awaiting("button", "button", icon, label, move || busy.get())
}

fn log_table(log: RwSignal<Option<Log>>, zone: String) -> El {
    let speech = Speech::here();
    let calendar = Memo::new_with_compare(
        move |_| StoredValue::new_local(Calendar::new(speech.language(), &zone)),
        |_, _| true,
    );
    let each = move || {
        let lines = log.get().unwrap_or_default().lines;
        lines.into_iter().map(|line| activity(line, calendar)).collect()
    };
    table("cards log", &COLUMNS, lines(each))
}

fn activity(line: ActivityLine, calendar: Memo<StoredValue<Calendar, LocalStorage>>) -> Line {
    let draw = move || {
        let at = line.at;
        let moment = el("time")
            .set("datetime", iso(at))
            .child(move || calendar.get().with_value(|calendar| calendar.write(at)));
        el("tr")
            .child(cell(COLUMNS[0], moment))
            .child(cell(COLUMNS[1], what(line.action)))
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
        .child(el("span").child(move || (speech.texts().action)(action)))
}

/// The picture and the colour of an action; its name says the same to those who see neither.
fn look(action: Action) -> (Icon, &'static str) {
    match action {
        Action::AccountLocked => (Icon::Lock, "action bad"),
        Action::AccountUnlocked | Action::AccountUnlockedAutomatically => (Icon::Unlock, "action good"),
        Action::LoginFailed
        | Action::LoginFailedLocked
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
        | Action::ProfileAdded
        | Action::ProfileRenamed
        | Action::ProfileReissued
        | Action::ProfileRemoved => (Icon::People, "action"),
        Action::PinSent => (Icon::Mail, "action"),
        Action::UserAdded
        | Action::UserEdited
        | Action::UserRemoved
        | Action::UserBroughtBack
        | Action::AccessRestored
        | Action::PasswordChanged => (Icon::Person, "action"),
        Action::SettingsChanged | Action::PolicyChanged => (Icon::Settings, "action"),
        Action::SignedOut | Action::SignedOutEverywhere => (Icon::Door, "action"),
        Action::ClinicOpened => (Icon::Ward, "action"),
    }
}

fn who(subject: Subject) -> Option<El> {
    match subject {
        Subject::Nobody => None,
        Subject::Account { id, name } => Some(el("a").set("href", Page::Account(id).path()).child(name)),
        Subject::UnknownLogin => Some(el("em").say(|t| t.activities.unknown_login)),
        Subject::Operator => Some(el("em").say(|t| t.activities.operator)),
    }
}

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;

    fn page(seqs: &[i64], next: Option<i64>) -> ActivitiesPage {
        let line = |seq: &i64| ActivityLine {
            seq: *seq,
            at: Timestamp(*seq),
            action: Action::LoginFailed,
            user: Subject::UnknownLogin,
            by: Subject::Nobody,
            computer: String::new(),
            address: String::new(),
            changes: Vec::new(),
        };
        ActivitiesPage { lines: seqs.iter().map(line).collect(), next }
    }

    fn seqs(log: &Log) -> Vec<i64> {
        log.lines.iter().map(|line| line.seq).collect()
    }

    #[test]
    fn an_older_page_follows_and_repeats_nothing() {
        let mut log = Log::default();
        log.renew(page(&[9, 8, 7], Some(7)));
        log.append(page(&[7, 6, 5], Some(5)));
        assert_eq!(seqs(&log), [9, 8, 7, 6, 5]);
        assert_eq!(log.next, Some(5));
    }

    #[test]
    fn news_stand_before_what_was_read() {
        let mut log = Log::default();
        log.renew(page(&[4, 3], Some(3)));
        log.append(page(&[2, 1], None));
        log.renew(page(&[6, 5, 4], Some(4)));
        assert_eq!(seqs(&log), [6, 5, 4, 3, 2, 1]);
        assert_eq!(log.next, None);
    }

    #[test]
    fn a_gap_starts_the_log_anew() {
        let mut log = Log::default();
        log.renew(page(&[4, 3], Some(3)));
        log.renew(page(&[9, 8], Some(8)));
        assert_eq!(seqs(&log), [9, 8]);
        assert_eq!(log.next, Some(8));
    }
}
