//! Passwords: those that are generated are legible on paper; those that people choose are none that anybody would try first.

use std::cmp::Ordering;

use wire::{Problem, ProblemCode, fields::LEGIBLE_ALPHABET};

use super::{transliteration::latin, user_password::UserPassword};
use crate::call::Random;

/// The 8,346 passwords of 8 characters and more among the 20,000 that Django refuses: <https://docs.djangoproject.com/en/5.2/topics/auth/passwords/>,
/// `CommonPasswordValidator`. Shorter ones never pass anyway. One a line, sorted.
const COMMON: &str = include_str!("common_passwords.txt");
/// So many characters hide neither a name beside which they stand nor a common password that they follow: a year fits.
const DISGUISE_LENGTH_MAX: usize = 4;
/// Fewer letters of a name may stand in any password by chance.
const NAME_LETTERS_MIN: usize = 4;
/// Neighbours on the keyboard or in the alphabet that make a run.
const RUN_LENGTH_MIN: usize = 3;
/// Fewer different characters than these are no password, however often they are said.
const DIFFERENT_CHARACTERS_MIN: usize = 4;
/// The name of the service, which NIST SP 800-63B-4 wants refused like the person's.
const SERVICE: &str = "wardkey";
/// A piece of so many characters, said again and again, is worth no more than said once.
const REPEATED_LENGTH_MAX: usize = 7;
/// Along these people walk with a finger; either way.
const ROWS: [&str; 11] = [
    "01234567890",
    "!@#$%^&*()_+",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,.",
    "azertyuiop",
    "qsdfghjklm",
    "qwertzuiop",
    "abcdefghijklmnopqrstuvwxyz",
];
/// The Cyrillic letters of a Russian keyboard and the Latin ones on the same keys.
const RUSSIAN_KEYS: (&str, &str) = ("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`");
/// The Russian alphabet, which has no place on the keys; most leave `ё` out of it.
const RUSSIAN_ALPHABET: &str = "абвгдежзийклмнопрстуфхцчшщъыьэюя";

/// Whether a person may have this password of their own choice. `about` are the person's names, their login and the clinic's name.
///
/// After NIST SP 800-63B-4 §3.1.1.2: a length, in characters, and a blocklist of common, repetitive, sequential and context-specific
/// passwords. No rule on what kinds of characters there should be.
pub fn check_own_password(password: &UserPassword, min_length: u32, about: &[&str]) -> Result<(), Problem> {
    let text = password.expose();
    let refused = |code| Err(Problem::about("password", code));
    if text.chars().count() < min_length as usize {
        return refused(ProblemCode::PasswordTooShort);
    }
    if names_person(text, about) {
        return refused(ProblemCode::PasswordNamesPerson);
    }
    if is_common(text) || consists_of_names(text, &[SERVICE]) {
        return refused(ProblemCode::PasswordCommon);
    }
    Ok(())
}

/// A password of so many legible characters, each worth 4.95 bits.
pub fn legible_password(random: &mut dyn Random, length: usize) -> String {
    let mut password = String::with_capacity(length);
    while password.len() < length {
        let mut byte = [0];
        random.fill(&mut byte);
        // Five bits pick one of 31 symbols or are thrown away: a remainder would favour the first ones.
        let [byte] = byte;
        password.extend(LEGIBLE_ALPHABET.get(usize::from(byte & 0b1_1111)).copied().map(char::from));
    }
    password
}

/// Whether a password is little more than names, as they are written or in Latin letters: `ivanova1985`, «Анна-Иванова».
fn names_person(password: &str, about: &[&str]) -> bool {
    let latin_about: Vec<String> = about.iter().map(|name| latin(name)).collect();
    let latin_about: Vec<&str> = latin_about.iter().map(String::as_str).collect();
    consists_of_names(password, about) || consists_of_names(&latin(password), &latin_about)
}

/// Whether all but a few letters and digits of a password belong to these names, or to single words of them.
fn consists_of_names(password: &str, names: &[&str]) -> bool {
    let plain = |text: &str| -> Vec<char> {
        text.chars().flat_map(char::to_lowercase).filter(|symbol| symbol.is_alphanumeric()).collect()
    };
    let password = plain(password);
    let words = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()).chain([*name]));
    let mut named = vec![false; password.len()];
    for word in words.map(plain).filter(|word| word.len() >= NAME_LETTERS_MIN) {
        for (start, window) in password.windows(word.len()).enumerate() {
            if window == word {
                named.iter_mut().skip(start).take(word.len()).for_each(|letter| *letter = true);
            }
        }
    }
    let beside = named.iter().filter(|letter| !**letter).count();
    beside < named.len() && beside <= DISGUISE_LENGTH_MAX
}

/// Whether a password is in everybody's mouth, as it was typed or on the Latin keys of the same places.
fn is_common(password: &str) -> bool {
    let lower: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    let keys: Vec<char> = lower.iter().copied().map(latin_key).collect();
    is_monotonous(&lower) || undisguised(&lower).chain(undisguised(&keys)).any(is_listed_or_run)
}

/// The password, and what stands before its last one to four characters where these are no letters: `password2024`, `qwerty!`.
fn undisguised(password: &[char]) -> impl Iterator<Item = &[char]> {
    let tail = password.iter().rev().take_while(|symbol| !symbol.is_alphabetic()).count();
    (0..=tail.min(DISGUISE_LENGTH_MAX)).filter_map(|length| password.get(..password.len() - length))
}

fn is_listed_or_run(password: &[char]) -> bool {
    consists_of_runs(password) || is_listed(&password.iter().collect::<String>()).unwrap_or_default()
}

/// Halves the list until one line is left: nothing has to be taken apart or kept in memory for it.
fn is_listed(password: &str) -> Option<bool> {
    let (mut low, mut high) = (0, COMMON.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = COMMON.get(low..middle)?.rfind('\n').map_or(low, |before| low + before + 1);
        let end = start + COMMON.get(start..high)?.find('\n')?;
        match COMMON.get(start..end)?.cmp(password) {
            Ordering::Less => low = end + 1,
            Ordering::Equal => return Some(true),
            Ordering::Greater => high = start,
        }
    }
    Some(false)
}

/// Whether a password has hardly any different characters, or says one thing several times.
fn is_monotonous(password: &[char]) -> bool {
    let mut different = password.to_vec();
    different.sort_unstable();
    different.dedup();
    let repeats =
        |length: usize| password.iter().eq(password.iter().take(length).cycle().take(password.len()));
    different.len() < DIFFERENT_CHARACTERS_MIN
        || (1..=REPEATED_LENGTH_MAX.min(password.len() / 2)).any(repeats)
}

/// Whether every character belongs to a run of neighbours: `qwertyui`, `abc123456`, `aaaa4321`.
fn consists_of_runs(password: &[char]) -> bool {
    let mut rest = password;
    while !rest.is_empty() {
        let run = (RUN_LENGTH_MIN..=rest.len()).rev().find(|length| rest.get(..*length).is_some_and(is_run));
        let Some(after) = run.and_then(|length| rest.get(length..)) else { return false };
        rest = after;
    }
    !password.is_empty()
}

/// One character repeated, or a piece of a row in either direction.
fn is_run(piece: &[char]) -> bool {
    let forwards: String = piece.iter().collect();
    let backwards: String = piece.iter().rev().collect();
    let same = piece.iter().all(|symbol| Some(symbol) == piece.first());
    same || ROWS
        .iter()
        .chain([&RUSSIAN_ALPHABET])
        .any(|row| row.contains(&forwards) || row.contains(&backwards))
}

/// The Latin letter on the key of a Cyrillic one: lists of stolen passwords have «пароль» as `gfhjkm`.
fn latin_key(letter: char) -> char {
    let (russian, latin) = RUSSIAN_KEYS;
    russian.chars().zip(latin.chars()).find(|(key, _)| *key == letter).map_or(letter, |(_, key)| key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    struct Counting(u16);

    impl Random for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                [_, *byte] = self.0.to_be_bytes();
                self.0 += 1;
            }
        }
    }

    #[test]
    fn no_symbol_is_favoured() {
        let mut bytes = Counting(0);
        let password = legible_password(&mut bytes, LEGIBLE_ALPHABET.len() * 8);
        assert!(bytes.0 <= 256, "one of 32 is thrown away");
        for symbol in LEGIBLE_ALPHABET {
            assert_eq!(password.bytes().filter(|byte| byte == symbol).count(), 8, "{}", char::from(*symbol));
        }
    }

    const ABOUT: [&str; 5] = ["Иванова", "Анна", "Сергеевна", "ivanova2", "Клиника на Садовой"];

    fn refusal_of(text: &str, min_length: u32) -> Option<ProblemCode> {
        let password = text.parse::<UserPassword>().ok().unwrap();
        let problem = check_own_password(&password, min_length, &ABOUT).err()?;
        assert_eq!(problem.field.as_deref(), Some("password"));
        Some(problem.code)
    }

    fn refused_as(code: ProblemCode, passwords: &[&str]) {
        for text in passwords {
            assert_eq!(refusal_of(text, 8), Some(code), "{text}");
        }
    }

    #[test]
    fn a_password_is_long_enough_in_characters() {
        refused_as(ProblemCode::PasswordTooShort, &["k7$", "жёлтый", "🙂🙃🙂"]);
        assert_eq!(refusal_of("жёлтый-ёж", 9), None);
        assert_eq!(refusal_of("жёлтый-ёж", 10), Some(ProblemCode::PasswordTooShort));
        assert_eq!(refusal_of("mauve teapot on a bicycle", 64), Some(ProblemCode::PasswordTooShort));
    }

    #[test]
    fn what_everybody_takes_is_refused() {
        let common = ProblemCode::PasswordCommon;
        refused_as(common, &["password", "PassWord", "iloveyou", "1q2w3e4r", "motdepasse", "zag12wsx"]);
        refused_as(common, &["password2024", "Password1!", "iloveyou!!!", "sunshine#1"]);
        refused_as(common, &["пароль123", "Gfhjkm123", "приветпривет", "wardkey1", "Wardkey-2024"]);
    }

    #[test]
    fn a_walk_over_the_keys_is_refused() {
        let common = ProblemCode::PasswordCommon;
        refused_as(common, &["aaaaaaaa", "12345678", "87654321", "abcdefgh", "qwertyui", "azertyuiop"]);
        refused_as(
            common,
            &["йцукенгш", "ЙЦУКЕН12", "абвгдежз", "ячсмитьб", "яяяяяяяя", "вжухвжух", "kqzzqkkqz"],
        );
        refused_as(
            common,
            &["qweasdzxc", "abc123456", "aaaa4321", "xyzxyzxy", "qazxqazxqazx", "12121212121212"],
        );
        refused_as(common, &["!@#$%^&*", "1q2w3e4r5t6y", "3edc4rfv"]);
    }

    #[test]
    fn names_of_the_person_and_the_clinic_are_refused() {
        let names = ProblemCode::PasswordNamesPerson;
        refused_as(
            names,
            &["ivanova2", "Ivanova1985", "иванова!", "ИВАНОВА85", "Анна-Иванова", "annaivanova"],
        );
        refused_as(
            names,
            &["1985.Ivanova", "Anna1985", "AnnaSergeevna85", "клиника2024", "klinikanasadovoi", "Sadovoi123"],
        );
    }

    #[test]
    fn a_password_of_ones_own_passes() {
        for text in [
            "mauve teapot",
            "жёлтый ёж",
            "k7m2qx4p",
            "correcthorsebatterystaple",
            "Иванова любит борщ",
            "Анна Каренина",
            "password of the fox",
            "48392017",
            "kqzxxkzqkq",
            "m4uve5qm",
            "密碼是一隻藍貓的夢",
            "🙂🐈🌧🚲🍋🎈🎻🪁",
        ] {
            assert_eq!(refusal_of(text, 8), None, "{text}");
        }
    }

    #[test]
    fn short_and_empty_names_forbid_nothing() {
        let password = "kim likes tea".parse::<UserPassword>().ok().unwrap();
        assert!(check_own_password(&password, 8, &["Kim", "", " - ", "☃"]).is_ok());
    }

    #[test]
    fn each_line_of_the_list_is_found() {
        let lines: BTreeSet<&str> = COMMON.lines().collect();
        assert_eq!(lines.len(), 8346);
        assert!(COMMON.lines().is_sorted());
        for line in &lines {
            assert!(line.len() >= 8 && *line == line.to_lowercase(), "{line}");
            assert_eq!(is_listed(line), Some(true), "{line}");
            for other in [&line[1..], &format!("{line}~"), &format!("{line} ")] {
                assert_eq!(is_listed(other), Some(lines.contains(other)), "{other}");
            }
        }
        for other in ["", "!", "~", "я", "mauve teapot"] {
            assert_eq!(is_listed(other), Some(false), "{other}");
        }
    }
}
