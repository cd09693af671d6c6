//! A PIN opens one lock of one account for one owner, and none of the others: tried at each of ten owners, accounts and locks.

use std::collections::BTreeSet;

use clinic::{
    commands::outbox::OutgoingMail,
    testing::{House, pin_in},
};
use wire::{ProblemCode, Role, ids::AccountId, users::UserStatus};

/// Owners, accounts and locks of each account.
const SIDE: usize = 10;
const OWNERS: [&str; SIDE] = ["owner", "partner", "oa", "ob", "oc", "od", "oe", "of", "og", "oh"];
const LOCKED: [&str; SIDE] = ["nurse", "na", "nb", "nc", "nd", "ne", "nf", "ng", "nh", "ni"];
const DAY_SECONDS: i64 = 24 * 3600;

/// The owner whose turn it is to open a lock: each owner opens each account once.
fn opener(account: usize, lock: usize) -> usize {
    (account + lock) % SIDE
}

/// Another than this one.
fn other(one: usize, shift: usize) -> usize {
    (one + 1 + shift % (SIDE - 1)) % SIDE
}

/// All mails that wait.
fn delivered(house: &House) -> Vec<OutgoingMail> {
    std::iter::repeat_with(|| house.deliver()).take_while(|mails| !mails.is_empty()).flatten().collect()
}

/// Each lock is tried by every owner: by nine with a PIN that is another owner's, or for another account, or both, and by the last with
/// their own. As many as may be tried at an account in a day. Then it is locked anew, and everybody tries the PIN that they have.
#[test]
fn of_a_thousand_owners_accounts_and_locks_a_pin_opens_its_own() {
    let people = OWNERS.map(|login| (login, Role::Owner)).into_iter();
    let people: Vec<_> = people.chain(LOCKED.map(|login| (login, Role::Employee))).collect();
    let house = House::open_for(&people);
    let accounts = LOCKED.map(|login| house.account(login));
    let lock_anew = |login: &str| {
        let mut door = house.door(0);
        door.lock(login);
        door.sign_in(OWNERS[0]).expect("or the computer rests");
    };
    LOCKED.into_iter().for_each(lock_anew);
    let (mut foreign, mut late, mut opened) = (0, 0, 0);
    for lock in 0..SIDE {
        house.pass_seconds(DAY_SECONDS);
        let owners = OWNERS.map(|login| house.signed_in(login));
        delivered(&house);
        let mailed = |owner: usize, account: &AccountId| {
            owners[owner].send_pin(account).expect("a PIN is sent");
            let mails = delivered(&house);
            let mail = mails.iter().find(|mail| mail.subject == "User Account Unlock").expect("a PIN mail");
            assert_eq!(mail.to, format!("{}@clinic.example", OWNERS[owner]));
            pin_in(mail)
        };
        let sent: Vec<Vec<_>> =
            (0..SIDE).map(|owner| accounts.iter().map(|id| mailed(owner, id)).collect()).collect();
        let differ = sent.iter().flatten().collect::<BTreeSet<_>>().len();
        assert_eq!(differ, SIDE * SIDE, "two PINs are alike by chance: draw others");

        for (account, id) in accounts.iter().enumerate() {
            let turn = opener(account, lock);
            for owner in (0..SIDE).filter(|owner| *owner != turn) {
                let (another, elsewhere) = (other(owner, account + lock), other(account, owner + lock));
                let pin = match (owner + account) % 3 {
                    0 => &sent[another][account],
                    1 => &sent[owner][elsewhere],
                    _ => &sent[another][elsewhere],
                };
                assert_eq!(owners[owner].unlock(id, pin).unwrap_err().code, ProblemCode::PinWrong);
                foreign += 1;
            }
            let window = owners[turn].unlock(id, &sent[turn][account]).expect("its own PIN opens a lock");
            assert_eq!(window.user.status, UserStatus::Active);
            opened += 1;
            lock_anew(LOCKED[account]);
            for (owner, door) in owners.iter().enumerate() {
                assert_eq!(door.unlock(id, &sent[owner][account]).unwrap_err().code, ProblemCode::PinExpired);
                late += 1;
            }
        }
    }
    println!(
        "{} PINs: {foreign} tried for another owner or account, {late} at the next lock: 0 opened; {opened} of {opened} opened their own",
        SIDE.pow(3)
    );
    assert_eq!((foreign, late, opened), (900, 1000, 100));
}
