//! The clinic's socket: it says that something has changed, and the screen looks again. A revoked computer and a removed
//! account are out within a second, and not at the next press.

use std::{cell::Cell, time::Duration};

use js_sys::{Array, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, WebSocket};
use wire::{
    Timestamp,
    live::{LIVE_PATH, PING, PONG},
    proof::SOCKET_PROTOCOL,
};

use crate::{
    api::socket_proof,
    browser::{chance, on_return, socket_address, tell_page, tell_page_of_log, while_visible},
    moment::now,
    session::SessionStore,
    signals::{derived, effect},
};

/// Between two looks while there is no socket, and between two questions to the one there is.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The first wait before a socket is opened again; each further one is twice as long.
const WAIT_MILLIS_MIN: u32 = 1_000;
const WAIT_MILLIS_MAX: u32 = 30_000;
/// A socket that stood for so long was a good one: the waits begin anew.
const GOOD_AFTER_SECONDS: i64 = 10;
/// Whatever changes within this time is looked at once, and not by all screens of a clinic in the same moment.
const LOOK_WITHIN_MILLIS: f64 = 250.0;

/// How `Live::NewActivity` can be told from the rest: to read the type would weigh more than all of this file.
const NEW_ACTIVITY: &str = "new_activity";

thread_local! {
    static STANDS: Cell<bool> = const { Cell::new(false) };
}

/// What hears.
#[derive(Clone, Copy)]
struct Ear {
    session: SessionStore,
    socket: StoredValue<Option<WebSocket>, LocalStorage>,
    /// Which socket is meant. What an older one says no longer counts.
    round: StoredValue<u32>,
    /// How many were lost, one after the other.
    lost: StoredValue<u32>,
    opened_at: StoredValue<Timestamp>,
    /// Whether the line was asked for a sign of life, and has given none yet.
    asked: StoredValue<bool>,
    /// Whether a look is due already.
    due: StoredValue<bool>,
    /// The same for the log.
    log_due: StoredValue<bool>,
}

/// Listens from now on, whenever step 1 is done. Who may hear what changes with the person who is signed in, so that each
/// gets a socket of their own.
pub fn listen(session: SessionStore) {
    let ear = Ear {
        session,
        socket: StoredValue::new_local(None),
        round: StoredValue::new(0),
        lost: StoredValue::new(0),
        opened_at: StoredValue::new(Timestamp::default()),
        asked: StoredValue::new(false),
        due: StoredValue::new(false),
        log_due: StoredValue::new(false),
    };
    let audience = derived(move || session.audience());
    effect(move || {
        // A memo that is only tracked is never made, and would never tell.
        audience.get();
        ear.lost.set_value(0);
        ear.open();
    });
    on_return(move || {
        if !ear.is_open() {
            ear.open();
        }
    });
    while_visible(LOOK_EVERY, move || {
        if ear.is_open() {
            ear.ask();
        } else {
            tell_page();
        }
    });
}

/// Whether changes are told of, so that nobody needs to ask for them.
pub fn stands() -> bool {
    STANDS.get()
}

impl Ear {
    fn is_open(self) -> bool {
        let state = self.socket.with_value(|socket| socket.as_ref().map(WebSocket::ready_state));
        matches!(state, Some(WebSocket::CONNECTING | WebSocket::OPEN))
    }

    /// Asks the line for a sign of life, which the platform gives without waking the clinic. A line that gave none since it was
    /// asked last is dead, and nobody else would say so.
    fn ask(self) {
        if self.asked.get_value() {
            self.lost.set_value(1);
            return self.open();
        }
        self.asked.set_value(true);
        self.socket.with_value(|socket| socket.as_ref().map(|socket| socket.send_with_str(PING).ok()));
    }

    /// Opens a socket in place of the one there is.
    fn open(self) {
        STANDS.set(false);
        self.asked.set_value(false);
        self.round.update_value(|round| *round = round.wrapping_add(1));
        let round = self.round.get_value();
        if let Some(old) = self.socket.try_update_value(Option::take).flatten() {
            old.close().ok();
        }
        if untrack(|| self.session.audience()).is_none() {
            return;
        }
        spawn_local(async move {
            let proof = socket_proof(LIVE_PATH).await;
            if self.round.try_get_value() == Some(round) {
                self.connect(round, proof);
            }
        });
    }

    fn connect(self, round: u32, proof: Option<String>) {
        let protocols =
            proof.map(|proof| [SOCKET_PROTOCOL, &proof].map(JsValue::from).into_iter().collect::<Array>());
        let opened = |address: String| match protocols {
            Some(protocols) => WebSocket::new_with_str_sequence(&address, &protocols).ok(),
            None => WebSocket::new(&address).ok(),
        };
        let Some(socket) = socket_address(LIVE_PATH).and_then(opened) else { return self.wait(round) };
        self.on(&socket, "open", round, Ear::opened);
        self.on(&socket, "message", round, Ear::heard);
        self.on(&socket, "close", round, Ear::closed);
        self.socket.set_value(Some(socket));
    }

    fn on(self, socket: &WebSocket, event: &str, round: u32, call: fn(Ear, &Event)) {
        let heard = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            if self.round.try_get_value() == Some(round) {
                call(self, &event);
            }
        });
        socket.add_event_listener_with_callback(event, heard.into_js_value().unchecked_ref()).ok();
    }

    /// What changed before the socket stood was heard by nobody.
    fn opened(self, _: &Event) {
        STANDS.set(true);
        // While it was being opened it could be asked for nothing.
        self.asked.set_value(false);
        self.opened_at.set_value(now());
        if self.lost.get_value() == 0 {
            self.session.refresh();
        } else {
            self.look();
        }
    }

    /// A newer Worker may say what this page does not know: then something has changed.
    fn heard(self, event: &Event) {
        let said = Reflect::get(event, &"data".into()).ok().and_then(|data| data.as_string());
        self.asked.set_value(false);
        if said.as_deref() == Some(PONG) {
            return;
        }
        match said.is_some_and(|said| said.contains(NEW_ACTIVITY)) {
            true => soon(self.log_due, tell_page_of_log),
            false => self.look(),
        }
    }

    fn look(self) {
        soon(self.due, tell_page);
    }

    fn closed(self, _: &Event) {
        STANDS.set(false);
        self.socket.set_value(None);
        let opened_at = self.opened_at.try_update_value(std::mem::take).unwrap_or_default();
        if opened_at != Timestamp::default() && opened_at.plus_seconds(GOOD_AFTER_SECONDS) < now() {
            self.lost.set_value(0);
        }
        self.wait(self.round.get_value());
    }

    /// Tries again, later each time.
    fn wait(self, round: u32) {
        let lost = self.lost.get_value();
        self.lost.set_value(lost.saturating_add(1));
        let again = move || {
            if self.round.get_value() == round {
                self.open();
            }
        };
        set_timeout(again, millis(f64::from(wait_millis(lost)) * (0.5 + chance() / 2.0)));
    }
}

/// Calls once a little later, however often it is asked to meanwhile.
fn soon(due: StoredValue<bool>, call: fn()) {
    if due.get_value() {
        return;
    }
    due.set_value(true);
    let call = move || {
        due.set_value(false);
        call();
    };
    set_timeout(call, millis(chance() * LOOK_WITHIN_MILLIS));
}

fn millis(millis: f64) -> Duration {
    Duration::from_secs_f64(millis / 1000.0)
}

fn wait_millis(lost: u32) -> u32 {
    let doubled = WAIT_MILLIS_MIN.saturating_mul(1_u32.checked_shl(lost).unwrap_or(u32::MAX));
    doubled.min(WAIT_MILLIS_MAX)
}

#[cfg(test)]
mod tests {
    use wire::live::Live;

    use super::*;

    #[test]
    fn growth_of_the_log_is_told_from_the_rest() {
        let says = |live: &Live| serde_json::to_string(live).unwrap().contains(NEW_ACTIVITY);
        assert!(says(&Live::NewActivity) && !says(&Live::LookAgain));
    }

    #[test]
    fn waits_double_up_to_half_a_minute() {
        assert_eq!([0, 1, 2, 4, 5, 6].map(wait_millis), [1_000, 2_000, 4_000, 16_000, 30_000, 30_000]);
        assert_eq!(wait_millis(31), WAIT_MILLIS_MAX);
        assert_eq!(wait_millis(u32::MAX), WAIT_MILLIS_MAX);
    }
}
