//! A user's password in one spelling: an "é" is one character from some keyboards and two from others, and both must sign in.

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use wire::{
    Problem,
    fields::{PASSWORD_LENGTH_MAX, Password},
};

/// What a user typed for a password, in the spelling in which it is measured, compared and hashed: NFKC, as NIST SP 800-63B-4
/// §3.1.1.2 advises. What is ASCII stays as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct UserPassword(Password);

impl UserPassword {
    /// The password itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for UserPassword {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        // A character can become eighteen. One more than the most is enough to be refused.
        text.nfkc().take(PASSWORD_LENGTH_MAX + 1).collect::<String>().parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::is_nfkc;
    use wire::ProblemCode;

    use super::*;

    fn spelt(text: &str) -> Result<String, ProblemCode> {
        text.parse::<UserPassword>()
            .map(|password| password.expose().to_owned())
            .map_err(|problem| problem.code)
    }

    #[test]
    fn a_password_is_the_same_from_every_keyboard() {
        for (one, other) in [
            ("un \u{e9}t\u{e9} \u{e0} No\u{eb}l", "un e\u{301}te\u{301} a\u{300} Noe\u{308}l"),
            ("ё и й", "е\u{308} и и\u{306}"),
            ("한국말", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{1106}\u{1161}\u{11af}"),
            ("s\u{323}\u{307}", "s\u{307}\u{323}"),
            ("Teapot 42", "Ｔｅａｐｏｔ\u{3000}４２"),
            ("Teapot 42", "Teapot\u{a0}42"),
            ("fish", "\u{fb01}sh"),
            ("m2 ...", "m\u{b2} \u{2026}"),
        ] {
            assert_eq!(spelt(one), spelt(other), "{one} {other}");
            assert!(spelt(other).is_ok_and(|text| is_nfkc(&text)), "{other}");
        }
        assert_ne!(spelt("été"), spelt("ete"), "an accent still counts");
    }

    #[test]
    fn what_was_hashed_before_stays_what_it_was() {
        let every_ascii: String = (' '..='~').collect();
        for text in [every_ascii.as_str(), " a ", "жёлтый ёж", "密碼是一隻藍貓的夢", "🙂🐈🌧🚲"]
        {
            assert_eq!(spelt(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_password_is_measured_as_it_is_hashed() {
        let most = PASSWORD_LENGTH_MAX;
        assert_eq!(spelt(&"e\u{301}".repeat(most)), Ok("é".repeat(most)));
        assert_eq!(spelt(&"e\u{301}".repeat(most + 1)), Err(ProblemCode::PasswordTooLong));
        assert_eq!(spelt(&"\u{fdfa}".repeat(most)), Err(ProblemCode::PasswordTooLong));
        assert_eq!(spelt(""), Err(ProblemCode::PasswordMissing));
    }
}
