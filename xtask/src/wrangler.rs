//! Reads wrangler.toml, so that the Worker here and the deployed one are configured in one place.

use std::collections::BTreeMap;

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
    /// When their classes came.
    pub migrations: Vec<Migration>,
    /// Where it is deployed to.
    pub env: BTreeMap<String, Place>,
}

/// A step of the classes of Durable Objects.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Migration {
    /// Its name.
    pub tag: String,
    /// The classes that came with it.
    #[serde(default)]
    pub new_sqlite_classes: Vec<String>,
    /// What became of others, such as a new name. It is told from what it was, and not read.
    #[serde(flatten)]
    pub others: toml::Table,
}

/// Where it is deployed to, with what is not inherited.
#[derive(Deserialize)]
pub struct Place {
    /// The Worker's variables.
    pub vars: BTreeMap<String, String>,
    /// Its secrets.
    pub secrets: Secrets,
    /// The Durable Objects.
    pub durable_objects: DurableObjects,
    /// What limits how often something is asked for.
    #[serde(default)]
    pub ratelimits: Vec<RateLimit>,
    /// Where people open it.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// Whether the platform's own address opens it as well; it does unless it is told not to.
    #[serde(default = "yes")]
    pub workers_dev: bool,
    /// Whether each version has an address of its own.
    #[serde(default)]
    pub preview_urls: bool,
}

fn yes() -> bool {
    true
}

/// The Worker's secrets.
#[derive(Deserialize)]
pub struct Secrets {
    /// Without these a deployment is refused.
    pub required: Vec<String>,
}

/// What limits how often something is asked for.
#[derive(Deserialize)]
pub struct RateLimit {
    /// The Worker's name for it.
    pub name: String,
    /// How often, in how long.
    pub simple: Limit,
}

/// How often, in how long.
#[derive(Deserialize)]
pub struct Limit {
    /// So often.
    pub limit: u32,
    /// In so many seconds.
    pub period: u32,
}

/// Where people open it.
#[derive(Deserialize)]
pub struct Route {
    /// The host.
    pub pattern: String,
    /// Whether the platform looks after its name and certificate.
    #[serde(default)]
    pub custom_domain: bool,
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

/// The version of wrangler that a deployment is tried with, and that the guide names.
pub fn version() -> Result<String> {
    let path = root().join("xtask/wrangler/package.json");
    let text = std::fs::read_to_string(path).context("xtask/wrangler/package.json can't be read")?;
    let list: serde_json::Value = serde_json::from_str(&text)?;
    list["dependencies"]["wrangler"].as_str().map(str::to_owned).context("it names no wrangler")
}

#[cfg(test)]
mod tests {
    use walkdir::WalkDir;

    use super::*;

    /// Without a version `npx` fetches the newest one, which nobody has tried.
    #[test]
    fn the_documents_deploy_with_the_wrangler_that_is_tried() {
        let tried = format!("wrangler@{} ", version().expect("a version"));
        let mut found = 0;
        for (folder, depth) in [("", 1), ("docs", usize::MAX)] {
            for entry in WalkDir::new(root().join(folder)).max_depth(depth).into_iter().flatten() {
                let path = entry.path();
                if !path.extension().is_some_and(|extension| extension == "md" || extension == "toml") {
                    continue;
                }
                let text = std::fs::read_to_string(path).expect("a text");
                for called in text.split("npx ").skip(1).filter(|called| called.contains("wrangler")) {
                    let called = called.lines().next().unwrap_or_default();
                    let other = called.starts_with("wrangler") && !called.starts_with(&tried);
                    assert!(!other, "{}: npx {called}", path.display());
                    found += usize::from(called.starts_with(&tried));
                }
            }
        }
        assert!(found > 5, "only {found}: the guide deploys in another way now");
    }
}
