//! What ships: no heavier than we said, and without what is only for measuring.

use anyhow::{Result, ensure};
use wardkey_tests::{Client, Wardkey};
use xtask::{
    bench,
    sizes::{self, APP_WASM_GZIP_BYTES_MAX},
};

#[tokio::test]
async fn the_app_keeps_to_its_budget_of_bytes() -> Result<()> {
    // Starting it builds the app.
    Wardkey::shared()?;
    let size = sizes::app_wasm()?;
    ensure!(size.gzip <= APP_WASM_GZIP_BYTES_MAX, "{size:?}, at most {APP_WASM_GZIP_BYTES_MAX} with gzip");
    Ok(())
}

#[tokio::test]
async fn nobody_can_make_the_product_hash_for_the_asking() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    for method in [reqwest::Method::GET, reqwest::Method::POST] {
        let reply = client.send(method, bench::HASH_PATH, &[], None).await?;
        ensure!(reply.status == 404, "{reply:?}");
    }
    Ok(())
}
