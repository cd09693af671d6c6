//! The emergency way: it opens what nobody within can open, nothing else, whole or not at all, and nobody at the clinic misses it.

use clinic::{
    Caller,
    call::CallKey,
    clinic::envelope,
    commands::{
        computers::ListComputers,
        emergency::{ReopenProfile, UnlockOwner},
        people::RemoveUser,
        profiles::AddProfile,
    },
    records::sql::{Sql, SqlError},
    testing::House,
};
use wire::{
    Problem, ProblemCode,
    activities::{Action, Changed, Subject},
    operator::Relieved,
    users::UserStatus,
};

const WHY: &str = "The only owners mistyped, ticket 4711";
const ADDRESS: &str = "198.51.100.9";

/// Whoever has the deployment's key: no cookie of a clinic.
fn operator() -> Caller {
    Caller { address: ADDRESS.into(), ..Caller::default() }
}

fn unlock(house: &House, login: &str) -> Result<Relieved, Problem> {
    let command = UnlockOwner { login: login.parse().unwrap(), reason: WHY.into() };
    house.ask(&operator(), &command).unwrap()
}

fn reopen(house: &House, profile: &str) -> Result<Relieved, Problem> {
    house.ask(&operator(), &ReopenProfile { profile: profile.into(), reason: WHY.into() }).unwrap()
}

/// What was refused, beside which field.
fn refused<T>(outcome: Result<T, Problem>) -> (ProblemCode, String) {
    let problem = outcome.err().expect("refused");
    (problem.code, problem.field.unwrap_or_default())
}

fn lock_all(house: &House, logins: &[&str]) {
    let mut door = house.door(0);
    logins.iter().for_each(|login| door.lock(login));
    house.deliver();
}

fn count(house: &House, sql: &str) -> u32 {
    house.store.query(sql, &[]).unwrap()[0].take().unwrap()
}

/// A hundred wrong codes at the first computer, by somebody who has its form.
fn stop(house: &House) {
    let mut door = house.stranger();
    door.authorize_computer(0).unwrap();
    loop {
        let problem = door.authorize_profile("000000").unwrap_err();
        match problem.code {
            ProblemCode::CodeWrong => {}
            ProblemCode::ComputerRequired => drop(door.authorize_computer(0).unwrap()),
            ProblemCode::CodesPaused => house.pass_seconds(problem.retry_after_seconds.unwrap().into()),
            ProblemCode::ProfileStopped => break,
            other => panic!("{other:?}"),
        }
    }
    house.deliver();
}

#[test]
fn a_clinic_whose_owners_are_all_locked_is_let_in_again_and_hears_of_it() {
    let house = House::open();
    let (id, partner) = (house.account("owner"), house.account("partner"));
    lock_all(&house, &["owner", "partner"]);
    assert_eq!(refused(house.door(0).password("owner", true)).0, ProblemCode::AccountLocked);
    let told = unlock(&house, "owner").unwrap();
    assert_eq!(told, Relieved { clinic: "Harbour Street Clinic".into(), name: "Jane Owner".into() });
    assert!(house.told.borrow().contains("clinic"), "the waiting screen turns");

    let mut to: Vec<_> = house.deliver().into_iter().map(|mail| (mail.to, mail.subject)).collect();
    to.sort();
    let emergency = "An owner was unlocked in an emergency".to_owned();
    assert_eq!(
        to,
        [
            ("owner@clinic.example".to_owned(), emergency.clone()),
            ("owner@clinic.example".to_owned(), "Your account is unlocked".to_owned()),
            ("partner@clinic.example".to_owned(), emergency),
        ]
    );
    // With their own password, which nobody else was given.
    let owner = house.signed_in("owner");
    let log = owner.log();
    let line = log.iter().find(|line| line.action == Action::AccountUnlockedInEmergency).unwrap();
    assert_eq!(line.user, Subject::Account { id, name: "Jane Owner".into() });
    assert_eq!((&line.by, line.address.as_str()), (&Subject::Operator, ADDRESS));
    let changes: Vec<_> = line.changes.iter().map(|one| (one.what.clone(), one.new.as_str())).collect();
    assert_eq!(changes, [(Changed::SupportReason, WHY)]);
    let waits = matches!(owner.window(&partner).user.status, UserStatus::Locked { .. });
    assert!(waits, "the other one is left to the first, with a PIN");
}

#[test]
fn while_an_owner_is_not_locked_the_operator_unlocks_nobody() {
    let house = House::open();
    lock_all(&house, &["owner", "manager", "nurse"]);
    let lines = || count(&house, "SELECT COUNT(*) FROM activities");
    let before = lines();
    let beside_login = |code| (code, "login".to_owned());
    assert_eq!(refused(unlock(&house, "owner")), beside_login(ProblemCode::NotAnEmergency));
    assert_eq!(refused(unlock(&house, "partner")), beside_login(ProblemCode::NotLocked));
    for other in ["manager", "nurse", "nobody"] {
        assert_eq!(refused(unlock(&house, other)), beside_login(ProblemCode::NotFound), "{other}");
    }
    assert_eq!((lines(), house.deliver().len()), (before, 0), "what is refused leaves nothing");

    // Somebody who left is no owner any more, and helps nobody.
    let id = house.account("owner");
    house.signed_in("partner").ask(&RemoveUser { id }).unwrap();
    lock_all(&house, &["partner"]);
    assert_eq!(refused(unlock(&house, "owner")), beside_login(ProblemCode::NotFound));
    unlock(&house, "partner").unwrap();
    house.signed_in("partner");
}

#[test]
fn a_reason_is_given_and_a_clinic_that_was_never_opened_is_none() {
    let house = House::open();
    lock_all(&house, &["owner", "partner"]);
    for reason in ["", " ", "two\nlines", &"x".repeat(501)] {
        let command = UnlockOwner { login: "owner".parse().unwrap(), reason: reason.into() };
        let problem = refused(house.ask(&operator(), &command).unwrap());
        assert_eq!(problem, (ProblemCode::ReasonMalformed, "reason".to_owned()), "{reason}");
    }
    let empty = House::empty();
    let nowhere = (ProblemCode::NotFound, "clinic".to_owned());
    assert_eq!(refused(unlock(&empty, "owner")), nowhere);
    assert_eq!(refused(reopen(&empty, "Main")), nowhere);
    assert!(empty.store.query("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
}

#[test]
fn a_call_that_is_delivered_twice_unlocks_and_tells_once() {
    let house = House::open();
    lock_all(&house, &["owner", "partner"]);
    let command = UnlockOwner { login: "owner".parse().unwrap(), reason: WHY.into() };
    let call = envelope(&command, &operator(), Some(CallKey::from_random([7; 16]))).unwrap();
    let first = house.deliver_call(&call).unwrap();
    assert_eq!(house.deliver_call(&call).unwrap(), first);
    assert_eq!(house.deliver().len(), 3);
}

#[test]
fn the_unlock_is_whole_or_not_there_whatever_statement_fails() {
    for statement in 0.. {
        let house = House::open();
        lock_all(&house, &["owner", "partner"]);
        let state = || {
            [
                "SELECT COUNT(*) FROM activities WHERE action = 'account_unlocked_in_emergency'",
                "SELECT COUNT(*) FROM outbox",
                "SELECT COUNT(*) FROM tallies WHERE locked_since IS NOT NULL",
            ]
            .map(|sql| count(&house, sql))
        };
        let before = state();
        let command = UnlockOwner { login: "owner".parse().unwrap(), reason: WHY.into() };
        house.store.fail_after(Some(statement));
        let outcome = house.ask(&operator(), &command);
        house.store.fail_after(None);
        match outcome {
            Err(SqlError(_)) => assert_eq!(state(), before, "at {statement}"),
            Ok(answer) => {
                answer.unwrap();
                assert_eq!(state(), [before[0] + 1, before[1] + 3, before[2] - 1]);
                assert!(statement > 15, "only {statement} statements were failed");
                return;
            }
        }
    }
}

#[test]
fn a_stopped_profile_takes_codes_again_where_it_is_the_last_way_in() {
    let house = House::open();
    assert_eq!(refused(reopen(&house, "Main")), (ProblemCode::NotAnEmergency, "profile".to_owned()));
    stop(&house);
    let mut office = house.stranger();
    office.authorize_computer(1).unwrap();
    let stopped = office.authorize_profile(&house.code(0)).unwrap_err();
    assert_eq!(stopped.code, ProblemCode::ProfileStopped);
    assert_eq!(refused(reopen(&house, "Dental")), (ProblemCode::NotFound, "profile".to_owned()));
    house.deliver();
    assert_eq!(reopen(&house, "main").unwrap().name, "Main");
    let mails = house.deliver();
    let mut to: Vec<_> = mails.iter().map(|mail| (mail.to.as_str(), mail.subject.as_str())).collect();
    to.sort_unstable();
    let subject = "A stopped profile takes codes again";
    assert_eq!(to, [("owner@clinic.example", subject), ("partner@clinic.example", subject)]);
    house.pass_seconds(31);
    office.authorize_profile(&house.code(0)).unwrap();
    office.sign_in("owner").unwrap();
    let line = office.log().into_iter().find(|line| line.action == Action::ProfileReopened).unwrap();
    assert_eq!((line.user, line.by), (Subject::Nobody, Subject::Operator));
    let changes: Vec<_> = line.changes.iter().map(|one| (one.what.clone(), one.new.as_str())).collect();
    assert_eq!(changes, [(Changed::Profile, "Main"), (Changed::SupportReason, WHY)]);
}

#[test]
fn a_profile_stays_stopped_while_another_one_lets_in() {
    let house = House::open();
    let owner = house.signed_in("owner");
    owner.ask(&AddProfile { name: "Dental".into() }).unwrap();
    let list = owner.ask(&ListComputers {}).unwrap();
    let dental = list.profiles.iter().find(|profile| profile.name == "Dental").unwrap().id.clone();
    let first = list.computers.iter().find(|computer| !computer.here).unwrap().id.clone();
    stop(&house);
    let refusal = (ProblemCode::NotAnEmergency, "profile".to_owned());
    assert_eq!(refused(reopen(&house, "Dental")), refusal, "it is not stopped");
    let beside = house.store.query("SELECT id FROM computers WHERE id <> ?1", &[first.as_str().into()]);
    let second: String = beside.unwrap()[0].take().unwrap();
    let moved = "UPDATE computers SET profile = ?2 WHERE id = ?1";
    house.store.run(moved, &[second.as_str().into(), dental.as_str().into()]).unwrap();
    assert_eq!(refused(reopen(&house, "Main")), refusal, "the other one lets in");
    // Through a profile without a computer that has a form nobody gets in.
    let revoked = "UPDATE computers SET revoked_at = 1 WHERE id = ?1";
    house.store.run(revoked, &[second.as_str().into()]).unwrap();
    reopen(&house, "Main").unwrap();
}

#[test]
fn the_reopening_is_whole_or_not_there_whatever_statement_fails() {
    for statement in 0.. {
        let house = House::open();
        house.store.run("UPDATE profiles SET wrong_codes = 100", &[]).unwrap();
        let state = || {
            [
                "SELECT COUNT(*) FROM activities WHERE action = 'profile_reopened'",
                "SELECT COUNT(*) FROM outbox",
                "SELECT COUNT(*) FROM profiles WHERE wrong_codes > 0",
            ]
            .map(|sql| count(&house, sql))
        };
        let before = state();
        house.store.fail_after(Some(statement));
        let command = ReopenProfile { profile: "Main".into(), reason: WHY.into() };
        let outcome = house.ask(&operator(), &command);
        house.store.fail_after(None);
        match outcome {
            Err(SqlError(_)) => assert_eq!(state(), before, "at {statement}"),
            Ok(answer) => {
                answer.unwrap();
                assert_eq!(state(), [before[0] + 1, before[1] + 2, before[2] - 1]);
                assert!(statement > 10, "only {statement} statements were failed");
                return;
            }
        }
    }
}
