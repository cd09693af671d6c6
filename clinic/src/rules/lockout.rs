//! Five wrong passwords in a row lock an account; only the owner's PIN opens it.
//!
//! A try is *reserved* before its password is hashed, and counts as a strike until it turns out right. So no more than
//! `strikes_max` passwords (a policy, five unless the clinic says otherwise) can be looked at between two right ones, however
//! many are sent at once. Tries are numbered in the order of their reservation: a right password clears the strikes up to its
//! own number and none behind it.

use wire::{Timestamp, ids::EpisodeId};

/// A reservation that was not settled by then counts as a wrong password: whoever drops the connection pays for the try.
pub const RESERVATION_LIFETIME_SECONDS: i64 = 60;
/// So many locks with no right password in between: whoever it is does not know their password.
pub const LOCKS_IN_A_ROW: u32 = 2;

/// The tries at one login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    /// The number of the last reserved try; they are counted from 1.
    pub last: i64,
    /// Tries up to this number precede a right password and are no strikes.
    pub cleared_through: i64,
    /// Tries that are under way or were wrong, in the order of their numbers.
    pub tries: Vec<Try>,
    /// The lock, if there is one.
    pub lock: Option<Lock>,
    /// Locks since the last right password. Whoever ended them, and however, does not matter.
    pub locks: u32,
}

/// A try that is under way or was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Try {
    /// Its number.
    pub number: i64,
    /// When it was reserved.
    pub reserved_at: Timestamp,
    /// Where it was typed.
    pub place: Place,
    /// Whether it turned out wrong; otherwise it is under way.
    pub wrong: bool,
}

/// Where a password is typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The computer's label.
    pub computer: String,
    /// The network address; empty when unknown.
    pub address: String,
}

/// A lock episode.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lock {
    /// When it began.
    pub since: Timestamp,
    /// Its id, to which PINs and mails are bound.
    pub episode: EpisodeId,
    /// Where the last strike was typed.
    pub place: Place,
    /// Tries since it began.
    pub tries_since: u32,
}

/// What the rules say to one who wants to try a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Look at the password, then settle the try of this number.
    Reserved(i64),
    /// As many tries are under way as strikes remain. Ask again when one has been settled.
    Wait,
    /// Locked; do not look at the password.
    Locked,
}

/// What the rules say once it is known whether a password was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right, and nothing stands in the way.
    Right,
    /// Wrong; so many strikes remain before the lock.
    Wrong {
        /// Strikes that remain.
        strikes_left: u32,
    },
    /// Wrong, and the last strike: the account is locked from now on.
    LockedNow,
    /// The account was locked meanwhile; whether the password was right does not matter.
    Locked,
    /// The try had been counted as wrong, or given up by an unlock, before it was settled.
    Stale,
}

/// What follows from asking for a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// Whether the password may be looked at.
    pub admission: Admission,
    /// Tries that nobody settled in time and that count as wrong from now on: each owes its activity.
    pub overdue: Vec<Try>,
    /// Whether one of them was the last strike, so that the lock's activity and mails are owed.
    pub lock_began: bool,
}

impl Tally {
    /// Asks for a try. `episode` is the episode that begins if an overdue try turns out to have been the last strike.
    pub fn reserve(
        &mut self,
        now: Timestamp,
        place: Place,
        episode: EpisodeId,
        strikes_max: usize,
    ) -> Reserved {
        let overdue = self.count_overdue(now);
        let lock_began = overdue
            .last()
            .is_some_and(|last| self.lock_if_struck_out(now, &last.place, episode, strikes_max));
        let admission = if let Some(lock) = &mut self.lock {
            lock.tries_since = lock.tries_since.saturating_add(1);
            Admission::Locked
        } else if self.strikes() >= strikes_max && self.strikes() > self.wrong() {
            Admission::Wait
        } else {
            // Where the policy was tightened, the strikes may suffice already: a lock still needs a wrong password.
            self.last += 1;
            self.tries.push(Try { number: self.last, reserved_at: now, place, wrong: false });
            Admission::Reserved(self.last)
        };
        Reserved { admission, overdue, lock_began }
    }

    /// Settles a try. `episode` is the episode that begins if it was the last strike.
    pub fn settle(
        &mut self,
        number: i64,
        right: bool,
        now: Timestamp,
        episode: EpisodeId,
        strikes_max: usize,
    ) -> Verdict {
        let Some(index) = self.tries.iter().position(|t| t.number == number && !t.wrong) else {
            return if self.lock.is_some() { Verdict::Locked } else { Verdict::Stale };
        };
        let settled = self.tries.remove(index);
        if self.lock.is_some() {
            return Verdict::Locked;
        }
        if right {
            self.clear_through(number);
            self.locks = 0;
            return Verdict::Right;
        }
        // Where a right password was reserved later, this one came before it and is no strike.
        if settled.counts(self.cleared_through) {
            self.tries.insert(index, Try { wrong: true, ..settled.clone() });
        }
        if self.lock_if_struck_out(now, &settled.place, episode, strikes_max) {
            return Verdict::LockedNow;
        }
        Verdict::Wrong { strikes_left: strikes_max.saturating_sub(self.wrong()) as u32 }
    }

    /// Whether it was locked again without a right password in between: then a new password helps, and more tries do not.
    pub fn is_locked_in_a_row(&self) -> bool {
        self.locks >= LOCKS_IN_A_ROW
    }

    /// Ends the lock and forgets every try, those under way too: what was begun before the unlock ends with it.
    pub fn unlock(&mut self) {
        self.lock = None;
        self.tries.clear();
        self.cleared_through = self.last;
    }

    /// Strikes, counting those under way: a try is a strike until it turns out right.
    fn strikes(&self) -> usize {
        self.tries.iter().filter(|t| t.counts(self.cleared_through)).count()
    }

    fn wrong(&self) -> usize {
        self.tries.iter().filter(|t| t.wrong && t.counts(self.cleared_through)).count()
    }

    fn clear_through(&mut self, number: i64) {
        self.cleared_through = self.cleared_through.max(number);
        let cleared_through = self.cleared_through;
        self.tries.retain(|t| !t.wrong || t.counts(cleared_through));
    }

    fn count_overdue(&mut self, now: Timestamp) -> Vec<Try> {
        // One of a clock that was ahead would stay under way for as long as that, and keep out whoever has the right password.
        let is_overdue = |t: &Try| {
            let (began, lifetime) = (t.reserved_at, RESERVATION_LIFETIME_SECONDS);
            !t.wrong && (began.plus_seconds(lifetime) <= now || now.plus_seconds(lifetime) < began)
        };
        let cleared_through = self.cleared_through;
        self.tries.retain(|t| !is_overdue(t) || t.counts(cleared_through));
        let mut overdue = Vec::new();
        for t in self.tries.iter_mut().filter(|t| is_overdue(t)) {
            t.wrong = true;
            overdue.push(t.clone());
        }
        overdue
    }

    fn lock_if_struck_out(
        &mut self,
        now: Timestamp,
        place: &Place,
        episode: EpisodeId,
        strikes_max: usize,
    ) -> bool {
        if self.lock.is_some() || self.wrong() < strikes_max {
            return false;
        }
        self.lock = Some(Lock { since: now, episode, place: place.clone(), tries_since: 0 });
        self.tries.retain(|t| !t.wrong);
        self.locks = self.locks.saturating_add(1);
        true
    }
}

impl Try {
    /// Whether no right password was reserved behind it, so that it is a strike unless it turns out right.
    fn counts(&self, cleared_through: i64) -> bool {
        self.number > cleared_through
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);
    const STRIKES_MAX: usize = 5;

    fn place(computer: &str) -> Place {
        Place { computer: computer.into(), address: String::new() }
    }

    fn episode() -> EpisodeId {
        EpisodeId::from_random([0; 16])
    }

    fn reserve(tally: &mut Tally) -> Admission {
        tally.reserve(NOW, place("Reception 1"), episode(), STRIKES_MAX).admission
    }

    fn reserved(tally: &mut Tally) -> i64 {
        match reserve(tally) {
            Admission::Reserved(number) => number,
            other => panic!("expected a reservation, got {other:?}"),
        }
    }

    fn settle(tally: &mut Tally, number: i64, right: bool) -> Verdict {
        tally.settle(number, right, NOW, episode(), STRIKES_MAX)
    }

    fn wrong(tally: &mut Tally) -> Verdict {
        let number = reserved(tally);
        settle(tally, number, false)
    }

    #[test]
    fn fifth_wrong_password_locks() {
        let mut tally = Tally::default();
        for strikes_left in [4, 3, 2, 1] {
            assert_eq!(wrong(&mut tally), Verdict::Wrong { strikes_left });
        }
        assert_eq!(wrong(&mut tally), Verdict::LockedNow);
        assert_eq!(reserve(&mut tally), Admission::Locked);
        assert_eq!(tally.lock.unwrap().tries_since, 1);
    }

    #[test]
    fn right_password_clears_the_count() {
        let mut tally = Tally::default();
        for _ in 0..4 {
            wrong(&mut tally);
        }
        let number = reserved(&mut tally);
        assert_eq!(settle(&mut tally, number, true), Verdict::Right);
        assert_eq!(wrong(&mut tally), Verdict::Wrong { strikes_left: 4 });
    }

    #[test]
    fn no_sixth_try_is_looked_at_while_five_are_under_way() {
        let mut tally = Tally::default();
        for _ in 0..STRIKES_MAX {
            reserved(&mut tally);
        }
        assert_eq!(reserve(&mut tally), Admission::Wait);
    }

    #[test]
    fn late_success_erases_no_later_failure() {
        let mut tally = Tally::default();
        let early = reserved(&mut tally);
        for _ in 0..4 {
            wrong(&mut tally);
        }
        assert_eq!(settle(&mut tally, early, true), Verdict::Right);
        assert_eq!(wrong(&mut tally), Verdict::LockedNow, "four strikes behind the late success still stand");
    }

    #[test]
    fn late_failure_before_a_success_is_no_strike() {
        let mut tally = Tally::default();
        let early = reserved(&mut tally);
        let later = reserved(&mut tally);
        assert_eq!(settle(&mut tally, later, true), Verdict::Right);
        assert_eq!(settle(&mut tally, early, false), Verdict::Wrong { strikes_left: 5 });
        assert!(tally.tries.is_empty(), "nothing is kept of it");
    }

    #[test]
    fn tries_up_to_a_right_password_are_no_strikes_and_those_behind_it_are() {
        for wrong in [false, true] {
            let try_of = |number| Try { number, reserved_at: NOW, place: place("Office"), wrong };
            let tries = (1..=6).map(try_of).collect();
            let mut tally = Tally { last: 6, cleared_through: 3, tries, ..Tally::default() };
            assert_eq!(reserve(&mut tally), Admission::Reserved(7), "three strikes of five");
            let verdict = if wrong { 1 } else { 4 };
            assert_eq!(settle(&mut tally, 7, false), Verdict::Wrong { strikes_left: verdict });
        }
    }

    #[test]
    fn several_right_passwords_at_once_all_pass() {
        let mut tally = Tally::default();
        let (mut passed, mut waiting) = (0, 20);
        let mut under_way = Vec::new();
        while waiting + under_way.len() > 0 {
            while waiting > 0 {
                match reserve(&mut tally) {
                    Admission::Reserved(number) => under_way.push(number),
                    Admission::Wait => break,
                    Admission::Locked => panic!("a false lock"),
                }
                waiting -= 1;
            }
            // The newest first: the order of the answers must not matter.
            if let Some(number) = under_way.pop() {
                assert_eq!(settle(&mut tally, number, true), Verdict::Right);
                passed += 1;
            }
        }
        assert_eq!(passed, 20);
    }

    #[test]
    fn right_password_after_the_lock_does_not_pass() {
        let mut tally = Tally::default();
        let old = reserved(&mut tally);
        let right = reserved(&mut tally);
        assert_eq!(settle(&mut tally, right, true), Verdict::Right);
        for _ in 0..STRIKES_MAX {
            wrong(&mut tally);
        }
        assert_eq!(tally.tries.len(), 1, "strikes go with the lock, what is under way stays");
        assert_eq!(settle(&mut tally, old, true), Verdict::Locked);
        assert!(tally.lock.is_some());
    }

    #[test]
    fn dropped_connections_cost_their_strikes() {
        let mut tally = Tally::default();
        for _ in 0..STRIKES_MAX {
            reserved(&mut tally);
        }
        let later = NOW.plus_seconds(RESERVATION_LIFETIME_SECONDS);
        let first = tally.reserve(later, place("Office"), episode(), STRIKES_MAX);
        assert_eq!(
            (first.admission, first.overdue.len(), first.lock_began),
            (Admission::Locked, STRIKES_MAX, true)
        );
        assert_eq!(
            tally.lock.as_ref().unwrap().place,
            place("Reception 1"),
            "where they were typed, not found"
        );
        let second = tally.reserve(later, place("Office"), episode(), STRIKES_MAX);
        assert_eq!((second.overdue.len(), second.lock_began), (0, false), "it locks once");
    }

    #[test]
    fn a_try_of_a_clock_that_was_ahead_is_under_way_no_longer_than_any_other() {
        let lifetime = RESERVATION_LIFETIME_SECONDS;
        for (seconds_ahead, overdue) in [(0, 0), (lifetime, 0), (lifetime + 1, 1), (2 * lifetime, 1)] {
            let mut tally = Tally::default();
            let ahead = NOW.plus_seconds(seconds_ahead);
            tally.reserve(ahead, place("Reception 1"), episode(), STRIKES_MAX);
            let put_right = tally.reserve(NOW, place("Office"), episode(), STRIKES_MAX);
            assert_eq!(put_right.overdue.len(), overdue, "{seconds_ahead} s ahead");
        }
    }

    #[test]
    fn a_tightened_policy_locks_at_the_next_wrong_password_and_not_before() {
        let mut tally = Tally::default();
        for _ in 0..4 {
            wrong(&mut tally);
        }
        for right in [true, false] {
            let mut tally = tally.clone();
            let Admission::Reserved(number) = tally.reserve(NOW, place("Office"), episode(), 3).admission
            else {
                panic!("one try must be let in");
            };
            assert_eq!(tally.reserve(NOW, place("Office"), episode(), 3).admission, Admission::Wait);
            let verdict = if right { Verdict::Right } else { Verdict::LockedNow };
            assert_eq!(tally.settle(number, right, NOW, episode(), 3), verdict);
        }
    }

    #[test]
    fn a_try_is_settled_once() {
        let mut tally = Tally::default();
        let number = reserved(&mut tally);
        assert_eq!(settle(&mut tally, number, false), Verdict::Wrong { strikes_left: 4 });
        assert_eq!(settle(&mut tally, number, false), Verdict::Stale);
        assert_eq!(settle(&mut tally, number, true), Verdict::Stale);
    }

    #[test]
    fn unlock_gives_five_new_strikes_and_ends_what_was_under_way() {
        let mut tally = Tally::default();
        let old = reserved(&mut tally);
        let right = reserved(&mut tally);
        settle(&mut tally, right, true);
        for _ in 0..STRIKES_MAX {
            wrong(&mut tally);
        }
        tally.unlock();
        assert_eq!(settle(&mut tally, old, true), Verdict::Stale);
        assert_eq!(wrong(&mut tally), Verdict::Wrong { strikes_left: 4 });
    }

    fn strike_out(tally: &mut Tally) {
        assert!((0..STRIKES_MAX).any(|_| wrong(tally) == Verdict::LockedNow));
    }

    #[test]
    fn two_locks_are_in_a_row_unless_a_right_password_came_between() {
        let mut tally = Tally::default();
        for again in [false, true, true] {
            strike_out(&mut tally);
            assert_eq!(tally.is_locked_in_a_row(), again);
            tally.unlock();
            assert_eq!(tally.is_locked_in_a_row(), again, "the advice stands once it is active again");
        }
        let number = reserved(&mut tally);
        settle(&mut tally, number, true);
        strike_out(&mut tally);
        assert!(!tally.is_locked_in_a_row());
    }
}
