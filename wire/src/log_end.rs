//! The end of an exported log: how many lines stand before it, and up to which, signed. Nothing can be cut off before it or put
//! in, and nothing written anew from some line on, by anybody who has not the deployment's key.

use crate::{
    fields::ClinicCode,
    log_file::{LineHash, hex_of, read_hex, read_number},
    signed::{Signed, Statement, read_clinic},
};

const CLINIC: &[u8] = b"{\"clinic\":\"";
const WHOLE: &[u8] = b"\",\"whole\":";
const LINES: &[u8] = b",\"lines\":";
const SEQ: &[u8] = b",\"seq\":";
const HASH: &[u8] = b",\"hash\":\"";
const AT: &[u8] = b"\",\"at\":";

/// The last line of a file.
pub type LogEnd = Signed<End>;

/// What the end of a file tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Whose log it is.
    pub clinic: ClinicCode,
    /// Whether it was exported without filters.
    pub whole: bool,
    /// How many lines stand before the end.
    pub lines: u64,
    /// The number of the last of them.
    pub seq: u64,
    /// Its hash.
    pub hash: LineHash,
    /// When it was exported, in milliseconds since 1970.
    pub at: u64,
}

impl End {
    /// How many lines of the log had gone before the first of a whole file.
    pub fn gone(&self) -> u64 {
        self.seq.saturating_sub(self.lines)
    }
}

impl Statement for End {
    const CONTEXT: &'static str = "wardkey log end v1\n";
    const BEGINNING: &'static str = "{\"end\":";

    fn clinic(&self) -> &ClinicCode {
        &self.clinic
    }

    fn body(&self) -> String {
        let Self { clinic, whole, lines, seq, hash, at } = self;
        let (clinic, hash) = (clinic.as_str(), hex_of(hash));
        format!(
            "{{\"clinic\":\"{clinic}\",\"whole\":{whole},\"lines\":{lines},\"seq\":{seq},\"hash\":\"{hash}\",\"at\":{at}}}"
        )
    }

    fn read(text: &[u8]) -> Option<(Self, &[u8])> {
        let (clinic, rest) = read_clinic(text.strip_prefix(CLINIC)?)?;
        let (whole, rest) = read_bool(rest.strip_prefix(WHOLE)?)?;
        let (lines, rest) = read_number(rest.strip_prefix(LINES)?)?;
        let (seq, rest) = read_number(rest.strip_prefix(SEQ)?)?;
        let (hash, rest) = read_hex(rest.strip_prefix(HASH)?)?;
        let (at, rest) = read_number(rest.strip_prefix(AT)?)?;
        Some((Self { clinic, whole, lines, seq, hash, at }, rest.strip_prefix(b"}")?))
    }
}

fn read_bool(text: &[u8]) -> Option<(bool, &[u8])> {
    let says = |word: &[u8]| text.strip_prefix(word);
    says(b"true").map(|rest| (true, rest)).or_else(|| says(b"false").map(|rest| (false, rest)))
}
