//! Makes one file of the style sheets that the page names: nothing is drawn before the last of them is there, and each costs a
//! question, on the line as well as to the service worker.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{
    minify,
    split::{integrity, name},
    tools::Tools,
};

/// How Trunk begins what asks for a style sheet.
const LINK: &str = "<link rel=\"stylesheet\" href=\"/";

/// Puts one style sheet in the place of those of the page of a folder, in their order.
pub fn run(tools: &Tools, staging: &Path) -> Result<()> {
    let page = staging.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("{} can't be read", page.display()))?;
    let (rest, names) = without_styles(&html).context("a link to a style sheet does not end")?;
    ensure!(!names.is_empty(), "the page has no style sheets");
    let mut styles = String::new();
    for name in &names {
        let file = staging.join(name);
        let style = fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
        styles.push_str(&style);
        fs::remove_file(file)?;
    }
    let styles = minify::style(tools, &styles)?;
    let name = name("style", styles.as_bytes(), "css");
    let link = format!("{LINK}{name}\" integrity=\"{}\">", integrity(styles.as_bytes()));
    fs::write(staging.join(&name), &styles)?;
    Ok(fs::write(page, rest.replacen(LINK, &link, 1))?)
}

/// The page with the beginning of a link where the first of them stood, and the names of them all.
fn without_styles(html: &str) -> Option<(String, Vec<&str>)> {
    let (mut rest, mut names) = (String::new(), Vec::new());
    let mut parts = html.split(LINK);
    rest.push_str(parts.next()?);
    for part in parts {
        let (name, after) = part.split_once('"')?;
        let (_, after) = after.split_once('>')?;
        if names.is_empty() {
            rest.push_str(LINK);
        }
        names.push(name);
        rest.push_str(if names.len() > 1 { after.trim_start() } else { after });
    }
    Some((rest, names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn one_style_sheet_stands_in_the_place_of_the_first() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let page = folder.path().join("index.html");
        fs::write(
            &page,
            "<a>\n<link rel=\"stylesheet\" href=\"/b.css\" integrity=\"x\"/>\n\
             <link rel=\"stylesheet\" href=\"/a.css\" integrity=\"y\"/>\n<script src=\"/c.js\"></script>",
        )?;
        fs::write(folder.path().join("a.css"), "a { left: 0 }\n")?;
        fs::write(folder.path().join("b.css"), "b { top: 0 }\n")?;
        run(&tools::for_building()?, folder.path())?;

        let name = name("style", b"b{top:0}a{left:0}\n", "css");
        assert_eq!(fs::read_to_string(folder.path().join(&name))?, "b{top:0}a{left:0}\n");
        let link = format!("{LINK}{name}\" integrity=\"{}\">", integrity(b"b{top:0}a{left:0}\n"));
        assert_eq!(fs::read_to_string(page)?, format!("<a>\n{link}\n<script src=\"/c.js\"></script>"));
        assert!(!folder.path().join("a.css").exists());
        Ok(())
    }
}
