//! The computers and profiles of a clinic, and the access forms that their secrets are printed on once.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    endpoint::{Empty, endpoints},
    ids::{AccountId, ComputerId, ProfileId},
    operator::{ComputerSecret, ProfileSecret},
};

endpoints! {
    ListComputers: Get "/api/computers", "Lists the clinic's computers and profiles.", Empty => ComputerList;
    AddComputer: Post "/api/computers/add", "Adds a computer. Its password is in the reply and nowhere else.", NewComputerRequest => AccessForm;
    EditComputer: Post "/api/computers/edit", "Renames a computer, or moves it to another profile.", ComputerChange => ComputerList;
    RevokeComputer: Post "/api/computers/revoke", "Ends a computer's authorization and everybody's session on it.", ComputerQuery => ComputerList;
    ReissueComputer: Post "/api/computers/reissue", "Makes a computer a new password. The old one dies.", ComputerQuery => AccessForm;
    RemoveComputer: Post "/api/computers/remove", "Takes a revoked computer off the list.", ComputerQuery => ComputerList;
    AddProfile: Post "/api/profiles/add", "Adds a profile. Its QR code is in the reply.", NewProfileRequest => AccessForm;
    RenameProfile: Post "/api/profiles/rename", "Renames a profile.", ProfileChange => ComputerList;
    ReissueProfile: Post "/api/profiles/reissue", "Makes a profile a new QR code. Codes of the old one die.", ProfileQuery => AccessForm;
    RemoveProfile: Post "/api/profiles/remove", "Removes a profile that no computer belongs to.", ProfileQuery => ComputerList;
}

/// The computers and profiles, as the one who looks may see and change them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComputerList {
    /// The computers, by label.
    pub computers: Vec<Computer>,
    /// The profiles, by name.
    pub profiles: Vec<Profile>,
    /// Whether the one who looks may change them.
    pub may_edit: bool,
    /// The clinic's clock, which codes are checked against.
    pub now: Timestamp,
}

/// A computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Computer {
    /// The computer.
    pub id: ComputerId,
    /// The version that a change must name.
    pub version: u32,
    /// The label.
    pub label: String,
    /// The username on its access form.
    pub username: String,
    /// The profile that it belongs to.
    pub profile: ProfileId,
    /// Whether it can be used.
    pub status: ComputerStatus,
    /// When it was last used, to the hour; absent when it never was.
    pub last_seen: Option<Timestamp>,
    /// Who is signed in on it now.
    pub people: Vec<PersonHere>,
    /// Whether it is the one that this request comes from.
    pub here: bool,
}

/// Whether a computer can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ComputerStatus {
    /// Its access form was not used yet, or so long ago that it must be used again.
    Waiting,
    /// A browser on it has step 1 behind it.
    Authorized,
    /// Its access form is void.
    Revoked,
}

/// Somebody who is signed in on a computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonHere {
    /// The account.
    pub account: AccountId,
    /// The full name.
    pub full_name: String,
}

/// A profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// The profile.
    pub id: ProfileId,
    /// The version that a change must name.
    pub version: u32,
    /// The name.
    pub name: String,
    /// How many computers belong to it, the revoked ones too.
    pub computers: u32,
    /// Whether a hundred wrong codes have stopped it: it needs a new QR code.
    pub stopped: bool,
}

/// A computer to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewComputerRequest {
    /// The label, such as "Reception 1".
    pub label: String,
    /// The profile.
    pub profile: String,
}

/// Which computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ComputerQuery {
    /// The computer.
    pub id: String,
}

/// A new label and profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ComputerChange {
    /// The computer.
    pub id: String,
    /// The version that was looked at.
    pub version: u32,
    /// The label.
    pub label: String,
    /// The profile.
    pub profile: String,
}

/// A profile to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewProfileRequest {
    /// The name, such as "Main".
    pub name: String,
}

/// Which profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileQuery {
    /// The profile.
    pub id: String,
}

/// A new name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// The profile.
    pub id: String,
    /// The version that was looked at.
    pub version: u32,
    /// The name.
    pub name: String,
}

/// What is printed on an access form. The passwords are in this reply and nowhere else; the profile's QR code is on the form of
/// each of its computers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessForm {
    /// The clinic's name.
    pub clinic: String,
    /// The address of the sign-in page.
    pub address: String,
    /// Side A: the step 1 pair; absent on a form for a profile alone.
    pub computer: Option<ComputerSecret>,
    /// Side A: the system administrator's pair, on the form of a new clinic.
    pub administrator: Option<SignInPair>,
    /// Side B: the profile's QR code.
    pub profile: ProfileSecret,
}

/// A login with its first password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInPair {
    /// Whose it is.
    pub full_name: String,
    /// The login.
    pub login: String,
    /// The first password.
    pub password: String,
}
