//! The waiting screen of a locked account: it goes on by itself once the account is unlocked, by somebody or by the clock.

use std::time::Duration;

use wire::sign_in::{GetLock, LockQuery, LockState, Seat};

use super::{seat::seat_line, step_heading};
use crate::{
    browser::{focus_soon, on_return, while_visible},
    components::{
        announcer::Announcer,
        el::{El, el, group},
        icon::Icon,
        notice::note,
    },
    live,
    moment::Calendar,
    session::SessionStore,
    signals::State,
    texts::{Speech, t},
};

/// Between two looks at the lock, where no socket tells of its end.
const LOOK_EVERY: Duration = Duration::from_secs(4);

/// The screen that waits.
pub fn locked_step(seat: &Seat, login: String) -> El {
    let session = SessionStore::here();
    let speech = Speech::here();
    let (title, about) =
        (speech.text_now(t::sign_in::LOCKED_TITLE), speech.text_now(t::sign_in::LOCKED_ABOUT));
    Announcer::here().alert(format!("{title}. {about}"));
    focus_soon("heading");

    let asking = State::new(false);
    let told = State::new(None::<LockState>);
    let query = LockQuery { login: login.clone() };
    let look = move || {
        if asking.get_untracked() {
            return;
        }
        asking.set(true);
        session.call::<GetLock>(&query, move |reply| {
            // A look that fails is no news: the next one follows.
            let (true, Ok(lock)) = (asking.try_set(false), reply) else { return };
            if !lock.locked {
                session.advance(|step| step.unlocked(lock.again));
            } else if told.with_untracked(|told| told.as_ref() != Some(&lock)) {
                told.set(Some(lock));
            }
        });
    };
    look();
    on_return(look.clone());
    while_visible(LOOK_EVERY, move || {
        if !live::stands() {
            look();
        }
    });
    let zone = seat.time_zone.clone();
    let prospect = move || {
        let lock = told.get()?;
        let until = lock.until.map(|at| {
            let clock = Calendar::clock(speech.language(), &zone).write(at);
            el("p").child(speech.fill(t::sign_in::LOCKED_UNTIL, &[&clock]))
        });
        Some(group().child(until).child(lock.again.then(|| note(t::sign_in::LOCKED_AGAIN))))
    };

    let person = el("div")
        .class("person")
        .child(el("span").class("initials bad").child(Icon::Lock.show()))
        .child(el("p").child(el("strong").class("login").child(login)));
    let waiting = el("p")
        .class("waiting")
        .child(el("span").class("spinner").set("aria-hidden", "true"))
        .say(t::sign_in::LOCKED_WAITING);
    let switch = el("button")
        .set("type", "button")
        .class("button")
        .on_press(move || session.advance(|step| step.switched()))
        .say(t::shell::SWITCH_USER);
    group()
        .child(step_heading(t::sign_in::LOCKED_TITLE))
        .child(person)
        .child(el("p").say(t::sign_in::LOCKED_ABOUT))
        .child(el("p").say(t::sign_in::LOCKED_FORGOT))
        .child(el("div").class("prospect").set("role", "status").child(prospect))
        .child(waiting)
        .child(switch)
        .child(seat_line(seat))
}
