//! Mailgun's API. It has no idempotency keys: what is sent twice arrives twice, under one Message-Id. That it keeps the one that it is
//! given is what its clients rely on; its reference does not promise it.
//!
//! Source: Mailgun's API reference, "Send an email" and "API response codes", as of November 2026.

use base64::{Engine, engine::general_purpose::STANDARD};
use clinic::commands::outbox::{Delivery, OutgoingMail};
use serde::Deserialize;

use super::{
    api::{Answer, ApiRequest, HttpApi},
    reference,
    sender::Sender,
};

/// Mailgun.
pub struct Mailgun {
    /// The base with the sending domain, without a slash at its end: `https://api.mailgun.net/v3/mg.clinic.example`.
    pub url: String,
    pub key: String,
    pub from: Sender,
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

/// What Mailgun says of an account that is on probation, or has sent what it may.
const NOT_ALLOWED: &str = "is not allowed to send";

impl HttpApi for Mailgun {
    fn base(&self) -> &str {
        &self.url
    }

    fn request(&self, mail: &OutgoingMail) -> ApiRequest {
        let message_id = format!("<{}@{}>", reference(mail), self.from.domain());
        let fields = [
            ("from", self.from.written.as_str()),
            ("to", &mail.to),
            ("subject", &mail.subject),
            ("text", &mail.text),
            ("html", &mail.html),
            ("h:Content-Language", mail.language.tag()),
            ("h:Message-Id", &message_id),
            // Links in mails are keys: nobody but the recipient is to open them, whatever is set for the domain.
            ("o:tracking", "no"),
            ("o:tracking-clicks", "no"),
            ("o:tracking-opens", "no"),
        ];
        ApiRequest {
            url: format!("{}/messages", self.url),
            headers: vec![
                ("Authorization", format!("Basic {}", STANDARD.encode(format!("api:{}", self.key)))),
                ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
            ],
            body: serde_urlencoded::to_string(fields).unwrap_or_default(),
        }
    }

    fn judge(&self, _: &OutgoingMail, answer: &Answer) -> Delivery {
        match answer.status {
            200..=299 => {
                let provider_id =
                    serde_json::from_str(&answer.body).map(|Taken { id }| id).unwrap_or_default();
                Delivery::Accepted { provider_id }
            }
            // With 402 nothing is wrong with what was asked. "This one can be temporal", says Mailgun of 404; 420 is a limit that
            // ends.
            402 | 404 | 420 => answer.later(),
            // The operator's to mend; the mail is not at fault.
            400 if answer.body.contains(NOT_ALLOWED) => answer.later(),
            _ => answer.by_status(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::sample;

    fn mailgun() -> Mailgun {
        let from = Sender::parse("Wardkey <no-reply@clinic.example>").expect("a sender");
        Mailgun { url: "https://api.example/v3/mg.clinic.example".to_owned(), key: "key-1".to_owned(), from }
    }

    fn judge(status: u16, retry_after: Option<&str>, body: &str) -> Delivery {
        mailgun().judge(&sample(), &Answer::new(status, retry_after, body))
    }

    #[test]
    fn a_mail_is_a_form_that_can_be_known_again() {
        let asked = mailgun().request(&sample());
        assert_eq!(asked.url, "https://api.example/v3/mg.clinic.example/messages");
        assert_eq!(asked.headers[0], ("Authorization", "Basic YXBpOmtleS0x".to_owned()));
        let fields: Vec<(String, String)> = serde_urlencoded::from_str(&asked.body).expect("a form");
        let of = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(of("from"), Some("Wardkey <no-reply@clinic.example>"));
        assert_eq!(of("to"), Some("jane@clinic.example"));
        assert_eq!(of("subject"), Some("Compte verrouillé"));
        assert_eq!(of("text"), Some("Bonjour,\n.\n"));
        assert_eq!(of("h:Content-Language"), Some("fr"));
        assert_eq!(of("h:Message-Id"), Some(format!("<{}@clinic.example>", reference(&sample())).as_str()));
        assert_eq!(of("o:tracking"), Some("no"));
        assert_eq!(asked, mailgun().request(&sample()));
    }

    #[test]
    fn an_accepted_mail_is_done() {
        let body = r#"{"id":"<20261123@mg.clinic.example>","message":"Queued. Thank you."}"#;
        assert!(matches!(
            judge(200, None, body),
            Delivery::Accepted { provider_id } if provider_id == "<20261123@mg.clinic.example>"
        ));
    }

    #[test]
    fn a_bad_mail_is_final_and_what_may_pass_is_not() {
        let body = r#"{"message":"to parameter is not a valid address. please check documentation"}"#;
        assert!(matches!(judge(400, None, body), Delivery::Refused { .. }));
        for status in [401, 402, 403, 404, 420, 500, 502] {
            assert!(matches!(judge(status, None, ""), Delivery::Retry { .. }), "{status}");
        }
        assert!(matches!(judge(429, Some("7"), ""), Delivery::Retry { after_seconds: Some(7), .. }));
    }

    #[test]
    fn an_account_that_may_not_send_now_loses_no_mail_over_it() {
        let body =
            r#"{"message":"Domain mg.clinic.example is not allowed to send: the account is on probation"}"#;
        assert!(matches!(judge(400, None, body), Delivery::Retry { .. }));
        let body = r#"{"message":"recipient limit exceeded, try again after Tue, 24 Nov 2026 08:00:00 UTC"}"#;
        assert!(matches!(judge(420, None, body), Delivery::Retry { .. }));
    }
}
