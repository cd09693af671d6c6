//! The only place that fetches.

use gloo_net::http::{Request, Response};
use serde::de::DeserializeOwned;
use wire::{Endpoint, Method, Problem, ProblemCode};

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

/// Calls an endpoint: what a GET asks travels in the query, what a POST changes as JSON.
pub async fn call<E: Endpoint>(request: &E::Request) -> Result<E::Reply, Failure> {
    let sent = match E::METHOD {
        Method::Get => {
            let query = serde_urlencoded::to_string(request).map_err(|_| unreadable())?;
            let address = if query.is_empty() { E::PATH.to_owned() } else { format!("{}?{query}", E::PATH) };
            Request::get(&address).send().await
        }
        Method::Post => {
            let body = serde_json::to_string(request).map_err(|_| unreadable())?;
            let request = Request::post(E::PATH).header("content-type", "application/json").body(body);
            request.map_err(|_| unreadable())?.send().await
        }
    };
    read(sent.map_err(|_| Failure::Offline)?).await
}

async fn read<R: DeserializeOwned>(response: Response) -> Result<R, Failure> {
    let text = response.text().await.map_err(|_| Failure::Offline)?;
    if response.ok() {
        serde_json::from_str(&text).map_err(|_| unreadable())
    } else {
        Err(serde_json::from_str(&text).map_or_else(|_| unreadable(), Failure::Refused))
    }
}

/// A reply that is none of ours, such as the error page of something in between.
fn unreadable() -> Failure {
    Failure::Refused(Problem::new(ProblemCode::Internal))
}
