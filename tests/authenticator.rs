//! The phone's authenticator app: oathtool, and pyotp for many codes, which we did not write.

use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail, ensure};
use url::Url;
use xtask::tools;

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

/// The codes of so many steps on end, by oathtool.
pub fn codes_by_oathtool(otpauth_url: &str, first_step: i64, count: usize) -> Result<Vec<String>> {
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &format!("@{}", first_step * STEP_SECONDS)])
        .args(["--window", &(count - 1).to_string()])
        .arg(secret(otpauth_url)?)
        .output()
        .context("oathtool could not be started")?;
    ensure!(output.status.success(), "oathtool: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

/// The same by pyotp, which reads the whole address as apps do that scan it.
pub fn codes_by_pyotp(otpauth_url: &str, first_step: i64, count: usize) -> Result<Vec<String>> {
    const PROGRAM: &str = "import sys, pyotp\n\
        totp, first, count = pyotp.parse_uri(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])\n\
        for step in range(first, first + count): print(totp.at(step * totp.interval))";
    let output = Command::new(tools::pyotp()?)
        .args(["-c", PROGRAM, otpauth_url, &first_step.to_string(), &count.to_string()])
        .output()
        .context("Python could not be started")?;
    ensure!(output.status.success(), "pyotp: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
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
