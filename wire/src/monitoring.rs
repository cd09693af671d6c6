//! What watches over a deployment asks: figures, and whether everything that a login needs works. Guarded by the operator's key, or by
//! one that opens these two alone and is derived from `SECRET_KEY` as well, both sent as bearer tokens.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    endpoint::{Empty, endpoints},
};

endpoints! {
    GetMetrics: Get "/api/operator/metrics", "What has happened since the Worker was started, in Prometheus's text format 0.0.4. It names nobody.", Empty => String;
    CheckDeployment: Get "/api/operator/check", "Tries what a login needs: an object's storage, a hash, the clock, whoever delivers mails. 503 where something of it does not work.", Empty => Checkup;
}

/// What was tried, and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checkup {
    /// Whether all of it went well.
    pub ok: bool,
    /// The version of the Worker.
    pub version: String,
    /// When it was tried, by the Worker's clock.
    pub at: Timestamp,
    /// Where the request came from, as the clinics' logs would have it; empty where that is not told.
    pub address: String,
    /// Each part.
    pub checks: Vec<Check>,
}

/// A part that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// What was tried.
    pub part: CheckedPart,
    /// Whether it went well.
    pub ok: bool,
    /// How long it took, in milliseconds.
    pub millis: u32,
    /// What went wrong. It holds no secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What a login needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckedPart {
    /// The Worker's variables. Where one is missing or malformed, every call of the API is answered with 500.
    Variables,
    /// An object of the clinics' kind: what it stored before is read, and something else is stored.
    Object,
    /// A password's hash.
    Hash,
    /// The clock: it has not gone back since it was last looked at, and shows what the mail service's does.
    Clock,
    /// Whoever delivers mails answers. None is sent; a mail server is signed in to.
    Mails,
}

impl CheckedPart {
    /// The part as it crosses the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckedPart::Variables => "variables",
            CheckedPart::Object => "object",
            CheckedPart::Hash => "hash",
            CheckedPart::Clock => "clock",
            CheckedPart::Mails => "mails",
        }
    }
}
