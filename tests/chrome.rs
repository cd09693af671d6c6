//! People in real Chromium: each session is a browser of its own, with an empty profile folder.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, WebDriver};
use xtask::{
    browser::{ARGUMENTS, Chromedriver},
    tools,
};

use crate::session::SCREEN_PATIENCE;

static SHARED: OnceLock<Chrome> = OnceLock::new();
static STARTING: Mutex<()> = Mutex::new(());

/// chromedriver, which the tests of a program share. It ends with the test program.
pub struct Chrome {
    driver: Chromedriver,
    /// The accessibility checks, as a script for a page.
    pub(crate) axe: String,
}

/// What a person holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 1280 × 900.
    Computer,
    /// 390 × 844, with touch.
    Phone,
    /// 320 × 640, with touch: the narrowest that everything must fit into (WCAG 2.2, 1.4.10).
    Narrow,
}

impl Screen {
    fn of_a_phone(self) -> Option<(u32, u32)> {
        match self {
            Screen::Computer => None,
            Screen::Phone => Some((390, 844)),
            Screen::Narrow => Some((320, 640)),
        }
    }
}

/// Between two looks whether the app runs.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A person's browser.
pub struct Session<'a> {
    /// To click and type with.
    pub driver: WebDriver,
    pub(crate) chrome: &'a Chrome,
    _profile: TempDir,
}

impl Chrome {
    /// The one that the tests of a program share.
    pub async fn shared() -> Result<&'static Self> {
        // Starting blocks for a moment, so that tests on other threads find one driver and not two.
        let chrome = {
            let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
            if SHARED.get().is_none() {
                let _ = SHARED.set(Self::start()?);
            }
            SHARED.get().context("chromedriver is gone")?
        };
        Ok(chrome)
    }

    fn start() -> Result<Self> {
        let axe = std::fs::read_to_string(tools::for_testing()?.axe())?;
        Ok(Self { driver: Chromedriver::start()?, axe })
    }

    /// Opens a browser for a person, in English.
    pub async fn open(&self, screen: Screen) -> Result<Session<'_>> {
        self.open_in(screen, "en-GB").await
    }

    /// Opens a browser for a person who reads a language.
    pub async fn open_in(&self, screen: Screen, language: &str) -> Result<Session<'_>> {
        let profile = TempDir::with_prefix("wardkey-chrome-")?;
        let mut wishes = ChromeCapabilities::new();
        if let Some(path) = tools::on_path("chromium") {
            wishes.set_binary(&path.to_string_lossy())?;
        }
        for argument in ARGUMENTS {
            wishes.add_arg(argument)?;
        }
        wishes.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        wishes.add_experimental_option("prefs", json!({ "intl.accept_languages": language }))?;
        wishes.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(&self.driver.url, wishes).await?;
        let session = Session { driver, chrome: self, _profile: profile };
        if let Some((width, height)) = screen.of_a_phone() {
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": 3, "mobile": true });
            session.devtools("Emulation.setDeviceMetricsOverride", size).await?;
            session.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await?;
        }
        Ok(session)
    }
}

impl Session<'_> {
    /// Goes to an address, and waits until the app runs there: what stood before it goes with its elements.
    pub async fn go(&self, url: &str) -> Result<()> {
        self.driver.goto(url).await?;
        self.runs().await
    }

    /// Loads the page anew, and waits until the app runs.
    pub async fn reload(&self) -> Result<()> {
        self.driver.refresh().await?;
        self.runs().await
    }

    /// Waits until the app runs, or says that it can't.
    pub async fn runs(&self) -> Result<()> {
        let script = "return !document.querySelector('#app[aria-busy]') || !document.querySelector('#unreachable').hidden";
        for _ in 0..SCREEN_PATIENCE.as_millis() / LOOK_EVERY.as_millis() {
            if self.driver.execute(script, vec![]).await?.convert::<bool>()? {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("the app does not start")
    }

    /// A command of the developer tools.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
    }

    /// A picture of the page, as PNG.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        Ok(self.driver.screenshot_as_png().await?)
    }

    /// Closes the browser, and fails if anything went wrong on a page.
    pub async fn close(self) -> Result<()> {
        let errors = self.page_errors().await?;
        self.driver.quit().await?;
        if !errors.is_empty() {
            bail!("the page complained:\n{}", errors.join("\n"));
        }
        Ok(())
    }
}
