//! Puts the style sheets and the script that the page names into the page: each would cost a question on the line, and nothing can be
//! typed before the answers are there. The Content-Security-Policy names what stands there by its digest, and nothing else may.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::{minify, service_worker::HEADERS, tools::Tools};

/// How Trunk begins what asks for a style sheet.
const STYLE: &str = "<link rel=\"stylesheet\" href=\"/";
/// How it begins what asks for the script.
const SCRIPT: &str = "<script src=\"/";
/// Where the policy names their digests.
const PLACES: [&str; 2] = ["{style}", "{script}"];

/// Does it to the page of a folder, and to the headers that stand beside it.
pub fn run(tools: &Tools, staging: &Path) -> Result<()> {
    let page = staging.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("{} can't be read", page.display()))?;
    let (html, names) = without(&html, STYLE, ">").context("a link to a style sheet does not end")?;
    let style = minify::style(tools, &taken(staging, &names)?)?;
    let (html, names) = without(&html, SCRIPT, "</script>").context("a script does not end")?;
    let script = minify::bundle(tools, &taken(staging, &names)?)?;
    // The browser asks for what the head names while the style still comes, and the form stands before the script looks for it.
    let html = before(&html, "</head>", &format!("<style>{style}</style>"))?;
    let html = before(&html, "</body>", &format!("<script>{script}</script>"))?;
    fs::write(page, html)?;

    let file = staging.join(HEADERS);
    let mut headers =
        fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
    for (place, text) in PLACES.into_iter().zip([style, script]) {
        ensure!(headers.contains(place), "the policy has no place for {place}");
        headers = headers.replace(place, &format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text))));
    }
    Ok(fs::write(file, headers)?)
}

/// The page without what begins and ends so, and the names of the files that it asked for.
fn without(html: &str, begin: &str, end: &str) -> Option<(String, Vec<String>)> {
    let mut parts = html.split(begin);
    let (mut rest, mut names) = (parts.next()?.to_owned(), Vec::new());
    for part in parts {
        let (name, after) = part.split_once('"')?;
        let (_, after) = after.split_once(end)?;
        names.push(name.to_owned());
        rest.truncate(rest.trim_end().len());
        rest.push_str(after);
    }
    Some((rest, names))
}

/// The text of these files, which are there no more.
fn taken(staging: &Path, names: &[String]) -> Result<String> {
    ensure!(!names.is_empty(), "the page asks for nothing");
    let mut text = String::new();
    for name in names {
        let file = staging.join(name);
        let part = fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
        text.push_str(&part);
        fs::remove_file(file)?;
    }
    Ok(text)
}

fn before(html: &str, mark: &str, text: &str) -> Result<String> {
    let (head, rest) = html.rsplit_once(mark).with_context(|| format!("the page has no {mark}"))?;
    Ok([head, text, mark, rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn what_the_page_asked_for_stands_in_it_under_its_digest() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        fs::write(
            at("index.html"),
            "<head><title>x</title>\n<link rel=\"stylesheet\" href=\"/b.css\" integrity=\"x\"/>\n\
             <link rel=\"stylesheet\" href=\"/a.css\" integrity=\"y\"/>\n<script src=\"/c.js\" integrity=\"z\"></script>\n</head>\
             <body><p></p></body>",
        )?;
        fs::write(at("a.css"), "a { left: 0 }\n")?;
        fs::write(at("b.css"), "b { top: 0 }\n")?;
        fs::write(at("c.js"), "const long = 1;\nalert(long);\n")?;
        fs::write(at(HEADERS), "script-src '{script}'; style-src '{style}'")?;
        run(&tools::for_building()?, folder.path())?;

        let (style, script) = ("b{top:0}a{left:0}\n", "(()=>{alert(1);})();\n");
        assert_eq!(
            fs::read_to_string(at("index.html"))?,
            format!(
                "<head><title>x</title>\n<style>{style}</style></head><body><p></p><script>{script}</script></body>"
            )
        );
        let digest = |text: &str| format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)));
        assert_eq!(
            fs::read_to_string(at(HEADERS))?,
            format!("script-src '{}'; style-src '{}'", digest(script), digest(style))
        );
        for name in ["a.css", "b.css", "c.js"] {
            assert!(!at(name).exists(), "{name}");
        }
        Ok(())
    }
}
