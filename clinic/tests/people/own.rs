//! What people do about their own account: change its password, sign out everywhere.

use clinic::{
    commands::{
        login::Reservation,
        me::{ReadMe, SignOutEverywhere},
        password::{Chooser, ReadPasswordRules, ReserveOwnAttempt, SettleOwnAttempt},
    },
    testing::{Door, House},
};
use wire::{ProblemCode, sign_in::SignInState};

use crate::code;

#[test]
fn the_own_password_is_changed_with_the_present_one_which_counts() {
    let house = House::open();
    let (here, elsewhere) = (house.signed_in("nurse"), house.signed_in("nurse"));
    let reserve = ReserveOwnAttempt { turn: None };
    let attempt = |door: &Door<'_>| {
        house.pass_seconds(1);
        match door.ask(&reserve).unwrap() {
            Reservation::Check { attempt, .. } => attempt,
            other => panic!("nobody else is trying: {other:?}"),
        }
    };
    let settle = |door: &Door<'_>, right: bool| {
        let password_hash = right.then(|| "a new hash".to_owned());
        door.ask(&SettleOwnAttempt { attempt: attempt(door), right, password_hash })
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
