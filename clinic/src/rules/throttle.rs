//! Waits that grow and never lock: step 1 slows down per username, the support desk and the help pages per network, step 2 pauses
//! per computer.

use std::net::IpAddr;

use wire::Timestamp;

/// Step 1 and the support desk: wrong tries in a row that cost no wait.
pub const FREE_KNOCKS: u32 = 5;
/// Step 1 and the support desk: the longest wait.
pub const KNOCKS_WAIT_SECONDS_MAX: i64 = 60;

/// The help pages: answers of a network after which nothing is heard from it for a day.
pub const ANSWERS_A_DAY_MAX: u32 = 20;
/// The help pages: the longest wait.
pub const ANSWERS_WAIT_SECONDS_MAX: i64 = 24 * 60 * 60;

/// Step 2: wrong codes between two pauses.
pub const CODES_BETWEEN_PAUSES: u32 = 5;
/// Step 2: the first pause; each one after it is twice as long.
pub const CODES_PAUSE_SECONDS: i64 = 60;
/// Step 2: the longest pause.
pub const CODES_PAUSE_SECONDS_MAX: i64 = 15 * 60;
/// Step 2: wrong codes in a row after which a computer is back at step 1: whoever has no access form of it is out then, long
/// before they could stop the profile for everybody.
pub const COMPUTER_WRONG_CODES_MAX: u32 = 10;
/// Step 2: consecutive wrong codes, over all computers, after which a profile stops until its QR code is re-issued.
pub const PROFILE_WRONG_CODES_MAX: u32 = 100;

/// Where nobody waits: a moment long ago and not the present one, which a clock that is set back would make a wait of.
pub const NO_WAIT: Timestamp = Timestamp(0);

/// Until when step 1, or the support desk, lets nobody try after so many wrong tries in a row.
pub fn knocks_wait_until(wrong: u32, now: Timestamp) -> Timestamp {
    match wrong.checked_sub(FREE_KNOCKS) {
        None => NO_WAIT,
        Some(beyond) => now.plus_seconds(doubled(1, beyond).min(KNOCKS_WAIT_SECONDS_MAX)),
    }
}

/// Until when nothing is heard from a network that has said so often whether a help page answered.
pub fn answers_wait_until(given: u32, now: Timestamp) -> Timestamp {
    match given % ANSWERS_A_DAY_MAX {
        0 => now.plus_seconds(ANSWERS_WAIT_SECONDS_MAX),
        given => knocks_wait_until(given, now),
    }
}

/// Until when somebody waits still, of a wait that can be so long. One that ends later than that was begun by a clock that was ahead,
/// and is over.
pub fn waits_until(until: Timestamp, longest_seconds: i64, now: Timestamp) -> Option<Timestamp> {
    (now < until && until <= now.plus_seconds(longest_seconds)).then_some(until)
}

/// The network that an address belongs to, as far as it is one subscriber's: of IPv6 that is a block of 2^64 addresses.
pub fn network(address: &str) -> String {
    // An IPv4 address may be written as an IPv6 one.
    match address.parse().map(|address: IpAddr| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// Until when step 2 must wait after so many wrong codes in a row.
pub fn codes_paused_until(wrong: u32, now: Timestamp) -> Timestamp {
    if wrong == 0 || !wrong.is_multiple_of(CODES_BETWEEN_PAUSES) {
        return NO_WAIT;
    }
    let pauses = wrong / CODES_BETWEEN_PAUSES;
    now.plus_seconds(doubled(CODES_PAUSE_SECONDS, pauses - 1).min(CODES_PAUSE_SECONDS_MAX))
}

/// Whether so many wrong codes in a row take step 1 from a computer. They are counted on behind it: whoever has its form is back
/// there as often.
pub fn codes_take_step_1(wrong: u32) -> bool {
    wrong > 0 && wrong.is_multiple_of(COMPUTER_WRONG_CODES_MAX)
}

/// How many wrong codes remain before the next pause, after so many in a row.
pub fn codes_before_pause(wrong: u32) -> u32 {
    (CODES_BETWEEN_PAUSES - wrong % CODES_BETWEEN_PAUSES) % CODES_BETWEEN_PAUSES
}

/// So many seconds, doubled so often.
pub(super) fn doubled(seconds: i64, times: u32) -> i64 {
    seconds.saturating_mul(1_i64.checked_shl(times.min(32)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(0);

    #[test]
    fn knocking_slows_down_after_five() {
        let waits: Vec<_> = (1..=13).map(|wrong| knocks_wait_until(wrong, NOW).seconds()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(knocks_wait_until(u32::MAX, NOW).seconds(), 60);
    }

    #[test]
    fn a_network_that_answers_on_and_on_is_heard_twenty_times_a_day() {
        let waits: Vec<_> = (1..=22).map(|given| answers_wait_until(given, NOW).seconds()).collect();
        assert_eq!(waits[..7], [0, 0, 0, 0, 1, 2, 4]);
        assert_eq!(waits[18..], [60, 24 * 60 * 60, 0, 0]);
    }

    #[test]
    fn who_has_a_block_of_addresses_is_one() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2::7"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::7"), network("2001:db8:1:3::7"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network(""), "");
    }

    #[test]
    fn a_wait_that_a_clock_ahead_began_is_over_once_it_is_right() {
        let until = Timestamp(0).plus_seconds(60);
        assert_eq!(waits_until(until, 60, Timestamp(0)), Some(until));
        assert_eq!(waits_until(until, 60, until), None, "it has ended");
        assert_eq!(waits_until(until, 60, Timestamp(-1)), None, "nobody waits so long");
    }

    #[test]
    fn each_ten_wrong_codes_take_step_1() {
        let taking: Vec<_> = (0..=25).filter(|wrong| codes_take_step_1(*wrong)).collect();
        assert_eq!(taking, [10, 20]);
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
            assert_eq!(codes_paused_until(wrong, NOW), NO_WAIT, "{wrong}");
        }
    }
}
