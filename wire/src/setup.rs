//! A new clinic, opened by whoever holds a one-time setup link.

use serde::{Deserialize, Serialize};

use crate::{
    Language, Timestamp,
    computers::{AccessForm, SignInPair},
    endpoint::endpoints,
    place::ClinicPlace,
};

endpoints! {
    MakeSetupLink: Post "/api/operator/setup-links", "Makes a link that opens one clinic within 24 hours.", ClinicPlace => SetupLink;
    CheckSetupLink: Post "/api/setup/check", "Tells whether a setup link can still be used.", SetupToken => SetupOffer;
    SetUpClinic: Post "/api/setup", "Opens a clinic. The secrets of its first access form are in the reply and nowhere else.", SetupRequest => SetupDone;
}

/// How long a setup link can be used.
pub const SETUP_LINK_HOURS: i64 = 24;

/// A setup link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetupLink {
    /// The address of the page, with the token in its fragment, which no server ever sees.
    pub link: String,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// The token of a setup link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetupToken {
    /// The fragment of the link.
    pub token: String,
}

/// A setup link that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetupOffer {
    /// Until when.
    pub expires_at: Timestamp,
}

/// A clinic to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    /// The fragment of the link.
    pub token: String,
    /// The clinic's name.
    pub clinic: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// The default language.
    pub language: Language,
    /// The owner's last name.
    pub last_name: String,
    /// The owner's first name.
    pub first_name: String,
    /// The owner's middle name; may be empty.
    #[serde(default)]
    pub middle_name: String,
    /// The owner's e-mail address: unlock PINs go there.
    pub email: String,
    /// The label of the first computer.
    pub computer: String,
    /// The name of the first profile.
    pub profile: String,
    /// What the system administrator is called, in two words as a first and a last name.
    pub administrator: AdministratorName,
}

/// How the clinic's language calls a system administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AdministratorName {
    /// In place of a last name.
    pub last_name: String,
    /// In place of a first name.
    pub first_name: String,
}

/// An opened clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetupDone {
    /// The first access form.
    pub form: AccessForm,
    /// The owner's login and first password.
    pub owner: SignInPair,
}
