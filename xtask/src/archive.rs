//! `cargo xtask clinic …`: a whole clinic as a file. It is closed and written into an archive that one deployment alone can open, taken in
//! there, opened again or deleted: for a clinic that moves, leaves, or is to be kept.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use wire::{
    Empty,
    archive::{
        self, ArchiveEnd, ArchiveEndWish, ArchiveKey, ArrivingPage, ClinicDeletion, ClinicReason,
        CloseClinic, DeleteClinic, FIRST_DIGEST, GetArchiveKey, PagePlace, PageWish, ReopenClinic,
        SignArchive, SignedArchive, TakeArchivePage, TakeInClinic, TakenInClinic, WriteArchivePage,
    },
    log_file::{LineHash, hex_of},
};

use crate::{
    operator::{self, Operator},
    progress::{self, Step},
    settings::Settings,
};

/// A clinic at a Wardkey.
pub struct Place<'a> {
    /// Where that Wardkey is.
    pub url: &'a str,
    /// The folder that keeps its secret key.
    pub state: &'a Path,
    /// The clinic's code.
    pub clinic: &'a str,
}

impl Place<'_> {
    fn operator(&self) -> Result<Operator> {
        operator_of(self.url, self.state)
    }

    fn because(&self, reason: &str) -> ClinicReason {
        ClinicReason { clinic: self.clinic.to_owned(), reason: reason.to_owned() }
    }
}

fn operator_of(url: &str, state: &Path) -> Result<Operator> {
    Operator::new(&operator::origin(url)?, &Settings::kept_secret_key_bytes(state)?)
}

/// Closes a clinic and writes its archive. It stays closed where it moves, and opens again otherwise, however that went.
pub fn write(place: &Place<'_>, to: &str, file: &Path, reason: &str, moves: bool) -> Result<()> {
    // Before anybody has to wait.
    is_free(file)?;
    let (operator, to) = (place.operator()?, key_of(to)?);
    let closed = operator.call::<CloseClinic>(&place.because(reason))?;
    progress::note(&format!("{} is closed: nobody signs in, and nothing in it changes.", closed.name));
    let written = write_file(&operator, place.clinic, to, file);
    if written.is_err() || !moves {
        operator.call::<ReopenClinic>(&place.because(reason))?;
        progress::note(&format!("{} is open again.", closed.name));
    }
    let end = written?;
    let Archived { pages, seq } = told(&end);
    progress::note(&format!("{}: pages {pages}, the log up to line {seq}.", file.display()));
    progress::note(&format!(
        "Signed with the key {}; the Wardkey with the key {to} alone can open it.",
        end.key
    ));
    if moves {
        progress::note(&format!(
            "There, add {} to BROUGHT_CLINICS, and run `cargo xtask clinic take-in`. Then delete the clinic here with `cargo xtask clinic delete`.",
            place.clinic
        ));
    }
    Ok(())
}

/// Writes the archive of a closed clinic.
///
/// # Errors
/// When the Wardkey refuses or the file cannot be written; no file is left then.
pub fn write_file(operator: &Operator, clinic: &str, to: ArchiveKey, file: &Path) -> Result<ArchiveEnd> {
    is_free(file)?;
    let unfinished = file.with_extension("part");
    let outcome = write_pages(operator, clinic, to, &unfinished);
    if outcome.is_err() {
        fs::remove_file(&unfinished).ok();
    }
    let end = outcome?;
    fs::rename(&unfinished, file).with_context(|| format!("{} can't be written", file.display()))?;
    Ok(end)
}

fn write_pages(operator: &Operator, clinic: &str, to: ArchiveKey, file: &Path) -> Result<ArchiveEnd> {
    let unwritten = || format!("{} can't be written", file.display());
    let open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file);
    let mut out = open.with_context(unwritten)?;
    let mut step = Step::start("Writing the archive");
    let (mut place, mut number, mut digest) = (Some(PagePlace::default()), 0, FIRST_DIGEST);
    while let Some(at) = place {
        let wish = PageWish { clinic: clinic.to_owned(), to: to.to_string(), number, place: at };
        let page = operator.call::<WriteArchivePage>(&wish)?;
        digest = archive::digest(&digest, &page.sealed);
        writeln!(out, "{}", page.sealed).with_context(unwritten)?;
        (place, number) = (page.next, number + 1);
        step.line(&format!("{number} pages"));
    }
    let wish = ArchiveEndWish {
        clinic: clinic.to_owned(),
        to: to.to_string(),
        pages: number,
        digest: hex_of(&digest),
    };
    let SignedArchive { end: line } = operator.call::<SignArchive>(&wish)?;
    let end = archive::read_end(&line).context("the archive was not signed")?;
    out.write_all(line.as_bytes()).and_then(|()| out.sync_all()).with_context(unwritten)?;
    step.done();
    Ok(end)
}

/// Takes a clinic in that another deployment has written into an archive for this one.
pub fn take_in(url: &str, state: &Path, file: &Path) -> Result<()> {
    let operator = operator_of(url, state)?;
    let TakenInClinic { name, people, computers, seq } = take_in_file(&operator, file)?;
    progress::note(&format!(
        "{name} is open here: {people} people, {computers} computers, the log up to line {seq}."
    ));
    progress::note(
        "The printed forms, passwords and authenticators are good; each computer takes steps 1 and 2 once more.",
    );
    Ok(())
}

/// Reads the file through, and takes it in.
///
/// # Errors
/// When it is not whole, which is found before anything is sent, or the Wardkey refuses.
pub fn take_in_file(operator: &Operator, file: &Path) -> Result<TakenInClinic> {
    let end = check(file)?;
    let clinic = end.statement.clinic.as_str();
    let mut step = Step::start("Taking the archive in");
    for (number, sealed) in lines(file)?.take(usize::try_from(end.statement.pages)?).enumerate() {
        let page =
            ArrivingPage { clinic: clinic.to_owned(), number: u32::try_from(number)?, sealed: sealed? };
        operator.call::<TakeArchivePage>(&page)?;
        step.line(&format!("{} of {} pages", number + 1, end.statement.pages));
    }
    let taken = operator.call::<TakeInClinic>(&SignedArchive { end: end.write() })?;
    step.done();
    Ok(taken)
}

/// Opens a closed clinic again.
pub fn reopen(place: &Place<'_>, reason: &str) -> Result<()> {
    let opened = place.operator()?.call::<ReopenClinic>(&place.because(reason))?;
    progress::note(&format!("{} is open again.", opened.name));
    Ok(())
}

/// Deletes a closed clinic for ever. With an archive of it, only where that goes up to the last line of its log.
pub fn delete(place: &Place<'_>, name: &str, file: Option<&Path>) -> Result<()> {
    let end = file.map(check).transpose()?;
    if let (Some(end), Some(file)) = (&end, file) {
        ensure!(end.statement.clinic.as_str() == place.clinic, "{} is another clinic's.", file.display());
    }
    let deletion = ClinicDeletion {
        clinic: place.clinic.to_owned(),
        name: name.to_owned(),
        seq: end.map(|end| end.statement.seq),
    };
    place.operator()?.call::<DeleteClinic>(&deletion)?;
    progress::note(&format!("{name} is deleted."));
    Ok(())
}

fn is_free(file: &Path) -> Result<()> {
    ensure!(!file.exists(), "{} is there already.", file.display());
    Ok(())
}

struct Archived {
    pages: u64,
    seq: u64,
}

fn told(end: &ArchiveEnd) -> Archived {
    Archived { pages: end.statement.pages, seq: end.statement.seq }
}

/// The key of a deployment, from where it is or as it was typed.
fn key_of(text: &str) -> Result<ArchiveKey> {
    let typed = if text.contains("://") {
        operator::tell::<GetArchiveKey>(&operator::origin(text)?, &Empty {})?.key
    } else {
        text.to_owned()
    };
    typed
        .parse()
        .ok()
        .context("A key has 64 hexadecimal digits; --to takes it, or the address of that Wardkey.")
}

/// Reads a file through: whether its pages are those that were signed.
fn check(file: &Path) -> Result<ArchiveEnd> {
    let (mut digest, mut pages, mut last): (LineHash, u64, Option<String>) = (FIRST_DIGEST, 0, None);
    for line in lines(file)? {
        if let Some(page) = last.replace(line?) {
            digest = archive::digest(&digest, &page);
            pages += 1;
        }
    }
    let end = last.as_deref().and_then(archive::read_end);
    let end = end.with_context(|| format!("{} is no archive, or not all of one.", file.display()))?;
    if end.statement.pages != pages || end.statement.digest != digest {
        bail!("{} is not as it was written.", file.display());
    }
    Ok(end)
}

fn lines(file: &Path) -> Result<impl Iterator<Item = std::io::Result<String>>> {
    let open = File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
    Ok(BufReader::new(open).lines())
}
