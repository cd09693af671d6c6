//! The four cookies that carry a browser through the steps, and the one of an operator of the support desk.
//!
//! They are `Secure` everywhere, localhost too: Chromium and Firefox take such cookies from `http://localhost`, which they
//! trust as they trust TLS. Safari does not, so there a trial needs another browser; weaker cookies in a build that also
//! gets deployed would cost more.

use wire::fields::{CLINIC_CODE_LENGTH, ClinicCode};

/// Longest token that is looked at. Ours are shorter.
const TOKEN_LENGTH_MAX: usize = 128;

/// 400 days, the longest that browsers keep a cookie. The clinic decides how long its token is good.
const COMPUTER_SECONDS: u32 = 400 * 24 * 60 * 60;
const PROFILE_SECONDS: u32 = 24 * 60 * 60;
/// As long as choosing a password of one's own may take; the question itself is shorter, which the clinic sees to.
const QUESTION_SECONDS: u32 = 900;

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Step 1 is done: the clinic's code and a token.
    Computer,
    /// Step 2 is done.
    Profile,
    /// "Is this you?" is open.
    Question,
    /// Somebody is signed in.
    Session,
    /// An operator is signed in at the support desk.
    Support,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Cookie::Computer => "__Host-wardkey_computer",
            Cookie::Profile => "__Host-wardkey_profile",
            Cookie::Question => "__Host-wardkey_question",
            Cookie::Session => "__Host-wardkey_session",
            Cookie::Support => "__Host-wardkey_support",
        }
    }

    /// `None` ends with the browser's own session.
    fn lifetime_seconds(self) -> Option<u32> {
        match self {
            Cookie::Computer => Some(COMPUTER_SECONDS),
            Cookie::Profile => Some(PROFILE_SECONDS),
            Cookie::Question => Some(QUESTION_SECONDS),
            Cookie::Session | Cookie::Support => None,
        }
    }

    /// The `Set-Cookie` header that keeps a value.
    pub fn keep(self, value: &str) -> String {
        let lifetime =
            self.lifetime_seconds().map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        format!("{}={value}{lifetime}; Path=/; Secure; HttpOnly; SameSite=Strict", self.name())
    }

    /// The `Set-Cookie` header that takes the cookie away.
    pub fn forget(self) -> String {
        format!("{}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict", self.name())
    }

    /// The value in a `Cookie` header. Two of one name mean that somebody tampers: then neither counts.
    fn read(self, header: &str) -> Option<&str> {
        let mut values = header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name())
            .map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }
}

/// What a browser brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cookies {
    pub computer: Option<ComputerCookie>,
    pub profile: Option<String>,
    pub question: Option<String>,
    pub session: Option<String>,
    pub support: Option<String>,
}

/// The cookie of step 1: it also finds the clinic.
#[derive(Debug, PartialEq, Eq)]
pub struct ComputerCookie {
    pub clinic: ClinicCode,
    pub token: String,
}

impl ComputerCookie {
    /// The cookie's value.
    pub fn value(clinic: &ClinicCode, token: &str) -> String {
        format!("{}.{token}", clinic.as_str())
    }
}

impl Cookies {
    /// Reads a `Cookie` header. What is not shaped like ours is as good as absent.
    pub fn read(header: &str) -> Self {
        let token = |cookie: Cookie| cookie.read(header).and_then(parse_token);
        Self {
            computer: Cookie::Computer.read(header).and_then(parse_computer),
            profile: token(Cookie::Profile),
            question: token(Cookie::Question),
            session: token(Cookie::Session),
            support: token(Cookie::Support),
        }
    }
}

fn parse_computer(value: &str) -> Option<ComputerCookie> {
    let (clinic, token) = value.split_once('.')?;
    if clinic.len() != CLINIC_CODE_LENGTH {
        return None;
    }
    Some(ComputerCookie { clinic: clinic.parse().ok()?, token: parse_token(token)? })
}

fn parse_token(text: &str) -> Option<String> {
    let well_formed = (1..=TOKEN_LENGTH_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    well_formed.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        assert_eq!(
            Cookie::Computer.keep("k7m2qx4p9d.tok"),
            "__Host-wardkey_computer=k7m2qx4p9d.tok; Max-Age=34560000; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert_eq!(
            Cookie::Session.keep("tok"),
            "__Host-wardkey_session=tok; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert!(Cookie::Question.forget().contains("Max-Age=0;"));
    }

    #[test]
    fn what_was_set_reads_back() {
        let cookies = Cookies::read(
            "a=b; __Host-wardkey_computer=k7m2qx4p9d.A-b_9; __Host-wardkey_profile=p; __Host-wardkey_session=s",
        );
        let clinic = "k7m2qx4p9d".parse().unwrap();
        assert_eq!(cookies.computer, Some(ComputerCookie { clinic, token: "A-b_9".into() }));
        assert_eq!(cookies.profile.as_deref(), Some("p"));
        assert_eq!(cookies.question, None);
        assert_eq!(cookies.session.as_deref(), Some("s"));
    }

    #[test]
    fn two_cookies_of_one_name_count_as_none() {
        assert_eq!(Cookies::read("__Host-wardkey_session=a; __Host-wardkey_session=b"), Cookies::default());
    }

    #[test]
    fn odd_values_count_as_none() {
        let long = "a".repeat(TOKEN_LENGTH_MAX + 1);
        for value in ["", "a b", "ä", "\"a\"", "a=b", "a,b", &long] {
            let header =
                format!("__Host-wardkey_session={value}; __Host-wardkey_computer=k7m2qx4p9d.{value}");
            assert_eq!(Cookies::read(&header), Cookies::default(), "{value}");
        }
        for value in ["k7m2qx4p9d", "K7M2QX4P9D.tok", "k7m2qx4p9.tok", ".tok"] {
            assert_eq!(
                Cookies::read(&format!("__Host-wardkey_computer={value}")),
                Cookies::default(),
                "{value}"
            );
        }
    }
}
