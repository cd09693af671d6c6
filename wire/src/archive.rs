//! A whole clinic as a file, to be kept, or taken in by another deployment: sealed pages, one a line, and a signed end.
//!
//! Each page is sealed (HPKE, RFC 9180) to the public key of the deployment that is to take it in. The end tells how many there are,
//! what they are (a chain of SHA-256) and where the clinic's log ended, signed by the deployment that wrote it, to the letter as
//! [`crate::signed`] says.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    endpoint::{Empty, endpoints},
    fields::ClinicCode,
    log_file::{self, LineHash, hex_of, read_hex, read_number},
    signed::{KEY_BYTES, NoKey, Signed, Statement, read_clinic},
};

const CLINIC: &[u8] = b"{\"clinic\":\"";
const TO: &[u8] = b"\",\"to\":\"";
const PAGES: &[u8] = b"\",\"pages\":";
const DIGEST: &[u8] = b",\"digest\":\"";
const SEQ: &[u8] = b"\",\"seq\":";
const HASH: &[u8] = b",\"hash\":\"";
const AT: &[u8] = b"\",\"at\":";

/// What the chain of the pages begins with.
pub const FIRST_DIGEST: LineHash = [0; 32];

endpoints! {
    GetArchiveKey: Get "/api/archive-key", "Tells the public key to which archives of clinics are sealed that are to be taken in here.", Empty => ArchiveKeyText;
    CloseClinic: Post "/api/operator/clinic-closings", "Closes a clinic: nobody signs in, and nothing in it changes, until it is opened again, here or where it moves. It is logged.", ClinicReason => ClosedClinic;
    ReopenClinic: Post "/api/operator/clinic-reopenings", "Opens a closed clinic again. It is logged.", ClinicReason => ClosedClinic;
    WriteArchivePage: Post "/api/operator/archive-pages", "Writes a page of a closed clinic's archive, sealed to the deployment that is to take it in.", PageWish => SealedPage;
    SignArchive: Post "/api/operator/archives", "Signs the end of a closed clinic's archive.", ArchiveEndWish => SignedArchive;
    TakeArchivePage: Post "/api/operator/arrival-pages", "Takes in a page of an archive. The first one begins anew.", ArrivingPage => Empty;
    TakeInClinic: Post "/api/operator/arrivals", "Opens the clinic whose pages have arrived, if they are those that were signed. What let somebody in before is worth nothing; forms, passwords and authenticators are as they were.", SignedArchive => TakenInClinic;
    DeleteClinic: Post "/api/operator/clinic-deletions", "Deletes all that there is of a closed clinic, for ever.", ClinicDeletion => Empty;
}

/// The key of a deployment, for whoever writes an archive for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArchiveKeyText {
    /// 64 small hexadecimal digits.
    pub key: String,
}

/// The public key of a deployment, to which archives for it are sealed (X25519, RFC 7748).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveKey(pub [u8; KEY_BYTES]);

impl FromStr for ArchiveKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        match read_hex(text.trim().as_bytes()) {
            Some((key, b"")) => Ok(Self(key)),
            _ => Err(NoKey),
        }
    }
}

impl fmt::Display for ArchiveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex_of(&self.0))
    }
}

/// A clinic that is to be closed or opened again, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClinicReason {
    /// The code that the usernames of the clinic's computers begin with.
    pub clinic: String,
    /// Why; it stands in the clinic's log.
    pub reason: String,
}

/// A clinic that was closed or opened again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClosedClinic {
    /// Its name.
    pub name: String,
    /// The number of the last line of its log.
    pub seq: u64,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PagePlace {
    /// Of the tables in their order.
    pub table: u32,
    /// Behind what of it.
    pub after: i64,
}

/// A page that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageWish {
    /// The clinic's code.
    pub clinic: String,
    /// The key of the deployment that is to take it in.
    pub to: String,
    /// Its number, from 0 on.
    pub number: u32,
    /// Where it begins: what came with the page before.
    pub place: PagePlace,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SealedPage {
    /// Base64, as it stands in the file.
    pub sealed: String,
    /// Where the next one begins; absent after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<PagePlace>,
}

/// An archive that is to be signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArchiveEndWish {
    /// The clinic's code.
    pub clinic: String,
    /// The key of the deployment that is to take it in.
    pub to: String,
    /// How many pages it has.
    pub pages: u32,
    /// What [`digest`] came to, in hexadecimal.
    pub digest: String,
}

/// The signed end of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedArchive {
    /// The last line of the file.
    pub end: String,
}

/// A page that arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArrivingPage {
    /// The clinic's code.
    pub clinic: String,
    /// Its number, from 0 on.
    pub number: u32,
    /// Base64, as it stands in the file.
    pub sealed: String,
}

/// A clinic that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TakenInClinic {
    /// Its name.
    pub name: String,
    /// How many people it has who were not removed.
    pub people: u32,
    /// How many computers it has.
    pub computers: u32,
    /// The number of the last line that its log came with.
    pub seq: u64,
}

/// A clinic that is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClinicDeletion {
    /// The clinic's code.
    pub clinic: String,
    /// Its name, to the letter, so that no other one is meant.
    pub name: String,
    /// The number of the last line of its log that its archive has; absent where nobody keeps anything of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// The chain of the pages, after another one: SHA-256 over what it was before and the page as it stands in the file.
pub fn digest(before: &LineHash, sealed: &str) -> LineHash {
    log_file::hash(before, sealed.as_bytes())
}

/// The last line of an archive.
pub type ArchiveEnd = Signed<Archived>;

/// What the end of an archive tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The clinic.
    pub clinic: ClinicCode,
    /// The key of the deployment that can open it.
    pub to: ArchiveKey,
    /// How many pages there are.
    pub pages: u64,
    /// What they are: [`digest`] of all.
    pub digest: LineHash,
    /// The number of the last line of the clinic's log.
    pub seq: u64,
    /// Its hash.
    pub hash: LineHash,
    /// When it was written, in milliseconds since 1970.
    pub at: u64,
}

impl Statement for Archived {
    const CONTEXT: &'static str = "wardkey archive v1\n";
    const BEGINNING: &'static str = "{\"archive\":";

    fn clinic(&self) -> &ClinicCode {
        &self.clinic
    }

    fn body(&self) -> String {
        let Self { clinic, to, pages, digest, seq, hash, at } = self;
        let (clinic, digest, hash) = (clinic.as_str(), hex_of(digest), hex_of(hash));
        format!(
            "{{\"clinic\":\"{clinic}\",\"to\":\"{to}\",\"pages\":{pages},\"digest\":\"{digest}\",\"seq\":{seq},\"hash\":\"{hash}\",\"at\":{at}}}"
        )
    }

    fn read(text: &[u8]) -> Option<(Self, &[u8])> {
        let (clinic, rest) = read_clinic(text.strip_prefix(CLINIC)?)?;
        let (to, rest) = read_hex(rest.strip_prefix(TO)?)?;
        let (pages, rest) = read_number(rest.strip_prefix(PAGES)?)?;
        let (digest, rest) = read_hex(rest.strip_prefix(DIGEST)?)?;
        let (seq, rest) = read_number(rest.strip_prefix(SEQ)?)?;
        let (hash, rest) = read_hex(rest.strip_prefix(HASH)?)?;
        let (at, rest) = read_number(rest.strip_prefix(AT)?)?;
        let read = Self { clinic, to: ArchiveKey(to), pages, digest, seq, hash, at };
        Some((read, rest.strip_prefix(b"}")?))
    }
}

/// Reads the last line of an archive; `None` for anything that the key it names has not signed.
pub fn read_end(line: &str) -> Option<ArchiveEnd> {
    let rest = line.trim_end().strip_prefix(Archived::BEGINNING)?;
    ArchiveEnd::read(rest.as_bytes()).filter(ArchiveEnd::is_signed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signed::tests::signed_by;

    fn archived() -> Archived {
        Archived {
            clinic: "k7m2qx4p9d".parse().unwrap(),
            to: ArchiveKey([1; 32]),
            pages: 2,
            digest: digest(&digest(&FIRST_DIGEST, "b25l"), "dHdv"),
            seq: 9,
            hash: [3; 32],
            at: 1_000,
        }
    }

    #[test]
    fn an_end_is_read_as_it_was_signed_and_no_other() {
        let end = signed_by(1, archived());
        assert_eq!(read_end(&end.write()), Some(end.clone()));
        let whole = end.write();
        for at in 0..whole.trim_end().len() {
            let mut changed = whole.clone().into_bytes();
            changed[at] ^= 1;
            let read = String::from_utf8(changed).ok().and_then(|line| read_end(&line));
            assert_eq!(read, None, "byte {at}");
        }
    }

    #[test]
    fn an_end_is_pinned() {
        let (one, three) = ("01".repeat(32), "03".repeat(32));
        let digest = hex_of(&archived().digest);
        assert_eq!(
            archived().body(),
            format!(
                r#"{{"clinic":"k7m2qx4p9d","to":"{one}","pages":2,"digest":"{digest}","seq":9,"hash":"{three}","at":1000}}"#
            )
        );
        assert_ne!(
            super::digest(&super::digest(&FIRST_DIGEST, "dHdv"), "b25l"),
            archived().digest,
            "in their order"
        );
    }
}
