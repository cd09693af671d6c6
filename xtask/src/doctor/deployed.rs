//! What answers at an address, as somebody out there sees it; with the key for looking on, also what it says of itself.

use std::{
    net::TcpStream,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring, pki_types::ServerName,
};
use ureq::{Agent, Body, http::Response};
use url::Url;
use wire::{
    Endpoint, Problem, ProblemCode,
    health::{GetHealth, Health},
    live::LIVE_PATH,
    monitoring::{CheckDeployment, CheckedPart, Checkup},
};

use super::{Finding, System, certificate};
use crate::operator;

const PATIENCE: Duration = Duration::from_secs(20);
/// How far the clocks may be apart. Authenticators' codes are good for a step of 30 s to either side.
const CLOCK_SECONDS_MAX: u64 = 20;
/// Headers that every page comes with.
const HEADERS: [&str; 4] =
    ["content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy"];
const OVER_TLS: &str = "strict-transport-security";
/// An address that nobody has (RFC 5737), and the headers that some proxy or other takes for one.
const FORGED: &str = "203.0.113.9";
const ADDRESS_HEADERS: [&str; 4] = ["X-Real-IP", "X-Forwarded-For", "CF-Connecting-IP", "Forwarded"];

type Reply = Response<Body>;

/// Looks at everything. Without the key it is not asked what it says of itself.
pub fn look(system: &System, url: &str, key: Option<&str>) -> Result<Vec<Finding>> {
    let origin = operator::origin(url)?;
    let agent = operator::agent(PATIENCE);
    let get = |path: &str| agent.get(format!("{origin}{path}")).call();
    let health = match get(GetHealth::PATH) {
        Ok(reply) => reply,
        Err(error) => {
            let why = error.to_string();
            let advice = "see whether the name leads there, the proxy runs and its certificate is one that browsers trust";
            return Ok(vec![Finding::bad("health", format!("{origin} does not answer ({why}): {advice}."))]);
        }
    };
    let date = date(&health);
    let mut findings = vec![healthy(health)];
    findings.extend(tls(system, &origin));
    findings.push(headers(&origin, get("/")));
    findings.push(socket(&agent, &origin));
    match key {
        None => {
            findings.push(clock(date));
            findings.push(Finding::unseen("what it says of itself", "SECRET_KEY is not in the environment"));
        }
        Some(key) => findings.extend(itself(&agent, &origin, key, date)),
    }
    Ok(findings)
}

fn healthy(mut reply: Reply) -> Finding {
    const WHAT: &str = "health";
    let status = reply.status();
    let ours = env!("CARGO_PKG_VERSION");
    match reply.body_mut().read_json::<Health>() {
        Ok(Health { version, .. }) if version == ours => {
            Finding::good(WHAT, format!("it is up, version {version}"))
        }
        Ok(Health { version, .. }) => {
            Finding::good(WHAT, format!("it is up, version {version}; this checkout is {ours}"))
        }
        Err(_) if status.is_server_error() => Finding::bad(
            WHAT,
            format!(
                "it answers {status}: the Worker's log says why (docs/operate.md), `not_started` names a variable."
            ),
        ),
        Err(_) => Finding::bad(
            WHAT,
            format!("it answers {status}, and not as Wardkey does: see where the name leads."),
        ),
    }
}

/// The certificate that is shown to whoever comes. That it is trusted, the first answer has told.
fn tls(system: &System, origin: &str) -> Option<Finding> {
    let url = Url::parse(origin).ok().filter(|url| url.scheme() == "https")?;
    let shown = shown_certificate(&url);
    Some(match shown {
        Ok(der) => certificate::days_left(system, "TLS", "DER", &der),
        Err(error) => Finding::bad("TLS", format!("{error:#}: see what the proxy's certificate is.")),
    })
}

fn shown_certificate(url: &Url) -> Result<Vec<u8>> {
    let host = url.host_str().context("no host")?.trim_matches(['[', ']']).to_owned();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let line = TcpStream::connect((host.as_str(), url.port_or_known_default().context("no port")?))?;
    line.set_read_timeout(Some(PATIENCE))?;
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(host)?)?;
    let mut stream = StreamOwned::new(connection, line);
    stream.conn.complete_io(&mut stream.sock)?;
    let chain = stream.conn.peer_certificates().context("no certificate")?;
    Ok(chain.first().context("no certificate")?.to_vec())
}

fn headers(origin: &str, page: Result<Reply, ureq::Error>) -> Finding {
    const WHAT: &str = "security headers";
    let page = match page {
        Ok(page) if page.status().is_success() => page,
        Ok(page) => {
            return Finding::bad(
                WHAT,
                format!("the page answers {}: see where the name leads.", page.status()),
            );
        }
        Err(error) => {
            return Finding::bad(WHAT, format!("the page does not come ({error}): see what the proxy logs."));
        }
    };
    let needed = HEADERS.into_iter().chain(origin.starts_with("https:").then_some(OVER_TLS));
    let wrong: Vec<&str> = needed.filter(|name| page.headers().get_all(*name).iter().count() != 1).collect();
    match wrong.is_empty() {
        true => Finding::good(WHAT, "each of them, once"),
        false => Finding::bad(
            WHAT,
            format!(
                "missing or twice: {}. They are the Worker's: have the proxy pass them on, and add none.",
                wrong.join(", ")
            ),
        ),
    }
}

/// A handshake without cookies is refused, but not for want of its `Upgrade`.
fn socket(agent: &Agent, origin: &str) -> Finding {
    const WHAT: &str = "live socket";
    let asked = agent
        .get(format!("{origin}{LIVE_PATH}"))
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "d2FyZGtleSBkb2N0b3IhIQ==")
        .header("Origin", origin)
        .call();
    let code = asked
        .ok()
        .and_then(|mut reply| reply.body_mut().read_json::<Problem>().ok())
        .map(|problem| problem.code);
    match code {
        Some(ProblemCode::ComputerRequired | ProblemCode::ForeignOrigin) => {
            Finding::good(WHAT, "a handshake comes through")
        }
        _ => Finding::bad(
            WHAT,
            format!(
                "no handshake comes through: have the proxy pass `Upgrade` and `Connection` on at {LIVE_PATH}."
            ),
        ),
    }
}

/// When a reply was made, by its maker's clock.
fn date(reply: &Reply) -> Option<SystemTime> {
    let text = reply.headers().get("date")?.to_str().ok()?;
    httpdate::parse_http_date(text).ok()
}

fn clock(theirs: Option<SystemTime>) -> Finding {
    const WHAT: &str = "clock";
    let Some(theirs) = theirs else { return Finding::unseen(WHAT, "it does not tell the time") };
    let now = SystemTime::now();
    let apart =
        now.duration_since(theirs).or_else(|_| theirs.duration_since(now)).unwrap_or_default().as_secs();
    match apart <= CLOCK_SECONDS_MAX {
        true => Finding::good(WHAT, format!("{apart} s from this computer's")),
        false => Finding::bad(
            WHAT,
            format!(
                "it is {apart} s from this computer's, and codes hang on it: look which of the two is wrong, timedatectl."
            ),
        ),
    }
}

/// What it says when it is asked for everything that a login needs, by somebody who forges where they come from.
fn itself(agent: &Agent, origin: &str, key: &str, date: Option<SystemTime>) -> Vec<Finding> {
    const WHAT: &str = "what it says of itself";
    let request = agent
        .get(format!("{origin}{}", CheckDeployment::PATH))
        .header("Authorization", format!("Bearer {key}"));
    let forging = ADDRESS_HEADERS.into_iter().fold(request, |request, name| {
        request.header(name, if name == "Forwarded" { format!("for={FORGED}") } else { FORGED.to_owned() })
    });
    let checkup =
        forging.call().ok().map(|mut reply| (reply.status(), reply.body_mut().read_json::<Checkup>()));
    let checkup = match checkup {
        Some((_, Ok(checkup))) => checkup,
        Some((status, Err(_))) if status == 404 => {
            return vec![
                clock(date),
                Finding::bad(WHAT, "it does not know the key: is this its SECRET_KEY?"),
            ];
        }
        _ => return vec![clock(date), Finding::bad(WHAT, "it does not answer: the Worker's log says why.")],
    };
    let mut findings: Vec<Finding> = checkup
        .checks
        .iter()
        .map(|check| {
            let what = check.part.as_str();
            match &check.why {
                None => Finding::good(what, format!("it works, {} ms", check.millis)),
                Some(why) => Finding::bad(what, format!("{why}: {}.", advice(check.part))),
            }
        })
        .collect();
    let millis = u64::try_from(checkup.at.0).unwrap_or_default();
    findings.push(clock(Some(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))));
    findings.push(address(&checkup.address));
    findings
}

fn advice(part: CheckedPart) -> &'static str {
    match part {
        CheckedPart::Variables => "set it as it should be, and start Wardkey anew",
        CheckedPart::Object => "see whether the disk is full and data is the service's own",
        CheckedPart::Hash => "memory is short, give it more",
        CheckedPart::Clock => "have the clock kept right, timedatectl set-ntp true",
        CheckedPart::Mails => "see docs/mail.md, MAIL_API_URL and what the firewall lets out",
    }
}

fn address(told: &str) -> Finding {
    const WHAT: &str = "address of whoever comes";
    match told {
        FORGED => Finding::bad(
            WHAT,
            "anybody can write it themselves: have the proxy set CLIENT_ADDRESS_HEADER to the address of whoever connects, whatever they sent.",
        ),
        "" => Finding::bad(
            WHAT,
            "the Worker is not told it: have the proxy set the header that CLIENT_ADDRESS_HEADER names.",
        ),
        told => Finding::good(WHAT, format!("it is told as {told}")),
    }
}
