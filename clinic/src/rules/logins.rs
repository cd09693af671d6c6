//! A new account's login: made of the person's name, and like nobody else's to the eye.

use unicode_security::skeleton as unicode_skeleton;
use wire::{
    Problem, ProblemCode,
    fields::{LOGIN_LENGTH_MAX, Login},
};

use super::transliteration::{latin, latin_beside};

/// What a system administrator's login begins with; no other login does.
pub const SYSTEM_ADMINISTRATOR_PREFIX: &str = "sys_";
/// Most characters of a system administrator's login: it is printed on the access form's card.
pub const SYSTEM_ADMINISTRATOR_LENGTH_MAX: usize = 32;
/// The login of somebody whose name has no letter that could be written in Latin.
const NAMELESS: &str = "user";
/// The same for a clinic.
const NAMELESS_CLINIC: &str = "clinic";

/// What the login of somebody of this name begins with: `petrova-vodkina`. See [`first_free`].
pub fn stem_of(last: &str, first: &str) -> String {
    let stem = [latin_beside(last, first), latin_beside(first, last)]
        .iter()
        .map(|latin| stem(latin))
        .find(|stem| !stem.is_empty())
        .unwrap_or_else(|| NAMELESS.to_owned());
    // «Сыс-Иванов» is no system administrator.
    if is_reserved(&numbered(&stem, 1)) { stem.replace(is_separator, "") } else { stem }
}

/// What the login of a clinic's system administrator begins with: `sys_sadovaia`.
pub fn system_administrator(clinic_name: &str) -> String {
    let room = SYSTEM_ADMINISTRATOR_LENGTH_MAX - SYSTEM_ADMINISTRATOR_PREFIX.len();
    let plain: String = latin(clinic_name).chars().filter(char::is_ascii_alphanumeric).take(room).collect();
    let name = if plain.is_empty() { NAMELESS_CLINIC } else { &plain };
    format!("{SYSTEM_ADMINISTRATOR_PREFIX}{name}")
}

/// Whether a login is, or looks like, a system administrator's: `sys_clinic`, `sys.clinic`.
pub fn is_reserved(login: &Login) -> bool {
    login.as_str().strip_prefix("sys").is_some_and(|rest| rest.starts_with(is_separator))
}

/// What two logins have in common that a person takes for the same: the skeleton of Unicode TR 39 §4 in lower case.
/// `0` is `o`, `1` is `l`, `m` is `rn`; since capitals are forgiven, `i` is as good as `I` and thereby `l`. `w` is `vv`
/// on top, which the standard's table lacks. Separators stay what they are: the table tells `.`, `_` and `-` apart, and so do people.
pub fn skeleton(login: &Login) -> String {
    let capital = login.as_str().replace('i', "I");
    unicode_skeleton(&capital).collect::<String>().to_ascii_lowercase().replace('w', "vv")
}

/// The login that something typed looks like without being it: Cyrillic «іvanоv», full-width "ｉｖａｎｏｖ", a hidden blank of no width.
/// Nothing for plain ASCII, and nothing for what nobody would take for Latin letters.
pub fn latin_lookalike(typed: &str) -> Option<Login> {
    let typed = typed.trim();
    if typed.is_ascii() {
        return None;
    }
    let mut look = String::with_capacity(typed.len());
    for symbol in typed.chars() {
        look.push_str(&ascii_look(symbol)?);
    }
    look.parse().ok()
}

/// A login for a new account, as somebody typed it: it begins with a letter, and separators stand single, between other symbols.
pub fn parse_new(typed: &str) -> Result<Login, Problem> {
    if latin_lookalike(typed).is_some() {
        return Err(Problem::about("login", ProblemCode::LoginConfusable));
    }
    let login: Login = typed.parse()?;
    let text = login.as_str();
    let well_formed = text.starts_with(|symbol: char| symbol.is_ascii_lowercase())
        && text.split(is_separator).all(|piece| !piece.is_empty());
    if well_formed { Ok(login) } else { Err(Problem::about("login", ProblemCode::LoginMalformed)) }
}

fn is_separator(symbol: char) -> bool {
    matches!(symbol, '.' | '_' | '-')
}

/// Letters, digits and single dashes of a name, from the first letter on.
fn stem(latin: &str) -> String {
    let plain: String = latin.chars().filter(|c| *c != ' ').collect();
    let from_letter = plain.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    from_letter.split('-').filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("-")
}

/// The first login of a stem that is not taken, and its number: `ivanov`, `ivanov2`, `ivanov3`, … `is_taken` answers by
/// [`skeleton`], so that no number makes a look-alike.
pub fn first_free(stem: &str, from: u32, is_taken: &dyn Fn(&Login) -> bool) -> (Login, u32) {
    let mut number = from.max(1);
    loop {
        let login = numbered(stem, number);
        if number == u32::MAX || !is_taken(&login) {
            return (login, number);
        }
        number += 1;
    }
}

/// The stem with its number, the first without one; a long stem gives way to the number.
fn numbered(stem: &str, number: u32) -> Login {
    let number = if number == 1 { String::new() } else { number.to_string() };
    let shortened: String = stem.chars().take(LOGIN_LENGTH_MAX - number.len()).collect();
    Login::from_generated(format!("{}{number}", shortened.trim_end_matches('-')))
}

/// What one symbol looks like in ASCII; empty for what is not seen at all.
fn ascii_look(symbol: char) -> Option<String> {
    if symbol.is_ascii() {
        return Some(symbol.to_string());
    }
    // Full-width forms stand in the order of ASCII. The table would make two letters, `rn`, of a wide `m`.
    if let wide @ '！'..='～' = symbol {
        return char::from_u32(wide as u32 - '！' as u32 + '!' as u32).map(String::from);
    }
    let look = |symbol: char| {
        let look: String = unicode_skeleton(symbol.encode_utf8(&mut [0; 4])).collect();
        look.is_ascii().then(|| look.to_ascii_lowercase())
    };
    // Capitals are forgiven, so that either case may be the one that looks like Latin: «В» does and «в» does not.
    look(symbol).or_else(|| symbol.to_lowercase().next().and_then(look))
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::HashSet};

    use proptest::prelude::*;

    use super::*;

    fn login(text: &str) -> Login {
        text.parse().unwrap()
    }

    fn made_of(last: &str, first: &str, is_taken: &dyn Fn(&Login) -> bool) -> Login {
        first_free(&stem_of(last, first), 1, is_taken).0
    }

    fn untaken(last: &str, first: &str) -> String {
        made_of(last, first, &|_| false).as_str().to_owned()
    }

    fn alike(one: &str, other: &str) -> bool {
        skeleton(&login(one)) == skeleton(&login(other))
    }

    fn refusal(typed: &str) -> Option<ProblemCode> {
        let problem = parse_new(typed).err()?;
        assert_eq!(problem.field.as_deref(), Some("login"));
        Some(problem.code)
    }

    #[test]
    fn a_login_is_the_last_name() {
        for (last, first, expected) in [
            ("Иванов", "Пётр", "ivanov"),
            ("Петрова-Водкина", "Анна", "petrova-vodkina"),
            ("Гончаренко", "Олексій", "honcharenko"),
            ("de la Cruz", "Juan", "delacruz"),
            ("O’Neil", "Shaquille", "oneil"),
            ("St. John – Smythe", "Ann", "stjohn-smythe"),
            ("Lefèvre", "Zoé", "lefevre"),
            ("Sys-Ivanov", "Pjotr", "sysivanov"),
            ("王", "小明", "wang"),
            ("3rd", "Ann", "rd"),
            ("-- ’ --", "Анна", "anna"),
            ("☃", "42", "user"),
            ("", "", "user"),
        ] {
            assert_eq!(untaken(last, first), expected, "{last} {first}");
        }
    }

    #[test]
    fn namesakes_are_numbered_from_two() {
        let taken = RefCell::new(HashSet::new());
        let is_taken = |login: &Login| taken.borrow().contains(&skeleton(login));
        let mut made = Vec::new();
        for _ in 0..12 {
            let login = made_of("Иванов", "Пётр", &is_taken);
            taken.borrow_mut().insert(skeleton(&login));
            made.push(login.as_str().to_owned());
        }
        assert_eq!(made[..3], ["ivanov", "ivanov2", "ivanov3"]);
        assert_eq!(made[11], "ivanov12");
    }

    #[test]
    fn a_number_that_makes_a_look_alike_is_skipped() {
        let taken = ["ivanov", "ivanov2", "lvanov3"].map(|text| skeleton(&login(text)));
        let made = made_of("Ivanov", "", &|login| taken.contains(&skeleton(login)));
        assert_eq!(made.as_str(), "ivanov4");
    }

    #[test]
    fn a_long_name_leaves_room_for_the_number() {
        let long = format!("{}-Щ", "А".repeat(LOGIN_LENGTH_MAX - 1));
        let first = untaken(&long, "");
        assert_eq!(first, "a".repeat(LOGIN_LENGTH_MAX - 1), "no dash is left at the end");
        let second = made_of(&long, "", &|login| login.as_str() == first);
        assert_eq!(second.as_str(), format!("{}2", "a".repeat(LOGIN_LENGTH_MAX - 1)));
    }

    #[test]
    fn a_system_administrator_is_named_after_the_clinic() {
        for (clinic, expected) in [
            ("Садовая", "sys_sadovaia"),
            ("St. Mary’s Dental No. 5", "sys_stmarysdentalno5"),
            ("Клиника «Здоровье» на Большой Садовой", "sys_klinikazdorovenabolshoisadov"),
            ("☃", "sys_clinic"),
        ] {
            assert_eq!(system_administrator(clinic), expected);
            assert!(is_reserved(&login(&system_administrator(clinic))));
        }
        assert!(is_reserved(&login("sys.clinic")) && !is_reserved(&login("sysoev")));
    }

    #[test]
    fn what_looks_alike_has_one_skeleton() {
        for (one, other) in [
            ("ivanov", "ivan0v"),
            ("ivanov", "lvanov"),
            ("ivanov", "1vanov"),
            ("marina", "rnarina"),
            ("wagner", "vvagner"),
            ("will", "w1l1"),
        ] {
            assert!(alike(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("ivanov", "ivanova"),
            ("ivanov", "ivanov2"),
            ("ivanov2", "ivanov3"),
            ("a.b", "a_b"),
            ("a.b", "a-b"),
            ("a.b", "ab"),
        ] {
            assert!(!alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_look_alike_in_another_script_is_called_one() {
        for (typed, look) in [
            ("іvanоv", "ivanov"),
            ("ｉｖａｎｏｖ", "ivanov"),
            ("ｍａｘ", "max"),
            ("сора", "copa"),
            ("МАХ", "max"),
            ("ВЕРА", "bepa"),
            ("iva\u{200b}nov", "ivanov"),
            ("𝐢𝐯𝐚𝐧𝐨𝐯", "ivanov"),
            ("ivanov‐a", "ivanov-a"),
        ] {
            assert_eq!(latin_lookalike(typed).as_ref().map(Login::as_str), Some(look), "{typed}");
            assert_eq!(refusal(typed), Some(ProblemCode::LoginConfusable), "{typed}");
        }
        for typed in ["ivanov", "иванов", "ivánov", "王", "ivanov🙂", "a\u{a0}b", ""] {
            assert_eq!(latin_lookalike(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_new_login_begins_with_a_letter_and_parts_its_pieces_once() {
        assert_eq!(parse_new(" Ivanov.P-2 ").unwrap().as_str(), "ivanov.p-2");
        for typed in
            ["", "2ivanov", "_ivanov", "ivanov.", "ivanov..p", "ivanov-_p", "иванов", "a b", "a@b", "-"]
        {
            assert_eq!(refusal(typed), Some(ProblemCode::LoginMalformed), "{typed}");
        }
        assert_eq!(refusal(&"a".repeat(LOGIN_LENGTH_MAX + 1)), Some(ProblemCode::LoginMalformed));
    }

    proptest! {
        #[test]
        fn every_name_makes_a_login_that_could_be_typed(last in "\\PC{0,100}", first in "\\PC{0,20}", numbers in 0_u32..30) {
            let asked = RefCell::new(0);
            let made = made_of(&last, &first, &|_| {
                *asked.borrow_mut() += 1;
                *asked.borrow() <= numbers
            });
            prop_assert_eq!(parse_new(made.as_str()), Ok(made.clone()));
            prop_assert!(!is_reserved(&made));
            let system = system_administrator(&last);
            prop_assert_eq!(parse_new(&system), Ok(login(&system)));
            prop_assert!(system.len() <= SYSTEM_ADMINISTRATOR_LENGTH_MAX);
        }

        #[test]
        fn whatever_is_typed_gets_an_answer(typed in "\\PC{0,80}") {
            let _ = parse_new(&typed);
        }
    }
}
