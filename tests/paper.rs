//! What leaves the printer: pages printed by the browser itself, then measured, read and looked at by programs that we did not write.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Session;

/// What `pdfinfo` measures in.
const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// How finely a page is looked at, as by a plain office printer and a plain phone.
const DOTS_PER_INCH: &str = "300";
/// What `zbarimg` says when there is nothing to read.
const NO_CODE: i32 = 4;

/// A printed page.
#[derive(Debug)]
pub struct Sheet {
    /// Its width and height in millimetres.
    pub size_mm: (f64, f64),
    /// What stands on it, without spaces: lines may be broken anywhere.
    pub text: String,
    /// The QR code on it, read from black dots alone.
    pub code: Option<String>,
}

impl Session<'_> {
    /// Prints the page on the paper that it asks for.
    pub async fn print(&self) -> Result<Vec<Sheet>> {
        let printed = self.devtools("Page.printToPDF", json!({ "preferCSSPageSize": true })).await?;
        let data = printed.get("data").and_then(Value::as_str).context("nothing was printed")?;
        let folder = TempDir::with_prefix("wardkey-paper-")?;
        let file = folder.path().join("printed.pdf");
        fs::write(&file, BASE64_STANDARD.decode(data)?)?;
        let info = said(Command::new("pdfinfo").args(["-f", "1", "-l", "1000"]).arg(&file))?;
        let sizes: Vec<(f64, f64)> = info.lines().filter_map(size).collect();
        ensure!(!sizes.is_empty(), "pdfinfo finds no pages: {info}");
        (1..).zip(sizes).map(|(page, size_mm)| sheet(&file, page, size_mm)).collect()
    }
}

/// The QR code in a picture, as a phone reads it.
pub fn code_in(png: &[u8]) -> Result<Option<String>> {
    let folder = TempDir::with_prefix("wardkey-paper-")?;
    let file = folder.path().join("picture.png");
    fs::write(&file, png)?;
    read_code(&file)
}

fn sheet(file: &Path, page: u32, size_mm: (f64, f64)) -> Result<Sheet> {
    let page = page.to_string();
    let only = ["-f", &page, "-l", &page];
    let text = said(Command::new("pdftotext").args(only).arg(file).arg("-"))?;
    let picture = file.with_extension(&page);
    said(
        Command::new("pdftoppm")
            .args(only)
            .args(["-mono", "-png", "-singlefile", "-r", DOTS_PER_INCH])
            .arg(file)
            .arg(&picture),
    )?;
    let picture = format!("{}.png", picture.display());
    Ok(Sheet { size_mm, text: without_spaces(&text), code: read_code(Path::new(&picture))? })
}

/// `Page    1 size:  595.28 x 841.89 pts (A4)`
fn size(line: &str) -> Option<(f64, f64)> {
    let (_, size) = line.strip_prefix("Page ")?.split_once("size:")?;
    let mut sides = size.split(" pts").next()?.split(" x ").map(|side| side.trim().parse::<f64>().ok());
    Some((sides.next()?? / POINTS_PER_MM, sides.next()?? / POINTS_PER_MM))
}

fn read_code(picture: &Path) -> Result<Option<String>> {
    let output = ran(Command::new("zbarimg").args(["--raw", "--quiet"]).arg(picture))?;
    match output.status.code() {
        Some(0) => Ok(Some(String::from_utf8(output.stdout)?.trim().to_owned())),
        Some(NO_CODE) => Ok(None),
        _ => bail!("zbarimg: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn said(command: &mut Command) -> Result<String> {
    let output = ran(command)?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn ran(command: &mut Command) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .with_context(|| format!("{program} could not be started; `cargo xtask test` installs it"))
}

/// A text without its spaces.
pub fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}
