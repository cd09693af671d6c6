//! `cargo xtask faults`: what breaks around a running Wardkey, done to the real Worker in the real runtime: it is killed, its disk
//! is full, the mail API fails, the clock jumps, an update is cut short.
//!
//! Each fault says which promise of PROMISES it goes for and what it must not find. One that finds something fails the whole.

use std::process::ExitCode;

use wardkey_tests::{faults, harm};

#[tokio::main]
async fn main() -> ExitCode {
    harm::make_all("faults", faults::FAMILIES).await
}
