//! The phone's authenticator app: oathtool, which we did not write.

use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use url::Url;

/// Seconds that a code is shown for.
const STEP_SECONDS: i64 = 30;

/// The code that a phone shows now for the QR code of a profile.
pub fn code(otpauth_url: &str) -> Result<String> {
    code_ahead(otpauth_url, 0)
}

/// The code of so many steps from now: a phone whose clock is off.
pub fn code_of_step(otpauth_url: &str, steps: i64) -> Result<String> {
    code_ahead(otpauth_url, steps * STEP_SECONDS)
}

/// The code of so many seconds from now.
pub fn code_ahead(otpauth_url: &str, seconds: i64) -> Result<String> {
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &format!("now {seconds:+} seconds")])
        .arg(secret(otpauth_url)?)
        .output()
        .context("oathtool could not be started; `cargo xtask test` installs it")?;
    if !output.status.success() {
        bail!("oathtool: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Waits, where it must, until half of a code's time is still to come: then the code of the step before stays good for as long.
pub async fn early_in_a_step() {
    let step = u64::try_from(STEP_SECONDS).unwrap_or_default();
    let into = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() % step;
    if into > step / 2 {
        tokio::time::sleep(Duration::from_secs(step - into)).await;
    }
}

/// A code that is none of those around now.
pub fn wrong_code(otpauth_url: &str) -> Result<String> {
    let near = (-3..=3).map(|step| code_of_step(otpauth_url, step)).collect::<Result<Vec<_>>>()?;
    let wrong = (0..100).map(|number| format!("{number:06}")).find(|code| !near.contains(code));
    wrong.context("every code is right")
}

/// The secret in the QR code of a profile, as an authenticator takes it.
pub fn secret(otpauth_url: &str) -> Result<String> {
    let url = Url::parse(otpauth_url)?;
    let secret =
        url.query_pairs().find(|(name, _)| name == "secret").context("no secret in the otpauth address")?;
    Ok(secret.1.into_owned())
}
