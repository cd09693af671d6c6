//! A case that is looked up: the clinic hears of each operator who does, once, in the transaction that answers them.

use clinic::{
    call::Caller,
    commands::support::{ReadCodedCase, ReadSupportCase},
    desk::{FollowCase, Followed},
    records::sql::{Sql, SqlError},
    testing::{DeskHouse, House, OperatorDoor},
};
use wire::{
    ProblemCode,
    activities::{Action, ActivityLine, Changed, Subject},
    ids::CaseId,
    support::CaseState,
};

use crate::{ask, code, locked, opened, sam};

/// The lines that tell of looks, oldest first.
fn looks(house: &House) -> Vec<ActivityLine> {
    let log = house.signed_in("owner").log();
    log.into_iter().rev().filter(|line| line.action == Action::SupportCaseRead).collect()
}

fn told(line: &ActivityLine, what: &Changed) -> String {
    line.changes.iter().find(|change| change.what == *what).map(|change| change.new.clone()).unwrap()
}

/// A case of the desk's list is looked at, as the Worker does.
fn follow(door: &OperatorDoor<'_>, house: &House, case: &CaseId) -> CaseState {
    let Followed { reader, .. } = door.ask(&FollowCase { case: case.clone() }).unwrap();
    let command = ReadSupportCase { case: case.clone(), reader };
    house.ask(&Caller::default(), &command).unwrap().unwrap().state
}

#[test]
fn the_clinic_hears_of_each_operator_who_looks_a_case_up_once() {
    let (house, id) = locked();
    let desk = DeskHouse::open(&house);
    let code = opened(&desk, &house.signed_in("manager"), &id);
    house.deliver();
    let door = desk.signed_in("sam");
    let case = door.look_up(&code).unwrap();
    let mails = house.deliver();
    let mut to: Vec<_> = mails.iter().map(|mail| (mail.to.as_str(), mail.subject.as_str())).collect();
    to.sort_unstable();
    let subject = "Support is looking at a case";
    assert_eq!(to, [("owner@clinic.example", subject), ("partner@clinic.example", subject)]);
    assert!(mails.iter().all(|mail| mail.text.contains("Sam") && mail.text.contains("Jane Manager")));

    assert_eq!(follow(&door, &house, &case.id), CaseState::Open);
    assert!(house.deliver().is_empty(), "the second look of the same operator is no news");
    assert_eq!(follow(&desk.signed_in("kim"), &house, &case.id), CaseState::Open);
    assert_eq!(house.deliver().len(), 2);

    let lines = looks(&house);
    let operators: Vec<_> = lines.iter().map(|line| told(line, &Changed::SupportOperator)).collect();
    assert_eq!(operators, ["Sam", "Kim"]);
    for line in &lines {
        assert_eq!(line.user, Subject::Account { id: id.clone(), name: "Jane Nurse".into() });
        assert_eq!(line.by, Subject::Operator);
        assert_eq!(told(line, &Changed::SupportCase), case.id.to_string());
        assert_eq!(told(line, &Changed::SupportManager), "Jane Manager");
    }
}

#[test]
fn a_code_that_opens_nothing_leaves_nothing_in_the_clinic() {
    let (house, id) = locked();
    ask(&house.signed_in("manager"), &id).unwrap();
    house.deliver();
    let command = ReadCodedCase { code: "aaaaa-aaaaa".parse().ok().unwrap(), reader: sam() };
    assert_eq!(code(house.ask(&Caller::default(), &command).unwrap()), ProblemCode::CaseCodeWrong);
    assert!(house.deliver().is_empty() && looks(&house).is_empty());
}

#[test]
fn a_look_and_what_tells_of_it_are_there_together_or_not_at_all() {
    for statement in 0.. {
        let (house, id) = locked();
        let code = ask(&house.signed_in("manager"), &id).unwrap().code;
        let count = |sql: &str| -> u32 { house.store.query(sql, &[]).unwrap()[0].take().unwrap() };
        let state = || {
            [
                "SELECT COUNT(*) FROM activities WHERE action = 'support_case_read'",
                "SELECT COUNT(*) FROM outbox",
                "SELECT COUNT(*) FROM support_case_readers",
            ]
            .map(count)
        };
        let before = state();
        house.store.fail_after(Some(statement));
        let outcome = house.ask(&Caller::default(), &ReadCodedCase { code, reader: sam() });
        house.store.fail_after(None);
        match outcome {
            Err(SqlError(_)) => assert_eq!(state(), before, "at {statement}"),
            Ok(answer) => {
                assert_eq!(answer.unwrap().state, CaseState::Open);
                assert_eq!(state(), [before[0] + 1, before[1] + 2, before[2] + 1]);
                assert!(statement > 10, "only {statement} statements were failed");
                return;
            }
        }
    }
}
