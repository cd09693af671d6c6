//! A clock that a test moves, and counts of what the objects did and of passwords that were hashed. Compiled with the feature `trial` alone, which no
//! build that ships switches on: a clock that strangers move would end locks and sessions.
//!
//! Both are kept beside the WebAssembly's objects, in the memory that all of them share: they last as long as the runtime does.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use serde::Serialize;
use wire::Timestamp;
use worker::Request;

/// The header by which the route has an object set its alarm by the clock that was moved.
pub const CLOCK_HEADER: &str = "Wardkey-Trial-Clock";

static AHEAD_MILLIS: AtomicI64 = AtomicI64::new(0);
static OBJECTS_MADE: AtomicU32 = AtomicU32::new(0);
static OBJECTS_WOKEN: AtomicU32 = AtomicU32::new(0);
static PASSWORDS_HASHED: AtomicU32 = AtomicU32::new(0);

/// What was done since the runtime began.
#[derive(Serialize)]
pub struct Doings {
    /// How often a clinic's object was put into memory.
    made: u32,
    /// How often one was handed something to do: a request, an alarm, words of a socket.
    woken: u32,
    /// How often a password was hashed, to be stored or to be looked at.
    hashed: u32,
}

/// Moves the clock forward from now on, or back.
pub fn pass(seconds: i32) {
    AHEAD_MILLIS.fetch_add(i64::from(seconds) * 1000, Ordering::Relaxed);
}

/// What the clock shows when it should show `now`.
pub fn moved(now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_add(AHEAD_MILLIS.load(Ordering::Relaxed)))
}

/// Whether a request to an object tells it that the clock was moved.
pub fn tells_of_clock(request: &Request) -> bool {
    request.headers().get(CLOCK_HEADER).is_ok_and(|told| told.is_some())
}

pub fn note_made() {
    OBJECTS_MADE.fetch_add(1, Ordering::Relaxed);
}

pub fn note_woken() {
    OBJECTS_WOKEN.fetch_add(1, Ordering::Relaxed);
}

pub fn note_hashed() {
    PASSWORDS_HASHED.fetch_add(1, Ordering::Relaxed);
}

pub fn doings() -> Doings {
    let [made, woken, hashed] =
        [&OBJECTS_MADE, &OBJECTS_WOKEN, &PASSWORDS_HASHED].map(|count| count.load(Ordering::Relaxed));
    Doings { made, woken, hashed }
}
