//! A request at the edge: everything that is checked before any of it is believed.

use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wire::{Method, Problem, ProblemCode, proof};
use worker::{Request, js_sys::Reflect};

use crate::config::Config;

/// A body of so many bytes is heard out, and not kept, before it is refused: whoever is answered while they speak, a proxy in front
/// among them, may see nothing but a connection that broke.
const HEARD_OUT_BYTES_MAX: usize = 1024 * 1024;

/// A request whose route is known.
pub struct Incoming {
    request: Request,
}

impl Incoming {
    pub fn new(request: Request) -> Self {
        Self { request }
    }

    /// A header's text; absent when it can't be read.
    pub fn header(&self, name: &str) -> Option<String> {
        self.request.headers().get(name).ok().flatten()
    }

    /// The proof that the browser keeps a key; a handshake brings it among the socket's protocols.
    pub fn proof(&self) -> Option<String> {
        let of_socket = || {
            let protocols = self.header(proof::SOCKET_HEADER)?;
            let (ours, proof) = protocols.split_once(',')?;
            (ours.trim() == proof::SOCKET_PROTOCOL).then(|| proof.trim().to_owned())
        };
        self.header(proof::HEADER).or_else(of_socket)
    }

    /// Where the request came from; empty when unknown.
    ///
    /// The header that the deployment names comes first. A self-hosted runtime tells the peer's address in `cf`, which no
    /// client can write; `cf-connecting-ip` is the platform's, and a client's own word anywhere else.
    pub fn address(&self, config: &Config) -> String {
        let named = config.client_address_header.as_deref();
        let told = match named {
            Some(name) => self.header(name),
            None => self.peer().or_else(|| self.header("cf-connecting-ip")),
        };
        told.as_deref().and_then(parse_address).unwrap_or_default()
    }

    fn peer(&self) -> Option<String> {
        let get = |object: &JsValue, key: &str| Reflect::get(object, &JsValue::from_str(key)).ok();
        let cf = get(self.request.inner(), "cf").filter(JsValue::is_object)?;
        get(&cf, "clientIp")?.as_string()
    }

    /// Refuses a change that another site's page asks for. Cookies are `SameSite=Strict`; this holds where they are not.
    pub fn check_origin(&self, config: &Config) -> Result<(), Problem> {
        let origin = self.header("Origin");
        let site = self.header("Sec-Fetch-Site");
        if is_own_origin(origin.as_deref(), site.as_deref(), &config.origin) {
            Ok(())
        } else {
            Err(Problem::new(ProblemCode::ForeignOrigin))
        }
    }

    /// The request's text: its query or, for a change, its whole body.
    pub async fn read(mut self, method: Method, body_bytes_max: usize) -> Result<String, Problem> {
        match method {
            Method::Get => {
                let url = self.request.inner().url();
                Ok(url.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default())
            }
            Method::Post => self.read_body(body_bytes_max).await,
        }
    }

    async fn read_body(&mut self, bytes_max: usize) -> Result<String, Problem> {
        let too_large = || Problem::new(ProblemCode::RequestTooLarge);
        let malformed = || Problem::new(ProblemCode::MalformedRequest);
        if !self.header("Content-Type").is_some_and(|content_type| is_json(&content_type)) {
            return Err(Problem::new(ProblemCode::UnsupportedMediaType));
        }
        let announced = self.header("Content-Length").and_then(|length| length.parse::<usize>().ok());
        let heard_out_max = bytes_max.max(HEARD_OUT_BYTES_MAX);
        if announced.is_some_and(|length| length > heard_out_max) {
            return Err(too_large());
        }
        let mut stream = self.request.stream().map_err(|_| malformed())?;
        let (mut body, mut heard) = (Vec::new(), 0);
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| malformed())?;
            heard += chunk.len();
            if heard > heard_out_max {
                return Err(too_large());
            }
            if heard <= bytes_max {
                body.extend(chunk);
            }
        }
        if heard > bytes_max {
            return Err(too_large());
        }
        String::from_utf8(body).map_err(|_| malformed())
    }
}

/// Reads what [`Incoming::read`] gave: each field once, none that the route does not know.
pub fn parse<T: DeserializeOwned>(method: Method, text: &str) -> Result<T, Problem> {
    let parsed = match method {
        Method::Get => serde_urlencoded::from_str(text).ok(),
        // An object and nothing else: fields without their names would be taken in their order.
        Method::Post if text.trim_start().starts_with('{') => serde_json::from_str(text).ok(),
        Method::Post => None,
    };
    parsed.ok_or_else(|| Problem::new(ProblemCode::MalformedRequest))
}

fn is_own_origin(origin: Option<&str>, site: Option<&str>, own: &str) -> bool {
    origin == Some(own) && site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// An address with or without a port, as text that sorts and compares: the shape that the log keeps.
fn parse_address(text: &str) -> Option<String> {
    let text = text.trim();
    let address: Option<std::net::IpAddr> =
        text.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical().to_string())
}

#[cfg(test)]
mod tests {
    use wire::{activities::ActivitiesQuery, sign_in::Answer, users::UserQuery};

    use super::*;

    #[test]
    fn a_change_is_taken_from_the_own_origin_alone() {
        let own = "https://wardkey.example";
        assert!(is_own_origin(Some(own), None, own));
        assert!(is_own_origin(Some(own), Some("same-origin"), own));
        assert!(is_own_origin(Some(own), Some("none"), own));
        for (origin, site) in [
            (None, None),
            (None, Some("same-origin")),
            (Some("null"), None),
            (Some("http://wardkey.example"), None),
            (Some("https://wardkey.example:444"), None),
            (Some("https://wardkey.example.evil.example"), None),
            (Some("https://WARDKEY.example"), None),
            (Some(own), Some("same-site")),
            (Some(own), Some("cross-site")),
        ] {
            assert!(!is_own_origin(origin, site, own), "{origin:?} {site:?}");
        }
    }

    #[test]
    fn only_json_is_json() {
        for good in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
            assert!(is_json(good), "{good}");
        }
        for bad in ["", "text/plain", "application/jsonp", "application/x-www-form-urlencoded", "text/json"] {
            assert!(!is_json(bad), "{bad}");
        }
    }

    #[test]
    fn a_field_comes_once_and_is_known() {
        assert!(parse::<UserQuery>(Method::Get, "id=a").is_ok());
        assert_eq!(
            parse::<ActivitiesQuery>(Method::Get, "before=5&limit=2").ok(),
            Some(ActivitiesQuery { before: Some(5), limit: Some(2), ..ActivitiesQuery::default() })
        );
        for query in ["", "id=a&id=b", "id=a&x=1", "ID=a"] {
            assert!(parse::<UserQuery>(Method::Get, query).is_err(), "{query}");
        }
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        for body in [
            "",
            "{}",
            "null",
            "[]",
            r#"{"yes":1}"#,
            r#"{"yes":true,"yes":true}"#,
            r#"{"yes":true,"x":1}"#,
            &deep,
        ] {
            assert!(parse::<Answer>(Method::Post, body).is_err(), "{body}");
        }
    }

    #[test]
    fn an_address_loses_its_port_and_its_disguise() {
        assert_eq!(parse_address("127.0.0.1:59526").as_deref(), Some("127.0.0.1"));
        assert_eq!(parse_address("[::1]:80").as_deref(), Some("::1"));
        assert_eq!(parse_address("::ffff:192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(parse_address("<script>"), None);
    }
}
