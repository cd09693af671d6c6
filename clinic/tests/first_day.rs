//! The list of the first day: ticked by what the records tell, shown while something is left, and gone once it is put away.

use clinic::{
    commands::{
        first_day::{ReadFirstDay, TickFirstDay},
        settings::{ChangePolicies, ReadSettings},
    },
    records::sql::Sql,
    testing::{Door, House},
};
use wire::{
    first_day::{FirstDay, Tick},
    settings::{ClinicSettings, Policies, PoliciesChange},
};

fn day(door: &Door<'_>) -> FirstDay {
    door.ask(&ReadFirstDay {}).unwrap()
}

fn run(house: &House, statement: &str) {
    house.store.run(statement, &[]).unwrap();
}

/// A clinic as a setup link opens it, with nobody but its owner and its system administrator.
fn new_clinic() -> House {
    let house = House::open();
    run(&house, "UPDATE accounts SET removed_at = 1 WHERE login NOT IN ('owner', 'sys_house')");
    run(&house, "UPDATE computers SET revoked_at = 1 WHERE label = 'Office'");
    house
}

const NOTHING: FirstDay = FirstDay {
    shown: true,
    email: false,
    second_owner: false,
    people: false,
    second_way: false,
    policies: false,
};

#[test]
fn each_fact_ticks_its_own_line_and_the_last_one_ends_the_list() {
    let house = new_clinic();
    let owner = house.signed_in("owner");
    run(&house, "UPDATE accounts SET email = NULL WHERE login = 'owner'");
    assert_eq!(day(&owner), NOTHING);
    run(&house, "UPDATE accounts SET email = 'owner@house.example' WHERE login = 'owner'");
    assert_eq!(day(&owner), FirstDay { email: true, ..NOTHING });
    run(&house, "UPDATE accounts SET removed_at = NULL WHERE login = 'partner'");
    assert_eq!(day(&owner), FirstDay { email: true, second_owner: true, ..NOTHING });
    run(&house, "UPDATE accounts SET removed_at = NULL WHERE login = 'nurse'");
    assert_eq!(day(&owner), FirstDay { email: true, second_owner: true, people: true, ..NOTHING });
    run(&house, "UPDATE computers SET revoked_at = NULL");
    let before_last = FirstDay { policies: false, ..ALL };
    assert_eq!(day(&owner), before_last);
    let ClinicSettings { version, policies, .. } = owner.ask(&ReadSettings {}).unwrap();
    let policies = Policies { strikes_max: 4, ..policies };
    owner.ask(&ChangePolicies { change: PoliciesChange { version, policies } }).unwrap();
    assert_eq!(day(&owner), FirstDay { shown: false, ..ALL });
    run(&house, "UPDATE accounts SET removed_at = 1 WHERE login = 'partner'");
    assert_eq!(day(&owner), FirstDay { second_owner: false, ..ALL }, "a fact that is none any more");
}

const ALL: FirstDay =
    FirstDay { shown: true, email: true, second_owner: true, people: true, second_way: true, policies: true };

#[test]
fn what_no_record_tells_is_ticked_by_each_owner_for_themselves() {
    let house = new_clinic();
    run(&house, "UPDATE accounts SET removed_at = NULL WHERE login = 'partner'");
    let (owner, partner) = (house.signed_in("owner"), house.signed_in("partner"));
    let before = day(&partner);
    let ticked = owner.ask(&TickFirstDay { tick: Tick::Form }).unwrap();
    assert!(ticked.second_way && !ticked.policies && ticked.shown);
    let ticked = owner.ask(&TickFirstDay { tick: Tick::Policies }).unwrap();
    assert!(ticked.second_way && ticked.policies && ticked.shown);
    assert_eq!(
        owner.ask(&TickFirstDay { tick: Tick::Policies }).unwrap(),
        ticked,
        "twice is as good as once"
    );
    assert_eq!(day(&partner), before);
}

#[test]
fn a_list_that_was_put_away_stays_away_for_this_owner() {
    let house = new_clinic();
    run(&house, "UPDATE accounts SET removed_at = NULL WHERE login = 'partner'");
    let (owner, partner) = (house.signed_in("owner"), house.signed_in("partner"));
    assert!(!owner.ask(&TickFirstDay { tick: Tick::List }).unwrap().shown);
    drop(owner);
    assert!(!day(&house.signed_in("owner")).shown, "another session");
    assert!(day(&partner).shown);
}
