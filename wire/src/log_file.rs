//! The log as a file that can be verified: how its lines stand on each other, and how a file is found that was tampered with.
//!
//! A line is `{"before":"…","hash":"…","line":{"seq":1,…}}`, to the letter: `hash` is SHA-256 over the 32 bytes of `before`,
//! the hash of the line before it, and the bytes of `line`. The last one is `{"lines":1,"hash":"…"}` and tells that nothing
//! was cut off behind it. Of a log whose oldest lines went the file begins with a [`Checkpoint`], on which its first line stands.
//! The Worker writes such files; `cargo xtask verify-log` and the app read them with this very code.

use sha2::{Digest, Sha256};

use crate::checkpoint::{CHECKPOINT, Checkpoint};

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
const LINES: &[u8] = b"{\"lines\":";
const END_HASH: &[u8] = b",\"hash\":\"";

/// The hash of a line, from the one before it and the line's JSON.
pub fn hash(before: &[u8], json: &[u8]) -> LineHash {
    Sha256::new().chain_update(before).chain_update(json).finalize().into()
}

/// A line as the file holds it.
pub fn write_line(before: &LineHash, hash: &LineHash, json: &str) -> String {
    format!("{{\"before\":\"{}\",\"hash\":\"{}\",\"line\":{json}}}\n", hex(before), hex(hash))
}

/// The end of a file of so many lines.
pub fn write_end(lines: u64, last: &LineHash) -> String {
    format!("{{\"lines\":{lines},\"hash\":\"{}\"}}\n", hex(last))
}

/// A hash in small hexadecimal digits.
pub fn hex(hash: &LineHash) -> String {
    hex_of(hash)
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
    /// It, or its hash, is not what was written.
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
}

/// Reads a file line by line, and remembers no more than the last hash.
#[derive(Clone, Debug)]
pub struct Verifier {
    before: LineHash,
    lines: u64,
    ended: bool,
    /// What stands for the lines that went.
    checkpoint: Option<Checkpoint>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { before: BEGINNING, lines: 0, ended: false, checkpoint: None }
    }
}

impl Verifier {
    /// Looks at the next line, without its end.
    ///
    /// # Errors
    /// With what is wrong, at the first line where anything is.
    pub fn read(&mut self, line: &[u8]) -> Result<(), Fault> {
        if self.ended {
            return Err(Fault::Behind);
        }
        if let Some(rest) = line.strip_prefix(LINES) {
            let told = read_end(rest).ok_or(Fault::Unreadable)?;
            self.ended = told == (self.lines, self.before);
            return if self.ended { Ok(()) } else { Err(Fault::WrongEnd) };
        }
        let next = self.checkpoint.map_or(0, |gone| gone.seq).saturating_add(self.lines + 1);
        if let Some(rest) = line.strip_prefix(CHECKPOINT) {
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

    /// It stands before all lines, or nowhere.
    fn read_checkpoint(&mut self, rest: &[u8], next: u64) -> Result<(), Fault> {
        let checkpoint = Checkpoint::read(rest).ok_or(Fault::Unreadable)?;
        if next > 1 || self.checkpoint.is_some() {
            return Err(Fault::OutOfOrder(next));
        }
        if !checkpoint.is_signed() {
            return Err(Fault::Changed);
        }
        self.before = checkpoint.hash;
        self.checkpoint = Some(checkpoint);
        Ok(())
    }

    /// Ends: so many lines are as they were written.
    ///
    /// # Errors
    /// When the end has not come.
    pub fn finish(&self) -> Result<u64, Fault> {
        if self.ended { Ok(self.lines) } else { Err(Fault::CutOff) }
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
}

impl FileVerifier {
    /// Takes the next piece.
    ///
    /// # Errors
    /// With the first bad line.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), BadLine> {
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, behind) = rest.split_at(end);
            self.begun.extend(line);
            self.read_begun()?;
            rest = behind.get(1..).unwrap_or_default();
        }
        self.begun.extend(rest);
        match self.begun.len() > LINE_BYTES_MAX {
            true => Err(BadLine { number: self.number + 1, fault: Fault::Unreadable }),
            false => Ok(()),
        }
    }

    /// What stands for the lines that went, where any did.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.verifier.checkpoint
    }

    /// Ends: so many lines are as they were written.
    ///
    /// # Errors
    /// With the first bad line.
    pub fn finish(mut self) -> Result<u64, BadLine> {
        if !self.begun.is_empty() {
            self.read_begun()?;
        }
        self.verifier.finish().map_err(|fault| BadLine { number: self.number + 1, fault })
    }

    fn read_begun(&mut self) -> Result<(), BadLine> {
        self.number += 1;
        let read = self.verifier.read(&self.begun);
        self.begun.clear();
        read.map_err(|fault| BadLine { number: self.number, fault })
    }
}

fn read_line(line: &[u8]) -> Option<(LineHash, LineHash, &[u8], u64)> {
    let (before, rest) = read_hex(line.strip_prefix(BEFORE)?)?;
    let (hash, rest) = read_hex(rest.strip_prefix(HASH)?)?;
    let json = rest.strip_prefix(LINE)?.strip_suffix(b"}")?;
    let (seq, rest) = read_number(json.strip_prefix(SEQ)?)?;
    (rest.starts_with(b",") && rest.ends_with(b"}")).then_some((before, hash, json, seq))
}

fn read_end(rest: &[u8]) -> Option<(u64, LineHash)> {
    let (lines, rest) = read_number(rest)?;
    let (hash, rest) = read_hex(rest.strip_prefix(END_HASH)?)?;
    (rest == b"\"}").then_some((lines, hash))
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

pub(crate) fn read_number(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    let mut rest = text;
    while let Some((digit @ b'0'..=b'9', behind)) = rest.split_first() {
        number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        rest = behind;
    }
    (rest.len() < text.len()).then_some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of so many lines and its end.
    fn file(lines: u64) -> Vec<String> {
        let mut before = BEGINNING;
        let mut file = Vec::new();
        for seq in 1..=lines {
            let json = format!(r#"{{"seq":{seq},"at":{},"computer":"Reception {seq}"}}"#, seq * 1_000);
            let hash = hash(&before, json.as_bytes());
            file.push(write_line(&before, &hash, &json).trim_end().to_owned());
            before = hash;
        }
        file.push(write_end(lines, &before).trim_end().to_owned());
        file
    }

    /// The first bad line of the file and what is wrong with it, or how many are good; the same for pieces of any length.
    fn verified(file: &[String]) -> Result<u64, (u64, Fault)> {
        let text = file.iter().map(|line| format!("{line}\n")).collect::<String>();
        let in_pieces = |length| {
            let mut verifier = FileVerifier::default();
            text.as_bytes().chunks(length).try_for_each(|piece| verifier.take(piece))?;
            verifier.finish()
        };
        let found = in_pieces(usize::MAX);
        for length in [1, 7, 300] {
            assert_eq!(in_pieces(length), found, "{length}");
        }
        found.map_err(|BadLine { number, fault }| (number, fault))
    }

    #[test]
    fn a_file_as_it_was_written_is_good() {
        assert_eq!(verified(&file(9)), Ok(9));
        assert_eq!(verified(&file(0)), Ok(0));
        assert_eq!(
            file(1)[0],
            "{\"before\":\"0000000000000000000000000000000000000000000000000000000000000000\",\
             \"hash\":\"fd85e705da253160841ea8f54161bc285fffd8ed40c08a7c7a163048026020bb\",\
             \"line\":{\"seq\":1,\"at\":1000,\"computer\":\"Reception 1\"}}"
        );
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
    fn a_line_without_an_end_is_not_kept() {
        let mut verifier = FileVerifier::default();
        let bad = BadLine { number: 1, fault: Fault::Unreadable };
        assert_eq!(verifier.take(&vec![b'a'; LINE_BYTES_MAX + 1]), Err(bad));
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
