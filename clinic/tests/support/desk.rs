//! The desk itself: who gets in, what a code costs that opens nothing, and what it shows.

use clinic::{
    desk::{NoteSetupLink, ReadDesk, SignOutOperator, UnlockOperator},
    records::sql::Sql,
    rules::{
        support::{
            CASE_CODES_MAX, CASE_CODES_WINDOW_MINUTES, DESK_SESSION_HOURS, DESK_SESSION_UNUSED_MINUTES,
            OPERATOR_STRIKES_MAX,
        },
        throttle::KNOCKS_WAIT_SECONDS_MAX,
    },
    testing::{DeskHouse, House},
};
use wire::{ProblemCode, ids::OperatorId, support::DeskAction};

use crate::{code, locked, opened};

fn id(desk: &DeskHouse<'_>, login: &str) -> OperatorId {
    let seen = desk.signed_in("kim").desk();
    seen.operators.into_iter().find(|operator| operator.login == login).unwrap().id
}

fn lock(desk: &DeskHouse<'_>, login: &str) {
    let mut door = desk.stranger();
    while code(door.sign_in(login, false, "000000")) != ProblemCode::OperatorLocked {}
}

#[test]
fn login_password_and_code_must_all_be_right() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let right = desk.code("sam", 0);
    for (login, password, totp) in
        [("sam", false, right.as_str()), ("sam", true, "000000"), ("nobody", true, right.as_str())]
    {
        let refused = desk.stranger().sign_in(login, password, totp).err().unwrap();
        assert_eq!((refused.code, refused.tries_left), (ProblemCode::OperatorWrong, None), "{login}");
    }
    desk.stranger().sign_in("sam", true, &right).unwrap();
}

#[test]
fn a_code_is_accepted_once_and_its_second_use_is_no_strike() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let totp = desk.code("sam", 0);
    desk.stranger().sign_in("sam", true, &totp).unwrap();
    for _ in 0..2 * OPERATOR_STRIKES_MAX {
        let refused = desk.stranger().sign_in("sam", true, &totp).err().unwrap();
        assert_eq!(refused.code, ProblemCode::CodeUsed);
    }
    assert_eq!(code(desk.stranger().sign_in("kim", true, &totp)), ProblemCode::OperatorWrong);
}

#[test]
fn fifth_strike_locks_known_and_unknown_logins_alike() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    for login in ["sam", "nobody"] {
        let mut door = desk.stranger();
        for strike in 1..=OPERATOR_STRIKES_MAX + 2 {
            let expected = match strike < OPERATOR_STRIKES_MAX {
                true => ProblemCode::OperatorWrong,
                false => ProblemCode::OperatorLocked,
            };
            assert_eq!(code(door.sign_in(login, false, "000000")), expected, "{login} {strike}");
            house.pass_seconds(KNOCKS_WAIT_SECONDS_MAX);
        }
    }
    assert_eq!(code(desk.stranger().sign_in("sam", true, &desk.code("sam", 0))), ProblemCode::OperatorLocked);
    let log = desk.signed_in("kim").desk().log;
    let count = |action| log.iter().filter(|l| l.action == action && l.operator == "Sam").count();
    assert_eq!((count(DeskAction::LoginFailed), count(DeskAction::OperatorLocked)), (5, 1));
}

#[test]
fn a_colleague_unlocks_and_nobody_themselves() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let (sam, kim) = (id(&desk, "sam"), id(&desk, "kim"));
    let door = desk.signed_in("kim");
    assert_eq!(code(door.ask(&UnlockOperator { operator: sam.clone() })), ProblemCode::NotLocked);
    lock(&desk, "sam");
    lock(&desk, "kim");
    assert_eq!(code(door.ask(&UnlockOperator { operator: kim })), ProblemCode::OwnAccount);
    assert_eq!(code(door.ask(&UnlockOperator { operator: sam.clone() })), ProblemCode::OperatorLocked);
    desk.make("kim");
    let door = desk.signed_in("kim");
    let seen = door.ask(&UnlockOperator { operator: sam }).unwrap();
    assert!(seen.operators.iter().all(|operator| operator.locked_since.is_none()));
    let line = &seen.log[0];
    assert_eq!((line.operator.as_str(), line.colleague.as_deref()), ("Kim", Some("Sam")));
    desk.signed_in("sam");
}

#[test]
fn the_deployments_key_renews_an_operator_and_ends_their_sessions() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let door = desk.signed_in("sam");
    let old = desk.code("sam", 1);
    lock(&desk, "sam");
    desk.make("sam");
    assert_eq!(code(door.ask(&ReadDesk {})), ProblemCode::OperatorRequired);
    assert_eq!(code(desk.stranger().sign_in("sam", true, &old)), ProblemCode::OperatorWrong);
    desk.signed_in("sam");
}

#[test]
fn a_session_ends_unused_after_its_day_and_with_its_sign_out() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let unused = desk.signed_in("sam");
    house.pass_seconds(DESK_SESSION_UNUSED_MINUTES * 60);
    assert_eq!(code(unused.ask(&ReadDesk {})), ProblemCode::OperatorRequired);

    let used = desk.signed_in("sam");
    let mut minutes = 0;
    while used.ask(&ReadDesk {}).is_ok() {
        minutes += DESK_SESSION_UNUSED_MINUTES - 1;
        house.pass_seconds((DESK_SESSION_UNUSED_MINUTES - 1) * 60);
    }
    assert!((DESK_SESSION_HOURS * 60..DESK_SESSION_HOURS * 60 + 30).contains(&minutes), "{minutes}");

    let left = desk.signed_in("sam");
    left.ask(&SignOutOperator {}).unwrap();
    assert_eq!(code(left.ask(&ReadDesk {})), ProblemCode::OperatorRequired);
    left.ask(&SignOutOperator {}).unwrap();
}

#[test]
fn nobody_asks_the_desk_for_anything_who_is_not_signed_in() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let stranger = desk.stranger();
    assert_eq!(code(stranger.ask(&ReadDesk {})), ProblemCode::OperatorRequired);
    assert_eq!(code(stranger.ask(&NoteSetupLink {})), ProblemCode::OperatorRequired);
    assert_eq!(code(stranger.look_up("aaaaa-aaaaa")), ProblemCode::OperatorRequired);
    let manager = house.signed_in("manager");
    let forged = desk.ask(&manager.caller, &ReadDesk {}).unwrap();
    assert_eq!(code(forged), ProblemCode::OperatorRequired, "a clinic's session is none here");
}

#[test]
fn guessed_codes_pause_the_operator_and_a_found_one_is_none_of_them() {
    let (house, account) = locked();
    let desk = DeskHouse::open(&house);
    let manager = house.signed_in("manager");
    let right = opened(&desk, &manager, &account);
    let door = desk.signed_in("sam");
    for _ in 1..CASE_CODES_MAX {
        assert_eq!(code(door.look_up("aaaaa-aaaaa")), ProblemCode::CaseCodeWrong);
    }
    door.look_up(&right).unwrap();
    assert_eq!(code(door.look_up(&right)), ProblemCode::CaseCodeWrong, "a code is read out once");
    let paused = door.look_up("aaaaa-aaaaa").err().unwrap();
    assert_eq!(paused.code, ProblemCode::CaseCodesPaused);
    assert!(paused.retry_after_seconds.unwrap() <= 60 * CASE_CODES_WINDOW_MINUTES as u32);
    assert_eq!(code(desk.signed_in("kim").look_up("aaaaa-aaaaa")), ProblemCode::CaseCodeWrong);
    house.pass_seconds(CASE_CODES_WINDOW_MINUTES * 60);
    assert_eq!(code(door.look_up("aaaaa-aaaaa")), ProblemCode::CaseCodeWrong);
    let refused = door.desk().log.into_iter().filter(|line| line.action == DeskAction::CaseRefused).count();
    assert_eq!(refused, CASE_CODES_MAX as usize + 2, "all of them stand in the log");
}

#[test]
fn the_desk_lists_what_was_read_out_and_nothing_else() {
    let (house, account) = locked();
    let desk = DeskHouse::open(&house);
    let right = opened(&desk, &house.signed_in("manager"), &account);
    let door = desk.signed_in("sam");
    assert!(door.desk().cases.is_empty());
    let rows = desk.store.query("SELECT sealed_clinic FROM unread_codes", &[]).unwrap();
    assert_eq!(rows.len(), 1);
    let case = door.look_up(&right).unwrap();
    assert_eq!(desk.signed_in("kim").desk().cases, [case]);
}

#[test]
fn the_log_of_the_desk_is_append_only() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    assert!(desk.store.run("UPDATE desk_log SET line = ''", &[]).is_err());
    assert!(desk.store.run("DELETE FROM desk_log", &[]).is_err());
}

#[test]
fn who_is_removed_is_signed_out_and_comes_back_as_the_same() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let sam = desk.signed_in("sam");
    let before = id(&desk, "sam");
    let totp = desk.code("sam", 1);
    assert_eq!(desk.remove("sam").as_deref(), Some("Sam"));
    assert_eq!(desk.remove("sam"), None);
    assert_eq!(code(sam.ask(&ReadDesk {})), ProblemCode::OperatorRequired);
    assert_eq!(code(desk.stranger().sign_in("sam", true, &totp)), ProblemCode::OperatorWrong);
    let kim = desk.signed_in("kim");
    let seen = kim.desk();
    assert!(seen.operators.iter().all(|operator| operator.login != "sam"));
    let line = seen.log.iter().find(|line| line.action == DeskAction::OperatorRemoved).unwrap();
    assert_eq!(line.operator, "Sam");
    assert_eq!(code(kim.ask(&UnlockOperator { operator: before.clone() })), ProblemCode::NotFound);
    desk.make("sam");
    desk.signed_in("sam");
    assert_eq!(id(&desk, "sam"), before);
}
