//! How soon a screen turns by itself after the reply that somebody else got: both browsers write the moment down by the same clock.

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use std::time::{Duration, Instant};
use wardkey_tests::Session;
use wire::Endpoint;

/// Milliseconds within which whoever is thrown out is out. The product takes a second; the rest is for a busy computer.
const TURN_MILLIS_MAX: i64 = 2_000;
/// How long a moment is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Writes down when this browser gets its reply from an endpoint.
pub async fn note_reply<E: Endpoint>(session: &Session<'_>) -> Result<()> {
    let script = "const plain = window.fetch; window.noted = null;\
                  window.fetch = (...asked) => plain(...asked).then(reply => {\
                      if (new URL(reply.url).pathname === arguments[0]) window.noted = Date.now();\
                      return reply;\
                  })";
    session.driver.execute(script, vec![json!(E::PATH)]).await?;
    Ok(())
}

/// Writes down when a heading appears on this screen.
pub async fn note_heading(session: &Session<'_>, text: &str) -> Result<()> {
    let script = "window.noted = null; const look = () => {\
                      const there = [...document.querySelectorAll('h1')].some(h => h.textContent.trim() === arguments[0]);\
                      if (there && !window.noted) window.noted = Date.now();\
                  }; new MutationObserver(look).observe(document, {subtree: true, childList: true, characterData: true})";
    session.driver.execute(script, vec![json!(text)]).await?;
    Ok(())
}

/// Fails unless the one turned soon after the other had its reply.
pub async fn turned(theirs: &Session<'_>, ours: &Session<'_>) -> Result<()> {
    let replied = noted(ours).await.context("no reply came")?;
    let appeared = noted(theirs).await.context("the other screen did not turn")?;
    let millis = appeared - replied;
    ensure!(millis < TURN_MILLIS_MAX, "the other screen turned {millis} ms after the reply");
    Ok(())
}

async fn noted(session: &Session<'_>) -> Result<i64> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let noted: Option<i64> =
            session.driver.execute("return window.noted || null", vec![]).await?.convert()?;
        match noted {
            Some(moment) => return Ok(moment),
            None if Instant::now() > deadline => bail!("on the screen is:\n{}", session.text().await?),
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
