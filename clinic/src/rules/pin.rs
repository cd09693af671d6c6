//! The PIN that opens a locked account: ten minutes, five tries, once, for one owner, one account and one lock episode.

use wire::{
    Problem, ProblemCode, Timestamp,
    ids::{AccountId, EpisodeId},
};

/// How long a PIN is good.
pub const PIN_LIFETIME_MINUTES: i64 = 10;
/// Wrong tries that use a PIN up.
pub const PIN_TRIES_MAX: u32 = 5;
/// Tries at an account's PINs within [`PIN_DAY_HOURS`], whoever's PINs they are and however many were sent.
pub const PIN_TRIES_A_DAY_MAX: u32 = 10;
/// The day of [`PIN_TRIES_A_DAY_MAX`].
pub const PIN_DAY_HOURS: i64 = 24;
/// PINs that may be mailed for an account within [`PIN_MAILS_WINDOW_MINUTES`].
pub const PIN_MAILS_MAX: u32 = 10;
/// The window of [`PIN_MAILS_MAX`].
pub const PIN_MAILS_WINDOW_MINUTES: i64 = 60;

/// A PIN as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentPin {
    /// Who pressed Unlock.
    pub owner: AccountId,
    /// Which account it opens.
    pub account: AccountId,
    /// Which lock episode it ends.
    pub episode: EpisodeId,
    /// The keyed hash.
    pub digest: Vec<u8>,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Wrong tries so far, those at the PIN that it replaced included.
    pub tries: u32,
}

/// Tries that a PIN has left, given those at the account within the day.
pub fn tries_left(tries: u32, tries_today: u32) -> u32 {
    PIN_TRIES_MAX.saturating_sub(tries).min(PIN_TRIES_A_DAY_MAX.saturating_sub(tries_today))
}

/// With how many tries on it a new PIN begins. One that replaces a PIN which could still be tried takes its tries over,
/// or asking again would be a way to more of them.
pub fn tries_of_new_pin(replaced: Option<&SentPin>, now: Timestamp) -> u32 {
    match replaced {
        Some(pin) if pin.expires_at > now && pin.tries < PIN_TRIES_MAX => pin.tries,
        _ => 0,
    }
}

/// What a try at a PIN comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinVerdict {
    /// Opens the account.
    Opens,
    /// Wrong; counts.
    Wrong(Problem),
    /// Not looked at; does not count.
    Refused(Problem),
}

/// Decides a try. `pin` is the owner's newest PIN for the account, `matches` whether the typed digits are its digits.
pub fn decide(
    pin: Option<&SentPin>,
    episode: &EpisodeId,
    matches: impl FnOnce(&SentPin) -> bool,
    tries_today: u32,
    now: Timestamp,
) -> PinVerdict {
    let refuse = |code| PinVerdict::Refused(Problem::about("pin", code));
    if tries_today >= PIN_TRIES_A_DAY_MAX {
        return refuse(ProblemCode::PinTriesExhausted);
    }
    let Some(pin) = pin.filter(|pin| pin.episode == *episode && pin.expires_at > now) else {
        return refuse(ProblemCode::PinExpired);
    };
    if pin.tries >= PIN_TRIES_MAX {
        return refuse(ProblemCode::PinSpent);
    }
    if matches(pin) {
        return PinVerdict::Opens;
    }
    let problem = match tries_left(pin.tries + 1, tries_today + 1) {
        0 => Problem::about("pin", ProblemCode::PinSpent).tries_left(0),
        left => Problem::about("pin", ProblemCode::PinWrong).tries_left(left),
    };
    PinVerdict::Wrong(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn episode(n: u8) -> EpisodeId {
        EpisodeId::from_random([n; 16])
    }

    fn pin(tries: u32) -> SentPin {
        SentPin {
            owner: AccountId::from_random([1; 16]),
            account: AccountId::from_random([2; 16]),
            episode: episode(1),
            digest: vec![],
            expires_at: NOW.plus_minutes(PIN_LIFETIME_MINUTES),
            tries,
        }
    }

    fn code(verdict: &PinVerdict) -> Option<(ProblemCode, Option<u32>)> {
        match verdict {
            PinVerdict::Opens => None,
            PinVerdict::Wrong(problem) | PinVerdict::Refused(problem) => {
                Some((problem.code, problem.tries_left))
            }
        }
    }

    #[test]
    fn right_pin_opens_its_own_episode_in_its_time() {
        assert_eq!(decide(Some(&pin(4)), &episode(1), |_| true, 9, NOW), PinVerdict::Opens);
        let refused = |verdict: PinVerdict| code(&verdict).map(|(code, _)| code);
        assert_eq!(
            refused(decide(Some(&pin(0)), &episode(2), |_| true, 0, NOW)),
            Some(ProblemCode::PinExpired)
        );
        assert_eq!(refused(decide(None, &episode(1), |_| true, 0, NOW)), Some(ProblemCode::PinExpired));
        let late = NOW.plus_minutes(PIN_LIFETIME_MINUTES);
        assert_eq!(
            refused(decide(Some(&pin(0)), &episode(1), |_| true, 0, late)),
            Some(ProblemCode::PinExpired)
        );
        assert_eq!(
            refused(decide(Some(&pin(5)), &episode(1), |_| true, 5, NOW)),
            Some(ProblemCode::PinSpent)
        );
        assert_eq!(
            refused(decide(Some(&pin(0)), &episode(1), |_| true, 10, NOW)),
            Some(ProblemCode::PinTriesExhausted)
        );
    }

    #[test]
    fn wrong_pin_says_how_many_tries_remain() {
        let after = |tries, today| code(&decide(Some(&pin(tries)), &episode(1), |_| false, today, NOW));
        assert_eq!(after(0, 0), Some((ProblemCode::PinWrong, Some(4))));
        assert_eq!(after(3, 3), Some((ProblemCode::PinWrong, Some(1))));
        assert_eq!(after(4, 4), Some((ProblemCode::PinSpent, Some(0))));
        assert_eq!(after(0, 8), Some((ProblemCode::PinWrong, Some(1))), "the day ends before the PIN does");
    }

    #[test]
    fn new_pin_does_not_reset_the_tries() {
        assert_eq!(tries_of_new_pin(Some(&pin(3)), NOW), 3);
        assert_eq!(
            tries_of_new_pin(Some(&pin(5)), NOW),
            0,
            "a spent PIN gives way; the day's limit still holds"
        );
        assert_eq!(tries_of_new_pin(Some(&pin(3)), NOW.plus_minutes(PIN_LIFETIME_MINUTES)), 0);
        assert_eq!(tries_of_new_pin(None, NOW), 0);
    }
}
