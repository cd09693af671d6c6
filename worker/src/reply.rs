//! What goes back, as data: the router makes it, and one function turns it into a response.

use futures_util::stream::LocalBoxStream;
use serde::Serialize;
use wire::{Method, Problem, ProblemCode};
use worker::{Response, ResponseBuilder};

use crate::{
    headers,
    problem::{self, ProblemBody},
    world,
};

/// A reply of the API.
pub struct Reply {
    status: u16,
    content_type: &'static str,
    body: Body,
    headers: Vec<(&'static str, String)>,
    /// Why it is a refusal, where it is one.
    problem: Option<ProblemCode>,
}

enum Body {
    Text(String),
    Stream(Chunks),
}

/// A body that comes while it is read. Nothing is made of it that nobody reads.
pub type Chunks = LocalBoxStream<'static, worker::Result<Vec<u8>>>;

/// A file for whoever asked for it to keep.
pub struct FileReply {
    pub media_type: &'static str,
    pub name: String,
    pub chunks: Chunks,
}

impl Reply {
    /// A reply that is a file.
    pub fn file(FileReply { media_type, name, chunks }: FileReply) -> Self {
        let disposition = format!("attachment; filename=\"{name}\"");
        Self::good(media_type, Body::Stream(chunks)).with_header("Content-Disposition", disposition)
    }

    /// A reply that went well.
    pub fn json(value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(value).map_err(|_| Problem::new(ProblemCode::Internal))?;
        Ok(Self::ready(body))
    }

    /// A reply that went well and is JSON already.
    pub fn ready(body: String) -> Self {
        Self::good("application/json", Body::Text(body))
    }

    /// A text of some type.
    pub fn text(content_type: &'static str, text: String) -> Self {
        Self::good(content_type, Body::Text(text))
    }

    fn good(content_type: &'static str, body: Body) -> Self {
        Self { status: 200, content_type, body, headers: Vec::new(), problem: None }
    }

    /// The same reply with another status.
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// What came of the request, for whoever counts.
    pub fn outcome(&self) -> (u16, Option<ProblemCode>) {
        (self.status, self.problem)
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
        if problem.code == ProblemCode::ProofStale {
            headers.push(("Date", world::http_date()));
        }
        if status == 401 {
            headers.push(("WWW-Authenticate", "Wardkey".to_owned()));
        }
        Self {
            status,
            content_type: "application/problem+json",
            body: Body::Text(body),
            headers,
            problem: Some(problem.code),
        }
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
        let headers = headers::of_data()?;
        headers.set("Content-Type", self.content_type)?;
        for (name, value) in &self.headers {
            headers.append(name, value)?;
        }
        let response = ResponseBuilder::new().with_status(self.status).with_headers(headers);
        match self.body {
            _ if head => Ok(response.empty()),
            Body::Text(text) => Ok(response.fixed(text.into_bytes())),
            Body::Stream(chunks) => response.from_stream(chunks),
        }
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
