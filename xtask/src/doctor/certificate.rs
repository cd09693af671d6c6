//! What a certificate says, as OpenSSL reads it.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use super::{Finding, System};

/// Days that a certificate must have left: certbot renews one that has 30.
const DAYS_MIN: u64 = 14;

/// Whether a certificate, as PEM or DER, is good for long enough.
pub fn days_left(system: &System, what: &'static str, form: &str, certificate: &[u8]) -> Finding {
    let arguments = ["x509", "-inform", form, "-noout", "-enddate", "-dateopt", "iso_8601"];
    let Some(said) = openssl(system, &arguments, certificate) else {
        return Finding::unseen(what, "openssl is not there, or can't read the certificate");
    };
    // "notAfter=2026-11-25 12:00:00Z"
    let end = said.trim().strip_prefix("notAfter=").and_then(|end| humantime::parse_rfc3339_weak(end).ok());
    let Some(end) = end else { return Finding::unseen(what, format!("openssl said {said}")) };
    let days = |time: Duration| time.as_secs() / 86_400;
    match end.duration_since(SystemTime::now()).map(days) {
        Err(_) => Finding::bad(what, "the certificate has ended: renew it now, certbot renew."),
        Ok(left) if left < DAYS_MIN => Finding::bad(
            what,
            format!(
                "the certificate ends in {left} days: see why it is not renewed, certbot renew --dry-run."
            ),
        ),
        Ok(left) => Finding::good(what, format!("the certificate is good for {left} days")),
    }
}

/// What OpenSSL says of what it is given.
pub fn openssl(system: &System, arguments: &[&str], input: &[u8]) -> Option<String> {
    let mut command = Command::new(system.program("openssl")?);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    // What it does not read to the end, it says so.
    let _ = child.stdin.take()?.write_all(input);
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
