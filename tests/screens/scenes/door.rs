//! What stands there before the app, and what stands there when it does not arrive.

use anyhow::Result;
use serde_json::json;
use wardkey_tests::{Chrome, Screen};

use super::Stage;

pub const PAGES: &[&str] = &["first-form", "unreachable"];

/// A browser that does not get all of its files.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    // The program is on its way, for as long as one looks.
    at.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*/program-*.js" }] })).await?;
    at.driver.goto(stage.wardkey.origin()).await?;
    at.sees("Step 1 of 3").await?;
    stage.camera.shoot(&at, "first-form").await?;
    at.devtools("Fetch.disable", json!({})).await?;

    at.devtools("Network.enable", json!({})).await?;
    at.devtools("Network.setBlockedURLs", json!({ "urls": ["*.wasm"] })).await?;
    at.go(stage.wardkey.origin()).await?;
    at.sees("Wardkey could not be loaded.").await?;
    // What is said of the blocked files is the camera's own doing.
    at.page_errors().await?;
    stage.camera.shoot(&at, "unreachable").await?;
    at.close().await
}
