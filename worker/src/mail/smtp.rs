//! Mail submission to a server of one's own (RFC 5321, 6409), for Wardkey at home. It has no idempotency keys: what is sent twice
//! arrives twice, under one Message-ID.
//!
//! Over TLS from the first byte (RFC 8314) or from STARTTLS on (RFC 3207). Without, it speaks with a server on this computer alone,
//! that is given by its address: a name could be made to lead elsewhere.

use std::pin::pin;

use clinic::commands::outbox::{Delivery, OutgoingMail};
use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, select},
};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wasm_smtp::{
    AuthError, IoError, ProtocolError, SmtpClient, SmtpError, SmtpOp, StartTlsCapable, Transport,
};
use wire::{
    Timestamp,
    mails::{MailTrouble, MailTroubleCode},
};
use worker::{SecureTransport, Socket};

use super::{Provider, message, retry, sender::Sender};
use crate::{journal, world};

/// A server may look into a mail before it takes it, and one that was given up too early comes again.
const PATIENCE_MILLIS: u32 = 60_000;
/// How long a server may take to say goodbye.
const GOODBYE_MILLIS: u32 = 1_000;
const PORT_OF_TLS: u16 = 465;
const PORT_OF_STARTTLS: u16 = 587;

/// A mail server that takes mails of its users.
pub struct Relay {
    host: String,
    port: u16,
    security: Security,
    login: Option<Login>,
    from: Sender,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    Tls,
    StartTls,
    /// On this computer.
    None,
}

struct Login {
    user: String,
    password: String,
}

impl Relay {
    /// Reads `smtps://user@host:465` or `smtp://user@host:587`, the user as in any URL: `@` is `%40`. Gives back what is wrong with it.
    pub fn parse(url: &str, password: Option<String>, from: Sender) -> Result<Self, &'static str> {
        const SHAPE: &str = "is not smtps://user@host or smtp://user@host";
        // A library for URLs would bring 66 KiB (after gzip) of tables about names in other scripts, which mail servers have not.
        let (scheme, rest) = url.split_once("://").ok_or(SHAPE)?;
        let (tls, usual_port) = match scheme {
            "smtps" => (Security::Tls, PORT_OF_TLS),
            "smtp" => (Security::StartTls, PORT_OF_STARTTLS),
            _ => return Err(SHAPE),
        };
        let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        if user.contains(':') {
            return Err("has a password in it, which belongs into MAIL_API_KEY");
        }
        let place = place.strip_suffix('/').unwrap_or(place);
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| SHAPE)?),
            _ => (place, usual_port),
        };
        let well_formed = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(address) => address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'),
            None => host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b)),
        };
        let user = percent_decode_str(user).decode_utf8().map_err(|_| SHAPE)?;
        if host.is_empty() || !well_formed || user.chars().any(char::is_control) {
            return Err(SHAPE);
        }
        let here = matches!(host, "127.0.0.1" | "[::1]");
        let security = if here && tls == Security::StartTls { Security::None } else { tls };
        let login = match (user.as_ref(), password) {
            ("", _) => None,
            (_, None) => return Err("names a user, but MAIL_API_KEY is missing"),
            (user, Some(password)) => Some(Login { user: user.to_owned(), password }),
        };
        Ok(Self { host: host.to_owned(), port, security, login, from })
    }

    fn connect(&self) -> worker::Result<Connection> {
        let transport = match self.security {
            Security::Tls => SecureTransport::On,
            Security::StartTls => SecureTransport::StartTls,
            Security::None => SecureTransport::Off,
        };
        let socket = Socket::builder().secure_transport(transport).connect(self.host.as_str(), self.port)?;
        Ok(Connection(Some(socket)))
    }

    /// What is said before any mail.
    async fn greet<T: StartTlsCapable>(&self, transport: T) -> Result<SmtpClient<T>, SmtpError> {
        let domain = self.from.domain();
        let mut client = match self.security {
            Security::StartTls => SmtpClient::connect_starttls(transport, domain).await?,
            Security::Tls | Security::None => SmtpClient::connect(transport, domain).await?,
        };
        if let Some(login) = &self.login {
            client.login(&login.user, &login.password).await?;
        }
        Ok(client)
    }

    /// Everything that is said, over a connection that is there. Once the mail is taken, no longer than `goodbye` is waited for the end.
    async fn hand_over<T: StartTlsCapable>(
        &self,
        transport: T,
        to: &str,
        message: &[u8],
        goodbye: impl Future<Output = ()>,
    ) -> Result<String, SmtpError> {
        let mut client = self.greet(transport).await?;
        let taken = client.send_mail_bytes(&self.from.address, &[to], message).await?;
        select(pin!(client.quit()), pin!(goodbye)).await;
        Ok(taken.queue_id.unwrap_or_default())
    }
}

impl Provider for Relay {
    fn patience_millis(&self) -> u32 {
        PATIENCE_MILLIS
    }

    fn deliver<'a>(&'a self, mail: &'a OutgoingMail) -> LocalBoxFuture<'a, Delivery> {
        let asked = async move {
            let Ok(connection) = self.connect() else {
                return retry(MailTroubleCode::Unreachable.into(), None);
            };
            let message = message::compose(&self.from, mail, world::now());
            match self.hand_over(connection, &mail.to, &message, world::sleep(GOODBYE_MILLIS)).await {
                Ok(provider_id) => Delivery::Accepted { provider_id },
                Err(error) => {
                    journal::fault("mail_not_taken", "", described(&error));
                    judge(&error)
                }
            }
        };
        asked.boxed_local()
    }

    fn reach(&self) -> LocalBoxFuture<'_, Result<Option<Timestamp>, String>> {
        let asked = async move {
            let connection = self.connect().map_err(|_| "nothing answers".to_owned())?;
            let client = self.greet(connection).await.map_err(|error| described(&error))?;
            select(pin!(client.quit()), pin!(world::sleep(GOODBYE_MILLIS))).await;
            Ok(None)
        };
        asked.boxed_local()
    }
}

/// What a server's answer means for the mail.
fn judge(error: &SmtpError) -> Delivery {
    match error {
        SmtpError::Protocol(ProtocolError::UnexpectedCode { during, actual, enhanced, .. }) => {
            // The subject and detail of an enhanced status (RFC 3463): 1 is about the address, 2 about the mailbox.
            let about = enhanced.as_ref().map(|status| (status.subject, status.detail));
            match (during, actual, about) {
                // The sender's address, which is the operator's to mend, and a full mailbox, which has room again some day.
                (_, _, Some((1, 7 | 8) | (2, 2))) => retry(MailTrouble::answered(*actual), None),
                (SmtpOp::RcptTo, 500..=599, Some((1 | 2, _))) | (SmtpOp::RcptTo, 550 | 551 | 553, None) => {
                    Delivery::Refused { why: MailTrouble::recipient_refused(*actual) }
                }
                // What the server will not have from anybody, or not from us: of the first there is no use in trying again, the
                // second is the operator's to mend.
                (SmtpOp::Data, 500..=599, _) => Delivery::Refused { why: MailTrouble::answered(*actual) },
                _ => retry(MailTrouble::answered(*actual), None),
            }
        }
        SmtpError::Auth(AuthError::Rejected { code, .. }) => retry(MailTrouble::answered(*code), None),
        _ => retry(MailTroubleCode::Unreachable.into(), None),
    }
}

/// For the log: what a server says may name people, so that its words are left out.
fn described(error: &SmtpError) -> String {
    match error {
        SmtpError::Protocol(ProtocolError::UnexpectedCode { during, actual, .. }) => {
            format!("{actual} to {during}")
        }
        SmtpError::Protocol(ProtocolError::ExtensionUnavailable { name }) => format!("it offers no {name}"),
        SmtpError::Protocol(_) => "it does not speak SMTP".to_owned(),
        SmtpError::Auth(AuthError::Rejected { code, .. }) => format!("{code} to user and password"),
        SmtpError::Auth(_) => "it offers no way to sign in that we know".to_owned(),
        SmtpError::Io(_) => {
            "the connection was not made or was lost, or its certificate is not trusted".to_owned()
        }
        SmtpError::InvalidInput(_) | SmtpError::Policy(_) => "an address is not one of mails".to_owned(),
    }
}

/// The platform's connection. Nothing holds it but between two calls.
struct Connection(Option<Socket>);

impl Connection {
    fn socket(&mut self) -> Result<&mut Socket, IoError> {
        self.0.as_mut().ok_or_else(|| IoError::new("closed"))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(mut socket) = self.0.take() {
            // The first look at it begins to close; nobody waits for the end.
            let _ = socket.close().now_or_never();
        }
    }
}

impl Transport for Connection {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, IoError> {
        Ok(self.socket()?.read(buffer).await?)
    }

    async fn write_all(&mut self, bytes: &[u8]) -> Result<(), IoError> {
        Ok(self.socket()?.write_all(bytes).await?)
    }

    async fn close(&mut self) -> Result<(), IoError> {
        match self.0.take() {
            Some(mut socket) => socket.close().await.map_err(|error| IoError::new(error.to_string())),
            None => Ok(()),
        }
    }
}

impl StartTlsCapable for Connection {
    async fn upgrade_to_tls(&mut self) -> Result<(), IoError> {
        self.0 = self.0.take().map(Socket::start_tls);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
