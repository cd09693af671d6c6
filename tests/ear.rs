//! What a screen reader tells of a page: names and roles, in the order in which it comes to them, and what is announced meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{Session, session::SCREEN_PATIENCE};

/// What is told of: the rest is read within it, or is no more than how it is laid out.
const ROLES: &str = " banner navigation main complementary form heading textbox searchbox button link combobox checkbox radio dialog table ";
/// How long nothing more has to be said before all is said.
const SILENCE: Duration = Duration::from_millis(400);
/// Notes each text that comes into a live region that is there for somebody: a window that is closed says nothing, and one that is open
/// silences what is behind it.
const LISTEN: &str = "if (!window.heard) {\
    window.heard = [];\
    const live = '[role=status], [role=alert], [aria-live]';\
    const note = region => {\
        const text = region.textContent.trim();\
        const window_ = document.querySelector('dialog:modal');\
        if (text && text !== region.said && region.checkVisibility() && (!window_ || window_.contains(region))) window.heard.push(text);\
        region.said = text;\
    };\
    new MutationObserver(changes => {\
        const regions = new Set();\
        for (const { target, addedNodes } of changes) {\
            const element = target.nodeType === 1 ? target : target.parentElement;\
            const within = element?.closest(live);\
            if (within) regions.add(within);\
            for (const added of addedNodes) {\
                if (added.matches?.('[role=alert]')) regions.add(added);\
                added.querySelectorAll?.('[role=alert]').forEach(alert => regions.add(alert));\
            }\
        }\
        regions.forEach(note);\
    }).observe(document, { subtree: true, childList: true, characterData: true });\
    }";

impl Session<'_> {
    /// Fails unless what the page is about, below the frame that all pages have, comes to read like this: a role and a name a line, `*`
    /// where the focus is, `-` where nothing can be pressed. Tables are told of as a whole.
    pub async fn reads(&self, lines: &[&str]) -> Result<()> {
        let deadline = Instant::now() + SCREEN_PATIENCE;
        loop {
            let told = self.told().await?;
            let main = told.iter().position(|line| line == "main").map_or(0, |place| place + 1);
            let told = told.get(main..).unwrap_or_default();
            if told == lines {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("the page reads:\n{told:#?}\nand not:\n{lines:#?}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// All that is told of the page, from its beginning.
    pub async fn told(&self) -> Result<Vec<String>> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree.get("nodes").and_then(Value::as_array).context("no accessibility tree")?;
        let mut lines = Vec::new();
        if let Some(root) = nodes.first() {
            tell(nodes, root, &mut lines);
        }
        Ok(lines)
    }

    /// Begins to listen, on this page.
    pub async fn listens(&self) -> Result<()> {
        self.driver.execute(LISTEN, vec![]).await?;
        Ok(())
    }

    /// Fails unless this was announced since the last time, once each and in this order, and nothing else.
    pub async fn was_told(&self, sentences: &[&str]) -> Result<()> {
        let deadline = Instant::now() + SCREEN_PATIENCE;
        let mut heard: Vec<String> = self.evaluate("window.heard").await?;
        while heard.len() < sentences.len() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(50)).await;
            heard = self.evaluate("window.heard").await?;
        }
        tokio::time::sleep(SILENCE).await;
        let heard: Vec<String> =
            self.evaluate("window.heard.splice(0)").await.context(format!("{heard:?}"))?;
        ensure!(heard == sentences, "announced was:\n{heard:#?}\nand not:\n{sentences:#?}");
        Ok(())
    }
}

fn tell(nodes: &[Value], node: &Value, lines: &mut Vec<String>) {
    let text =
        |name: &str| node.pointer(&format!("/{name}/value")).and_then(Value::as_str).unwrap_or_default();
    let is = |name: &str| {
        let properties = node.get("properties").and_then(Value::as_array).into_iter().flatten();
        let mut values = properties.filter(|it| it["name"] == name).map(|it| &it["value"]["value"]);
        values.next() == Some(&Value::Bool(true))
    };
    let role = text("role");
    if node["ignored"] == false && ROLES.contains(&format!(" {role} ")) {
        let mut line = format!("{role}: {}", text("name")).trim_end_matches(": ").to_owned();
        if is("focused") {
            line.push_str(" *");
        }
        if is("disabled") {
            line.push_str(" -");
        }
        lines.push(line);
        if role == "table" {
            return;
        }
    }
    for id in node.get("childIds").and_then(Value::as_array).into_iter().flatten() {
        if let Some(child) = nodes.iter().find(|each| each["nodeId"] == *id) {
            tell(nodes, child, lines);
        }
    }
}
