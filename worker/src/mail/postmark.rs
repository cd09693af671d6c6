//! Postmark's API. It has no idempotency keys: what is sent twice arrives twice, under one Message-ID.
//!
//! Source: Postmark's developer documentation, "Email API" and "API error codes", as of November 2026.

use clinic::commands::outbox::{Delivery, OutgoingMail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    api::{Answer, ApiRequest, HttpApi},
    reference,
    sender::Sender,
};

/// Postmark.
pub struct Postmark {
    /// The base, without a slash at its end.
    pub url: String,
    /// The server's token.
    pub token: String,
    pub from: Sender,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    from: &'a str,
    to: &'a str,
    subject: &'a str,
    text_body: &'a str,
    html_body: &'a str,
    headers: [Value; 3],
    metadata: Value,
    /// Links in mails are keys: nobody but the recipient is to open them, whatever is set for the server.
    track_links: &'static str,
    /// Asks for no count of who opens it. A server or stream that counts does so all the same: the operator turns it off there.
    track_opens: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Said {
    error_code: u32,
    #[serde(rename = "MessageID")]
    message_id: String,
    message: String,
}

/// Something about the mail is not as it should be; the message says what.
const INVALID: u32 = 300;
/// How such a message names the sender, who is the same in every mail: the operator's to mend.
const SENDER: &str = "'From'";
/// The address bounced, complained, or was suppressed by hand.
const INACTIVE_RECIPIENT: u32 = 406;
/// Maintenance, and a rate that is exceeded: it passes.
const PASSING: [u32; 2] = [100, 429];
/// Token, sender signature, credits, an account that is not approved yet: the operator's to mend, and the mails need not be lost over it.
const OF_THE_ACCOUNT: [u32; 6] = [10, 400, 401, 405, 412, 413];

impl HttpApi for Postmark {
    fn base(&self) -> &str {
        &self.url
    }

    fn request(&self, mail: &OutgoingMail) -> ApiRequest {
        let reference = reference(mail);
        let header = |name: &str, value: &str| json!({ "Name": name, "Value": value });
        let body = Body {
            from: &self.from.written,
            to: &mail.to,
            subject: &mail.subject,
            text_body: &mail.text,
            html_body: &mail.html,
            headers: [
                header("Content-Language", mail.language.tag()),
                header("Message-ID", &format!("<{reference}@{}>", self.from.domain())),
                // Without it Postmark writes a Message-ID of its own.
                header("X-PM-KeepID", "true"),
            ],
            metadata: json!({ "wardkey-mail": reference }),
            track_links: "None",
            track_opens: false,
        };
        ApiRequest {
            url: format!("{}/email", self.url),
            headers: vec![
                ("X-Postmark-Server-Token", self.token.clone()),
                ("Content-Type", "application/json".to_owned()),
                ("Accept", "application/json".to_owned()),
            ],
            body: serde_json::to_string(&body).unwrap_or_default(),
        }
    }

    fn judge(&self, _: &OutgoingMail, answer: &Answer) -> Delivery {
        let said: Said = serde_json::from_str(&answer.body).unwrap_or_default();
        match (answer.status, said.error_code) {
            (200..=299, 0) => Delivery::Accepted { provider_id: said.message_id },
            (200..=299 | 422, INACTIVE_RECIPIENT) => answer.recipient_refusal(),
            (200..=299 | 422, code) if PASSING.contains(&code) || OF_THE_ACCOUNT.contains(&code) => {
                answer.later()
            }
            (200..=299 | 422, INVALID) if said.message.contains(SENDER) => answer.later(),
            (200..=299, _) => answer.refusal(),
            // The address of the API is wrong: the operator's to mend.
            (404, _) => answer.later(),
            _ => answer.by_status(),
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::mails::MailTrouble;

    use super::*;
    use crate::mail::sample;

    fn postmark() -> Postmark {
        let from = Sender::parse("Wardkey <no-reply@clinic.example>").expect("a sender");
        Postmark { url: "https://api.example".to_owned(), token: "t".to_owned(), from }
    }

    fn judge(status: u16, body: &str) -> Delivery {
        postmark().judge(&sample(), &Answer::new(status, None, body))
    }

    #[test]
    fn a_mail_goes_with_the_token_and_can_be_known_again() {
        let asked = postmark().request(&sample());
        assert_eq!(asked.url, "https://api.example/email");
        assert!(asked.headers.contains(&("X-Postmark-Server-Token", "t".to_owned())));
        let body: Value = serde_json::from_str(&asked.body).expect("JSON");
        let reference = reference(&sample());
        assert_eq!(
            body,
            json!({
                "From": "Wardkey <no-reply@clinic.example>",
                "To": "jane@clinic.example",
                "Subject": "Compte verrouillé",
                "TextBody": "Bonjour,\n.\n",
                "HtmlBody": "<p>Bonjour</p>",
                "Headers": [
                    { "Name": "Content-Language", "Value": "fr" },
                    { "Name": "Message-ID", "Value": format!("<{reference}@clinic.example>") },
                    { "Name": "X-PM-KeepID", "Value": "true" },
                ],
                "Metadata": { "wardkey-mail": reference },
                "TrackLinks": "None",
                "TrackOpens": false,
            })
        );
        assert_eq!(asked, postmark().request(&sample()));
    }

    #[test]
    fn an_accepted_mail_is_done() {
        let body = r#"{"To":"jane@clinic.example","SubmittedAt":"2026-11-23T08:00:00Z","MessageID":"0a129aee","ErrorCode":0,"Message":"OK"}"#;
        assert!(matches!(judge(200, body), Delivery::Accepted { provider_id } if provider_id == "0a129aee"));
    }

    #[test]
    fn an_inactive_recipient_is_refused_as_one() {
        let body = r#"{"ErrorCode":406,"Message":"You tried to send to recipient(s) that have been marked as inactive."}"#;
        for status in [200, 422] {
            let Delivery::Refused { why } = judge(status, body) else { panic!("{status}") };
            assert_eq!(why, MailTrouble::recipient_refused(status));
        }
    }

    #[test]
    fn what_is_wrong_with_the_mail_is_final_and_what_is_wrong_with_the_account_is_not() {
        for code in [300, 402, 403, 409] {
            let body = format!(r#"{{"ErrorCode":{code},"Message":""}}"#);
            assert!(matches!(judge(422, &body), Delivery::Refused { .. }), "{code}");
        }
        for code in [100, 400, 401, 405, 412, 413, 429] {
            let body = format!(r#"{{"ErrorCode":{code},"Message":""}}"#);
            assert!(matches!(judge(422, &body), Delivery::Retry { .. }), "{code}");
        }
        for status in [302, 401, 403, 404, 429, 500, 503] {
            assert!(matches!(judge(status, ""), Delivery::Retry { .. }), "{status}");
        }
        assert!(matches!(judge(413, ""), Delivery::Refused { .. }));
    }

    #[test]
    fn an_invalid_sender_is_not_the_mails_fault() {
        let of = |status: u16, field: &str| {
            let message = format!("Invalid '{field}' address: it is not a verified sender signature.");
            judge(status, &json!({ "ErrorCode": 300, "Message": message }).to_string())
        };
        for status in [200, 422] {
            assert!(matches!(of(status, "From"), Delivery::Retry { .. }), "{status}");
            assert!(matches!(of(status, "To"), Delivery::Refused { .. }), "{status}");
        }
    }
}
