//! What owners see of the mails: what became of each, what can be sent again, and that none has left for a while.

use std::collections::BTreeSet;

use clinic::{
    commands::{
        mails::{ListMails, SendMailAgain},
        outbox::{Delivery, OutgoingMail},
        people::RemoveUser,
        session::ResetComputer,
    },
    records::{
        outbox::{LIFETIME_DAYS, WARNING_MINUTES},
        sql::Sql,
    },
    rules::pin::PIN_LIFETIME_MINUTES,
    testing::{Door, House},
};
use wire::{
    ProblemCode,
    activities::Action,
    ids::MailId,
    mails::{MailKind, MailRecord, MailState, MailTrouble, MailTroubleCode},
    sign_in::SignInState,
};

const REFUSED: MailTrouble = MailTrouble { code: MailTroubleCode::Answered, status: Some(422) };

fn mails(owner: &Door<'_>) -> Vec<MailRecord> {
    owner.ask(&ListMails {}).unwrap().mails
}

fn again(owner: &Door<'_>, mail: &MailRecord) -> Result<(), ProblemCode> {
    owner.ask(&SendMailAgain { id: mail.id.clone() }).map(drop).map_err(|problem| problem.code)
}

fn of_kind(owner: &Door<'_>, kind: MailKind) -> MailRecord {
    mails(owner).into_iter().find(|mail| mail.kind == kind).expect("there is such a mail")
}

fn refuse(house: &House) -> Vec<OutgoingMail> {
    house.try_to_deliver(&Delivery::Refused { why: REFUSED })
}

fn stuck(owner: &Door<'_>) -> bool {
    match owner.ask(&clinic::commands::session::ReadSignIn {}).unwrap() {
        SignInState::SignedIn { me, .. } => me.mails_stuck_since.is_some(),
        other => panic!("signed out: {other:?}"),
    }
}

#[test]
fn a_mail_is_queued_delayed_and_sent() {
    let house = House::open();
    let owner = house.signed_in("owner");
    assert_eq!(mails(&owner), []);
    house.door(0).lock("nurse");
    let [first, ..] = &mails(&owner)[..] else { panic!("none is listed") };
    assert_eq!((first.state, first.why), (MailState::Queued, None));
    let why = MailTroubleCode::NoAnswer.into();
    house.try_to_deliver(&Delivery::Retry { why, after_seconds: None });
    assert!(mails(&owner).iter().all(|mail| (mail.state, mail.why) == (MailState::Queued, Some(why))));
    house.pass_seconds(60);
    house.deliver();
    let list = mails(&owner);
    assert!(list.iter().all(|mail| mail.state == MailState::Sent && !mail.may_send_again), "{list:?}");
    let user = of_kind(&owner, MailKind::AccountLocked);
    assert_eq!((&user.to, list.len()), (&house.account("nurse"), 3));
    assert!(
        list.iter().any(|mail| mail.kind == MailKind::UserAccountLocked && mail.full_name.contains("Owner"))
    );
}

#[test]
fn a_mail_waits_since_it_was_written_or_sent_again() {
    let house = House::open();
    let owner = house.signed_in("owner");
    assert_eq!(house.mail_waits_since(), None);
    house.door(0).lock("nurse");
    let written = house.now();
    assert_eq!(house.mail_waits_since(), Some(written));
    house.pass_seconds(90);
    house.try_to_deliver(&Delivery::Retry { why: MailTroubleCode::NoAnswer.into(), after_seconds: None });
    assert_eq!(house.mail_waits_since(), Some(written), "a try in vain is no beginning");
    house.pass_seconds(60);
    refuse(&house);
    assert_eq!(house.mail_waits_since(), None, "what has failed for good waits no more");
    house.pass_seconds(300);
    again(&owner, &of_kind(&owner, MailKind::AccountLocked)).unwrap();
    assert_eq!(house.mail_waits_since(), Some(house.now()), "it was not waiting in between");
    house.deliver();
    assert_eq!(house.mail_waits_since(), None);
}

#[test]
fn a_failed_mail_is_sent_again_to_the_address_of_now_with_a_key_of_its_own() {
    let house = House::open();
    let owner = house.signed_in("owner");
    house.door(0).lock("nurse");
    let first = refuse(&house);
    let failed = of_kind(&owner, MailKind::AccountLocked);
    assert_eq!((failed.state, failed.why, failed.may_send_again), (MailState::Failed, Some(REFUSED), true));
    let mend = "UPDATE accounts SET email = 'mended@clinic.example' WHERE login = 'nurse'";
    house.store.query(mend, &[]).unwrap();
    again(&owner, &failed).unwrap();
    assert_eq!(of_kind(&owner, MailKind::AccountLocked).state, MailState::Queued);
    assert_eq!(again(&owner, &failed), Err(ProblemCode::MailNotRepeatable), "it is on its way already");
    let second = house.deliver();
    let [mail] = &second[..] else { panic!("{second:?}") };
    let before = first.iter().find(|mail| mail.subject == "Account Locked").unwrap();
    assert_eq!((mail.to.as_str(), &mail.text), ("mended@clinic.example", &before.text));
    assert_ne!(mail.idempotency_key, before.idempotency_key);
    assert_eq!(of_kind(&owner, MailKind::AccountLocked).state, MailState::Sent);
    let line = &owner.log()[0];
    assert_eq!(line.action, Action::MailSentAgain);
}

#[test]
fn secrets_and_mails_to_whoever_left_are_not_sent_again() {
    let house = House::open();
    let owner = house.signed_in("owner");
    house.door(0).lock("nurse");
    house.deliver();
    owner.send_pin(&house.account("nurse")).unwrap();
    refuse(&house);
    let pin = of_kind(&owner, MailKind::UserAccountUnlock);
    assert_eq!((pin.state, pin.why, pin.may_send_again), (MailState::Failed, Some(REFUSED), false));
    assert_eq!(again(&owner, &pin), Err(ProblemCode::MailNotRepeatable));
    let kept = house.store.query("SELECT 1 FROM outbox WHERE sealed_mail IS NOT NULL", &[]).unwrap();
    assert!(kept.is_empty(), "a PIN is not kept, sealed or not");

    house.door(0).lock("manager");
    refuse(&house);
    owner.ask(&RemoveUser { id: house.account("manager") }).unwrap();
    let gone = of_kind(&owner, MailKind::AccountLocked);
    assert_eq!((&gone.to, gone.may_send_again), (&house.account("manager"), false));
    assert_eq!(again(&owner, &gone), Err(ProblemCode::MailNotRepeatable));
}

#[test]
fn owners_are_warned_once_no_mail_has_left_for_five_minutes() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let manager = house.signed_in("manager");
    house.door(0).lock("nurse");
    let retry = Delivery::Retry { why: MailTroubleCode::Unreachable.into(), after_seconds: None };
    house.try_to_deliver(&retry);
    house.pass_seconds(5 * 60 - 1);
    assert!(!stuck(&owner));
    house.pass_seconds(1);
    assert!(stuck(&owner));
    assert!(!stuck(&manager), "it is the owners' to know");
    // A refusal for good comes from a mail API that is there.
    house.try_to_deliver(&Delivery::Refused { why: REFUSED });
    assert!(!stuck(&owner));
    house.door(0).lock("manager");
    house.try_to_deliver(&retry);
    house.pass_seconds(6 * 60);
    assert!(stuck(&owner));
    house.deliver();
    assert!(!stuck(&owner));
}

#[test]
fn nothing_is_stuck_once_the_last_mail_is_given_up() {
    let house = House::open();
    let owner = house.signed_in("owner");
    house.door(0).lock("nurse");
    house.deliver();
    owner.send_pin(&house.account("nurse")).unwrap();
    let retry = Delivery::Retry { why: MailTrouble::answered(503), after_seconds: None };
    house.try_to_deliver(&retry);
    house.pass_seconds(PIN_LIFETIME_MINUTES * 60);
    assert!(stuck(&owner));
    assert!(house.try_to_deliver(&retry).is_empty(), "the PIN is of no use any more");
    assert_eq!(*house.told.borrow(), BTreeSet::from(["deliveries".to_owned()]), "the page turns");
    assert!(!stuck(&owner));
    let pin = of_kind(&owner, MailKind::UserAccountUnlock);
    assert_eq!((pin.state, pin.why), (MailState::Failed, Some(MailTrouble::answered(503))), "and says why");
    // The next time begins anew.
    house.door(0).lock("manager");
    house.try_to_deliver(&retry);
    assert!(!stuck(&owner));
    house.pass_seconds(WARNING_MINUTES * 60);
    assert!(stuck(&owner));
}

#[test]
fn what_nobody_could_try_to_send_was_too_late() {
    let house = House::open();
    house.door(0).lock("nurse");
    house.pass_seconds(LIFETIME_DAYS * 24 * 3600);
    assert!(house.deliver().is_empty());
    assert_eq!(
        of_kind(&house.signed_in("owner"), MailKind::AccountLocked).why,
        Some(MailTroubleCode::TooLate.into())
    );
}

#[test]
fn a_mail_api_that_asks_for_patience_gets_an_hour_of_it_and_does_not_outlast_the_mail() {
    let house = House::open();
    house.door(0).lock("nurse");
    let gives_up = house.now().plus_minutes(LIFETIME_DAYS * 24 * 60);
    let patience = Delivery::Retry { why: MailTrouble::answered(429), after_seconds: Some(u32::MAX) };
    house.try_to_deliver(&patience);
    assert_eq!(house.wake_at(), Some(house.now().plus_minutes(60)));
    house.pass_seconds(LIFETIME_DAYS * 24 * 3600 - 60);
    assert_eq!(house.try_to_deliver(&patience).len(), 3);
    assert_eq!(house.wake_at(), Some(gives_up));
}

#[test]
fn a_mail_that_was_put_off_by_a_clock_that_was_ahead_leaves_once_it_is_right() {
    let house = House::open();
    house.pass_seconds(24 * 3600);
    house.door(0).lock("nurse");
    house.try_to_deliver(&Delivery::Retry { why: MailTrouble::answered(503), after_seconds: None });
    assert!(house.deliver().is_empty(), "not before its time");
    house.pass_idle_seconds(-24 * 3600);
    assert_eq!(house.wake_at(), Some(house.now()));
    assert_eq!(house.deliver().len(), 3);
    assert!(house.deliver().is_empty(), "once");
    assert_eq!(house.wake_at(), None);
}

#[test]
fn only_owners_see_the_mails_and_what_is_old_is_forgotten() {
    let house = House::open();
    house.door(0).lock("nurse");
    house.deliver();
    let id = mails(&house.signed_in("owner"))[0].id.clone();
    for login in ["manager", "sys_house"] {
        let door = house.signed_in(login);
        let refused = door.ask(&ListMails {}).unwrap_err();
        assert_eq!(refused.code, ProblemCode::NotAllowed, "{login}");
        let refused = door.ask(&SendMailAgain { id: id.clone() }).unwrap_err();
        assert_eq!(refused.code, ProblemCode::NotAllowed, "{login}");
        let foreign = SendMailAgain { id: MailId::from_random([7; 16]) };
        assert_eq!(door.ask(&foreign).unwrap_err().code, ProblemCode::NotFound, "{login}");
    }
    house.pass_seconds(31 * 24 * 3600);
    house.door(0).lock("manager");
    house.deliver();
    let owner = house.signed_in("owner");
    assert!(mails(&owner).iter().all(|mail| mail.to != house.account("nurse")));
    assert!(!mails(&owner).is_empty());
}

#[test]
fn owners_are_told_of_each_browser_that_step_1_lets_in_and_of_none_twice() {
    let house = House::open();
    let told = || {
        let mails = house.deliver();
        assert!(mails.iter().all(|mail| mail.subject == "New computer authorised"), "{mails:?}");
        let mut to: Vec<_> = mails.into_iter().map(|mail| (mail.to, mail.text)).collect();
        to.sort();
        to
    };
    let mut first = house.stranger();
    first.authorize(1, "not the password, at all").unwrap_err();
    assert!(told().is_empty());
    first.authorize_computer(0).unwrap();
    let [(owner, text), (partner, _)] = &told()[..] else { panic!("both owners") };
    assert_eq!((owner.as_str(), partner.as_str()), ("owner@clinic.example", "partner@clinic.example"));
    for word in
        ["Reception 1", "127.0.0.1", "Harbour Street Clinic", "https://wardkey.example/clinic/computers"]
    {
        assert!(text.contains(word), "{word} in {text}");
    }
    first.authorize_computer(0).unwrap();
    assert!(told().is_empty(), "the same browser, with the same form");
    first.authorize_computer(1).unwrap();
    assert_eq!(told().len(), 2, "another computer's form");
    house.stranger().authorize_computer(0).unwrap();
    assert_eq!(told().len(), 2, "another browser");
    first.authorize_profile(&house.code(0)).unwrap();
    first.sign_in("owner").unwrap();
    assert!(mails(&first).iter().all(|mail| mail.kind == MailKind::ComputerAuthorized));
    first.ask(&ResetComputer {}).unwrap();
    first.authorize_computer(1).unwrap();
    assert_eq!(told().len(), 2, "after a reset it is as new as any");
}

#[test]
fn after_three_days_without_a_mail_api_all_mails_leave_within_a_minute() {
    let house = House::open();
    let mut door = house.door(0);
    door.lock("nurse");
    let recovers_at = house.now().plus_minutes(72 * 60);
    let retry = Delivery::Retry { why: MailTrouble::answered(503), after_seconds: None };
    let mut tries = 0;
    while house.now() < recovers_at {
        tries += house.try_to_deliver(&retry).len();
        // The alarm rings each minute. Of most hours ten minutes at a time will do.
        let rings_in = house.wake_at().unwrap().seconds_from(house.now());
        let is_long = recovers_at.seconds_from(house.now()) > 3600;
        house.pass_seconds(if is_long { 600 } else { rings_in.into() });
    }
    assert!(tries > 1_400, "only {tries} tries");
    assert!(house.now() <= recovers_at.plus_seconds(60));
    assert_eq!(house.deliver().len(), 3, "to the nurse and both owners");
    assert_eq!(house.wake_at(), None, "nothing waits");
}
