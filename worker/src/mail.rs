//! Hands one mail to the mail API and tells what became of it.

use std::pin::pin;

use clinic::commands::outbox::{Delivery, OutgoingMail};
use futures_util::future::{Either, select};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wire::mails::{MailTrouble, MailTroubleCode};
use worker::{AbortController, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response};

use crate::{config::MailApi, world};

const TIMEOUT_MILLIS: u32 = 10_000;

/// A mail in Resend's shape, which several providers take.
#[derive(Serialize)]
struct ApiMail<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
    html: &'a str,
    headers: ApiMailHeaders,
}

#[derive(Serialize)]
struct ApiMailHeaders {
    #[serde(rename = "Content-Language")]
    content_language: &'static str,
}

#[derive(Deserialize)]
struct ApiAnswer {
    id: String,
}

#[derive(Deserialize)]
struct ApiRefusal {
    name: String,
}

/// What Resend calls it that the same key came while the first request with it was being answered.
const STILL_UNDER_WAY: &str = "concurrent_idempotent_requests";

/// Sends a mail. The key makes it one mail, however often it is sent.
pub async fn send(api: &MailApi, mail: &OutgoingMail) -> Delivery {
    let controller = AbortController::default();
    let signal = controller.signal();
    let sending = pin!(async {
        let response = Fetch::Request(request(api, mail)?).send_with_signal(&signal).await?;
        read_answer(response).await
    });
    let timeout = pin!(world::sleep(TIMEOUT_MILLIS));
    match select(sending, timeout).await {
        Either::Left((Ok(delivery), _)) => delivery,
        Either::Left((Err(_), _)) => retry(MailTroubleCode::Unreachable.into(), None),
        Either::Right(((), _)) => {
            controller.abort();
            retry(MailTroubleCode::NoAnswer.into(), None)
        }
    }
}

fn request(api: &MailApi, mail: &OutgoingMail) -> worker::Result<Request> {
    let body = serde_json::to_string(&ApiMail {
        from: &api.from,
        to: [&mail.to],
        subject: &mail.subject,
        text: &mail.text,
        html: &mail.html,
        headers: ApiMailHeaders { content_language: mail.language.tag() },
    })?;
    let headers = Headers::new();
    headers.set("Authorization", &format!("Bearer {}", api.key))?;
    headers.set("Content-Type", "application/json")?;
    headers.set("Idempotency-Key", &mail.idempotency_key)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_body(Some(JsValue::from_str(&body)))
        // The key is for this API alone, not for wherever it may point.
        .with_redirect(RequestRedirect::Manual);
    Request::new_with_init(&format!("{}/emails", api.url), &init)
}

async fn read_answer(mut response: Response) -> worker::Result<Delivery> {
    let status = response.status_code();
    let retry_after = response.headers().get("Retry-After")?;
    let body = response.text().await?;
    Ok(judge(status, retry_after.as_deref(), &body))
}

/// What an answer of the mail API means for the mail.
fn judge(status: u16, retry_after: Option<&str>, body: &str) -> Delivery {
    match status {
        200..=299 => {
            // Accepted is accepted, also by an API that names no id.
            let provider_id = serde_json::from_str(body).map(|ApiAnswer { id }| id).unwrap_or_default();
            Delivery::Accepted { provider_id }
        }
        // A wrong API key is the operator's to mend; the mail need not be lost over it.
        401 | 403 | 408 | 429 | 500..=599 => {
            let after_seconds = retry_after.and_then(|text| text.trim().parse().ok());
            retry(MailTrouble::answered(status), after_seconds)
        }
        // What timed out here may be on its way there. Any other 409 says that the key went with other words before.
        409 if serde_json::from_str(body).is_ok_and(|ApiRefusal { name }| name == STILL_UNDER_WAY) => {
            retry(MailTrouble::answered(status), None)
        }
        400..=499 => Delivery::Refused { why: MailTrouble::answered(status) },
        _ => retry(MailTrouble::answered(status), None),
    }
}

fn retry(why: MailTrouble, after_seconds: Option<u32>) -> Delivery {
    Delivery::Retry { why, after_seconds }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for status in [400, 404, 409, 422] {
            assert!(matches!(judge(status, None, ""), Delivery::Refused { .. }), "{status}");
        }
    }

    #[test]
    fn a_mail_that_is_on_its_way_already_is_tried_again() {
        let body =
            r#"{"statusCode":409,"name":"concurrent_idempotent_requests","message":"try again later"}"#;
        assert!(matches!(judge(409, None, body), Delivery::Retry { .. }));
        let body = r#"{"statusCode":409,"name":"invalid_idempotent_request","message":"another payload"}"#;
        assert!(matches!(judge(409, None, body), Delivery::Refused { .. }));
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for status in [302, 401, 403, 408, 500, 503, 599] {
            assert!(matches!(judge(status, None, ""), Delivery::Retry { .. }), "{status}");
        }
        assert!(matches!(judge(429, Some("30"), ""), Delivery::Retry { after_seconds: Some(30), .. }));
        assert!(matches!(judge(429, Some("soon"), ""), Delivery::Retry { after_seconds: None, .. }));
    }
}
