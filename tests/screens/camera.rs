//! Turns a screen that somebody has brought into a state: through the languages, the schemes and the widths, with a picture and a look
//! over each.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fs,
    path::PathBuf,
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use wardkey_tests::Session;
use wire::Language;
use xtask::progress::Step;

use crate::album::{self, Album};

/// The screens: a phone, a tablet, a computer.
const WIDTHS: [Width; 3] = [
    Width { px: 390, height_px: 844, scale: 2, touch: true },
    Width { px: 820, height_px: 1180, scale: 1, touch: true },
    Width { px: 1440, height_px: 900, scale: 1, touch: false },
];
/// Pixels of a page below which nobody needs a picture: long lists repeat themselves.
const HEIGHT_PX_MAX: u32 = 4_000;
/// Turns that a complaint names; the others only count.
const TURNS_TOLD_MAX: usize = 3;
/// Of a picture, in percent.
const QUALITY: u32 = 80;
/// Draws what was turned, lets end what moves for a moment, and tells how high the page is; a window above it stands still, and so does
/// what is behind.
const SETTLE: &str = "Promise.allSettled(document.getAnimations()\
    .filter(motion => motion.effect.getComputedTiming().endTime < 1000).map(motion => motion.finished))\
    .then(() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(\
    document.querySelector('dialog[open]') ? innerHeight : Math.max(innerHeight, document.documentElement.scrollHeight))))))";
/// Whether the page is what it will be: what stands there before is not for anybody to read.
const READY: &str = "document.querySelector('#app[aria-busy]')?.checkVisibility() !== true";

#[derive(Clone, Copy)]
struct Width {
    px: u32,
    height_px: u32,
    scale: u32,
    touch: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Light,
    Dark,
    /// What somebody has set up who needs colours of their own.
    Forced,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
            Scheme::Forced => "forced",
        }
    }
}

/// Takes the pictures, and notes what is wrong.
pub struct Camera {
    folder: PathBuf,
    only: Option<String>,
    pages: usize,
    step: RefCell<Option<Step>>,
    shot: RefCell<Vec<&'static str>>,
    pictures: Cell<usize>,
    /// Each flaw of a page, with the turns that show it.
    flaws: RefCell<BTreeMap<(String, String), Vec<String>>>,
}

impl Camera {
    /// A camera for so many pages, with an empty album.
    pub fn new(only: Option<String>, pages: usize) -> Result<Self> {
        let folder = album::folder();
        if only.is_none() && folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let step = Step::start(&format!("Shooting {pages} pages"));
        Ok(Self {
            folder,
            only,
            pages,
            step: RefCell::new(Some(step)),
            shot: RefCell::default(),
            pictures: Cell::new(0),
            flaws: RefCell::default(),
        })
    }

    /// Notes what is wrong.
    pub fn complain(&self, page: &str, flaw: &str) {
        self.note(page, flaw, String::new());
    }

    /// Whether this page is wanted at all.
    fn wants(&self, page: &str) -> bool {
        self.only.as_ref().is_none_or(|part| page.contains(part.as_str()))
    }

    /// Fails unless each of these pages has come by.
    pub fn has_all(&self, pages: &[&'static str]) -> Result<()> {
        let shot = self.shot.borrow();
        let missing: Vec<_> = pages.iter().filter(|page| self.wants(page) && !shot.contains(page)).collect();
        ensure!(missing.is_empty(), "nobody came to {missing:?}");
        Ok(())
    }

    /// Shoots the page from all sides, and leaves it as it was.
    pub async fn shoot(&self, at: &Session<'_>, page: &'static str) -> Result<()> {
        if !self.wants(page) {
            return Ok(());
        }
        self.shot.borrow_mut().push(page);
        if let Some(step) = self.step.borrow_mut().as_mut() {
            step.line(&format!("{} of {}: {page}", self.shot.borrow().len(), self.pages));
        }
        let languages: &[Language] = if self.speaks(at).await? { &Language::ALL } else { &[Language::En] };
        // What takes the browser longest is turned least often.
        for width in WIDTHS {
            self.stand_before(at, width).await?;
            for language in languages {
                self.say(at, *language).await?;
                for scheme in [Scheme::Light, Scheme::Dark] {
                    self.turn(at, page, width, scheme, *language).await?;
                }
            }
            self.say(at, Language::En).await?;
            if width.px == WIDTHS[0].px {
                self.turn(at, page, width, Scheme::Forced, Language::En).await?;
            }
        }
        at.devtools("Emulation.setEmulatedMedia", json!({ "features": [] })).await?;
        at.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": false })).await?;
        at.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        for error in at.page_errors().await? {
            self.complain(page, &error);
        }
        Ok(())
    }

    /// Has the page load all languages, which it cannot any more once the connection is gone.
    pub async fn learn(&self, at: &Session<'_>) -> Result<()> {
        for language in Language::ALL.into_iter().chain([Language::En]) {
            self.say(at, language).await?;
        }
        Ok(())
    }

    /// Closes the album.
    pub fn close(&self) -> Result<Album> {
        if let Some(step) = self.step.borrow_mut().take() {
            step.done();
        }
        let flaws = self.flaws.take();
        let complaints = flaws.into_iter().map(|((page, flaw), turns)| {
            let more = turns.len().saturating_sub(TURNS_TOLD_MAX);
            let turns = turns.into_iter().take(TURNS_TOLD_MAX).collect::<Vec<_>>().join(", ");
            let turns = if more > 0 { format!("{turns} and {more} more") } else { turns };
            format!("{page}: {flaw} ({turns})").replace(" ()", "")
        });
        let index = album::write_index(&self.folder)?;
        Ok(Album { index, pictures: self.pictures.get(), complaints: complaints.collect() })
    }

    async fn turn(
        &self,
        at: &Session<'_>,
        page: &str,
        width: Width,
        scheme: Scheme,
        language: Language,
    ) -> Result<()> {
        let Width { px, height_px, .. } = width;
        let feature = |name: &str, value: &str| json!({ "name": name, "value": value });
        let forced = scheme == Scheme::Forced;
        let features = [
            feature("prefers-color-scheme", if scheme == Scheme::Dark { "dark" } else { "light" }),
            feature("forced-colors", if forced { "active" } else { "none" }),
            // Pictures of what turns would never be the same twice, and nothing is to move for those who asked for that.
            feature("prefers-reduced-motion", "reduce"),
        ];
        at.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        let height: u32 = at.evaluate(SETTLE).await?;

        let turn = format!("{px}-{}-{}", scheme.name(), language.tag());
        for flaw in at.flaws().await? {
            // How much it is differs from turn to turn.
            let (flaw, amount) = flaw.split_once(": ").unwrap_or((&flaw, ""));
            self.note(page, flaw, format!("{turn} {amount}").trim().to_owned());
        }
        let looked_over = match scheme {
            Scheme::Light => px == WIDTHS[0].px,
            Scheme::Dark => px == WIDTHS[2].px,
            Scheme::Forced => false,
        };
        if looked_over && language == Language::En && at.evaluate(READY).await? {
            for barrier in at.barriers().await? {
                self.note(page, &barrier, turn.clone());
            }
        }
        // A page that is laid out for its picture alone is caught half way.
        let whole = Width { height_px: height.min(HEIGHT_PX_MAX), ..width };
        if whole.height_px > height_px {
            self.stand_before(at, whole).await?;
            at.evaluate::<u32>(SETTLE).await?;
        }
        let wish = json!({ "format": "jpeg", "quality": QUALITY, "optimizeForSpeed": true });
        let picture = at.devtools("Page.captureScreenshot", wish).await?;
        let data = picture.get("data").and_then(Value::as_str).context("no picture was taken")?;
        fs::write(self.folder.join(format!("{page}-{turn}.jpg")), BASE64_STANDARD.decode(data)?)?;
        self.pictures.set(self.pictures.get() + 1);
        if whole.height_px > height_px {
            self.stand_before(at, width).await?;
        }
        Ok(())
    }

    async fn stand_before(&self, at: &Session<'_>, width: Width) -> Result<()> {
        let Width { px, height_px, scale, touch } = width;
        let screen = json!({ "width": px, "height": height_px, "deviceScaleFactor": scale, "mobile": touch });
        at.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": touch })).await?;
        at.devtools("Emulation.setDeviceMetricsOverride", screen).await?;
        Ok(())
    }

    /// Whether the page has a menu of languages that it follows: the first form's only keeps what is chosen.
    async fn speaks(&self, at: &Session<'_>) -> Result<bool> {
        at.evaluate("document.querySelector('#app:not([aria-busy]) select.language') !== null").await
    }

    /// Turns the page into another language, by its own menu, which a window above the page does not keep a script from.
    async fn say(&self, at: &Session<'_>, language: Language) -> Result<()> {
        #[derive(Deserialize)]
        struct Said(String);
        if !self.speaks(at).await? {
            return Ok(());
        }
        let tag = language.tag();
        let choose = format!(
            "new Promise(done => {{\
                 const menu = document.querySelector('select.language');\
                 menu.value = '{tag}';\
                 menu.dispatchEvent(new Event('change', {{ bubbles: true }}));\
                 const until = Date.now() + 10_000;\
                 const look = () => document.documentElement.lang === '{tag}' || Date.now() > until\
                     ? done(document.documentElement.lang) : setTimeout(look, 10);\
                 look();\
             }})"
        );
        let Said(said) = at.evaluate(&choose).await?;
        ensure!(said == tag, "the page stays in {said} and does not turn into {tag}");
        Ok(())
    }

    fn note(&self, page: &str, flaw: &str, turn: String) {
        let key = (page.to_owned(), flaw.to_owned());
        self.flaws.borrow_mut().entry(key).or_default().push(turn);
    }
}
