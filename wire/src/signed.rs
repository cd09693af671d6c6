//! What a deployment signs in an exported log: where it begins, once old lines went, and where it ends.
//!
//! `{"checkpoint":{…},"key":"…","signature":"…"}`, to the letter. The signature is Ed25519 (RFC 8032) over [`Statement::CONTEXT`]
//! and the bytes between the name and the key. The key is the deployment's: all that it signs names the same.

use std::{fmt, str::FromStr};

use ed25519_compact::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

use crate::{
    endpoint::{Empty, endpoints},
    fields::{CLINIC_CODE_LENGTH, ClinicCode},
    log_file::{hex_of, read_hex},
};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

const KEY: &[u8] = b",\"key\":\"";
const SIGNATURE: &[u8] = b"\",\"signature\":\"";

endpoints! {
    GetLogKey: Get "/api/log-key", "Tells the public key with which this Wardkey signs the logs that it exports.", Empty => LogKeyText;
}

/// The key of a deployment, for whoever verifies its logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogKeyText {
    /// 64 small hexadecimal digits.
    pub key: String,
}

/// The public key of a deployment, with which its logs are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogKey(pub [u8; KEY_BYTES]);

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoKey;

impl FromStr for LogKey {
    type Err = NoKey;

    /// Capitals are forgiven, and the breaks that a long key gets where it is copied from.
    fn from_str(text: &str) -> Result<Self, NoKey> {
        let digits: String = text.split_whitespace().map(str::to_ascii_lowercase).collect();
        match read_hex(digits.as_bytes()) {
            Some((key, b"")) => Ok(Self(key)),
            _ => Err(NoKey),
        }
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex_of(&self.0))
    }
}

/// What can be signed in a file.
pub trait Statement: Sized {
    /// What is signed before it, so that the signature is worth nothing anywhere else.
    const CONTEXT: &'static str;
    /// What its line begins with.
    const BEGINNING: &'static str;

    /// The clinic whose log it is about.
    fn clinic(&self) -> &ClinicCode;

    /// As its line holds it.
    fn body(&self) -> String;

    /// Reads it, and what stands behind it.
    fn read(text: &[u8]) -> Option<(Self, &[u8])>;

    /// What is signed for it.
    fn signed_text(&self) -> String {
        format!("{}{}", Self::CONTEXT, self.body())
    }
}

/// A statement with the signature of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<S> {
    /// What is signed.
    pub statement: S,
    /// The public key of the one who signed.
    pub key: LogKey,
    /// The signature.
    pub signature: [u8; SIGNATURE_BYTES],
}

impl<S: Statement> Signed<S> {
    /// Whether the key that it names has signed it.
    pub fn is_signed(&self) -> bool {
        let signature = Signature::new(self.signature);
        PublicKey::new(self.key.0).verify(self.statement.signed_text(), &signature).is_ok()
    }

    /// As a file holds it.
    pub fn write(&self) -> String {
        let Self { statement, key, signature } = self;
        let (beginning, body, signature) = (S::BEGINNING, statement.body(), hex_of(signature));
        format!("{beginning}{body},\"key\":\"{key}\",\"signature\":\"{signature}\"}}\n")
    }

    /// Reads what stands behind [`Statement::BEGINNING`] in a line.
    pub(crate) fn read(rest: &[u8]) -> Option<Self> {
        let (statement, rest) = S::read(rest)?;
        let (key, rest) = read_hex(rest.strip_prefix(KEY)?)?;
        let (signature, rest) = read_hex(rest.strip_prefix(SIGNATURE)?)?;
        (rest == b"\"}").then_some(Self { statement, key: LogKey(key), signature })
    }
}

/// The code of a clinic, and what stands behind it.
pub(crate) fn read_clinic(text: &[u8]) -> Option<(ClinicCode, &[u8])> {
    let (code, rest) = text.split_at_checked(CLINIC_CODE_LENGTH)?;
    Some((str::from_utf8(code).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
pub(crate) mod tests {
    use ed25519_compact::{KeyPair, Seed};

    use super::*;

    /// A statement that the deployment of this seed has signed.
    pub fn signed_by<S: Statement>(seed: u8, statement: S) -> Signed<S> {
        let pair = KeyPair::try_from_seed(Seed::new([seed; 32])).unwrap();
        let signature = *pair.sk.sign(statement.signed_text(), None);
        Signed { statement, key: LogKey(*pair.pk), signature }
    }

    #[test]
    fn a_key_is_read_however_it_was_copied() {
        let digits = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";
        let key: LogKey = digits.parse().unwrap();
        assert_eq!(key.to_string(), digits);
        let (begin, end) = digits.split_at(40);
        assert_eq!(format!(" {}\n{end} ", begin.to_uppercase()).parse(), Ok(key));
        for wrong in ["", "00", &digits[1..], &format!("{digits}0"), &digits.replace('8', "g")] {
            assert_eq!(wrong.parse::<LogKey>(), Err(NoKey), "{wrong}");
        }
    }
}
