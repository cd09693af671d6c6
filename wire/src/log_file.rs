//! The log as a file that can be verified: how its lines stand on each other, and how a file is found that was tampered with.
//!
//! A line is `{"before":"…","hash":"…","line":{"seq":1,…}}`, to the letter: `hash` is SHA-256 over the 32 bytes of `before`,
//! the hash of the line before it, and the bytes of `line`. The last one is a [`LogEnd`], signed, and tells that nothing was cut
//! off or written anew. Of a log whose oldest lines went the file begins with a [`Checkpoint`], on which its first line stands.
//! The Worker writes such files; `cargo xtask verify-log` and the app read them with this very code.

use sha2::{Digest, Sha256};

use crate::{
    checkpoint::{Checkpoint, Gone},
    log_end::{End, LogEnd},
    signed::{LogKey, Statement},
};

/// The hash of a line.
pub type LineHash = [u8; 32];

/// What the first line stands on.
pub const BEGINNING: LineHash = [0; 32];
/// Longest line that is read, in bytes: many times what a line of ours can have.
pub const LINE_BYTES_MAX: usize = 1 << 20;

const BEFORE: &[u8] = b"{\"before\":\"";
const HASH: &[u8] = b"\",\"hash\":\"";
const LINE: &[u8] = b"\",\"line\":";
const SEQ: &[u8] = b"{\"seq\":";

/// The hash of a line, from the one before it and the line's JSON.
pub fn hash(before: &[u8], json: &[u8]) -> LineHash {
    Sha256::new().chain_update(before).chain_update(json).finalize().into()
}

/// A line as the file holds it.
pub fn write_line(before: &LineHash, hash: &LineHash, json: &str) -> String {
    format!("{{\"before\":\"{}\",\"hash\":\"{}\",\"line\":{json}}}\n", hex_of(before), hex_of(hash))
}

/// Bytes in small hexadecimal digits.
pub fn hex_of(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no line of such a file.
    Unreadable,
    /// It, its hash or its signature is not what was written.
    Changed,
    /// Lines are missing before it: this one of the log was to come.
    Missing(u64),
    /// It stands too late, or once more: this one of the log was to come.
    OutOfOrder(u64),
    /// It stands behind the end.
    Behind,
    /// The end does not tell of the lines before it.
    WrongEnd,
    /// The file ends before its end.
    CutOff,
    /// It is the end of a file that was exported with filters.
    Filtered,
    /// It is signed with another key, or for another clinic.
    Foreign,
}

/// Reads a file line by line, and remembers no more than the last hash. Whose file it is, it does not ask.
#[derive(Clone, Debug)]
pub struct Verifier {
    before: LineHash,
    lines: u64,
    /// What stands for the lines that went.
    checkpoint: Option<Checkpoint>,
    end: Option<LogEnd>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { before: BEGINNING, lines: 0, checkpoint: None, end: None }
    }
}

impl Verifier {
    /// Looks at the next line, without its end.
    ///
    /// # Errors
    /// With what is wrong, at the first line where anything is.
    pub fn read(&mut self, line: &[u8]) -> Result<(), Fault> {
        if self.end.is_some() {
            return Err(Fault::Behind);
        }
        if let Some(rest) = line.strip_prefix(End::BEGINNING.as_bytes()) {
            return self.read_end(rest);
        }
        let next = self.last().saturating_add(1);
        if let Some(rest) = line.strip_prefix(Gone::BEGINNING.as_bytes()) {
            return self.read_checkpoint(rest, next);
        }
        let (before, told, json, seq) = read_line(line).ok_or(Fault::Unreadable)?;
        if seq > next {
            return Err(Fault::Missing(next));
        }
        if seq < next {
            return Err(Fault::OutOfOrder(next));
        }
        if before != self.before || hash(&before, json) != told {
            return Err(Fault::Changed);
        }
        self.before = told;
        self.lines += 1;
        Ok(())
    }

    /// The number of the last line that was read, or that went.
    fn last(&self) -> u64 {
        let gone = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.statement.seq);
        gone.saturating_add(self.lines)
    }

    /// It stands before all lines, or nowhere.
    fn read_checkpoint(&mut self, rest: &[u8], next: u64) -> Result<(), Fault> {
        let checkpoint = Checkpoint::read(rest).ok_or(Fault::Unreadable)?;
        if next > 1 || self.checkpoint.is_some() {
            return Err(Fault::OutOfOrder(next));
        }
        if !checkpoint.is_signed() {
            return Err(Fault::Changed);
        }
        self.before = checkpoint.statement.hash;
        self.checkpoint = Some(checkpoint);
        Ok(())
    }

    fn read_end(&mut self, rest: &[u8]) -> Result<(), Fault> {
        let signed = LogEnd::read(rest).ok_or(Fault::Unreadable)?;
        if !signed.is_signed() {
            return Err(Fault::Changed);
        }
        let End { ref clinic, whole, lines, seq, hash, .. } = signed.statement;
        if !whole {
            return Err(Fault::Filtered);
        }
        // No log is empty: the line that notes the export is in it.
        if lines == 0 || (lines, seq, hash) != (self.lines, self.last(), self.before) {
            return Err(Fault::WrongEnd);
        }
        let of_another = |begin: &Checkpoint| begin.key != signed.key || begin.statement.clinic != *clinic;
        if self.checkpoint.as_ref().is_some_and(of_another) {
            return Err(Fault::Foreign);
        }
        self.end = Some(signed);
        Ok(())
    }

    /// The end, which tells of the lines before it what they are.
    ///
    /// # Errors
    /// When it has not come.
    pub fn finish(self) -> Result<LogEnd, Fault> {
        self.end.ok_or(Fault::CutOff)
    }
}

/// A bad line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Which, counted from 1.
    pub number: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Reads a file piece by piece, wherever the pieces end.
#[derive(Clone, Debug, Default)]
pub struct FileVerifier {
    verifier: Verifier,
    number: u64,
    /// What has come of the line that is not whole yet.
    begun: Vec<u8>,
    bad: Option<BadLine>,
}

impl FileVerifier {
    /// Takes the next piece.
    ///
    /// # Errors
    /// With the first bad line, behind which nothing is looked at.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), BadLine> {
        if let Some(bad) = self.bad {
            return Err(bad);
        }
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, behind) = rest.split_at(end);
            self.begun.extend(line);
            self.read_begun()?;
            rest = behind.get(1..).unwrap_or_default();
        }
        self.begun.extend(rest);
        match self.begun.len() > LINE_BYTES_MAX {
            true => self.stop(self.number + 1, Fault::Unreadable),
            false => Ok(()),
        }
    }

    /// Ends, with what was found.
    pub fn finish(mut self) -> Finding {
        if !self.begun.is_empty() && self.bad.is_none() {
            // What is wrong is remembered.
            let _ = self.read_begun();
        }
        let begins_with = self.verifier.checkpoint.as_ref().map(|checkpoint| checkpoint.key);
        let end = match self.bad {
            Some(bad) => Err(bad),
            None => self.verifier.finish().map_err(|fault| BadLine { number: self.number + 1, fault }),
        };
        Finding { begins_with, ends_at: self.number, end }
    }

    fn read_begun(&mut self) -> Result<(), BadLine> {
        self.number += 1;
        let read = self.verifier.read(&self.begun);
        self.begun.clear();
        read.or_else(|fault| self.stop(self.number, fault))
    }

    fn stop(&mut self, number: u64, fault: Fault) -> Result<(), BadLine> {
        let bad = BadLine { number, fault };
        self.bad = Some(bad);
        Err(bad)
    }
}

/// What was found in a file, before anybody has said whose key it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key that has signed the first line, where that is a checkpoint.
    begins_with: Option<LogKey>,
    ends_at: u64,
    end: Result<LogEnd, BadLine>,
}

/// What can be said of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is whole, and signed with the key that was given.
    Proven(LogEnd),
    /// It fits together, and whoever holds the key that it names can have written it: none was given.
    Unproven(LogEnd),
    /// A line is bad.
    Bad(BadLine),
}

impl Finding {
    /// What is said of it where this key must have signed.
    pub fn judged(&self, key: Option<LogKey>) -> Verdict {
        let foreign = |signed: LogKey| key.is_some_and(|key| key != signed);
        match &self.end {
            // A stranger's checkpoint is the first line, whatever is wrong further on.
            _ if self.begins_with.is_some_and(foreign) => {
                Verdict::Bad(BadLine { number: 1, fault: Fault::Foreign })
            }
            Err(bad) => Verdict::Bad(*bad),
            Ok(end) if foreign(end.key) => {
                Verdict::Bad(BadLine { number: self.ends_at, fault: Fault::Foreign })
            }
            Ok(end) if key.is_some() => Verdict::Proven(end.clone()),
            Ok(end) => Verdict::Unproven(end.clone()),
        }
    }
}

fn read_line(line: &[u8]) -> Option<(LineHash, LineHash, &[u8], u64)> {
    let (before, rest) = read_hex(line.strip_prefix(BEFORE)?)?;
    let (hash, rest) = read_hex(rest.strip_prefix(HASH)?)?;
    let json = rest.strip_prefix(LINE)?.strip_suffix(b"}")?;
    let (seq, rest) = read_number(json.strip_prefix(SEQ)?)?;
    (rest.starts_with(b",") && rest.ends_with(b"}")).then_some((before, hash, json, seq))
}

/// So many bytes in small hexadecimal digits, and what stands behind them.
pub(crate) fn read_hex<const N: usize>(text: &[u8]) -> Option<([u8; N], &[u8])> {
    let (digits, rest) = text.split_at_checked(2 * N)?;
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        for digit in pair {
            *byte = *byte << 4
                | match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
        }
    }
    Some((bytes, rest))
}

/// A number as it is written, with no zero before it, and what stands behind it.
pub(crate) fn read_number(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    let mut rest = text;
    while let Some((digit @ b'0'..=b'9', behind)) = rest.split_first() {
        number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        rest = behind;
    }
    let digits = text.len() - rest.len();
    let is_plain = digits == 1 || (digits > 1 && !text.starts_with(b"0"));
    is_plain.then_some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signed::tests::signed_by;

    /// So many lines, without an end.
    fn lines(lines: u64) -> Vec<String> {
        let mut before = BEGINNING;
        let mut file = Vec::new();
        for seq in 1..=lines {
            let json = format!(r#"{{"seq":{seq},"at":{},"computer":"Reception {seq}"}}"#, seq * 1_000);
            let hash = hash(&before, json.as_bytes());
            file.push(write_line(&before, &hash, &json).trim_end().to_owned());
            before = hash;
        }
        file
    }

    /// What the end of these lines says.
    fn end_of(file: &[String]) -> End {
        let last = file.last().and_then(|line| read_line(line.as_bytes()));
        let (hash, seq) = last.map_or((BEGINNING, 0), |(_, hash, _, seq)| (hash, seq));
        let clinic = "k7m2qx4p9d".parse().unwrap();
        End { clinic, whole: true, lines: file.len() as u64, seq, hash, at: 9_000 }
    }

    /// The same lines with an end that the deployment of this seed has signed.
    fn ended_by(seed: u8, mut file: Vec<String>) -> Vec<String> {
        file.push(signed_by(seed, end_of(&file)).write().trim_end().to_owned());
        file
    }

    /// A file of so many lines and its end.
    fn file(count: u64) -> Vec<String> {
        ended_by(1, lines(count))
    }

    fn key(seed: u8) -> LogKey {
        signed_by(seed, end_of(&[])).key
    }

    /// What is found, the same for pieces of any length.
    fn finding(file: &[String]) -> Finding {
        let text = file.iter().map(|line| format!("{line}\n")).collect::<String>();
        let in_pieces = |length| {
            let mut verifier = FileVerifier::default();
            let _ = text.as_bytes().chunks(length).try_for_each(|piece| verifier.take(piece));
            verifier.finish()
        };
        let found = in_pieces(usize::MAX);
        for length in [1, 7, 300] {
            assert_eq!(in_pieces(length), found, "{length}");
        }
        found
    }

    /// How many lines are good, or the first bad one and what is wrong with it.
    fn good(verdict: Verdict) -> Result<u64, (u64, Fault)> {
        match verdict {
            Verdict::Proven(end) | Verdict::Unproven(end) => Ok(end.statement.lines),
            Verdict::Bad(BadLine { number, fault }) => Err((number, fault)),
        }
    }

    fn verified(file: &[String]) -> Result<u64, (u64, Fault)> {
        good(finding(file).judged(None))
    }

    #[test]
    fn a_file_as_it_was_written_is_good() {
        assert_eq!(verified(&file(9)), Ok(9));
        assert_eq!(
            file(1)[0],
            "{\"before\":\"0000000000000000000000000000000000000000000000000000000000000000\",\
             \"hash\":\"fd85e705da253160841ea8f54161bc285fffd8ed40c08a7c7a163048026020bb\",\
             \"line\":{\"seq\":1,\"at\":1000,\"computer\":\"Reception 1\"}}"
        );
    }

    #[test]
    fn an_end_is_pinned() {
        let end = signed_by(1, end_of(&lines(1)));
        assert_eq!(
            end.write(),
            format!(
                "{{\"end\":{{\"clinic\":\"k7m2qx4p9d\",\"whole\":true,\"lines\":1,\"seq\":1,\
                 \"hash\":\"fd85e705da253160841ea8f54161bc285fffd8ed40c08a7c7a163048026020bb\",\"at\":9000}},\
                 \"key\":\"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c\",\"signature\":\"{}\"}}\n",
                hex_of(&end.signature)
            )
        );
        assert_eq!(end.statement.signed_text(), format!("wardkey log end v1\n{}", end.statement.body()));
    }

    #[test]
    fn what_was_done_to_a_file_is_found_at_its_place() {
        let whole = file(9);
        let done = |what: &dyn Fn(&mut Vec<String>)| {
            let mut file = whole.clone();
            what(&mut file);
            verified(&file)
        };
        assert_eq!(
            done(&|file| file[4] = file[4].replace("Reception 5", "Reception 6")),
            Err((5, Fault::Changed))
        );
        assert_eq!(done(&|file| _ = file.remove(4)), Err((5, Fault::Missing(5))));
        assert_eq!(done(&|file| file.swap(4, 5)), Err((5, Fault::Missing(5))));
        assert_eq!(done(&|file| file.insert(4, file[2].clone())), Err((5, Fault::OutOfOrder(5))));
        assert_eq!(done(&|file| file.insert(4, file[4].clone())), Err((6, Fault::OutOfOrder(6))));
        assert_eq!(done(&|file| file[4].truncate(90)), Err((5, Fault::Unreadable)));
        assert_eq!(done(&|file| file[4] = "nothing".to_owned()), Err((5, Fault::Unreadable)));
        assert_eq!(done(&|file| file.truncate(4)), Err((5, Fault::CutOff)));
        assert_eq!(done(&|file| _ = file.remove(8)), Err((9, Fault::WrongEnd)));
        assert_eq!(done(&|file| file.push(file[0].clone())), Err((11, Fault::Behind)));
        assert_eq!(done(&|file| _ = file.remove(0)), Err((1, Fault::Missing(1))));
    }

    #[test]
    fn a_tail_that_was_cut_off_is_found_by_whoever_knows_the_key() {
        let mut cut = lines(9);
        cut.truncate(6);
        // With the old end, with none, and with one that somebody else has signed.
        let with_old = [cut.clone(), vec![file(9)[9].clone()]].concat();
        assert_eq!(verified(&with_old), Err((7, Fault::WrongEnd)));
        assert_eq!(verified(&cut), Err((7, Fault::CutOff)));
        let forged = finding(&ended_by(2, cut));
        assert!(matches!(forged.judged(None), Verdict::Unproven(end) if end.key == key(2)));
        assert_eq!(good(forged.judged(Some(key(1)))), Err((7, Fault::Foreign)));
        // An end of theirs that names our key is signed by nobody.
        let mut named = lines(6);
        let end = LogEnd { key: key(1), ..signed_by(2, end_of(&named)) };
        named.push(end.write().trim_end().to_owned());
        assert_eq!(verified(&named), Err((7, Fault::Changed)));
    }

    #[test]
    fn a_file_that_was_written_anew_is_found_by_whoever_knows_the_key() {
        // Without its head, numbered and hashed anew: it fits together like any other.
        let forged = ended_by(2, lines(5));
        assert_eq!(verified(&forged), Ok(5));
        assert_eq!(good(finding(&forged).judged(Some(key(1)))), Err((6, Fault::Foreign)));
        assert!(matches!(finding(&file(9)).judged(Some(key(1))), Verdict::Proven(_)));
    }

    #[test]
    fn a_file_with_filters_or_without_lines_is_no_whole_log() {
        let end = |said: &dyn Fn(&mut End)| {
            let mut file = lines(9);
            let mut end = end_of(&file);
            said(&mut end);
            file.push(signed_by(1, end).write().trim_end().to_owned());
            verified(&file)
        };
        assert_eq!(end(&|_| ()), Ok(9));
        assert_eq!(end(&|end| end.whole = false), Err((10, Fault::Filtered)));
        assert_eq!(end(&|end| end.lines = 8), Err((10, Fault::WrongEnd)));
        assert_eq!(end(&|end| end.seq = 10), Err((10, Fault::WrongEnd)));
        assert_eq!(end(&|end| end.hash = BEGINNING), Err((10, Fault::WrongEnd)));
        assert_eq!(verified(&file(0)), Err((1, Fault::WrongEnd)));
        assert_eq!(verified(&[]), Err((1, Fault::CutOff)));
    }

    #[test]
    fn a_number_is_written_in_one_way() {
        assert_eq!(read_number(b"20,"), Some((20, b",".as_slice())));
        assert_eq!(read_number(b"0"), Some((0, b"".as_slice())));
        for other in ["", "-1", "0020", "00", "18446744073709551616"] {
            assert_eq!(read_number(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_not_kept() {
        let mut verifier = FileVerifier::default();
        let bad = BadLine { number: 1, fault: Fault::Unreadable };
        assert_eq!(verifier.take(&vec![b'a'; LINE_BYTES_MAX + 1]), Err(bad));
        assert_eq!(verifier.finish().judged(None), Verdict::Bad(bad));
    }

    #[test]
    fn a_line_that_was_made_anew_with_its_hash_breaks_the_next_one() {
        let mut forged = file(9);
        let json = r#"{"seq":5,"at":5000,"computer":"Nowhere"}"#;
        let before = read_line(forged[4].as_bytes()).unwrap().0;
        forged[4] = write_line(&before, &hash(&before, json.as_bytes()), json).trim_end().to_owned();
        assert_eq!(verified(&forged), Err((6, Fault::Changed)));
    }

    #[test]
    fn each_of_a_thousand_edits_of_a_byte_is_found_in_its_line() {
        let whole = file(9);
        let places =
            whole.iter().enumerate().flat_map(|(line, text)| (0..text.len()).map(move |at| (line, at)));
        let mut edits = 0;
        for (line, at) in places {
            let mut bytes: Vec<Vec<u8>> = whole.iter().map(|text| text.clone().into_bytes()).collect();
            bytes[line][at] ^= 1;
            let mut verifier = Verifier::default();
            let found = bytes.iter().position(|line| verifier.read(line).is_err());
            assert_eq!(found, Some(line), "byte {at} of line {}", line + 1);
            edits += 1;
        }
        assert!(edits > 1_000, "only {edits}");
    }
}
