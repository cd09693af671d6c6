//! Stands in front of workerd as Cloudflare's edge does: files leave it compressed, which workerd alone doesn't do.

use std::{
    collections::HashMap,
    convert::Infallible,
    error::Error,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    sync::Arc,
    thread,
};

use anyhow::{Context, Result, ensure};
use http_body_util::{Either, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client,
    header::{
        CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
        TRANSFER_ENCODING, UPGRADE,
    },
    server, upgrade,
};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use ureq::Agent;
use walkdir::WalkDir;

use crate::assemble;

/// The page that every address of the app is.
const PAGE: &str = "/";
/// What the Worker answers itself.
const WORKERS: &str = "/api/";
/// Every file of a folder with brotli, into another folder. Node.js is here anyway, as for the sizes.
const COMPRESS: &str = "const fs = require('fs'), path = require('path'), zlib = require('zlib'); \
    const [from, to] = process.argv.slice(1); \
    for (const name of fs.readdirSync(from, { recursive: true })) { \
        if (fs.statSync(path.join(from, name)).isFile()) { \
            fs.mkdirSync(path.dirname(path.join(to, name)), { recursive: true }); \
            fs.writeFileSync(path.join(to, name), zlib.brotliCompressSync(fs.readFileSync(path.join(from, name)))); \
        } \
    }";

/// A running edge on a thread of its own. Dropped, it is stopped.
pub struct Edge {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What is served without asking the Worker.
struct Site {
    worker: SocketAddr,
    files: HashMap<String, File>,
}

/// A file that is not of the site.
pub struct Ours<'a> {
    /// Where it stands.
    pub path: &'a str,
    /// What it is.
    pub content_type: &'static str,
    /// What it says.
    pub text: &'a str,
}

/// A file as the edge sends it.
struct File {
    headers: HeaderMap,
    body: Bytes,
}

impl Edge {
    /// Stands on a port in front of a Worker. Besides the site's files it has some of ours.
    pub fn start(port: u16, worker: SocketAddr, ours: &[Ours]) -> Result<Self> {
        let site = Arc::new(Site::read(worker, ours)?);
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, site) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Site {
    /// The files compressed, with the headers that workerd gives them.
    fn read(worker: SocketAddr, ours: &[Ours]) -> Result<Self> {
        let (folder, small) =
            (TempDir::with_prefix("wardkey-edge-")?, TempDir::with_prefix("wardkey-edge-")?);
        compress(&assemble::site(), small.path())?;

        let agent = Agent::new_with_config(Agent::config_builder().max_redirects(0).build());
        let mut files = HashMap::new();
        for entry in WalkDir::new(small.path()) {
            let entry = entry?;
            let name = entry.path().strip_prefix(small.path())?.to_string_lossy();
            // Its lines are in the headers of the others.
            if !entry.file_type().is_file() || name == "_headers" {
                continue;
            }
            let path = match name.strip_suffix(".html") {
                Some("index") => PAGE.to_owned(),
                Some(page) => format!("/{page}"),
                None => format!("/{name}"),
            };
            let headers = headers(&agent, worker, &path)?;
            files.insert(path, File { headers, body: fs::read(entry.path())?.into() });
        }
        // What is ours goes the same way.
        for Ours { path, text, .. } in ours {
            fs::write(folder.path().join(path.trim_start_matches('/')), text)?;
        }
        compress(folder.path(), folder.path())?;
        for Ours { path, content_type, .. } in ours {
            let mut headers = files.get(PAGE).context("the site has no page")?.headers.clone();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            let body = fs::read(folder.path().join(path.trim_start_matches('/')))?.into();
            files.insert((*path).to_owned(), File { headers, body });
        }
        Ok(Self { worker, files })
    }

    /// A file, or the page of the app, as `wrangler.toml` has it.
    fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path).or_else(|| self.files.get(PAGE))
    }
}

fn compress(from: &Path, to: &Path) -> Result<()> {
    let output = Command::new("node").args(["-e", COMPRESS]).args([from, to]).output();
    let output = output.context("`node` could not be started")?;
    ensure!(output.status.success(), "node: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn headers(agent: &Agent, worker: SocketAddr, path: &str) -> Result<HeaderMap> {
    let url = format!("http://{worker}{path}");
    let reply = agent.get(&url).call().with_context(|| format!("{path} is not served"))?;
    let mut headers = reply.headers().clone();
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION] {
        headers.remove(name);
    }
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    Ok(headers)
}

async fn serve(listener: std::net::TcpListener, site: Arc<Site>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            let service = hyper::service::service_fn(|request| answer(request, &site));
            let connection =
                server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            let _ = connection.with_upgrades().await;
        });
    }
}

type Reply = Response<Either<Full<Bytes>, Incoming>>;

/// An error drops the connection without an answer.
async fn answer(request: Request<Incoming>, site: &Site) -> Result<Reply, Box<dyn Error + Send + Sync>> {
    let path = request.uri().path();
    if path.starts_with(WORKERS) {
        return Ok(hand_on(request, site.worker).await?.map(Either::Right));
    }
    let file = site.file(path).ok_or("nothing is served")?;
    let mut reply = Response::new(Either::Left(Full::new(file.body.clone())));
    *reply.headers_mut() = file.headers.clone();
    Ok(reply)
}

/// Asks the Worker. What becomes a WebSocket is passed to and fro until one of both ends it.
async fn hand_on(
    mut request: Request<Incoming>,
    worker: SocketAddr,
) -> Result<Response<Incoming>, Box<dyn Error + Send + Sync>> {
    let stream = TcpStream::connect(worker).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    let theirs = request.headers().contains_key(UPGRADE).then(|| upgrade::on(&mut request));
    let mut reply = sender.send_request(request).await?;
    if let (StatusCode::SWITCHING_PROTOCOLS, Some(theirs)) = (reply.status(), theirs) {
        let ours = upgrade::on(&mut reply);
        tokio::spawn(async move {
            if let (Ok(theirs), Ok(ours)) = (theirs.await, ours.await) {
                copy_bidirectional(&mut TokioIo::new(theirs), &mut TokioIo::new(ours)).await.ok();
            }
        });
    }
    Ok(reply)
}
