//! The pages and files of the app, where the platform lets the Worker serve them.

use worker::{Env, Headers, Request, Response, Result};

use crate::headers;

/// The binding of the built app.
const BINDING: &str = "ASSETS";

/// A page or file of the app, if this deployment serves one.
pub async fn page(request: &Request, env: &Env) -> Result<Option<Response>> {
    let Ok(assets) = env.assets(BINDING) else { return Ok(None) };
    let reply = assets.fetch_request(request.clone()?).await?;
    let headers: Headers = reply.headers().clone();
    headers::secure_page(&headers)?;
    Ok(Some(reply.with_headers(headers)))
}
