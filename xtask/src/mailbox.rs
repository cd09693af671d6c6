//! The mail API's double: takes mails as each provider does, and shows them on a page. It can also be told to fail.

use std::{
    collections::VecDeque,
    convert::Infallible,
    fs::{self, File},
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, RETRY_AFTER},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    mail_provider::{MailApi, Trouble},
    mailbox_page,
};

/// Longest body that is read.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How long a request that was told to hang hangs.
const HANG: Duration = Duration::from_secs(120);

/// A mail, as `/dev/mailbox.json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The id that the sender was given.
    pub id: String,
    /// The one recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body as text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// When it came, in UTC.
    pub at: String,
    /// The `Content-Language` that it came with.
    #[serde(default)]
    pub language: String,
}

/// A mail with what tells a repetition from another mail.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    mail: Mail,
    idempotency_key: String,
    digest: String,
}

/// A request with a mail, whatever became of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: String,
}

impl Seen {
    /// A header's value; empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// How a request is to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This status. The mail is not taken.
    Status(u16),
    /// 429 with so many seconds in `Retry-After`, which of the services only Resend documents. The mail is not taken.
    RetryAfter(u32),
    /// The provider does not write to this address, and says so. The mail is not taken.
    Recipient,
    /// 409, as for a key whose first request is being answered still. The mail is not taken.
    UnderWay,
    /// No answer for two minutes. The mail is not taken.
    Hang,
    /// The mail is taken, then the connection is dropped before any answer.
    TakeThenDrop,
    /// The mail is taken, and this status is answered.
    TakeThenStatus(u16),
    /// The mail is taken, and no answer comes for two minutes.
    TakeThenHang,
    /// The mail is taken, and that is answered only after so many seconds. Nothing else is wrong.
    Late(u64),
    /// It is answered that the mail was taken, and it is thrown away.
    ThrowAway,
}

#[derive(Default)]
struct Inner {
    mails: Vec<Kept>,
    seen: Vec<Seen>,
    failures: VecDeque<Failure>,
    /// Who asks without saying so is let in, too.
    lets_the_nameless_in: bool,
}

struct Shared {
    key: String,
    file: PathBuf,
    inner: Mutex<Inner>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running mailbox on a thread of its own. Dropped, it is stopped.
pub struct Mailbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Mailbox {
    /// Starts on a free port, with the mails of `folder`, for senders that know `key`.
    pub fn start(folder: &Path, key: &str) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let file = folder.join("mails.jsonl");
        let mails = match fs::read_to_string(&file) {
            // A line that a killed run left half written is a mail that nobody was told was taken.
            Ok(text) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).with_context(|| format!("{} can't be read", file.display())),
        };
        let shared = Arc::new(Shared {
            key: key.to_owned(),
            file,
            inner: Mutex::new(Inner { mails, ..Inner::default() }),
        });
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, served) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Another way in.
    pub fn door(&self) -> Door {
        Door(Arc::clone(&self.shared))
    }

    /// Every mail that was taken, newest first.
    pub fn mails(&self) -> Vec<Mail> {
        newest_first(&self.shared.lock())
    }

    /// The mail that was taken last of those that `is` fits.
    pub fn newest(&self, is: impl Fn(&Mail) -> bool) -> Option<Mail> {
        self.shared.lock().mails.iter().rev().map(|kept| &kept.mail).find(|mail| is(mail)).cloned()
    }

    /// The idempotency key of every mail that was taken, oldest first; with a provider that has none, what the mail can be known by.
    pub fn keys(&self) -> Vec<String> {
        self.shared.lock().mails.iter().map(|kept| kept.idempotency_key.clone()).collect()
    }

    /// Every request with a mail, oldest first, with those that failed.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// Takes mails of senders that do not say who they are, too, as Workers of before they had to.
    pub fn let_the_nameless_in(&self) {
        self.shared.lock().lets_the_nameless_in = true;
    }

    /// The next requests fail so, one a failure, before any other succeeds.
    pub fn fail_next(&self, failures: impl IntoIterator<Item = Failure>) {
        self.shared.lock().failures.extend(failures);
    }

    /// Whether a request is going to fail.
    pub fn is_failing(&self) -> bool {
        !self.shared.lock().failures.is_empty()
    }

    /// From now on requests succeed.
    pub fn recover(&self) {
        self.shared.lock().failures.clear();
    }
}

/// Another way into a mailbox than its API: a mail server's.
#[derive(Clone)]
pub struct Door(Arc<Shared>);

impl Door {
    /// What senders know.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// Notes that somebody has come with a mail, and tells how it is to fail.
    pub fn knock(&self, body: String) -> Option<Failure> {
        let mut inner = self.0.lock();
        inner.seen.push(Seen { headers: Vec::new(), body });
        inner.failures.pop_front()
    }

    /// Takes a mail, with what it is known by when it comes again.
    pub fn take(&self, mail: Mail, key: String) -> io::Result<()> {
        keep(&self.0, &mut self.0.lock(), mail, key, String::new()).map(|_| ())
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &shared));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Reply = Response<Full<Bytes>>;

/// An error drops the connection without an answer.
async fn answer(request: Request<Incoming>, shared: &Shared) -> Result<Reply, io::Error> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/dev/mailbox") => Ok(page(&newest_first(&shared.lock()))),
        (&Method::GET, "/dev/mailbox.json") => {
            Ok(json_reply(StatusCode::OK, &json!(newest_first(&shared.lock()))))
        }
        (&Method::POST, path) if let Some(provider) = MailApi::of_path(path) => {
            take(provider, request, shared).await
        }
        _ => Ok(json_reply(StatusCode::NOT_FOUND, &json!({ "message": "There is no such place." }))),
    }
}

async fn take(provider: MailApi, request: Request<Incoming>, shared: &Shared) -> Result<Reply, io::Error> {
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let Ok(body) = Limited::new(request.into_body(), BODY_BYTES_MAX).collect().await else {
        let (status, body) = provider.refusal(Trouble::Told(StatusCode::PAYLOAD_TOO_LARGE), "");
        return Ok(json_reply(status, &body));
    };
    let seen = Seen { headers, body: String::from_utf8_lossy(&body.to_bytes()).into_owned() };
    let failure = {
        let mut inner = shared.lock();
        inner.seen.push(seen.clone());
        inner.failures.pop_front()
    };
    let refuse = |trouble| {
        let to = provider.read(&seen).map(|(mail, _)| mail.to).unwrap_or_default();
        let (status, body) = provider.refusal(trouble, &to);
        json_reply(status, &body)
    };
    let told = |status| {
        refuse(Trouble::Told(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)))
    };
    match failure {
        Some(Failure::Status(status)) => return Ok(told(status)),
        Some(Failure::Recipient) => return Ok(refuse(Trouble::Recipient)),
        Some(Failure::TakeThenStatus(status)) => {
            let _ = accept(provider, shared, &seen);
            return Ok(told(status));
        }
        Some(Failure::RetryAfter(seconds)) => {
            let mut reply = told(StatusCode::TOO_MANY_REQUESTS.as_u16());
            reply.headers_mut().insert(RETRY_AFTER, seconds.into());
            return Ok(reply);
        }
        Some(Failure::UnderWay) => {
            let name = "concurrent_idempotent_requests";
            return Ok(conflict(name, "The same key is being answered."));
        }
        Some(failure @ (Failure::Hang | Failure::TakeThenHang)) => {
            if failure == Failure::TakeThenHang {
                let _ = accept(provider, shared, &seen);
            }
            tokio::time::sleep(HANG).await;
            return Err(io::ErrorKind::TimedOut.into());
        }
        Some(Failure::TakeThenDrop) => {
            let _ = accept(provider, shared, &seen);
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Some(Failure::ThrowAway) => {
            let read = admit(provider, shared, &seen).and_then(|()| provider.read(&seen));
            return Ok(match read {
                Ok((mail, _)) => json_reply(StatusCode::OK, &provider.taken(&mail)),
                Err(trouble) => refuse(trouble),
            });
        }
        Some(Failure::Late(seconds)) => tokio::time::sleep(Duration::from_secs(seconds)).await,
        None => {}
    }
    let admitted = admit(provider, shared, &seen);
    Ok(admitted.and_then(|()| accept(provider, shared, &seen)).unwrap_or_else(refuse))
}

fn admit(provider: MailApi, shared: &Shared, seen: &Seen) -> Result<(), Trouble> {
    match provider.admit(seen, &shared.key) {
        Err(Trouble::Nameless) if shared.lock().lets_the_nameless_in => Ok(()),
        admitted => admitted,
    }
}

fn accept(provider: MailApi, shared: &Shared, seen: &Seen) -> Result<Reply, Trouble> {
    let (mail, idempotency_key) = provider.read(seen)?;
    let digest: String = Sha256::digest(&seen.body).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut inner = shared.lock();
    let before = inner.mails.iter().find(|kept| {
        provider.knows_keys() && !idempotency_key.is_empty() && kept.idempotency_key == idempotency_key
    });
    if let Some(before) = before {
        return Ok(match before.digest == digest {
            true => json_reply(StatusCode::OK, &provider.taken(&before.mail)),
            false => {
                conflict("invalid_idempotent_request", "This idempotency key was used for another mail.")
            }
        });
    }
    let kept = keep(shared, &mut inner, mail, idempotency_key, digest)
        .map_err(|_| Trouble::Told(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(json_reply(StatusCode::OK, &provider.taken(&kept)))
}

fn keep(
    shared: &Shared,
    inner: &mut Inner,
    mut mail: Mail,
    idempotency_key: String,
    digest: String,
) -> io::Result<Mail> {
    mail.id = format!("mail-{}", inner.mails.len() + 1);
    mail.at = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
    let kept = Kept { mail: mail.clone(), idempotency_key, digest };
    append(&shared.file, &kept)?;
    inner.mails.push(kept);
    Ok(mail)
}

/// What Resend says of a key that it knows already.
fn conflict(name: &str, message: &str) -> Reply {
    let status = StatusCode::CONFLICT;
    json_reply(status, &json!({ "statusCode": status.as_u16(), "name": name, "message": message }))
}

fn append(file: &Path, kept: &Kept) -> io::Result<()> {
    let mut line = serde_json::to_vec(kept)?;
    line.push(b'\n');
    File::options().create(true).append(true).open(file)?.write_all(&line)
}

fn newest_first(inner: &Inner) -> Vec<Mail> {
    inner.mails.iter().rev().map(|kept| kept.mail.clone()).collect()
}

fn json_reply(status: StatusCode, value: &Value) -> Reply {
    reply(status, "application/json", value.to_string())
}

fn page(mails: &[Mail]) -> Reply {
    let mut reply = reply(StatusCode::OK, "text/html; charset=utf-8", mailbox_page::html(mails));
    if let Ok(policy) = mailbox_page::content_security_policy().parse() {
        reply.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    reply
}

fn reply(status: StatusCode, content_type: &'static str, body: String) -> Reply {
    let mut reply = Response::new(Full::from(body));
    *reply.status_mut() = status;
    let headers: [(HeaderName, &'static str); 4] = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("referrer-policy"), "no-referrer"),
    ];
    for (name, value) in headers {
        reply.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    reply
}
