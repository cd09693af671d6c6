//! What ships is no heavier than we said.

use anyhow::{Result, ensure};
use wardkey_tests::Wardkey;
use xtask::sizes::{self, APP_BROTLI_BYTES_MAX, SIGN_IN_BROTLI_BYTES_MAX};

#[tokio::test]
async fn the_app_keeps_to_its_budget_of_bytes() -> Result<()> {
    // Starting it builds the app.
    Wardkey::shared()?;
    let (sign_in, app) = (sizes::sign_in()?, sizes::app()?);
    ensure!(
        sign_in.brotli <= SIGN_IN_BROTLI_BYTES_MAX,
        "the sign-in: {sign_in:?}, at most {SIGN_IN_BROTLI_BYTES_MAX} with brotli"
    );
    ensure!(app.brotli <= APP_BROTLI_BYTES_MAX, "{app:?}, at most {APP_BROTLI_BYTES_MAX} with brotli");
    // All of it in one would be no less: the parts are what makes the difference.
    ensure!(sign_in.brotli * 2 < app.brotli, "the sign-in is no part of the app: {sign_in:?} of {app:?}");
    Ok(())
}
