//! A clock that was ahead is put right: nobody waits longer for it, and what was used up stays so.
#![allow(clippy::unwrap_used, reason = "tests panic")]

use clinic::{commands::login::Reservation, testing::House};
use wire::{Problem, ProblemCode};

const DAY_SECONDS: i64 = 24 * 3600;

#[test]
fn a_pause_of_step_2_ends_with_the_clock_that_began_it() {
    let house = House::open();
    house.pass_seconds(DAY_SECONDS);
    let mut door = house.stranger();
    door.authorize_computer(0).unwrap();
    for _ in 0..5 {
        assert_eq!(door.authorize_profile("000000").unwrap_err().code, ProblemCode::CodeWrong);
    }
    assert_eq!(door.authorize_profile(&house.code(0)).unwrap_err().code, ProblemCode::CodesPaused);
    house.pass_seconds(-DAY_SECONDS);
    door.authorize_profile(&house.code(0)).unwrap();
}

#[test]
fn a_wait_of_step_1_ends_with_the_clock_that_began_it() {
    let house = House::open();
    house.pass_seconds(DAY_SECONDS);
    let mut stranger = house.stranger();
    let mut knock = || -> Problem { stranger.authorize(1, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA").unwrap_err() };
    while knock().code != ProblemCode::SlowDown {}
    house.pass_seconds(-DAY_SECONDS);
    assert_eq!(knock().code, ProblemCode::ComputerWrong);
}

#[test]
fn a_code_that_was_used_is_not_good_again_when_the_clock_comes_round_to_it() {
    let house = House::open();
    let code = house.code(0);
    let mut first = house.stranger();
    first.authorize_computer(0).unwrap();
    first.authorize_profile(&code).unwrap();
    house.pass_seconds(DAY_SECONDS);
    // Whoever passes step 2 meanwhile has old codes forgotten.
    let mut other = house.stranger();
    other.authorize_computer(1).unwrap();
    other.authorize_profile(&house.code(0)).unwrap();
    house.pass_seconds(-DAY_SECONDS);
    let mut again = house.stranger();
    again.authorize_computer(0).unwrap();
    assert_eq!(again.authorize_profile(&code).unwrap_err().code, ProblemCode::CodeUsed);
}

#[test]
fn tries_that_a_clock_ahead_left_under_way_are_strikes_once_it_is_right() {
    let house = House::open();
    let door = house.door(0);
    for _ in 0..5 {
        door.reserved("nurse");
    }
    house.pass_seconds(-10);
    assert!(matches!(door.reserve("nurse"), Ok(Reservation::Wait)), "a little behind");
    house.pass_seconds(-DAY_SECONDS);
    assert_eq!(door.reserve("nurse").unwrap_err().code, ProblemCode::AccountLocked, "not for another day");
}
