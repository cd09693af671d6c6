//! Step 2: six digits of an authenticator app.

use std::time::Duration;

use leptos::prelude::set_timeout;
use wire::{
    Timestamp,
    fields::TotpCode,
    sign_in::{AuthorizeProfile, ProfileCode, Seat},
};

use super::{seat::seat_of_computer, step::Clock, step_form, step_heading};
use crate::{
    browser::{focus_soon, repeatedly},
    components::{
        button::submit,
        el::{El, el, group},
        field::Field,
        form::Form,
        icon::Icon,
    },
    moment::{Calendar, now},
    session::SessionStore,
    signals::{State, effect},
    texts::{Speech, t},
};

/// Between two looks at the clock.
const SECOND: Duration = Duration::from_secs(1);
/// Between the sixth digit and the sending: a scanner's Enter, or somebody's press on the button, comes within it and is not
/// left over for the next step.
const PAUSE: Duration = Duration::from_millis(250);

/// The screen of step 2.
pub fn profile_step(seat: &Seat, clock: Clock) -> El {
    let session = SessionStore::here();
    let form = Form::new(&["code"]);
    let code = State::new(String::new());
    let here = State::new(now());
    repeatedly(SECOND, move || here.set(now()));
    focus_soon("code");

    let send = move || {
        // What a scanner sends on the heels of a refused code takes nothing from the sentence that refuses it.
        if code.with_untracked(String::is_empty) && form.is_refused() {
            return focus_soon("code");
        }
        match code.get_untracked().parse::<TotpCode>() {
            Err(problem) => form.refuse(problem),
            Ok(parsed) => form.send::<AuthorizeProfile>(
                ProfileCode { code: parsed.expose().to_owned() },
                move |reply| {
                    // A code is good for one try: the next one is typed into an empty field.
                    code.try_set(String::new());
                    reply.map(|state| session.enter(state))
                },
            ),
        }
    };
    effect(move || {
        let typed = code.get();
        if typed.parse::<TotpCode>().is_ok() {
            let send_it = move || {
                if code.try_read_untracked().is_some_and(|code| *code == typed) {
                    send();
                }
            };
            set_timeout(send_it, PAUSE);
        }
    });
    let field = Field::code("code", t::sign_in::CODE, code).hint_of(seconds_left(clock, here));
    let fields = step_form(form, send).child(field.show(form)).child(submit(form, t::sign_in::NEXT));
    group()
        .child(step_heading(t::sign_in::PROFILE_TITLE))
        .child(seat_of_computer(seat))
        .child(el("p").class("about").say(t::sign_in::PROFILE_ABOUT))
        .child(clock.is_off().then(|| two_clocks(seat, clock, here)))
        .child(fields)
}

/// How long the present code stands, by the clinic's clock. Whoever listens hears it once, and not each second.
fn seconds_left(clock: Clock, here: State<Timestamp>) -> El {
    let speech = Speech::here();
    let left = move || clock.code_seconds_left(here.get()).to_string();
    let bar = el("progress").set("max", "30").set("value", left);
    let words = el("span").child(move || speech.fill(t::sign_in::CODE_LEFT, &[&left()]));
    el("p")
        .child(el("span").class("unseen").say(t::sign_in::CODE_HINT))
        .child(el("span").class("ticking").set("aria-hidden", "true").child(bar).child(words))
}

/// The clinic's time and the device's side by side, going on.
fn two_clocks(seat: &Seat, clock: Clock, here: State<Timestamp>) -> El {
    let speech = Speech::here();
    let zone = seat.time_zone.clone();
    let both = move || {
        let calendar = Calendar::clock(speech.language(), &zone);
        let clinic = here.get().plus_seconds(clock.ahead_seconds);
        speech.fill(t::sign_in::CLOCK_OFF, &[&calendar.write(clinic), &calendar.write(here.get())])
    };
    let words = el("span")
        .child(el("strong").class("clocks").child(both))
        .child(el("br"))
        .say(t::sign_in::CLOCK_ADVICE);
    el("p").class("notice warn").child(Icon::Alert.show()).child(words)
}
