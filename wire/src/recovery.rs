//! A forgotten password: a link by mail, and a new password chosen with it on whatever device the mail is read.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Language,
    endpoint::{Empty, endpoints},
    fields::ClinicCode,
    ids::AccountId,
    problem::{Problem, ProblemCode},
    sign_in::Person,
};

endpoints! {
    RequestReset: Post "/api/password-reset/request", "Mails a link for choosing a new password, if the login has an account with an e-mail address. The answer is always the same.", ResetRequest => Empty;
    CheckResetLink: Post "/api/password-reset/check", "Tells whose password the link of a mail resets.", ResetLink => ResetOffer;
    ResetPassword: Post "/api/password-reset/set", "Takes a new password with the link of a mail, and ends the account's sessions. It signs nobody in.", ResetChoice => Empty;
}

/// Most characters of a secret that are looked at. Ours are shorter.
const SECRET_LENGTH_MAX: usize = 64;

/// Whose password is forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    /// See [`crate::fields::Login`].
    pub login: String,
}

/// The link of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetLink {
    /// The fragment of the link; see [`ResetToken`].
    pub token: String,
}

/// A link that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResetOffer {
    /// The clinic's name.
    pub clinic: String,
    /// Whose password it is.
    pub person: Person,
    /// Fewest characters of the new one.
    pub length_min: u32,
    /// The language that the person reads.
    pub language: Language,
}

/// A new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetChoice {
    /// The fragment of the link; see [`ResetToken`].
    pub token: String,
    /// See [`crate::fields::Password`].
    pub password: String,
}

/// The token of a link: the clinic's code, the account and a secret, with dots between them. A phone that knows of no step
/// finds the clinic by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetToken {
    /// The clinic.
    pub clinic: ClinicCode,
    /// The account.
    pub account: AccountId,
    /// What only the mail holds.
    pub secret: String,
}

impl fmt::Display for ResetToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.clinic.as_str(), self.account, self.secret)
    }
}

impl FromStr for ResetToken {
    type Err = Problem;

    /// Whatever was never a token of ours is refused as one that is no longer good. Blanks around it are forgiven.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let wrong = || Problem::new(ProblemCode::ResetLinkWrong);
        let mut parts = text.trim().splitn(3, '.');
        let mut part = || parts.next().ok_or_else(wrong);
        let (clinic, account, secret) = (part()?, part()?, part()?);
        let well_formed = (1..=SECRET_LENGTH_MAX).contains(&secret.len())
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !well_formed {
            return Err(wrong());
        }
        Ok(Self {
            clinic: clinic.parse().map_err(|_| wrong())?,
            account: account.parse().map_err(|_| wrong())?,
            secret: secret.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "k7m2qx4p9d.0123456789abcdef.A-b_9";

    #[test]
    fn a_token_reads_back() {
        let token: ResetToken = format!(" {TOKEN}\n").parse().ok().unwrap();
        assert_eq!(token.to_string(), TOKEN);
        assert_eq!((token.clinic.as_str(), token.account.as_str()), ("k7m2qx4p9d", "0123456789abcdef"));
    }

    #[test]
    fn what_was_never_a_token_is_refused_as_one_that_is_no_longer_good() {
        let long = format!("k7m2qx4p9d.0123456789abcdef.{}", "a".repeat(SECRET_LENGTH_MAX + 1));
        for text in [
            "",
            "..",
            "k7m2qx4p9d",
            "k7m2qx4p9d.0123456789abcdef",
            "k7m2qx4p9d.0123456789abcdef.",
            "K7M2QX4P9D.0123456789abcdef.A-b_9",
            "k7m2qx4p9d.0123456789abcde.A-b_9",
            "k7m2qx4p9d.0123456789abcdef.A-b_9.x",
            "k7m2qx4p9d.0123456789abcdef.ä",
            &long,
        ] {
            let refused = text.parse::<ResetToken>().err();
            assert_eq!(refused, Some(Problem::new(ProblemCode::ResetLinkWrong)), "{text}");
        }
    }
}
