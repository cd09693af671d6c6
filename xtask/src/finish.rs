//! What Trunk has no step for. It calls this with what it has built (`Trunk.toml`), before that takes the place of the last build.

use std::path::Path;

use anyhow::Result;

use crate::{first_form, help, languages, one_page, service_worker, split, tools::Tools};

/// Finishes the app in the folder in which Trunk has put it.
pub fn run(tools: &Tools, staging: &Path) -> Result<()> {
    split::run(tools, staging)?;
    languages::copy(staging)?;
    first_form::run(staging)?;
    one_page::run(tools, staging)?;
    help::build(tools, staging)?;
    // It lists what the others have made.
    service_worker::run(staging)
}
