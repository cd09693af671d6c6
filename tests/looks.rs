//! What a person sees and hears at a screen, and what is wrong with it for some of them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::{Session, session::SCREEN_PATIENCE};

impl Session<'_> {
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

    /// Waits until a text stands in a field.
    pub async fn holds(&self, label: &str, text: &str) -> Result<()> {
        let deadline = Instant::now() + SCREEN_PATIENCE;
        loop {
            let value = self.field(label).await?.value().await?.unwrap_or_default();
            if value == text {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("in \"{label}\" stands \"{value}\" and not \"{text}\"");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a field is refused: marked, described by the sentence, and with the focus in it.
    pub async fn refuses(&self, label: &str, sentence: &str) -> Result<()> {
        let script = "const field = arguments[0], ids = (field.getAttribute('aria-describedby') || '').split(' ');\
                      return [field.getAttribute('aria-invalid') === 'true', document.activeElement === field,\
                      ids.map(id => document.getElementById(id)?.innerText || '').join(' ')]";
        let deadline = Instant::now() + SCREEN_PATIENCE;
        loop {
            let field = self.field(label).await?;
            let found = self.driver.execute(script, vec![field.to_json()?]).await?;
            let (marked, focused, said): (bool, bool, String) = found.convert()?;
            if marked && focused && said.contains(sentence) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!(
                    "\"{label}\" is not refused with \"{sentence}\": marked {marked}, focused {focused}, beside it \"{said}\", on the screen:\n{}",
                    self.text().await?
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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

    /// Waits until a piece of text is no longer seen on the page.
    pub async fn sees_no_more(&self, text: &str) -> Result<()> {
        let deadline = Instant::now() + SCREEN_PATIENCE;
        while self.text().await?.contains(text) {
            if Instant::now() > deadline {
                bail!("\"{text}\" is still on the screen");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Waits until a piece of good news is seen for a while, which others hear.
    pub async fn sees_toast(&self, text: &str) -> Result<()> {
        let script = "const toast = document.querySelector('.toast');\
                      return getComputedStyle(toast).opacity > 0.9 ? toast.innerText : ''";
        let deadline = Instant::now() + SCREEN_PATIENCE;
        loop {
            let toast = self.driver.execute(script, vec![]).await?.convert::<String>()?;
            if toast.contains(text) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("\"{text}\" does not show for a while, but \"{toast}\"");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Shows nothing for a while of what stands on the page anyway, where it might lie over what is to be pressed next.
    pub async fn shows_no_toast(&self) -> Result<()> {
        let script = "return document.querySelector('.toast').textContent";
        let toast = self.driver.execute(script, vec![]).await?.convert::<String>()?;
        ensure!(toast.is_empty(), "what stands on the page shows a second time: {toast}");
        Ok(())
    }

    /// What is seen in the table of the page.
    pub async fn table(&self) -> Result<String> {
        let table = "return document.querySelector('table')?.innerText ?? ''";
        Ok(self.driver.execute(table, vec![]).await?.convert()?)
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
        if !self.evaluate::<bool>("'axe' in window").await? {
            self.devtools("Runtime.evaluate", json!({ "expression": self.chrome.axe })).await?;
        }
        // What is still fading in has less contrast than it will have.
        let run = "Promise.allSettled(document.getAnimations()\
                   .filter(motion => Number.isFinite(motion.effect.getComputedTiming().endTime)).map(motion => motion.finished))\
                   .then(() => axe.run()).then(found => found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`))";
        self.evaluate(run).await.context("axe did not run")
    }

    /// Fails when axe finds a barrier on the page, when it has a flaw on this screen, or when something went wrong on it.
    pub async fn is_sound(&self) -> Result<()> {
        let barriers = self.barriers().await?;
        if !barriers.is_empty() {
            bail!("axe finds {barriers:#?} on:\n{}", self.text().await?);
        }
        let flaws = self.flaws().await?;
        if !flaws.is_empty() {
            bail!("{flaws:#?} on:\n{}", self.text().await?);
        }
        let errors = self.page_errors().await?;
        if !errors.is_empty() {
            bail!("the page complained:\n{}", errors.join("\n"));
        }
        Ok(())
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
}
