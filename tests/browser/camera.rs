//! Held up in the scenes of `cargo xtask screens`, it takes no picture: it turns each page into a language that nobody speaks, and notes
//! what does not follow.

use std::cell::RefCell;

use anyhow::{Result, ensure};
use serde_json::json;
use wardkey_tests::Session;
use xtask::demo;

/// The language whose place it takes.
const INSTEAD_OF: &str = "fr";
/// The narrowest that everything must fit into (WCAG 2.2, 1.4.10), and a tablet.
const WIDTHS_PX: [u32; 2] = [320, 820];
const HEIGHT_PX: u32 = 900;
/// What somebody types in the scenes, or what a moment is written with: what stands on the page as it was given.
const GIVEN: &str = "Wardkey Quayside Whitfield Margaret Hughes Jane Porter Nurse Müller Lüdenscheidt Hans Joachim Orthodontist \
    no address jane porter mueller luedenscheidt maria kuznetsova harbour example http localhost English Русский Français System administrator \
    Кузнецова Мария Сергеевна Медсестра Laboratory Ward Helper The owner is on a plane Rang the practice she knew the rota \
    janv févr mars avr mai juin juil août sept oct nov déc UTC GMT Europe London Chromium Chrome Linux csv json jsonl";
/// Words of the page, each with where it stands: all that is seen, or read aloud in the place of it, and stands in no brackets.
const OUTSIDE_BRACKETS: &str = include_str!("outside_brackets.js");

/// Looks at pages, and notes what is wrong.
pub struct Camera {
    sentences: String,
    given: Vec<String>,
    shot: RefCell<Vec<&'static str>>,
    flaws: RefCell<Vec<String>>,
}

impl Camera {
    /// One that turns pages into these sentences.
    pub fn new(sentences: String) -> Self {
        let clinic = json!(demo::harbour_street()).to_string();
        let given = format!("{GIVEN} {clinic}");
        let words = given.split(|letter: char| !letter.is_alphabetic()).map(str::to_owned);
        Self { sentences, given: words.collect(), shot: RefCell::default(), flaws: RefCell::default() }
    }

    /// Looks at the page, and leaves it as it was.
    pub async fn shoot(&self, at: &Session<'_>, page: &'static str) -> Result<()> {
        self.shot.borrow_mut().push(page);
        if !at.evaluate::<bool>("document.querySelector('select.language') !== null").await? {
            return Ok(());
        }
        self.say(at, INSTEAD_OF).await?;
        for width in WIDTHS_PX {
            let screen =
                json!({ "width": width, "height": HEIGHT_PX, "deviceScaleFactor": 1, "mobile": true });
            at.devtools("Emulation.setDeviceMetricsOverride", screen).await?;
            for flaw in at.flaws().await? {
                // A choice longer than the narrowest screen is read in full where the browser opens it.
                if width != WIDTHS_PX[0] || !flaw.contains("has no room for its choice") {
                    self.complain(page, &format!("on {width} px, {flaw}"));
                }
            }
        }
        for barrier in at.barriers().await? {
            self.complain(page, &barrier);
        }
        let turned = "document.documentElement.dir === 'rtl' && getComputedStyle(document.querySelector('main')).direction === 'rtl'";
        if !at.evaluate::<bool>(turned).await? {
            self.complain(page, "its lines begin at the left");
        }
        for (place, words) in at.evaluate::<Vec<(String, String)>>(OUTSIDE_BRACKETS).await? {
            // A word with digits in it is a code.
            let strange = |word: &str| {
                let letters = word.chars().count() > 1 && word.chars().all(char::is_alphabetic);
                letters && !self.given.iter().any(|each| each == word)
            };
            if words.split(|letter: char| !letter.is_alphanumeric()).any(strange) {
                self.complain(page, &format!("stands in no file: \"{words}\" in {place}"));
            }
        }
        self.say(at, "en").await?;
        at.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        Ok(())
    }

    /// Has the page load the language, which it cannot any more once the connection is gone.
    pub async fn learn(&self, at: &Session<'_>) -> Result<()> {
        self.say(at, INSTEAD_OF).await?;
        self.say(at, "en").await
    }

    /// Notes what is wrong.
    pub fn complain(&self, page: &str, flaw: &str) {
        self.flaws.borrow_mut().push(format!("{page}: {flaw}"));
    }

    /// What was wrong.
    pub fn flaws(&self) -> Vec<String> {
        self.flaws.take()
    }

    /// Fails unless each of these pages has come by.
    pub fn has_all(&self, pages: &[&'static str]) -> Result<()> {
        let shot = self.shot.borrow();
        let missing: Vec<_> = pages.iter().filter(|page| !shot.contains(page)).collect();
        ensure!(missing.is_empty(), "nobody came to {missing:?}");
        Ok(())
    }

    /// Turns the page into another language by its own menu. The file comes from here: it has not the digest of any that ships, at which
    /// the browser would refuse it.
    async fn say(&self, at: &Session<'_>, tag: &str) -> Result<()> {
        let say = format!(
            "new Promise(done => {{\
                 const file = {}, plain = window.plainFetch ??= window.fetch;\
                 window.fetch = (...asked) => new URL(asked[0].url ?? asked[0], location).pathname === '/texts/{INSTEAD_OF}.txt'\
                     ? Promise.resolve(new Response(file)) : plain(...asked);\
                 const menu = document.querySelector('select.language');\
                 menu.value = '{tag}';\
                 menu.dispatchEvent(new Event('change', {{ bubbles: true }}));\
                 const until = Date.now() + 10_000;\
                 const look = () => document.documentElement.lang === '{tag}' || Date.now() > until\
                     ? requestAnimationFrame(() => requestAnimationFrame(() => done(document.documentElement.lang)))\
                     : setTimeout(look, 10);\
                 look();\
             }})",
            json!(self.sentences)
        );
        let said: String = at.evaluate(&say).await?;
        ensure!(said == tag, "the page stays in {said} and does not turn into {tag}");
        Ok(())
    }
}
