//! Makes the help pages: Markdown in one template, as plain HTML beside the app that needs no program to be read.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use pulldown_cmark::{CowStr, Event, Parser, Tag, html};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use wire::{Language, help::HelpPage};

use crate::{minify, root, tools::Tools};

/// What the pages look like, as one file: whoever needs help waits for two answers, and not for four.
const STYLE: [&str; 3] = ["style/tokens.css", "style/base.css", "style/help.css"];
/// Hexadecimal digits of the digest that stand in a file's name.
const VERSION_DIGITS: usize = 16;

/// What stands around the pages in a language.
#[derive(Deserialize)]
struct Words {
    title: String,
    about: String,
    skip: String,
    language: String,
    others: String,
    every: String,
    open: String,
    this: String,
    copy: String,
    copied: String,
    question: String,
    yes: String,
    no: String,
    thanks: String,
    failed: String,
}

/// A page as it was written.
struct Article {
    page: HelpPage,
    markdown: String,
    title: String,
    /// The first paragraph.
    summary: String,
}

/// Writes the pages, and what they load, into the site's folder.
pub fn build(tools: &Tools, site: &Path) -> Result<()> {
    let mut css = String::new();
    for file in STYLE {
        css.push_str(&text(file)?);
    }
    let style = hashed(site, "help", "css", &minify::style(tools, &css)?)?;
    let script = hashed(site, "help", "js", &minify::script(tools, &text("public/help/help.js")?)?)?;
    let words = words()?;
    for language in Language::ALL {
        let words = words.get(language.tag()).with_context(|| format!("no words in {language:?}"))?;
        let articles = articles(language)?;
        let maker = Maker { language, words, articles: &articles, style: &style, script: &script };
        let folder = site.join("help").join(language.tag());
        fs::create_dir_all(&folder)?;
        for article in &articles {
            fs::write(folder.join(article.page.name()).with_extension("html"), maker.page(article)?)?;
        }
        fs::write(folder.with_extension("html"), maker.index()?)?;
    }
    // Whoever leaves the language out finds the menu with all of them.
    let first = site.join("help").join(Language::default().tag()).with_extension("html");
    fs::copy(first, site.join("help.html"))?;
    Ok(())
}

/// The pages of a language, in their order.
fn articles(language: Language) -> Result<Vec<Article>> {
    HelpPage::ALL.into_iter().map(|page| article(language, page)).collect()
}

fn article(language: Language, page: HelpPage) -> Result<Article> {
    let markdown = text(&format!("public/help/{}/{}.md", language.tag(), page.name()))?;
    let mut blocks = plain_blocks(&markdown).into_iter();
    let title = blocks.next().with_context(|| format!("{} is empty in {language:?}", page.name()))?;
    let summary = blocks.next().unwrap_or_default();
    Ok(Article { page, markdown, title, summary })
}

/// The words of each heading and paragraph.
fn plain_blocks(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Paragraph) => blocks.push(String::new()),
            Event::Text(words) | Event::Code(words) => {
                if let Some(block) = blocks.last_mut() {
                    block.push_str(&words);
                }
            }
            _ => {}
        }
    }
    blocks
}

/// Makes the pages of a language.
struct Maker<'a> {
    language: Language,
    words: &'a Words,
    articles: &'a [Article],
    style: &'a str,
    script: &'a str,
}

impl Maker<'_> {
    fn page(&self, article: &Article) -> Result<String> {
        let Words { this, copy, copied, question, yes, no, thanks, failed, .. } = self.words;
        let tools = filled(
            &text("public/help/tools.html")?,
            &[
                ("page", article.page.name()),
                ("this", &escaped(this)),
                ("copy", &escaped(copy)),
                ("copied", &escaped(copied)),
                ("question", &escaped(question)),
                ("yes", &escaped(yes)),
                ("no", &escaped(no)),
                ("thanks", &escaped(thanks)),
                ("failed", &escaped(failed)),
            ],
        );
        let script = format!("    <script type=\"module\" src=\"{}\"></script>\n", self.script);
        let mut content = String::new();
        html::push_html(&mut content, self.at_home(&article.markdown));
        let others = self.articles.iter().filter(|other| other.page != article.page);
        let links = self.links(others) + &link(&self.home(), &self.words.every) + &self.way_back();
        self.framed(&Frame {
            title: &article.title,
            summary: &article.summary,
            place: &format!("/{}", article.page.name()),
            script: &script,
            content: &content,
            tools: &tools,
            pages: &links,
        })
    }

    fn index(&self) -> Result<String> {
        let Words { title, about, .. } = self.words;
        let mut content = format!("<h1>{}</h1>\n<p>{}</p>\n", escaped(title), escaped(about));
        for article in self.articles {
            let path = article.page.path(self.language);
            let (title, summary) = (escaped(&article.title), escaped(&article.summary));
            content += &format!("<h2><a href=\"{path}\">{title}</a></h2>\n<p>{summary}</p>\n");
        }
        self.framed(&Frame {
            title,
            summary: about,
            place: "",
            script: "",
            content: &content,
            tools: "",
            pages: &self.way_back(),
        })
    }

    fn framed(&self, frame: &Frame<'_>) -> Result<String> {
        let languages = Language::ALL.map(|to| self.same_page(to, frame.place)).concat();
        Ok(filled(
            &text("public/help/page.html")?,
            &[
                ("title", &escaped(frame.title)),
                ("summary", &escaped(frame.summary)),
                ("style", self.style),
                ("script", frame.script),
                ("skip", &escaped(&self.words.skip)),
                ("help", &escaped(&self.words.title)),
                ("language", &escaped(&self.words.language)),
                ("languages", &languages),
                ("others", &escaped(&self.words.others)),
                ("pages", frame.pages),
                ("lang", self.language.tag()),
                ("tools", frame.tools),
                ("content", frame.content),
            ],
        ))
    }

    /// The link of the language menu to the same page in a language.
    fn same_page(&self, to: Language, place: &str) -> String {
        let (tag, name) = (to.tag(), own_name(to));
        let current = if to == self.language { " aria-current=\"page\"" } else { "" };
        format!(
            "          <li><a href=\"/help/{tag}{place}\" lang=\"{tag}\" hreflang=\"{tag}\"{current}>{name}</a></li>\n"
        )
    }

    fn links<'a>(&self, articles: impl Iterator<Item = &'a Article>) -> String {
        articles.map(|article| link(&article.page.path(self.language), &article.title)).collect()
    }

    fn way_back(&self) -> String {
        link("/", &self.words.open)
    }

    fn home(&self) -> String {
        format!("/help/{}", self.language.tag())
    }

    /// The page with the links to its neighbours, which it calls by their names, leading there from wherever it is shown.
    fn at_home<'a>(&self, markdown: &'a str) -> impl Iterator<Item = Event<'a>> {
        let home = self.home();
        Parser::new(markdown).map(move |event| match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) if !dest_url.starts_with('/') => {
                let dest_url = CowStr::from(format!("{home}/{dest_url}"));
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            other => other,
        })
    }
}

/// What a page is made of.
struct Frame<'a> {
    title: &'a str,
    summary: &'a str,
    /// Its place below the index of a language.
    place: &'a str,
    script: &'a str,
    content: &'a str,
    tools: &'a str,
    pages: &'a str,
}

fn link(path: &str, name: &str) -> String {
    format!("        <li><a href=\"{path}\">{}</a></li>\n", escaped(name))
}

/// What a language calls itself, as in the app's language menu.
fn own_name(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Ru => "Русский",
        Language::Fr => "Français",
    }
}

fn words() -> Result<BTreeMap<String, Words>> {
    Ok(toml::from_str(&text("public/help/words.toml")?)?)
}

/// A template with each `{name}` replaced. What is put in is not looked at again, for its places come last.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |page, (name, value)| page.replace(&format!("{{{name}}}"), value))
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writes a file whose name changes with what is in it, as the browser keeps it for ever. Gives its address.
fn hashed(site: &Path, name: &str, extension: &str, content: &str) -> Result<String> {
    let mut version: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    version.truncate(VERSION_DIGITS);
    let file = format!("{name}-{version}.{extension}");
    fs::write(site.join(&file), content)?;
    Ok(format!("/{file}"))
}

pub fn text(file: &str) -> Result<String> {
    let path: PathBuf = root().join(file);
    fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))
}

#[cfg(test)]
mod tests;
