//! The waiting screen of a locked account: it goes on by itself once the owner has unlocked it.

use std::time::Duration;

use wire::sign_in::{GetLock, LockQuery, Seat};

use super::{seat_line, step_heading};
use crate::{
    browser::{focus_soon, on_return, while_visible},
    components::{
        announcer::Announcer,
        el::{El, el, group},
        icon::Icon,
    },
    session::SessionStore,
    signals::State,
    texts::{Speech, t},
};

/// Between two looks at the lock.
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
    let query = LockQuery { login: login.clone() };
    let look = move || {
        if asking.get_untracked() {
            return;
        }
        asking.set(true);
        session.call::<GetLock>(&query, move |reply| {
            // A look that fails is no news: the next one follows.
            if asking.try_set(false) && reply.is_ok_and(|lock| !lock.locked) {
                session.advance(|step| step.unlocked());
            }
        });
    };
    while_visible(LOOK_EVERY, look.clone());
    on_return(look);

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
        .child(waiting)
        .child(switch)
        .child(seat_line(seat))
}
