//! The lock under every order of things: tries that are reserved, settled right or wrong, dropped, and unlocks, at random, beside a
//! plain model that only keeps a list.

use clinic::rules::lockout::{Admission, Place, RESERVATION_LIFETIME_SECONDS, Tally, Verdict};
use proptest::prelude::*;
use wire::{Timestamp, ids::EpisodeId};

/// Schedules that are tried.
const SCHEDULES: u32 = 10_000;
/// Longest schedule.
const ACTS_MAX: usize = 60;
/// The policy that is tried.
const STRIKES_MAX: usize = 5;

#[derive(Clone, Debug)]
enum Act {
    Reserve,
    /// Settles one of those under way, picked by the number.
    Settle {
        pick: usize,
        right: bool,
    },
    /// Time passes, and what is under way may be overdue.
    Pass {
        seconds: i64,
    },
    Unlock,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Reserve),
        5 => (any::<usize>(), prop::bool::weighted(0.25)).prop_map(|(pick, right)| Act::Settle { pick, right }),
        1 => (1..2 * RESERVATION_LIFETIME_SECONDS).prop_map(|seconds| Act::Pass { seconds }),
        1 => Just(Act::Unlock),
    ]
}

/// What happened to each try, in the order of the reservations. No cleverness: the rule is read off this list.
#[derive(Default)]
struct Model {
    tries: Vec<(i64, Timestamp, Outcome)>,
    locked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    UnderWay,
    Right,
    Wrong,
    /// Ended by an unlock or a lock: it counts for nothing.
    Void,
}

impl Model {
    fn since_last_right(&self) -> impl Iterator<Item = &(i64, Timestamp, Outcome)> {
        let last_right = self.tries.iter().rposition(|(_, _, outcome)| *outcome == Outcome::Right);
        self.tries.iter().skip(last_right.map_or(0, |place| place + 1))
    }

    fn count(&self, wanted: Outcome) -> usize {
        self.since_last_right().filter(|(_, _, outcome)| *outcome == wanted).count()
    }

    fn set(&mut self, number: i64, outcome: Outcome) {
        if let Some(one) = self.tries.iter_mut().find(|(other, _, _)| *other == number) {
            one.2 = outcome;
        }
    }

    fn lock_if_struck_out(&mut self) {
        self.locked = self.locked || self.count(Outcome::Wrong) >= STRIKES_MAX;
    }

    fn under_way(&self) -> Vec<i64> {
        let open = self.tries.iter().filter(|(_, _, outcome)| *outcome == Outcome::UnderWay);
        open.map(|(number, _, _)| *number).collect()
    }
}

fn run(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let (mut tally, mut model, mut now) = (Tally::default(), Model::default(), Timestamp(0));
    let place = Place { computer: "Reception 1".into(), address: String::new() };
    let episode = || EpisodeId::from_random([0; 16]);
    for act in acts {
        match act {
            Act::Pass { seconds } => now = now.plus_seconds(seconds),
            Act::Unlock => {
                tally.unlock();
                model = Model { tries: model.tries, locked: false };
                for (_, _, outcome) in &mut model.tries {
                    *outcome = Outcome::Void;
                }
            }
            Act::Reserve => {
                let is_overdue = |at: Timestamp| at.plus_seconds(RESERVATION_LIFETIME_SECONDS) <= now;
                for (_, at, outcome) in &mut model.tries {
                    if *outcome == Outcome::UnderWay && is_overdue(*at) {
                        *outcome = Outcome::Wrong;
                    }
                }
                model.lock_if_struck_out();
                let expected_locked = model.locked;
                let full = model.count(Outcome::Wrong) + model.count(Outcome::UnderWay) >= STRIKES_MAX;
                match tally.reserve(now, place.clone(), episode(), STRIKES_MAX).admission {
                    Admission::Locked => prop_assert!(expected_locked),
                    Admission::Wait => prop_assert!(!expected_locked && full),
                    Admission::Reserved(number) => {
                        prop_assert!(!expected_locked && !full);
                        model.tries.push((number, now, Outcome::UnderWay));
                    }
                }
            }
            Act::Settle { pick, right } => {
                let under_way = model.under_way();
                if under_way.is_empty() {
                    continue;
                }
                let number = under_way[pick % under_way.len()];
                let verdict = tally.settle(number, right, now, episode(), STRIKES_MAX);
                if model.locked {
                    model.set(number, Outcome::Void);
                    prop_assert_eq!(verdict, Verdict::Locked);
                    continue;
                }
                model.set(number, if right { Outcome::Right } else { Outcome::Wrong });
                model.lock_if_struck_out();
                match verdict {
                    Verdict::Right => prop_assert!(right),
                    Verdict::Wrong { strikes_left } => {
                        prop_assert!(!right && !model.locked);
                        prop_assert_eq!(strikes_left as usize, STRIKES_MAX - model.count(Outcome::Wrong));
                    }
                    Verdict::LockedNow => prop_assert!(!right && model.locked),
                    Verdict::Locked | Verdict::Stale => prop_assert!(false, "{:?}", verdict),
                }
            }
        }
        prop_assert_eq!(tally.lock.is_some(), model.locked);
        prop_assert!(
            model.count(Outcome::Wrong) + model.count(Outcome::UnderWay) <= STRIKES_MAX || model.locked
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: SCHEDULES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_schedule_gets_a_sixth_try_or_a_false_lock(acts in prop::collection::vec(act(), 1..ACTS_MAX)) {
        run(acts)?;
    }
}
