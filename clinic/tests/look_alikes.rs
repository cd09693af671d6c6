//! No two logins look alike, for all that Unicode calls confusable (UTS 39): by the newest of its tables, which the product has too,
//! and by an older one that somebody else has written down and reads.

use std::collections::{BTreeMap, BTreeSet};

use clinic::{
    commands::people::{AddUser, FirstPassword},
    rules::logins,
    testing::House,
};
use unicode_skeleton::UnicodeSkeleton;
use wire::{Language, ProblemCode, Role, fields::Login, people::PersonFields};

/// What a login is made of.
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz0123456789._-";

/// Symbols that are refused as none of a login's: the newest table takes three of them for something else, and the wide bar for `|`.
const ELSE: [char; 4] = ['𐔜', '\u{2db}', '\u{37a}', '｜'];

/// What a text looks like, by each of the tables. `i` is as good as `I`, since capitals are forgiven.
fn looks(text: &str) -> BTreeSet<String> {
    let capital = text.replace('i', "I");
    let looks: [String; 2] =
        [capital.skeleton_chars().collect(), unicode_security::skeleton(&capital).collect()];
    looks.into_iter().map(|look| look.to_ascii_lowercase()).collect()
}

/// Every capitalisation of a text in ASCII.
fn capitalised(text: &str) -> Vec<String> {
    text.chars().fold(vec![String::new()], |begun, symbol| {
        let cases = BTreeSet::from([symbol, symbol.to_ascii_uppercase()]);
        cases.iter().flat_map(|case| begun.iter().map(move |text| format!("{text}{case}"))).collect()
    })
}

/// Of so many, two can be chosen in so many ways.
fn pairs(of: usize) -> usize {
    of * of.saturating_sub(1) / 2
}

/// Each symbol that looks like a piece of a login is asked for, in the beginning, in the middle and at the end of one: of all that look
/// alike one is given, and the others are told that they look like it.
#[test]
fn of_all_symbols_that_look_alike_one_stands_in_a_login() {
    let piece = |look: &String| !look.is_empty() && look.chars().all(|symbol| ALPHABET.contains(symbol));
    let mut alike: BTreeMap<String, BTreeSet<char>> = BTreeMap::new();
    for symbol in ('!'..=char::MAX).filter(|symbol| !symbol.is_whitespace()) {
        for look in looks(&symbol.to_string()).into_iter().filter(piece) {
            alike.entry(look).or_default().insert(symbol);
        }
    }
    let house = House::open();
    let owner = house.signed_in("owner");
    let mut tried = 0;
    for (look, symbols) in &alike {
        for (before, after) in [("", "yz"), ("xy", "yz"), ("xy", "")] {
            let given: Vec<_> = symbols
                .iter()
                .filter(|symbol| {
                    let login = format!("{before}{symbol}{after}");
                    let first = FirstPassword { password: "abcd2345".into(), hash: "hash".into() };
                    let refused = owner.ask(&AddUser { person: person(&login), first }).err();
                    let code = refused.as_ref().map(|problem| problem.code);
                    let told = code == Some(ProblemCode::LoginConfusable);
                    assert!(
                        symbol.is_ascii() || told || ELSE.contains(symbol),
                        "{login:?}, as {look:?}: {code:?}"
                    );
                    refused.is_none()
                })
                .collect();
            assert!(given.len() <= 1, "{look:?}: {given:?}");
            tried += pairs(symbols.len());
        }
    }
    println!(
        "{} symbols look like {} pieces: {tried} pairs, 0 logins alike",
        alike.values().map(BTreeSet::len).sum::<usize>(),
        alike.len()
    );
    assert!(tried > 100_000, "{tried}");
}

/// All logins of up to three symbols: those that look alike in any capitals have one skeleton.
#[test]
fn logins_that_look_alike_in_any_capitals_have_one_skeleton() {
    let longer = |logins: &[String]| -> Vec<String> {
        logins
            .iter()
            .flat_map(|login| ALPHABET.chars().map(move |symbol| format!("{login}{symbol}")))
            .collect()
    };
    let one = longer(&[String::new()]);
    let two = longer(&one);
    let three = longer(&two);
    let mut alike: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for text in one.iter().chain(&two).chain(&three) {
        let skeleton = logins::skeleton(&text.parse::<Login>().expect("a login"));
        for look in capitalised(text).iter().flat_map(|text| looks(text)).collect::<BTreeSet<_>>() {
            *alike.entry(look).or_default().entry(skeleton.clone()).or_default() += 1;
        }
    }
    let mut tried = 0;
    for (look, skeletons) in &alike {
        assert_eq!(skeletons.len(), 1, "{look:?}: {skeletons:?}");
        tried += skeletons.values().copied().map(pairs).sum::<usize>();
    }
    println!(
        "{} logins: {tried} pairs look alike, and all have one skeleton",
        one.len() + two.len() + three.len()
    );
    assert!(tried > 1_000, "{tried}");
}

fn person(login: &str) -> PersonFields {
    PersonFields {
        last_name: "Doe".into(),
        first_name: "Jane".into(),
        middle_name: String::new(),
        position: "Nurse".into(),
        email: String::new(),
        role: Role::Employee,
        login: login.into(),
        language: Language::En,
        rights: None,
    }
}
