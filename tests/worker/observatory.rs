//! Mozilla's Observatory, which we did not write, gives pages, replies and cookies its best mark.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Wardkey};
use xtask::observatory;

#[test]
fn mozillas_observatory_gives_its_best_mark() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    for mark in observatory::judge(clinic.wardkey.origin(), clinic.computer("Reception 1")?)? {
        ensure!(mark.is_best(), "{mark}");
    }
    Ok(())
}
