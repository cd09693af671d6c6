//! Names and what they stand for, one below the other.

use wire::Timestamp;

use crate::{
    components::el::{Child, El, el},
    moment::{Calendar, iso},
    session::SessionStore,
    texts::{Speech, Text},
};

/// One name and what it stands for; the list of them is a `dl`.
pub fn detail(name: Text, content: impl Child) -> El {
    el("div").child(el("dt").say(name)).child(el("dd").child(content))
}

/// A moment in the clinic's time zone.
pub fn moment(at: Timestamp) -> El {
    let speech = Speech::here();
    let zone = SessionStore::here().time_zone();
    el("time").set("datetime", iso(at)).child(move || Calendar::new(speech.language(), &zone).write(at))
}
