//! Records that were brought back from a backup let nobody in who holds something of before it, mail nothing twice, and go on where they
//! were in everything else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests panic")]

use clinic::{
    Caller,
    commands::{
        login::{Reservation, SettleAttempt},
        mails::{ListMails, SendMailAgain},
        me::ReadMe,
        outbox::OutgoingMail,
        recovery::{CheckReset, RequestReset},
        session::ReadSignIn,
        support::{CaseReader, OpenSupportCase, ReadCodedCase},
    },
    desk::{self, ReadDesk},
    records::{
        restored,
        sql::{Sql, Store},
    },
    testing::{DeskHouse, Door, House, pin_in},
};
use wire::{
    ProblemCode, Timestamp,
    ids::OperatorId,
    mails::{MailKind, MailState},
    recovery::ResetToken,
    sign_in::SignInState,
};

fn brought_back(house: &mut House) {
    house.store.transaction(&mut || restored::take_up(&house.store, house.now())).unwrap();
    house.restart();
}

#[test]
fn nothing_that_lets_somebody_in_outlives_a_restore() {
    let mut house = House::open();
    house.door(0).lock("nurse");
    let nurse = house.account("nurse");
    let owner = house.signed_in("owner");
    owner.send_pin(&nurse).unwrap();
    let has_pin = |mail: &&OutgoingMail| mail.subject == "User Account Unlock";
    let pin = pin_in(house.deliver().iter().find(has_pin).unwrap());
    let reception = house.door(0);
    reception.ask(&RequestReset { login: "nurse2".parse().unwrap() }).unwrap();
    let link: ResetToken = house
        .deliver()
        .iter()
        .find_map(|mail| mail.text.lines().find_map(|line| line.split_once("/reset#")?.1.parse().ok()))
        .unwrap();
    let manager = house.signed_in("manager");
    let asked = OpenSupportCase {
        id: nurse.clone(),
        reason: "The owner is on a plane".into(),
        phone: "+44 20 7946 0018".into(),
    };
    let case = manager.ask(&asked).unwrap().code;
    let mut questioned = house.door(0);
    questioned.password("nurse2", true).unwrap();
    let attempt = house.door(1).reserved("nurse2");
    let code = house.code(0);
    let callers: Vec<Caller> =
        [&owner, &reception, &manager, &questioned].iter().map(|door| door.caller.clone()).collect();
    // It was used after the backup was taken, which therefore does not know of it.
    house.store.run("DELETE FROM used_codes", &[]).unwrap();
    let head = restored::log_head(&house.store).unwrap();
    let tables = ["sessions", "questions", "computer_tokens", "profile_tokens", "pins"];
    for table in tables {
        assert_ne!(count(&house, table), 0, "nothing is tried of {table}");
    }

    brought_back(&mut house);

    assert_eq!(restored::log_head(&house.store).unwrap(), head);
    for table in tables.into_iter().chain(["calls"]) {
        assert_eq!(count(&house, table), 0, "{table}");
    }
    for caller in callers {
        let door = Door::at(&house, caller);
        assert_eq!(door.ask(&ReadSignIn {}).unwrap(), SignInState::Computer);
        assert_eq!(door.ask(&ReadMe {}).err().unwrap().code, ProblemCode::ComputerRequired);
        assert_eq!(
            door.ask(&SettleAttempt { attempt: attempt.clone(), right: true }).err().unwrap().code,
            ProblemCode::ComputerRequired
        );
    }
    let stranger = house.stranger();
    let check = CheckReset { account: link.account.clone(), secret: link.secret.clone() };
    assert_eq!(stranger.ask(&check).err().unwrap().code, ProblemCode::ResetLinkWrong);
    let reader = CaseReader { id: OperatorId::from_random([7; 16]), name: "Sam".into() };
    let read = stranger.ask(&ReadCodedCase { code: case, reader });
    assert_eq!(read.err().unwrap().code, ProblemCode::CaseCodeWrong);
    // The code that an app showed before it is good for another minute, but not here.
    let mut again = house.stranger();
    again.authorize_computer(1).unwrap();
    assert_eq!(again.authorize_profile(&code).err().unwrap().code, ProblemCode::CodeUsed);
    house.pass_seconds(60);
    // With the password of before, and the lock of before; the PIN of before opens nothing.
    let owner = house.signed_in("owner");
    assert!(owner.window(&nurse).lock.is_some());
    assert_ne!(owner.unlock(&nurse, &pin).err().unwrap().code, ProblemCode::Internal);
    assert!(owner.window(&nurse).lock.is_some());
    let mut door = house.door(0);
    assert!(matches!(door.reserve("nurse"), Err(problem) if problem.code == ProblemCode::AccountLocked));
    assert!(matches!(door.reserve("nurse2"), Ok(Reservation::Check { .. })));
    let _ = door.sign_in("nurse2");
}

#[test]
fn no_mail_leaves_a_second_time_by_itself() {
    let mut house = House::open();
    house.door(0).lock("nurse");
    let nurse = house.account("nurse");
    house.signed_in("owner").send_pin(&nurse).unwrap();
    brought_back(&mut house);
    house.pass_seconds(120);
    assert!(house.take_due_mails().is_empty());
    let owner = house.signed_in("owner");
    let mails = owner.ask(&ListMails {}).unwrap().mails;
    let waited: Vec<_> = mails.iter().filter(|mail| mail.kind != MailKind::ComputerAuthorized).collect();
    assert!(waited.len() >= 3 && waited.iter().all(|mail| mail.state == MailState::Failed), "{waited:?}");
    // Those that hold no secret can be sent again, by somebody who has thought about it.
    for mail in waited {
        assert_eq!(mail.may_send_again, mail.kind != MailKind::UserAccountUnlock, "{mail:?}");
    }
    let told = mails.iter().find(|mail| mail.kind == MailKind::UserAccountLocked).unwrap();
    owner.ask(&SendMailAgain { id: told.id.clone() }).unwrap();
}

#[test]
fn an_operator_of_the_desk_signs_in_anew() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let operator = desk.signed_in("sam");
    let caller = operator.caller.clone();
    operator.ask(&ReadDesk {}).unwrap();
    let head = desk::restored::log_head(&desk.store).unwrap();
    desk.store.transaction(&mut || desk::restored::take_up(&desk.store, house.now())).unwrap();
    assert_eq!(desk::restored::log_head(&desk.store).unwrap(), head);
    assert_eq!(desk.ask(&caller, &ReadDesk {}).unwrap().err().unwrap().code, ProblemCode::OperatorRequired);
    house.pass_seconds(60);
    desk.signed_in("sam").ask(&ReadDesk {}).unwrap();
}

#[test]
fn records_of_before_an_update_are_brought_up_to_date_first() {
    let house = House::empty();
    let sqlite = &house.store;
    clinic::records::schema::migrate_to(sqlite, 3, Timestamp(1)).unwrap();
    sqlite.transaction(&mut || restored::take_up(sqlite, Timestamp(2))).unwrap();
    assert_eq!(clinic::records::schema::number(sqlite).unwrap(), clinic::records::schema::NEWEST as i64);
}

fn count(house: &House, table: &str) -> i64 {
    house.store.query(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap().pop().unwrap().take().unwrap()
}
