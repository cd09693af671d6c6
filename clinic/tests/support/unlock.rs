//! The unlock by support: once, whole or not at all, and told alike on both sides.

use clinic::{
    call::Caller,
    commands::support::{UnlockBySupport, WithdrawSupportCase},
    desk::ReadPendingUnlocks,
    records::sql::{Sql, SqlError},
    testing::{DeskHouse, House, OperatorDoor, pin_in},
};
use wire::{
    ProblemCode,
    activities::{Action, ActivityLine, Changed, Subject},
    ids::{AccountId, CaseId},
    support::{CaseState, DeskAction, SupportCase},
    users::UserStatus,
};

use crate::{ask, code, locked, opened};

const WHY: &str = "Rang the practice, she knew the rota";

/// The case of a code that was read out to an operator, who has opened it.
fn read_out<'a>(desk: &'a DeskHouse<'_>, id: &AccountId) -> (OperatorDoor<'a>, SupportCase) {
    let code = opened(desk, &desk.house.signed_in("manager"), id);
    let door = desk.signed_in("sam");
    let case = door.look_up(&code).unwrap();
    (door, case)
}

fn unlocked(house: &House, id: &AccountId) -> bool {
    house.signed_in("owner").window(id).user.status == UserStatus::Active
}

fn unlock_line(house: &House) -> Option<ActivityLine> {
    house.signed_in("owner").log().into_iter().find(|l| l.action == Action::AccountUnlockedBySupport)
}

#[test]
fn an_operator_who_rang_back_unlocks_and_both_logs_tell_the_same() {
    let (house, id) = locked();
    let desk = DeskHouse::open(&house);
    let (door, case) = read_out(&desk, &id);
    house.deliver();
    assert_eq!(code(door.begin(&case.id, false, WHY)), ProblemCode::CallBackMissing);
    assert_eq!(code(door.begin(&case.id, true, " ")), ProblemCode::ReasonMalformed);
    let done = door.finish(door.begin(&case.id, true, WHY).unwrap());
    assert_eq!(done.state, CaseState::Used);
    assert!(house.told.borrow().contains("clinic"), "the waiting screen turns");

    let line = unlock_line(&house).unwrap();
    let told = |what| line.changes.iter().find(|c| c.what == what).map(|c| c.new.clone()).unwrap();
    let theirs = door.desk().log.into_iter().find(|l| l.action == DeskAction::AccountUnlocked).unwrap();
    let case = theirs.case.unwrap();
    assert_eq!(told(Changed::SupportCase), case.id.to_string());
    assert_eq!(told(Changed::SupportManager), case.manager);
    assert_eq!(told(Changed::SupportOperator), theirs.operator);
    assert_eq!(told(Changed::SupportReason), case.why);
    assert_eq!(
        (line.user, line.by),
        (Subject::Account { id: id.clone(), name: case.account }, Subject::Operator)
    );

    let mut to: Vec<_> = house.deliver().into_iter().map(|mail| (mail.to, mail.subject)).collect();
    to.sort();
    let used = "Support has unlocked an account".to_owned();
    assert_eq!(
        to,
        [
            ("nurse@clinic.example".to_owned(), "Your account is unlocked".to_owned()),
            ("owner@clinic.example".to_owned(), used.clone()),
            ("partner@clinic.example".to_owned(), used),
        ]
    );
    let mut reception = house.door(0);
    assert_eq!(
        reception.password("nurse", false).unwrap_err().tries_left,
        Some(4),
        "the strikes are cleared"
    );
    assert_eq!(code(door.begin(&case.id, true, WHY)), ProblemCode::CaseClosed);
    assert!(door.desk().cases.is_empty());
}

#[test]
fn a_crash_between_clinic_and_desk_heals_at_the_next_look() {
    let (house, id) = locked();
    let desk = DeskHouse::open(&house);
    let (sam, case) = read_out(&desk, &id);
    let pending = sam.begin(&case.id, true, WHY).unwrap();
    let command = UnlockBySupport {
        case: pending.case.clone(),
        operator: pending.operator.clone(),
        why: pending.why.clone(),
    };
    let there = house.ask(&Caller::default(), &command).unwrap().unwrap();
    assert_eq!(there.state, CaseState::Used, "and here the Worker dies");
    house.deliver();

    let kim = desk.signed_in("kim");
    let mut left = kim.ask(&ReadPendingUnlocks {}).unwrap();
    assert_eq!(kim.finish(left.pop().unwrap()).state, CaseState::Used);
    assert!(kim.ask(&ReadPendingUnlocks {}).unwrap().is_empty());
    let log = kim.desk().log;
    let lines: Vec<_> = log.iter().filter(|l| l.action == DeskAction::AccountUnlocked).collect();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((line.operator.as_str(), line.case.as_ref().unwrap().why.as_str()), ("Sam", WHY));
    let ours = house.signed_in("owner").log();
    assert_eq!(ours.iter().filter(|l| l.action == Action::AccountUnlockedBySupport).count(), 1);
    assert!(house.deliver().is_empty(), "nobody is told twice");
}

#[test]
fn an_unlock_that_was_begun_by_one_is_finished_as_it_was_begun() {
    let (house, id) = locked();
    let desk = DeskHouse::open(&house);
    let (sam, case) = read_out(&desk, &id);
    let kim = desk.signed_in("kim");
    sam.begin(&case.id, true, WHY).unwrap();
    let pending = kim.begin(&case.id, true, "another reason").unwrap();
    assert_eq!((pending.operator.as_str(), pending.why.as_str()), ("Sam", WHY));
    // Also when Sam works there no more.
    desk.remove("sam");
    let left = kim.ask(&ReadPendingUnlocks {}).unwrap();
    assert_eq!(left.first().map(|pending| pending.operator.as_str()), Some("Sam"));
    kim.finish(pending);
    let lines = kim.desk().log;
    let line = lines.iter().find(|l| l.action == DeskAction::AccountUnlocked).unwrap();
    assert_eq!(line.operator, "Sam");
}

#[test]
fn an_account_unlocked_meanwhile_closes_the_case() {
    let (house, id) = locked();
    let desk = DeskHouse::open(&house);
    let (door, case) = read_out(&desk, &id);
    let owner = house.signed_in("owner");
    house.deliver();
    owner.send_pin(&id).unwrap();
    let pin = pin_in(&house.deliver()[0]);
    owner.unlock(&id, &pin).unwrap();
    let told = door.finish(door.begin(&case.id, true, WHY).unwrap());
    assert_eq!(told.state, CaseState::Moot);
    assert!(unlock_line(&house).is_none());
    assert_eq!(door.desk().log[0].action, DeskAction::CaseClosed);
    assert!(door.desk().cases.is_empty());
}

#[test]
fn a_case_of_an_earlier_lock_opens_no_later_one() {
    let (house, id) = locked();
    let desk = DeskHouse::open(&house);
    let (door, case) = read_out(&desk, &id);
    let owner = house.signed_in("owner");
    house.deliver();
    owner.send_pin(&id).unwrap();
    owner.unlock(&id, &pin_in(&house.deliver()[0])).unwrap();
    house.door(0).lock("nurse");
    assert_eq!(door.finish(door.begin(&case.id, true, WHY).unwrap()).state, CaseState::Moot);
    assert!(!unlocked(&house, &id));
}

#[test]
fn a_withdrawn_case_unlocks_nothing() {
    let (house, id) = locked();
    let desk = DeskHouse::open(&house);
    let manager = house.signed_in("manager");
    let right = opened(&desk, &manager, &id);
    let door = desk.signed_in("sam");
    let case = door.look_up(&right).unwrap();
    manager.ask(&WithdrawSupportCase { id: id.clone() }).unwrap();
    assert_eq!(door.finish(door.begin(&case.id, true, WHY).unwrap()).state, CaseState::Withdrawn);
    assert!(!unlocked(&house, &id));
}

fn count(house: &House, sql: &str) -> u32 {
    house.store.query(sql, &[]).unwrap()[0].take().unwrap()
}

#[test]
fn the_unlock_is_whole_or_not_there_whatever_statement_fails() {
    for statement in 0.. {
        let (house, id) = locked();
        let manager = house.signed_in("manager");
        ask(&manager, &id).unwrap();
        let case: CaseId = manager.window(&id).lock.unwrap().support.unwrap().case.unwrap().id;
        let command = UnlockBySupport { case, operator: "Sam".into(), why: WHY.into() };
        let state = || {
            [
                "SELECT COUNT(*) FROM activities",
                "SELECT COUNT(*) FROM outbox",
                "SELECT COUNT(*) FROM tallies WHERE locked_since IS NOT NULL",
                "SELECT COUNT(*) FROM support_cases WHERE ended_as = 'used'",
            ]
            .map(|sql| count(&house, sql))
        };
        let before = state();
        house.store.fail_after(Some(statement));
        let outcome = house.ask(&Caller::default(), &command);
        house.store.fail_after(None);
        match outcome {
            Err(SqlError(_)) => assert_eq!(state(), before, "at {statement}"),
            Ok(answer) => {
                assert_eq!(answer.unwrap().state, CaseState::Used);
                let after = state();
                assert_eq!(after, [before[0] + 1, before[1] + 3, before[2] - 1, before[3] + 1]);
                assert!(statement > 15, "only {statement} statements were failed");
                return;
            }
        }
    }
}
