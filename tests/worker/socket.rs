//! A live socket as a browser opens it: with its cookies and its origin.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderValue, header},
        protocol::CloseFrame,
    },
};
use url::Url;
use wardkey_tests::Client;
use wire::{
    live::{LIVE_PATH, Live, PONG},
    proof,
};

/// How long what must come may take.
pub const AT_ONCE: Duration = Duration::from_secs(1);
/// How long it is waited for what must not come.
const QUIET: Duration = Duration::from_millis(400);

/// An open live socket.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Opens one that must open.
    pub async fn open(client: &Client) -> Result<Self> {
        match Self::try_open(client, client.origin()).await? {
            Ok(socket) => Ok(socket),
            Err(status) => bail!("the socket was refused: {status}"),
        }
    }

    /// Opens one as a page of `origin` would. Inside is the status with which it was refused.
    pub async fn try_open(client: &Client, origin: &str) -> Result<Result<Self, u16>> {
        let opened = Self::try_once(client, origin).await?;
        if !matches!(opened, Err(401)) {
            return Ok(opened);
        }
        // A handshake tells nobody the right time; the next request does.
        client.state().await?;
        Self::try_once(client, origin).await
    }

    async fn try_once(client: &Client, origin: &str) -> Result<Result<Self, u16>> {
        let url = Url::parse(client.url())?;
        let authority = format!("localhost:{}", url.port().context("no port")?);
        let mut request = format!("ws://{authority}{LIVE_PATH}").into_client_request()?;
        let cookies: Vec<String> =
            client.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, HeaderValue::from_str(&cookies.join("; "))?);
        headers.insert(header::ORIGIN, HeaderValue::from_str(origin)?);
        if let Some(proof) = client.proof("GET", LIVE_PATH) {
            let protocols = format!("{}, {proof}", proof::SOCKET_PROTOCOL);
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_str(&protocols)?);
        }
        let stream = TcpStream::connect(authority).await?;
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Ok(Self(socket))),
            Err(Error::Http(response)) => Ok(Err(response.status().as_u16())),
            Err(error) => Err(error.into()),
        }
    }

    /// Says something.
    pub async fn say(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(Message::text(text)).await?)
    }

    /// That it is told to look again, and soon.
    pub async fn must_hear(&mut self) -> Result<()> {
        self.must_hear_that(Live::LookAgain).await
    }

    /// That it is told this, and soon. What is told of the log in between is for those who read it.
    pub async fn must_hear_that(&mut self, what: Live) -> Result<()> {
        loop {
            let text = self.next_text().await?;
            let told: Live = serde_json::from_str(&text).with_context(|| format!("told {text}"))?;
            match told {
                told if told == what => return Ok(()),
                Live::NewActivity => {}
                Live::LookAgain => bail!("told to look again"),
            }
        }
    }

    /// That it is told nothing.
    pub async fn must_not_hear(&mut self) -> Result<()> {
        match timeout(QUIET, self.0.next()).await {
            Err(_) => Ok(()),
            Ok(message) => bail!("told {message:?}"),
        }
    }

    /// That the line holds, where that was asked. What is told meanwhile is heard.
    pub async fn must_answer(&mut self) -> Result<()> {
        while self.next_text().await? != PONG {}
        Ok(())
    }

    /// The next words.
    pub async fn next_text(&mut self) -> Result<String> {
        match self.next().await? {
            Message::Text(text) => Ok(text.as_str().to_owned()),
            other => bail!("no words: {other:?}"),
        }
    }

    /// That the other side hangs up, and with which code.
    pub async fn must_be_hung_up(&mut self) -> Result<u16> {
        match self.next().await? {
            Message::Close(Some(CloseFrame { code, .. })) => Ok(code.into()),
            other => bail!("no end: {other:?}"),
        }
    }

    async fn next(&mut self) -> Result<Message> {
        let message = timeout(AT_ONCE, self.0.next()).await.context("nothing came within a second")?;
        Ok(message.context("the line went dead")??)
    }
}
