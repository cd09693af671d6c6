//! A browser without a screen: keeps cookies, sends the origin, and speaks the API by its types.

use std::{
    collections::BTreeMap,
    fmt,
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU16, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, ORIGIN, SET_COOKIE},
};
use wire::{
    Empty, Endpoint, Problem, ProblemCode, proof,
    sign_in::{
        Answer, AnswerQuestion, AuthorizeComputer, AuthorizeProfile, ComputerCredentials, GetSignIn,
        ProfileCode, SignInState, SignOut, SubmitPassword, UserCredentials,
    },
};
use xtask::key::{self, Key};

/// How long a reply may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the trial build is told where to break; no other knows it.
pub const BREAKING_HEADER: &str = "Wardkey-Trial-Panic";

/// A browser of its own, with nothing in it at first.
pub struct Client {
    http: reqwest::Client,
    /// Where it stands, as it says.
    origin: String,
    /// Where it connects to.
    url: String,
    key: Option<&'static Key>,
    /// By how many seconds the clinic's clock is ahead, as far as it has said.
    ahead: AtomicI64,
    // Our own jar: the cookies are `Secure`, and the tests' Wardkey is at http://localhost, which browsers trust and jars do not.
    cookies: Mutex<BTreeMap<String, String>>,
    /// How and where the program is to break under the next request.
    breaks: Mutex<Option<String>>,
}

/// A reply as it came.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Reply {
    /// A header's value; empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem in the body.
    pub fn problem(&self) -> Result<Problem> {
        serde_json::from_str(&self.text).with_context(|| format!("no problem: {} {}", self.status, self.text))
    }
}

/// The Worker said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// Why.
    pub problem: Problem,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.status, self.problem)
    }
}

impl std::error::Error for Refusal {}

impl Client {
    /// A browser that stands before a Wardkey.
    pub fn new(origin: &str) -> Result<Self> {
        Self::at(origin, None)
    }

    /// A browser in a network of its own, where it counts who knocks from which.
    pub fn elsewhere(origin: &str) -> Result<Self> {
        // Every address of 127.0.0.0/8 is this computer's.
        static NETWORKS: AtomicU16 = AtomicU16::new(0);
        let [high, low] = NETWORKS.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Self::at(origin, Some(IpAddr::from([127, 1, high, low])))
    }

    fn at(origin: &str, address: Option<IpAddr>) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .local_address(address)
            .build()?;
        let (ahead, cookies, breaks) = (AtomicI64::default(), Mutex::default(), Mutex::default());
        let (origin, url) = (origin.to_owned(), origin.to_owned());
        Ok(Self { http, origin, url, key: Some(key::shared()), ahead, cookies, breaks })
    }

    /// The same, with something in between that speaks TLS for it.
    pub fn through(self, url: String) -> Self {
        Self { url, ..self }
    }

    /// The same cookies in a browser with another key, or without one.
    pub fn with_key(self, key: Option<&'static Key>) -> Self {
        Self { key, ..self }
    }

    /// Has the trial build break under the next request: how, where, at which call of an object and after which statement.
    pub fn breaks_next(&self, way: &str, place: &str, call: usize, statement: usize) {
        *self.breaks.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(format!("{way} {place} {call} {statement}"));
    }

    /// Whether the request that breaks has not been sent yet.
    pub fn is_to_break(&self) -> bool {
        self.breaks.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Where it stands, as it says in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where it connects to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Calls an endpoint. Inside is what the Worker decided, outside is trouble that no test expects.
    pub async fn try_call<E: Endpoint>(&self, request: &E::Request) -> Result<Result<E::Reply, Refusal>> {
        let reply = match E::METHOD {
            wire::Method::Get => {
                let query = serde_urlencoded::to_string(request)?;
                let path = if query.is_empty() { E::PATH.to_owned() } else { format!("{}?{query}", E::PATH) };
                self.send(Method::GET, &path, &[], None).await?
            }
            wire::Method::Post => {
                let headers = [(CONTENT_TYPE.as_str(), "application/json"), (ORIGIN.as_str(), &self.origin)];
                self.send(Method::POST, E::PATH, &headers, Some(serde_json::to_string(request)?)).await?
            }
        };
        if (200..300).contains(&reply.status) {
            let value = serde_json::from_str(&reply.text);
            Ok(Ok(value.with_context(|| format!("{} answered {}", E::PATH, reply.text))?))
        } else {
            Ok(Err(Refusal { status: reply.status, problem: reply.problem()? }))
        }
    }

    /// Calls an endpoint that must answer well.
    pub async fn call<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply> {
        self.try_call::<E>(request).await?.with_context(|| format!("{} refused", E::PATH))
    }

    /// Calls an endpoint that must refuse.
    pub async fn refusal<E: Endpoint>(&self, request: &E::Request) -> Result<Refusal> {
        match self.try_call::<E>(request).await? {
            Ok(_) => anyhow::bail!("{} did not refuse", E::PATH),
            Err(refusal) => Ok(refusal),
        }
    }

    /// The proof of the browser's key for a request.
    pub fn proof(&self, method: &str, path: &str) -> Option<String> {
        Some(self.key?.proof(method, &self.origin, path, self.ahead.load(Ordering::Relaxed)))
    }

    /// Sends anything at all. Cookies go along and are kept, and so does the proof of the key, unless there is one among the headers;
    /// no other header is added.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Reply> {
        let reply = self.send_once(method.clone(), path, headers, body.clone()).await?;
        // As the app does it where its clock is wrong.
        let date = httpdate::parse_http_date(reply.header("date"));
        if reply.status != 401 || !reply.text.contains(ProblemCode::ProofStale.as_str()) {
            return Ok(reply);
        }
        let Ok(since) = date?.duration_since(UNIX_EPOCH) else { return Ok(reply) };
        self.ahead.store(i64::try_from(since.as_secs())? - key::now(), Ordering::Relaxed);
        self.send_once(method, path, headers, body).await
    }

    /// Sends it as it is, whatever the answer says of this browser's clock.
    pub async fn send_once(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Reply> {
        let proof = self.proof(method.as_str(), path);
        let proof =
            proof.filter(|_| headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case(proof::HEADER)));
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(proof) = proof {
            request = request.header(proof::HEADER, proof);
        }
        if let Some(plan) = self.breaks.lock().unwrap_or_else(PoisonError::into_inner).take() {
            request = request.header(BREAKING_HEADER, plan);
        }
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let reply = request.send().await?;
        self.keep_cookies(reply.headers());
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        Ok(Reply { status, headers, text: reply.text().await? })
    }

    /// How far this browser has come.
    pub async fn state(&self) -> Result<SignInState> {
        self.call::<GetSignIn>(&Empty {}).await
    }

    /// Step 1.
    pub async fn authorize_computer(&self, username: &str, password: &str) -> Result<SignInState> {
        let request = ComputerCredentials { username: username.to_owned(), password: password.to_owned() };
        self.call::<AuthorizeComputer>(&request).await
    }

    /// Step 2.
    pub async fn authorize_profile(&self, code: &str) -> Result<SignInState> {
        self.call::<AuthorizeProfile>(&ProfileCode { code: code.to_owned() }).await
    }

    /// Step 3, with the right password.
    pub async fn submit_password(&self, login: &str, password: &str) -> Result<SignInState> {
        self.call::<SubmitPassword>(&credentials(login, password)).await
    }

    /// Step 3, with a password that may be wrong.
    pub async fn try_password(&self, login: &str, password: &str) -> Result<Result<SignInState, Refusal>> {
        self.try_call::<SubmitPassword>(&credentials(login, password)).await
    }

    /// "Is this you?"
    pub async fn answer(&self, yes: bool) -> Result<SignInState> {
        self.call::<AnswerQuestion>(&Answer { yes }).await
    }

    /// Ends the session.
    pub async fn sign_out(&self) -> Result<SignInState> {
        self.call::<SignOut>(&Empty {}).await
    }

    /// A copy of this browser with its key and all its cookies, as another tab has them.
    pub fn twin(&self) -> Result<Self> {
        Ok(Self::new(&self.origin)?.through(self.url.clone()).with_cookies(self.cookies()))
    }

    /// The same browser with these cookies alone.
    pub fn with_cookies(self, cookies: BTreeMap<String, String>) -> Self {
        Self { cookies: Mutex::new(cookies), ..self }
    }

    /// The cookies that it holds, by name.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn cookie_header(&self) -> String {
        let pairs: Vec<String> =
            self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let mut parts = cookie.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            if parts.any(|part| part.eq_ignore_ascii_case("Max-Age=0")) {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn credentials(login: &str, password: &str) -> UserCredentials {
    UserCredentials { login: login.to_owned(), password: password.to_owned() }
}
