//! The variables that the Worker is given, from the environment or made here; a weak one stops the start.

use std::{
    env, fs,
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use url::{Host, Url};

use crate::{home, mail_provider::MailProvider};

/// Bytes of a secret key.
const SECRET_KEY_BYTES: usize = 32;
/// Random bytes repeat themselves less than this: 32 of them have fewer than 16 different values once in 10¹⁵ times.
const SECRET_KEY_VALUES_MIN: usize = 16;
/// The key of the built-in mailbox.
const DEMO_MAIL_API_KEY: &str = "demo-key-of-the-built-in-mailbox";

/// The names of the Worker's variables. One that is not set is absent to it.
pub const VARIABLES: [&str; 8] = [
    "PUBLIC_ORIGIN",
    "MAIL_PROVIDER",
    "MAIL_API_URL",
    "MAIL_API_KEY",
    "MAIL_FROM",
    "SECRET_KEY",
    "CLIENT_ADDRESS_HEADER",
    "BROUGHT_CLINICS",
];

/// The variables of CONTRACT's table.
#[derive(Clone)]
pub struct Settings {
    /// Who delivers mails.
    pub mail_provider: MailProvider,
    /// Base of the mail API; `None` for the built-in mailbox.
    pub mail_api_url: Option<String>,
    /// The mail API's key, or the password of a mail server's user; empty where that server asks for none.
    pub mail_api_key: String,
    /// The sender.
    pub mail_from: String,
    /// Who vouches for a mail server besides those whom browsers trust: certificates as PEM.
    pub mail_authority: Option<String>,
    /// Origin of every link.
    pub public_origin: String,
    /// 32 random bytes in base64.
    pub secret_key: String,
    /// The header that a fronting proxy puts the client's address into, where there is one.
    pub client_address_header: Option<String>,
    /// The codes of clinics that came from other deployments.
    pub brought_clinics: Option<String>,
}

impl Settings {
    /// What the environment says, completed for a Wardkey on this computer.
    pub fn from_environment(port: u16, state: &Path) -> Result<Self> {
        let mail_provider = given("MAIL_PROVIDER")
            .map_or(Ok(MailProvider::default()), |name| MailProvider::of_name(name.trim()))?;
        let mail_api_url = given("MAIL_API_URL");
        if let Some(url) = &mail_api_url {
            mail_provider.check(url)?;
        }
        if mail_provider == MailProvider::Smtp && mail_api_url.is_none() {
            bail!("MAIL_API_URL is missing: the mail server, such as smtps://user@mail.example.org.");
        }
        let mail_api_key = match (given("MAIL_API_KEY"), &mail_api_url) {
            (Some(key), _) => key,
            (None, None) => DEMO_MAIL_API_KEY.to_owned(),
            // A mail server on this computer may know its users by where they are.
            (None, Some(_)) if mail_provider == MailProvider::Smtp => String::new(),
            (None, Some(_)) => {
                bail!("MAIL_API_KEY is missing: the mail API of MAIL_API_URL asks for its key.")
            }
        };
        let public_origin = match given("PUBLIC_ORIGIN") {
            Some(origin) => {
                let url = web_address("PUBLIC_ORIGIN", &origin)?;
                if url.origin().ascii_serialization() != origin {
                    bail!(
                        "PUBLIC_ORIGIN must be an origin alone, such as https://wardkey.example.org, but is {origin}"
                    );
                }
                origin
            }
            None => format!("http://localhost:{port}"),
        };
        let secret_key = match env::var("SECRET_KEY") {
            Ok(key) => strong(key)?,
            Err(_) => kept_secret_key(state)?,
        };
        Ok(Self {
            mail_provider,
            mail_api_url,
            mail_api_key,
            mail_from: given("MAIL_FROM").unwrap_or_else(|| "Wardkey <no-reply@localhost>".to_owned()),
            mail_authority: given("MAIL_AUTHORITY").map(read_authority).transpose()?,
            public_origin,
            secret_key,
            client_address_header: given("CLIENT_ADDRESS_HEADER"),
            brought_clinics: given("BROUGHT_CLINICS"),
        })
    }

    /// The secret key of a Wardkey that runs or ran: from the environment, or from its state folder or home.
    pub fn kept_secret_key_bytes(state: &Path) -> Result<Vec<u8>> {
        let file = state.join("secret-key");
        let key = match env::var("SECRET_KEY") {
            Ok(key) => strong(key)?,
            Err(_) if state.join(home::FILE).exists() => home::Kept::read(state)?.settings.secret_key,
            Err(_) if file.exists() => kept_secret_key(state)?,
            Err(_) => bail!(
                "There is no secret key in {}. Give the state folder of your `cargo xtask run`, or of `cargo xtask home`, with --state, or the SECRET_KEY of a deployment in the environment.",
                state.display()
            ),
        };
        decoded(&key)
    }

    /// What a test's Wardkey gets, whatever the environment says.
    pub fn for_tests(port: u16) -> Result<Self> {
        Ok(Self {
            mail_provider: MailProvider::default(),
            mail_api_url: None,
            mail_api_key: DEMO_MAIL_API_KEY.to_owned(),
            mail_from: "Wardkey <no-reply@localhost>".to_owned(),
            mail_authority: None,
            public_origin: format!("http://localhost:{port}"),
            secret_key: new_secret_key()?,
            client_address_header: None,
            brought_clinics: None,
        })
    }

    /// Whether the Worker must reach addresses of this computer or its network to send mail.
    pub fn mails_stay_local(&self) -> bool {
        let Some(url) = self.mail_api_url.as_deref().and_then(|url| Url::parse(url).ok()) else {
            return true;
        };
        match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
            Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
            // Of a scheme that is not of the web's, an address of four numbers is a name.
            Some(Host::Domain(name)) => {
                name == "localhost"
                    || name.ends_with(".localhost")
                    || name.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback() || ip.is_private())
            }
            None => false,
        }
    }

    /// What the Worker is given, by name. Without an address for mails they go to the built-in mailbox.
    pub fn variables(&self, mailbox: Option<SocketAddr>) -> Vec<(&'static str, String)> {
        let mailbox = || match self.mail_provider {
            MailProvider::Api(api) => mailbox.map(|mailbox| api.at(mailbox)),
            // Never without its own address.
            MailProvider::Smtp => None,
        };
        let values = [
            Some(self.public_origin.clone()),
            Some(self.mail_provider.name().to_owned()),
            self.mail_api_url.clone().or_else(mailbox),
            Some(self.mail_api_key.clone()),
            Some(self.mail_from.clone()),
            Some(self.secret_key.clone()),
            self.client_address_header.clone(),
            self.brought_clinics.clone(),
        ];
        VARIABLES.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The key's bytes.
    pub fn secret_key_bytes(&self) -> Result<Vec<u8>> {
        decoded(&self.secret_key)
    }
}

fn decoded(secret_key: &str) -> Result<Vec<u8>> {
    STANDARD.decode(secret_key).context("SECRET_KEY is not base64")
}

pub(crate) fn given(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

pub(crate) fn web_address(name: &str, text: &str) -> Result<Url> {
    let url = Url::parse(text).with_context(|| format!("{name} is not a web address: {text}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!("{name} must begin with http:// or https://, but is {text}");
    }
    Ok(url)
}

/// The certificates of a file; workerd says nothing of one that has none.
pub(crate) fn read_authority(file: String) -> Result<String> {
    let text = fs::read_to_string(&file).with_context(|| format!("MAIL_AUTHORITY: {file} can't be read"))?;
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        bail!("MAIL_AUTHORITY must name a file with certificates as PEM, but {file} has none");
    }
    Ok(text)
}

pub(crate) fn strong(key: String) -> Result<String> {
    const ADVICE: &str = "Make one with `openssl rand -base64 32`, or unset it: `cargo xtask run` then makes one and keeps it.";
    if key.trim().is_empty() {
        bail!("SECRET_KEY is missing: the variable is set but empty. {ADVICE}");
    }
    let bytes = STANDARD.decode(key.trim()).unwrap_or_default();
    let mut values = bytes.clone();
    values.sort_unstable();
    values.dedup();
    if bytes.len() != SECRET_KEY_BYTES || values.len() < SECRET_KEY_VALUES_MIN {
        bail!("SECRET_KEY is weak: it must be {SECRET_KEY_BYTES} random bytes in base64. {ADVICE}");
    }
    Ok(key.trim().to_owned())
}

pub(crate) fn new_secret_key() -> Result<String> {
    let mut bytes = [0_u8; SECRET_KEY_BYTES];
    getrandom::fill(&mut bytes).context("the system gives no random bytes")?;
    Ok(STANDARD.encode(bytes))
}

fn kept_secret_key(state: &Path) -> Result<String> {
    let path = state.join("secret-key");
    if let Ok(key) = fs::read_to_string(&path) {
        return strong(key).with_context(|| format!("in {}", path.display()));
    }
    let key = new_secret_key()?;
    fs::create_dir_all(state)?;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| writeln!(file, "{key}"))
        .with_context(|| format!("{} can't be written", path.display()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_secret_key_is_named() {
        for weak in ["", " ", "password", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "c2hvcnQ="] {
            let error = strong(weak.to_owned()).map(|_| ()).unwrap_err().to_string();
            assert!(error.starts_with("SECRET_KEY is "), "{weak}: {error}");
        }
        assert!(strong(new_secret_key().unwrap()).is_ok());
    }
}
