//! Ids, each with a type of its own, so that an account can't be passed where a computer is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::problem::{Problem, ProblemCode};

/// Length of an id in characters: 16 of 32 symbols carry 80 random bits.
pub const ID_LENGTH: usize = 16;

/// The symbols of an id: Crockford's Base 32 in lower case.
pub const ID_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// An id made of 80 random bits: the low five bits of each byte pick a symbol.
            pub fn from_random(bytes: [u8; ID_LENGTH]) -> Self {
                Self(bytes.iter().filter_map(|byte| ID_ALPHABET.get(usize::from(byte % 32)).copied().map(char::from)).collect())
            }

            /// An id that was stored earlier.
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Problem;

            /// Refuses what could never have been an id of ours exactly as it refuses one that does not exist.
            fn from_str(text: &str) -> Result<Self, Problem> {
                let well_formed = text.len() == ID_LENGTH && text.bytes().all(|byte| ID_ALPHABET.contains(&byte));
                if well_formed { Ok(Self(text.to_owned())) } else { Err(Problem::new(ProblemCode::NotFound)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A person's account in one clinic.
    AccountId;
    /// A computer that was given an access form.
    ComputerId;
    /// A workplace of the clinic, guarded by TOTP.
    ProfileId;
    /// The time from a lock to its unlock.
    EpisodeId;
    /// A mail that was written.
    MailId;
    /// A request to support to unlock an account.
    CaseId;
    /// Somebody who works at the support desk.
    OperatorId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_id_reads_back() {
        let id = AccountId::from_random([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255, 254, 253, 252]);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
    }

    #[test]
    fn a_malformed_id_is_refused_like_an_unknown_one() {
        for text in ["", "0", "0123456789ABCDEF", "0123456789abcdefg", "0123456789abcde'"] {
            assert_eq!(text.parse::<AccountId>(), Err(Problem::new(ProblemCode::NotFound)), "{text}");
        }
    }
}
