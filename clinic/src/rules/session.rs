//! How long what was authorized stays so.

use wire::{Timestamp, settings::Policies};

/// "Is this you?" can be answered for so long.
pub const QUESTION_LIFETIME_SECONDS: i64 = 300;
/// A password of one's own can be chosen for so long after the yes.
pub const CHOICE_LIFETIME_SECONDS: i64 = 900;
/// A session goes on for so much longer than the screen does: its last word of use may still be on its way.
pub const IDLE_GRACE_SECONDS: i64 = 60;
/// A password that was typed is taken for so long as a sign that it is they who sit there still, where much can be done with a
/// session (ASVS 5.0, 7.5.1 and 7.5.3).
pub const PASSWORD_FRESH_SECONDS: i64 = 600;
/// The last use of a computer is noted once in so long, so that reading costs no write.
pub const LAST_USE_PRECISION_MINUTES: i64 = 60;

/// A computer that was last used then or earlier is no longer authorized.
pub fn computer_lapsed_at(policies: &Policies, now: Timestamp) -> Timestamp {
    now.plus_minutes(-i64::from(policies.computer_unused_days) * 24 * 60)
}

/// Whether the last use should be noted anew.
pub fn last_use_is_stale(last_used_at: Timestamp, now: Timestamp) -> bool {
    now >= last_used_at.plus_minutes(LAST_USE_PRECISION_MINUTES)
}

/// When a profile's authorization that begins now ends: after a working day, unless the clinic says otherwise.
pub fn profile_expires_at(policies: &Policies, now: Timestamp) -> Timestamp {
    now.plus_minutes(i64::from(policies.profile_hours) * 60)
}

/// A session that was last used then or earlier is over, whatever its screen shows: whoever left may have left without one.
pub fn idle_since(policies: &Policies, now: Timestamp) -> Timestamp {
    now.plus_seconds(-i64::from(policies.idle_minutes) * 60 - IDLE_GRACE_SECONDS)
}

/// Whether a password was typed lately. One that was typed in the future was typed while the clock was ahead.
pub fn password_is_fresh(typed_at: Timestamp, now: Timestamp) -> bool {
    typed_at <= now && now < typed_at.plus_seconds(PASSWORD_FRESH_SECONDS)
}

/// When a question that is asked now can no longer be answered.
pub fn question_expires_at(now: Timestamp) -> Timestamp {
    now.plus_seconds(QUESTION_LIFETIME_SECONDS)
}

/// When a password of one's own can no longer be chosen after a yes that is said now.
pub fn choice_expires_at(now: Timestamp) -> Timestamp {
    now.plus_seconds(CHOICE_LIFETIME_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn a_computer_lapses_after_ninety_unused_days() {
        let days = NOW.plus_minutes(90 * 24 * 60);
        assert_eq!(computer_lapsed_at(&Policies::default(), days), NOW);
    }

    #[test]
    fn the_last_use_is_noted_once_an_hour() {
        let hour = NOW.plus_minutes(60);
        assert!(!last_use_is_stale(NOW, Timestamp(hour.0 - 1)));
        assert!(last_use_is_stale(NOW, hour));
    }

    #[test]
    fn a_profile_is_authorized_for_a_working_day() {
        assert_eq!(profile_expires_at(&Policies::default(), NOW), NOW.plus_minutes(12 * 60));
    }

    #[test]
    fn a_session_is_over_ten_minutes_and_one_after_its_last_use() {
        assert_eq!(idle_since(&Policies::default(), NOW.plus_minutes(10).plus_seconds(60)), NOW);
    }

    #[test]
    fn a_password_is_fresh_for_ten_minutes_and_never_before_it_was_typed() {
        let last = NOW.plus_minutes(10).plus_millis(-1);
        assert!(password_is_fresh(NOW, NOW) && password_is_fresh(NOW, last));
        assert!(
            !password_is_fresh(NOW, NOW.plus_minutes(10)) && !password_is_fresh(NOW, NOW.plus_millis(-1))
        );
    }

    #[test]
    fn a_question_stands_for_five_minutes_and_a_choice_for_fifteen() {
        assert_eq!(question_expires_at(NOW), NOW.plus_minutes(5));
        assert_eq!(choice_expires_at(NOW), NOW.plus_minutes(15));
    }
}
