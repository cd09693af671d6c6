//! The log, searched: each filter finds its lines and no others, page by page, and own lines stay all that some may see.

use clinic::{
    commands::activities::{CountFailures, ListActivities, ReadActivityChoices, Search},
    records::{
        activity_search,
        sql::{Sql, Value},
    },
    testing::{Door, House},
};
use wire::{
    Day, Problem, ProblemCode,
    activities::{Action, ActivityLine, FailureChart},
    ids::AccountId,
};

fn page(
    door: &Door<'_>,
    actions: &[Action],
    search: &Search,
    before: Option<i64>,
) -> Result<(Vec<ActivityLine>, Option<i64>), Problem> {
    let search = Search { actions: actions.to_vec(), ..search.clone() };
    let page = door.ask(&ListActivities { before, limit: 3, search })?;
    Ok((page.lines, page.next))
}

/// All that is found, page by page.
fn found(door: &Door<'_>, actions: &[Action], search: &Search) -> Vec<ActivityLine> {
    let (mut lines, mut next) = page(door, actions, search, None).unwrap();
    while let Some(before) = next {
        let (more, after) = page(door, actions, search, Some(before)).unwrap();
        lines.extend(more);
        next = after;
    }
    lines
}

fn words(words: &str) -> Search {
    Search { words: Some(words.into()), ..Search::default() }
}

fn user(id: &AccountId) -> Search {
    Search { user: Some(id.clone()), ..Search::default() }
}

fn days(from: &str, until: &str) -> Search {
    let day = |text: &str| (!text.is_empty()).then(|| text.parse::<Day>().unwrap());
    Search { from: day(from), until: day(until), ..Search::default() }
}

fn chart(door: &Door<'_>, search: Search) -> FailureChart {
    door.ask(&CountFailures { search }).unwrap()
}

/// A house in which a nurse locked herself out at the reception, and the other one mistyped once in the office.
fn busy_house() -> House {
    let house = House::open();
    house.door(0).lock("nurse");
    let mut office = house.door(1);
    office.password("nurse2", false).unwrap_err();
    office.sign_in("nurse2").unwrap();
    house
}

#[test]
fn each_filter_finds_what_the_whole_log_has_and_nothing_else() {
    let house = busy_house();
    let nurse = house.account("nurse");
    let owner = house.signed_in("owner");
    let log = owner.log();
    let is_about = |line: &ActivityLine| {
        let text = serde_json::to_string(&(&line.user, &line.by)).unwrap();
        text.contains(nurse.as_str())
    };
    type Wanted<'a> = Box<dyn Fn(&ActivityLine) -> bool + 'a>;
    let failed = [Action::LoginFailed, Action::AccountLocked];
    let office = Search { computer: Some("Office".into()), ..Search::default() };
    let cases: [(&[Action], Search, Wanted<'_>); 7] = [
        (&[], Search::default(), Box::new(|_| true)),
        (&failed, Search::default(), Box::new(|line| failed.contains(&line.action))),
        (&[], user(&nurse), Box::new(is_about)),
        (&[], office.clone(), Box::new(|line| line.computer == "Office")),
        (&failed, office, Box::new(|line| line.computer == "Office" && failed.contains(&line.action))),
        (&failed, user(&nurse), Box::new(|line| is_about(line) && failed.contains(&line.action))),
        (&[Action::PolicyChanged], Search::default(), Box::new(|_| false)),
    ];
    for (actions, search, wanted) in cases {
        let expected: Vec<_> = log.iter().filter(|line| wanted(line)).cloned().collect();
        assert_eq!(found(&owner, actions, &search), expected, "{actions:?} {search:?}");
        assert_eq!(expected.is_empty(), actions == [Action::PolicyChanged], "{actions:?} {search:?}");
    }
}

#[test]
fn words_are_found_in_names_logins_labels_and_addresses() {
    let house = busy_house();
    let owner = house.signed_in("owner");
    let log = owner.log();
    let count = |wanted: &dyn Fn(&ActivityLine) -> bool| log.iter().filter(|line| wanted(line)).count();
    let found = |text: &str| found(&owner, &[], &words(text)).len();
    let on_reception = count(&|line| line.computer == "Reception 1");
    assert!(on_reception > 5);
    assert_eq!(found("recept"), on_reception);
    assert_eq!(found("RECÉPTION 1"), on_reception);
    assert_eq!(found("127.0.0"), count(&|line| line.address == "127.0.0.1"));
    // Of the login there is nothing in the lines.
    let about_sys = count(&|line| serde_json::to_string(line).unwrap().contains("Sys_house"));
    assert_eq!(found("sys_hou"), about_sys);
    let of_nurse2 = found("nurse2");
    assert!(of_nurse2 > 0 && found("nurse2 office") == of_nurse2 && found("nurse2 reception") == 0);
    for text in ["nobody", "\" OR *", "t1", "login_failed", "'; --"] {
        assert_eq!(found(text), 0, "{text}");
    }
    assert_eq!(found("  "), log.len());
    let too_long = page(&owner, &[], &words(&"a".repeat(101)), None).unwrap_err();
    assert_eq!(too_long, Problem::about("words", ProblemCode::OutOfBounds));
}

#[test]
fn a_word_that_too_much_is_called_is_refused_and_a_longer_one_is_not() {
    let house = House::open();
    let owner = house.signed_in("owner");
    for number in 0..201 {
        let address = [Value::from(format!("10.0.0.{number}"))];
        let line = "INSERT INTO activities (at, action, user_is, by_is, computer, address, hash)
                    VALUES (1, 'login_failed', 'nobody', 'nobody', '', ?1, x'00')";
        house.store.run(line, &address).unwrap();
    }
    house.door(0);
    let refused = page(&owner, &[], &words("10.0"), None).unwrap_err();
    assert_eq!(refused, Problem::about("words", ProblemCode::WordsTooShort));
    assert_eq!(found(&owner, &[], &words("10.0.0.200")).len(), 1);
}

#[test]
fn a_period_is_in_days_of_the_clinic() {
    let house = House::open();
    let owner = house.signed_in("owner");
    // It is half past six in the evening of 21 November in London; after midnight somebody mistypes.
    assert!(found(&owner, &[Action::LoginFailed], &days("", "")).is_empty());
    house.pass_seconds(8 * 3600);
    let mut door = house.door(0);
    door.password("nurse", false).unwrap_err();
    let owner = house.signed_in("owner");
    let failed = |from: &str, until: &str| found(&owner, &[Action::LoginFailed], &days(from, until)).len();
    assert_eq!(failed("2026-11-22", "2026-11-22"), 1);
    assert_eq!(failed("2026-11-22", ""), 1);
    assert_eq!(failed("", "2026-11-21"), 0);
    assert_eq!(failed("2026-11-23", ""), 0);
    assert_eq!(failed("1970-01-01", "9998-12-31"), 1);
    let all = found(&owner, &[], &days("2026-11-21", "2026-11-22")).len();
    let each = found(&owner, &[], &days("2026-11-21", "2026-11-21")).len()
        + found(&owner, &[], &days("2026-11-22", "2026-11-22")).len();
    assert_eq!((all, all), (each, owner.log().len()));
    for (from, until, field, code) in [
        ("2026-02-30", "", "from", ProblemCode::DayMalformed),
        ("2026-11-22", "2026-11-21", "until", ProblemCode::PeriodBackwards),
    ] {
        let refused = page(&owner, &[], &days(from, until), None).unwrap_err();
        assert_eq!(refused, Problem::about(field, code));
    }
}

#[test]
fn the_chart_counts_the_failed_logins_that_the_filters_find() {
    let house = busy_house();
    let nurse = house.account("nurse");
    let owner = house.signed_in("owner");
    let failed = [Action::LoginFailed, Action::LoginFailedLocked];
    let office = Search { computer: Some("Office".into()), ..Search::default() };
    for search in [Search::default(), user(&nurse), office, words("nurse2"), words("nobody")] {
        let expected = found(&owner, &failed, &search).len();
        let chart = chart(&owner, search.clone());
        let counted: u32 = chart.bars.iter().map(|bar| bar.failures).sum();
        assert_eq!(counted as usize, expected, "{search:?}");
        assert_eq!((chart.hourly, chart.bars.len()), (false, 30));
    }
    let today = chart(&owner, days("2026-11-21", "2026-11-21"));
    assert!(today.hourly);
    let by_hour: Vec<_> = today.bars.iter().filter(|bar| bar.failures > 0).collect();
    assert_eq!(by_hour.len(), 1);
    assert_eq!(by_hour[0].failures as usize, found(&owner, &failed, &Search::default()).len());
    assert!(chart(&owner, days("2026-11-22", "")).bars.iter().all(|bar| bar.failures == 0));
}

#[test]
fn own_lines_are_all_that_some_may_see_whatever_they_ask() {
    let house = busy_house();
    let (nurse, nurse2) = (house.account("nurse"), house.account("nurse2"));
    let door = house.signed_in("nurse2");
    let own = found(&door, &[], &Search::default());
    assert_eq!(own, found(&house.signed_in("owner"), &[], &user(&nurse2))[..own.len()]);
    for search in [user(&nurse2), words("127.0.0.1"), words("jane"), days("2026-11-21", "")] {
        assert_eq!(found(&door, &[], &search), own, "{search:?}");
    }
    let reception = Search { computer: Some("Reception 1".into()), ..Search::default() };
    assert!(found(&door, &[], &reception).is_empty());
    let counted: u32 = chart(&door, Search::default()).bars.iter().map(|bar| bar.failures).sum();
    assert_eq!(counted, 1);
    let refused = page(&door, &[], &user(&nurse), None).unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotAllowed);
    let refused = door.ask(&CountFailures { search: user(&nurse) }).unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotAllowed);
    let choices = door.ask(&ReadActivityChoices {}).unwrap();
    assert!(choices.people.is_empty() && choices.computers.is_empty());
    let choices = house.signed_in("manager").ask(&ReadActivityChoices {}).unwrap();
    assert_eq!((choices.people.len(), choices.computers.len()), (6, 2));
}

#[test]
fn whoever_reads_the_log_hears_that_it_has_grown() {
    let house = House::open();
    let mut door = house.door(0);
    door.password("nurse", false).unwrap_err();
    assert!(house.told.borrow().contains("log"));
    let listens = |login: &str| {
        let door = house.signed_in(login);
        door.ask(&clinic::commands::live::OpenLive {}).unwrap().contains(&"log".to_owned())
    };
    assert!(listens("owner") && listens("manager") && listens("sys_house") && !listens("nurse"));
}

#[test]
fn the_lines_of_before_the_index_are_marked_bit_by_bit() {
    let house = busy_house();
    let owner = house.signed_in("owner");
    let whole = found(&owner, &[Action::LoginFailed], &Search::default());
    let lines = owner.log().len() as i64;
    for statement in [
        "INSERT INTO activity_marks (activity_marks) VALUES ('delete-all')",
        "DELETE FROM activity_texts",
        "UPDATE activity_backlog SET below = (SELECT MAX(seq) + 1 FROM activities)",
    ] {
        house.store.run(statement, &[]).unwrap();
    }
    let refused = page(&owner, &[Action::LoginFailed], &Search::default(), None).unwrap_err();
    assert_eq!(refused.code, ProblemCode::Busy);
    assert_eq!(owner.log().len() as i64, lines, "the log without a filter needs no index");
    assert!(activity_search::catch_up(&house.store).unwrap(), "a slice is longer than this log");
    assert_eq!(found(&owner, &[Action::LoginFailed], &Search::default()), whole);
    assert!(!found(&owner, &[], &words("reception")).is_empty());
    assert!(activity_search::catch_up(&house.store).unwrap());
}
