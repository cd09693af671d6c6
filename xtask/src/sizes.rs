//! What goes over the wire, in bytes: as it is, and compressed as servers do it.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::assemble;

/// Most that page, WebAssembly and JavaScript of the sign-in may weigh with brotli: on a slow line, bytes are what a start waits for.
pub const SIGN_IN_BROTLI_BYTES_MAX: u64 = 125_000;
/// Most that the page and all WebAssembly and JavaScript of the app may weigh with brotli, the pages outside the steps included.
pub const APP_BROTLI_BYTES_MAX: u64 = 300_000;

/// What the names of the files begin with that a part brings, which is loaded later.
const PARTS: [&str; 2] = ["split_", "chunk_"];

/// Node.js is here anyway, for npm's tools, and compresses at once what an unoptimised xtask would take long for.
const COMPRESS: &str = "const zlib = require('zlib'), bytes = require('fs').readFileSync(process.argv[1]); \
    console.log(JSON.stringify([zlib.gzipSync(bytes, { level: 9 }).length, zlib.brotliCompressSync(bytes).length]))";

/// The bytes of some files together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// As they are.
    pub raw: u64,
    /// Each with gzip at its best.
    pub gzip: u64,
    /// Each with brotli at its best.
    pub brotli: u64,
}

/// Page, WebAssembly and JavaScript of the sign-in.
pub fn sign_in() -> Result<Size> {
    size_of(&assemble::site(), |name| is_code(name) && !PARTS.iter().any(|part| name.starts_with(part)))
}

/// The page, and all WebAssembly and JavaScript of the app.
pub fn app() -> Result<Size> {
    size_of(&assemble::site(), is_code)
}

/// The Worker's WebAssembly.
pub fn worker_wasm() -> Result<Size> {
    size_of(&assemble::modules(), |name| name.ends_with(".wasm"))
}

/// The page holds the script that all begins with, and the styles.
fn is_code(name: &str) -> bool {
    name.ends_with(".wasm") || name.ends_with(".js") || name == "index.html"
}

fn size_of(folder: &Path, counts: impl Fn(&str) -> bool) -> Result<Size> {
    let mut sum = Size::default();
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| counts(&name.to_string_lossy())) {
            let Size { raw, gzip, brotli } = size(&path)?;
            sum = Size { raw: sum.raw + raw, gzip: sum.gzip + gzip, brotli: sum.brotli + brotli };
        }
    }
    if sum.raw == 0 {
        bail!("there is no code in {}", folder.display());
    }
    Ok(sum)
}

fn size(file: &Path) -> Result<Size> {
    let output = Command::new("node").args(["-e", COMPRESS]).arg(file).output();
    let output = output.context("`node` could not be started")?;
    let [gzip, brotli] = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("node: {}", String::from_utf8_lossy(&output.stderr)))?;
    Ok(Size { raw: fs::metadata(file)?.len(), gzip, brotli })
}
