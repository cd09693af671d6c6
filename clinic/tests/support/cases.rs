//! Opening and withdrawing a case in the clinic.

use clinic::{
    commands::support::{OpenSupportCase, ReadCodedCase, WithdrawSupportCase},
    rules::support::{CASE_LIFETIME_HOURS, CASES_MAX},
};
use wire::{
    ProblemCode,
    activities::{Action, Changed},
    rights::Permission,
    support::CaseState,
};

use crate::{ask, code, locked, sam};

#[test]
fn a_case_is_logged_and_told_to_every_owner() {
    let (house, id) = locked();
    let manager = house.signed_in("manager");
    let opened = ask(&manager, &id).unwrap();
    assert_eq!(opened.code.in_groups().len(), 11);
    let case = manager.window(&id).lock.unwrap().support.unwrap().case.unwrap();
    assert_eq!(case.by, "Jane Manager");
    let mails = house.deliver();
    let to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to.len(), 2, "{to:?}");
    for mail in &mails {
        assert!(mail.to == "owner@clinic.example" || mail.to == "partner@clinic.example");
        assert_eq!(mail.subject, "Support was asked to unlock an account");
        for word in ["Jane Nurse", "Jane Manager", "on a plane", case.id.as_str()] {
            assert!(mail.text.contains(word), "{word} in {}", mail.text);
        }
        assert!(!mail.text.contains(opened.code.expose()), "the code is for the telephone");
    }
    let line = house.signed_in("owner").log().into_iter().find(|l| l.action == Action::SupportCaseOpened);
    let changes = line.unwrap().changes;
    let told = |what| changes.iter().find(|change| change.what == what).map(|change| change.new.as_str());
    assert_eq!(told(Changed::SupportCase), Some(case.id.as_str()));
    assert_eq!(told(Changed::SupportManager), Some("Jane Manager"));
}

#[test]
fn only_owners_and_managers_ask_and_never_for_themselves() {
    let (house, id) = locked();
    for login in ["nurse2", "sys_house"] {
        let door = house.signed_in(login);
        assert_eq!(code(ask(&door, &id)), ProblemCode::NotAllowed, "{login}");
        assert_eq!(door.window(&id).lock.unwrap().support, None, "{login}");
    }
    let owner = house.signed_in("owner");
    let own = house.account("owner");
    assert_eq!(code(ask(&owner, &own)), ProblemCode::OwnAccount);
    house.door(0).lock("owner");
    for id in [&own, &id] {
        assert_eq!(code(ask(&owner, id)), ProblemCode::UnlockFirst, "whoever is locked asks for nobody");
    }
    let manager = house.signed_in("manager");
    ask(&manager, &own).unwrap();
    assert_eq!(manager.window(&own).lock.unwrap().support.unwrap().may, Permission::Allowed);
}

#[test]
fn an_account_has_one_open_case_and_so_many_a_day() {
    let (house, id) = locked();
    let manager = house.signed_in("manager");
    for _ in 0..CASES_MAX {
        ask(&manager, &id).unwrap();
        assert_eq!(code(ask(&manager, &id)), ProblemCode::CaseOpen);
        manager.ask(&WithdrawSupportCase { id: id.clone() }).unwrap();
    }
    let refused = ask(&manager, &id).err().unwrap();
    assert_eq!(refused.code, ProblemCode::CasesTooMany);
    assert!(refused.retry_after_seconds.unwrap() > 23 * 3600);
    assert_eq!(code(manager.ask(&WithdrawSupportCase { id: id.clone() })), ProblemCode::CaseClosed);
    house.pass_seconds(CASE_LIFETIME_HOURS * 3600);
    assert!(ask(&house.signed_in("manager"), &id).is_ok());
}

#[test]
fn there_is_no_case_for_an_account_that_is_not_locked() {
    let (house, _) = locked();
    let manager = house.signed_in("manager");
    assert_eq!(code(ask(&manager, &house.account("nurse2"))), ProblemCode::NotLocked);
}

#[test]
fn reason_and_number_are_looked_at() {
    let (house, id) = locked();
    let manager = house.signed_in("manager");
    for (reason, phone, field) in [
        ("", "112", "reason"),
        ("a\nb", "112", "reason"),
        (&"x".repeat(501), "112", "reason"),
        ("x", "", "phone"),
        ("x", "ring me", "phone"),
    ] {
        let command = OpenSupportCase { id: id.clone(), reason: reason.into(), phone: phone.into() };
        assert_eq!(manager.ask(&command).err().unwrap().field.as_deref(), Some(field), "{reason} {phone}");
    }
}

#[test]
fn a_code_opens_its_case_until_it_is_withdrawn_or_a_day_old() {
    let (house, id) = locked();
    let manager = house.signed_in("manager");
    let read =
        |code: &str| house.stranger().ask(&ReadCodedCase { code: code.parse().ok().unwrap(), reader: sam() });
    let first = ask(&manager, &id).unwrap().code.in_groups();
    let case = read(&first).unwrap();
    assert_eq!((case.manager.as_str(), case.account.as_str()), ("Jane Manager", "Jane Nurse"));
    assert_eq!((case.phone.as_str(), case.state), ("+44 20 7946 0018", CaseState::Open));
    manager.ask(&WithdrawSupportCase { id: id.clone() }).unwrap();
    assert_eq!(code(read(&first)), ProblemCode::CaseCodeWrong);
    let second = ask(&manager, &id).unwrap().code.in_groups();
    house.pass_seconds(CASE_LIFETIME_HOURS * 3600 - 1);
    assert!(read(&second).is_ok());
    house.pass_seconds(1);
    assert_eq!(code(read(&second)), ProblemCode::CaseCodeWrong);
    assert_eq!(code(read("aaaaa-aaaaa")), ProblemCode::CaseCodeWrong);
}

#[test]
fn a_case_that_is_opened_after_the_clock_was_set_back_is_the_newest() {
    let (house, id) = locked();
    let manager = house.signed_in("manager");
    ask(&manager, &id).unwrap();
    manager.ask(&WithdrawSupportCase { id: id.clone() }).unwrap();
    house.pass_seconds(-1800);
    ask(&manager, &id).unwrap();
    assert!(manager.window(&id).lock.unwrap().support.unwrap().case.is_some());
    manager.ask(&WithdrawSupportCase { id: id.clone() }).unwrap();
}
