//! Where the pictures are kept, and the sheet that shows all of them side by side.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

/// How the sheet looks: what is not chosen goes, and a picture is as large as one wants.
const STYLE: &str = include_str!("album.css");

/// What a run has left behind.
pub struct Album {
    /// The sheet.
    pub index: PathBuf,
    /// How many pictures were taken.
    pub pictures: usize,
    /// What is wrong, one line each.
    pub complaints: Vec<String>,
}

/// Where the pictures are kept.
pub fn folder() -> PathBuf {
    xtask::root().join("target/screens")
}

/// Writes the sheet for all pictures in a folder: `page-width-scheme-language.jpg`.
pub fn write_index(folder: &Path) -> Result<PathBuf> {
    let mut pages: BTreeMap<String, Vec<[String; 3]>> = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some((page, turn)) = parts(&name) {
            pages.entry(page).or_default().push(turn);
        }
    }
    let mut body = String::new();
    for (kind, place) in [("width", 0), ("scheme", 1), ("language", 2)] {
        let all: BTreeSet<&str> = pages.values().flatten().map(|turn| turn[place].as_str()).collect();
        let choices = std::iter::once("all").chain(all).map(|choice| {
            let checked = if choice == "all" { " checked" } else { "" };
            format!(
                "<label><input type=radio name={kind} value={choice} id={kind}-{choice}{checked}>{choice}</label>"
            )
        });
        body.push_str(&format!(
            "<fieldset><legend>{kind}</legend>{}</fieldset>\n",
            choices.collect::<String>()
        ));
    }
    let mut hides = String::new();
    for [width, scheme, language] in pages.values().flatten().collect::<BTreeSet<_>>() {
        for (kind, choice) in [("width", width), ("scheme", scheme), ("language", language)] {
            let rule = format!(
                "body:has(#{kind}-{choice}:checked) figure:not([data-{kind}='{choice}']) {{ display: none }}\n"
            );
            if !hides.contains(&rule) {
                hides.push_str(&rule);
            }
        }
    }
    for (page, turns) in &mut pages {
        turns.sort();
        let figures = turns.iter().map(|[width, scheme, language]| {
            let file = format!("{page}-{width}-{scheme}-{language}.jpg");
            format!(
                "<figure data-width={width} data-scheme={scheme} data-language={language}><a href={file}>\
                 <img src={file} loading=lazy alt=\"\"></a><figcaption>{width} {scheme} {language}</figcaption></figure>\n"
            )
        });
        body.push_str(&format!(
            "<section><h2 id={page}>{page}</h2>\n{}</section>\n",
            figures.collect::<String>()
        ));
    }
    let index = folder.join("index.html");
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Wardkey, every screen</title>\n<style>\n{STYLE}{hides}</style>\n{body}"
    );
    fs::write(&index, page)?;
    Ok(index)
}

fn parts(name: &str) -> Option<(String, [String; 3])> {
    let stem = name.strip_suffix(".jpg")?;
    let mut parts = stem.rsplitn(4, '-').map(str::to_owned);
    let (language, scheme, width, page) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some((page, [width, scheme, language]))
}
