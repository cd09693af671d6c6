//! The unlock: for owners alone, by a PIN that is good for ten minutes, five tries, once, one owner, one account, one episode.

use clinic::testing::{Door, House, pin_in};
use wire::{
    ProblemCode,
    activities::Action,
    ids::AccountId,
    users::{UnlockPermission, UserStatus},
};

fn mailed_pin(house: &House) -> String {
    let mails = house.deliver();
    let mail = mails.iter().rev().find(|mail| mail.subject == "User Account Unlock").expect("a PIN mail");
    pin_in(mail)
}

fn wrong(pin: &str) -> String {
    format!("{:06}", (pin.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn locked_nurse() -> (House, AccountId) {
    let house = House::open();
    house.door(0).lock("nurse");
    house.deliver();
    let id = house.account("nurse");
    (house, id)
}

fn code(door: &Door<'_>, id: &AccountId, pin: &str) -> ProblemCode {
    door.unlock(id, pin).unwrap_err().code
}

#[test]
fn right_pin_unlocks_clears_the_count_and_tells_the_user() {
    let (house, id) = locked_nurse();
    let owner = house.signed_in("owner");
    let sent = owner.send_pin(&id).unwrap();
    assert_eq!((sent.email_hint.as_str(), sent.tries_left), ("o…@clinic.example", 5));
    let mails = house.deliver();
    assert_eq!(mails.len(), 1, "to the one who pressed, not to every owner");
    assert_eq!(mails[0].to, "owner@clinic.example");
    assert!(mails[0].text.contains("Jane Nurse"));
    let window = owner.unlock(&id, &pin_in(&mails[0])).unwrap();
    assert_eq!((window.user.status, window.lock), (UserStatus::Active, None));
    let told = house.deliver();
    assert_eq!(
        (told[0].to.as_str(), told[0].subject.as_str()),
        ("nurse@clinic.example", "Your account is unlocked")
    );
    let mut door = house.door(0);
    assert_eq!(door.password("nurse", false).unwrap_err().tries_left, Some(4));
    assert!(door.sign_in("nurse").is_ok());
    assert!(owner.log().iter().any(|line| line.action == Action::AccountUnlocked));
}

#[test]
fn wrong_pins_say_what_remains_and_use_the_pin_up() {
    let (house, id) = locked_nurse();
    let owner = house.signed_in("owner");
    owner.send_pin(&id).unwrap();
    let pin = mailed_pin(&house);
    let left: Vec<_> = (0..5).map(|_| owner.unlock(&id, &wrong(&pin)).unwrap_err().tries_left).collect();
    assert_eq!(left, [Some(4), Some(3), Some(2), Some(1), Some(0)]);
    assert_eq!(code(&owner, &id, &pin), ProblemCode::PinSpent, "the right one comes too late");
    let failed = owner.log().iter().filter(|line| line.action == Action::AccountUnlockFailed).count();
    assert_eq!(failed, 6);
}

#[test]
fn asking_again_never_gives_more_than_ten_tries_a_day() {
    let (house, id) = locked_nurse();
    let owner = house.signed_in("owner");
    let (mut tried, mut asked) = (0, 0);
    for _ in 0..1000 {
        match owner.send_pin(&id) {
            Ok(_) => asked += 1,
            Err(problem) => {
                assert!(matches!(problem.code, ProblemCode::PinTooMany | ProblemCode::PinTriesExhausted));
                assert!(problem.retry_after_seconds.is_some());
            }
        }
        if owner.unlock(&id, "000000").unwrap_err().tries_left.is_some() {
            tried += 1;
        }
        house.deliver();
        house.pass_seconds(30);
    }
    assert_eq!(tried, 10);
    assert!(asked <= 10, "a PIN that cannot be tried is not sent");
    house.pass_seconds(24 * 3600);
    let owner = house.signed_in("owner");
    owner.send_pin(&id).unwrap();
    assert!(owner.unlock(&id, &mailed_pin(&house)).is_ok(), "the next day is a new one");
}

#[test]
fn a_new_pin_replaces_the_old_one_and_keeps_its_tries() {
    let (house, id) = locked_nurse();
    let owner = house.signed_in("owner");
    owner.send_pin(&id).unwrap();
    let old = mailed_pin(&house);
    owner.unlock(&id, &wrong(&old)).unwrap_err();
    assert_eq!(owner.send_pin(&id).unwrap().tries_left, 4);
    let new = mailed_pin(&house);
    assert_ne!(old, new);
    assert_eq!(code(&owner, &id, &old), ProblemCode::PinWrong);
    assert!(owner.unlock(&id, &new).is_ok());
}

#[test]
fn a_pin_is_good_for_ten_minutes() {
    let (house, id) = locked_nurse();
    let owner = house.signed_in("owner");
    owner.send_pin(&id).unwrap();
    let pin = mailed_pin(&house);
    house.pass_seconds(600);
    assert_eq!(code(&owner, &id, &pin), ProblemCode::PinExpired);
    assert_eq!(owner.window(&id).lock.unwrap().pin, None);
}

#[test]
fn a_pin_is_bound_to_owner_account_and_episode() {
    let house = House::open();
    for login in ["nurse", "manager"] {
        house.door(0).lock(login);
    }
    let (nurse, manager) = (house.account("nurse"), house.account("manager"));
    let (owner, partner) = (house.signed_in("owner"), house.signed_in("partner"));
    owner.send_pin(&nurse).unwrap();
    let pin = mailed_pin(&house);
    partner.send_pin(&nurse).unwrap();
    house.deliver();
    owner.send_pin(&manager).unwrap();
    house.deliver();
    assert_eq!(code(&partner, &nurse, &pin), ProblemCode::PinWrong, "another owner");
    assert_eq!(code(&owner, &manager, &pin), ProblemCode::PinWrong, "another account");
    assert!(owner.unlock(&nurse, &pin).is_ok());
    assert_eq!(code(&owner, &nurse, &pin), ProblemCode::NotLocked);
    house.door(0).lock("nurse");
    assert_eq!(code(&owner, &nurse, &pin), ProblemCode::PinExpired, "another episode");
}

#[test]
fn everybody_sees_the_lock_and_only_another_owner_may_unlock() {
    let (house, nurse) = locked_nurse();
    house.door(0).lock("owner");
    let own = house.account("owner");
    for login in ["manager", "sys_house"] {
        let door = house.signed_in(login);
        assert_eq!(door.window(&nurse).lock.unwrap().unlock, UnlockPermission::OnlyOwners, "{login}");
        assert_eq!(door.send_pin(&nurse).unwrap_err().code, ProblemCode::NotAllowed, "{login}");
        assert_eq!(code(&door, &nurse, "123456"), ProblemCode::NotAllowed, "{login}");
    }
    assert!(house.signed_in("partner").send_pin(&own).is_ok());
}

#[test]
fn an_owner_does_not_unlock_themselves() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let own = house.account("owner");
    assert_eq!(owner.send_pin(&own).unwrap_err().code, ProblemCode::OwnAccount);
    house.door(0).lock("owner");
    assert_eq!(owner.window(&own).lock.unwrap().unlock, UnlockPermission::OwnAccount);
    assert_eq!(owner.send_pin(&own).unwrap_err().code, ProblemCode::UnlockFirst);
    assert_eq!(code(&owner, &own, "123456"), ProblemCode::UnlockFirst);
}

#[test]
fn an_account_that_is_not_there_or_not_locked_cannot_be_unlocked() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let stranger: AccountId = "0000000000000000".parse().unwrap();
    assert_eq!(owner.send_pin(&stranger).unwrap_err().code, ProblemCode::NotFound);
    assert_eq!(owner.send_pin(&house.account("nurse")).unwrap_err().code, ProblemCode::NotLocked);
}

#[test]
fn an_employee_sees_a_colleagues_lock_and_not_what_the_log_says_of_it() {
    let (house, nurse) = locked_nurse();
    let other = house.signed_in("nurse2");
    let window = other.window(&nurse);
    assert_eq!(window.last_sign_in, None);
    let lock = window.lock.unwrap();
    assert_eq!((lock.record, lock.unlock), (None, UnlockPermission::OnlyOwners));
    assert!(house.signed_in("manager").window(&nurse).lock.unwrap().record.is_some());
}

#[test]
fn employees_read_their_own_lines_only() {
    let house = House::open();
    house.signed_in("manager");
    let nurse = house.signed_in("nurse");
    let own = nurse.log();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].action, Action::LoginSucceeded);
    let all = house.signed_in("manager").log();
    assert!(all.len() > 8);
    assert!(
        all.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1),
        "newest first, none lost between pages"
    );
}
