//! Management → Activities: what happened, newest first, page after page, for whom and what one looks.

mod changes;
mod chart;
mod export;
mod filter;
mod table;

pub use table::recent;

use std::time::Duration;

use leptos::prelude::*;
use wire::{
    activities::{ActivitiesPage, ActivityLine, CountFailures, FailureChart, ListActivities},
    help::HelpPage,
    rights::{Module, Right},
    sign_in::Me,
};

use self::{
    chart::chart,
    export::export,
    filter::{FIELDS, Filter, choices, clear, filter_bar},
    table::log_table,
};
use crate::{
    api::Failure,
    aside,
    browser::on_growth,
    components::{
        address::keep_address,
        button::awaiting,
        el::{El, el, group},
        form::Form,
        growth::{SCREENS_AT_ONCE, grow_near_the_end, screenful},
        help_link::help_link,
        icon::Icon,
        notice::{skeleton, trouble},
    },
    pages::frame::{management_sections, page_title},
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, Text, t},
};

/// What stands above the lines, in pixels: the filters and the chart.
const ABOVE_THE_LINES: f64 = 400.0;
/// Until the lines below the screen are drawn.
const DRAWING_PAUSE: Duration = Duration::from_millis(150);
/// Lines of the skeleton: about what a screen holds.
const SKELETON_LINES: usize = 10;

/// The lines that were read so far, newest first, and where the next page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Log {
    /// What was looked for, as the address says it.
    address: String,
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
            self.lines = page.lines;
            self.next = page.next;
            return;
        }
        let fresh: Vec<_> = page.lines.into_iter().filter(|line| line.seq > newest).collect();
        self.lines.splice(0..0, fresh);
    }
}

/// What the page has read, and what it is reading. Copies of it are the same.
#[derive(Clone, Copy)]
struct Reading {
    filter: Filter,
    form: Form,
    log: State<Option<Log>>,
    chart: State<Option<FailureChart>>,
    failure: State<Option<Failure>>,
    busy: State<bool>,
    /// Whether something happened, or something else is looked for, since the page was asked for that is on its way.
    stale: State<bool>,
    /// Whether older lines were asked for meanwhile.
    older: State<bool>,
    /// So many lines are drawn, at most.
    drawn: State<usize>,
    /// As many as the screen holds.
    screen: usize,
}

impl Reading {
    fn new() -> Reading {
        let screen = screenful(ABOVE_THE_LINES);
        Reading {
            filter: Filter::of_address(),
            form: Form::new(FIELDS),
            log: State::new(None),
            chart: State::new(None),
            failure: State::new(None),
            busy: State::new(false),
            stale: State::new(false),
            older: State::new(false),
            drawn: State::new(screen),
            screen,
        }
    }

    /// Draws the lines below those that are drawn.
    fn grow(self) {
        self.drawn.update(|drawn| *drawn += SCREENS_AT_ONCE * self.screen);
    }

    /// Reads what is newest, and the chart.
    fn read(self) {
        if aside::waits() {
            return;
        }
        self.read_page(None);
        let asked = untrack(|| self.filter.address());
        SessionStore::here().call::<CountFailures>(&self.filter.failures(), move |reply| {
            // What was asked last is shown, in whichever order the answers come.
            if let Ok(chart) = reply
                && !self.chart.is_disposed()
                && untrack(|| self.filter.address()) == asked
                && self.chart.with_untracked(|now| now.as_ref() != Some(&chart))
            {
                self.chart.set(Some(chart));
            }
        });
    }

    /// Reads the page after those that are there.
    fn read_older(self) {
        match self.log.with_untracked(|log| log.as_ref().and_then(|log| log.next)) {
            Some(_) if self.busy.get_untracked() => self.older.set(true),
            Some(before) => self.read_page(Some(before)),
            None => {}
        }
    }

    fn read_page(self, before: Option<i64>) {
        if self.busy.get_untracked() {
            return self.stale.set(true);
        }
        self.busy.set(true);
        let asked = untrack(|| self.filter.address());
        SessionStore::here().call::<ListActivities>(&self.filter.page(before), move |reply| {
            if !self.busy.try_set(false) {
                return;
            }
            if untrack(|| self.filter.address()) != asked {
                return self.read_page(None);
            }
            self.form.start_over();
            self.failure.set(None);
            match reply {
                Err(refused) if self.form.has_place_of(&refused) => _ = self.form.tell(refused),
                Err(refused) => self.failure.set(Some(refused)),
                Ok(page) => self.keep(asked, before, page),
            }
        });
    }

    fn keep(self, address: String, before: Option<i64>, page: ActivitiesPage) {
        let same = |log: &Log| log.address == address;
        let kept = self.log.get_untracked().filter(same);
        let mut next = kept.unwrap_or_else(|| Log { address, ..Log::default() });
        if before.is_some() {
            next.append(page);
        } else {
            next.renew(page);
        }
        if self.log.with_untracked(|now| now.as_ref() != Some(&next)) {
            // What is drawn stays, however much comes above it.
            let first = self.log.with_untracked(|now| now.as_ref()?.lines.first().map(|line| line.seq));
            let above = next.lines.iter().position(|line| Some(line.seq) == first).unwrap_or_default();
            if above > 0 {
                self.drawn.update(|drawn| *drawn += above);
            }
            self.log.set(Some(next));
        }
    }
}

/// The page.
pub fn activities(me: &Me) -> El {
    let speech = Speech::here();
    let reading = Reading::new();
    let Reading { filter, form, log, failure, busy, stale, older, drawn, screen, .. } = reading;
    reading.read();
    on_growth(move || reading.read());
    keep_address(derived(move || filter.address()), move || reading.read());
    effect(move || {
        if busy.get() {
            return;
        }
        if untrack(|| stale.get()) {
            stale.set(false);
            reading.read_page(None);
        } else if untrack(|| older.get()) {
            older.set(false);
            reading.read_older();
        }
    });

    let rest = derived(move || log.read().as_ref().is_some_and(|log| log.lines.len() > drawn.get()));
    grow_near_the_end(rest, move || reading.grow());
    let choices = choices();
    let zone = SessionStore::here().time_zone();
    let zone_line = move || speech.fill(t::activities::ZONE, &[&zone]);
    let own_only = (me.rights.of(Module::Activities) == Right::None)
        .then(|| el("p").class("hint").say(t::activities::OWN_ONLY));
    let title = el("div")
        .child(page_title(t::shell::ACTIVITIES))
        .child(el("p").class("hint").child(zone_line))
        .child(own_only)
        .child(help_link(HelpPage::ActivityLog));
    let refresh = reader(t::common::REFRESH, Some(Icon::Refresh), busy).on_press(move || reading.read());
    let empty = derived(move || log.read().as_ref().map(|log| log.lines.is_empty()));
    let lines = move || {
        let log = log.read();
        log.iter().flat_map(|log| &log.lines).take(drawn.get()).cloned().collect()
    };
    let content = move || match empty.get() {
        Some(false) => {
            let more = move || {
                if let Some(now) = drawn.try_read_untracked().map(|now| *now) {
                    drawn.set(now.max(SCREENS_AT_ONCE * screen));
                }
            };
            set_timeout(more, DRAWING_PAUSE);
            log_table(lines)
        }
        Some(true) => el("div")
            .class("empty")
            .child(el("p").set("role", "status").say(t::activities::NO_MATCH))
            .child(clear(filter)),
        None if failure.read().is_none() => skeleton(SKELETON_LINES),
        None => group(),
    };
    let next = derived(move || rest.get() || log.read().as_ref().is_some_and(|log| log.next.is_some()));
    let more =
        move || match next.get() {
            true => {
                let older = reader(t::activities::OLDER, None, busy);
                // What is here already comes first.
                Some(older.on_press(
                    move || if rest.get_untracked() { reading.grow() } else { reading.read_older() },
                ))
            }
            false => (empty.get() == Some(false)).then(|| el("p").class("hint").say(t::activities::END)),
        };
    group()
        .child(management_sections())
        .child(el("div").class("title").child(title).child(refresh))
        .child(filter_bar(filter, form, choices))
        .child(move || choices.read().may_export.then(|| export(filter)))
        .child(chart(filter, reading.chart))
        .child(move || failure.get().map(|failure| trouble(failure, move || reading.read())))
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
