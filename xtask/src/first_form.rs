//! Puts the first form into the page in every language: it can be typed into before the app runs.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use wire::{Language, help::HelpPage};

use crate::{
    help::{escaped, text},
    languages::{self, Tongue},
    service_worker,
};

/// What the forms take the place of.
const PLACE: &str = "<template id=\"first-forms\"></template>";
/// Step 1, of so many steps as the sentence says.
const STEP: &str = "1";

/// Writes the forms into the page of a folder. As text, for one of them alone is read.
pub fn run(staging: &Path) -> Result<()> {
    let page = staging.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("{} can't be read", page.display()))?;
    ensure!(html.contains(PLACE), "the page has no place for the first forms");
    let form = text("app/first_form.html")?;
    let (_, form) = form.split_once("-->").context("the first form does not say why it exists")?;
    // The app draws no blanks between elements.
    let form: String = form.lines().map(str::trim).collect();
    let tongues = languages::all()?;
    let menu: String = tongues.iter().map(option).collect::<Result<_>>()?;
    let forms = tongues.iter().map(|tongue| in_language(&form, tongue, &menu));
    let forms = forms.collect::<Result<String>>()?;
    Ok(fs::write(page, html.replace(PLACE, &forms))?)
}

/// A line of the language menu.
fn option(tongue: &Tongue) -> Result<String> {
    let (tag, name) = (&tongue.tag, escaped(tongue.sentence("language.name")?));
    Ok(format!("<option value=\"{tag}\" lang=\"{tag}\">{name}</option>"))
}

fn in_language(form: &str, tongue: &Tongue, menu: &str) -> Result<String> {
    let tag = &tongue.tag;
    // Help pages are texts of their own, and may be in fewer languages.
    let help = HelpPage::SigningIn.path(Language::from_tag(tag).unwrap_or_default());
    let mut filled = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        let (key, after) = after.split_once('}').context("a brace of the first form closes nothing")?;
        filled.push_str(before);
        match key {
            "languages" => filled.push_str(menu),
            "help.path" => filled.push_str(&help),
            "sign_in.progress" => filled.push_str(&escaped(&tongue.sentence(key)?.replace("{0}", STEP))),
            "help.link" => {
                let title = tongue.sentence("help.signing_in")?;
                filled.push_str(&escaped(&tongue.sentence(key)?.replace("{0}", title)));
            }
            _ => filled.push_str(&escaped(tongue.sentence(key)?)),
        }
        rest = after;
    }
    filled.push_str(rest);
    let title = escaped(tongue.sentence("sign_in.computer_title")?);
    let direction = tongue.sentence("language.direction")?;
    // As `app/build.rs` has it, so that what is fetched beforehand is what the app asks for.
    let file = Sha256::digest(&tongue.messages);
    let (version, integrity) = (service_worker::version_of(&file), BASE64_STANDARD.encode(file));
    Ok(format!(
        "<script type=\"text/html\" id=\"first-{tag}\" lang=\"{tag}\" dir=\"{direction}\" title=\"{title} · Wardkey\" \
         data-sentences=\"/texts/{tag}.txt?v={version}\" data-integrity=\"sha256-{integrity}\">{filled}</script>"
    ))
}
