//! Whoever walks away from a computer leaves nothing open: after the clinic's idle minutes the screen covers itself.
//!
//! Time is told by the clock and not by timers, which stand still while a laptop sleeps. All tabs of a browser count as
//! one.

use std::time::Duration;

use wire::{Empty, Timestamp, sign_in::UseSession};

use crate::{
    browser::{last_use, on_return, on_use, remember_use, repeatedly, while_visible},
    components::{
        el::{El, el, group},
        panel::{button_row, dialog},
        secret::is_at_stake,
    },
    moment::now,
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, t},
};

/// How long before the end the warning comes.
const WARNING_SECONDS: u32 = 60;
/// Between two looks at the clock.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The id of the words that are read aloud.
const WORDS: &str = "idle-words";
/// Between two notes for the other tabs: a moving mouse says the same many times a second.
const NOTE_EVERY_MILLIS: i64 = 2_000;
/// Between two words to the Worker that the session is in use, and between two looks whether one is due.
const TELL_EVERY_MILLIS: i64 = 60_000;
const TELL_LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long nobody has been here, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Idle {
    /// Not long.
    No,
    /// So long that a warning is due, with the seconds that are left.
    Nearly { seconds_left: u32 },
    /// Too long.
    Over,
}

impl Idle {
    fn at(now: Timestamp, last_use: Timestamp, minutes: u32) -> Idle {
        if minutes == 0 {
            return Idle::No;
        }
        let seconds_left = last_use.plus_minutes(minutes.into()).seconds_from(now);
        // Where a minute is all there is, half of it goes by before the warning.
        match seconds_left {
            0 => Idle::Over,
            left if left <= WARNING_SECONDS.min(minutes * 30) => Idle::Nearly { seconds_left: left },
            _ => Idle::No,
        }
    }

    fn of(session: SessionStore) -> Idle {
        let minutes = session.idle_minutes();
        last_use().map_or(Idle::No, |last| Idle::at(now(), last, minutes))
    }
}

/// Whether whoever is signed in has been away for too long.
pub fn is_over(session: SessionStore) -> bool {
    Idle::of(session) == Idle::Over
}

/// Watches over the screen for as long as somebody is signed in, and warns before it is covered.
pub fn watch() -> El {
    let session = SessionStore::here();
    let seconds_left = State::new(0);
    let warned = State::new(false);
    // Told only when it changes: whoever hears it draws the window anew.
    let warn = move |due: bool| {
        if warned.get_untracked() != due {
            warned.set(due);
        }
    };
    let look = move || {
        // A clock that was set back makes the last use lie ahead.
        if last_use().is_none_or(|last| last > now()) {
            remember_use(now());
        }
        match Idle::of(session) {
            Idle::No => warn(false),
            Idle::Nearly { seconds_left: left } => {
                seconds_left.set(left);
                warn(true);
            }
            Idle::Over => {
                warn(false);
                session.cover();
            }
        }
    };
    let noted = State::new(Timestamp::default());
    let used = move || {
        let at = now();
        // A clock that was set back makes the last note lie ahead: then this one counts.
        let since = at.0 - noted.get_untracked().0;
        if session.idle_minutes() == 0 || (0..NOTE_EVERY_MILLIS).contains(&since) {
            return;
        }
        // What wakes a sleeping laptop is no use of the session that it had.
        if is_over(session) {
            return session.cover();
        }
        if !warned.get_untracked() {
            noted.set(at);
            remember_use(at);
        }
    };
    // However the warning is closed, somebody is there.
    effect(move || {
        if !warned.get() && matches!(Idle::of(session), Idle::Nearly { .. }) {
            remember_use(now());
        }
    });
    look();
    while_visible(TELL_LOOK_EVERY, telling(session));
    repeatedly(LOOK_EVERY, look);
    on_return(look);
    on_use(used);
    warning(warned, seconds_left)
}

/// Tells the Worker that the session is in use. There it ends too when nobody uses it, so that a page that was killed is no
/// way around the cover; and what pages ask by themselves is no use of it.
fn telling(session: SessionStore) -> impl Fn() {
    let told = State::new(now());
    move || {
        let at = now();
        let since = told.get_untracked();
        let fresh = (0..TELL_EVERY_MILLIS).contains(&(at.0 - since.0));
        if fresh || !session.is_in() || last_use().is_none_or(|used| used <= since) {
            return;
        }
        session.call::<UseSession>(&Empty {}, move |reply| {
            if reply.is_ok() {
                told.try_set(at);
            }
        });
    }
}

/// The window that warns, and counts down.
fn warning(open: State<bool>, seconds_left: State<u32>) -> El {
    let speech = Speech::here();
    let words = move |seconds: u32| speech.fill(t::idle::ABOUT, &[&seconds.to_string()]);
    // Every second would be too much to listen to.
    let said =
        derived(move || [10, 30, WARNING_SECONDS].into_iter().find(|mark| seconds_left.get() <= *mark));
    let content = move || {
        let stay = el("button")
            .set("type", "button")
            .class("button primary")
            .set("autofocus", true)
            .on_press(move || open.set(false))
            .say(t::idle::STAY);
        group()
            .child(el("p").set("aria-hidden", "true").child(move || words(seconds_left.get())))
            .child(
                el("p")
                    .class("unseen")
                    .set("id", WORDS)
                    .set("role", "status")
                    .child(move || said.get().map(words)),
            )
            .child(is_at_stake().then(|| el("p").class("notice warn").say(t::idle::AT_STAKE)))
            .child(button_row().child(stay))
    };
    dialog("idle", t::idle::TITLE, open, content).set("aria-describedby", WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: i64, minutes: u32) -> Idle {
        Idle::at(Timestamp(0).plus_seconds(seconds), Timestamp(0), minutes)
    }

    #[test]
    fn a_minute_before_the_end_comes_a_warning() {
        assert_eq!(after(539, 10), Idle::No);
        assert_eq!(after(540, 10), Idle::Nearly { seconds_left: 60 });
        assert_eq!(after(599, 10), Idle::Nearly { seconds_left: 1 });
        assert_eq!(after(600, 10), Idle::Over);
    }

    #[test]
    fn a_night_of_sleep_is_long_enough_at_once() {
        assert_eq!(after(8 * 3600, 10), Idle::Over);
    }

    #[test]
    fn of_a_single_minute_half_goes_by_without_a_warning() {
        assert_eq!(after(29, 1), Idle::No);
        assert_eq!(after(30, 1), Idle::Nearly { seconds_left: 30 });
    }

    #[test]
    fn zero_minutes_mean_never() {
        assert_eq!(after(i64::from(u32::MAX), 0), Idle::No);
    }
}
