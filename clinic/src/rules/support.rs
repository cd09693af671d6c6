//! A support case opens one lock, once, within a day: whoever is locked out while the owner is away is helped by telephone.

use wire::{
    Timestamp,
    ids::{AccountId, CaseId, EpisodeId},
    support::CaseState,
};

/// How long a case is open.
pub const CASE_LIFETIME_HOURS: i64 = 24;
/// Cases that can be opened for an account within [`CASE_LIFETIME_HOURS`], withdrawn ones included.
pub const CASES_MAX: u32 = 5;

/// Wrong tries in a row that lock an operator of the desk.
pub const OPERATOR_STRIKES_MAX: usize = 5;
/// Codes that open no case, for one operator within [`CASE_CODES_WINDOW_MINUTES`].
pub const CASE_CODES_MAX: u32 = 5;
/// The window of [`CASE_CODES_MAX`].
pub const CASE_CODES_WINDOW_MINUTES: i64 = 15;
/// How long an operator's session lasts.
pub const DESK_SESSION_HOURS: i64 = 12;
/// How long it lasts unused. The screen covers itself earlier; this is for a computer that was switched off.
pub const DESK_SESSION_UNUSED_MINUTES: i64 = 30;
/// For how long tries that cost a stranger nothing share a line of the desk's log.
pub const NOISE_MINUTES: i64 = 60;
/// Lines of the desk's log that are shown at once.
pub const DESK_LINES_MAX: u32 = 100;

/// Days for which it is kept what readers said of the help pages.
pub const HELP_ANSWERS_DAYS: i64 = 90;

/// A case as the clinic keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The id.
    pub id: CaseId,
    /// The keyed hash of its code.
    pub digest: Vec<u8>,
    /// The locked account.
    pub account: AccountId,
    /// The lock that it is about.
    pub episode: EpisodeId,
    /// When the lock began.
    pub locked_since: Timestamp,
    /// Who asked.
    pub manager: AccountId,
    /// Where to ring back.
    pub phone: String,
    /// Why it can't wait.
    pub reason: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How it ended, if somebody ended it.
    pub end: Option<CaseEnd>,
}

/// How somebody ended a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseEnd {
    /// Support unlocked the account.
    Used,
    /// The clinic took it back.
    Withdrawn,
}

impl Case {
    /// Until when it is open.
    pub fn expires_at(&self) -> Timestamp {
        self.opened_at.plus_minutes(CASE_LIFETIME_HOURS * 60)
    }

    /// What has become of it. `lock` is the episode of the account's present lock.
    pub fn state(&self, lock: Option<&EpisodeId>, now: Timestamp) -> CaseState {
        match self.end {
            Some(CaseEnd::Used) => CaseState::Used,
            Some(CaseEnd::Withdrawn) => CaseState::Withdrawn,
            None if lock != Some(&self.episode) => CaseState::Moot,
            None if now >= self.expires_at() => CaseState::Expired,
            None => CaseState::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn episode(byte: u8) -> EpisodeId {
        EpisodeId::from_random([byte; 16])
    }

    fn case(end: Option<CaseEnd>) -> Case {
        Case {
            id: CaseId::from_random([0; 16]),
            digest: vec![],
            account: AccountId::from_random([1; 16]),
            episode: episode(1),
            locked_since: NOW,
            manager: AccountId::from_random([2; 16]),
            phone: "112".into(),
            reason: "a queue".into(),
            opened_at: NOW,
            end,
        }
    }

    #[test]
    fn a_case_is_open_for_a_day() {
        let end = NOW.plus_minutes(CASE_LIFETIME_HOURS * 60);
        assert_eq!(case(None).state(Some(&episode(1)), NOW), CaseState::Open);
        assert_eq!(case(None).state(Some(&episode(1)), Timestamp(end.0 - 1)), CaseState::Open);
        assert_eq!(case(None).state(Some(&episode(1)), end), CaseState::Expired);
    }

    #[test]
    fn a_case_is_about_one_lock() {
        assert_eq!(case(None).state(None, NOW), CaseState::Moot);
        assert_eq!(case(None).state(Some(&episode(2)), NOW), CaseState::Moot, "locked once more since");
    }

    #[test]
    fn an_ended_case_stays_what_it_was() {
        for (end, state) in [(CaseEnd::Used, CaseState::Used), (CaseEnd::Withdrawn, CaseState::Withdrawn)] {
            for lock in [None, Some(&episode(1))] {
                assert_eq!(case(Some(end)).state(lock, Timestamp(i64::MAX / 2)), state);
            }
        }
    }
}
