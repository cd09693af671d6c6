//! What people type, parsed once at the edge: from here on a `Pin` is six digits and a `Login` is a login.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    problem::{Problem, ProblemCode},
    support::{CASE_CODE_LENGTH, REASON_LENGTH_MAX},
};

/// Symbols of generated codes and passwords: no `0 o 1 l i`, which a printed form makes look alike.
pub const LEGIBLE_ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Characters of a clinic's code: six random ones and four that check them.
pub const CLINIC_CODE_LENGTH: usize = 10;
/// Characters of a computer's password: 24 of 31 symbols carry 118 random bits.
pub const COMPUTER_PASSWORD_LENGTH: usize = 24;
/// Most digits of a computer's number within its clinic.
const COMPUTER_NUMBER_DIGITS_MAX: usize = 5;
/// Most characters of a login.
pub const LOGIN_LENGTH_MAX: usize = 64;
/// Most characters of a password. Longer ones are refused before they are hashed.
pub const PASSWORD_LENGTH_MAX: usize = 128;
/// Digits of an authenticator's code and of an e-mailed PIN.
pub const CODE_DIGITS: usize = 6;
/// Most characters of an e-mail address (RFC 5321 §4.5.3.1.3, less the brackets).
pub const EMAIL_LENGTH_MAX: usize = 254;
/// Most characters of a telephone number.
const PHONE_LENGTH_MAX: usize = 40;
/// Fewest digits of a telephone number.
const PHONE_DIGITS_MIN: usize = 3;
/// Most characters of a name of a person, clinic, computer or profile, and of a position.
pub const NAME_LENGTH_MAX: usize = 100;

/// Lets a field cross from the Worker to the clinic's object as its text, parsed again on arrival.
macro_rules! travels_as_text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = Problem;

            fn try_from(text: String) -> Result<Self, Problem> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(field: $name) -> String {
                field.0
            }
        }
    )*};
}

travels_as_text! { ClinicCode ComputerPassword Login TotpCode Pin EmailAddress CaseCode }

/// The code that a clinic's computers' usernames begin with; it finds the clinic without a directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClinicCode(String);

impl ClinicCode {
    /// A code that was just made of the legible alphabet.
    pub fn from_generated(code: String) -> Self {
        Self(code)
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClinicCode {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let well_formed =
            text.len() == CLINIC_CODE_LENGTH && text.bytes().all(|byte| LEGIBLE_ALPHABET.contains(&byte));
        if well_formed { Ok(Self(text.to_owned())) } else { Err(Problem::new(ProblemCode::NotFound)) }
    }
}

/// A computer's username: the clinic's code, a dash and the computer's number, such as `k7m2qx4p9d-1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ComputerUsername {
    clinic: ClinicCode,
    number: u32,
}

impl ComputerUsername {
    /// The username of a clinic's computer.
    pub fn new(clinic: ClinicCode, number: u32) -> Self {
        Self { clinic, number }
    }

    /// The clinic's code.
    pub fn clinic(&self) -> &ClinicCode {
        &self.clinic
    }

    /// The computer's number within its clinic, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }
}

impl FromStr for ComputerUsername {
    type Err = Problem;

    /// Capitals and blanks around it are forgiven.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let malformed = || Problem::about("username", ProblemCode::UsernameMalformed);
        let text = text.trim().to_ascii_lowercase();
        let (clinic, number) = text.split_once('-').ok_or_else(malformed)?;
        let digits = number.len() <= COMPUTER_NUMBER_DIGITS_MAX
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !number.starts_with('0');
        if !digits {
            return Err(malformed());
        }
        let number = number.parse().map_err(|_| malformed())?;
        let clinic = clinic.parse().map_err(|_| malformed())?;
        Ok(Self { clinic, number })
    }
}

impl fmt::Display for ComputerUsername {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.clinic.0, self.number)
    }
}

/// The password of an access form. Any other text is a wrong password, not a malformed one, unless it is empty or over-long.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ComputerPassword(String);

impl ComputerPassword {
    /// What was typed, without the blanks and dashes that a printed group invites, in lower case.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for ComputerPassword {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let Password(text) = text.parse()?;
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if plain.is_empty() {
            return Err(Problem::about("password", ProblemCode::PasswordMissing));
        }
        Ok(Self(plain))
    }
}

/// A login: `[a-z0-9._-]`, 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

impl Login {
    /// A login that was just made of its alphabet.
    pub fn from_generated(login: String) -> Self {
        Self(login)
    }

    /// The login as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = Problem;

    /// Capitals and blanks around it are forgiven.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_ascii_lowercase();
        let well_formed = (1..=LOGIN_LENGTH_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'));
        if well_formed { Ok(Self(text)) } else { Err(Problem::about("login", ProblemCode::LoginMalformed)) }
    }
}

/// A password as it was typed: 1 to 128 characters, nothing trimmed. It has no `Debug`, so that no log can hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Password {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err(Problem::about("password", ProblemCode::PasswordMissing));
        }
        if text.chars().count() > PASSWORD_LENGTH_MAX {
            return Err(Problem::about("password", ProblemCode::PasswordTooLong));
        }
        Ok(Self(text.to_owned()))
    }
}

fn six_digits(text: &str) -> Option<String> {
    let digits: String =
        text.chars().filter(|c| !(c.is_whitespace() || matches!(c, '-' | '‑' | '–'))).collect();
    (digits.len() == CODE_DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// Six digits of an authenticator app (RFC 6238). Blanks and dashes between them are forgiven.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TotpCode(String);

impl TotpCode {
    /// The six digits.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for TotpCode {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        six_digits(text).map(Self).ok_or_else(|| Problem::about("code", ProblemCode::CodeMalformed))
    }
}

/// The six digits of an e-mailed PIN. Blanks and dashes between them are forgiven.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin(String);

impl Pin {
    /// The six digits.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Pin {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        six_digits(text).map(Self).ok_or_else(|| Problem::about("pin", ProblemCode::PinMalformed))
    }
}

/// The code of a support case: ten legible characters, which may be typed in groups.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseCode(String);

impl CaseCode {
    /// A code that was just made of the legible alphabet.
    pub fn from_generated(code: String) -> Self {
        Self(code)
    }

    /// The characters.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// In two groups, as it is read out.
    pub fn in_groups(&self) -> String {
        let (first, second) = self.0.split_at_checked(CASE_CODE_LENGTH / 2).unwrap_or((&self.0, ""));
        format!("{first}-{second}")
    }
}

impl FromStr for CaseCode {
    type Err = Problem;

    /// Capitals, blanks and dashes are forgiven.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let plain = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let plain: String = plain.take(CASE_CODE_LENGTH + 1).map(|c| c.to_ascii_lowercase()).collect();
        let well_formed =
            plain.len() == CASE_CODE_LENGTH && plain.bytes().all(|byte| LEGIBLE_ALPHABET.contains(&byte));
        if well_formed {
            Ok(Self(plain))
        } else {
            Err(Problem::about("code", ProblemCode::CaseCodeMalformed))
        }
    }
}

/// A telephone number: 3 to 40 characters that are dialled or part those that are, at least three of them digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        let well_formed = text.len() <= PHONE_LENGTH_MAX
            && text.chars().filter(char::is_ascii_digit).count() >= PHONE_DIGITS_MIN
            && text.chars().all(|c| c.is_ascii_digit() || " +-()./#*x".contains(c));
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::about("phone", ProblemCode::PhoneMalformed))
        }
    }
}

/// Why somebody does something: 1 to 500 characters, none of which moves the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The reason as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the field called `field`.
    pub fn parse(field: &str, text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        let well_formed =
            (1..=REASON_LENGTH_MAX).contains(&text.chars().count()) && !text.chars().any(moves_text);
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::about(field, ProblemCode::ReasonMalformed))
        }
    }
}

/// An e-mail address that we write to: printable ASCII, one `@`, a dot in the domain, nothing that a header could trip over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with most of it hidden, for the screen of the one it belongs to: `a…@example.org`.
    pub fn hint(&self) -> String {
        let (name, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        format!("{}…@{domain}", name.chars().next().map(String::from).unwrap_or_default())
    }
}

impl FromStr for EmailAddress {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        let atom = |part: &str, also: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.ends_with('.')
                && !part.contains("..")
                && part.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        let well_formed = text.len() <= EMAIL_LENGTH_MAX
            && text.split_once('@').is_some_and(|(name, domain)| {
                atom(name, ".!#$%&'*+/=?^_`{|}~-") && atom(domain, ".-") && domain.contains('.')
            });
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::about("email", ProblemCode::EmailMalformed))
        }
    }
}

/// A name of a person, clinic, computer or profile: 1 to 100 characters, none of which moves the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the field called `field`.
    pub fn parse(field: &str, text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        let well_formed =
            (1..=NAME_LENGTH_MAX).contains(&text.chars().count()) && !text.chars().any(moves_text);
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::about(field, ProblemCode::NameMalformed))
        }
    }
}

/// Controls, line breaks and the marks that reverse or hide what stands beside them (Unicode TR 36 §2.5), the Arabic letter mark, the
/// Mongolian separator, annotations and the invisible tags among them.
fn moves_text(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: FromStr<Err = Problem>>(text: &str) -> Option<ProblemCode> {
        text.parse::<T>().err().map(|problem| problem.code)
    }

    #[test]
    fn a_username_is_forgiven_its_capitals_and_blanks() {
        let username: ComputerUsername = " K7M2QX4P9D-12 ".parse().unwrap();
        assert_eq!(username.to_string(), "k7m2qx4p9d-12");
        assert_eq!(username.number(), 12);
        for text in [
            "",
            "k7m2qx4p9d",
            "k7m2qx4p9d-",
            "k7m2qx4p9d-0",
            "k7m2qx4p9-1",
            "k7m2qx4p91-1",
            "k7m2qx4p9d-123456",
        ] {
            assert_eq!(code::<ComputerUsername>(text), Some(ProblemCode::UsernameMalformed), "{text}");
        }
    }

    #[test]
    fn a_printed_password_may_be_typed_in_groups() {
        let password: ComputerPassword = "ABCD efgh-jkmn pqrs tuvw xyz2".parse().unwrap();
        assert_eq!(password.expose(), "abcdefghjkmnpqrstuvwxyz2");
        assert_eq!(code::<ComputerPassword>(" - "), Some(ProblemCode::PasswordMissing));
    }

    #[test]
    fn a_login_is_lower_case_latin() {
        assert_eq!(" Ivanov2 ".parse::<Login>().unwrap().as_str(), "ivanov2");
        for text in ["", "иванов", "a b", "a@b", "ａｂ"] {
            assert_eq!(code::<Login>(text), Some(ProblemCode::LoginMalformed), "{text}");
        }
        assert_eq!(code::<Login>(&"a".repeat(LOGIN_LENGTH_MAX + 1)), Some(ProblemCode::LoginMalformed));
    }

    #[test]
    fn a_password_is_counted_in_characters() {
        assert!("ж".repeat(PASSWORD_LENGTH_MAX).parse::<Password>().is_ok());
        assert_eq!(
            code::<Password>(&"ж".repeat(PASSWORD_LENGTH_MAX + 1)),
            Some(ProblemCode::PasswordTooLong)
        );
        assert_eq!(code::<Password>(""), Some(ProblemCode::PasswordMissing));
        assert_eq!(
            " a ".parse::<Password>().ok().unwrap().expose(),
            " a ",
            "a blank may be part of a password"
        );
    }

    #[test]
    fn six_digits_may_be_pasted_in_groups() {
        for text in ["123456", " 123 456\n", "123-456", "12\u{a0}34\u{2009}56", "123\u{2011}456", "123–456"]
        {
            assert_eq!(text.parse::<TotpCode>().ok().unwrap().expose(), "123456", "{text}");
            assert_eq!(text.parse::<Pin>().ok().unwrap().expose(), "123456", "{text}");
        }
        for text in ["", "12345", "1234567", "12345a", "123_456", "１２３４５６"] {
            assert_eq!(code::<TotpCode>(text), Some(ProblemCode::CodeMalformed), "{text}");
            assert_eq!(code::<Pin>(text), Some(ProblemCode::PinMalformed), "{text}");
        }
    }

    #[test]
    fn a_case_code_may_be_typed_in_groups() {
        let made: CaseCode = " K7M2Q - x4p9d ".parse().ok().unwrap();
        assert_eq!((made.expose(), made.in_groups().as_str()), ("k7m2qx4p9d", "k7m2q-x4p9d"));
        for text in ["", "k7m2q-x4p9", "k7m2q-x4p9dd", "k7m2q-x4p91", "k7m2q_x4p9d"] {
            assert_eq!(code::<CaseCode>(text), Some(ProblemCode::CaseCodeMalformed), "{text}");
        }
    }

    #[test]
    fn a_telephone_number_can_be_dialled() {
        for text in ["112", "+44 (0)20 7946-0018", "8 800 555 35 35 x12"] {
            assert_eq!(text.parse::<Phone>().unwrap().as_str(), text);
        }
        for text in ["", "12", "call me", "+44\n20 7946", "０１２３"] {
            assert_eq!(code::<Phone>(text), Some(ProblemCode::PhoneMalformed), "{text}");
        }
    }

    #[test]
    fn a_code_is_six_digits() {
        assert_eq!("123 456".parse::<TotpCode>().ok().unwrap().expose(), "123456");
        for text in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert_eq!(code::<Pin>(text), Some(ProblemCode::PinMalformed), "{text}");
        }
    }

    #[test]
    fn an_address_cannot_carry_a_second_one() {
        assert_eq!("anna.b+x@clinic.example".parse::<EmailAddress>().unwrap().hint(), "a…@clinic.example");
        for text in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a@b.c,d@e.f",
            "a@b.c\r\nBcc: d@e.f",
            "a b@c.d",
            "\"a\"@b.c",
            "a@b..c",
            "a@@b.c",
            "ａ@b.c",
            "a@b.c>",
        ] {
            assert_eq!(code::<EmailAddress>(text), Some(ProblemCode::EmailMalformed), "{text}");
        }
    }

    #[test]
    fn a_name_cannot_turn_the_page_around() {
        assert_eq!(Name::parse("name", " O’Neil-Łuczak ").unwrap().as_str(), "O’Neil-Łuczak");
        let marks = ["a\u{61c}b", "a\u{180e}b", "a\u{fff9}b", "a\u{e0041}b"];
        for text in ["", "   ", "a\nb", "a\u{202e}b", "a\u{0}b"].into_iter().chain(marks) {
            assert!(Name::parse("name", text).is_err(), "{text:?}");
        }
    }
}
