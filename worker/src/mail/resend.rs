//! Resend's API, which several services take: a key makes what is sent twice one mail.
//!
//! Source: Resend's documentation, "Send Email", "Idempotency Keys" and "Errors", as of November 2026.

use clinic::commands::outbox::{Delivery, OutgoingMail};
use serde::{Deserialize, Serialize};

use super::{
    api::{Answer, ApiRequest, HttpApi},
    sender::Sender,
};

/// Resend, or whoever speaks as it does.
pub struct Resend {
    /// The base, without a slash at its end.
    pub url: String,
    pub key: String,
    pub from: Sender,
}

// A mail that waits was tried with just these bytes, in this order: with others its key would be refused.
#[derive(Serialize)]
struct Body<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
    html: &'a str,
    headers: BodyHeaders,
}

#[derive(Serialize)]
struct BodyHeaders {
    #[serde(rename = "Content-Language")]
    content_language: &'static str,
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Deserialize)]
struct Refusal {
    name: String,
}

/// What Resend calls it that a key went with another mail before.
const KEY_OF_ANOTHER: &str = "invalid_idempotent_request";

impl HttpApi for Resend {
    fn base(&self) -> &str {
        &self.url
    }

    fn request(&self, mail: &OutgoingMail) -> ApiRequest {
        let body = Body {
            from: &self.from.written,
            to: [&mail.to],
            subject: &mail.subject,
            text: &mail.text,
            html: &mail.html,
            headers: BodyHeaders { content_language: mail.language.tag() },
        };
        ApiRequest {
            url: format!("{}/emails", self.url),
            headers: vec![
                ("Authorization", format!("Bearer {}", self.key)),
                ("Content-Type", "application/json".to_owned()),
                ("Idempotency-Key", mail.idempotency_key.clone()),
            ],
            body: serde_json::to_string(&body).unwrap_or_default(),
        }
    }

    fn judge(&self, _: &OutgoingMail, answer: &Answer) -> Delivery {
        match answer.status {
            200..=299 => {
                // Accepted is accepted, also by an API that names no id.
                let provider_id =
                    serde_json::from_str(&answer.body).map(|Taken { id }| id).unwrap_or_default();
                Delivery::Accepted { provider_id }
            }
            409 if serde_json::from_str(&answer.body)
                .is_ok_and(|Refusal { name }| name == KEY_OF_ANOTHER) =>
            {
                answer.refusal()
            }
            // Of any other 409 the cause passes: what timed out here may be on its way there. 404 is said of an API's address that is
            // wrong: the operator's to mend.
            404 | 409 => answer.later(),
            _ => answer.by_status(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::sample;

    fn resend() -> Resend {
        let from = Sender::parse("Wardkey <no-reply@clinic.example>").expect("a sender");
        Resend { url: "https://api.example".to_owned(), key: "k".to_owned(), from }
    }

    fn judge(status: u16, retry_after: Option<&str>, body: &str) -> Delivery {
        resend().judge(&sample(), &Answer::new(status, retry_after, body))
    }

    #[test]
    fn a_mail_goes_with_its_key_and_always_the_same_bytes() {
        let asked = resend().request(&sample());
        assert_eq!(asked.url, "https://api.example/emails");
        assert_eq!(
            asked.headers,
            [
                ("Authorization", "Bearer k".to_owned()),
                ("Content-Type", "application/json".to_owned()),
                ("Idempotency-Key", "harbour/0123/lock/user".to_owned()),
            ]
        );
        assert_eq!(
            asked.body,
            r#"{"from":"Wardkey <no-reply@clinic.example>","to":["jane@clinic.example"],"subject":"Compte verrouillé","text":"Bonjour,\n.\n","html":"<p>Bonjour</p>","headers":{"Content-Language":"fr"}}"#
        );
    }

    #[test]
    fn an_accepted_mail_is_done() {
        assert!(matches!(
            judge(200, None, r#"{"id":"m1"}"#),
            Delivery::Accepted { provider_id } if provider_id == "m1"
        ));
        assert!(matches!(judge(202, None, ""), Delivery::Accepted { .. }));
    }

    #[test]
    fn a_refused_mail_is_not_sent_again() {
        for status in [400, 422] {
            assert!(matches!(judge(status, None, ""), Delivery::Refused { .. }), "{status}");
        }
        let body = r#"{"statusCode":409,"name":"invalid_idempotent_request","message":"another payload"}"#;
        assert!(matches!(judge(409, None, body), Delivery::Refused { .. }));
    }

    #[test]
    fn a_mail_that_is_on_its_way_already_is_tried_again() {
        for name in ["concurrent_idempotent_requests", "resource_locked"] {
            let body = format!(r#"{{"statusCode":409,"name":"{name}","message":"try again later"}}"#);
            assert!(matches!(judge(409, None, &body), Delivery::Retry { .. }), "{name}");
        }
        assert!(matches!(judge(409, None, ""), Delivery::Retry { .. }));
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for status in [302, 401, 403, 404, 408, 500, 503, 599] {
            assert!(matches!(judge(status, None, ""), Delivery::Retry { .. }), "{status}");
        }
        assert!(matches!(judge(429, Some("30"), ""), Delivery::Retry { after_seconds: Some(30), .. }));
        assert!(matches!(judge(429, Some("soon"), ""), Delivery::Retry { after_seconds: None, .. }));
    }
}
