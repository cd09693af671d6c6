//! What somebody sees who opens Wardkey for the first time.

use anyhow::{Result, ensure};
use serde_json::json;
use wardkey_tests::{Chrome, Screen, Wardkey};

/// What stands in the same place before and after.
const SHAPES: [&str; 5] = [".card", "h1", ".about", ".field input", ".field + .field input"];
/// CSS pixels that anything may differ by: rounding, no more.
const JUMP_PX_MAX: f64 = 1.0;

#[tokio::test]
async fn step_one_stands_there_without_a_barrier() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    for screen in [Screen::Computer, Screen::Phone] {
        let session = Chrome::shared().await?.open(screen).await?;
        session.go(wardkey.origin()).await?;
        session.heading("Computer authorization").await?;
        session.field("Username").await?;
        session.field("Password").await?;
        session.button("Continue").await?;
        let barriers = session.barriers().await?;
        ensure!(barriers.is_empty(), "{screen:?}: {barriers:#?}");
        session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn nothing_jumps_when_the_app_starts() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    for screen in [Screen::Computer, Screen::Phone] {
        let session = Chrome::shared().await?.open(screen).await?;
        // What arrives first, for as long as the app is on its way.
        session.devtools("Network.enable", json!({})).await?;
        session.devtools("Network.setBlockedURLs", json!({ "urls": ["*/boot-*.js"] })).await?;
        session.go(wardkey.origin()).await?;
        let tops = async |selectors: [&str; 5]| -> Result<Vec<f64>> {
            let script = "return arguments[0].map(selector => document.querySelector(selector).getBoundingClientRect().top)";
            Ok(session.driver.execute(script, vec![json!(selectors)]).await?.convert()?)
        };
        let before = tops(SHAPES).await?;
        // Errors of the page from here on are ours; those of the blocked file are the test's.
        session.page_errors().await?;
        session.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
        session.driver.refresh().await?;
        session.heading("Computer authorization").await?;
        let after = tops(SHAPES).await?;
        let jump =
            before.iter().zip(&after).map(|(before, after)| (before - after).abs()).fold(0.0, f64::max);
        ensure!(jump <= JUMP_PX_MAX, "{screen:?}: {before:?} became {after:?}");
        session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn without_its_app_or_its_sentences_the_page_says_so() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let session = Chrome::shared().await?.open(Screen::Phone).await?;
    session.devtools("Network.enable", json!({})).await?;
    for file in ["*.wasm", "*/texts/*"] {
        session.devtools("Network.setBlockedURLs", json!({ "urls": [file] })).await?;
        session.go(wardkey.origin()).await?;
        for sentence in [
            "Wardkey could not be loaded.",
            "Не удалось загрузить Wardkey.",
            "Wardkey n’a pas pu être chargé.",
        ] {
            session.sees(sentence).await?;
        }
        let barriers = session.barriers().await?;
        ensure!(barriers.is_empty(), "{file}: {barriers:#?}");
    }
    // Errors of the page until here are those of the blocked files.
    session.page_errors().await?;
    session.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    session.press("Réessayer").await?;
    session.heading("Computer authorization").await?;
    session.close().await
}
