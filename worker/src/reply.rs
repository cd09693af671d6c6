//! What goes back, as data: the router makes it, and one function turns it into a response.

use serde::Serialize;
use wire::{Method, Problem, ProblemCode};
use worker::{Headers, Response, ResponseBuilder};

use crate::{
    headers,
    problem::{self, ProblemBody},
};

/// A reply of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    content_type: &'static str,
    body: String,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// A reply that went well.
    pub fn json(value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(value).map_err(|_| Problem::new(ProblemCode::Internal))?;
        Ok(Self::ready(body))
    }

    /// A reply that went well and is JSON already.
    pub fn ready(body: String) -> Self {
        Self { status: 200, content_type: "application/json", body, headers: Vec::new() }
    }

    /// A refusal.
    pub fn problem(problem: &Problem) -> Self {
        // Two strings and a few numbers: there is nothing in a problem that JSON could not say.
        let body = serde_json::to_string(&ProblemBody::new(problem)).unwrap_or_default();
        let status = problem::status(problem.code);
        let mut headers = Vec::new();
        if let Some(seconds) = problem.retry_after_seconds {
            headers.push(("Retry-After", seconds.to_string()));
        }
        if status == 401 {
            headers.push(("WWW-Authenticate", "Wardkey".to_owned()));
        }
        Self { status, content_type: "application/problem+json", body, headers }
    }

    /// The refusal of another method than the route's own.
    pub fn method_not_allowed(allowed: Method) -> Self {
        let allowed = match allowed {
            Method::Get => "GET, HEAD",
            Method::Post => "POST",
        };
        Self::problem(&Problem::new(ProblemCode::MethodNotAllowed)).with_header("Allow", allowed.to_owned())
    }

    /// The same reply with one header more.
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The response. An answer to `HEAD` has the headers alone.
    pub fn into_response(self, head: bool) -> worker::Result<Response> {
        let headers = Headers::new();
        headers::secure_data(&headers)?;
        headers.set("Content-Type", self.content_type)?;
        for (name, value) in &self.headers {
            headers.append(name, value)?;
        }
        let response = ResponseBuilder::new().with_status(self.status).with_headers(headers);
        Ok(if head { response.empty() } else { response.fixed(self.body.into_bytes()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_to_come_back_and_how_to_prove_oneself() {
        let reply = Reply::problem(&Problem::new(ProblemCode::SlowDown).retry_after(7));
        assert_eq!(reply.headers, [("Retry-After", "7".to_owned())]);
        let reply = Reply::problem(&Problem::new(ProblemCode::LoginWrong));
        assert_eq!(reply.headers, [("WWW-Authenticate", "Wardkey".to_owned())]);
    }
}
