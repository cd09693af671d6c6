//! Management → Activities: what happened, newest first, page after page.

mod changes;
mod table;

pub use table::recent;

use leptos::prelude::*;
use wire::{
    activities::{ActivitiesPage, ActivitiesQuery, ActivityLine, ListActivities},
    rights::{Module, Right},
    sign_in::Me,
};

use self::table::log_table;
use crate::{
    api::Failure,
    browser::on_return,
    components::{
        button::awaiting,
        el::{El, el, group},
        icon::Icon,
        notice::{skeleton, trouble},
    },
    page::Page,
    pages::frame::{page_title, place_link, sections},
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, Text, t},
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
pub fn activities(me: &Me) -> El {
    let speech = Speech::here();
    let session = SessionStore::here();
    let log = State::new(None::<Log>);
    let failure = State::new(None::<Failure>);
    let busy = State::new(false);
    // Whether something happened since the page that is being read was asked for.
    let stale = State::new(false);
    let read = move |before: Option<i64>| {
        if busy.get_untracked() {
            return stale.set(true);
        }
        busy.set(true);
        session.call::<ListActivities>(
            &ActivitiesQuery { before, ..ActivitiesQuery::default() },
            move |reply| {
                if !busy.try_set(false) {
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
    effect(move || {
        if !busy.get() && untrack(|| stale.get()) {
            stale.set(false);
            read(None);
        }
    });

    let zone = session.time_zone();
    let zone_line = move || speech.fill(t::activities::ZONE, &[&zone]);
    let tabs = el("nav").class("tabs").name("aria-label", t::shell::MANAGEMENT).child(place_link(
        Page::Activities,
        t::shell::ACTIVITIES,
        || true,
    ));
    let own_only = (me.rights.of(Module::Activities) == Right::None)
        .then(|| el("p").class("hint").say(t::activities::OWN_ONLY));
    let title = el("div")
        .child(page_title(t::shell::ACTIVITIES))
        .child(el("p").class("hint").child(zone_line))
        .child(own_only);
    let refresh = reader(t::common::REFRESH, Some(Icon::Refresh), busy).on_press(move || read(None));
    let there = derived(move || log.read().is_some());
    let content = move || {
        if there.get() {
            log_table(move || log.get().unwrap_or_default().lines)
        } else if failure.read().is_none() {
            skeleton(SKELETON_LINES)
        } else {
            group()
        }
    };
    let next = derived(move || log.read().as_ref().and_then(|log| log.next));
    let more = move || match next.get() {
        Some(before) => Some(reader(t::activities::OLDER, None, busy).on_press(move || read(Some(before)))),
        None => there.get().then(|| el("p").class("hint").say(t::activities::END)),
    };
    group()
        .child(sections().child(tabs))
        .child(el("div").class("title").child(title).child(refresh))
        .child(move || failure.get().map(|failure| trouble(failure, move || read(None))))
        .child(content)
        .child(el("div").class("more").child(more))
}

fn reader(label: Text, icon: Option<Icon>, busy: State<bool>) -> El {
    awaiting("button", "button", icon, label, move || busy.get())
}

#[cfg(test)]
mod tests {
    use wire::{
        Timestamp,
        activities::{Action, Subject},
    };

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
