//! The lock in every order of things that can happen, not in many of them: tries that are reserved, settled right or wrong, settled
//! twice or never, minutes that pass, and unlocks, with the rules of the product and every state that they can get into.
//!
//! A crash is no act of its own: a transaction that fails leaves what was there, a Worker that dies with a try leaves it under way,
//! and an answer that got lost is asked for again; each of these is one of the ways through here.

use clinic::rules::lockout::{Admission, Place, RESERVATION_LIFETIME_SECONDS, Tally, Verdict};
use stateright::{Checker, Model, Property};
use wire::{Timestamp, ids::EpisodeId};

/// Tries in all.
const TRIES_MAX: usize = 8;
/// Unlocks in all.
const UNLOCKS_MAX: u8 = 1;
/// Times that as long passes as a try may be under way.
const PASSES_MAX: u8 = 1;
/// Tries while it is locked, which are counted, in all.
const TURNED_AWAY_MAX: u8 = 1;
/// Fewer states than these would be another model than this.
const STATES_MIN: usize = 100_000;

/// What has become of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Outcome {
    /// Its password is being looked at, and is right or not; since so many times passed.
    UnderWay { right: bool, since: u8 },
    /// It was right.
    Right,
    /// It was wrong, or nobody settled it in time.
    Wrong,
    /// A lock or an unlock came first: it counts for nothing.
    Void,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    strikes_max: usize,
    /// The records.
    tally: Tally,
    /// Each try, in the order of the reservations.
    tries: Vec<Outcome>,
    locked: bool,
    passes: u8,
    unlocks: u8,
    /// Tries while it is locked.
    turned_away: u8,
    /// An answer that must not have been given.
    broken: Option<&'static str>,
    /// What has come to pass on the way here.
    waited: bool,
    late: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Reserve { right: bool },
    Settle { number: usize },
    Pass,
    Unlock,
}

struct Lockout {
    /// The policy.
    strikes_max: usize,
}

impl State {
    fn now(&self) -> Timestamp {
        Timestamp(0).plus_seconds(i64::from(self.passes) * RESERVATION_LIFETIME_SECONDS)
    }

    fn counted(&self) -> &[Outcome] {
        let last_right = self.tries.iter().rposition(|one| *one == Outcome::Right);
        &self.tries[last_right.map_or(0, |place| place + 1)..]
    }

    fn wrong(&self) -> usize {
        self.counted().iter().filter(|one| **one == Outcome::Wrong).count()
    }

    fn require(&mut self, holds: bool, what: &'static str) {
        if !holds {
            self.broken = Some(what);
        }
    }

    fn lock_if_struck_out(&mut self) -> bool {
        let locks = !self.locked && self.wrong() >= self.strikes_max;
        self.locked |= locks;
        if locks {
            // They have done their work; what counts from the unlock on is what comes after it.
            for one in self.tries.iter_mut().filter(|one| **one == Outcome::Wrong) {
                *one = Outcome::Void;
            }
        }
        locks
    }

    fn reserve(&mut self, right: bool) {
        let last_right = self.tries.iter().rposition(|one| *one == Outcome::Right);
        for (place, one) in self.tries.iter_mut().enumerate() {
            if matches!(one, Outcome::UnderWay { since, .. } if *since < self.passes) {
                *one =
                    if last_right.is_none_or(|last| place > last) { Outcome::Wrong } else { Outcome::Void };
            }
        }
        let began = self.lock_if_struck_out();
        let reserved = self.tally.reserve(self.now(), place(), episode(self.unlocks), self.strikes_max);
        self.require(reserved.lock_began == began, "a lock begins with the last strike and no other");
        match reserved.admission {
            Admission::Reserved(number) => {
                self.require(!self.locked, "no try is let in while it is locked");
                self.require(
                    number as usize == self.tries.len() + 1,
                    "tries are numbered one after the other",
                );
                self.tries.push(Outcome::UnderWay { right, since: self.passes });
            }
            Admission::Wait => {
                self.require(!self.locked, "whoever is locked is told so");
                let under_way = self.counted().iter().any(|one| matches!(one, Outcome::UnderWay { .. }));
                self.require(under_way, "nobody waits where nothing is under way");
                self.waited = true;
            }
            Admission::Locked => {
                self.require(self.locked, "nobody is locked without the strikes for it");
                self.turned_away += 1;
            }
        }
    }

    fn settle(&mut self, number: usize) {
        let place = number - 1;
        let before = self.tally.clone();
        let right = matches!(self.tries[place], Outcome::UnderWay { right: true, .. } | Outcome::Right);
        let verdict =
            self.tally.settle(number as i64, right, self.now(), episode(self.unlocks), self.strikes_max);
        match self.tries[place] {
            Outcome::UnderWay { .. } if self.locked => {
                self.tries[place] = Outcome::Void;
                self.require(verdict == Verdict::Locked, "a right password does not pass a lock");
            }
            Outcome::UnderWay { right: true, .. } => {
                self.late |= self.counted().contains(&Outcome::Wrong);
                self.tries[place] = Outcome::Right;
                self.require(verdict == Verdict::Right, "a right password passes where nothing is locked");
            }
            Outcome::UnderWay { right: false, .. } => {
                self.tries[place] = Outcome::Wrong;
                let expected = match self.lock_if_struck_out() {
                    true => Verdict::LockedNow,
                    false => Verdict::Wrong { strikes_left: (self.strikes_max - self.wrong()) as u32 },
                };
                self.require(verdict == expected, "a wrong password is a strike");
            }
            Outcome::Right | Outcome::Wrong | Outcome::Void => {
                self.require(self.tally == before, "a try is settled once");
                let refused = matches!(verdict, Verdict::Locked | Verdict::Stale);
                self.require(refused, "what was ended passes nothing");
            }
        }
    }
}

fn place() -> Place {
    Place { computer: String::new(), address: String::new() }
}

fn episode(unlocks: u8) -> EpisodeId {
    EpisodeId::from_random([unlocks; 16])
}

impl Model for Lockout {
    type State = State;
    type Action = Act;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            strikes_max: self.strikes_max,
            tally: Tally::default(),
            tries: Vec::new(),
            locked: false,
            passes: 0,
            unlocks: 0,
            turned_away: 0,
            broken: None,
            waited: false,
            late: false,
        }]
    }

    fn actions(&self, state: &State, acts: &mut Vec<Act>) {
        if state.tries.len() < TRIES_MAX && (!state.locked || state.turned_away < TURNED_AWAY_MAX) {
            acts.extend([true, false].map(|right| Act::Reserve { right }));
        }
        // Each of them, in any order, and those that are settled once more.
        acts.extend((1..=state.tries.len()).map(|number| Act::Settle { number }));
        if state.passes < PASSES_MAX {
            acts.push(Act::Pass);
        }
        if state.locked && state.unlocks < UNLOCKS_MAX {
            acts.push(Act::Unlock);
        }
    }

    fn next_state(&self, state: &State, act: Act) -> Option<State> {
        let mut next = state.clone();
        match act {
            Act::Reserve { right } => next.reserve(right),
            Act::Settle { number } => next.settle(number),
            Act::Pass => next.passes += 1,
            Act::Unlock => {
                next.tally.unlock();
                (next.locked, next.unlocks) = (false, next.unlocks + 1);
                next.tries.fill(Outcome::Void);
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::always("every answer is the one that was promised", |_, state: &State| {
                state.broken.is_none()
            }),
            Property::always(
                "no more are looked at between two right ones than the policy says",
                |_, state: &State| {
                    state.counted().iter().filter(|one| **one != Outcome::Void).count() <= state.strikes_max
                },
            ),
            Property::always("a late success erases no failure", |_, state: &State| {
                let strikes = state
                    .tally
                    .tries
                    .iter()
                    .filter(|one| one.wrong && one.number > state.tally.cleared_through);
                state.locked || strikes.count() == state.wrong()
            }),
            Property::always("a lock stands until the unlock", |_, state: &State| {
                state.locked == state.tally.lock.is_some()
            }),
            Property::always("an unlock ends what was begun before", |_, state: &State| {
                !state.tries.iter().all(|one| *one == Outcome::Void) || state.tally.tries.is_empty()
            }),
            Property::sometimes("it locks", |_, state: &State| state.locked),
            Property::sometimes("somebody has to wait", |_, state: &State| state.waited),
            Property::sometimes("a success comes late", |_, state: &State| state.late),
        ];
        if TRIES_MAX >= 2 * self.strikes_max {
            let again = |_: &Lockout, state: &State| state.locked && state.unlocks > 0;
            properties.push(Property::sometimes("it locks again after the unlock", again));
        }
        properties
    }
}

fn check(strikes_max: usize) {
    let checker = Lockout { strikes_max }.checker().threads(2).spawn_bfs().join();
    println!("{} states with {strikes_max} strikes", checker.unique_state_count());
    checker.assert_properties();
    assert!(checker.is_done(), "states were left out");
    assert!(checker.unique_state_count() > STATES_MIN, "{}", checker.unique_state_count());
}

#[test]
fn the_lock_has_no_bad_state() {
    check(5);
}

#[test]
fn the_lock_has_no_bad_state_where_fewer_strikes_lock_again_and_again() {
    check(3);
}
