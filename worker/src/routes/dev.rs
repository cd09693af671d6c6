//! `/dev`: the mailbox for trying things out. A deployment has no such binding, and then there is nothing here.

use worker::{Env, Headers, Method, Request, RequestInit, RequestRedirect, Response, Result};

use crate::headers;

/// The binding that only `cargo xtask run` and the tests make.
const BINDING: &str = "MAILBOX";

/// The mailbox's reply, if there is a mailbox.
pub async fn forward(request: &Request, env: &Env) -> Result<Option<Response>> {
    let Ok(mailbox) = env.service(BINDING) else { return Ok(None) };
    let request = request.inner();
    if !matches!(request.method().as_str(), "GET" | "HEAD") {
        return Ok(None);
    }
    // Made anew: cookies and keys of the site are none of the mailbox's business.
    let mut init = RequestInit::new();
    init.with_method(Method::Get).with_redirect(RequestRedirect::Manual);
    let reply = mailbox.fetch(request.url(), Some(init)).await?;
    let headers: Headers = reply.headers().clone();
    headers::secure_page(&headers)?;
    Ok(Some(reply.with_headers(headers)))
}
