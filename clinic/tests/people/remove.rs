//! Whoever is removed is out at once, and can be brought back.

use clinic::{
    commands::{
        me::ReadMe,
        people::{BringBackUser, RemoveUser},
        users::ListUsers,
    },
    testing::House,
};
use wire::{ProblemCode, Role, activities::Subject, sign_in::SignInState, users::UserStatus};

use crate::{add, code, first, person};

#[test]
fn whoever_is_removed_is_out_at_once_and_can_be_brought_back() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let nurse = house.signed_in("nurse");
    let id = house.account("nurse");
    let mut asked = house.door(0);
    asked.password("nurse", true).unwrap();
    let window = owner.ask(&RemoveUser { id: id.clone() }).unwrap();
    assert!(matches!(window.user.status, UserStatus::Removed { .. }));
    assert_eq!(*house.told.borrow(), [format!("account {id}"), "log".to_owned()].into());
    assert_eq!(code(&nurse, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    assert_eq!(asked.answer(true).unwrap_err().code, ProblemCode::QuestionExpired);
    assert_eq!(house.door(0).password("nurse", true).unwrap_err().code, ProblemCode::LoginWrong);
    assert_eq!(code(&owner, &RemoveUser { id: id.clone() }), Some((ProblemCode::UserRemoved, None)));
    let fields = person("Nurse", Role::Employee, "nurse");
    assert_eq!(add(&owner, fields).unwrap_err().code, ProblemCode::LoginTaken, "retired for ever");
    let listed = |login: &str| {
        let list = house.signed_in(login).ask(&ListUsers {}).unwrap();
        list.users.iter().any(|user| user.id == id)
    };
    assert!(listed("manager") && !listed("nurse2"), "the removed are shown to those who can bring them back");
    assert!(
        owner
            .log()
            .iter()
            .any(|line| matches!(&line.user, Subject::Account { name, .. } if name == "Jane Nurse"))
    );

    let back = owner.ask(&BringBackUser { id: id.clone(), first: first("nurse") }).unwrap();
    assert_eq!((back.pair.login.as_str(), back.pair.password.as_str()), ("nurse", "abcd2345"));
    assert!(matches!(house.door(0).sign_in("nurse"), Ok(SignInState::NewPassword { .. })));
    let again = BringBackUser { id, first: first("nurse") };
    assert_eq!(code(&owner, &again), Some((ProblemCode::UserNotRemoved, None)));
}
