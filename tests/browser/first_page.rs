//! What somebody sees who opens Wardkey for the first time.

use anyhow::{Result, ensure};
use wardkey_tests::{Chrome, Screen, Wardkey};

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
