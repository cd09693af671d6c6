//! What breaks around a running Wardkey, the short way of each: `cargo xtask faults --long` does more of it.

use anyhow::{Context, Result};
use wardkey_tests::{
    faults,
    harm::{self, Harm},
};

#[tokio::test]
async fn ten_kills_lose_nothing_that_was_answered() -> Result<()> {
    all(&faults::kill::FAULTS).await
}

#[tokio::test]
async fn a_panic_hurts_one_request() -> Result<()> {
    all(&faults::panic::FAULTS).await
}

#[tokio::test]
async fn a_full_disk_refuses_what_must_be_written_and_nothing_else() -> Result<()> {
    all(&faults::disk::FAULTS).await
}

#[tokio::test]
async fn a_mail_api_that_fails_in_every_way_loses_and_doubles_no_mail() -> Result<()> {
    all(&faults::mail::FAULTS).await
}

#[tokio::test]
async fn a_clock_that_jumps_keeps_nobody_out_and_opens_nothing() -> Result<()> {
    all(&faults::clock::FAULTS).await
}

#[tokio::test]
async fn an_update_that_is_cut_short_is_whole_or_has_not_begun() -> Result<()> {
    all(&faults::migration::FAULTS).await
}

async fn all(family: &'static [Harm]) -> Result<()> {
    family.first().context("no fault")?;
    for fault in family {
        harm::must_hold(fault).await?;
    }
    Ok(())
}
