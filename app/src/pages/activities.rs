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
        icon::Icon,
        notice::{Skeleton, Trouble},
    },
    moment::{Calendar, iso},
    page::Page,
    pages::frame::{PageHeading, PlaceLink, Sections},
    session::SessionStore,
    texts::{Speech, say},
};

/// Lines of the skeleton: about what a screen holds.
const SKELETON_LINES: usize = 10;

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
#[component]
pub fn ActivitiesLog(me: Me) -> impl IntoView {
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
    let more = move || log.read().as_ref().and_then(|log| log.next);
    view! {
        <Sections>
            <nav class="tabs" aria-label=say(|t| t.shell.management)>
                <PlaceLink to=Page::Activities label=|t| t.shell.activities now=|| true />
            </nav>
        </Sections>
        <div class="title">
            <div>
                <PageHeading text=Signal::derive(move || speech.texts().shell.activities.to_owned()) />
                <p class="hint">{zone_line}</p>
                {(me.role == Role::Employee).then(|| view! { <p class="hint">{say(|t| t.activities.own_only)}</p> })}
            </div>
            <Reader label=|t| t.common.refresh icon=Some(Icon::Refresh) busy on_press=Callback::new(move |()| read(None)) />
        </div>
        {move || {
            failure.get().map(|failure| view! { <Trouble failure again=Callback::new(move |()| read(None)) /> })
        }}
        {move || match (log.read().is_some(), failure.read().is_some()) {
            (true, _) => view! { <Lines log zone=zone.clone() /> }.into_any(),
            (false, false) => view! { <Skeleton lines=SKELETON_LINES /> }.into_any(),
            (false, true) => ().into_any(),
        }}
        <div class="more">
            {move || match more() {
                Some(before) => {
                    view! { <Reader label=|t| t.activities.older icon=None busy on_press=Callback::new(move |()| read(Some(before))) /> }
                        .into_any()
                }
                None if log.read().is_some() => view! { <p class="hint">{say(|t| t.activities.end)}</p> }.into_any(),
                None => ().into_any(),
            }}
        </div>
    }
}

#[component]
fn Reader(
    label: crate::texts::Pick,
    icon: Option<Icon>,
    busy: RwSignal<bool>,
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button"
            aria-busy=move || busy.get().to_string()
            aria-disabled=move || busy.get().then_some("true")
            on:click=move |_| on_press.run(())
        >
            <span class="spinner" aria-hidden="true"></span>
            {icon.map(Icon::show)}
            <span>{say(label)}</span>
        </button>
    }
}

#[component]
fn Lines(log: RwSignal<Option<Log>>, zone: String) -> impl IntoView {
    let speech = Speech::here();
    let calendar = Memo::new_with_compare(
        move |_| StoredValue::new_local(Calendar::new(speech.language(), &zone)),
        |_, _| true,
    );
    view! {
        <table class="cards log">
            <thead>
                <tr>
                    <th scope="col">{say(|t| t.activities.at)}</th>
                    <th scope="col">{say(|t| t.activities.action)}</th>
                    <th scope="col">{say(|t| t.activities.user)}</th>
                    <th scope="col">{say(|t| t.activities.by)}</th>
                    <th scope="col">{say(|t| t.activities.computer)}</th>
                    <th scope="col">{say(|t| t.activities.address)}</th>
                </tr>
            </thead>
            <tbody>
                <For
                    each=move || log.get().unwrap_or_default().lines
                    key=|line| line.seq
                    children=move |line| {
                        let at = line.at;
                        view! {
                            <tr>
                                <td data-label=say(|t| t.activities.at)>
                                    <time datetime=iso(at)>{move || calendar.get().with_value(|c| c.write(at))}</time>
                                </td>
                                <td data-label=say(|t| t.activities.action)><What action=line.action /></td>
                                <td data-label=say(|t| t.activities.user)><Who subject=line.user /></td>
                                <td data-label=say(|t| t.activities.by)><Who subject=line.by /></td>
                                <td data-label=say(|t| t.activities.computer)>{line.computer}</td>
                                <td data-label=say(|t| t.activities.address) class="address">{line.address}</td>
                            </tr>
                        }
                    }
                />
            </tbody>
        </table>
    }
}

#[component]
fn What(action: Action) -> impl IntoView {
    let speech = Speech::here();
    let (icon, class) = look(action);
    view! { <span class=class>{icon.show()}<span>{move || (speech.texts().action)(action)}</span></span> }
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
        Action::SettingsChanged | Action::PolicyChanged => (Icon::List, "action"),
        Action::SignedOut | Action::SignedOutEverywhere => (Icon::Door, "action"),
        Action::ClinicOpened => (Icon::Ward, "action"),
    }
}

#[component]
fn Who(subject: Subject) -> impl IntoView {
    match subject {
        Subject::Nobody => ().into_any(),
        Subject::Account { id, name } => view! { <a href=Page::Account(id).path()>{name}</a> }.into_any(),
        Subject::UnknownLogin => view! { <em>{say(|t| t.activities.unknown_login)}</em> }.into_any(),
        Subject::Operator => view! { <em>{say(|t| t.activities.operator)}</em> }.into_any(),
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
