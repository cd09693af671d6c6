//! What readers say of the help pages: counted for the operators, by nobody in particular, and not as often as one likes.

use clinic::{
    desk::NoteHelpAnswer,
    records::{sql::Sql, throttles::THROTTLES_MAX},
    rules::{
        support::HELP_ANSWERS_DAYS,
        throttle::{ANSWERS_A_DAY_MAX, FREE_KNOCKS, KNOCKS_WAIT_SECONDS_MAX},
    },
    testing::{DeskHouse, House, OperatorDoor},
};
use wire::{
    Language, ProblemCode,
    help::{HelpAnswer, HelpCount, HelpPage},
};

use crate::code;

const DAY_SECONDS: i64 = 24 * 60 * 60;

fn answer(page: HelpPage, language: Language, answered: bool) -> NoteHelpAnswer {
    NoteHelpAnswer { answer: HelpAnswer { page, language, answered } }
}

fn say(door: &OperatorDoor<'_>, page: HelpPage, answered: bool) -> Result<(), ProblemCode> {
    door.ask(&answer(page, Language::En, answered)).map(drop).map_err(|problem| problem.code)
}

fn said(desk: &DeskHouse<'_>) -> Vec<HelpCount> {
    desk.signed_in("sam").desk().help
}

#[test]
fn answers_are_counted_by_page_in_the_order_of_the_pages() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    assert_eq!(said(&desk), []);
    for (page, language, answered) in [
        (HelpPage::Profiles, Language::Ru, false),
        (HelpPage::Locked, Language::En, true),
        (HelpPage::Locked, Language::Fr, true),
        (HelpPage::Locked, Language::Ru, false),
    ] {
        desk.stranger().ask(&answer(page, language, answered)).unwrap();
    }
    let locked = HelpCount { page: HelpPage::Locked, yes: 2, no: 1 };
    assert_eq!(said(&desk), [locked, HelpCount { page: HelpPage::Profiles, yes: 0, no: 1 }]);
}

#[test]
fn answers_are_forgotten_after_ninety_days() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    say(&desk.stranger(), HelpPage::Locked, true).unwrap();
    house.pass_seconds(HELP_ANSWERS_DAYS * DAY_SECONDS);
    assert_eq!(said(&desk), [HelpCount { page: HelpPage::Locked, yes: 1, no: 0 }]);
    house.pass_seconds(DAY_SECONDS);
    assert_eq!(said(&desk), []);
    say(&desk.stranger(), HelpPage::Profiles, true).unwrap();
    assert_eq!(desk.store.query("SELECT day FROM help_answers", &[]).unwrap().len(), 1);
}

#[test]
fn a_network_is_slowed_down_and_then_not_heard_for_a_day() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let door = desk.stranger();
    for _ in 0..FREE_KNOCKS {
        say(&door, HelpPage::Locked, false).unwrap();
    }
    assert_eq!(say(&door, HelpPage::Locked, false), Err(ProblemCode::SlowDown));
    for _ in FREE_KNOCKS..ANSWERS_A_DAY_MAX {
        house.pass_seconds(KNOCKS_WAIT_SECONDS_MAX);
        say(&door, HelpPage::Locked, false).unwrap();
    }
    house.pass_seconds(DAY_SECONDS - 1);
    assert_eq!(say(&door, HelpPage::Locked, false), Err(ProblemCode::SlowDown));
    assert_eq!(said(&desk), [HelpCount { page: HelpPage::Locked, yes: 0, no: ANSWERS_A_DAY_MAX }]);
    house.pass_seconds(1);
    say(&door, HelpPage::Locked, false).unwrap();
}

#[test]
fn who_reads_keeps_nobody_from_the_desk_and_stands_in_no_log() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let mut door = desk.stranger();
    let lines = || desk.store.query("SELECT seq FROM desk_log", &[]).unwrap().len();
    let before = lines();
    for _ in 0..FREE_KNOCKS {
        say(&door, HelpPage::Locked, true).unwrap();
    }
    assert_eq!(code(door.ask(&answer(HelpPage::Locked, Language::En, true))), ProblemCode::SlowDown);
    assert_eq!(lines(), before);
    door.sign_in("sam", true, &desk.code("sam", 0)).unwrap();
}

#[test]
fn however_many_read_whoever_knocked_in_vain_still_waits() {
    let house = House::open();
    let desk = DeskHouse::open(&house);
    let mut door = desk.stranger();
    for _ in 0..FREE_KNOCKS {
        door.sign_in("nobody", false, "000000").unwrap_err();
    }
    let mut reader = desk.stranger();
    for number in 0..THROTTLES_MAX + 10 {
        reader.caller.address = format!("2001:db8:0:{number:x}::1");
        say(&reader, HelpPage::Locked, true).unwrap();
    }
    assert_eq!(code(door.sign_in("nobody", false, "000000")), ProblemCode::SlowDown);
    let remembered = desk.store.query("SELECT subject FROM throttles WHERE subject LIKE 'reader %'", &[]);
    assert_eq!(remembered.unwrap().len(), THROTTLES_MAX as usize);
}
