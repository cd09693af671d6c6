//! Every parser of the wire, fed with what people, programs and attackers might send: it takes or refuses, never panics, and what
//! it takes has the shape that it promises and reads back as itself.

use std::str::FromStr;

use proptest::{collection::vec, prelude::*, sample::select, strategy::ValueTree};
use wire::{
    Day, Problem,
    archive::{ArchiveKey, read_end},
    fields::*,
    ids::{AccountId, MailId},
    log_file::{FileVerifier, Verdict},
    recovery::ResetToken,
    signed::LogKey,
};

/// Texts that each parser is tried with.
const CASES: u32 = 4_096;
/// Letters that look like others, count as several, combine, turn the text around or mean something to somebody.
const ODD: [&str; 24] = [
    "",
    " ",
    "\u{a0}",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "\u{7f}",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "\u{301}",
    "İ",
    "ı",
    "ß",
    "ﬀ",
    "０",
    "٣",
    "а",
    "😀",
    "-",
    ".",
    "@",
    "'\"<>&\\%;,",
];
/// What some parser takes.
const TAKEN: [&str; 18] = [
    "k7m2qx4p9d",
    "k7m2qx4p9d-1",
    "k7m2qx4p9d-999999",
    "abcd-2345-efgh-6789-jkmn-pqrs",
    "jane.o-hara_2",
    "sys_house",
    "correct horse battery staple",
    "123456",
    "123 456",
    "k7m2q-x4p9d",
    "+44 (0)20 7946 0018 x12",
    "The owner is abroad.",
    "jane.o'hara+clinic@mail.example.org",
    "Zoë d’Arc-Łukasik",
    "2026-11-22",
    "0123456789abcdef",
    "k7m2qx4p9d.0123456789abcdef.A-b_9",
    "0707070707070707070707070707070707070707070707070707070707070707",
];

/// Any text, a text that some parser takes, and such a text with odd parts put in, taken out or put in the place of others.
fn text() -> impl Strategy<Value = String> {
    let bent = (select(&TAKEN[..]), vec((any::<prop::sample::Index>(), 0..3_usize, select(&ODD[..])), 0..4));
    let bent = bent.prop_map(|(taken, bends)| {
        let mut chars: Vec<char> = taken.chars().collect();
        for (at, gone, odd) in bends {
            let at = at.index(chars.len() + 1);
            let end = chars.len().min(at + gone);
            chars.splice(at..end, odd.chars());
        }
        chars.into_iter().collect()
    });
    let long = (any::<char>(), 0..600_usize).prop_map(|(c, times)| c.to_string().repeat(times));
    prop_oneof![4 => bent, 2 => any::<String>(), 1 => long, 1 => "[a-z0-9.@ -]{0,70}"]
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() }
}

/// What a parser took, written again and parsed again.
fn reads_back<T: FromStr + PartialEq>(value: &T, written: &str) -> Result<(), TestCaseError> {
    let again: Option<T> = written.parse().ok();
    prop_assert!(again.as_ref() == Some(value), "{written:?} does not read back");
    Ok(())
}

/// A refusal names a field of ours, or none.
fn refused(problem: &Problem, fields: &[&str]) -> Result<(), TestCaseError> {
    let named = problem.field.as_deref();
    prop_assert!(named.is_none_or(|field| fields.contains(&field)), "{problem:?}");
    Ok(())
}

fn moves_nothing(text: &str) -> Result<(), TestCaseError> {
    prop_assert!(
        !text.chars().any(|c| c.is_control() || "\u{200b}\u{202e}\u{2066}\u{61c}".contains(c)),
        "{text:?}"
    );
    prop_assert!(text.trim() == text, "{text:?}");
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn codes_and_usernames(text in text()) {
        match text.parse::<ClinicCode>() {
            Ok(code) => reads_back(&code, code.as_str())?,
            Err(problem) => refused(&problem, &[])?,
        }
        match text.parse::<ComputerUsername>() {
            Ok(username) => {
                prop_assert!(username.number() > 0);
                reads_back(&username, &username.to_string())?;
            }
            Err(problem) => refused(&problem, &["username"])?,
        }
        match text.parse::<CaseCode>() {
            Ok(code) => {
                reads_back(&code, code.expose())?;
                reads_back(&code, &code.in_groups())?;
            }
            Err(problem) => refused(&problem, &["code"])?,
        }
    }

    #[test]
    fn logins_and_passwords(text in text()) {
        match text.parse::<Login>() {
            Ok(login) => {
                prop_assert!(login.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b)));
                reads_back(&login, login.as_str())?;
            }
            Err(problem) => refused(&problem, &["login"])?,
        }
        match text.parse::<Password>() {
            Ok(password) => prop_assert!(password.expose() == text, "nothing of a password is touched"),
            Err(problem) => {
                refused(&problem, &["password"])?;
                prop_assert!(text.is_empty() || text.chars().count() > PASSWORD_LENGTH_MAX);
            }
        }
        match text.parse::<ComputerPassword>() {
            Ok(password) => reads_back(&password, password.expose())?,
            Err(problem) => refused(&problem, &["password"])?,
        }
    }

    #[test]
    fn digits(text in text()) {
        let six = |digits: &str| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
        match text.parse::<TotpCode>() {
            Ok(code) => prop_assert!(six(code.expose())),
            Err(problem) => refused(&problem, &["code"])?,
        }
        match text.parse::<Pin>() {
            Ok(pin) => prop_assert!(six(pin.expose())),
            Err(problem) => refused(&problem, &["pin"])?,
        }
    }

    #[test]
    fn what_stands_in_mails_and_on_screens(text in text()) {
        match Name::parse("label", &text) {
            Ok(name) => {
                moves_nothing(name.as_str())?;
                prop_assert!((1..=NAME_LENGTH_MAX).contains(&name.as_str().chars().count()));
                prop_assert!(Name::parse("label", name.as_str()).is_ok_and(|again| again == name));
            }
            Err(problem) => refused(&problem, &["label"])?,
        }
        match Reason::parse("reason", &text) {
            Ok(reason) => {
                moves_nothing(reason.as_str())?;
                prop_assert!(Reason::parse("reason", reason.as_str()).is_ok_and(|again| again == reason));
            }
            Err(problem) => refused(&problem, &["reason"])?,
        }
        match text.parse::<Phone>() {
            Ok(phone) => {
                moves_nothing(phone.as_str())?;
                reads_back(&phone, phone.as_str())?;
            }
            Err(problem) => refused(&problem, &["phone"])?,
        }
        match text.parse::<EmailAddress>() {
            Ok(email) => {
                let address = email.as_str();
                prop_assert!(address.is_ascii() && address.matches('@').count() == 1, "{address:?}");
                prop_assert!(!address.contains([' ', ',', ';', '<', '>', '"', '\r', '\n']), "{address:?}");
                let (name, _) = address.split_once('@').unwrap_or_default();
                prop_assert!(name.len() < 2 || !email.hint().contains(name), "{address:?} is told whole");
                reads_back(&email, address)?;
            }
            Err(problem) => refused(&problem, &["email"])?,
        }
    }

    #[test]
    fn days_ids_and_tokens(text in text()) {
        match text.parse::<Day>() {
            Ok(day) => prop_assert!(day.as_str() == text && text.len() == 10),
            Err(problem) => refused(&problem, &[])?,
        }
        if let Ok(id) = text.parse::<AccountId>() {
            reads_back(&id, id.as_str())?;
        }
        prop_assert_eq!(text.parse::<AccountId>().is_ok(), text.parse::<MailId>().is_ok());
        match text.parse::<ResetToken>() {
            Ok(token) => reads_back(&token, &token.to_string())?,
            Err(problem) => refused(&problem, &[])?,
        }
        if let Ok(key) = text.parse::<LogKey>() {
            reads_back(&key, &key.to_string())?;
        }
        if let Ok(key) = text.parse::<ArchiveKey>() {
            reads_back(&key, &key.to_string())?;
        }
    }

    #[test]
    fn ends_of_archives_that_nobody_signed(text in text()) {
        prop_assert!(read_end(&text).is_none());
        let end = format!("{{\"archive\":{text}");
        prop_assert!(read_end(&end).is_none());
    }

    #[test]
    fn logs_that_are_none(pieces in vec(any::<Vec<u8>>(), 0..6), lines in vec(text(), 0..6)) {
        for file in [pieces, vec![lines.join("\n").into_bytes()]] {
            let mut verifier = FileVerifier::default();
            let taken = file.iter().all(|piece| verifier.take(piece).is_ok());
            let verdict = verifier.finish().judged(None);
            prop_assert!(matches!(verdict, Verdict::Bad(_)), "{verdict:?}, taken: {taken}");
        }
    }
}

/// The strategy makes what it is for: each parser takes some of it and refuses some.
#[test]
fn each_parser_takes_some_texts_and_refuses_some() {
    fn both<T: FromStr>(texts: &[String]) -> bool {
        texts.iter().any(|text| text.parse::<T>().is_ok())
            && texts.iter().any(|text| text.parse::<T>().is_err())
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts: Vec<String> =
        (0..CASES).filter_map(|_| Some(text().new_tree(&mut runner).ok()?.current())).collect();
    assert_eq!(texts.len(), CASES as usize);
    let tried = [
        both::<ClinicCode>(&texts),
        both::<ComputerUsername>(&texts),
        both::<ComputerPassword>(&texts),
        both::<CaseCode>(&texts),
        both::<Login>(&texts),
        both::<Password>(&texts),
        both::<TotpCode>(&texts),
        both::<Pin>(&texts),
        both::<Phone>(&texts),
        both::<EmailAddress>(&texts),
        both::<Day>(&texts),
        both::<AccountId>(&texts),
        both::<ResetToken>(&texts),
        both::<ArchiveKey>(&texts),
    ];
    assert_eq!(tried, [true; 14]);
}
