//! The operator of a deployment, who has its secret key: opens clinics, makes links that open one, and people of the support desk, and
//! lets a clinic in again that is locked out of itself.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use ureq::{
    Agent, Error,
    tls::{Certificate, RootCerts, TlsConfig},
};
use url::{Host, Url};
use wire::{
    Empty, Endpoint, Problem, ProblemCode, Timestamp,
    operator::{OwnerUnlock, ProfileReopening, Relieved, ReopenProfile, UnlockOwner},
    place::{ClinicPlace, Jurisdiction, Region},
    setup::{MakeSetupLink, SetupLink},
    support::{MadeOperator, MakeOperator, NewOperator, OperatorLogin, RemoveOperator},
};

use crate::{progress, settings::Settings};

/// How long a reply may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the clinic hears of the emergency way.
const TOLD: &str = "It stands in the clinic's log with the reason, and every owner gets a mail.";

/// An operator in front of a Worker.
pub struct Operator {
    agent: Agent,
    /// Where the Worker is, without a slash at its end.
    url: String,
    key: String,
}

impl Operator {
    /// Whoever has the secret key, in front of the Worker at `url`.
    pub fn new(url: &str, secret_key: &[u8]) -> Result<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret_key)?;
        mac.update(b"wardkey operator v1");
        let key = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        Ok(Self { agent: agent(PATIENCE), url: url.trim_end_matches('/').to_owned(), key })
    }

    /// What shows that somebody has the secret key: the value of `Authorization`.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.key)
    }

    /// Calls an endpoint of the operator's.
    pub fn call<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply> {
        let sent = self
            .agent
            .post(format!("{}{}", self.url, E::PATH))
            .header("Authorization", self.authorization())
            .send_json(request);
        let mut reply = match sent {
            Ok(reply) => reply,
            Err(Error::Io(_) | Error::HostNotFound | Error::ConnectionFailed) => bail!(
                "Nothing answers at {}. `cargo xtask run` starts a Wardkey on this computer, --url says where another one is.",
                self.url
            ),
            Err(error) => return Err(error).with_context(|| format!("{} did not answer", self.url)),
        };
        if reply.status().is_success() {
            return reply.body_mut().read_json().with_context(|| format!("{} is no Wardkey", self.url));
        }
        let status = reply.status();
        let body = reply.body_mut().read_to_string().unwrap_or_default();
        let problem = serde_json::from_str(&body).ok();
        if let Some(Problem { code: ProblemCode::NotFound, field: None, .. }) = problem {
            // To whoever has not the key, the route does not exist.
            bail!("The Wardkey at {} has another SECRET_KEY than this one.", self.url);
        }
        match problem.and_then(|problem| sentence(&problem)) {
            Some(sentence) => bail!(sentence),
            None => bail!("{}{} refused: {status} {body}", self.url, E::PATH),
        }
    }
}

/// Asks a Wardkey for what it tells anybody.
pub(crate) fn tell<E: Endpoint<Request = Empty>>(url: &str, _: &Empty) -> Result<E::Reply> {
    let mut reply = agent(PATIENCE)
        .get(format!("{url}{}", E::PATH))
        .call()
        .with_context(|| format!("{url} did not answer"))?;
    reply.body_mut().read_json().with_context(|| format!("{url} is no Wardkey"))
}

/// What asks a Worker: each status is an answer, and nothing leads elsewhere.
pub(crate) fn agent(patience: Duration) -> Agent {
    // Whom the system trusts, so that a Worker inside a clinic's network can have a certificate of theirs.
    let roots = rustls_native_certs::load_native_certs().certs;
    let roots = roots.iter().map(|root| Certificate::from_der(root).to_owned());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots.collect())))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(patience))
        .tls_config(tls)
        .build();
    Agent::new_with_config(config)
}

/// What a clinic's data never leaves, as the platform calls it.
pub fn jurisdiction(code: &str) -> Result<Jurisdiction> {
    Jurisdiction::from_code(code).context("It is eu, us or fedramp.")
}

/// What a clinic is kept close to, as the platform calls it.
pub fn region(code: &str) -> Result<Region> {
    let all = Region::ALL.map(Region::code).join(", ");
    Region::from_code(code).with_context(|| format!("It is one of {all}."))
}

/// Asks a running Worker for a setup link, and prints it.
pub fn setup_link(url: &str, state: &Path, place: &ClinicPlace) -> Result<()> {
    let url = origin(url)?;
    let operator = Operator::new(&url, &Settings::kept_secret_key_bytes(state)?)?;
    let SetupLink { link, expires_at } = operator.call::<MakeSetupLink>(place)?;
    progress::note("Whoever has this link can open one clinic with it:");
    println!("\n  {link}\n");
    progress::note(&format!("It works once, until {}.", written(expires_at)));
    Ok(())
}

/// Makes an operator of the support desk at a running Worker, or renews the one with this login, and prints what they sign in with.
pub fn support_operator(url: &str, state: &Path, new: NewOperator) -> Result<()> {
    let url = origin(url)?;
    let operator = Operator::new(&url, &Settings::kept_secret_key_bytes(state)?)?;
    let MadeOperator { login, password, otpauth_url } = operator.call::<MakeOperator>(&new)?;
    progress::note(&format!("{} signs in at {url}/support. This is shown only now:", new.name));
    println!("\n  Login     {login}\n  Password  {password}\n  Code      {otpauth_url}\n");
    progress::note("The last line goes into an authenticator app, as a QR code or by its secret.");
    Ok(())
}

/// Removes an operator of the support desk at a running Worker.
pub fn remove_support_operator(url: &str, state: &Path, login: String) -> Result<()> {
    let url = origin(url)?;
    let operator = Operator::new(&url, &Settings::kept_secret_key_bytes(state)?)?;
    match operator.call::<RemoveOperator>(&OperatorLogin { login: login.clone() })?.name {
        Some(name) => {
            progress::note(&format!("{name} is no operator any more, and is signed out everywhere."))
        }
        None => bail!("No operator at {url}/support has the login {login}."),
    }
    Ok(())
}

/// Ends the lock of an owner, at a running Worker, while every owner of the clinic is locked.
pub fn unlock_owner(url: &str, state: &Path, request: &OwnerUnlock) -> Result<()> {
    let url = origin(url)?;
    let operator = Operator::new(&url, &Settings::kept_secret_key_bytes(state)?)?;
    let Relieved { clinic, name } = operator.call::<UnlockOwner>(request)?;
    progress::note(&format!("{name} of {clinic} can sign in again, with their own password."));
    progress::note(TOLD);
    Ok(())
}

/// Lets a profile take codes again, at a running Worker, while nobody of the clinic gets through step 2 in any other.
pub fn reopen_profile(url: &str, state: &Path, request: &ProfileReopening) -> Result<()> {
    let url = origin(url)?;
    let operator = Operator::new(&url, &Settings::kept_secret_key_bytes(state)?)?;
    let Relieved { clinic, name } = operator.call::<ReopenProfile>(request)?;
    progress::note(&format!(
        "The profile {name} of {clinic} takes the codes of its authenticator apps again."
    ));
    progress::note(TOLD);
    Ok(())
}

/// What a refusal of the emergency way says to whoever sits at a terminal.
fn sentence(problem: &Problem) -> Option<&'static str> {
    match problem.code {
        ProblemCode::ClinicExists => return Some("There is a clinic with this code here already."),
        ProblemCode::ClinicNotClosed => {
            return Some("Refused: the clinic is open. `cargo xtask clinic archive --move` closes it.");
        }
        _ => {}
    }
    match (problem.code, problem.field.as_deref()?) {
        (ProblemCode::NotFound, "clinic") => Some(
            "No clinic of this Wardkey has this code. It is what the usernames of the clinic's computers begin with, up to the dash. One that is to be taken in is named in BROUGHT_CLINICS first.",
        ),
        (ProblemCode::NotFound, "login") => Some("No owner of this clinic has this login."),
        (ProblemCode::NotFound, "profile") => Some("No profile of this clinic has this name."),
        (ProblemCode::NotLocked, _) => Some("This owner is not locked."),
        (ProblemCode::NotAnEmergency, "login") => {
            Some("Refused: another owner of this clinic is not locked, and can unlock this one.")
        }
        (ProblemCode::NotAnEmergency, _) => Some(
            "Refused: this profile is not stopped or has no computer, or another one lets in, from where an owner can give this one a new QR code.",
        ),
        (ProblemCode::ArchiveWrong, "to") => Some("Nothing can be sealed to this key."),
        (ProblemCode::ArchiveWrong, "version") => {
            Some("The archive is of a newer version than this Wardkey: upgrade this one first.")
        }
        (ProblemCode::ArchiveWrong, _) => Some(
            "Refused: the archive was written for another Wardkey, or is not as it was written, or its log is not.",
        ),
        (ProblemCode::EditedMeanwhile, _) => {
            Some("Refused: the clinic has gone on since this archive was written. Write another one.")
        }
        (ProblemCode::NotFound, "name") => Some("This is not the clinic's name, to the letter."),
        (ProblemCode::ReasonMalformed, _) => Some("Give a reason, in one line that is not too long."),
        _ => None,
    }
}

/// The origin of a web address that the operator's key can safely be sent to.
pub(crate) fn origin(text: &str) -> Result<String> {
    let url = Url::parse(text).with_context(|| format!("--url is not a web address: {text}"))?;
    let on_this_computer = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if on_this_computer => {}
        _ => bail!(
            "--url must begin with https://, or the operator's key would cross the network in clear: {text}"
        ),
    }
    Ok(url.origin().ascii_serialization())
}

/// A moment as machines write it.
pub(crate) fn written(moment: Timestamp) -> String {
    let since_epoch = Duration::from_secs(moment.seconds().try_into().unwrap_or_default());
    humantime::format_rfc3339_seconds(SystemTime::UNIX_EPOCH + since_epoch).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_crosses_no_network_in_clear() {
        for good in [
            "https://wardkey.example.org/setup",
            "http://localhost:8787",
            "http://127.0.0.1/",
            "http://[::1]:1",
        ] {
            assert!(origin(good).is_ok(), "{good}");
        }
        for bad in [
            "http://wardkey.example.org",
            "http://localhost.example.org",
            "ftp://localhost",
            "localhost:8787",
            "",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
        assert_eq!(origin("https://wardkey.example.org/setup#x").unwrap(), "https://wardkey.example.org");
    }

    #[test]
    fn the_end_of_a_link_is_written_out() {
        assert_eq!(written(Timestamp(1_795_286_400_999)), "2026-11-21T18:40:00Z");
    }
}
