//! A browser whose cookies somebody else may lay hands on: planted, mixed, and copied at any moment.

use std::{collections::BTreeMap, net::SocketAddr};

use anyhow::{Result, bail};
use wardkey_tests::{Client, Reply, Wardkey};
use wire::{Endpoint, me::GetMe, sign_in::GetSignIn};

use crate::raw::{self, Line, Request};

/// What the names of the cookies have in front.
const PREFIX: &str = "__Host-wardkey_";
/// The cookies of a clinic's browser.
pub const KINDS: [&str; 4] = ["computer", "profile", "question", "session"];

/// Cookies by their kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jar(pub BTreeMap<String, String>);

impl Jar {
    /// A copy of a browser's.
    pub fn of(client: &Client) -> Self {
        let cookies = client.cookies().into_iter();
        Self(cookies.map(|(name, value)| (name.trim_start_matches(PREFIX).to_owned(), value)).collect())
    }

    /// Only some of them.
    pub fn only(&self, kinds: &[&str]) -> Self {
        let kept = self.0.iter().filter(|(kind, _)| kinds.contains(&kind.as_str()));
        Self(kept.map(|(kind, value)| (kind.clone(), value.clone())).collect())
    }

    /// With another value for one of them.
    pub fn with(&self, kind: &str, value: &str) -> Self {
        let mut jar = self.clone();
        jar.0.insert(kind.to_owned(), value.to_owned());
        jar
    }

    /// One of them; empty when it is absent.
    pub fn value(&self, kind: &str) -> &str {
        self.0.get(kind).map(String::as_str).unwrap_or_default()
    }

    /// The header that sends them.
    pub fn header(&self) -> String {
        let pairs: Vec<String> =
            self.0.iter().map(|(kind, value)| format!("{PREFIX}{kind}={value}")).collect();
        pairs.join("; ")
    }

    /// Keeps what a reply sets.
    pub fn keep(&mut self, reply: &Reply) {
        for (kind, value) in set_by(reply) {
            match value {
                Some(value) => self.0.insert(kind, value),
                None => self.0.remove(&kind),
            };
        }
    }

    /// Asks with these cookies, and keeps what comes back.
    pub async fn ask(&mut self, address: SocketAddr, request: Request) -> Result<Reply> {
        let reply = Line::open(address).await?.ask(address, &request.cookies(&self.header())).await?;
        self.keep(&reply);
        Ok(reply)
    }

    /// Posts to a route that must take it.
    pub async fn must<E: Endpoint>(&mut self, wardkey: &Wardkey, request: &E::Request) -> Result<E::Reply> {
        let request = Request::post(wardkey, E::PATH, serde_json::to_string(request)?);
        let reply = self.ask(raw::address(wardkey)?, request).await?;
        if reply.status != 200 {
            bail!("{} refused: {} {}", E::PATH, reply.status, reply.text);
        }
        Ok(serde_json::from_str(&reply.text)?)
    }

    /// Whether somebody is signed in with these.
    pub async fn is_signed_in(&self, wardkey: &Wardkey) -> Result<bool> {
        let address = raw::address(wardkey)?;
        let mut copy = self.clone();
        let me = copy.ask(address, Request::get(GetMe::PATH)).await?.status == 200;
        let state = copy.ask(address, Request::get(GetSignIn::PATH)).await?;
        Ok(me || state.text.contains(r#""step":"signed_in""#))
    }
}

/// The cookies that a reply sets, by their kinds; no value where it takes one away.
pub fn set_by(reply: &Reply) -> Vec<(String, Option<String>)> {
    let set = reply.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    set.filter_map(|cookie| {
        let (name, value) = cookie.split(';').next()?.split_once('=')?;
        let value = (!cookie.contains("Max-Age=0")).then(|| value.to_owned());
        Some((name.trim_start_matches(PREFIX).to_owned(), value))
    })
    .collect()
}
