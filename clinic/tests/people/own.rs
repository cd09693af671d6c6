//! What people do about their own account: change its password, sign out everywhere.

use clinic::{
    commands::{
        login::{Attempt, Reservation},
        me::{ReadMe, SignOutEverywhere},
        password::{Chooser, ConfirmOwnPassword, ReadPasswordRules, ReserveOwnAttempt, SettleOwnAttempt},
        people::MayManagePeople,
        session::UseSession,
    },
    rules::session::PASSWORD_FRESH_SECONDS,
    testing::{Door, House},
};
use wire::{ProblemCode, sign_in::SignInState};

use crate::code;

#[test]
fn the_own_password_is_changed_with_the_present_one_which_counts() {
    let house = House::open();
    let (here, elsewhere) = (house.signed_in("nurse"), house.signed_in("nurse"));
    let reserve = ReserveOwnAttempt { turn: None };
    let settle = |door: &Door<'_>, right: bool| {
        house.pass_seconds(1);
        let password_hash = right.then(|| "a new hash".to_owned());
        door.ask(&SettleOwnAttempt { attempt: own_attempt(door), right, password_hash })
    };
    let wrong = settle(&here, false).unwrap_err();
    assert_eq!(
        (wrong.code, wrong.field.as_deref(), wrong.tries_left),
        (ProblemCode::PasswordWrong, Some("current"), Some(4))
    );
    assert!(settle(&here, true).is_ok());
    assert_eq!(house.deliver()[0].subject, "Your password was changed");
    assert!(here.ask(&ReadMe {}).is_ok(), "whoever changed it stays");
    assert_eq!(code(&elsewhere, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    for _ in 0..4 {
        assert_eq!(settle(&here, false).unwrap_err().code, ProblemCode::PasswordWrong);
    }
    assert_eq!(
        settle(&here, false).unwrap_err().code,
        ProblemCode::AccountLocked,
        "the fifth locks, here too"
    );
    house.pass_seconds(1);
    assert_eq!(code(&here, &reserve), Some((ProblemCode::AccountLocked, None)));
}

/// A try at the own password, at a moment when nobody else tries.
fn own_attempt(door: &Door<'_>) -> Attempt {
    match door.ask(&ReserveOwnAttempt { turn: None }).unwrap() {
        Reservation::Check { attempt, .. } => attempt,
        other => panic!("nobody else is trying: {other:?}"),
    }
}

#[test]
fn a_password_that_is_typed_again_opens_what_wants_a_fresh_one_there_and_for_ten_minutes() {
    let house = House::open();
    let (here, elsewhere) = (house.signed_in("owner"), house.signed_in("owner"));
    let wants = Some((ProblemCode::PasswordNeeded, None));
    assert_eq!(code(&here, &MayManagePeople {}), None, "it was typed a moment ago");
    house.pass_idle_seconds(PASSWORD_FRESH_SECONDS);
    assert_eq!(code(&here, &MayManagePeople {}), wants);

    let attempt = own_attempt(&here);
    let wrong = here.ask(&ConfirmOwnPassword { attempt, right: false }).unwrap_err();
    assert_eq!((wrong.code, wrong.field.as_deref()), (ProblemCode::PasswordWrong, Some("own_password")));
    assert_eq!(code(&here, &MayManagePeople {}), wants);

    house.pass_idle_seconds(1);
    let attempt = own_attempt(&here);
    here.ask(&ConfirmOwnPassword { attempt, right: true }).unwrap();
    here.ask(&UseSession {}).unwrap();
    assert_eq!(code(&here, &MayManagePeople {}), None);
    assert_eq!(code(&elsewhere, &MayManagePeople {}), wants, "at another screen it has not been typed");
    house.pass_idle_seconds(-60);
    assert_eq!(code(&here, &MayManagePeople {}), wants, "it was typed while the clock was ahead");
    house.pass_idle_seconds(60 + PASSWORD_FRESH_SECONDS - 1);
    assert_eq!(code(&here, &MayManagePeople {}), None);
    house.pass_idle_seconds(1);
    assert_eq!(code(&here, &MayManagePeople {}), wants);
}

#[test]
fn whoever_guesses_at_it_locks_the_account_and_a_try_of_somebody_else_is_none() {
    let house = House::open();
    let (owner, nurse) = (house.signed_in("owner"), house.signed_in("nurse"));
    house.pass_idle_seconds(PASSWORD_FRESH_SECONDS);
    let foreign = ConfirmOwnPassword { attempt: own_attempt(&nurse), right: true };
    assert_eq!(code(&owner, &foreign), Some((ProblemCode::NotFound, None)));
    for expected in [ProblemCode::PasswordWrong; 4].into_iter().chain([ProblemCode::AccountLocked]) {
        house.pass_idle_seconds(1);
        let attempt = own_attempt(&owner);
        let refused = owner.ask(&ConfirmOwnPassword { attempt, right: false }).unwrap_err();
        assert_eq!(refused.code, expected);
    }
    assert_eq!(code(&owner, &MayManagePeople {}), Some((ProblemCode::UnlockFirst, None)));
}

#[test]
fn a_session_alone_tells_nothing_about_its_password() {
    let house = House::open();
    let nurse = house.signed_in("nurse");
    let newcomer = ReadPasswordRules { of: Chooser::Newcomer };
    assert_eq!(code(&nurse, &newcomer), Some((ProblemCode::QuestionExpired, None)));
    assert!(nurse.ask(&ReadPasswordRules { of: Chooser::SignedIn }).is_ok());
}

#[test]
fn signing_out_everywhere_ends_this_session_too() {
    let house = House::open();
    let (here, elsewhere) = (house.signed_in("nurse"), house.signed_in("nurse"));
    assert_eq!(here.ask(&ReadMe {}).unwrap().sessions.len(), 2);
    assert!(matches!(here.ask(&SignOutEverywhere {}), Ok(SignInState::User { .. })));
    for door in [&here, &elsewhere] {
        assert_eq!(code(door, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    }
}
