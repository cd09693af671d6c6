//! What every service with an HTTP API has in common: one request, one answer.

use clinic::commands::outbox::{Delivery, OutgoingMail};
use futures_util::{FutureExt, future::LocalBoxFuture};
use wasm_bindgen::JsValue;
use wire::{
    Timestamp,
    mails::{MailTrouble, MailTroubleCode},
};
use worker::{AbortController, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

use super::{Provider, retry};
use crate::world;

/// Who asks. Resend takes nothing from somebody who does not say so, and the platform says nothing by itself.
const USER_AGENT: &str = concat!("Wardkey/", env!("CARGO_PKG_VERSION"));

/// Turns a mail into a request of a service's API, and reads the answer. Both without a network.
pub trait HttpApi: Send + Sync {
    /// What is posted for a mail.
    fn request(&self, mail: &OutgoingMail) -> ApiRequest;
    /// Where the service is.
    fn base(&self) -> &str;
    /// What an answer means for the mail.
    fn judge(&self, mail: &OutgoingMail, answer: &Answer) -> Delivery;
}

/// What is posted.
#[derive(Debug, PartialEq, Eq)]
pub struct ApiRequest {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    /// Seconds to wait, where the service names them.
    pub retry_after: Option<u32>,
    pub body: String,
}

impl Answer {
    pub fn new(status: u16, retry_after: Option<&str>, body: &str) -> Self {
        let retry_after = retry_after.and_then(|text| text.trim().parse().ok());
        Self { status, retry_after, body: body.to_owned() }
    }

    /// The mail will never be taken.
    pub fn refusal(&self) -> Delivery {
        Delivery::Refused { why: MailTrouble::answered(self.status) }
    }

    /// The service does not write to this address.
    pub fn recipient_refusal(&self) -> Delivery {
        Delivery::Refused { why: MailTrouble::recipient_refused(self.status) }
    }

    /// The mail may be taken later.
    pub fn later(&self) -> Delivery {
        retry(MailTrouble::answered(self.status), self.retry_after)
    }

    /// What the status alone says, where a service says no more.
    pub fn by_status(&self) -> Delivery {
        match self.status {
            // A wrong key is the operator's to mend; the mail need not be lost over it.
            401 | 403 | 408 | 429 | 500..=599 => self.later(),
            400..=499 => self.refusal(),
            _ => self.later(),
        }
    }
}

impl<A: HttpApi> Provider for A {
    fn deliver<'a>(&'a self, mail: &'a OutgoingMail) -> LocalBoxFuture<'a, Delivery> {
        let asked = async move {
            let answer = post(self.request(mail)).await;
            match answer {
                Ok(answer) => self.judge(mail, &answer),
                Err(_) => retry(MailTroubleCode::Unreachable.into(), None),
            }
        };
        asked.boxed_local()
    }

    /// Without the key: a service that answers at all is there.
    fn reach(&self) -> LocalBoxFuture<'_, Result<Option<Timestamp>, String>> {
        let asked = async move {
            match get(self.base()).await {
                Ok((status @ 500.., _)) => Err(format!("it answers {status}")),
                Ok((_, date)) => Ok(date.as_deref().and_then(world::parse_http_date)),
                Err(_) => Err("nothing answers".to_owned()),
            }
        };
        asked.boxed_local()
    }
}

/// Ends a request that nobody waits for any more.
struct Abort(Option<AbortController>);

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

/// The status of what is at an address, and the moment that it tells.
async fn get(url: &str) -> worker::Result<(u16, Option<String>)> {
    let controller = AbortController::default();
    let signal = controller.signal();
    let _abort = Abort(Some(controller));
    let mut init = RequestInit::new();
    init.with_headers(headers(&[])?).with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init)?;
    let response = Fetch::Request(request).send_with_signal(&signal).await?;
    Ok((response.status_code(), response.headers().get("Date")?))
}

async fn post(asked: ApiRequest) -> worker::Result<Answer> {
    let controller = AbortController::default();
    let signal = controller.signal();
    let _abort = Abort(Some(controller));
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers(&asked.headers)?)
        .with_body(Some(JsValue::from_str(&asked.body)))
        // The key is for this API alone, not for wherever it may point.
        .with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(&asked.url, &init)?;
    let mut response = Fetch::Request(request).send_with_signal(&signal).await?;
    let retry_after = response.headers().get("Retry-After")?;
    let body = response.text().await?;
    Ok(Answer::new(response.status_code(), retry_after.as_deref(), &body))
}

fn headers(asked: &[(&'static str, String)]) -> worker::Result<Headers> {
    let headers = Headers::new();
    headers.set("User-Agent", USER_AGENT)?;
    for (name, value) in asked {
        headers.set(name, value)?;
    }
    Ok(headers)
}
