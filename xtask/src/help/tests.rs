//! What the help pages say is held to what stands on the screen: names, titles, links, in every language.

use std::collections::BTreeSet;

use pulldown_cmark::TagEnd;
use tempfile::TempDir;

use super::*;
use crate::tools;

/// Pages of the app that a help page may lead to.
const APP_PAGES: [&str; 1] = ["/verify"];
/// A page that takes longer to read is read by nobody who is stuck.
const WORDS_MAX: usize = 250;

/// What is marked up in a page: what is bold, where links lead, how many headings there are.
#[derive(Default)]
struct Marks {
    names: Vec<String>,
    links: Vec<String>,
    headings: usize,
    steps: usize,
}

fn marks(markdown: &str) -> Marks {
    let mut marks = Marks::default();
    let mut bold = false;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Strong) => {
                bold = true;
                marks.names.push(String::new());
            }
            Event::End(TagEnd::Strong) => bold = false,
            Event::Text(words) if bold => marks.names.last_mut().unwrap().push_str(&words),
            Event::Start(Tag::Link { dest_url, .. }) => marks.links.push(dest_url.to_string()),
            Event::Start(Tag::Heading { .. }) => marks.headings += 1,
            Event::Start(Tag::Item) => marks.steps += 1,
            _ => {}
        }
    }
    marks
}

/// The sentences of the app in a language, with their keys.
fn sentences(language: Language) -> Vec<(String, String)> {
    let file = text(&format!("app/src/texts/{}.txt", language.tag())).unwrap();
    let entries = file.lines().filter_map(|line| line.split_once(" = "));
    entries.map(|(key, words)| (key.to_owned(), words.to_owned())).collect()
}

#[test]
fn each_page_is_there_in_every_language_with_the_same_parts() {
    for page in HelpPage::ALL {
        let shapes: BTreeSet<_> = Language::ALL
            .into_iter()
            .map(|language| {
                let Marks { names, links, headings, steps } =
                    marks(&article(language, page).unwrap().markdown);
                (names.len(), links.join(" "), headings, steps)
            })
            .collect();
        assert_eq!(shapes.len(), 1, "{page:?}: {shapes:?}");
    }
}

#[test]
fn what_is_bold_stands_so_on_the_screen() {
    for language in Language::ALL {
        let sentences: BTreeSet<String> = sentences(language).into_iter().map(|(_, words)| words).collect();
        for article in articles(language).unwrap() {
            for name in marks(&article.markdown).names {
                assert!(sentences.contains(&name), "{language:?} {:?}: **{name}**", article.page);
            }
        }
    }
}

#[test]
fn the_app_calls_a_page_by_its_title() {
    for language in Language::ALL {
        let sentences: BTreeMap<String, String> = sentences(language).into_iter().collect();
        for article in articles(language).unwrap() {
            let key = format!("help.{}", article.page.name().replace('-', "_"));
            assert_eq!(sentences.get(&key), Some(&article.title), "{language:?}");
        }
    }
}

#[test]
fn links_lead_to_pages_and_bear_their_titles() {
    for language in Language::ALL {
        let articles = articles(language).unwrap();
        for article in &articles {
            for link in marks(&article.markdown).links {
                let page = articles.iter().find(|other| other.page.name() == link);
                assert!(page.is_some() || APP_PAGES.contains(&link.as_str()), "{language:?}: {link}");
                if let Some(page) = page {
                    let called = format!("[{}]({link})", page.title);
                    assert!(article.markdown.contains(&called), "{language:?} {:?}: {called}", article.page);
                }
            }
        }
    }
}

#[test]
fn a_page_is_short_and_french_points_stand_where_they_should() {
    for language in Language::ALL {
        for Article { page, markdown, .. } in articles(language).unwrap() {
            let is_word = |word: &&str| word.contains(char::is_alphanumeric);
            let words = markdown.split_whitespace().filter(is_word).count();
            assert!((120..=WORDS_MAX).contains(&words), "{language:?} {page:?}: {words} words");
            if language == Language::Fr {
                for (place, point) in markdown.match_indices([';', ':', '!', '?', '»']) {
                    let before = markdown[..place].chars().next_back();
                    assert!(before == Some('\u{a0}'), "{page:?}: {point} after {before:?} at {place}");
                }
            }
        }
    }
}

#[test]
fn the_site_has_each_page_and_all_that_a_page_names() {
    let site = TempDir::new().unwrap();
    build(&tools::for_building().unwrap(), site.path()).unwrap();
    let files = Language::ALL.into_iter().flat_map(|language| {
        let pages = HelpPage::ALL.into_iter().map(move |page| page.path(language));
        pages.chain([format!("/help/{}", language.tag())])
    });
    let files: BTreeSet<String> = files.chain(["/help".to_owned()]).collect();
    for file in &files {
        let html = fs::read_to_string(site.path().join(format!("{}.html", &file[1..]))).unwrap();
        assert!(!html.contains('{'), "{file}: something was not put in");
        for part in html.split(" href=\"").chain(html.split(" src=\"")).skip(1) {
            let address = part.split('"').next().unwrap();
            let there = files.contains(address)
                || APP_PAGES.contains(&address)
                || matches!(address, "/" | "/favicon.svg" | "#main")
                || (!address.starts_with("/help/")
                    && address.starts_with("/help-")
                    && site.path().join(&address[1..]).exists());
            assert!(there || part.starts_with("<!doctype"), "{file}: {address}");
        }
    }
}
