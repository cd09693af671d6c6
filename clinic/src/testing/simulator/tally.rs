//! What the lock of a login must do, read off a plain list of its tries. No cleverness: it is written from what was promised, and
//! not from `rules::lockout`.

use wire::Timestamp;

/// A try that nobody has settled after so many seconds counts as wrong.
const OVERDUE_SECONDS: i64 = 60;

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its password is being looked at.
    UnderWay,
    /// It was right.
    Right,
    /// It was wrong, or was never settled.
    Wrong,
    /// A lock or an unlock ended it: it counts for nothing.
    Void,
}

/// A try, in the order of their reservations.
#[derive(Clone, Debug)]
pub struct Try {
    /// The number that it got.
    pub number: i64,
    /// When it was reserved.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Since when.
    pub since: Timestamp,
    /// Which of this login's locks it is.
    pub episode: u32,
}

/// What must be answered to whoever wants to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The password is looked at.
    Check,
    /// Too many are under way.
    Wait,
    /// Locked.
    Locked,
}

/// What must be answered when a password has been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Right,
    /// It is wrong, with so many tries left.
    Wrong(usize),
    /// It was the last strike.
    LockedNow,
    /// It is locked.
    Locked,
    /// It is asked for anew.
    Busy,
}

/// The tries at a login.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// All of them since it was last unlocked.
    pub tries: Vec<Try>,
    /// The lock.
    pub lock: Option<Lock>,
    /// How many locks there were.
    pub episodes: u32,
    /// When it was last touched, by the latest clock that was seen.
    pub touched: Timestamp,
    /// The most strikes that the policy has allowed since the last right password or unlock.
    pub strikes_allowed: usize,
    /// Passwords that were looked at since then.
    pub looked_at: usize,
}

impl Tally {
    /// The tries that count: those behind the last right one.
    pub fn counted(&self) -> impl Iterator<Item = &Try> {
        let last_right = self.tries.iter().rposition(|one| one.outcome == Outcome::Right);
        self.tries.iter().skip(last_right.map_or(0, |place| place + 1))
    }

    fn count(&self, wanted: Outcome) -> usize {
        self.counted().filter(|one| one.outcome == wanted).count()
    }

    /// Somebody wants to try. Tells whether a lock began, for tries that nobody has settled.
    pub fn reserve(&mut self, now: Timestamp, strikes_max: usize) -> (Admission, bool) {
        let last_right = self.tries.iter().rposition(|one| one.outcome == Outcome::Right);
        let mut overdue = false;
        for (place, one) in self.tries.iter_mut().enumerate() {
            let is_over =
                one.at.plus_seconds(OVERDUE_SECONDS) <= now || now.plus_seconds(OVERDUE_SECONDS) < one.at;
            if one.outcome == Outcome::UnderWay && is_over {
                let counts = last_right.is_none_or(|last| place > last);
                one.outcome = if counts { Outcome::Wrong } else { Outcome::Void };
                overdue |= counts;
            }
        }
        let began = overdue && self.lock_if_struck_out(now, strikes_max);
        let (wrong, under_way) = (self.count(Outcome::Wrong), self.count(Outcome::UnderWay));
        if self.lock.is_some() {
            (Admission::Locked, began)
        } else if wrong + under_way >= strikes_max && under_way > 0 {
            (Admission::Wait, began)
        } else {
            (Admission::Check, began)
        }
    }

    /// The try has its number, and its password is looked at.
    pub fn reserved(&mut self, number: i64, now: Timestamp, strikes_max: usize) {
        self.tries.push(Try { number, at: now, outcome: Outcome::UnderWay });
        self.strikes_allowed = self.strikes_allowed.max(strikes_max);
        self.looked_at = self.counted().count();
    }

    /// A password has been looked at.
    pub fn settle(&mut self, number: i64, right: bool, now: Timestamp, strikes_max: usize) -> Verdict {
        let found = self.tries.iter_mut().find(|one| one.number == number);
        let Some(one) = found.filter(|one| one.outcome == Outcome::UnderWay) else {
            return if self.lock.is_some() { Verdict::Locked } else { Verdict::Busy };
        };
        if self.lock.is_some() {
            one.outcome = Outcome::Void;
            return Verdict::Locked;
        }
        if right {
            one.outcome = Outcome::Right;
            self.strikes_allowed = strikes_max;
            self.looked_at = self.counted().count();
            return Verdict::Right;
        }
        one.outcome = Outcome::Wrong;
        match self.lock_if_struck_out(now, strikes_max) {
            true => Verdict::LockedNow,
            false => Verdict::Wrong(strikes_max.saturating_sub(self.count(Outcome::Wrong))),
        }
    }

    /// The lock ends, and with it everything that was begun before.
    pub fn unlock(&mut self) {
        *self = Tally { episodes: self.episodes, touched: self.touched, ..Tally::default() };
    }

    fn lock_if_struck_out(&mut self, now: Timestamp, strikes_max: usize) -> bool {
        if self.lock.is_some() || self.count(Outcome::Wrong) < strikes_max {
            return false;
        }
        self.episodes += 1;
        self.lock = Some(Lock { since: now, episode: self.episodes });
        for one in self.tries.iter_mut().filter(|one| one.outcome == Outcome::Wrong) {
            one.outcome = Outcome::Void;
        }
        true
    }
}
