//! Where the platform keeps a clinic's data: chosen once, when the clinic is made, for an object does not move.

use serde::{Deserialize, Serialize};

/// An area that a clinic's data never leaves, nor what works on it
/// (<https://developers.cloudflare.com/durable-objects/reference/data-location/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Jurisdiction {
    /// The European Union
    Eu,
    /// The United States
    Us,
    /// FedRAMP-compliant data centres
    Fedramp,
}

impl Jurisdiction {
    /// Every jurisdiction.
    pub const ALL: [Jurisdiction; 3] = [Jurisdiction::Eu, Jurisdiction::Us, Jurisdiction::Fedramp];

    /// What the platform calls it.
    pub fn code(self) -> &'static str {
        match self {
            Jurisdiction::Eu => "eu",
            Jurisdiction::Us => "us",
            Jurisdiction::Fedramp => "fedramp",
        }
    }

    /// The one that is called so.
    pub fn from_code(code: &str) -> Option<Jurisdiction> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// A part of the world to keep a clinic close to: a wish, where a [`Jurisdiction`] is a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Western North America
    Wnam,
    /// Eastern North America
    Enam,
    /// South America
    Sam,
    /// Western Europe
    Weur,
    /// Eastern Europe
    Eeur,
    /// Asia and the Pacific
    Apac,
    /// Oceania
    Oc,
    /// Africa
    Afr,
    /// The Middle East
    Me,
}

impl Region {
    /// Every region.
    pub const ALL: [Region; 9] = [
        Region::Wnam,
        Region::Enam,
        Region::Sam,
        Region::Weur,
        Region::Eeur,
        Region::Apac,
        Region::Oc,
        Region::Afr,
        Region::Me,
    ];

    /// What the platform calls it.
    pub fn code(self) -> &'static str {
        match self {
            Region::Wnam => "wnam",
            Region::Enam => "enam",
            Region::Sam => "sam",
            Region::Weur => "weur",
            Region::Eeur => "eeur",
            Region::Apac => "apac",
            Region::Oc => "oc",
            Region::Afr => "afr",
            Region::Me => "me",
        }
    }

    /// The one that is called so.
    pub fn from_code(code: &str) -> Option<Region> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// Where a clinic is to be kept. Left out, it is anywhere, and begins close to whoever opens it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClinicPlace {
    /// What its data never leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Jurisdiction>,
    /// What it is kept close to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<Region>,
}
