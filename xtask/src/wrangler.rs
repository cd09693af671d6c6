//! Reads wrangler.toml, so that the Worker here and the deployed one are configured in one place.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::root;

/// What we need of wrangler.toml.
#[derive(Deserialize)]
pub struct Wrangler {
    /// The date that fixes the runtime's behaviour.
    pub compatibility_date: String,
    /// The rules of the site's files.
    pub assets: Assets,
    /// The Durable Objects.
    pub durable_objects: DurableObjects,
}

/// How requests are shared out between files and Worker.
#[derive(Deserialize)]
pub struct Assets {
    /// The Worker's name for the files.
    pub binding: String,
    /// What a path without a file gets.
    pub not_found_handling: String,
    /// Paths that go to the Worker, whatever files there are.
    pub run_worker_first: Vec<String>,
}

/// The Durable Objects.
#[derive(Deserialize)]
pub struct DurableObjects {
    /// One a class.
    pub bindings: Vec<DurableObject>,
}

/// A class of Durable Objects.
#[derive(Deserialize)]
pub struct DurableObject {
    /// The Worker's name for it.
    pub name: String,
    /// The class that the Worker exports.
    pub class_name: String,
}

/// Reads wrangler.toml.
pub fn read() -> Result<Wrangler> {
    let text =
        std::fs::read_to_string(root().join("wrangler.toml")).context("wrangler.toml can't be read")?;
    toml::from_str(&text).context("wrangler.toml is not what we expect")
}
