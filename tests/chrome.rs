//! People in real Chromium: each session is a browser of its own, with an empty profile folder.

use std::{
    process::{Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{
    By, ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, WebDriver, WebElement,
    prelude::ElementQueryable,
};
use xtask::{children::Kept, runtime, tools};

/// How long something may take to appear on the screen.
const SCREEN_PATIENCE: Duration = Duration::from_secs(15);
/// How long chromedriver may take to start.
const START_PATIENCE: Duration = Duration::from_secs(15);
const ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

static SHARED: OnceLock<Chrome> = OnceLock::new();
static STARTING: Mutex<()> = Mutex::new(());

/// chromedriver, which the tests of a program share. It ends with the test program.
pub struct Chrome {
    _driver: Mutex<Kept>,
    url: String,
    axe: String,
}

/// What a person holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 1280 × 900.
    Computer,
    /// 390 × 844, with touch.
    Phone,
}

/// A person's browser.
pub struct Session<'a> {
    /// To click and type with.
    pub driver: WebDriver,
    chrome: &'a Chrome,
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
        let tools = tools::for_testing()?;
        let axe = std::fs::read_to_string(tools.axe())?;
        let port = runtime::free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = Kept::spawn(&mut command, None)?;
        let deadline = Instant::now() + START_PATIENCE;
        while !runtime::is_in_use(port) {
            if Instant::now() > deadline {
                bail!("chromedriver does not listen on port {port}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { _driver: Mutex::new(driver), url: format!("http://127.0.0.1:{port}"), axe })
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
        wishes.add_arg("--window-size=1280,900")?;
        wishes.add_experimental_option("prefs", json!({ "intl.accept_languages": language }))?;
        wishes.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(&self.url, wishes).await?;
        let session = Session { driver, chrome: self, _profile: profile };
        if screen == Screen::Phone {
            let size = json!({ "width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": true });
            session.devtools("Emulation.setDeviceMetricsOverride", size).await?;
            session.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await?;
        }
        Ok(session)
    }
}

impl Session<'_> {
    /// Goes to an address.
    pub async fn go(&self, url: &str) -> Result<()> {
        Ok(self.driver.goto(url).await?)
    }

    /// Waits for a heading with this text.
    pub async fn heading(&self, text: &str) -> Result<WebElement> {
        let path = format!("//*[self::h1 or self::h2 or self::h3][normalize-space()={}]", literal(text));
        self.find(By::XPath(path), &format!("heading \"{text}\"")).await
    }

    /// Waits for a field by its label.
    pub async fn field(&self, label: &str) -> Result<WebElement> {
        let path = format!(
            "//*[self::input or self::select or self::textarea][@id=//label[normalize-space()={}]/@for]",
            literal(label)
        );
        self.find(By::XPath(path), &format!("field \"{label}\"")).await
    }

    /// Waits for a button by its name.
    pub async fn button(&self, name: &str) -> Result<WebElement> {
        let path = format!("//button[normalize-space()={0} or @aria-label={0}]", literal(name));
        self.find(By::XPath(path), &format!("button \"{name}\"")).await
    }

    /// Waits for a link by its name.
    pub async fn link(&self, name: &str) -> Result<WebElement> {
        let path = format!("//a[normalize-space()={0} or @aria-label={0}]", literal(name));
        self.find(By::XPath(path), &format!("link \"{name}\"")).await
    }

    /// Empties a field and types into it.
    pub async fn type_into(&self, label: &str, text: &str) -> Result<()> {
        let field = self.field(label).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Waits until nothing stands in a field.
    pub async fn empties(&self, label: &str) -> Result<()> {
        let field = self.field(label).await?;
        let deadline = Instant::now() + SCREEN_PATIENCE;
        while !field.value().await?.unwrap_or_default().is_empty() {
            if Instant::now() > deadline {
                bail!("\"{label}\" is not emptied");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Presses a button.
    pub async fn press(&self, name: &str) -> Result<()> {
        Ok(self.button(name).await?.click().await?)
    }

    /// Waits until a piece of text is seen on the page.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let deadline = Instant::now() + SCREEN_PATIENCE;
        loop {
            let page = self.text().await?;
            if page.contains(text) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("\"{text}\" is not on the screen, but:\n{page}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Everything that is seen on the page.
    pub async fn text(&self) -> Result<String> {
        let text = self.driver.execute("return document.body ? document.body.innerText : ''", vec![]).await?;
        Ok(text.convert()?)
    }

    /// What the live regions say now.
    pub async fn announced(&self) -> Result<String> {
        let script = "return [...document.querySelectorAll('[role=status],[role=alert],[aria-live]')]\
                      .map(region => region.textContent.trim()).filter(Boolean).join('\\n')";
        Ok(self.driver.execute(script, vec![]).await?.convert()?)
    }

    /// Waits until a live region says this.
    pub async fn hears(&self, text: &str) -> Result<()> {
        let deadline = Instant::now() + SCREEN_PATIENCE;
        loop {
            let said = self.announced().await?;
            if said.contains(text) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("\"{text}\" was not announced, but: {said}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What axe finds wrong with the page for people who can't see, hear or point well; empty when nothing is.
    pub async fn barriers(&self) -> Result<Vec<String>> {
        // Through the developer tools, which the page's content security policy does not bind.
        self.devtools("Runtime.evaluate", json!({ "expression": self.chrome.axe })).await?;
        // What is still fading in has less contrast than it will have.
        let run = "Promise.allSettled(document.getAnimations()\
                   .filter(motion => Number.isFinite(motion.effect.getComputedTiming().endTime)).map(motion => motion.finished))\
                   .then(() => axe.run()).then(found => JSON.stringify(found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`)))";
        let found = self
            .devtools(
                "Runtime.evaluate",
                json!({ "expression": run, "awaitPromise": true, "returnByValue": true }),
            )
            .await?;
        let text = found.pointer("/result/value").and_then(Value::as_str).context("axe did not run")?;
        Ok(serde_json::from_str(text)?)
    }

    /// What went wrong on the page since the last look: script errors and refusals of the content security policy.
    ///
    /// Replies with an error status are part of the game and left out.
    pub async fn page_errors(&self) -> Result<Vec<String>> {
        let log = self.driver.get_log("browser").await?;
        Ok(log
            .into_iter()
            .filter(|entry| entry.level == "SEVERE" || entry.message.contains("Content Security Policy"))
            .filter(|entry| entry.source.as_deref() != Some("network"))
            .map(|entry| entry.message)
            .collect())
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

    async fn find(&self, by: By, what: &str) -> Result<WebElement> {
        let found = self
            .driver
            .query(by)
            .wait(SCREEN_PATIENCE, Duration::from_millis(50))
            .and_displayed()
            .first()
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(_) => bail!("no {what} on the screen, but:\n{}", self.text().await?),
        }
    }
}

/// A text as XPath writes it, which has no escapes.
fn literal(text: &str) -> String {
    if text.contains('"') {
        let parts: Vec<String> = text.split('"').map(|part| format!("\"{part}\"")).collect();
        format!("concat({})", parts.join(", '\"', "))
    } else {
        format!("\"{text}\"")
    }
}
