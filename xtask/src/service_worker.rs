//! Tells the service worker which files it keeps.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::split::integrity;

/// The script.
const SCRIPT: &str = "sw.js";
/// The page of every address, as it is asked for.
const PAGE: (&str, &str) = ("/", "index.html");
/// The headers that the files come with: what is kept, is kept with them.
pub const HEADERS: &str = "_headers";
/// What the app asks for, by the ends of its names.
const KEPT: [&str; 4] = [".css", ".js", ".wasm", ".svg"];
/// Hexadecimal digits of the digest of a language's sentences in its address, as `app/build.rs` writes it.
const SENTENCES_DIGITS: usize = 16;

/// Writes names, digests and version of what stands in a folder into its service worker.
pub fn run(staging: &Path) -> Result<()> {
    let script = staging.join(SCRIPT);
    let text = fs::read_to_string(&script).with_context(|| format!("{} can't be read", script.display()))?;
    let mut version = Sha256::new();
    let (address, page) = PAGE;
    let page = fs::read(staging.join(page))?;
    let mut files = vec![kept(address, &page)];
    for part in [page, text.clone().into_bytes(), fs::read(staging.join(HEADERS))?] {
        version.update(part);
    }
    for entry in WalkDir::new(staging).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path().strip_prefix(staging)?.to_string_lossy().into_owned();
        let sentences = path.starts_with("texts/");
        let asked_for = sentences || (!path.contains('/') && KEPT.iter().any(|end| path.ends_with(end)));
        if !entry.file_type().is_file() || !asked_for || path == SCRIPT {
            continue;
        }
        let bytes = fs::read(entry.path())?;
        version.update(&bytes);
        let address = match sentences {
            true => format!("/{path}?v={}", version_of(&Sha256::digest(&bytes))),
            false => format!("/{path}"),
        };
        files.push(kept(&address, &bytes));
    }
    let files = files.join(",\n  ");
    let version: String = version.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(
        text.contains("\"{version}\"") && text.contains("\"{files}\""),
        "the service worker has no place for its files"
    );
    let filled = text.replace("\"{version}\"", &format!("\"{version}\"")).replace("\"{files}\"", &files);
    Ok(fs::write(script, filled)?)
}

/// An address with what the browser compares it with.
fn kept(address: &str, bytes: &[u8]) -> String {
    format!("[\"{address}\", \"{}\"]", integrity(bytes))
}

/// What the address of a language's sentences ends with, by their digest.
pub fn version_of(digest: &[u8]) -> String {
    let mut version: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    version.truncate(SENTENCES_DIGITS);
    version
}
