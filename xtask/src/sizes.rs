//! What goes over the wire, in bytes: as it is, and compressed as servers do it.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::assemble;

/// Most that the app's WebAssembly should weigh with gzip: on a slow line, bytes are what a start waits for.
pub const APP_WASM_GZIP_BYTES_MAX: u64 = 250_000;

/// What the names of the files begin with that only the pages outside the three steps load.
const OUTSIDE: &str = "wardkey-outside";

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

/// All WebAssembly that the app loads. What stands beside it for the pages outside is no part of it.
pub fn app_wasm() -> Result<Size> {
    size_in(&assemble::site(), "wasm", OUTSIDE)
}

/// All JavaScript that the app loads.
pub fn app_js() -> Result<Size> {
    size_in(&assemble::site(), "js", OUTSIDE)
}

/// The Worker's WebAssembly.
pub fn worker_wasm() -> Result<Size> {
    size_in(&assemble::modules(), "wasm", OUTSIDE)
}

fn size_in(folder: &Path, extension: &str, but: &str) -> Result<Size> {
    let mut sum = Size::default();
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let path = entry?.path();
        let other = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(but));
        if !other && path.extension().is_some_and(|is| is == extension) {
            let Size { raw, gzip, brotli } = size(&path)?;
            sum = Size { raw: sum.raw + raw, gzip: sum.gzip + gzip, brotli: sum.brotli + brotli };
        }
    }
    if sum.raw == 0 {
        bail!("there is no .{extension} in {}", folder.display());
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
