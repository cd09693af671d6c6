//! The only place that fetches.

use gloo_net::http::{Request, RequestBuilder, Response};
use js_sys::{Array, JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader, RequestCache, UrlSearchParams};
use wire::{Endpoint, Method, Problem, ProblemCode};

use crate::{connection, json};

// app/key.js: with each request goes the proof that it comes from this browser.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = wardkey, js_name = send)]
    async fn send_proven(method: &str, address: &str, body: Option<String>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = wardkey)]
    async fn prove(method: &str, path: &str) -> Result<JsValue, JsValue>;
}

/// The proof for the handshake of a socket; nothing where the browser keeps no key.
pub async fn socket_proof(path: &str) -> Option<String> {
    let proof = prove("GET", path).await.ok()?.as_string()?;
    (!proof.is_empty()).then_some(proof)
}

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
#[derive(Clone)]
pub struct Call {
    address: String,
    /// What a POST sends.
    body: Option<String>,
}

impl Call {
    /// The call of an endpoint: what a GET asks travels in the query, what a POST changes as JSON.
    pub fn of<E: Endpoint>(request: &E::Request) -> Result<Call, Failure> {
        let path = E::PATH.to_owned();
        let json = serde_json::to_string(request).map_err(|_| unreadable())?;
        match E::METHOD {
            Method::Get => {
                let query = query(&json)?;
                let address = if query.is_empty() { path } else { format!("{path}?{query}") };
                Ok(Call { address, body: None })
            }
            Method::Post => Ok(Call { address: path, body: Some(json) }),
        }
    }

    async fn sent(self) -> Option<Response> {
        let method = if self.body.is_some() { "POST" } else { "GET" };
        let response = send_proven(method, &self.address, self.body).await.ok()?;
        Some(response.unchecked_into::<web_sys::Response>().into())
    }
}

/// Plain fields as a query. By the browser, which has what a serializer of our own would weigh a kilobyte for.
fn query(json: &str) -> Result<String, Failure> {
    let fields = JSON::parse(json).map_err(|_| unreadable())?;
    if !fields.is_object() {
        return Ok(String::new());
    }
    let query = UrlSearchParams::new_with_record_from_str_to_str(fields.unchecked_ref());
    Ok(query.map_err(|_| unreadable())?.to_string().into())
}

/// Sends a call and brings the text of its reply.
pub async fn send(call: Call) -> Result<String, Failure> {
    let answer = answered(call).await;
    connection::heard(answer.is_some());
    let (response, text) = answer.ok_or(Failure::Offline)?;
    if response.ok() { Ok(text) } else { Err(refusal(&text)) }
}

fn refusal(text: &str) -> Failure {
    json::parse(text).map_or_else(unreadable, Failure::Refused)
}

/// Sends a call whose reply is a file, and says whenever more of it has come how many bytes there are. The browser keeps
/// them: of a long file, the app could not hold all.
pub async fn receive(call: Result<Call, Failure>, came: impl Fn(u32)) -> Result<Blob, Failure> {
    let offline = |_| Failure::Offline;
    let response = call?.sent().await.ok_or(Failure::Offline)?;
    if !response.ok() {
        return Err(refusal(&response.text().await.map_err(|_| Failure::Offline)?));
    }
    let body = response.body().ok_or_else(unreadable)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let (parts, mut bytes) = (Array::new(), 0_u32);
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(offline)?;
        // Behind the last part comes one without a value.
        let value = Reflect::get(&part, &JsValue::from_str("value")).unwrap_or_default();
        let Ok(value) = value.dyn_into::<Uint8Array>() else { break };
        bytes = bytes.saturating_add(value.length());
        parts.push(&value);
        came(bytes);
    }
    Blob::new_with_u8_array_sequence(&parts).map_err(offline)
}

async fn answered(call: Call) -> Option<(Response, String)> {
    let response = call.sent().await?;
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
