//! Stands between a program that knows nothing of keys and a Wardkey: what passes gets the origin, the proof and, if wanted, the
//! cookies of somebody who is signed in, and is counted.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONNECTION, CONTENT_LENGTH, COOKIE, HOST, HeaderMap, HeaderValue, ORIGIN, TRANSFER_ENCODING},
    http::request::Parts,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, oneshot},
};
use wire::{Problem, ProblemCode, proof};

use crate::{Client, Clinic, Wardkey, acts, desk::Helper};

/// How long a reply may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Who signs in at a clinic.
const OWNER: &str = "whitfield";
/// So many faults are kept; the others are only counted.
const FAULTS_KEPT_MAX: usize = 12;
/// What concerns one connection alone.
const OF_A_CONNECTION: [hyper::header::HeaderName; 3] = [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH];

/// In whose name is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A browser of our own pages with a key, and with nothing that it was ever given.
    Stranger,
    /// A browser in which an owner is signed in at a clinic of their own, and an operator at the support desk.
    Insider,
}

/// What has passed.
#[derive(Default)]
pub struct Passed {
    replies: AtomicU64,
    good: AtomicU64,
    signed_in: AtomicU64,
    faults: std::sync::Mutex<Vec<String>>,
}

impl Passed {
    /// How many requests were answered.
    pub fn replies(&self) -> u64 {
        self.replies.load(Ordering::Relaxed)
    }

    /// How many of them did what was asked for.
    pub fn good(&self) -> u64 {
        self.good.load(Ordering::Relaxed)
    }

    /// How often somebody signed in, because nobody was or nobody was any more.
    pub fn signed_in(&self) -> u64 {
        self.signed_in.load(Ordering::Relaxed)
    }

    /// The first of those that were a fault of ours, or were not answered.
    pub fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fault(&self, fault: String) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        if faults.len() < FAULTS_KEPT_MAX {
            faults.push(fault);
        }
    }
}

/// A running proxy. Dropped, it is stopped.
pub struct Signing {
    address: SocketAddr,
    passed: Arc<Passed>,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Signing {
    /// Stands before a Wardkey.
    pub fn start(wardkey: &'static Wardkey, who: Who) -> Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let (address, passed) = (listener.local_addr()?, Arc::new(Passed::default()));
        let gate = Arc::new(Gate::new(wardkey, who, Arc::clone(&passed))?);
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, gate) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { address, passed, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has passed up to now.
    pub fn passed(&self) -> &Passed {
        &self.passed
    }
}

impl Drop for Signing {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, gate: Arc<Gate>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(converse(stream, Arc::clone(&gate)));
    }
}

async fn converse(stream: TcpStream, gate: Arc<Gate>) {
    let service = service_fn(|request| answer(request, &gate));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, gate: &Gate) -> Result<Response<Full<Bytes>>, Infallible> {
    let asked = format!("{} {}", request.method(), request.uri());
    let answered = gate.answer(request).await;
    let reply = answered.unwrap_or_else(|error| {
        let mut reply = Response::new(Full::new(Bytes::from(format!("{error:#}"))));
        *reply.status_mut() = StatusCode::BAD_GATEWAY;
        reply
    });
    gate.passed.replies.fetch_add(1, Ordering::Relaxed);
    if reply.status().is_success() {
        gate.passed.good.fetch_add(1, Ordering::Relaxed);
    }
    if reply.status().is_server_error() {
        gate.passed.fault(format!("{asked}: {}: {:?}", reply.status(), reply.body()));
    }
    Ok(reply)
}

/// Who asks, with all that they hold.
struct Gate {
    wardkey: &'static Wardkey,
    who: Who,
    http: reqwest::Client,
    stranger: Client,
    seat: Mutex<Seat>,
    passed: Arc<Passed>,
}

/// Browsers in which somebody is signed in, as far as is known.
#[derive(Default)]
struct Seat {
    owner: Option<Owner>,
    operator: Option<Client>,
}

struct Owner {
    clinic: Clinic<'static>,
    browser: Client,
}

impl Gate {
    fn new(wardkey: &'static Wardkey, who: Who, passed: Arc<Passed>) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Ok(Self {
            wardkey,
            who,
            http: http.build()?,
            stranger: Client::new(wardkey.origin())?,
            seat: Mutex::default(),
            passed,
        })
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        if self.who == Who::Stranger {
            return self.send(&parts, &body, None).await;
        }
        let cookies = self.cookies().await?;
        let reply = self.send(&parts, &body, Some(&cookies)).await?;
        if !self.has_left(&reply).await {
            return Ok(reply);
        }
        // What was asked before has ended the session, the step, the operator: in again, so that more than refusals is tried.
        let cookies = self.cookies().await?;
        self.send(&parts, &body, Some(&cookies)).await
    }

    /// Asks the Wardkey.
    async fn send(
        &self,
        parts: &Parts,
        body: &Bytes,
        cookies: Option<&str>,
    ) -> Result<Response<Full<Bytes>>> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = parts.headers.clone();
        for name in OF_A_CONNECTION.into_iter().chain([HOST]) {
            headers.remove(name);
        }
        headers.insert(ORIGIN, HeaderValue::from_str(self.wardkey.origin())?);
        self.prove(parts, cookies, &mut headers)?;
        let url = format!("{}{path}", self.wardkey.origin());
        let request = self.http.request(parts.method.clone(), url).headers(headers).body(body.clone());
        let reply = request.send().await?;
        let (status, mut headers) = (reply.status(), reply.headers().clone());
        for name in OF_A_CONNECTION {
            headers.remove(name);
        }
        let mut answer = Response::new(Full::new(reply.bytes().await?));
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        Ok(answer)
    }

    /// An insider holds cookies and a key, whatever the program made up. A stranger keeps what it made up, even a proof.
    fn prove(&self, parts: &Parts, cookies: Option<&str>, headers: &mut HeaderMap) -> Result<()> {
        let own_proof = self.stranger.proof(parts.method.as_str(), parts.uri.path());
        let own_proof = HeaderValue::try_from(own_proof.context("no key")?)?;
        match cookies {
            Some(cookies) => {
                headers.insert(proof::HEADER, own_proof);
                headers.insert(COOKIE, HeaderValue::from_str(cookies)?);
            }
            None if !headers.contains_key(proof::HEADER) => {
                headers.insert(proof::HEADER, own_proof);
            }
            None => {}
        }
        Ok(())
    }

    /// The cookies of the owner and of the operator, who sign in where they are not.
    async fn cookies(&self) -> Result<String> {
        let mut seat = self.seat.lock().await;
        if seat.operator.is_none() {
            seat.operator = Some(Helper::new(self.wardkey)?.signed_in().await?);
            self.passed.signed_in.fetch_add(1, Ordering::Relaxed);
        }
        if seat.owner.is_none() {
            let clinic = Clinic::open(self.wardkey)?;
            let browser = clinic.signed_in("Owner's phone", clinic.user(OWNER)?).await?;
            seat.owner = Some(Owner { clinic, browser });
            self.passed.signed_in.fetch_add(1, Ordering::Relaxed);
        }
        let owner = seat.owner.iter().flat_map(|owner| owner.browser.cookies());
        let operator = seat.operator.iter().flat_map(Client::cookies);
        let pairs: Vec<String> =
            owner.chain(operator).map(|(name, value)| format!("{name}={value}")).collect();
        Ok(pairs.join("; "))
    }

    /// Whether a reply says that somebody is not signed in any more. They sign in again where the steps before stand still; where
    /// not, the next to ask opens a clinic of their own.
    async fn has_left(&self, reply: &Response<Full<Bytes>>) -> bool {
        let whole = reply.body().clone().collect().await.unwrap_or_default().to_bytes();
        let problem = serde_json::from_slice::<Problem>(&whole).map(|problem| problem.code);
        let mut seat = self.seat.lock().await;
        match problem {
            Ok(ProblemCode::OperatorRequired) => {
                seat.operator = None;
                true
            }
            Ok(
                ProblemCode::ProfileRequired | ProblemCode::ComputerRequired | ProblemCode::PasswordNeeded,
            ) => {
                seat.owner = None;
                true
            }
            // Passwords were made up until the owner's was guessed at too often: this reply stands, and another owner asks from now on.
            Ok(ProblemCode::AccountLocked) => {
                seat.owner = None;
                false
            }
            Ok(ProblemCode::SessionRequired) => {
                let Some(owner) = seat.owner.take() else { return true };
                if let Ok(user) = owner.clinic.user(OWNER)
                    && acts::sign_in(&owner.browser, user).await.is_ok()
                {
                    self.passed.signed_in.fetch_add(1, Ordering::Relaxed);
                    seat.owner = Some(owner);
                }
                true
            }
            _ => false,
        }
    }
}
