//! The only place that fetches.

use gloo_net::http::{Request, RequestBuilder, Response};
use web_sys::RequestCache;
use wire::{Endpoint, Method, Problem, ProblemCode};

use crate::{connection, json};

/// Why a call did not bring its reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The Worker refused, and said why.
    Refused(Problem),
    /// No answer came: nobody knows whether the request arrived.
    Offline,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::Refused(problem)
    }
}

impl Failure {
    /// The code of a refusal.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Failure::Refused(problem) => Some(problem.code),
            Failure::Offline => None,
        }
    }
}

/// A request without its type: what waits for an answer is then compiled once, and not once for each endpoint.
pub struct Call {
    method: Method,
    address: String,
    body: String,
}

impl Call {
    /// The call of an endpoint: what a GET asks travels in the query, what a POST changes as JSON.
    pub fn of<E: Endpoint>(request: &E::Request) -> Result<Call, Failure> {
        let path = E::PATH.to_owned();
        match E::METHOD {
            Method::Get => {
                let query = serde_urlencoded::to_string(request).map_err(|_| unreadable())?;
                let address = if query.is_empty() { path } else { format!("{path}?{query}") };
                Ok(Call { method: Method::Get, address, body: String::new() })
            }
            Method::Post => {
                let body = serde_json::to_string(request).map_err(|_| unreadable())?;
                Ok(Call { method: Method::Post, address: path, body })
            }
        }
    }
}

/// Sends a call and brings the text of its reply.
pub async fn send(call: Call) -> Result<String, Failure> {
    let request = match call.method {
        Method::Get => Request::get(&call.address).build(),
        Method::Post => {
            Request::post(&call.address).header("content-type", "application/json").body(call.body)
        }
    };
    let answer = answered(request.map_err(|_| unreadable())?).await;
    connection::heard(answer.is_some());
    let (response, text) = answer.ok_or(Failure::Offline)?;
    if response.ok() { Ok(text) } else { Err(json::parse(&text).map_or_else(unreadable, Failure::Refused)) }
}

async fn answered(request: Request) -> Option<(Response, String)> {
    let response = request.send().await.ok()?;
    let text = response.text().await.ok()?;
    Some((response, text))
}

/// Reads the reply of an endpoint.
pub fn read<E: Endpoint>(text: &str) -> Result<E::Reply, Failure> {
    json::parse(text).ok_or_else(unreadable)
}

/// Why a file of the app itself did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No answer came.
    Offline,
    /// Another file came: this page is older than what is deployed.
    Outdated,
}

/// Loads a file of the app itself that must have this digest.
pub async fn load(address: &str, integrity: &str) -> Result<String, Missing> {
    if let Some(text) = fetched(Request::get(address).integrity(integrity)).await {
        return Ok(text);
    }
    // The line may have been lost for a moment, or the browser may keep what was deployed for a moment: once more, past its
    // cache.
    if let Some(text) = fetched(Request::get(address).integrity(integrity).cache(RequestCache::Reload)).await
    {
        return Ok(text);
    }
    // The browser says no more of a file that it refused than of a lost connection.
    match fetched(Request::get(address).cache(RequestCache::Reload)).await {
        Some(_) => Err(Missing::Outdated),
        None => Err(Missing::Offline),
    }
}

async fn fetched(request: RequestBuilder) -> Option<String> {
    let response = request.send().await.ok()?;
    if response.ok() { response.text().await.ok() } else { None }
}

/// A reply that is none of ours, such as the error page of something in between.
fn unreadable() -> Failure {
    Failure::Refused(Problem::new(ProblemCode::Internal))
}
