//! What a deployment is told by its variables, checked once before anything is answered.

use std::{fmt, sync::OnceLock};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use clinic::Keys;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wasm_bindgen::JsValue;
use wire::{fields::ClinicCode, place::Jurisdiction};
use worker::{Env, js_sys::Reflect};

use crate::{
    clinics, journal,
    mail::{self, Provider},
};

/// Bytes of `SECRET_KEY`.
const SECRET_KEY_BYTES: usize = 32;
/// Fewer different bytes than this among 32 random ones is less likely than guessing the key.
const DISTINCT_BYTES_MIN: usize = 16;

/// The variables, parsed.
pub struct Config {
    /// Who delivers mails.
    pub mail: Box<dyn Provider>,
    /// The origin of the site, as a browser writes it in `Origin`.
    pub origin: String,
    pub keys: Keys,
    secret_key: [u8; SECRET_KEY_BYTES],
    /// The bearer token of what watches over this deployment, and can do nothing else (`cargo xtask metrics-key`).
    pub metrics_key: String,
    /// The header in which a proxy in front tells the client's address.
    pub client_address_header: Option<String>,
    /// What a clinic can be kept to here. Self-hosted, the runtime knows no such thing.
    pub jurisdictions: Vec<Jurisdiction>,
    /// The clinics that came from other deployments, which made their codes: these are on the forms that hang at their computers.
    brought: Vec<Brought>,
}

/// A clinic that came from another deployment.
#[derive(Debug, PartialEq, Eq)]
struct Brought {
    clinic: ClinicCode,
    jurisdiction: Option<Jurisdiction>,
}

impl Config {
    /// The keys once more, for a clinic's object to own.
    pub fn derive_keys(&self) -> Keys {
        Keys::derive(&self.secret_key)
    }

    /// Whether this deployment may hold a clinic of this code. No storage is touched to find that out.
    pub fn knows_clinic(&self, code: &ClinicCode) -> bool {
        let is_ours = self.keys.knows_clinic_code(code) || self.brought(code).is_some();
        // Whoever mistypes the last character of a code may come to one that is kept where nothing can be kept here.
        is_ours && self.jurisdiction_of(code).is_none_or(|one| self.jurisdictions.contains(&one))
    }

    /// What the clinic of this code is kept to, if that is anything.
    pub fn jurisdiction_of(&self, code: &ClinicCode) -> Option<Jurisdiction> {
        self.brought(code).map_or_else(|| self.keys.jurisdiction_of(code), |brought| brought.jurisdiction)
    }

    fn brought(&self, code: &ClinicCode) -> Option<&Brought> {
        self.brought.iter().find(|brought| brought.clinic == *code)
    }

    fn parse(
        variable: impl Fn(&str) -> Option<String>,
        jurisdictions: Vec<Jurisdiction>,
    ) -> Result<Self, ConfigError> {
        let required = |name: &'static str| {
            let text = variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            text.ok_or(ConfigError { variable: name, why: "is missing" })
        };
        let secret_key = parse_secret_key(&required("SECRET_KEY")?)?;
        Ok(Self {
            mail: mail::choose(&variable)?,
            origin: parse_origin(required("PUBLIC_ORIGIN")?)?,
            keys: Keys::derive(&secret_key),
            metrics_key: derive_metrics_key(&secret_key),
            secret_key,
            jurisdictions,
            client_address_header: variable("CLIENT_ADDRESS_HEADER").filter(|name| !name.is_empty()),
            brought: parse_brought(&variable("BROUGHT_CLINICS").unwrap_or_default())?,
        })
    }
}

/// Which variable keeps the Worker from answering. Its value is never told.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub variable: &'static str,
    /// What is wrong with it, after its name.
    pub why: &'static str,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the variable {} {}", self.variable, self.why)
    }
}

/// The configuration of this isolate; `None` when it can't be used, which the log tells once.
pub fn of(env: &Env) -> Option<&'static Config> {
    static CONFIG: OnceLock<Option<Config>> = OnceLock::new();
    CONFIG
        .get_or_init(|| {
            Config::parse(|name| text_of(env, name), clinics::jurisdictions(env))
                .inspect_err(|error| journal::fault("not_started", "", error))
                .ok()
        })
        .as_ref()
}

/// Whether the variables are still what this isolate was started with, and well-formed.
pub fn recheck(env: &Env, config: &Config) -> Result<(), String> {
    let again = Config::parse(|name| text_of(env, name), Vec::new()).map_err(|error| error.to_string())?;
    let same = again.secret_key == config.secret_key && again.origin == config.origin;
    if same { Ok(()) } else { Err("they are others than at the start".to_owned()) }
}

/// A variable's text. Self-hosted, one that is not set is there, but null.
fn text_of(env: &Env, name: &str) -> Option<String> {
    Reflect::get(env, &JsValue::from_str(name)).ok()?.as_string()
}

/// As [`Keys::derive`] derives its own.
fn derive_metrics_key(secret_key: &[u8; SECRET_KEY_BYTES]) -> String {
    // HMAC takes a key of any length, so that this match has one arm that can happen.
    let Ok(mut mac) = <Hmac<Sha256>>::new_from_slice(secret_key) else { return String::new() };
    mac.update(b"wardkey metrics v1");
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn parse_secret_key(text: &str) -> Result<[u8; SECRET_KEY_BYTES], ConfigError> {
    let refuse = |why| ConfigError { variable: "SECRET_KEY", why };
    let bytes = STANDARD.decode(text).map_err(|_| refuse("is not base64"))?;
    let key = <[u8; SECRET_KEY_BYTES]>::try_from(bytes).map_err(|_| refuse("is not 32 bytes in base64"))?;
    if is_guessable(&key) {
        return Err(refuse("is not random: make one with `openssl rand -base64 32`"));
    }
    Ok(key)
}

/// Whether a key is one that people type: a repeated pattern, a count or a text.
fn is_guessable(key: &[u8; SECRET_KEY_BYTES]) -> bool {
    let mut distinct = key.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut steps = key.windows(2).map(|pair| match pair {
        [one, next] => next.wrapping_sub(*one),
        _ => 0,
    });
    let first_step = steps.next();
    distinct.len() < DISTINCT_BYTES_MIN
        || steps.all(|step| Some(step) == first_step)
        || key.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
}

/// Codes with commas between them; one that is kept to a jurisdiction has it behind an `@`.
fn parse_brought(text: &str) -> Result<Vec<Brought>, ConfigError> {
    let refuse = ConfigError {
        variable: "BROUGHT_CLINICS",
        why: "is no list of codes such as k7m2qx4p9d,abcdefghjk@eu",
    };
    let parse = |one: &str| {
        let (code, place) = one.split_once('@').map_or((one, None), |(code, place)| (code, Some(place)));
        let jurisdiction = match place {
            Some(place) => Some(Jurisdiction::from_code(place)?),
            None => None,
        };
        Some(Brought { clinic: code.parse().ok()?, jurisdiction })
    };
    let all = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    all.map(parse).collect::<Option<_>>().ok_or(refuse)
}

/// Exactly as a browser writes it: anything else would never equal an `Origin` header.
fn parse_origin(text: String) -> Result<String, ConfigError> {
    let refuse = |why| ConfigError { variable: "PUBLIC_ORIGIN", why };
    let (authority, usual_port, secure) = match (text.strip_prefix("https://"), text.strip_prefix("http://"))
    {
        (Some(authority), _) => (authority, "443", true),
        (_, Some(authority)) => (authority, "80", false),
        _ => return Err(refuse("does not begin with https://")),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let host_well_formed = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b));
    let port_well_formed =
        port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number > 0) && port != usual_port);
    if !host_well_formed || !port_well_formed {
        return Err(refuse(
            "is not an origin: scheme, host in lower case, an unusual port, nothing after it",
        ));
    }
    if !secure && !matches!(host, "localhost" | "127.0.0.1") {
        return Err(refuse("must be https://, except on localhost"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD_KEY: &str = "J8p2kYx0dQm5S3v9ZrT1uWb7nLc4hGf6aEiOqXyKtVo=";

    fn parse_with(changed: &str, value: Option<&str>) -> Result<Config, ConfigError> {
        parse_where(changed, value, &Jurisdiction::ALL)
    }

    fn parse_where(
        changed: &str,
        value: Option<&str>,
        jurisdictions: &[Jurisdiction],
    ) -> Result<Config, ConfigError> {
        let variable = |name: &str| {
            let usual = match name {
                "MAIL_API_URL" => Some("http://127.0.0.1:9000/"),
                "MAIL_API_KEY" => Some("demo"),
                "MAIL_FROM" => Some("Wardkey <no-reply@localhost>"),
                "PUBLIC_ORIGIN" => Some("http://localhost:8787"),
                "SECRET_KEY" => Some(GOOD_KEY),
                _ => None,
            };
            if name == changed { value } else { usual }.map(str::to_owned)
        };
        Config::parse(variable, jurisdictions.to_vec())
    }

    #[test]
    fn a_complete_configuration_is_taken() {
        let config = parse_with("", None).expect("complete");
        assert_eq!(config.origin, "http://localhost:8787");
    }

    #[test]
    fn a_clinic_that_came_from_elsewhere_is_known_when_it_is_named() {
        let [came, kept, other]: [ClinicCode; 3] =
            ["k7m2qx4p9d", "abcdefghjk", "zyxwvtsrqp"].map(|code| code.parse().unwrap());
        let config = parse_with("BROUGHT_CLINICS", Some("k7m2qx4p9d, abcdefghjk@eu")).unwrap();
        assert!(config.knows_clinic(&came) && config.knows_clinic(&kept) && !config.knows_clinic(&other));
        assert_eq!(config.jurisdiction_of(&came), None);
        assert_eq!(config.jurisdiction_of(&kept), Some(Jurisdiction::Eu));
        let own = config.keys.clinic_code([1; 6], Some(Jurisdiction::Us));
        assert!(config.knows_clinic(&own) && config.jurisdiction_of(&own) == Some(Jurisdiction::Us));
        let elsewhere = parse_where("BROUGHT_CLINICS", Some("k7m2qx4p9d, abcdefghjk@eu"), &[]).unwrap();
        assert!(elsewhere.knows_clinic(&came), "it is kept to nothing");
        assert!(!elsewhere.knows_clinic(&kept) && !elsewhere.knows_clinic(&own), "nothing can be kept there");
        for none in ["k7m2qx4p9", "k7m2qx4p9d@mars", "k7m2qx4p9d;abcdefghjk"] {
            let error = parse_with("BROUGHT_CLINICS", Some(none)).err().unwrap();
            assert_eq!(error.variable, "BROUGHT_CLINICS", "{none}");
        }
    }

    #[test]
    fn what_watches_has_a_key_of_its_own() {
        let config = parse_with("", None).expect("complete");
        assert_eq!(derive_metrics_key(&[7; 32]), "2tRiz-uFWFa2aY4fH90ca-Gh9--zFt_PX8EW3pyQOR4");
        assert_ne!(config.metrics_key, config.keys.operator_key());
    }

    #[test]
    fn a_missing_or_empty_variable_is_named() {
        for name in ["MAIL_API_URL", "MAIL_API_KEY", "MAIL_FROM", "PUBLIC_ORIGIN", "SECRET_KEY"] {
            for value in [None, Some(""), Some("  ")] {
                let error = parse_with(name, value).err();
                assert_eq!(error, Some(ConfigError { variable: name, why: "is missing" }), "{name}");
            }
        }
    }

    #[test]
    fn a_weak_secret_key_is_refused_and_not_told() {
        let weak = |bytes: &[u8]| STANDARD.encode(bytes);
        let count: Vec<u8> = (0..32).collect();
        for text in [
            weak(&[0; 32]),
            weak(&[0xAB; 32]),
            weak(&count),
            weak(b"passwordpasswordpasswordpassword"),
            weak(b"correct horse battery staple 123"),
            weak(&[7; 31]),
            "not base64!".to_owned(),
        ] {
            let error = parse_with("SECRET_KEY", Some(&text)).err().expect("weak").to_string();
            assert!(error.contains("SECRET_KEY") && !error.contains(&text), "{error}");
        }
    }

    #[test]
    fn only_an_origin_as_a_browser_writes_it_is_taken() {
        for good in
            ["https://wardkey.example", "https://a.example:8443", "http://127.0.0.1:1", "http://localhost"]
        {
            assert!(parse_with("PUBLIC_ORIGIN", Some(good)).is_ok(), "{good}");
        }
        for bad in [
            "http://wardkey.example",
            "https://wardkey.example/",
            "https://wardkey.example/app",
            "https://Wardkey.example",
            "https://wardkey.example:443",
            "https://user@wardkey.example",
            "wardkey.example",
            "https://",
            "null",
        ] {
            assert!(parse_with("PUBLIC_ORIGIN", Some(bad)).is_err(), "{bad}");
        }
    }
}
