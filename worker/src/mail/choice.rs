//! Which provider delivers the mails: `MAIL_PROVIDER` names it, the other variables say where it is and what it is to be shown.

use super::{
    Provider, cloudflare::Cloudflare, mailgun::Mailgun, postmark::Postmark, resend::Resend, sender::Sender,
    smtp::Relay,
};
use crate::config::ConfigError;

/// The one that is meant where none is named.
const USUAL: &str = "resend";

/// The provider that the variables name. Each must be there; one that nobody knows is refused.
pub fn choose(variable: impl Fn(&str) -> Option<String>) -> Result<Box<dyn Provider>, ConfigError> {
    let given =
        |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let required = |name: &'static str| given(name).ok_or(ConfigError { variable: name, why: "is missing" });
    let provider = given("MAIL_PROVIDER").unwrap_or_else(|| USUAL.to_owned());
    let from = parse_sender(&required("MAIL_FROM")?)?;
    let url = || parse_api_url(&required("MAIL_API_URL")?);
    let key = || parse_key(required("MAIL_API_KEY")?);
    Ok(match provider.as_str() {
        "resend" => Box::new(Resend { url: url()?, key: key()?, from }),
        "postmark" => Box::new(Postmark { url: url()?, token: key()?, from }),
        "mailgun" => Box::new(Mailgun { url: url()?, key: key()?, from }),
        "cloudflare" => Box::new(Cloudflare { url: url()?, token: key()?, from }),
        "smtp" => {
            // A server on this computer may know its users by where they are.
            let password = given("MAIL_API_KEY").map(parse_password).transpose()?;
            let relay = Relay::parse(&required("MAIL_API_URL")?, password, from);
            Box::new(relay.map_err(|why| ConfigError { variable: "MAIL_API_URL", why })?)
        }
        _ => {
            return Err(ConfigError {
                variable: "MAIL_PROVIDER",
                why: "is none of resend, postmark, mailgun, cloudflare and smtp",
            });
        }
    })
}

fn parse_api_url(text: &str) -> Result<String, ConfigError> {
    let refuse =
        || ConfigError { variable: "MAIL_API_URL", why: "is not an address with https:// or http://" };
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(refuse)?;
    let well_formed = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
        && rest.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '@'));
    if well_formed { Ok(text.trim_end_matches('/').to_owned()) } else { Err(refuse()) }
}

fn parse_key(text: String) -> Result<String, ConfigError> {
    let well_formed = text.chars().all(|c| c.is_ascii_graphic());
    let refusal = ConfigError { variable: "MAIL_API_KEY", why: "has characters that no key has" };
    if well_formed { Ok(text) } else { Err(refusal) }
}

/// Passwords may have spaces; what ends a line would be another command.
fn parse_password(text: String) -> Result<String, ConfigError> {
    let refusal = ConfigError { variable: "MAIL_API_KEY", why: "has characters that no password has" };
    if text.chars().any(char::is_control) { Err(refusal) } else { Ok(text) }
}

fn parse_sender(text: &str) -> Result<Sender, ConfigError> {
    Sender::parse(text).ok_or(ConfigError { variable: "MAIL_FROM", why: "has no e-mail address" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose_with(changed: &str, value: Option<&str>) -> Result<Box<dyn Provider>, ConfigError> {
        choose(|name| {
            let usual = match name {
                "MAIL_API_URL" => Some("http://127.0.0.1:9000/"),
                "MAIL_API_KEY" => Some("demo"),
                "MAIL_FROM" => Some("Wardkey <no-reply@localhost>"),
                _ => None,
            };
            if name == changed { value } else { usual }.map(str::to_owned)
        })
    }

    fn refused(changed: &str, value: Option<&str>) -> Option<String> {
        choose_with(changed, value).err().map(|error| error.to_string())
    }

    #[test]
    fn a_provider_that_nobody_knows_is_refused_by_name() {
        for known in [None, Some(""), Some("resend"), Some("postmark"), Some("mailgun"), Some("cloudflare")] {
            assert_eq!(refused("MAIL_PROVIDER", known), None, "{known:?}");
        }
        for unknown in ["Resend", "sendgrid", "postmark,mailgun"] {
            let said = refused("MAIL_PROVIDER", Some(unknown)).expect("refused");
            assert!(said.starts_with("the variable MAIL_PROVIDER is none of resend, "), "{said}");
        }
    }

    #[test]
    fn a_missing_or_empty_variable_is_named() {
        for name in ["MAIL_API_URL", "MAIL_API_KEY", "MAIL_FROM"] {
            for value in [None, Some(""), Some("  ")] {
                assert_eq!(refused(name, value), Some(format!("the variable {name} is missing")));
            }
        }
    }

    #[test]
    fn a_mail_api_is_an_http_address() {
        for bad in ["ftp://x", "https://", "http:// x", "https://key@api.example", "api.example"] {
            assert!(refused("MAIL_API_URL", Some(bad)).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_mail_server_is_given_as_an_address_of_its_own_kind() {
        let smtp = |url: &str, key: &str| {
            choose(|name| {
                let value = match name {
                    "MAIL_PROVIDER" => "smtp",
                    "MAIL_API_URL" => url,
                    "MAIL_API_KEY" => key,
                    _ => "a@b.example",
                };
                Some(value.to_owned())
            })
            .err()
            .map(|error| error.to_string())
        };
        assert_eq!(smtp("smtps://u@mail.example", "two words"), None);
        assert_eq!(smtp("smtp://127.0.0.1:25", ""), None);
        assert!(smtp("https://mail.example", "k").is_some_and(|said| said.contains("MAIL_API_URL")));
        assert!(smtp("smtps://u@mail.example", "").is_some_and(|said| said.contains("MAIL_API_KEY")));
        assert!(
            smtp("smtps://u@mail.example", "k\r\nQUIT").is_some_and(|said| said.contains("MAIL_API_KEY"))
        );
    }

    #[test]
    fn a_key_that_could_begin_another_header_is_refused_and_not_told() {
        let said = refused("MAIL_API_KEY", Some("k\r\nX: y")).expect("refused");
        assert_eq!(said, "the variable MAIL_API_KEY has characters that no key has");
        assert!(refused("MAIL_FROM", Some("a@b.example\r\nBcc: x@y.example")).is_some());
    }
}
