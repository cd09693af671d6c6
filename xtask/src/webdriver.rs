//! A browser by the few commands that the benchmarks need: the tests' own client would make everybody wait for it who only
//! wants to run Wardkey.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use wire::Endpoint;

use crate::{
    browser::{ARGUMENTS, Chromedriver},
    tools,
};

/// How long a page may take to open, and to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody's browser, with an empty profile folder.
pub struct Browser {
    agent: Agent,
    session: String,
    debugger: String,
    _profile: TempDir,
}

/// A key on the keyboard.
#[derive(Clone, Copy)]
pub enum Key {
    /// Types itself.
    Letter(char),
    /// Takes back what was typed last.
    Backspace,
}

impl Browser {
    /// Opens it. chromedriver must outlive it.
    pub fn open(driver: &Chromedriver) -> Result<Self> {
        let profile = TempDir::with_prefix("wardkey-bench-")?;
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(2 * PATIENCE)).build();
        let agent = Agent::new_with_config(config);
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let mut options = json!({ "args": arguments });
        if let (Some(path), Some(options)) = (tools::on_path("chromium"), options.as_object_mut()) {
            options.insert("binary".to_owned(), json!(path));
        }
        let wishes = json!({ "alwaysMatch": { "goog:chromeOptions": options } });
        let sessions = format!("{}/session", driver.url);
        let opened = command(&agent, &sessions, &json!({ "capabilities": wishes }))?;
        let id = opened.get("sessionId").and_then(Value::as_str).context("no browser was opened")?;
        let debugger = opened.pointer("/capabilities/goog:chromeOptions/debuggerAddress");
        let debugger = debugger.and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { agent, session: format!("{sessions}/{id}"), debugger, _profile: profile })
    }

    /// Where other programs talk to its developer tools.
    pub fn port(&self) -> Result<u16> {
        let (_, port) = self.debugger.rsplit_once(':').context("the browser tells no port")?;
        Ok(port.parse()?)
    }

    /// Opens a page.
    pub fn go(&self, url: &str) -> Result<()> {
        self.command("url", &json!({ "url": url })).map(drop)
    }

    /// A command of the developer tools, and what it gives.
    pub fn devtools(&self, name: &str, parameters: Value) -> Result<Value> {
        self.command("goog/cdp/execute", &json!({ "cmd": name, "params": parameters }))
    }

    /// Runs a script in the page, waits for what it promises, and gives what it returns.
    pub fn execute<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> Result<T> {
        let returned = self.command("execute/sync", &json!({ "script": script, "args": arguments }))?;
        Ok(serde_json::from_value(returned)?)
    }

    /// Calls an endpoint from the page, which keeps the cookies.
    pub fn ask<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply> {
        let script = "const [path, body] = arguments;\
                      return wardkey.send('POST', path, body)\
                          .then(reply => reply.text().then(text => [reply.ok, text]))";
        let body = json!(serde_json::to_string(request)?);
        let (ok, text): (bool, String) = self.execute(script, &[json!(E::PATH), body])?;
        ensure!(ok, "{}: {text}", E::PATH);
        Ok(serde_json::from_str(&text)?)
    }

    /// Presses a key and lets it go, as the system would tell the browser of it.
    pub fn press(&self, key: Key) -> Result<()> {
        let (down, mut event) = match key {
            Key::Letter(letter) => ("keyDown", json!({ "key": letter, "text": letter })),
            Key::Backspace => {
                ("rawKeyDown", json!({ "key": "Backspace", "code": "Backspace", "windowsVirtualKeyCode": 8 }))
            }
        };
        for kind in [down, "keyUp"] {
            if let Some(event) = event.as_object_mut() {
                event.insert("type".to_owned(), json!(kind));
            }
            self.devtools("Input.dispatchKeyEvent", event.clone())?;
        }
        Ok(())
    }

    /// Waits until a script says yes.
    pub fn wait(&self, script: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.execute::<bool>(script, &[])? {
            if Instant::now() > deadline {
                let text: String = self.execute("return document.body.innerText", &[])?;
                bail!("`{script}` stays untrue. On the screen is:\n{text}");
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn command(&self, path: &str, body: &Value) -> Result<Value> {
        command(&self.agent, &format!("{}/{path}", self.session), body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // chromedriver ends too, and would take it along less gently.
        self.agent.delete(&self.session).call().ok();
    }
}

/// A command of the WebDriver protocol, and what it gives.
fn command(agent: &Agent, url: &str, body: &Value) -> Result<Value> {
    let reply = agent.post(url).send_json(body)?.body_mut().read_json::<Value>()?;
    let value = reply.get("value").cloned().unwrap_or_default();
    if let Some(error) = value.get("error") {
        let message = value.get("message").and_then(Value::as_str).unwrap_or_default();
        bail!("the browser refused {}: {error} {message}", url.rsplit('/').next().unwrap_or_default());
    }
    Ok(value)
}
