//! Holds the lines of the layout: who depends on whom, and what stands where.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::Value;
use walkdir::WalkDir;

/// What each of ours may depend on among ours. `clinic` and `wire` have nothing that knows a clock, chance or a network.
const MAY_USE: [(&str, &[&str]); 7] = [
    ("wardkey-app", &["wardkey-wire"]),
    ("wardkey-clinic", &["wardkey-wire"]),
    ("wardkey-keeper", &["wardkey-clinic", "wardkey-wire"]),
    ("wardkey-tests", &["wardkey-clinic", "wardkey-wire", "xtask"]),
    ("wardkey-wire", &[]),
    ("wardkey-worker", &["wardkey-clinic", "wardkey-wire"]),
    ("xtask", &["wardkey-wire"]),
];

/// What no part of `clinic` or `wire` reaches, however far away.
const NOT_PURE: [&str; 12] = [
    "fastrand",
    "getrandom",
    "gloo-net",
    "hyper",
    "js-sys",
    "mio",
    "rand",
    "reqwest",
    "tokio",
    "wasm-bindgen",
    "web-sys",
    "worker",
];

#[test]
fn dependencies_run_one_way() -> Result<()> {
    let metadata = metadata()?;
    let packages = packages(&metadata)?;
    let ours: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in MAY_USE {
        let package = packages.values().find(|package| package["name"] == name).context(name)?;
        for dependency in array(package, "dependencies")? {
            let used = dependency["name"].as_str().unwrap_or_default();
            // A package may name itself, to give its tests more features.
            let fine = used == name || !ours.contains(used) || allowed.contains(&used);
            ensure!(fine, "{name} must not depend on {used}");
        }
    }
    Ok(())
}

#[test]
fn a_clinic_knows_no_clock_no_chance_and_no_network() -> Result<()> {
    let metadata = metadata()?;
    let packages = packages(&metadata)?;
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in array(&metadata["resolve"], "nodes")? {
        let shipped = array(node, "deps")?.iter().filter(|dependency| {
            // Neither the tests' nor build scripts' dependencies ship.
            dependency["dep_kinds"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        });
        edges.insert(
            node["id"].as_str().context("id")?,
            shipped.filter_map(|dependency| dependency["pkg"].as_str()).collect(),
        );
    }
    for root in ["wardkey-clinic", "wardkey-wire"] {
        let mut open: Vec<&str> =
            packages.iter().filter(|(_, package)| package["name"] == root).map(|(id, _)| *id).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let name = packages[id]["name"].as_str().unwrap_or_default();
            ensure!(!NOT_PURE.contains(&name), "{root} reaches {name}");
            open.extend(edges.get(id).into_iter().flatten());
        }
    }
    Ok(())
}

#[test]
fn sql_stands_in_the_records_alone() -> Result<()> {
    let sql =
        ["SELECT ", "INSERT INTO ", "INSERT OR ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "ALTER TABLE "];
    each_line(&["app/src", "clinic/src", "xtask/keeper/src", "wire/src", "worker/src"], |path, line| {
        let allowed = ["clinic/src/records", "clinic/src/desk/records", "clinic/src/testing"];
        allowed.iter().any(|folder| path.starts_with(folder))
            || !literals(line).any(|text| sql.iter().any(|word| text.starts_with(word)))
    })
}

#[test]
fn the_app_fetches_in_one_file() -> Result<()> {
    each_line(&["app/src"], |path, line| {
        path == Path::new("app/src/api.rs")
            || !["gloo_net", ".fetch_with_", "XmlHttpRequest"].iter().any(|word| line.contains(word))
    })
}

#[test]
fn the_clock_and_chance_are_read_in_one_file() -> Result<()> {
    let sources = ["Date::now", "SystemTime::now", "Instant::now", "getrandom::", "Math::random", "random()"];
    each_line(&["clinic/src", "wire/src", "worker/src"], |path, line| {
        path == Path::new("worker/src/world.rs") || !sources.iter().any(|word| line.contains(word))
    })
}

#[test]
fn sentences_stand_in_the_texts_alone() -> Result<()> {
    each_line(&["app/src", "worker/src"], |path, line| {
        let shown = path.starts_with("app/src/pages") || path.starts_with("app/src/components");
        let cyrillic = literals(line).any(|text| text.chars().any(|symbol| ('а'..='я').contains(&symbol)));
        let sentence = shown && literals(line).any(is_sentence);
        path.starts_with("app/src/texts") || !(cyrillic || sentence)
    })
}

#[test]
fn the_trial_build_is_for_benchmarks_and_tests_alone() -> Result<()> {
    let may = ["xtask/src/assemble.rs", "xtask/src/bench/mod.rs", "xtask/src/prove.rs", "xtask/src/suite.rs"];
    each_line(&["xtask/src"], |path, line| {
        let named = ["trial_worker", "trial_modules"].iter().any(|name| line.contains(name));
        !named || may.iter().any(|file| path == Path::new(file))
    })?;
    let metadata = metadata()?;
    let packages = packages(&metadata)?;
    let worker =
        packages.values().find(|package| package["name"] == "wardkey-worker").context("no Worker")?;
    ensure!(worker["features"]["trial"].is_array(), "the feature has another name: {}", worker["features"]);
    ensure!(worker["features"]["default"].is_null(), "the Worker has features that nobody asked for");
    Ok(())
}

#[test]
fn every_file_says_why_it_exists() -> Result<()> {
    for path in sources(&[
        "app/src",
        "clinic/src",
        "xtask/keeper/src",
        "tests",
        "wire/src",
        "worker/src",
        "xtask/src",
    ]) {
        let text = fs::read_to_string(root().join(&path))?;
        ensure!(text.starts_with("//! "), "{} does not open with a `//!` sentence", path.display());
    }
    Ok(())
}

#[test]
fn every_link_of_a_page_leads_somewhere_and_every_page_is_led_to() -> Result<()> {
    let pages = pages()?;
    let mut led_to: BTreeSet<PathBuf> = BTreeSet::from([root().join("README.md")]);
    for (path, page) in &pages {
        for link in page.links.iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let beside = path.parent().context("a page in no folder")?.join(file);
            let target = if file.is_empty() { path.clone() } else { beside };
            let target = target.canonicalize().with_context(|| format!("{}: {link}", path.display()))?;
            let known = pages.get(&target).is_none_or(|page| page.places.contains(place));
            ensure!(place.is_empty() || known, "{}: {link} leads to no heading", path.display());
            if target != *path {
                led_to.insert(target);
            }
        }
    }
    for path in pages.keys() {
        ensure!(led_to.contains(path), "no page leads to {}", path.display());
    }
    Ok(())
}

/// What a page says of other places, and the places in it.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    places: BTreeSet<String>,
}

/// The pages for people who build or run it, each at its whole path.
fn pages() -> Result<BTreeMap<PathBuf, Page>> {
    let files = [(".", 1), ("docs", usize::MAX)]
        .into_iter()
        .flat_map(|(folder, depth)| WalkDir::new(root().join(folder)).max_depth(depth))
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "md"));
    files.map(|entry| Ok((entry.path().canonicalize()?, page(&fs::read_to_string(entry.path())?)))).collect()
}

fn page(text: &str) -> Page {
    let mut page = Page::default();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.into_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                page.places.extend(heading.take().map(|heading| place(&heading)));
            }
            _ => {}
        }
    }
    page
}

/// What a heading is called in a link, as GitHub makes it.
fn place(heading: &str) -> String {
    let kept = |symbol: &char| symbol.is_alphanumeric() || ['-', '_', ' '].contains(symbol);
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

/// A capital, then at least two more words: nothing that a class or a path looks like.
fn is_sentence(text: &str) -> bool {
    let mut words = text.split(' ');
    let capital =
        words.next().is_some_and(|word| word.starts_with(|symbol: char| symbol.is_ascii_uppercase()));
    let plain = |word: &str| {
        !word.is_empty() && word.chars().all(|symbol| symbol.is_alphabetic() || ",.?!'’".contains(symbol))
    };
    capital && words.clone().count() >= 1 && words.all(plain)
}

/// What stands in quotes on a line; escaped quotes end nothing.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    let code = if line.trim_start().starts_with("//") { "" } else { line };
    code.split('"').skip(1).step_by(2)
}

fn each_line(folders: &[&str], holds: impl Fn(&Path, &str) -> bool) -> Result<()> {
    for path in sources(folders) {
        let text = fs::read_to_string(root().join(&path))?;
        // Tests stand last in a file and may say what they like.
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in shipped.lines().enumerate() {
            ensure!(holds(&path, line), "{}:{}: {}", path.display(), number + 1, line.trim());
        }
    }
    Ok(())
}

fn sources(folders: &[&str]) -> Vec<PathBuf> {
    let files = folders.iter().flat_map(|folder| WalkDir::new(root().join(folder)).sort_by_file_name());
    files
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|entry| entry.path().strip_prefix(root()).ok().map(Path::to_owned))
        .collect()
}

fn root() -> &'static Path {
    xtask::root()
}

fn metadata() -> Result<Value> {
    let output =
        Command::new("cargo").args(["metadata", "--format-version=1"]).current_dir(root()).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn packages(metadata: &Value) -> Result<BTreeMap<&str, &Value>> {
    array(metadata, "packages")?
        .iter()
        .map(|package| Ok((package["id"].as_str().context("id")?, package)))
        .collect()
}

fn array<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    value[name].as_array().with_context(|| format!("no {name} in cargo's metadata"))
}
