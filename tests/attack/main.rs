//! `cargo xtask attack`: what somebody tries who means harm, against the real Worker in the real runtime, counted and timed.
//!
//! Each attack says which promise of PROMISES it goes for and what it must not find. One that finds something fails the whole.

mod bodies;
mod cookies;
mod cross_site;
mod crossing;
mod doors;
mod enumeration;
mod guesses;
mod host;
mod jar;
mod list;
mod names;
mod nasty;
mod outsiders;
mod pin;
mod raw;
mod starvation;
mod strays;
mod timing;
mod totp;
mod walk;

use std::process::ExitCode;

use wardkey_tests::{chance, harm, records};

#[tokio::main]
async fn main() -> ExitCode {
    harm::make_all("attack", list::FAMILIES).await
}
