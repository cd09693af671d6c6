//! The help pages, which are in three languages and are not turned into another by a menu.

use anyhow::Result;
use wardkey_tests::{Chrome, Screen};
use wire::{Language, help::HelpPage};

use super::Stage;

pub const PAGES: &[&str] = &["help-en", "help-ru", "help-fr", "help-menu"];

/// Somebody reads.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    for (language, page) in Language::ALL.into_iter().zip(PAGES) {
        at.driver.goto(format!("{}{}", stage.wardkey.origin(), HelpPage::Locked.path(language))).await?;
        stage.camera.shoot(&at, page).await?;
    }
    at.driver.goto(format!("{}/help", stage.wardkey.origin())).await?;
    stage.camera.shoot(&at, "help-menu").await?;
    at.close().await
}
