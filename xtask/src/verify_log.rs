//! `cargo xtask verify-log FILE [--key KEY]`: looks whether an exported log is as it was written, and names the first line that is not.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result, anyhow};
use wire::{
    Timestamp,
    log_end::LogEnd,
    log_file::{BadLine, Fault, FileVerifier, Finding, Verdict},
    signed::LogKey,
};

use crate::operator::written;

/// Bytes that are read at a time, so that a log of any length can be verified.
const PIECE_BYTES: usize = 1 << 16;
/// What the command ends with where a file fits together, but nobody said whose key it must be.
const UNPROVEN: u8 = 3;

/// Verifies a file and prints what was found, which the exit code tells as well.
pub fn run(path: &Path, key: Option<LogKey>) -> Result<ExitCode> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let found = verify(file).with_context(|| format!("{} cannot be read", path.display()))?;
    let verdict = found.judged(key);
    println!("{}", told(&verdict));
    Ok(match verdict {
        Verdict::Proven(_) => ExitCode::SUCCESS,
        Verdict::Unproven(_) => ExitCode::from(UNPROVEN),
        Verdict::Bad(_) => ExitCode::FAILURE,
    })
}

/// A key as it was typed.
pub fn key(text: &str) -> Result<LogKey> {
    text.parse().map_err(|_| anyhow!("a key has 64 hexadecimal digits"))
}

fn verify(mut file: impl Read) -> io::Result<Finding> {
    let mut verifier = FileVerifier::default();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 || verifier.take(&piece[..length]).is_err() {
            return Ok(verifier.finish());
        }
    }
}

fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Proven(end) => {
            format!("The log is whole and signed with this key.\n{}", about(end))
        }
        Verdict::Unproven(end) => format!(
            "The lines fit together, but nothing is proven: whoever holds the key {} can have written them.\n\
             Give the key of your Wardkey with --key; `cargo xtask log-key` prints it, and its page /verify shows it.\n{}",
            end.key,
            about(end)
        ),
        Verdict::Bad(bad) => bad_line(*bad),
    }
}

fn about(LogEnd { statement, .. }: &LogEnd) -> String {
    let at = Timestamp(statement.at.try_into().unwrap_or(i64::MAX));
    let (clinic, lines) = (statement.clinic.as_str(), statement.lines);
    let about = format!("{lines} lines of the clinic {clinic}, exported at {}.", written(at));
    match statement.gone() {
        0 => about,
        gone => format!("{about}\nLines 1 to {gone} were removed when their time was over."),
    }
}

fn bad_line(BadLine { number, fault }: BadLine) -> String {
    let why = match fault {
        Fault::Unreadable => "it is not a line of an exported log".to_owned(),
        Fault::Changed => "it, its hash or its signature was changed".to_owned(),
        Fault::Missing(next) => format!("line {next} of the log is missing before it"),
        Fault::OutOfOrder(next) => {
            format!("it stands in the wrong place, or twice: line {next} of the log was to come")
        }
        Fault::Behind => "it stands behind the end of the log".to_owned(),
        Fault::WrongEnd => "this end does not belong to the lines before it".to_owned(),
        Fault::CutOff => "the file ends before the end of the log".to_owned(),
        Fault::Filtered => "the file was exported with filters, and is not the whole log".to_owned(),
        Fault::Foreign => "it is signed with another key, or for another clinic".to_owned(),
    };
    format!("Line {number} is bad: {why}.")
}

#[cfg(test)]
mod tests {
    use ed25519_compact::{KeyPair, Seed};
    use wire::{
        checkpoint::Gone,
        log_end::End,
        log_file::{BEGINNING, LineHash, hash, write_line},
        signed::{Signed, Statement},
    };

    use super::*;

    const GONE: LineHash = [7; 32];

    fn signed<S: Statement>(seed: u8, statement: S) -> Signed<S> {
        let pair = KeyPair::try_from_seed(Seed::new([seed; 32])).unwrap();
        let signature = *pair.sk.sign(statement.signed_text(), None);
        Signed { statement, key: LogKey(*pair.pk), signature }
    }

    fn checkpoint(seed: u8) -> Signed<Gone> {
        let clinic = "k7m2qx4p9d".parse().unwrap();
        signed(seed, Gone { clinic, seq: 399, hash: GONE, at: 1_000 })
    }

    /// An export of so many lines.
    fn export(lines: u64) -> Vec<String> {
        export_from(1, 1, lines, BEGINNING)
    }

    /// The same without its first lines, as the deployment of this seed signs it.
    fn export_from(seed: u8, first: u64, seq: u64, mut before: LineHash) -> Vec<String> {
        let line = |seq| {
            let json = format!(r#"{{"seq":{seq},"at":0,"address":"192.0.2.{seq}"}}"#);
            let hash = hash(&before, json.as_bytes());
            let line = write_line(&before, &hash, &json);
            before = hash;
            line
        };
        let mut file: Vec<String> = (first..=seq).map(line).collect();
        let (clinic, lines) = ("k7m2qx4p9d".parse().unwrap(), seq + 1 - first);
        let end = End { clinic, whole: true, lines, seq, hash: before, at: 1_795_286_400_000 };
        file.push(signed(seed, end).write());
        file
    }

    fn judged(lines: &[String], key: Option<LogKey>) -> String {
        told(&verify(lines.concat().as_bytes()).unwrap().judged(key))
    }

    #[test]
    fn a_good_file_is_told_with_its_length_its_clinic_and_its_time() {
        assert_eq!(
            judged(&export(500), Some(checkpoint(1).key)),
            "The log is whole and signed with this key.\n\
             500 lines of the clinic k7m2qx4p9d, exported at 2026-11-21T18:40:00Z."
        );
    }

    #[test]
    fn a_trimmed_file_is_told_with_what_went() {
        let lines = [vec![checkpoint(1).write()], export_from(1, 400, 500, GONE)].concat();
        let told = judged(&lines, Some(checkpoint(1).key));
        assert!(told.starts_with("The log is whole and signed with this key.\n101 lines of"), "{told}");
        assert!(told.ends_with("Lines 1 to 399 were removed when their time was over."), "{told}");
    }

    #[test]
    fn nothing_is_called_whole_before_its_key_is_known() {
        let anybodys = [vec![checkpoint(2).write()], export_from(2, 400, 500, GONE)].concat();
        let told = judged(&anybodys, None);
        assert!(told.starts_with("The lines fit together, but nothing is proven"), "{told}");
        assert!(told.contains(&checkpoint(2).key.to_string()) && !told.contains("whole"), "{told}");
        let ours = Some(checkpoint(1).key);
        assert_eq!(
            judged(&anybodys, ours),
            "Line 1 is bad: it is signed with another key, or for another clinic."
        );
        // Without its head, numbered and hashed anew, with an end of one's own.
        let renumbered = export_from(2, 1, 500, BEGINNING);
        let told = judged(&renumbered, ours);
        assert!(told.starts_with("Line 501 is bad: it is signed with another key"), "{told}");
        // A checkpoint and an end, with no line in between.
        let nothing = [vec![checkpoint(2).write()], export_from(2, 400, 399, GONE)].concat();
        let told = judged(&nothing, None);
        assert!(told.starts_with("Line 2 is bad: this end does not belong"), "{told}");
    }

    #[test]
    fn what_is_no_key_is_none() {
        assert!(key("00").is_err());
        let ours = checkpoint(1).key;
        assert_eq!(key(&format!("{ours}\n")).unwrap(), ours);
    }

    #[test]
    fn the_first_bad_line_is_named_with_what_is_wrong() {
        let bad = |damage: &dyn Fn(&mut Vec<String>), beginning: &str| {
            let mut lines = export(500);
            damage(&mut lines);
            for key in [None, Some(checkpoint(1).key)] {
                let told = judged(&lines, key);
                assert!(told.starts_with(beginning), "{told}");
            }
        };
        bad(&|lines| lines[399] = lines[399].replace("192.0", "198.0"), "Line 400 is bad: it, its hash");
        bad(&|lines| _ = lines.remove(399), "Line 400 is bad: line 400 of the log is missing");
        bad(&|lines| lines.swap(399, 400), "Line 400 is bad: line 400 of the log is missing");
        bad(&|lines| lines.insert(399, lines[0].clone()), "Line 400 is bad: it stands in the wrong place");
        bad(&|lines| lines[399].truncate(99), "Line 400 is bad: it is not a line");
        bad(&|lines| lines.truncate(399), "Line 400 is bad: the file ends before");
        bad(&|lines| _ = lines.remove(499), "Line 500 is bad: this end does not belong");
    }
}
