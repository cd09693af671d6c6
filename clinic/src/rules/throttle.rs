//! Waits that grow and never lock: step 1 slows down per username, step 2 pauses per computer.

use wire::Timestamp;

/// Step 1: wrong passwords in a row that cost no wait.
pub const COMPUTER_FREE_TRIES: u32 = 5;
/// Step 1: the longest wait.
pub const COMPUTER_WAIT_SECONDS_MAX: i64 = 60;

/// Step 2: wrong codes between two pauses.
pub const CODES_BETWEEN_PAUSES: u32 = 5;
/// Step 2: the first pause; each one after it is twice as long.
pub const CODES_PAUSE_SECONDS: i64 = 60;
/// Step 2: the longest pause.
pub const CODES_PAUSE_SECONDS_MAX: i64 = 15 * 60;
/// Step 2: consecutive wrong codes, over all computers, after which a profile stops until its QR code is re-issued.
pub const PROFILE_WRONG_CODES_MAX: u32 = 100;

/// Until when step 1 must wait after so many wrong passwords in a row.
pub fn computer_wait_until(wrong: u32, now: Timestamp) -> Timestamp {
    match wrong.checked_sub(COMPUTER_FREE_TRIES) {
        None => now,
        Some(beyond) => now.plus_seconds(doubled(1, beyond).min(COMPUTER_WAIT_SECONDS_MAX)),
    }
}

/// Until when step 2 must wait after so many wrong codes in a row.
pub fn codes_paused_until(wrong: u32, now: Timestamp) -> Timestamp {
    if wrong == 0 || !wrong.is_multiple_of(CODES_BETWEEN_PAUSES) {
        return now;
    }
    let pauses = wrong / CODES_BETWEEN_PAUSES;
    now.plus_seconds(doubled(CODES_PAUSE_SECONDS, pauses - 1).min(CODES_PAUSE_SECONDS_MAX))
}

/// How many wrong codes remain before the next pause, after so many in a row.
pub fn codes_before_pause(wrong: u32) -> u32 {
    (CODES_BETWEEN_PAUSES - wrong % CODES_BETWEEN_PAUSES) % CODES_BETWEEN_PAUSES
}

fn doubled(seconds: i64, times: u32) -> i64 {
    seconds.saturating_mul(1_i64.checked_shl(times.min(32)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(0);

    #[test]
    fn step_1_slows_down_after_five() {
        let waits: Vec<_> = (1..=13).map(|wrong| computer_wait_until(wrong, NOW).seconds()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(computer_wait_until(u32::MAX, NOW).seconds(), 60);
    }

    #[test]
    fn the_last_code_before_a_pause_leaves_none() {
        let left: Vec<_> = (1..=6).map(codes_before_pause).collect();
        assert_eq!(left, [4, 3, 2, 1, 0, 4]);
    }

    #[test]
    fn step_2_pauses_after_each_five_for_twice_as_long() {
        let waits: Vec<_> = (1..=6).map(|fives| codes_paused_until(fives * 5, NOW).seconds()).collect();
        assert_eq!(waits, [60, 120, 240, 480, 900, 900]);
        for wrong in [0, 1, 4, 6, 9, 99] {
            assert_eq!(codes_paused_until(wrong, NOW), NOW, "{wrong}");
        }
    }
}
