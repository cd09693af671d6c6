//! Cloudflare Email Service over its REST API. It has no idempotency keys: what is sent twice arrives twice, with one `X-Wardkey-Mail`.
//!
//! Source: Cloudflare's documentation, "Email Service: REST API" and "Email headers", as of November 2026. A Message-ID it writes itself.

use clinic::commands::outbox::{Delivery, OutgoingMail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    api::{Answer, ApiRequest, HttpApi},
    reference,
    sender::Sender,
};

/// Cloudflare Email Service.
pub struct Cloudflare {
    /// The base with the account, without a slash at its end: `https://api.cloudflare.com/client/v4/accounts/ACCOUNT`.
    pub url: String,
    /// A token with the permission "Email Sending: Edit".
    pub token: String,
    pub from: Sender,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    success: bool,
    // Looked into field by field: a mail that was taken is not sent again because one of them is written otherwise.
    result: Value,
}

/// Where the result lists the addresses that the mail does not go to: they bounced now, or did before and are suppressed since.
const REFUSED: [&str; 2] = ["permanent_bounces", "suppressed_recipients"];

impl Said {
    fn refuses(&self, to: &str) -> bool {
        let listed = REFUSED.iter().filter_map(|list| self.result.get(list)?.as_array()).flatten();
        listed.filter_map(Value::as_str).any(|address| address.eq_ignore_ascii_case(to))
    }

    fn provider_id(&self) -> String {
        self.result.get("message_id").and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl HttpApi for Cloudflare {
    fn base(&self) -> &str {
        &self.url
    }

    fn request(&self, mail: &OutgoingMail) -> ApiRequest {
        let from = match &self.from.name {
            Some(name) => json!({ "address": self.from.address, "name": name }),
            None => json!(self.from.address),
        };
        let body = json!({
            "from": from,
            "to": mail.to,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "headers": { "Content-Language": mail.language.tag(), "X-Wardkey-Mail": reference(mail) },
        });
        ApiRequest {
            url: format!("{}/email/sending/send", self.url),
            headers: vec![
                ("Authorization", format!("Bearer {}", self.token)),
                ("Content-Type", "application/json".to_owned()),
            ],
            body: body.to_string(),
        }
    }

    fn judge(&self, mail: &OutgoingMail, answer: &Answer) -> Delivery {
        let said: Said = serde_json::from_str(&answer.body).unwrap_or_default();
        match answer.status {
            200..=299 if said.refuses(&mail.to) => answer.recipient_refusal(),
            200..=299 if said.success => Delivery::Accepted { provider_id: said.provider_id() },
            200..=299 => answer.later(),
            // The account in the address is wrong: the operator's to mend.
            404 => answer.later(),
            _ => answer.by_status(),
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::mails::MailTrouble;

    use super::*;
    use crate::mail::sample;

    fn cloudflare(from: &str) -> Cloudflare {
        let from = Sender::parse(from).expect("a sender");
        Cloudflare { url: "https://api.example/accounts/a".to_owned(), token: "t".to_owned(), from }
    }

    fn judge(status: u16, body: &str) -> Delivery {
        cloudflare("a@clinic.example").judge(&sample(), &Answer::new(status, None, body))
    }

    #[test]
    fn a_mail_goes_with_the_token_and_with_headers_that_are_allowed() {
        let asked = cloudflare("Wardkey <no-reply@clinic.example>").request(&sample());
        assert_eq!(asked.url, "https://api.example/accounts/a/email/sending/send");
        assert!(asked.headers.contains(&("Authorization", "Bearer t".to_owned())));
        let body: Value = serde_json::from_str(&asked.body).expect("JSON");
        assert_eq!(body["from"], json!({ "address": "no-reply@clinic.example", "name": "Wardkey" }));
        assert_eq!(body["to"], "jane@clinic.example");
        let headers = json!({ "Content-Language": "fr", "X-Wardkey-Mail": reference(&sample()) });
        assert_eq!(body["headers"], headers);
        let bare = cloudflare("a@clinic.example").request(&sample());
        assert!(bare.body.contains(r#""from":"a@clinic.example""#), "{}", bare.body);
    }

    #[test]
    fn an_accepted_mail_is_done_delivered_or_queued() {
        for fate in ["delivered", "queued"] {
            let body = format!(
                r#"{{"success":true,"errors":[],"messages":[],"result":{{"{fate}":["jane@clinic.example"],"permanent_bounces":[]}}}}"#
            );
            assert!(matches!(judge(200, &body), Delivery::Accepted { .. }), "{fate}");
        }
    }

    #[test]
    fn an_accepted_mail_is_known_by_its_id_where_one_is_named() {
        for (id, known_as) in [(r#","message_id":"<m1@clinic.example>""#, "<m1@clinic.example>"), ("", "")] {
            let body = format!(r#"{{"success":true,"result":{{"delivered":["jane@clinic.example"]{id}}}}}"#);
            assert!(matches!(
                judge(200, &body),
                Delivery::Accepted { provider_id } if provider_id == known_as
            ));
        }
        // Nothing of it is needed.
        let body = r#"{"success":true,"result":{"message_id":null,"suppressed_recipients":null}}"#;
        assert!(matches!(judge(200, body), Delivery::Accepted { .. }));
    }

    #[test]
    fn an_address_that_bounces_or_is_suppressed_is_refused_as_one() {
        for list in ["permanent_bounces", "suppressed_recipients"] {
            let of = |to: &str| {
                judge(200, &format!(r#"{{"success":true,"result":{{"delivered":[],"{list}":["{to}"]}}}}"#))
            };
            let Delivery::Refused { why } = of("Jane@clinic.example") else { panic!("{list}") };
            assert_eq!(why, MailTrouble::recipient_refused(200));
            assert!(matches!(of("other@clinic.example"), Delivery::Accepted { .. }), "{list}");
        }
    }

    #[test]
    fn a_bad_mail_is_final_and_what_may_pass_is_not() {
        let body = r#"{"success":false,"errors":[{"code":10202,"message":"email.sending.error.email.invalid"}],"messages":[],"result":null}"#;
        assert!(matches!(judge(400, body), Delivery::Refused { .. }));
        for status in [200, 401, 403, 404, 429, 500, 503] {
            let body = r#"{"success":false,"errors":[],"messages":[],"result":null}"#;
            assert!(matches!(judge(status, body), Delivery::Retry { .. }), "{status}");
        }
    }
}
