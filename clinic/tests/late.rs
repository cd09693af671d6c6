//! What comes late, comes twice, or comes after the clock was set back.

use clinic::{
    CallKey,
    clinic::envelope,
    commands::{
        Command,
        login::SettleAttempt,
        mails::{ListMails, SendMailAgain},
        outbox::Delivery,
        people::{BringBackUser, FirstPassword, RemoveUser},
        unlock::SendPin,
    },
    records::sql::Sql,
    testing::{Door, House, pin_in},
};
use wire::{
    ProblemCode,
    activities::Action,
    mails::{MailKind, MailState, MailTrouble},
};

const REFUSED: MailTrouble = MailTrouble { code: wire::mails::MailTroubleCode::Answered, status: Some(422) };

fn state(owner: &Door<'_>, kind: MailKind) -> MailState {
    let mails = owner.ask(&ListMails {}).unwrap().mails;
    mails.into_iter().find(|mail| mail.kind == kind).expect("there is such a mail").state
}

#[test]
fn a_try_at_an_account_that_was_removed_meanwhile_is_sent_back_and_locks_nobody_unseen() {
    let house = House::open();
    let id = house.account("nurse");
    let owner = house.signed_in("owner");
    let mut door = house.door(0);
    for _ in 0..3 {
        door.password("nurse", false).unwrap_err();
    }
    let tries = [door.reserved("nurse"), door.reserved("nurse")];
    owner.ask(&RemoveUser { id: id.clone() }).unwrap();
    for (attempt, right) in tries.into_iter().zip([true, false]) {
        assert_eq!(door.settle(attempt, right).unwrap_err().code, ProblemCode::Busy);
    }
    let first = FirstPassword { password: "abcd2345".into(), hash: "hash of nurse".into() };
    owner.ask(&BringBackUser { id: id.clone(), first }).unwrap();
    assert!(owner.window(&id).lock.is_none(), "a lock that nobody was told of");
    assert!(owner.log().iter().all(|line| line.action != Action::AccountLocked));
}

#[test]
fn a_clock_that_is_set_back_by_seconds_refuses_no_right_code() {
    let house = House::open();
    let door = &mut house.door(0);
    house.pass_idle_seconds(30);
    let code = house.code(0);
    house.pass_idle_seconds(-5);
    door.authorize_profile(&code).expect("the next code, five seconds early");
}

#[test]
fn a_code_that_was_used_is_used_still_when_the_clock_is_set_back() {
    let house = House::open();
    let door = &mut house.door(0);
    let code = house.code(0);
    house.pass_idle_seconds(3600);
    door.authorize_profile(&house.code(0)).unwrap();
    house.pass_idle_seconds(-3600);
    assert_eq!(door.authorize_profile(&code).unwrap_err().code, ProblemCode::CodeUsed);
}

#[test]
fn a_late_answer_to_an_old_copy_says_nothing_of_the_mail_that_was_sent_again() {
    let house = House::open();
    let owner = house.signed_in("owner");
    house.door(0).lock("nurse");
    let old = house.try_to_deliver(&Delivery::Refused { why: REFUSED });
    let mails = owner.ask(&ListMails {}).unwrap().mails;
    let mail = mails.into_iter().find(|mail| mail.kind == MailKind::AccountLocked).unwrap();
    owner.ask(&SendMailAgain { id: mail.id }).unwrap();
    let old = old.iter().find(|mail| mail.to == "nurse@clinic.example").unwrap();
    for late in [Delivery::Accepted { provider_id: "1".into() }, Delivery::Refused { why: REFUSED }] {
        house.record(old, &late);
        assert_eq!(state(&owner, MailKind::AccountLocked), MailState::Queued, "{late:?}");
    }
    assert_eq!(house.deliver().len(), 1, "the new copy leaves");
    assert_eq!(state(&owner, MailKind::AccountLocked), MailState::Sent);
}

#[test]
fn a_mail_that_was_accepted_is_not_refused_by_the_answer_to_another_copy() {
    let house = House::open();
    let owner = house.signed_in("owner");
    house.door(0).lock("nurse");
    for mail in house.deliver() {
        house.record(&mail, &Delivery::Refused { why: MailTrouble::answered(409) });
    }
    assert_eq!(state(&owner, MailKind::AccountLocked), MailState::Sent);
}

/// Delivers a call twice: the answers, and whether the second delivery changed a byte.
fn twice<C: Command>(house: &mut House, door: &clinic::Caller, command: &C) -> (String, String, bool) {
    let call = envelope(command, door, Some(CallKey::from_random([7; 16]))).unwrap();
    let first = house.deliver_call(&call).unwrap();
    let before = house.store.bytes();
    house.pass_idle_seconds(2);
    let second = house.deliver_call(&call).unwrap();
    (first, second, before != house.store.bytes())
}

#[test]
fn a_wrong_password_that_is_delivered_twice_is_one_strike() {
    let mut house = House::open();
    let caller = house.door(0).caller;
    let attempt = Door::at(&house, caller.clone()).reserved("nurse");
    let (first, second, changed) = twice(&mut house, &caller, &SettleAttempt { attempt, right: false });
    assert!(first.contains(r#""tries_left":4"#), "{first}");
    assert_eq!((second, changed), (first, false));
}

#[test]
fn a_pin_that_is_asked_for_twice_by_one_call_is_one_pin() {
    let mut house = House::open();
    house.door(0).lock("nurse");
    let (caller, id) = (house.signed_in("owner").caller, house.account("nurse"));
    house.deliver();
    let (first, second, changed) = twice(&mut house, &caller, &SendPin { id: id.clone() });
    assert_eq!((second, changed), (first, false));
    let mails = house.deliver();
    assert_eq!(mails.len(), 1);
    Door::at(&house, caller).unlock(&id, &pin_in(&mails[0])).expect("it opens");
}

#[test]
fn what_was_answered_is_kept_sealed_and_not_for_long() {
    let mut house = House::open();
    let caller = house.door(0).caller;
    let attempt = Door::at(&house, caller.clone()).reserved("nurse");
    let (first, ..) = twice(&mut house, &caller, &SettleAttempt { attempt, right: true });
    let token = first.split(r#""token":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let bytes = house.store.bytes();
    assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "a token in clear");
    house.pass_seconds(11 * 60);
    let attempt = Door::at(&house, house.door(0).caller).reserved("nurse");
    let caller = house.door(0).caller;
    let call =
        envelope(&SettleAttempt { attempt, right: true }, &caller, Some(CallKey::from_random([8; 16])));
    house.deliver_call(&call.unwrap()).unwrap();
    assert_eq!(house.store.query("SELECT 1 FROM calls", &[]).unwrap().len(), 1, "the older one is gone");
}
