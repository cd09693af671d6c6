//! How long what was authorized stays so.

use wire::Timestamp;

/// A computer stays authorized for so long since it was last used.
pub const COMPUTER_UNUSED_DAYS_MAX: i64 = 90;
/// A profile stays authorized for a working day.
pub const PROFILE_LIFETIME_HOURS: i64 = 12;
/// "Is this you?" can be answered for so long.
pub const QUESTION_LIFETIME_SECONDS: i64 = 300;
/// A session ends after a working day at the latest.
pub const SESSION_LIFETIME_HOURS: i64 = 12;
/// The last use of a computer is noted once in so long, so that reading costs no write.
pub const LAST_USE_PRECISION_MINUTES: i64 = 60;

/// Whether a computer that was last used then is still authorized.
pub fn computer_is_authorized(last_used_at: Timestamp, now: Timestamp) -> bool {
    now < last_used_at.plus_minutes(COMPUTER_UNUSED_DAYS_MAX * 24 * 60)
}

/// Whether the last use should be noted anew.
pub fn last_use_is_stale(last_used_at: Timestamp, now: Timestamp) -> bool {
    now >= last_used_at.plus_minutes(LAST_USE_PRECISION_MINUTES)
}

/// When a profile's authorization that begins now ends.
pub fn profile_expires_at(now: Timestamp) -> Timestamp {
    now.plus_minutes(PROFILE_LIFETIME_HOURS * 60)
}

/// When a question that is asked now can no longer be answered.
pub fn question_expires_at(now: Timestamp) -> Timestamp {
    now.plus_seconds(QUESTION_LIFETIME_SECONDS)
}

/// When a session that begins now ends: after a working day, and never later than the step 2 that it stands on.
pub fn session_expires_at(now: Timestamp, profile_expires_at: Timestamp) -> Timestamp {
    now.plus_minutes(SESSION_LIFETIME_HOURS * 60).min(profile_expires_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_lapses_after_ninety_unused_days() {
        let day = 24 * 60;
        assert!(computer_is_authorized(Timestamp(0), Timestamp(0).plus_minutes(90 * day).plus_millis(-1)));
        assert!(!computer_is_authorized(Timestamp(0), Timestamp(0).plus_minutes(90 * day)));
    }
}
