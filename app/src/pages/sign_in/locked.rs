//! The waiting screen of a locked account: it goes on by itself once the owner has unlocked it.

use std::time::Duration;

use leptos::prelude::*;
use wire::sign_in::{GetLock, LockQuery, Seat};

use super::{SeatLine, StepHeading};
use crate::{
    browser::{focus_soon, on_return, while_visible},
    components::{announcer::Announcer, icon::Icon},
    session::SessionStore,
    texts::{Speech, say},
};

/// Between two looks at the lock.
const LOOK_EVERY: Duration = Duration::from_secs(4);

/// The screen that waits.
#[component]
pub fn LockedStep(seat: Seat, login: String) -> impl IntoView {
    let session = SessionStore::here();
    let speech = Speech::here();
    let texts = &speech.texts_now().sign_in;
    Announcer::here().alert(format!("{}. {}", texts.locked_title, texts.locked_about));
    focus_soon("heading");

    let asking = RwSignal::new(false);
    let query = LockQuery { login: login.clone() };
    let look = move || {
        if asking.get_untracked() {
            return;
        }
        asking.set(true);
        session.call::<GetLock>(&query, move |reply| {
            // A look that fails is no news: the next one follows.
            if asking.try_set(false).is_none() && reply.is_ok_and(|lock| !lock.locked) {
                session.advance(|step| step.unlocked());
            }
        });
    };
    while_visible(LOOK_EVERY, look.clone());
    on_return(look);

    view! {
        <StepHeading text=|t| t.sign_in.locked_title />
        <div class="person">
            <span class="initials bad">{Icon::Lock.show()}</span>
            <p><strong class="login">{login}</strong></p>
        </div>
        <p>{say(|t| t.sign_in.locked_about)}</p>
        <p>{say(|t| t.sign_in.locked_forgot)}</p>
        <p class="waiting"><span class="spinner" aria-hidden="true"></span>{say(|t| t.sign_in.locked_waiting)}</p>
        <button type="button" class="button" on:click=move |_| session.advance(|step| step.switched())>
            {say(|t| t.shell.switch_user)}
        </button>
        <SeatLine seat />
    }
}
