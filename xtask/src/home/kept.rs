//! `wardkey.env`: what a home is told, and its secrets. Written once, then only read: an upgrade changes nothing in it.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use url::Url;

use crate::{
    mail_provider::MailProvider,
    settings::{self, Settings},
};

/// The file, which systemd and containers read as well: a name, `=` and a value, with no quotes around it.
pub const FILE: &str = "wardkey.env";
/// The header that the proxy puts the client's address into.
pub const ADDRESS_HEADER: &str = "X-Real-IP";
/// Where mails are posted, unless it is said.
const MAIL_API_URL: &str = "https://api.resend.com";
/// The port that the Worker listens on, on this machine alone.
const PORT: &str = "WARDKEY_PORT";
const WHAT_IT_IS: &str = "# What Wardkey is told, and its secrets. Whoever reads it is the operator: keep it as a key, apart from the backups.\n\
     # SECRET_KEY cannot be changed later: every password, form and authenticator hangs on it.\n";

/// What is said when a home is first written.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// Where people open it: an origin with `https://`.
    pub address: Option<String>,
    /// The sender of every mail.
    pub mail_from: Option<String>,
    /// Who delivers mails.
    pub mail_provider: Option<String>,
    /// Where mails are posted to.
    pub mail_api_url: Option<String>,
    /// The port of this machine that the Worker listens on.
    pub port: Option<u16>,
    /// The mail API's key; it can be filled in later.
    pub mail_api_key: Option<String>,
    /// The secret key; one is made otherwise.
    pub secret_key: Option<String>,
}

impl First {
    /// The keys of the environment, which stand in no shell's history.
    pub fn from_environment() -> Self {
        let [mail_api_key, secret_key] = ["MAIL_API_KEY", "SECRET_KEY"].map(settings::given);
        Self { mail_api_key, secret_key, ..Self::default() }
    }
}

/// What a home is told.
pub struct Kept {
    /// The Worker's variables.
    pub settings: Settings,
    /// Where people open it.
    pub address: Url,
    /// The port of this machine that the Worker listens on.
    pub port: u16,
}

impl Kept {
    /// What the folder's file says; it is written where there is none.
    pub fn of(folder: &Path, first: &First) -> Result<Self> {
        let file = folder.join(FILE);
        if !file.exists() {
            write(&file, &text(first)?)?;
            return Self::read(folder);
        }
        let kept = Self::read(folder)?;
        let told = [
            (&first.address, &kept.settings.public_origin),
            (&first.mail_from, &kept.settings.mail_from),
            (&first.mail_provider, &kept.settings.mail_provider.name().to_owned()),
            (&first.mail_api_url, kept.settings.mail_api_url.as_ref().unwrap_or(&String::new())),
            (&first.port.map(|port| port.to_string()), &kept.port.to_string()),
        ]
        .into_iter()
        .all(|(told, stands)| told.as_ref().is_none_or(|told| told == stands));
        ensure!(told, "{} says otherwise, and is kept. Change it there, then try again.", file.display());
        Ok(kept)
    }

    /// What the folder's file says.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE);
        let text = fs::read_to_string(&file).with_context(|| {
            format!(
                "{} can't be read. Where it is root's, write the version into a folder of your own, and root has the home take it in (docs/home.md, Upgrade)",
                file.display()
            )
        })?;
        let mode = fs::metadata(&file)?.permissions().mode();
        ensure!(mode & 0o077 == 0, "Others can read {0}. Take that away: chmod 600 {0}", file.display());
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let values: BTreeMap<&str, &str> = lines.filter_map(|line| line.split_once('=')).collect();
        let value = |name: &str| values.get(name).map(|value| (*value).to_owned()).unwrap_or_default();
        let said = || format!("in {}", file.display());
        let address = origin(&value("PUBLIC_ORIGIN")).with_context(said)?;
        Ok(Self {
            settings: Settings {
                mail_provider: MailProvider::of_name(&value("MAIL_PROVIDER")).with_context(said)?,
                mail_authority: Some(value("MAIL_AUTHORITY"))
                    .filter(|file| !file.is_empty())
                    .map(settings::read_authority)
                    .transpose()?,
                mail_api_url: Some(value("MAIL_API_URL")),
                mail_api_key: value("MAIL_API_KEY"),
                mail_from: value("MAIL_FROM"),
                public_origin: value("PUBLIC_ORIGIN"),
                secret_key: settings::strong(value("SECRET_KEY")).with_context(said)?,
                client_address_header: Some(value("CLIENT_ADDRESS_HEADER")),
                brought_clinics: Some(value("BROUGHT_CLINICS")),
            },
            address,
            port: value(PORT).parse().context("WARDKEY_PORT is not a port").with_context(said)?,
        })
    }
}

fn text(first: &First) -> Result<String> {
    let Some(address) = &first.address else {
        bail!("Say where people will open it: --address https://wardkey.your-domain");
    };
    let url = origin(address)?;
    let host = url.host_str().unwrap_or_default();
    let secret_key = match &first.secret_key {
        Some(key) => settings::strong(key.clone())?,
        None => settings::new_secret_key()?,
    };
    let mail_provider =
        first.mail_provider.as_deref().map(MailProvider::of_name).transpose()?.unwrap_or_default();
    let usual = (mail_provider == MailProvider::default()).then(|| MAIL_API_URL.to_owned());
    let mail_api_url = first.mail_api_url.clone().or(usual);
    let mail_api_url =
        mail_api_url.context("Say where mails are handed over: --mail-api-url (docs/mail.md)")?;
    mail_provider.check(&mail_api_url)?;
    let values = [
        ("PUBLIC_ORIGIN", address.clone()),
        ("MAIL_FROM", first.mail_from.clone().unwrap_or_else(|| format!("Wardkey <no-reply@{host}>"))),
        ("MAIL_PROVIDER", mail_provider.name().to_owned()),
        ("MAIL_API_URL", mail_api_url),
        ("MAIL_API_KEY", first.mail_api_key.clone().unwrap_or_default()),
        ("SECRET_KEY", secret_key),
        ("CLIENT_ADDRESS_HEADER", ADDRESS_HEADER.to_owned()),
        ("BROUGHT_CLINICS", String::new()),
        (PORT, first.port.unwrap_or(crate::run::PORT_DEFAULT).to_string()),
    ];
    let mut text = WHAT_IT_IS.to_owned();
    for (name, value) in values {
        // systemd would take these for marks of its own.
        let plain = !value.contains(['"', '\'', '\\', '`', '$']) && !value.chars().any(char::is_control);
        ensure!(plain, "{name} has a character that such a file can't hold");
        text.push_str(&format!("{name}={value}\n"));
    }
    Ok(text)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("{} can't be written", file.display()))
}

/// Cookies of ours are for safe places alone, and people come from other computers.
fn origin(text: &str) -> Result<Url> {
    let url = settings::web_address("PUBLIC_ORIGIN", text)?;
    let alone = url.origin().ascii_serialization() == text;
    ensure!(
        alone && url.scheme() == "https",
        "It must be an origin with https:// and nothing behind it, such as https://wardkey.example.org, but is {text}"
    );
    Ok(url)
}
