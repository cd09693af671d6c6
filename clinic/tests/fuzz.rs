//! Every command of the clinic and of the desk, with odd texts and numbers in its body, by callers of every kind: what comes back is a
//! reply or a refusal, never a fault; a refused command changes nobody and nothing, and the log holds together. What is delivered twice
//! is done once.

use std::{cell::RefCell, collections::BTreeMap};

use clinic::{
    call::Caller,
    clinic::COMMANDS,
    commands::{activities::Search, activities_export::ReadExport, computers::ListComputers},
    desk,
    records::sql::{Sql, SqlError},
    rules::activity_chain,
    testing::{DeskHouse, House, PEOPLE},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::TestRunner,
};
use serde_json::{Value, json};
use wire::Problem;

/// Stories that are tried, each on records of its own.
const STORIES: u32 = 48;
/// Commands in a story, at most.
const ACTS_MAX: usize = 80;
/// Lines of the log that are looked at: more than a story writes.
const LINES_MAX: i64 = 1_000;
/// What the records keep of people, computers, profiles and settings. Wrong codes are counted beside them, which a refusal does.
const KEPT: [&str; 4] = [
    "* FROM accounts",
    "id, number, label, profile, password_digest, version, revoked_at FROM computers",
    "id, name, sealed_secret, version FROM profiles",
    "* FROM settings",
];
/// The same at the desk.
const KEPT_AT_DESK: [&str; 1] = ["* FROM operators"];
/// What a body that is none is answered with: the Worker parses what it sends, so that nobody outside can send one.
const UNREADABLE: &str = "a command cannot be read";

/// Texts at which something could trip.
const TEXTS: [&str; 27] = [
    "",
    " ",
    "\0",
    "\u{202e}",
    "ß",
    "İ",
    "а",
    "😀",
    "'\"<>&\\%;,--",
    "=1+1",
    "%",
    "_",
    "*",
    "owner",
    "nurse",
    "nurse2",
    "sys_house",
    "sys_",
    "Main",
    "Office",
    "Europe/Paris",
    "0000-00-00",
    "9999-12-31",
    "2026-11-22",
    "123456",
    "a b c d",
    "x\r\ny",
];
/// Numbers at which something could run over.
const NUMBERS: [i64; 11] =
    [0, 1, 2, -1, 200, 201, u32::MAX as i64, u32::MAX as i64 + 1, (1 << 53) - 1, i64::MIN, i64::MAX];

/// What some leaf of a body becomes.
#[derive(Clone, Debug)]
enum Odd {
    Text(String),
    Number(i64),
    Flag(bool),
    Nothing,
    /// An id of somebody or something of the house.
    Id(Index),
}

#[derive(Clone, Debug)]
struct Act {
    command: Index,
    caller: Index,
    bends: Vec<(Index, Odd)>,
    seconds: i64,
}

fn odd() -> impl Strategy<Value = Odd> {
    prop_oneof![
        4 => select(TEXTS.to_vec()).prop_map(|text| Odd::Text(text.to_owned())),
        2 => any::<String>().prop_map(Odd::Text),
        1 => (any::<char>(), 0..3_000_usize).prop_map(|(c, times)| Odd::Text(c.to_string().repeat(times))),
        2 => select(NUMBERS.to_vec()).prop_map(Odd::Number),
        1 => any::<bool>().prop_map(Odd::Flag),
        1 => Just(Odd::Nothing),
        4 => any::<Index>().prop_map(Odd::Id),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let bends = vec((any::<Index>(), odd()), 0..4);
    (any::<Index>(), any::<Index>(), bends, 0..200_i64).prop_map(|(command, caller, bends, seconds)| Act {
        command,
        caller,
        bends,
        seconds,
    })
}

/// A body that the command can read, about the people and computers of the house.
fn body(name: &str, ids: &[String]) -> Value {
    clinic::testing::body(name, [&ids[0], &ids[1], &ids[2]])
}

/// The places of a body in which something stands that is no list and no object.
fn leaves<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|value| leaves(value, found)),
        Value::Array(values) => values.iter_mut().for_each(|value| leaves(value, found)),
        leaf => found.push(leaf),
    }
}

fn bent(name: &str, act: &Act, ids: &[String]) -> Value {
    let mut body = body(name, ids);
    for (place, odd) in &act.bends {
        let mut places = Vec::new();
        leaves(&mut body, &mut places);
        if places.is_empty() {
            break;
        }
        let leaf = place.get_mut(&mut places);
        **leaf = match odd {
            Odd::Text(text) => json!(text),
            Odd::Number(number) => json!(number),
            Odd::Flag(flag) => json!(flag),
            Odd::Nothing => Value::Null,
            Odd::Id(id) => json!(id.get(ids)),
        };
    }
    body
}

/// The ids of a nurse, a computer and a profile, then all others.
fn ids(house: &House) -> Vec<String> {
    let places = house.signed_in("owner").ask(&ListComputers {}).unwrap();
    let free = places.computers.iter().find(|computer| !computer.here).unwrap();
    let mut ids =
        vec![house.account("nurse2").to_string(), free.id.to_string(), places.profiles[0].id.to_string()];
    ids.extend(PEOPLE.map(|(login, _)| house.account(login).to_string()));
    ids.extend(places.computers.iter().map(|computer| computer.id.to_string()));
    ids.push("zzzzzzzzzzzzzzzz".to_owned());
    ids
}

/// Browsers with nobody, with each step done, with somebody of each role, and with cookies that are made up.
fn callers(house: &House) -> Vec<Caller> {
    let mut question = house.door(0);
    question.password("nurse", true).unwrap();
    let mut callers = vec![Caller::default(), house.stranger().caller, house.door(0).caller, question.caller];
    for login in ["owner", "owner", "manager", "nurse", "sys_house"] {
        callers.push(house.signed_in(login).caller);
    }
    let token = Some("a".repeat(43));
    let made_up = Caller {
        computer: token.clone(),
        profile: token.clone(),
        question: token.clone(),
        session: token,
        ..Caller::default()
    };
    callers.push(made_up);
    callers
}

fn kept(sql: &dyn Sql, what: &[&str]) -> Vec<String> {
    let rows = |what: &&str| sql.query(&format!("SELECT {what}"), &[]).unwrap();
    what.iter().map(|what| format!("{:?}", rows(what))).collect()
}

/// How often each command was read, was done and was refused.
#[derive(Default)]
struct Count(BTreeMap<&'static str, [u32; 3]>);

impl Count {
    fn take(
        &mut self,
        name: &'static str,
        answer: &Result<Result<Value, Problem>, SqlError>,
    ) -> Result<(), TestCaseError> {
        let count = self.0.entry(name).or_default();
        match answer {
            Ok(Ok(_)) => count[1] += 1,
            Ok(Err(_)) => count[2] += 1,
            Err(SqlError(fault)) => {
                prop_assert!(fault == UNREADABLE, "{name}: {fault}");
                return Ok(());
            }
        }
        count[0] += 1;
        Ok(())
    }
}

fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig { cases: STORIES, failure_persistence: None, ..ProptestConfig::default() })
}

#[test]
fn no_command_of_the_clinic_is_a_fault() {
    let (count, whole) = (RefCell::new(Count::default()), RefCell::new(0));
    let stories = vec(act(), 1..ACTS_MAX);
    let tried = runner().run(&stories, |story| {
        let house = House::open();
        let (ids, callers) = (ids(&house), callers(&house));
        let auditor = house.signed_in("partner");
        for act in &story {
            house.pass_seconds(act.seconds);
            let (name, _) = act.command.get(COMMANDS);
            let body = bent(name, act, &ids);
            let before = kept(&house.store, &KEPT);
            let answer = house.try_by_name(act.caller.get(&callers), name, &body);
            count.borrow_mut().take(name, &answer)?;
            if !matches!(answer, Ok(Ok(_))) {
                prop_assert!(kept(&house.store, &KEPT) == before, "{name} was refused: {answer:?}");
            }
        }
        let all = ReadExport { search: Search::default(), after: 0, last: LINES_MAX };
        // Whoever reads it may have been removed, or their computer revoked.
        let Ok(page) = auditor.ask(&all) else { return Ok(()) };
        let mut before = activity_chain::BEGINNING;
        for line in &page.lines {
            prop_assert_eq!(line.before, before);
            prop_assert_eq!(activity_chain::hash(&before, &line.line).ok(), Some(line.hash));
            before = line.hash;
        }
        *whole.borrow_mut() += u32::from(page.lines.len() > 10);
        Ok(())
    });
    tried.unwrap();
    let (count, whole) = (count.into_inner(), whole.into_inner());
    let sum = |place: usize| count.0.values().map(|count| count[place]).sum::<u32>();
    println!("{} read, {} done, {} refused, {whole} logs whole", sum(0), sum(1), sum(2));
    for (name, _) in COMMANDS {
        assert!(count.0.get(name).is_some_and(|[read, ..]| *read > 0), "{name} was never read");
    }
    assert!(sum(1) > 100 && sum(2) > 400 && whole > STORIES / 2, "{:?}, {whole}", count.0);
}

#[test]
fn no_command_of_the_desk_is_a_fault() {
    let count = RefCell::new(Count::default());
    let stories = vec(act(), 1..ACTS_MAX);
    let tried = runner().run(&stories, |story| {
        let house = House::open();
        let ids = ids(&house);
        let desk = DeskHouse::open(&house);
        let made_up = Caller { session: Some("a".repeat(43)), ..Caller::default() };
        let callers = [
            Caller::default(),
            desk.stranger().caller,
            desk.signed_in("sam").caller,
            desk.signed_in("kim").caller,
            made_up,
        ];
        for act in &story {
            house.pass_seconds(act.seconds);
            let (name, _) = act.command.get(desk::COMMANDS);
            let body = bent(name, act, &ids);
            let before = kept(&desk.store, &KEPT_AT_DESK);
            let answer = desk.try_by_name(act.caller.get(&callers), name, &body);
            count.borrow_mut().take(name, &answer)?;
            if !matches!(answer, Ok(Ok(_))) {
                prop_assert!(kept(&desk.store, &KEPT_AT_DESK) == before, "{name} was refused: {answer:?}");
            }
        }
        Ok(())
    });
    tried.unwrap();
    let count = count.into_inner();
    let sum = |place: usize| count.0.values().map(|count| count[place]).sum::<u32>();
    println!("{} read, {} done, {} refused", sum(0), sum(1), sum(2));
    for (name, _) in desk::COMMANDS {
        assert!(count.0.get(name).is_some_and(|[read, ..]| *read > 0), "{name} was never read");
    }
    assert!(sum(1) > 100 && sum(2) > 200, "{:?}", count.0);
}

/// Bends each place of a command's body to each odd thing, one at a time. Counts what was read.
fn bend_each(
    name: &str,
    ids: &[String],
    answer: impl Fn(&Value) -> Result<Result<Value, Problem>, SqlError>,
) -> usize {
    let texts =
        TEXTS.map(Value::from).into_iter().chain([json!("x".repeat(3_000)), Value::Null, json!(true)]);
    let odds: Vec<Value> = texts.chain(NUMBERS.map(Value::from)).collect();
    let mut straight = body(name, ids);
    let mut places = Vec::new();
    leaves(&mut straight, &mut places);
    let mut read = 0;
    for (place, odd) in (0..places.len()).flat_map(|place| odds.iter().map(move |odd| (place, odd))) {
        let mut bent = body(name, ids);
        let mut places = Vec::new();
        leaves(&mut bent, &mut places);
        *places[place] = odd.clone();
        match answer(&bent) {
            Err(SqlError(fault)) => assert_eq!(fault, UNREADABLE, "{name} {bent}"),
            Ok(_) => read += 1,
        }
    }
    read
}

#[test]
fn no_place_of_a_command_is_a_fault_with_any_odd_thing_in_it() {
    let mut read = 0;
    for (name, _) in COMMANDS {
        let house = House::open();
        let (ids, owner) = (ids(&house), house.signed_in("owner").caller);
        read += bend_each(name, &ids, |body| house.try_by_name(&owner, name, body));
    }
    for (name, _) in desk::COMMANDS {
        let house = House::open();
        let (ids, desk) = (ids(&house), DeskHouse::open(&house));
        let operator = desk.signed_in("sam").caller;
        read += bend_each(name, &ids, |body| desk.try_by_name(&operator, name, body));
    }
    println!("{read} read");
    assert!(read > 2_000, "{read}");
}

/// What the Worker delivers without a key: nothing is left then that could keep an answer, or a page is known by its number.
const WITHOUT_A_KEY: [&str; 2] = ["delete_clinic", "take_archive_page"];

/// Delivers a call twice, by what gives its answer and then every byte of the records. Whether it was done, which it is once.
fn twice(
    (name, body): (&str, &Value),
    caller: &Caller,
    mut deliver: impl FnMut(&str) -> (String, Vec<u8>),
) -> bool {
    let key = "07".repeat(16);
    let call = json!({ "command": name, "caller": caller, "key": key, "body": body }).to_string();
    let (first, before) = deliver(&call);
    let (second, after) = deliver(&call);
    assert_eq!(first, second, "{name} was answered otherwise the second time");
    assert!(before == after, "{name} changed something the second time");
    first.starts_with(r#"{"Ok""#)
}

#[test]
fn what_is_delivered_twice_is_done_once_whatever_it_is() {
    let mut done = BTreeMap::new();
    for (name, _) in COMMANDS.iter().filter(|(name, _)| !WITHOUT_A_KEY.contains(name)) {
        let is_there = House::open();
        let body = body(name, &ids(&is_there));
        let owner = is_there.signed_in("owner").caller;
        let closed = House::open();
        let close = json!({ "reason": "it moves" });
        closed.ask_by_name(&Caller::default(), "close_clinic", &close).unwrap();
        for (what, mut house, caller) in [
            ("empty", House::empty(), Caller::default()),
            ("open", is_there, owner),
            ("closed", closed, Caller::default()),
        ] {
            let was_done = twice((name, &body), &caller, |call| {
                house.pass_idle_seconds(1);
                (house.deliver_call(call).unwrap(), house.store.bytes())
            });
            *done.entry(what).or_insert(0) += u32::from(was_done);
        }
    }
    for (name, _) in desk::COMMANDS {
        let house = House::open();
        let body = body(name, &ids(&house));
        let mut desk = DeskHouse::open(&house);
        let operator = desk.signed_in("sam").caller;
        let was_done = twice((name, &body), &operator, |call| {
            house.pass_idle_seconds(1);
            (desk.deliver_call(call).unwrap(), desk.store.bytes())
        });
        *done.entry("desk").or_insert(0) += u32::from(was_done);
    }
    println!("{done:?} were done");
    assert!(done["empty"] >= 4 && done["open"] > 20 && done["closed"] >= 3 && done["desk"] > 5, "{done:?}");
}
