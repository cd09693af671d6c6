//! What the project's commands are made of. The tests start Wardkey through the same parts as `cargo xtask run` does.

pub mod assemble;
pub mod bench;
pub mod browser;
pub mod children;
pub mod demo;
pub mod log_key;
pub mod mailbox;
pub mod operator;
pub mod progress;
pub mod run;
pub mod runtime;
pub mod settings;
pub mod sizes;
pub mod suite;
pub mod tools;
pub mod verify_log;
pub mod wrangler;

mod desk;
mod long_log;
mod mailbox_page;
mod many_clinics;
mod ratio;
mod typing;
mod webdriver;

use std::path::{Path, PathBuf};

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
