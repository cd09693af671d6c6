//! What stands before the desk's sign-in: any stranger can knock, and gets nowhere fast, hears nothing, and buries nothing in the log.

use clinic::{
    desk::{ReadDeskLog, ReserveOperatorAttempt},
    records::{sql::Sql, throttles::THROTTLES_MAX},
    rules::{
        support::{DESK_LINES_MAX, NOISE_MINUTES, OPERATOR_STRIKES_MAX},
        throttle::{FREE_KNOCKS, KNOCKS_WAIT_SECONDS_MAX},
    },
    testing::{DeskHouse, House, OperatorDoor},
};
use wire::{ProblemCode, support::DeskAction};

use crate::code;

/// A browser whose network has had all the tries that cost no wait.
fn slowed<'a>(desk: &'a DeskHouse<'_>, login: &str) -> OperatorDoor<'a> {
    let mut door = desk.stranger();
    for number in 0..FREE_KNOCKS {
        assert_ne!(code(door.sign_in(&format!("{login}{number}"), false, "000000")), ProblemCode::SlowDown);
    }
    door
}

fn count(desk: &DeskHouse<'_>, table: &str) -> u32 {
    desk.store.query(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap()[0].take().unwrap()
}

#[test]
fn a_network_that_knocks_in_vain_is_slowed_down_whatever_login_it_tries() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let mut door = slowed(&desk, "made.up");
    let before = (count(&desk, "desk_log"), count(&desk, "tallies"));
    for login in ["sam", "nobody", "made.up0"] {
        let refused = door.sign_in(login, true, &desk.code("sam", 0)).err().unwrap();
        assert_eq!((refused.code, refused.retry_after_seconds), (ProblemCode::SlowDown, Some(1)), "{login}");
    }
    assert_eq!((count(&desk, "desk_log"), count(&desk, "tallies")), before, "nothing was looked at");
    // Another network is another one, and the wait is over at some time.
    desk.signed_in("sam");
    house.pass_seconds(1);
    door.sign_in("sam", true, &desk.code("sam", 1)).unwrap();
    assert_eq!(
        code(door.sign_in("nobody", false, "000000")),
        ProblemCode::OperatorWrong,
        "a right one clears"
    );
}

#[test]
fn of_many_tries_at_once_no_more_are_hashed_than_of_as_many_in_a_row() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let door = desk.stranger();
    let hashed = (0..50).filter(|number| {
        let login = format!("made.up{number}").parse().unwrap();
        door.ask(&ReserveOperatorAttempt { login }).is_ok()
    });
    assert_eq!(hashed.count(), FREE_KNOCKS as usize);
}

#[test]
fn a_block_of_addresses_is_one_network_and_no_more_are_remembered_than_fit() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let mut door = desk.stranger();
    for number in 0..FREE_KNOCKS + 1 {
        door.caller.address = format!("2001:db8::{number:x}");
        let slow = code(door.sign_in("nobody", false, "000000")) == ProblemCode::SlowDown;
        assert_eq!(slow, number == FREE_KNOCKS);
    }
    for number in 0..THROTTLES_MAX + 10 {
        door.caller.address = format!("2001:db8:0:{number:x}::1");
        door.ask(&ReserveOperatorAttempt { login: "nobody".parse().unwrap() }).ok();
    }
    assert!(count(&desk, "throttles") <= THROTTLES_MAX);
}

#[test]
fn tries_at_made_up_and_locked_logins_share_a_line_an_hour() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let mut sam = desk.stranger();
    for _ in 0..OPERATOR_STRIKES_MAX {
        sam.sign_in("sam", false, "000000").unwrap_err();
    }
    let before = count(&desk, "desk_log");
    let knock = |times: u32| {
        for number in 0..times {
            desk.stranger().sign_in(&format!("made.up{number}"), false, "000000").unwrap_err();
            desk.stranger().sign_in("sam", false, "000000").unwrap_err();
        }
    };
    knock(40);
    assert_eq!(count(&desk, "desk_log"), before + 2);
    house.pass_seconds(NOISE_MINUTES * 60);
    knock(1);
    assert_eq!(count(&desk, "desk_log"), before + 4);
    let log = desk.signed_in("kim").desk().log;
    let told = |action, operator: &str| {
        let lines = log.iter().filter(|line| line.action == action && line.operator == operator);
        lines.map(|line| line.tries).collect::<Vec<_>>()
    };
    assert_eq!(told(DeskAction::LoginFailed, ""), [Some(40), Some(1)]);
    assert_eq!(told(DeskAction::LoginFailedLocked, "Sam"), [Some(40), Some(1)]);
    assert_eq!(told(DeskAction::LoginFailed, "Sam"), [None; OPERATOR_STRIKES_MAX]);
}

#[test]
fn the_log_is_read_page_by_page_to_its_first_line() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    for _ in 0..DESK_LINES_MAX + 20 {
        desk.make("sam");
    }
    let door = desk.signed_in("kim");
    let mut lines = door.desk().log;
    assert_eq!(lines.len(), DESK_LINES_MAX as usize);
    let oldest = lines.last().unwrap().seq;
    lines.extend(door.ask(&ReadDeskLog { before: oldest }).unwrap().lines);
    let numbers: Vec<_> = lines.iter().map(|line| line.seq).collect();
    assert_eq!(numbers, (1..=i64::from(count(&desk, "desk_log"))).rev().collect::<Vec<_>>());
    for before in [1, 0, -1, i64::MIN] {
        assert!(door.ask(&ReadDeskLog { before }).unwrap().lines.is_empty(), "{before}");
    }
    assert_eq!(door.ask(&ReadDeskLog { before: i64::MAX }).unwrap().lines, door.desk().log);
    assert_eq!(code(desk.stranger().ask(&ReadDeskLog { before: 9 })), ProblemCode::OperatorRequired);
}

#[test]
fn a_wrong_try_costs_the_records_as_much_whether_there_is_an_operator_or_not() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    // The first of each makes its row.
    for login in ["sam", "nobody"] {
        desk.stranger().sign_in(login, false, "000000").unwrap_err();
    }
    let [known, unknown] = ["sam", "nobody"].map(|login| {
        let before = desk.store.statements();
        desk.stranger().sign_in(login, false, "000000").unwrap_err();
        desk.store.statements() - before
    });
    assert_eq!(known, unknown);
}

#[test]
fn the_longest_wait_is_a_minute() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let mut door = slowed(&desk, "made.up");
    for number in 0..20 {
        house.pass_seconds(KNOCKS_WAIT_SECONDS_MAX);
        assert_ne!(code(door.sign_in(&format!("other{number}"), false, "000000")), ProblemCode::SlowDown);
        assert_eq!(code(door.sign_in("sam", false, "000000")), ProblemCode::SlowDown);
    }
}
