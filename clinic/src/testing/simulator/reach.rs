//! Whether a simulation came by everything that it is there for.

use std::collections::BTreeMap;

/// How often each thing has happened.
#[derive(Clone, Debug, Default)]
pub struct Reach(BTreeMap<&'static str, u64>);

/// Everything that has to happen, or the simulation has looked at nothing.
pub const WANTED: [&str; 53] = [
    "a call is delivered twice",
    "a case is opened",
    "a case is looked up",
    "a case is looked up again",
    "a case is taken back",
    "a case unlocks",
    "a clock is set back",
    "a code is refused because it was used",
    "a code is wrong",
    "a computer rests",
    "a computer is revoked",
    "a computer gets a new form",
    "a link resets a password",
    "a lock begins with a wrong password",
    "a lock begins with tries that nobody settled",
    "a lock ends by itself",
    "a lock of a login that nobody has",
    "a login is refused because it is somebody's",
    "a mail is accepted",
    "a mail is accepted again",
    "a mail is accepted unheard",
    "a mail is given up",
    "a mail is put off",
    "a mail is refused",
    "a mail is sent again",
    "a mail is tried again",
    "a password of one's own is chosen",
    "a PIN is mailed",
    "a PIN is spent",
    "a PIN is wrong",
    "a PIN of before is refused",
    "a PIN unlocks",
    "a question is answered yes",
    "a right password comes late",
    "a right password comes while it is locked",
    "a session begins",
    "a statement fails",
    "a try at a locked login",
    "a try at somebody who was removed meanwhile",
    "a try has to wait",
    "a try is settled twice",
    "a try waits for its turn",
    "a try would wait too long for its turn",
    "access is restored",
    "an emergency is none",
    "an object starts anew",
    "an owner is unlocked in an emergency",
    "codes pause",
    "policies change",
    "somebody is added",
    "somebody is brought back",
    "somebody is removed",
    "somebody's role changes",
];

impl Reach {
    /// It has happened.
    pub fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Adds what happened elsewhere.
    pub fn add(&mut self, other: &Reach) {
        for (what, times) in &other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    /// What has never happened.
    pub fn missed(&self) -> Vec<&'static str> {
        WANTED.into_iter().filter(|what| !self.0.contains_key(what)).collect()
    }

    /// What has happened how often.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(what, times)| (*what, *times))
    }
}
