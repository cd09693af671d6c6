//! What a person does at a screen, and what befalls them there: finds things by the names that they have for everybody, types,
//! chooses and presses, while the line goes and time passes.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::json;
use thirtyfour::{By, Key, WebElement, prelude::ElementQueryable};

use crate::Session;

/// How long something may take to appear on the screen.
pub const SCREEN_PATIENCE: Duration = Duration::from_secs(15);

impl Session<'_> {
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
        // By the keys that a person has: what a driver empties by itself, the page does not hear of.
        field.send_keys(Key::Control + "a").await?;
        Ok(field.send_keys(Key::Backspace + text).await?)
    }

    /// Presses a button.
    pub async fn press(&self, name: &str) -> Result<()> {
        Ok(self.button(name).await?.click().await?)
    }

    /// Presses a button of the window that stands above the page.
    pub async fn answer(&self, name: &str) -> Result<()> {
        let path = format!("//dialog[@open]//button[normalize-space()={}]", literal(name));
        Ok(self.find(By::XPath(path), &format!("button \"{name}\" in a window")).await?.click().await?)
    }

    /// Waits for the line of a table that begins with a name.
    pub async fn row(&self, name: &str) -> Result<WebElement> {
        let path =
            format!("//tr[th[@scope='row'][descendant-or-self::*[normalize-space()={}]]]", literal(name));
        self.find(By::XPath(path), &format!("line \"{name}\" in a table")).await
    }

    /// Opens what the line of a table is about.
    pub async fn open_row(&self, name: &str) -> Result<()> {
        Ok(self.row(name).await?.find(By::Css("th a")).await?.click().await?)
    }

    /// Presses a button in the line of a table that begins with a name.
    pub async fn press_in_row(&self, row: &str, name: &str) -> Result<()> {
        Ok(self.button_in_row(row, name).await?.click().await?)
    }

    /// Waits for a button in the line of a table that begins with a name.
    pub async fn button_in_row(&self, row: &str, name: &str) -> Result<WebElement> {
        let path = format!(
            "//tr[th[@scope='row'][descendant-or-self::*[normalize-space()={}]]]//button[normalize-space()={}]",
            literal(row),
            literal(name)
        );
        self.find(By::XPath(path), &format!("button \"{name}\" in the line \"{row}\"")).await
    }

    /// Presses a button in the part of the page under a heading.
    pub async fn press_under(&self, heading: &str, name: &str) -> Result<()> {
        let path = format!(
            "//section[h2[normalize-space()={}]]//button[normalize-space()={}]",
            literal(heading),
            literal(name)
        );
        Ok(self
            .find(By::XPath(path), &format!("button \"{name}\" under \"{heading}\""))
            .await?
            .click()
            .await?)
    }

    /// Chooses one of several.
    pub async fn choose(&self, label: &str, choice: &str) -> Result<()> {
        let field = self.field(label).await?;
        // By typing: a driver's click on a choice says that something was chosen before it chooses.
        field.send_keys(choice).await?;
        let script = "return arguments[0].selectedOptions[0]?.text.trim() ?? ''";
        let chosen = self.driver.execute(script, vec![field.to_json()?]).await?.convert::<String>()?;
        ensure!(chosen == choice, "\"{label}\" does not offer \"{choice}\" but stays at \"{chosen}\"");
        Ok(())
    }

    /// Takes the network away from the page, or gives it back.
    pub async fn network(&self, there: bool) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        let limits =
            json!({ "offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", limits).await?;
        Ok(())
    }

    /// Lets so much time pass on the clock of the page.
    pub async fn pass_millis(&self, millis: u32) -> Result<()> {
        let script = "const now = Date.now, passed = arguments[0]; Date.now = () => now() + passed";
        self.driver.execute(script, vec![json!(millis)]).await?;
        Ok(())
    }

    async fn find(&self, by: By, what: &str) -> Result<WebElement> {
        let deadline = Instant::now() + SCREEN_PATIENCE;
        loop {
            let patience = deadline.saturating_duration_since(Instant::now());
            let query = self.driver.query(by.clone()).wait(patience, Duration::from_millis(50));
            match query.and_displayed().first().await {
                Ok(element) => return Ok(element),
                // Something that was drawn anew while it was looked at.
                Err(_) if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(_) => bail!("no {what} on the screen, but:\n{}", self.text().await?),
            }
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
