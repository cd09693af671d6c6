//! A mail server that leads into a mailbox. It takes mails as RFC 5321 says, from whoever signed in (RFC 4954), over TLS from the
//! first byte (RFC 8314), from STARTTLS on (RFC 3207) or not at all, and is as strict as those are.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use mailparse::{MailHeaderMap, ParsedMail};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};
use xtask::mailbox::{Door, Failure, Mail};

/// Its user; the password is the mailbox's key.
const USER: &str = "wardkey@clinic.example";
/// Longest line without its end (RFC 5321 §4.5.3.1.6).
const LINE_MAX: usize = 998;
/// How long somebody may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// What it speaks over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// TLS from the first byte on.
    Tls,
    /// TLS from STARTTLS on; nobody may sign in before.
    StartTls,
    /// No TLS.
    Plain,
    /// TLS with a certificate that nobody vouches for.
    Unvouched,
    /// No TLS although it has a name: somebody in between has taken the offer away.
    Stripped,
    /// It hangs up when TLS is to begin.
    Cut,
}

/// A running mail server. Dropped, it takes no one any more.
pub struct MailServer {
    line: Line,
    address: SocketAddr,
    authority: String,
    stopped: Arc<AtomicBool>,
}

struct Host {
    line: Line,
    tls: Arc<ServerConfig>,
    door: Door,
}

impl MailServer {
    /// Starts one on a free port of this computer.
    pub fn start(line: Line, door: Door) -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(anyhow::Error::msg)?;
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let host = Arc::new(Host { line, tls: Arc::new(tls), door });
        let until = Arc::clone(&stopped);
        thread::spawn(move || {
            for connection in listener.incoming().take_while(|_| !until.load(Ordering::Relaxed)) {
                let host = Arc::clone(&host);
                // Who breaks off has no mail taken.
                thread::spawn(move || connection.and_then(|connection| host.serve(connection)));
            }
        });
        Ok(Self { line, address, authority: made.cert.pem(), stopped })
    }

    /// What `MAIL_API_URL` is for it.
    pub fn url(&self) -> String {
        let user = USER.replace('@', "%40");
        let port = self.address.port();
        match self.line {
            Line::Tls | Line::Unvouched => format!("smtps://{user}@localhost:{port}"),
            Line::StartTls | Line::Stripped | Line::Cut => format!("smtp://{user}@localhost:{port}"),
            Line::Plain => format!("smtp://{user}@127.0.0.1:{port}"),
        }
    }

    /// Who vouches for it, if anybody does.
    pub fn authority(&self) -> Option<&str> {
        (self.line != Line::Unvouched).then_some(&self.authority)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Whoever listens is woken.
        let _ = TcpStream::connect(self.address);
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// How a conversation ended.
#[derive(PartialEq, Eq)]
enum End {
    Over,
    StartTls,
}

impl Host {
    fn serve(&self, mut connection: TcpStream) -> io::Result<()> {
        connection.set_read_timeout(Some(SILENCE))?;
        let mut talk =
            Talk { host: self, signed_in: false, secure: !matches!(self.line, Line::StartTls | Line::Cut) };
        match self.line {
            Line::Plain | Line::Stripped => talk.hold(&mut connection, true)?,
            Line::Tls | Line::Unvouched => talk.hold(&mut self.secured(connection)?, true)?,
            Line::StartTls | Line::Cut => {
                if talk.hold(&mut connection, true)? == End::Over || self.line == Line::Cut {
                    return Ok(());
                }
                talk.secure = true;
                talk.hold(&mut self.secured(connection)?, false)?
            }
        };
        Ok(())
    }

    fn secured(&self, connection: TcpStream) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
        let session = ServerConnection::new(Arc::clone(&self.tls)).map_err(io::Error::other)?;
        Ok(StreamOwned::new(session, connection))
    }
}

struct Talk<'a> {
    host: &'a Host,
    signed_in: bool,
    secure: bool,
}

impl Talk<'_> {
    fn hold(&mut self, stream: &mut dyn Stream, greet: bool) -> io::Result<End> {
        if greet {
            say(stream, "220 localhost ESMTP")?;
        }
        let (mut greeted, mut from, mut to) = (false, None::<String>, None::<String>);
        let mut failure = None;
        loop {
            let line = hear(stream)?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match (verb.to_ascii_uppercase().as_str(), rest) {
                ("EHLO", domain) if !domain.is_empty() => {
                    greeted = true;
                    say(stream, "250-localhost")?;
                    match self.secure {
                        true => say(stream, "250-AUTH PLAIN")?,
                        false => say(stream, "250-STARTTLS")?,
                    }
                    say(stream, "250-ENHANCEDSTATUSCODES")?;
                    say(stream, "250 8BITMIME")?;
                }
                ("STARTTLS", "") if greeted && !self.secure => {
                    say(stream, "220 2.0.0 Ready to start TLS")?;
                    return Ok(End::StartTls);
                }
                ("AUTH", _) if !self.secure => say(stream, "538 5.7.11 Encryption required")?,
                ("AUTH", proof) if greeted => {
                    let expected = STANDARD.encode(format!("\0{USER}\0{}", self.host.door.key()));
                    self.signed_in = proof == format!("PLAIN {expected}");
                    let answer =
                        if self.signed_in { "235 2.7.0 Welcome" } else { "535 5.7.8 Wrong user or password" };
                    say(stream, answer)?;
                }
                ("MAIL", _) if !self.signed_in => say(stream, "530 5.7.0 Authentication required")?,
                ("MAIL", path) => {
                    failure = self.host.door.knock(line.clone());
                    from = between(path, "FROM:<", ">");
                    match (failure, &from) {
                        (Some(Failure::RetryAfter(_)), _) => {
                            say(stream, "421 4.7.0 Too many mails")?;
                            return Ok(End::Over);
                        }
                        (_, Some(_)) => say(stream, "250 2.1.0 Ok")?,
                        (_, None) => say(stream, "501 5.1.7 Bad sender")?,
                    }
                }
                ("RCPT", path) if from.is_some() => {
                    to = between(path, "TO:<", ">").filter(|_| failure != Some(Failure::Recipient));
                    match &to {
                        Some(_) => say(stream, "250 2.1.5 Ok")?,
                        None => say(stream, "550 5.1.1 No such user here")?,
                    }
                }
                ("DATA", "") if to.is_some() => {
                    say(stream, "354 End data with <CR><LF>.<CR><LF>")?;
                    let message = hear_message(stream)?;
                    if let Some(Failure::Status(_)) = failure {
                        say(stream, "451 4.3.0 Try again later")?;
                        continue;
                    }
                    let taken = read(&message, to.take().as_deref()).and_then(|(mail, id)| {
                        self.host.door.take(mail, id).context("the mail can't be kept")
                    });
                    match (taken, failure) {
                        (_, Some(Failure::TakeThenDrop)) => return Ok(End::Over),
                        (Ok(()), _) => say(stream, "250 2.0.0 Ok: queued as 4XyZ1234567")?,
                        (Err(error), _) => say(stream, &format!("554 5.6.0 {error}"))?,
                    }
                }
                ("QUIT", "") => {
                    say(stream, "221 2.0.0 Bye")?;
                    return Ok(End::Over);
                }
                _ => say(stream, "503 5.5.1 Not now")?,
            }
        }
    }
}

fn say(stream: &mut dyn Stream, line: &str) -> io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes())?;
    stream.flush()
}

/// A line without its end. One that ends otherwise, or is too long, ends the connection.
fn hear(stream: &mut dyn Stream) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        stream.read_exact(&mut byte)?;
        match (byte, line.as_slice()) {
            ([b'\n'], [text @ .., b'\r']) if !text.contains(&b'\r') => {
                return String::from_utf8(text.to_vec()).map_err(io::Error::other);
            }
            ([b'\n'], _) => return Err(io::Error::other("a line ends without CR")),
            (_, line) if line.len() > LINE_MAX => return Err(io::Error::other("a line is too long")),
            ([byte], _) => line.push(byte),
        }
    }
}

/// The mail up to the lone dot, each doubled dot a dot again (RFC 5321 §4.5.2).
fn hear_message(stream: &mut dyn Stream) -> io::Result<String> {
    let mut message = String::new();
    loop {
        let line = hear(stream)?;
        if line == "." {
            return Ok(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
        message.push_str("\r\n");
    }
}

/// The mail in a message, and its Message-ID.
fn read(message: &str, to: Option<&str>) -> Result<(Mail, String)> {
    let parsed = mailparse::parse_mail(message.as_bytes())?;
    let header = |name: &str| parsed.headers.get_first_value(name).with_context(|| format!("no {name}"));
    for name in ["From", "Date", "MIME-Version"] {
        header(name)?;
    }
    let to = to.context("no recipient")?;
    anyhow::ensure!(header("To")? == format!("<{to}>") || header("To")? == to, "another recipient");
    let part = |kind: &str| -> Result<String> {
        let found = parsed.subparts.iter().find(|part: &&ParsedMail<'_>| part.ctype.mimetype == kind);
        Ok(found.with_context(|| format!("no {kind}"))?.get_body()?.replace("\r\n", "\n"))
    };
    let mail = Mail {
        id: String::new(),
        to: to.to_owned(),
        subject: header("Subject")?,
        text: part("text/plain")?,
        html: part("text/html")?,
        at: String::new(),
        language: header("Content-Language")?,
    };
    Ok((mail, header("Message-ID")?))
}

/// What stands between a beginning, however it is written, and an end.
fn between(text: &str, begin: &str, end: &str) -> Option<String> {
    let (before, rest) = text.split_at_checked(begin.len())?;
    before.eq_ignore_ascii_case(begin).then_some(())?;
    rest.strip_suffix(end).filter(|inside| inside.contains('@')).map(str::to_owned)
}
