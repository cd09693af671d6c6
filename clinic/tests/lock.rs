//! The lock: exact, whole or not at all, the same for logins that nobody has, and in the way of every session.

use clinic::{
    commands::{login::Reservation, outbox::Delivery},
    records::{
        activities::{self, NewActivity},
        sql::{Sql, SqlError},
    },
    testing::House,
};
use wire::{
    Problem, ProblemCode,
    activities::{Action, Subject},
    mails::MailTrouble,
    users::UserStatus,
};

fn count(house: &House, table: &str) -> u32 {
    house.store.query(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap()[0].take().unwrap()
}

#[test]
fn fifth_wrong_password_locks_and_mails_user_and_owners() {
    let house = House::open();
    let mut door = house.door(0);
    let left: Vec<_> = (0..4).map(|_| door.password("nurse", false).unwrap_err().tries_left).collect();
    assert_eq!(left, [Some(4), Some(3), Some(2), Some(1)]);
    assert_eq!(count(&house, "outbox"), 0);
    assert_eq!(door.password("nurse", false).unwrap_err().code, ProblemCode::AccountLocked);

    let mails = house.deliver();
    let sent: Vec<_> = mails.iter().map(|mail| (mail.to.as_str(), mail.subject.as_str())).collect();
    assert_eq!(sent.len(), 3);
    assert!(sent.contains(&("nurse@clinic.example", "Account Locked")));
    assert!(sent.contains(&("owner@clinic.example", "User Account Locked")));
    assert!(sent.contains(&("partner@clinic.example", "User Account Locked")));
    let id = house.account("nurse");
    let to_owner = mails.iter().find(|mail| mail.to == "owner@clinic.example").unwrap();
    assert!(
        to_owner.text.contains(&format!("https://wardkey.example/clinic/users/{id}")),
        "{}",
        to_owner.text
    );

    assert_eq!(door.password("nurse", true).unwrap_err().code, ProblemCode::AccountLocked);
    assert!(house.deliver().is_empty(), "a try at a locked account mails nobody");
    let log = house.signed_in("owner").log();
    let actions: Vec<_> = log.iter().rev().map(|line| line.action).collect();
    let first = actions.iter().position(|action| *action == Action::LoginFailed).unwrap();
    assert_eq!(actions[first..first + 5], [Action::LoginFailed; 5]);
    assert_eq!(actions[first + 5], Action::AccountLocked);
    assert!(actions.contains(&Action::LoginFailedLocked));
    assert_eq!(log.iter().filter(|line| line.action == Action::AccountLocked).count(), 1);
}

#[test]
fn whoever_counts_is_told_what_the_log_got() {
    let house = House::open();
    let mut door = house.door(0);
    for _ in 0..4 {
        door.password("nurse", false).unwrap_err();
        assert_eq!(*house.logged.borrow(), [Action::LoginFailed]);
    }
    door.password("nurse", false).unwrap_err();
    assert_eq!(*house.logged.borrow(), [Action::LoginFailed, Action::AccountLocked]);
}

#[test]
fn a_login_that_nobody_has_behaves_as_one_that_somebody_has() {
    let house = House::open();
    let mut door = house.door(0);
    let mut answers =
        |login: &str| -> Vec<Problem> { (0..8).map(|_| door.password(login, false).unwrap_err()).collect() };
    assert_eq!(answers("nurse"), answers("nobody"));
    assert_eq!(count(&house, "outbox"), 6, "mails to nobody are written as well");
    assert_eq!(house.deliver().len(), 3, "nobody is told of a login that nobody has");
    assert_eq!(count(&house, "outbox"), 3);
    let log = house.signed_in("owner").log();
    assert!(log.iter().any(|line| line.user == Subject::UnknownLogin));
    assert!(!format!("{log:?}").contains("nobody@"), "what was typed is not kept");
    assert!(
        house.store.query("SELECT 1 FROM tallies WHERE subject LIKE '%nobody%'", &[]).unwrap().is_empty()
    );
}

#[test]
fn the_strike_that_locks_costs_an_unknown_login_as_much_but_for_one_line_of_the_log() {
    let house = House::open();
    let mut door = house.door(0);
    let mut statements = |login: &str| {
        let before = house.store.statements();
        door.password(login, false).unwrap_err();
        house.store.statements() - before
    };
    // What the lock adds to a wrong try.
    let mut added = |login: &str| {
        let wrong = (0..4).map(|_| statements(login)).last().unwrap();
        statements(login) - wrong
    };
    let (known, unknown) = (added("nurse"), added("nobody"));
    let line = {
        let before = house.store.statements();
        let new = NewActivity {
            action: Action::AccountLocked,
            user: Subject::UnknownLogin,
            by: Subject::Nobody,
            computer: "",
            address: "",
            changes: Vec::new(),
        };
        activities::append(&house.store, new, house.now()).unwrap();
        house.store.statements() - before
    };
    assert_eq!(known, unknown + line);
    assert_eq!(count(&house, "outbox"), 6);
}

#[test]
fn a_login_asks_the_records_no_more_than_it_needs_to() {
    let house = House::open();
    let mut door = house.door(0);
    door.password("nurse", true).unwrap();
    house.pass_seconds(1);
    let before = house.store.statements();
    door.password("nurse", true).unwrap();
    let login = house.store.statements() - before;
    assert!(login <= 22, "{login} statements for two commands");
    let before = house.store.statements();
    house.wake_at();
    let alarm = house.store.statements() - before;
    assert!(alarm <= 4, "{alarm} statements to see when the alarm rings, behind each command");
}

/// docs/deploy.md reckons what a month costs with these. Each call of the Worker keeps its answer besides, in a row of its own.
#[test]
fn a_sign_in_and_a_lock_change_no_more_rows_than_their_price_says() {
    let house = House::open();
    let mut door = house.door(0);
    door.sign_in("nurse").unwrap();
    house.pass_seconds(1);
    let before = house.store.changes();
    door.sign_in("nurse").unwrap();
    let sign_in = house.store.changes() - before + 3;
    assert!(sign_in <= 20, "{sign_in} rows of a sign-in");
    let before = house.store.changes();
    door.lock("nurse");
    assert_eq!(house.deliver().len(), 3, "mails");
    let lock = house.store.changes() - before + 2 * 5;
    assert!(lock <= 111, "{lock} rows of a lock");
}

#[test]
fn an_unknown_login_gets_a_hash_of_the_same_cost() {
    let house = House::open();
    let door = house.door(0);
    let hash = |login: &str| match door.reserve(login) {
        Ok(Reservation::Check { password_hash, .. }) => password_hash,
        other => panic!("{other:?}"),
    };
    let (one, two) = (hash("nobody"), hash("somebody"));
    assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one != two);
    assert_eq!(hash("nobody"), one, "the same login has the same hash");
}

#[test]
fn no_more_than_five_passwords_are_looked_at_however_many_come_at_once() {
    let house = House::open();
    let mut door = house.door(0);
    let (mut looked_at, mut refused, mut under_way, mut arriving) = (0, 0, Vec::new(), 300);
    while arriving > 0 || !under_way.is_empty() {
        while arriving > 0 {
            match door.reserve("nurse") {
                Ok(Reservation::Check { attempt, .. }) => {
                    looked_at += 1;
                    under_way.push(attempt);
                }
                Ok(_) => break,
                Err(problem) => {
                    assert_eq!(problem.code, ProblemCode::AccountLocked);
                    refused += 1;
                }
            }
            arriving -= 1;
        }
        if let Some(attempt) = under_way.pop() {
            door.settle(attempt, false).unwrap_err();
        }
    }
    assert_eq!((looked_at, refused), (5, 295));
    assert_eq!(house.deliver().len(), 3);
}

#[test]
fn a_question_that_was_open_before_the_lock_dies_with_it() {
    let house = House::open();
    let mut early = house.door(0);
    early.password("nurse", true).unwrap();
    house.door(1).lock("nurse");
    assert_eq!(early.answer(true).unwrap_err().code, ProblemCode::AccountLocked);
    assert_eq!(early.answer(true).unwrap_err().code, ProblemCode::QuestionExpired, "it is answered once");
    assert_eq!(count(&house, "sessions"), 0);
}

#[test]
fn a_right_password_under_way_does_not_pass_the_lock() {
    let house = House::open();
    let mut door = house.door(0);
    let old = door.reserved("nurse");
    door.password("nurse", true).unwrap();
    door.lock("nurse");
    assert_eq!(door.settle(old, true).unwrap_err().code, ProblemCode::AccountLocked);
}

#[test]
fn a_session_that_began_before_the_lock_goes_on() {
    let house = House::open();
    let nurse = house.signed_in("nurse");
    house.door(0).lock("nurse");
    assert!(nurse.ask(&clinic::commands::users::ListUsers {}).is_ok());
}

#[test]
fn lock_activity_and_mails_stand_together_or_not_at_all() {
    let mut failures = 0;
    for statement in 0.. {
        let house = House::open();
        let mut door = house.door(0);
        for _ in 0..4 {
            door.password("nurse", false).unwrap_err();
        }
        let attempt = door.reserved("nurse");
        let before = (count(&house, "activities"), count(&house, "outbox"));
        house.store.fail_after(Some(statement));
        let settle = clinic::commands::login::SettleAttempt { attempt, right: false };
        let outcome = house.ask(&door.caller, &settle);
        house.store.fail_after(None);
        match outcome {
            Err(SqlError(_)) => {
                failures += 1;
                assert_eq!((count(&house, "activities"), count(&house, "outbox")), before, "at {statement}");
                assert!(
                    house
                        .store
                        .query("SELECT 1 FROM tallies WHERE locked_since > 0", &[])
                        .unwrap()
                        .is_empty()
                );
            }
            Ok(answer) => {
                assert_eq!(answer.unwrap_err().code, ProblemCode::AccountLocked);
                assert_eq!(
                    (count(&house, "activities"), count(&house, "outbox")),
                    (before.0 + 2, before.1 + 3)
                );
                break;
            }
        }
    }
    assert!(failures > 15, "only {failures} statements were failed");
}

#[test]
fn dropped_connections_lock_too_and_tell() {
    let house = House::open();
    let door = house.door(0);
    for _ in 0..5 {
        door.reserved("nurse");
    }
    assert!(matches!(door.reserve("nurse"), Ok(Reservation::Wait)));
    house.pass_seconds(60);
    let office = house.door(1);
    assert_eq!(office.reserve("nurse").unwrap_err().code, ProblemCode::AccountLocked);
    let mails = house.deliver();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|mail| mail.text.contains("Reception 1")), "where they were typed, not found");
    let log = house.signed_in("owner").log();
    let failed: Vec<_> = log.iter().filter(|line| line.action == Action::LoginFailed).collect();
    assert_eq!(failed.len(), 5);
    assert!(failed.iter().all(|line| line.computer == "Reception 1"));
}

#[test]
fn a_question_from_before_the_lock_is_not_answered_after_the_unlock() {
    let house = House::open();
    let mut early = house.door(0);
    early.password("nurse", true).unwrap();
    house.door(1).lock("nurse");
    let (owner, id) = (house.signed_in("owner"), house.account("nurse"));
    house.deliver();
    owner.send_pin(&id).unwrap();
    owner.unlock(&id, &clinic::testing::pin_in(&house.deliver()[0])).unwrap();
    assert_eq!(early.answer(true).unwrap_err().code, ProblemCode::QuestionExpired);
}

#[test]
fn a_pin_mail_is_not_sent_after_its_pin_is_dead() {
    let house = House::open();
    house.door(0).lock("nurse");
    house.deliver();
    house.signed_in("owner").send_pin(&house.account("nurse")).unwrap();
    house.try_to_deliver(&Delivery::Retry { why: MailTrouble::answered(503), after_seconds: None });
    house.pass_seconds(600);
    assert!(house.deliver().is_empty());
}

#[test]
fn mails_are_tried_again_with_the_same_key_and_bytes_until_accepted() {
    let house = House::open();
    house.door(0).lock("nurse");
    let retry = Delivery::Retry { why: MailTrouble::answered(503), after_seconds: None };
    let first = house.try_to_deliver(&retry);
    assert_eq!(first.len(), 3);
    assert!(house.deliver().is_empty(), "not before its time");
    for _ in 0..40 {
        house.pass_seconds(60);
        let again = house.try_to_deliver(&retry);
        assert_eq!(again.len(), 3, "within a minute of a recovery");
        for (mail, before) in again.iter().zip(&first) {
            assert_eq!((&mail.idempotency_key, &mail.text), (&before.idempotency_key, &before.text));
            assert!(mail.idempotency_key.len() <= 256);
        }
    }
    house.pass_seconds(60);
    assert_eq!(house.deliver().len(), 3);
    house.pass_seconds(3600);
    assert!(house.deliver().is_empty(), "once");
    assert_eq!(house.wake_at(), None);
}

#[test]
fn a_mail_is_given_up_after_four_days_or_when_refused() {
    let house = House::open();
    house.door(0).lock("nurse");
    house.door(0).lock("manager");
    house.pass_seconds(4 * 24 * 3600);
    assert!(house.deliver().is_empty());
    house.signed_in("owner");
    house.door(0).lock("sys_house");
    let refused = Delivery::Refused { why: MailTrouble::answered(422) };
    assert_eq!(house.try_to_deliver(&refused).len(), 3);
    house.pass_seconds(3600);
    assert!(house.deliver().is_empty());
    let states = house.store.query("SELECT DISTINCT state FROM outbox", &[]).unwrap();
    assert_eq!(states.len(), 1, "every one has failed for good");
}

#[test]
fn a_mail_waits_as_long_as_the_mail_api_asks() {
    let house = House::open();
    house.door(0).lock("nurse");
    house.try_to_deliver(&Delivery::Retry { why: MailTrouble::answered(429), after_seconds: Some(300) });
    house.pass_seconds(299);
    assert!(house.deliver().is_empty());
    house.pass_seconds(1);
    assert_eq!(house.deliver().len(), 3);
}

#[test]
fn no_secret_stands_in_the_records() {
    let house = House::open();
    house.door(0).lock("nurse");
    let owner = house.signed_in("owner");
    owner.send_pin(&house.account("nurse")).unwrap();
    let (_, computer_password) = house.computer(0);
    let mut dump = Vec::new();
    for table in [
        "computers",
        "computer_tokens",
        "profile_tokens",
        "sessions",
        "profiles",
        "outbox",
        "pins",
        "resets",
        "activities",
    ] {
        for row in house.store.query(&format!("SELECT * FROM {table}"), &[]).unwrap() {
            dump.extend(format!("{row:?}").into_bytes());
        }
    }
    let dump = String::from_utf8(dump).unwrap();
    let pin = clinic::testing::pin_in(
        house.deliver().iter().find(|mail| mail.text.contains("PIN code to unlock")).unwrap(),
    );
    assert!(dump.contains("Reception 1"), "the dump holds the records");
    let secrets = [
        computer_password,
        owner.caller.session.clone().unwrap(),
        owner.caller.computer.clone().unwrap(),
        pin,
    ];
    for secret in secrets {
        assert!(!dump.contains(&secret), "{secret}");
    }
    assert!(!dump.contains("clinic.example"), "the mails are sealed while they wait");
    let kept = house.store.query("SELECT 1 FROM outbox WHERE sealed_mail IS NOT NULL", &[]).unwrap();
    assert!(kept.is_empty(), "a mail that has left is not kept, sealed or not");
    assert!(matches!(owner.window(&house.account("nurse")).user.status, UserStatus::Locked { .. }));
}
