//! A Wardkey on a runtime that has jurisdictions, as the platform has them and the runtime on one's own machine has not.

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use walkdir::WalkDir;
use xtask::{assemble, tools};

use crate::{Programs, Wardkey};

/// Jurisdictions as the platform has them.
const OFFERED: &str = include_str!("jurisdictions.js");
/// The call in the Worker's entry that hands the bindings on.
const HANDS_ON: (&str, &str) = ("wasm.fetch(request, env, ctx)", "wasm.fetch(request, withPlaces(env), ctx)");

/// Starts one, with its Worker in a folder that outlives it.
pub fn offered(folder: &Path) -> Result<Wardkey> {
    let tools = tools::for_testing()?;
    assemble::all(&tools)?;
    for entry in WalkDir::new(assemble::modules()) {
        let entry = entry?;
        let copy = folder.join(entry.path().strip_prefix(assemble::modules())?);
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(copy)?,
            false => fs::copy(entry.path(), copy).map(drop)?,
        }
    }
    let entry = folder.join("index.js");
    let text = fs::read_to_string(&entry)?;
    ensure!(text.contains(HANDS_ON.0), "the Worker's entry has changed");
    fs::write(entry, format!("{}\n{OFFERED}", text.replace(HANDS_ON.0, HANDS_ON.1)))?;
    Wardkey::of_programs(Programs { site: assemble::site(), modules: folder.to_owned() })
}
