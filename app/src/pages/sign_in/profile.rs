//! Step 2: six digits of an authenticator app.

use std::time::Duration;

use wire::{
    fields::TotpCode,
    sign_in::{AuthorizeProfile, ProfileCode, Seat},
};

use super::{seat_line, step::Clock, step_form, step_heading};
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
    signals::State,
    texts::{Speech, t},
};

/// Between two looks at the clock.
const SECOND: Duration = Duration::from_secs(1);

/// The screen of step 2.
pub fn profile_step(seat: &Seat, clock: Clock) -> El {
    let session = SessionStore::here();
    let form = Form::new(&["code"]);
    let code = State::new(String::new());
    focus_soon("code");

    let send = move || {
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
    let field = Field::code("code", t::sign_in::CODE, code).hint(t::sign_in::CODE_HINT);
    let fields = step_form(form, send).child(field.show(form)).child(submit(form, t::sign_in::NEXT));
    group()
        .child(step_heading(t::sign_in::PROFILE_TITLE))
        .child(seat_line(seat))
        .child(el("p").class("about").say(t::sign_in::PROFILE_ABOUT))
        .child(clock.is_off().then(|| two_clocks(seat, clock)))
        .child(fields)
}

/// The clinic's time and the device's side by side, going on.
fn two_clocks(seat: &Seat, clock: Clock) -> El {
    let speech = Speech::here();
    let zone = seat.time_zone.clone();
    let here = State::new(now());
    repeatedly(SECOND, move || here.set(now()));
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
