//! What is wrong with how a page stands on its screen, whoever looks at it: too wide, cut off, too small, or moving where nothing is
//! to move.

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Session;

const FLAWS: &str = include_str!("flaws.js");

impl Session<'_> {
    /// The flaws of the page as it stands; empty when it has none.
    pub async fn flaws(&self) -> Result<Vec<String>> {
        self.evaluate(FLAWS).await
    }

    /// What an expression of the page comes to, through the developer tools: the page's content security policy does not bind them.
    pub async fn evaluate<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let wish = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut found = self.devtools("Runtime.evaluate", wish).await?;
        let value = found.pointer_mut("/result/value").map(Value::take);
        let value = value.with_context(|| format!("the page gives no value, but {found}"))?;
        Ok(serde_json::from_value(value)?)
    }
}
