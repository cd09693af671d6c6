//! `cargo xtask verify-log FILE [--key KEY]`: looks whether an exported log is as it was written, and names the first line that is not.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result};
use wire::{
    checkpoint::Checkpoint,
    log_file::{BadLine, Fault, FileVerifier, hex_of},
};

/// Bytes that are read at a time, so that a log of any length can be verified.
const PIECE_BYTES: usize = 1 << 16;

/// A file that is as it was written.
#[derive(Clone, Copy)]
struct Good {
    lines: u64,
    checkpoint: Option<Checkpoint>,
}

/// Verifies a file and prints what was found. Tells whether all of it is good, with a checkpoint of this key if it has one.
pub fn run(path: &Path, key: Option<&str>) -> Result<bool> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let found = verify(file).with_context(|| format!("{} cannot be read", path.display()))?;
    println!("{}", told(found));
    let foreign = found.ok().and_then(|good| foreign(good, key));
    if let Some(foreign) = &foreign {
        println!("{foreign}");
    }
    Ok(found.is_ok() && foreign.is_none())
}

/// What is said of a checkpoint that another key has signed.
fn foreign(good: Good, key: Option<&str>) -> Option<String> {
    let (checkpoint, key) = good.checkpoint.zip(key)?;
    let is_ours = hex_of(&checkpoint.key) == key.trim();
    (!is_ours).then(|| format!("Line 1 is bad: its key is not {}.", key.trim()))
}

fn verify(mut file: impl Read) -> Result<Result<Good, BadLine>> {
    let mut verifier = FileVerifier::default();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            let checkpoint = verifier.checkpoint();
            return Ok(verifier.finish().map(|lines| Good { lines, checkpoint }));
        }
        if let Err(bad) = verifier.take(&piece[..length]) {
            return Ok(Err(bad));
        }
    }
}

fn told(found: Result<Good, BadLine>) -> String {
    let (number, fault) = match found {
        Ok(Good { lines, checkpoint: None }) => {
            return format!("The log is whole: {lines} lines are as they were written.");
        }
        Ok(Good { lines, checkpoint: Some(Checkpoint { seq, key, .. }) }) => {
            return format!(
                "The log is whole from line {} on: {lines} lines are as they were written.\n\
                 Lines 1 to {seq} were removed when their time was over. Key that signed for it: {}",
                seq + 1,
                hex_of(&key)
            );
        }
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
    use wire::log_file::{BEGINNING, LineHash, hash, write_end, write_line};

    use super::*;

    /// A checkpoint of 399 lines that was signed elsewhere (RFC 8032, with the seed of 32 ones), and the hash that it stands for.
    const CHECKPOINT: &str = concat!(
        r#"{"checkpoint":{"seq":399,"hash":"0707070707070707070707070707070707070707070707070707070707070707","at":1000},"#,
        r#""key":"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c","signature":"f4417cd3a2d49c22ece472bc44701c6b1a3c44c2d633f6bafecb890f2a9749a57513868165019ddc82dccae666ffdd1414440b95fba377191dca027777356b07"}"#,
        "\n"
    );
    const GONE: LineHash = [7; 32];

    /// An export of so many lines.
    fn export(lines: u64) -> Vec<String> {
        export_from(1, lines, BEGINNING)
    }

    /// The same without its first lines.
    fn export_from(first: u64, lines: u64, mut before: LineHash) -> Vec<String> {
        let line = |seq| {
            let json = format!(r#"{{"seq":{seq},"at":0,"address":"192.0.2.{seq}"}}"#);
            let hash = hash(&before, json.as_bytes());
            let line = write_line(&before, &hash, &json);
            before = hash;
            line
        };
        let mut file: Vec<String> = (first..=lines).map(line).collect();
        file.push(write_end(lines + 1 - first, &before));
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
    fn a_trimmed_file_is_told_with_what_went_and_who_signed_for_it() {
        let lines = [vec![CHECKPOINT.to_owned()], export_from(400, 500, GONE)].concat();
        let good = verify(lines.concat().as_bytes()).unwrap().ok().unwrap();
        let told = told(Ok(good));
        assert!(
            told.starts_with("The log is whole from line 400 on: 101 lines are as they were written.\n"),
            "{told}"
        );
        assert!(told.contains("Lines 1 to 399 were removed") && told.ends_with("b40f6f5c"), "{told}");
        assert_eq!(foreign(good, None), None);
        assert_eq!(
            foreign(good, Some("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c\n")),
            None
        );
        assert!(foreign(good, Some("8a88")).is_some());
        let forged = lines.concat().replacen("399", "398", 1);
        assert_eq!(verify(forged.as_bytes()).unwrap().err().unwrap().number, 1);
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
