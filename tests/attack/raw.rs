//! HTTP down to the byte: what no browser sends, as fast as it can be sent.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};
use wardkey_tests::{Client, Reply, Wardkey};
use wire::proof;
use xtask::key;

/// Longest reply that is read.
const REPLY_BYTES_MAX: usize = 8 << 20;

/// A request as it goes over the wire.
#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    /// How many seconds the Worker's clock is ahead, by which the proof is made.
    pub ahead: i64,
}

impl Request {
    /// What reads.
    pub fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), headers: Vec::new(), body: None, ahead: 0 }
    }

    /// What changes something, as our own pages send it.
    pub fn post(wardkey: &Wardkey, path: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { ahead: wardkey.ahead_seconds(), ..Self::post_to(wardkey.origin(), path, body) }
    }

    /// The same where no clock is moved.
    pub fn post_to(origin: &str, path: &str, body: impl Into<Vec<u8>>) -> Self {
        let request = Self { method: "POST", body: Some(body.into()), ..Self::get(path) };
        request.with("Content-Type", "application/json").with("Origin", origin)
    }

    /// With one header more.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With cookies, where there are some.
    pub fn cookies(self, cookies: &str) -> Self {
        if cookies.is_empty() { self } else { self.with("Cookie", cookies) }
    }

    /// With the cookies of a browser.
    pub fn by(self, client: &Client) -> Self {
        self.cookies(&cookies(client))
    }

    /// The bytes. `Host` is ours and the proof is that of all browsers' key, unless the request has another.
    pub fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push_str(&format!("Host: localhost:{}\r\n", address.port()));
        }
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(proof::HEADER)) {
            let origin = format!("http://localhost:{}", address.port());
            let proof = key::shared().proof(self.method, &origin, &self.path, self.ahead);
            head.push_str(&format!("{}: {proof}\r\n", proof::HEADER));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = &self.body {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(self.body.iter().flatten());
        bytes
    }
}

/// A reply in a few words.
pub fn told(reply: &Reply) -> String {
    format!("{} {:.300}", reply.status, reply.text)
}

/// The cookies of a browser, as it sends them.
pub fn cookies(client: &Client) -> String {
    let pairs: Vec<String> = client.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("; ")
}

/// Where a Wardkey listens.
pub fn address(wardkey: &Wardkey) -> Result<SocketAddr> {
    let port = wardkey.origin().rsplit(':').next().context("an origin without a port")?;
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse()?)))
}

/// A connection.
pub struct Line {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Line {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("nobody listens")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// The same from a network of this computer's own, 127.0.0.0/8.
    pub async fn open_from(network: Ipv4Addr, address: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((network, 0)))?;
        let stream = socket.connect(address).await.context("nobody listens")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Sends a request and waits for its reply.
    pub async fn ask(&mut self, address: SocketAddr, request: &Request) -> Result<Reply> {
        self.write(&request.bytes(address)).await?;
        self.reply().await
    }

    /// The next reply.
    pub async fn reply(&mut self) -> Result<Reply> {
        let head = loop {
            match self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(end) => break self.take(end + 4),
                None => self.more().await?,
            }
        };
        let (status, headers) = parse(&head)?;
        if status == 100 {
            return Box::pin(self.reply()).await;
        }
        let said = |name: &str| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let body = if matches!(status, 204 | 304) {
            Vec::new()
        } else if let Some(length) = said("content-length") {
            let length = length.parse()?;
            self.exactly(length).await?
        } else if said("transfer-encoding") == Some("chunked") {
            self.chunks().await?
        } else {
            Vec::new()
        };
        Ok(Reply { status, headers, text: String::from_utf8_lossy(&body).into_owned() })
    }

    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = loop {
                match self.read.windows(2).position(|window| window == b"\r\n") {
                    Some(end) => break end,
                    None => self.more().await?,
                }
            };
            let size = self.take(end + 2);
            let size = usize::from_str_radix(String::from_utf8_lossy(&size).trim(), 16)?;
            let mut chunk = self.exactly(size + 2).await?;
            chunk.truncate(size);
            body.append(&mut chunk);
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.read.len() < length {
            self.more().await?;
        }
        Ok(self.take(length))
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.read.split_off(length);
        std::mem::replace(&mut self.read, rest)
    }

    async fn more(&mut self) -> Result<()> {
        let mut bytes = [0; 16 * 1024];
        let count = self.stream.read(&mut bytes).await?;
        if count == 0 || self.read.len() > REPLY_BYTES_MAX {
            bail!("the line was hung up");
        }
        self.read.extend_from_slice(&bytes[..count]);
        Ok(())
    }
}

fn parse(head: &[u8]) -> Result<(u16, HeaderMap)> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name: HeaderName = name.trim().parse()?;
        headers.append(name, HeaderValue::from_bytes(value.trim().as_bytes())?);
    }
    Ok((status, headers))
}

/// What a request was answered, and from when to when it was on its way.
pub struct Answer {
    pub reply: Reply,
    pub sent: Instant,
    pub came: Instant,
}

/// Sends requests over lines that have some each, all at the same moment: every line is open before the first byte goes, and all of a
/// line's requests are sent before its first reply is read. The answers come in the order of the requests.
pub async fn volley(address: SocketAddr, lines: Vec<Vec<Request>>) -> Result<Vec<Answer>> {
    let mut opening = JoinSet::new();
    for (place, requests) in lines.into_iter().enumerate() {
        opening.spawn(async move {
            let bytes: Vec<u8> = requests.iter().flat_map(|request| request.bytes(address)).collect();
            anyhow::Ok((place, requests.len(), Line::open(address).await?, bytes))
        });
    }
    let open: Vec<_> = opening.join_all().await.into_iter().collect::<Result<_>>()?;
    let mut asked = JoinSet::new();
    for (place, count, mut line, bytes) in open {
        asked.spawn(async move {
            line.write(&bytes).await?;
            let sent = Instant::now();
            let mut answers = Vec::new();
            for _ in 0..count {
                let reply = line.reply().await?;
                answers.push(Answer { reply, sent, came: Instant::now() });
            }
            anyhow::Ok((place, answers))
        });
    }
    let mut answered: Vec<_> = asked.join_all().await.into_iter().collect::<Result<_>>()?;
    answered.sort_by_key(|(place, _)| *place);
    Ok(answered.into_iter().flat_map(|(_, answers)| answers).collect())
}

/// Sends each request on a line of its own, all at the same moment.
pub async fn at_once(address: SocketAddr, requests: &[Request]) -> Result<Vec<Reply>> {
    let lines = requests.iter().map(|request| vec![request.clone()]).collect();
    Ok(volley(address, lines).await?.into_iter().map(|answer| answer.reply).collect())
}

/// Sends requests over a few lines, one after another on each. The replies come in the order of the requests; none where
/// the line was hung up instead, as a server may do with what is no HTTP.
pub async fn over(lines: usize, address: SocketAddr, requests: Vec<Request>) -> Result<Vec<Option<Reply>>> {
    let mut hands: Vec<Vec<(usize, Request)>> = (0..lines).map(|_| Vec::new()).collect();
    for (place, request) in requests.into_iter().enumerate() {
        hands[place % lines].push((place, request));
    }
    let mut asked = JoinSet::new();
    for hand in hands {
        asked.spawn(async move {
            let mut replies = Vec::new();
            let mut line = Line::open(address).await?;
            for (place, request) in hand {
                let reply = line.ask(address, &request).await.ok();
                let closes = reply.as_ref().is_none_or(|reply| reply.header("connection") == "close");
                if closes {
                    line = Line::open(address).await?;
                }
                replies.push((place, reply));
            }
            anyhow::Ok(replies)
        });
    }
    let mut replies: Vec<(usize, Option<Reply>)> =
        asked.join_all().await.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    replies.sort_by_key(|(place, _)| *place);
    Ok(replies.into_iter().map(|(_, reply)| reply).collect())
}
