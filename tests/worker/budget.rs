//! What ships is no heavier than we said.

use anyhow::{Result, ensure};
use wardkey_tests::Wardkey;
use xtask::sizes::{self, APP_WASM_GZIP_BYTES_MAX};

#[tokio::test]
async fn the_app_keeps_to_its_budget_of_bytes() -> Result<()> {
    // Starting it builds the app.
    Wardkey::shared()?;
    let size = sizes::app_wasm()?;
    ensure!(size.gzip <= APP_WASM_GZIP_BYTES_MAX, "{size:?}, at most {APP_WASM_GZIP_BYTES_MAX} with gzip");
    Ok(())
}
