//! The providers that deliver mails, by the names of `MAIL_PROVIDER`, and how the built-in mailbox speaks as each of them does.
//!
//! What each asks for and answers follows its documentation as of November 2026: Resend "Send Email", "API reference" and
//! "Errors"; Postmark "Email API" and "API error codes"; Mailgun "Send an email" and "API response codes"; Cloudflare "Email Service: REST
//! API" and "Email headers".

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::mailbox::{Mail, Seen};

/// A sending domain and an account that the mailbox answers for.
const MAILGUN_BASE: &str = "/v3/mg.example.org";
const CLOUDFLARE_BASE: &str = "/client/v4/accounts/0123456789abcdef0123456789abcdef";
/// Longest name and value of what Postmark keeps beside a mail.
const METADATA_NAME_MAX: usize = 20;
const METADATA_VALUE_MAX: usize = 80;

/// Who delivers mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailProvider {
    /// A service with an API.
    Api(MailApi),
    /// A mail server.
    Smtp,
}

impl Default for MailProvider {
    fn default() -> Self {
        Self::Api(MailApi::Resend)
    }
}

impl MailProvider {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Api(MailApi::Resend),
        Self::Api(MailApi::Postmark),
        Self::Api(MailApi::Mailgun),
        Self::Api(MailApi::Cloudflare),
        Self::Smtp,
    ];

    /// Its name in `MAIL_PROVIDER`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api(MailApi::Resend) => "resend",
            Self::Api(MailApi::Postmark) => "postmark",
            Self::Api(MailApi::Mailgun) => "mailgun",
            Self::Api(MailApi::Cloudflare) => "cloudflare",
            Self::Smtp => "smtp",
        }
    }

    /// The provider of a name; an unknown one is told, with those that are known.
    pub fn of_name(name: &str) -> Result<Self> {
        let known = Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|provider| provider.name() == name);
        found.with_context(|| format!("MAIL_PROVIDER is {name}, which is none of {known}."))
    }

    /// Whether `MAIL_API_URL` can be one of this provider's. What is wrong is told without it: there may be a password in it.
    pub fn check(self, url: &str) -> Result<Url> {
        let schemes = match self {
            Self::Api(_) => ["https", "http"],
            Self::Smtp => ["smtps", "smtp"],
        };
        let url = Url::parse(url).ok().filter(|url| schemes.contains(&url.scheme()));
        let [secure, other] = schemes;
        let url = url.with_context(|| format!("MAIL_API_URL must begin with {secure}:// or {other}://."))?;
        ensure!(
            url.password().is_none(),
            "MAIL_API_URL has a password in it, which belongs into MAIL_API_KEY."
        );
        Ok(url)
    }
}

/// A service with an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailApi {
    /// Resend, or whoever speaks as it does.
    Resend,
    /// Postmark.
    Postmark,
    /// Mailgun.
    Mailgun,
    /// Cloudflare Email Service.
    Cloudflare,
}

/// Why a mail is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody says who asks.
    Nameless,
    /// The key is missing or wrong.
    Unauthorized,
    /// Something is missing, or is not as documented.
    Malformed(&'static str),
    /// The address came back, or complained.
    Recipient,
    /// The mailbox was told to answer so.
    Told(StatusCode),
}

impl MailApi {
    /// `MAIL_API_URL` for mails that go to the built-in mailbox.
    pub fn at(self, mailbox: SocketAddr) -> String {
        let base = match self {
            Self::Resend | Self::Postmark => "",
            Self::Mailgun => MAILGUN_BASE,
            Self::Cloudflare => CLOUDFLARE_BASE,
        };
        format!("http://{mailbox}{base}")
    }

    /// Whose API has this path.
    pub fn of_path(path: &str) -> Option<Self> {
        match path {
            "/emails" => Some(Self::Resend),
            "/email" => Some(Self::Postmark),
            _ if path.strip_prefix(MAILGUN_BASE) == Some("/messages") => Some(Self::Mailgun),
            _ if path.strip_prefix(CLOUDFLARE_BASE) == Some("/email/sending/send") => Some(Self::Cloudflare),
            _ => None,
        }
    }

    /// Whether what is sent twice under one key arrives once.
    pub fn knows_keys(self) -> bool {
        self == Self::Resend
    }

    /// Whether a request is let in: it shows the key and, with Resend, says who asks.
    pub fn admit(self, seen: &Seen, key: &str) -> Result<(), Trouble> {
        let is_authorized = match self {
            Self::Resend | Self::Cloudflare => seen.header("authorization") == format!("Bearer {key}"),
            Self::Postmark => seen.header("x-postmark-server-token") == key,
            Self::Mailgun => {
                let pair = STANDARD.encode(format!("api:{key}"));
                seen.header("authorization") == format!("Basic {pair}")
            }
        };
        match is_authorized {
            false => Err(Trouble::Unauthorized),
            true if self == Self::Resend && seen.header("user-agent").is_empty() => Err(Trouble::Nameless),
            true => Ok(()),
        }
    }

    /// The mail of a request, and what it is known by when it comes again.
    pub fn read(self, seen: &Seen) -> Result<(Mail, String), Trouble> {
        let content_type = match self {
            Self::Mailgun => "application/x-www-form-urlencoded",
            _ => "application/json",
        };
        if seen.header("content-type") != content_type {
            return Err(Trouble::Malformed("The Content-Type is another one."));
        }
        let json = || serde_json::from_str::<Value>(&seen.body).ok();
        let read = match self {
            Self::Resend => json().and_then(|body| read_resend(&body, seen)),
            Self::Postmark => json().and_then(|body| read_postmark(&body, seen)),
            Self::Mailgun => read_mailgun(&seen.body),
            Self::Cloudflare => json().and_then(|body| read_cloudflare(&body)),
        };
        read.filter(|(mail, _)| mail.to.contains('@') && !mail.to.contains([',', ' ']))
            .ok_or(Trouble::Malformed("A sender, one recipient, a subject, text and HTML are needed."))
    }

    /// What is answered to a mail that is taken.
    pub fn taken(self, mail: &Mail) -> Value {
        match self {
            Self::Resend => json!({ "id": mail.id }),
            Self::Postmark => json!({
                "To": mail.to, "SubmittedAt": mail.at, "MessageID": mail.id, "ErrorCode": 0, "Message": "OK",
            }),
            Self::Mailgun => {
                json!({ "id": format!("<{}@mg.example.org>", mail.id), "message": "Queued. Thank you." })
            }
            Self::Cloudflare => cloudflare_result(json!({
                "message_id": format!("<{}@example.org>", mail.id), "delivered": [mail.to],
                "permanent_bounces": [], "queued": [], "suppressed_recipients": [],
            })),
        }
    }

    /// What is answered to a mail that is not taken.
    pub fn refusal(self, trouble: Trouble, to: &str) -> (StatusCode, Value) {
        match self {
            Self::Resend => {
                let (status, name, message) = match trouble {
                    Trouble::Nameless => (StatusCode::FORBIDDEN, "1010", "The User-Agent is missing."),
                    Trouble::Unauthorized => {
                        (StatusCode::UNAUTHORIZED, "missing_api_key", "The key is missing or wrong.")
                    }
                    Trouble::Malformed(why) => (StatusCode::BAD_REQUEST, "validation_error", why),
                    // A mail to a suppressed address it takes and drops; what is no address it refuses.
                    Trouble::Recipient => {
                        (StatusCode::BAD_REQUEST, "validation_error", "The recipient is not an address.")
                    }
                    Trouble::Told(status) => (status, "told_to_fail", "The mailbox was told to fail."),
                };
                (status, json!({ "statusCode": status.as_u16(), "name": name, "message": message }))
            }
            Self::Postmark => {
                let (status, code, message) = match trouble {
                    Trouble::Nameless | Trouble::Unauthorized => (
                        StatusCode::UNAUTHORIZED,
                        10,
                        "No Account or Server API tokens were supplied in the HTTP headers.",
                    ),
                    Trouble::Malformed(why) => (StatusCode::UNPROCESSABLE_ENTITY, 300, why),
                    Trouble::Recipient => (
                        StatusCode::UNPROCESSABLE_ENTITY,
                        406,
                        "You tried to send to recipient(s) that have been marked as inactive.",
                    ),
                    Trouble::Told(StatusCode::UNPROCESSABLE_ENTITY) => {
                        (StatusCode::UNPROCESSABLE_ENTITY, 300, "Invalid 'To' address.")
                    }
                    Trouble::Told(status) => (status, u64::from(status.as_u16()), "Told to fail."),
                };
                (status, json!({ "ErrorCode": code, "Message": message }))
            }
            Self::Mailgun => {
                let (status, message) = match trouble {
                    Trouble::Nameless | Trouble::Unauthorized => (StatusCode::UNAUTHORIZED, "Forbidden"),
                    Trouble::Malformed(why) => (StatusCode::BAD_REQUEST, why),
                    // As with Resend.
                    Trouble::Recipient => (
                        StatusCode::BAD_REQUEST,
                        "to parameter is not a valid address. please check documentation",
                    ),
                    Trouble::Told(StatusCode::UNPROCESSABLE_ENTITY) => {
                        (StatusCode::BAD_REQUEST, "'from' parameter is not a valid address.")
                    }
                    Trouble::Told(status) => (status, "Told to fail."),
                };
                (status, json!({ "message": message }))
            }
            Self::Cloudflare => {
                let (status, code, message) = match trouble {
                    // An address that came back is suppressed from then on: the request is taken, and the mail goes to nobody.
                    Trouble::Recipient => {
                        let fates = json!({
                            "delivered": [], "permanent_bounces": [], "queued": [], "suppressed_recipients": [to],
                        });
                        return (StatusCode::OK, cloudflare_result(fates));
                    }
                    Trouble::Nameless | Trouble::Unauthorized => {
                        (StatusCode::UNAUTHORIZED, 10_101, "authentication.unauthorized")
                    }
                    Trouble::Malformed(_) => (StatusCode::BAD_REQUEST, 10_001, "invalid_request_schema"),
                    Trouble::Told(StatusCode::UNPROCESSABLE_ENTITY) => {
                        (StatusCode::BAD_REQUEST, 10_202, "email.invalid")
                    }
                    Trouble::Told(StatusCode::TOO_MANY_REQUESTS) => {
                        (StatusCode::TOO_MANY_REQUESTS, 10_004, "throttled")
                    }
                    Trouble::Told(status) => (status, 10_002, "internal_server"),
                };
                let error = json!({ "code": code, "message": format!("email.sending.error.{message}") });
                (status, json!({ "success": false, "errors": [error], "messages": [], "result": null }))
            }
        }
    }
}

fn cloudflare_result(result: Value) -> Value {
    json!({ "success": true, "errors": [], "messages": [], "result": result })
}

fn text(body: &Value, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A mail that was not numbered yet.
fn mail(to: String, subject: String, text: String, html: String, language: Option<&str>) -> Mail {
    let language = language.unwrap_or_default().to_owned();
    Mail { id: String::new(), to, subject, text, html, at: String::new(), language }
}

fn read_resend(body: &Value, seen: &Seen) -> Option<(Mail, String)> {
    let [to] = body.get("to")?.as_array()?.as_slice() else { return None };
    text(body, "from")?;
    let language = body.pointer("/headers/Content-Language").and_then(Value::as_str);
    let to = to.as_str()?.to_owned();
    let mail = mail(to, text(body, "subject")?, text(body, "text")?, text(body, "html")?, language);
    Some((mail, seen.header("idempotency-key").to_owned()))
}

fn read_postmark(body: &Value, seen: &Seen) -> Option<(Mail, String)> {
    text(body, "From")?;
    let header = |name: &str| {
        let headers = body.get("Headers")?.as_array()?;
        headers.iter().find(|header| header["Name"] == name)?["Value"].as_str()
    };
    let kept = body.get("Metadata")?.as_object()?.iter().all(|(name, value)| {
        name.len() <= METADATA_NAME_MAX
            && value.as_str().is_some_and(|value| value.len() <= METADATA_VALUE_MAX)
    });
    // It writes a Message-ID of its own unless it is told not to.
    let id = header("Message-ID").filter(|_| header("X-PM-KeepID") == Some("true")).unwrap_or_default();
    let mail = mail(
        text(body, "To")?,
        text(body, "Subject")?,
        text(body, "TextBody")?,
        text(body, "HtmlBody")?,
        header("Content-Language"),
    );
    (kept && seen.header("accept") == "application/json").then(|| (mail, id.to_owned()))
}

fn read_mailgun(body: &str) -> Option<(Mail, String)> {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let of = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    of("from").filter(|from| from.contains('@'))?;
    let language = of("h:Content-Language");
    let mail = mail(of("to")?, of("subject")?, of("text")?, of("html")?, language.as_deref());
    Some((mail, of("h:Message-Id").unwrap_or_default()))
}

fn read_cloudflare(body: &Value) -> Option<(Mail, String)> {
    let from = body.get("from")?;
    from.as_str()
        .or_else(|| from.get("address")?.as_str())
        .filter(|from| from.contains('@') && !from.contains('<'))?;
    let headers = body.get("headers")?.as_object()?;
    // It lists what may be set; a Message-ID may not.
    headers.keys().all(|name| name == "Content-Language" || name.starts_with("X-")).then_some(())?;
    let header = |name: &str| headers.get(name).and_then(Value::as_str);
    let mail = mail(
        text(body, "to")?,
        text(body, "subject")?,
        text(body, "text")?,
        text(body, "html")?,
        header("Content-Language"),
    );
    Some((mail, header("X-Wardkey-Mail").unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resend_takes_nothing_from_somebody_who_does_not_say_who_asks() {
        let mut headers = vec![("authorization".to_owned(), "Bearer k".to_owned())];
        let admitted = |api: MailApi, headers: &[(String, String)]| {
            api.admit(&Seen { headers: headers.to_vec(), body: String::new() }, "k")
        };
        assert_eq!(admitted(MailApi::Resend, &headers), Err(Trouble::Nameless));
        assert_eq!(MailApi::Resend.refusal(Trouble::Nameless, "").0, StatusCode::FORBIDDEN);
        assert_eq!(admitted(MailApi::Cloudflare, &headers), Ok(()));
        headers.push(("user-agent".to_owned(), "Wardkey/1".to_owned()));
        assert_eq!(admitted(MailApi::Resend, &headers), Ok(()));
        headers.remove(0);
        assert_eq!(admitted(MailApi::Resend, &headers), Err(Trouble::Unauthorized));
    }

    #[test]
    fn cloudflare_takes_a_request_for_a_suppressed_address_and_says_so() {
        let (status, said) = MailApi::Cloudflare.refusal(Trouble::Recipient, "jane@clinic.example");
        assert_eq!((status, &said["success"]), (StatusCode::OK, &json!(true)));
        assert_eq!(said["result"]["suppressed_recipients"], json!(["jane@clinic.example"]));
        assert_eq!(said["result"]["permanent_bounces"], json!([]));
    }
}
