//! An edit overwrites nothing unseen, and the former address hears of it.

use clinic::testing::House;
use wire::ProblemCode;

use crate::edit;

#[test]
fn two_who_edit_one_account_do_not_overwrite_each_other() {
    let house = House::open();
    let (owner, manager) = (house.signed_in("owner"), house.signed_in("manager"));
    let id = house.account("nurse");
    let (seen_by_owner, seen_by_manager) = (owner.window(&id), manager.window(&id));
    edit(&owner, &seen_by_owner, |fields| fields.position = "Head nurse".into()).unwrap();
    let late = edit(&manager, &seen_by_manager, |fields| fields.email = "new@clinic.example".into());
    assert_eq!(late.unwrap_err().code, ProblemCode::EditedMeanwhile);
    let window =
        edit(&manager, &manager.window(&id), |fields| fields.email = "new@clinic.example".into()).unwrap();
    assert_eq!((window.user.position.as_str(), window.email.as_str()), ("Head nurse", "new@clinic.example"));
}

#[test]
fn the_former_address_hears_that_there_is_another() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let own = house.account("owner");
    edit(&owner, &owner.window(&own), |fields| fields.email = "new@clinic.example".into()).unwrap();
    let mails = house.deliver();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("owner@clinic.example", "Your e-mail address was changed")
    );
}
