//! `cargo xtask verify-log FILE`: looks whether an exported log is as it was written, and names the first line that is not.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result};
use wire::log_file::{BadLine, Fault, FileVerifier};

/// Bytes that are read at a time, so that a log of any length can be verified.
const PIECE_BYTES: usize = 1 << 16;

/// Verifies a file and prints what was found. Tells whether all of it is good.
pub fn run(path: &Path) -> Result<bool> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let found = verify(file).with_context(|| format!("{} cannot be read", path.display()))?;
    println!("{}", told(found));
    Ok(found.is_ok())
}

fn verify(mut file: impl Read) -> Result<Result<u64, BadLine>> {
    let mut verifier = FileVerifier::default();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            return Ok(verifier.finish());
        }
        if let Err(bad) = verifier.take(&piece[..length]) {
            return Ok(Err(bad));
        }
    }
}

fn told(found: Result<u64, BadLine>) -> String {
    let (number, fault) = match found {
        Ok(lines) => return format!("The log is whole: {lines} lines are as they were written."),
        Err(BadLine { number, fault }) => (number, fault),
    };
    let why = match fault {
        Fault::Unreadable => "it is not a line of an exported log".to_owned(),
        Fault::Changed => "it, or its hash, was changed".to_owned(),
        Fault::Missing(next) => format!("line {next} of the log is missing before it"),
        Fault::OutOfOrder(next) => {
            format!("it stands in the wrong place, or twice: line {next} of the log was to come")
        }
        Fault::Behind => "it stands behind the end of the log".to_owned(),
        Fault::WrongEnd => "this end does not belong to the lines before it".to_owned(),
        Fault::CutOff => "the file ends before the end of the log".to_owned(),
    };
    format!("Line {number} is bad: {why}. The {} before it are as they were written.", number - 1)
}

#[cfg(test)]
mod tests {
    use wire::log_file::{BEGINNING, hash, write_end, write_line};

    use super::*;

    /// An export of so many lines.
    fn export(lines: u64) -> Vec<String> {
        let mut before = BEGINNING;
        let line = |seq| {
            let json = format!(r#"{{"seq":{seq},"at":0,"address":"192.0.2.{seq}"}}"#);
            let hash = hash(&before, json.as_bytes());
            let line = write_line(&before, &hash, &json);
            before = hash;
            line
        };
        let mut file: Vec<String> = (1..=lines).map(line).collect();
        file.push(write_end(lines, &before));
        file
    }

    /// What is said of five hundred lines after `damage`, and whether they are good.
    fn after(damage: impl Fn(&mut Vec<String>)) -> (String, bool) {
        let mut lines = export(500);
        damage(&mut lines);
        let found = verify(lines.concat().as_bytes()).unwrap();
        (told(found), found.is_ok())
    }

    #[test]
    fn a_good_file_is_told_with_its_length() {
        assert_eq!(after(|_| {}), ("The log is whole: 500 lines are as they were written.".to_owned(), true));
    }

    #[test]
    fn the_first_bad_line_is_named_with_what_is_wrong() {
        let bad = |damage: &dyn Fn(&mut Vec<String>), beginning: &str| {
            let (told, good) = after(damage);
            assert!(!good && told.starts_with(beginning), "{told}");
        };
        bad(&|lines| lines[399] = lines[399].replace("192.0", "198.0"), "Line 400 is bad: it, or its hash");
        bad(&|lines| _ = lines.remove(399), "Line 400 is bad: line 400 of the log is missing");
        bad(&|lines| lines.swap(399, 400), "Line 400 is bad: line 400 of the log is missing");
        bad(&|lines| lines.insert(399, lines[0].clone()), "Line 400 is bad: it stands in the wrong place");
        bad(&|lines| lines[399].truncate(99), "Line 400 is bad: it is not a line");
        bad(&|lines| lines.truncate(399), "Line 400 is bad: the file ends before");
        bad(&|lines| _ = lines.remove(499), "Line 500 is bad: this end does not belong");
    }
}
