//! The wizard as a state machine: a step holds just what its screen shows, and knows where it can lead.

use wire::{
    Timestamp,
    sign_in::{Person, Seat},
};

/// So far apart, two clocks are told of: a code is good for one step of 30 seconds to either side.
const CLOCKS_APART_SECONDS: i64 = 20;
/// A code stands for so long.
const CODE_SECONDS: i64 = 30;
/// Less than that may be the way that a reply takes.
const SAME_CLOCK_SECONDS: i64 = 10;

/// A step of the sign-in, with nobody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Step 1; `lost` when the computer was authorized before.
    Computer { lost: bool },
    /// Step 2, with the clinic's clock.
    Profile { seat: Seat, clock: Clock },
    /// Step 3, with the login that is already known and with the news to tell.
    User { seat: Seat, login: String, news: Option<News> },
    /// Step 3, while the account is locked.
    Waiting { seat: Seat, login: String },
    /// "Is this you?"
    Question { seat: Seat, person: Person },
    /// The password of one's own, after the first yes.
    NewPassword { seat: Seat, person: Person, length_min: u32 },
}

/// How far the clinic's clock is ahead of this device's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub ahead_seconds: i64,
}

impl Clock {
    /// By what both say at the same moment.
    pub fn of(clinic: Timestamp, here: Timestamp) -> Clock {
        Clock { ahead_seconds: (clinic.0 - here.0) / 1000 }
    }

    /// Whether the device's clock is wrong enough to matter.
    pub fn is_off(self) -> bool {
        self.ahead_seconds.abs() > CLOCKS_APART_SECONDS
    }

    /// How long the present code still stands, by the clinic's clock.
    pub fn code_seconds_left(self, here: Timestamp) -> i64 {
        let clinic = here.plus_seconds(self.ahead_seconds);
        CODE_SECONDS - clinic.0.div_euclid(1000).rem_euclid(CODE_SECONDS)
    }

    fn agrees_with(self, other: Clock) -> bool {
        (self.ahead_seconds - other.ahead_seconds).abs() < SAME_CLOCK_SECONDS
    }
}

/// Why somebody finds themselves on step 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The account is unlocked; `again` where it was not the first lock in a row.
    Unlocked { again: bool },
    /// The question was answered too late.
    QuestionExpired,
    /// The session ended while a page was open.
    SessionEnded,
    /// Nobody used the computer for so long.
    Idle { minutes: u32 },
}

impl Step {
    /// Step 3 with empty fields.
    pub fn user(seat: Seat) -> Step {
        Step::User { seat, login: String::new(), news: None }
    }

    /// Whether the password was right no longer matters: the account is locked.
    pub fn locked(self, login: String) -> Step {
        match self {
            Step::User { seat, .. } | Step::Question { seat, .. } => Step::Waiting { seat, login },
            other => other,
        }
    }

    /// The account that the screen waits for is unlocked.
    pub fn unlocked(self, again: bool) -> Step {
        match self {
            Step::Waiting { seat, login } => Step::User { seat, login, news: Some(News::Unlocked { again }) },
            other => other,
        }
    }

    /// Somebody else wants to sign in.
    pub fn switched(self) -> Step {
        match self {
            Step::User { seat, .. }
            | Step::Waiting { seat, .. }
            | Step::Question { seat, .. }
            | Step::NewPassword { seat, .. } => Step::user(seat),
            other => other,
        }
    }

    /// The same step with news, where it is one that tells any.
    pub fn with_news(self, news: News) -> Step {
        match self {
            Step::User { seat, login, .. } => Step::User { seat, login, news: Some(news) },
            other => other,
        }
    }

    /// Whether it is shown as whoever comes next would find it: with nothing known of anybody, and no news.
    pub fn is_first_sight(&self) -> bool {
        match self {
            Step::Computer { lost } => !lost,
            Step::Profile { clock, .. } => !clock.is_off(),
            Step::User { login, news, .. } => login.is_empty() && news.is_none(),
            Step::Waiting { .. } | Step::Question { .. } | Step::NewPassword { .. } => false,
        }
    }

    /// Which of the three steps it is, from 1.
    pub fn number(&self) -> u8 {
        match self {
            Step::Computer { .. } => 1,
            Step::Profile { .. } => 2,
            Step::User { .. } | Step::Waiting { .. } | Step::Question { .. } | Step::NewPassword { .. } => 3,
        }
    }

    /// Where this is, once it is known.
    pub fn seat(&self) -> Option<&Seat> {
        match self {
            Step::Computer { .. } => None,
            Step::Profile { seat, .. }
            | Step::User { seat, .. }
            | Step::Waiting { seat, .. }
            | Step::Question { seat, .. }
            | Step::NewPassword { seat, .. } => Some(seat),
        }
    }

    /// Whether it is the very step that the Worker sees the browser at. It knows nothing of waiting: that is step 3 to it.
    pub fn agrees_with(&self, theirs: &Step) -> bool {
        match (self, theirs) {
            (Step::Computer { .. }, Step::Computer { .. }) => true,
            (Step::Profile { seat, clock }, Step::Profile { seat: other, clock: theirs }) => {
                seat == other && clock.agrees_with(*theirs)
            }
            (Step::User { seat, .. } | Step::Waiting { seat, .. }, Step::User { seat: other, .. }) => {
                seat == other
            }
            _ => self == theirs,
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::Language;

    use super::*;

    fn seat() -> Seat {
        Seat {
            clinic: "Harbour Clinic".to_owned(),
            computer: "Reception 1".to_owned(),
            profile: "Main".to_owned(),
            language: Language::En,
            time_zone: "Europe/London".to_owned(),
            idle_minutes: 10,
        }
    }

    #[test]
    fn an_unlock_leads_back_to_step_3_with_the_login() {
        let waiting = Step::user(seat()).locked("ivanov".to_owned());
        assert_eq!(waiting, Step::Waiting { seat: seat(), login: "ivanov".to_owned() });
        let news = Some(News::Unlocked { again: true });
        let after = Step::User { seat: seat(), login: "ivanov".to_owned(), news };
        assert_eq!(waiting.unlocked(true), after);
    }

    #[test]
    fn whoever_switches_finds_empty_fields() {
        let person = Person { full_name: "Anna Ivanova".to_owned(), login: "ivanova".to_owned() };
        for step in [
            Step::Question { seat: seat(), person },
            Step::Waiting { seat: seat(), login: "ivanova".to_owned() },
            Step::User { seat: seat(), login: "ivanova".to_owned(), news: Some(News::SessionEnded) },
        ] {
            assert_eq!(step.switched(), Step::user(seat()));
        }
    }

    #[test]
    fn only_step_3_locks() {
        assert_eq!(
            Step::Computer { lost: false }.locked("ivanov".to_owned()),
            Step::Computer { lost: false }
        );
        let profile = Step::Profile { seat: seat(), clock: Clock { ahead_seconds: 0 } };
        assert_eq!(profile.clone().switched(), profile);
    }

    #[test]
    fn waiting_is_step_3_to_the_worker() {
        let waiting = Step::Waiting { seat: seat(), login: "ivanov".to_owned() };
        assert!(waiting.agrees_with(&Step::user(seat())));
        assert!(!waiting.agrees_with(&Step::Computer { lost: false }));
    }

    #[test]
    fn a_code_stands_until_the_clinics_next_half_minute() {
        let left = |ahead_seconds, here| Clock { ahead_seconds }.code_seconds_left(Timestamp(here));
        assert_eq!((left(0, 0), left(0, 999), left(0, 1000), left(0, 29_999)), (30, 30, 29, 1));
        assert_eq!((left(10, 0), left(-10, 0), left(45, 1000)), (20, 10, 14));
    }

    #[test]
    fn clocks_that_are_twenty_seconds_apart_are_told_of() {
        let clock = |clinic, here| Clock::of(Timestamp(clinic), Timestamp(here));
        assert!(!clock(20_000, 0).is_off());
        assert!(clock(21_000, 0).is_off());
        assert!(clock(0, 21_000).is_off());
    }
}
