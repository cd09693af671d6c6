//! The link that resets a forgotten password: thirty minutes, once, for one account, and never around a lock.

use wire::{ProblemCode, Timestamp};

/// How long a link is good.
pub const RESET_LIFETIME_MINUTES: i64 = 30;
/// Links that are mailed to an account within [`RESET_MAILS_WINDOW_MINUTES`]. Nobody is told when there are no more.
pub const RESET_MAILS_MAX: u32 = 3;
/// The window of [`RESET_MAILS_MAX`].
pub const RESET_MAILS_WINDOW_MINUTES: i64 = 60;

/// A link as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// The keyed hash of its secret.
    pub digest: Vec<u8>,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

/// From when on requests count for whether another link is mailed.
pub fn counted_since(now: Timestamp) -> Timestamp {
    now.plus_minutes(-RESET_MAILS_WINDOW_MINUTES)
}

/// Decides whether a link resets a password. `reset` is the account's newest link, `matches` whether the secret is its secret.
///
/// # Errors
/// One refusal for every link that is not good, so that it tells nothing of which ones there were; and one for whoever
/// holds a good link to an account that has been locked meanwhile.
pub fn decide(
    reset: Option<&Reset>,
    matches: impl FnOnce(&Reset) -> bool,
    locked: bool,
    now: Timestamp,
) -> Result<(), ProblemCode> {
    let in_time = |reset: &&Reset| now < reset.asked_at.plus_minutes(RESET_LIFETIME_MINUTES);
    match reset.filter(in_time).is_some_and(matches) {
        true if locked => Err(ProblemCode::ResetLocked),
        true => Ok(()),
        false => Err(ProblemCode::ResetLinkWrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn decided(matches: bool, locked: bool, now: Timestamp) -> Result<(), ProblemCode> {
        decide(Some(&Reset { digest: vec![], asked_at: NOW }), |_| matches, locked, now)
    }

    #[test]
    fn right_link_resets_in_its_time() {
        assert_eq!(decided(true, false, NOW), Ok(()));
        let end = NOW.plus_minutes(RESET_LIFETIME_MINUTES);
        assert_eq!(decided(true, false, Timestamp(end.0 - 1)), Ok(()));
        assert_eq!(decided(true, false, end), Err(ProblemCode::ResetLinkWrong));
    }

    #[test]
    fn only_who_holds_the_link_hears_of_the_lock() {
        assert_eq!(decided(true, true, NOW), Err(ProblemCode::ResetLocked));
        assert_eq!(decided(false, true, NOW), Err(ProblemCode::ResetLinkWrong));
        assert_eq!(decide(None, |_| true, true, NOW), Err(ProblemCode::ResetLinkWrong));
    }

    #[test]
    fn links_are_counted_for_an_hour() {
        assert_eq!(counted_since(NOW.plus_minutes(60)), NOW);
    }

    #[test]
    fn wrong_link_resets_nothing() {
        assert_eq!(decided(false, false, NOW), Err(ProblemCode::ResetLinkWrong));
        assert_eq!(decide(None, |_| true, false, NOW), Err(ProblemCode::ResetLinkWrong));
    }
}
