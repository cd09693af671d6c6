//! What the project's commands are made of. The tests start Wardkey through the same parts as `cargo xtask run` does.

pub mod api_reference;
pub mod archive;
pub mod assemble;
pub mod audit;
pub mod bench;
pub mod browser;
mod built;
pub mod children;
pub mod debian;
pub mod demo;
pub mod deploy_check;
pub mod doctor;
pub mod finish;
pub mod fresh;
pub mod fuzz;
pub mod harm;
pub mod home;
pub mod key;
pub mod log_key;
pub mod mail_provider;
pub mod mailbox;
pub mod metrics_key;
pub mod mutants;
pub mod observatory;
pub mod older;
pub mod operator;
pub mod progress;
mod promises;
pub mod prove;
pub mod ratio;
pub mod release;
pub mod run;
pub mod runtime;
pub mod screens;
pub mod service_worker;
pub mod settings;
pub mod simulate;
pub mod sizes;
pub mod suite;
pub mod tools;
pub mod verify_log;
pub mod wrangler;

mod desk;
mod edge;
mod first_form;
mod help;
mod languages;
mod mailbox_page;
mod minify;
mod one_page;
mod split;
mod stand;
mod webdriver;
mod workerd_config;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// What cargo tells the programs that it starts, and what has crates built anew where it reaches another cargo: some build scripts
/// look at it.
const TOLD_BY_CARGO: &str = "CARGO_MANIFEST_DIR";

/// Cargo, in the project's root, as if somebody had called it by hand.
pub fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root()).env_remove(TOLD_BY_CARGO);
    command
}
