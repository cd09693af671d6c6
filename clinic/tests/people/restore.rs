//! Restored access ends what the old password had opened, and the tries at it.

use clinic::{
    commands::{login::Reservation, me::ReadMe, people::RestoreAccess},
    testing::House,
};
use wire::ProblemCode;

use crate::{code, edit, first};

#[test]
fn restored_access_ends_the_old_password_and_every_session_but_no_lock() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let nurse = house.signed_in("nurse");
    let id = house.account("nurse");
    let pair = owner.ask(&RestoreAccess { id: id.clone(), first: first("new nurse") }).unwrap().pair;
    assert_eq!(pair.login, "nurse");
    assert_eq!(code(&nurse, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    assert_eq!(house.deliver()[0].subject, "Your access was restored");
    match house.door(0).reserve("nurse").unwrap() {
        Reservation::Check { password_hash, .. } => assert_eq!(password_hash, "hash of new nurse"),
        other => panic!("nobody else is trying: {other:?}"),
    }
    house.door(0).lock("nurse2");
    let locked = RestoreAccess { id: house.account("nurse2"), first: first("x") };
    assert_eq!(code(&owner, &locked), Some((ProblemCode::UnlockFirst, None)));
    assert_eq!(
        code(&owner, &RestoreAccess { id: house.account("owner"), first: first("x") }),
        Some((ProblemCode::OwnAccount, None))
    );
}

#[test]
fn a_password_that_was_right_when_it_was_looked_at_is_wrong_once_there_is_another() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let id = house.account("nurse");
    let mut thief = house.door(0);
    let attempt = thief.reserved("nurse");
    owner.ask(&RestoreAccess { id: id.clone(), first: first("new nurse") }).unwrap();
    assert_eq!(thief.settle(attempt, true).unwrap_err().code, ProblemCode::LoginWrong);
    // The same where the login is another one by then: the try stays with the account that it was reserved at.
    let attempt = thief.reserved("nurse");
    edit(&owner, &owner.window(&id), |fields| fields.login = "nurse.new".into()).unwrap();
    assert_eq!(thief.settle(attempt, false).unwrap_err().tries_left, Some(3));
}
