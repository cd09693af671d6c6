//! One keyboard, one password at a time: whoever tries passwords at a computer is given turns, so that nobody at one computer can
//! keep the hashing from everybody else.
//!
//! A turn is a moment of a computer's own. They stand [`GAP_MILLIS`] apart, and are given to whoever asks, in the order of asking,
//! whoever's login it is and whether anybody has it. After [`FREE_WRONG`] wrong passwords in a row the computer rests, for twice as
//! long after each further one; a right one ends that. Nothing is kept of who waits, so that nobody who has gone is waited for.

use wire::Timestamp;

use super::throttle::{NO_WAIT, doubled, waits_until};

/// From one turn at a computer to the next. A hash takes a quarter of it, and nobody types a password in so short a time.
pub const GAP_MILLIS: i64 = 250;
/// The longest that a try waits for its turn: sixty tries at once at one computer. Whoever would wait longer is refused.
pub const WAIT_SECONDS_MAX: i64 = 15;
/// Wrong passwords in a row at a computer that cost no rest: two people can lock themselves out one after the other.
pub const FREE_WRONG: u32 = 10;
/// The longest rest.
pub const REST_SECONDS_MAX: i64 = 60;

/// The turns at a computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// The first turn that nobody has.
    pub next_at: Timestamp,
    /// Wrong passwords in a row, whoever's.
    pub wrong: u32,
    /// Until when the computer rests.
    pub rests_until: Timestamp,
}

/// What is said to one who wants to try a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is their turn.
    Now,
    /// It will be then: ask again with it.
    At(Timestamp),
    /// Too many wait already, or the computer rests for long. The first turn that is left is then, and it is not given away.
    Refused(Timestamp),
}

impl Turns {
    /// Asks for a turn. `given` is the one that was given when the same try asked before.
    pub fn ask(&mut self, given: Option<Timestamp>, now: Timestamp) -> Turn {
        let patience = now.plus_seconds(WAIT_SECONDS_MAX);
        let rest = waits_until(self.rests_until, REST_SECONDS_MAX, now);
        // A rest that has begun since then holds for those who waited, too. One of a clock that was ahead is none.
        if let Some(given) = given.filter(|given| rest.is_none() && *given <= patience) {
            return if given <= now { Turn::Now } else { Turn::At(given) };
        }
        // No turn that was given is as far off as the longest rest.
        let next = waits_until(self.next_at, REST_SECONDS_MAX, now);
        let at = now.max(rest.unwrap_or(NO_WAIT)).max(next.unwrap_or(NO_WAIT));
        if at > patience {
            return Turn::Refused(at);
        }
        self.next_at = at.plus_millis(GAP_MILLIS);
        if at == now { Turn::Now } else { Turn::At(at) }
    }

    /// A password was wrong.
    pub fn wrong(&mut self, now: Timestamp) {
        self.wrong = self.wrong.saturating_add(1);
        self.rests_until = match self.wrong.checked_sub(FREE_WRONG) {
            None => NO_WAIT,
            Some(beyond) => now.plus_seconds(doubled(1, beyond).min(REST_SECONDS_MAX)),
        };
    }

    /// A password was right.
    pub fn right(&mut self) {
        self.wrong = 0;
        self.rests_until = NO_WAIT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn after(millis: i64) -> Timestamp {
        NOW.plus_millis(millis)
    }

    #[test]
    fn who_comes_alone_does_not_wait() {
        let mut turns = Turns::default();
        assert_eq!(turns.ask(None, NOW), Turn::Now);
        assert_eq!(turns.ask(None, after(GAP_MILLIS)), Turn::Now);
    }

    #[test]
    fn who_comes_together_comes_one_after_the_other() {
        let mut turns = Turns::default();
        let given: Vec<_> = (0..4).map(|_| turns.ask(None, NOW)).collect();
        let at = |number| Turn::At(after(number * GAP_MILLIS));
        assert_eq!(given, [Turn::Now, at(1), at(2), at(3)]);
        let second = Some(after(GAP_MILLIS));
        assert_eq!(turns.ask(second, NOW), at(1), "too early");
        assert_eq!(turns.ask(second, after(GAP_MILLIS)), Turn::Now);
        assert_eq!(turns.ask(second, after(9 * GAP_MILLIS)), Turn::Now, "late, and asked again");
    }

    #[test]
    fn sixty_wait_and_the_next_is_told_when_to_come() {
        let mut turns = Turns::default();
        let given: Vec<_> = (0..300).map(|_| turns.ask(None, NOW)).collect();
        let refused = given.iter().filter(|turn| matches!(turn, Turn::Refused(_))).count();
        assert_eq!(300 - refused as i64, 1 + WAIT_SECONDS_MAX * 1000 / GAP_MILLIS);
        let next = after(WAIT_SECONDS_MAX * 1000 + GAP_MILLIS);
        assert_eq!(given.last(), Some(&Turn::Refused(next)));
        assert_eq!(turns.ask(None, after(GAP_MILLIS)), Turn::At(next), "the refused have left nothing");
    }

    #[test]
    fn a_computer_rests_longer_with_each_wrong_password_beyond_ten() {
        let mut turns = Turns::default();
        let rests: Vec<_> = (0..18)
            .map(|_| {
                turns.wrong(NOW);
                turns.rests_until.0.saturating_sub(NOW.0).max(0) / 1000
            })
            .collect();
        assert_eq!(rests[..9], [0; 9]);
        assert_eq!(rests[9..], [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(turns.ask(None, NOW), Turn::Refused(after(60_000)));
        assert_eq!(turns.ask(None, after(50_000)), Turn::At(after(60_000)));
        turns.right();
        assert_eq!(turns.ask(None, after(61_000)), Turn::Now);
        turns.wrong(NOW);
        assert_eq!(turns.rests_until, NO_WAIT, "it is the first one again");
    }

    #[test]
    fn a_rest_that_begins_holds_for_those_who_wait() {
        let mut turns = Turns { wrong: FREE_WRONG - 1, ..Turns::default() };
        turns.ask(None, NOW);
        let Turn::At(given) = turns.ask(None, NOW) else { panic!("the second one waits") };
        turns.wrong(NOW);
        assert_eq!(turns.ask(Some(given), given), Turn::At(after(1000)));
        assert_eq!(turns.ask(None, given), Turn::At(after(1000 + GAP_MILLIS)));
    }

    #[test]
    fn turns_that_a_clock_ahead_gave_are_none_once_it_is_right() {
        let ahead = after(3_600_000);
        let mut turns = Turns::default();
        turns.ask(None, ahead);
        assert_eq!(turns.ask(None, NOW), Turn::Now);
        assert_eq!(turns.ask(Some(ahead), NOW), Turn::At(after(GAP_MILLIS)));
    }
}
