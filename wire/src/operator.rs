//! What the operator of a deployment can do: open a clinic, and let one in again that is locked out of itself. Guarded by a key
//! derived from `SECRET_KEY`, sent as a bearer token.

use serde::{Deserialize, Serialize};

use crate::{Language, Role, endpoint::endpoints};

endpoints! {
    OpenClinic: Post "/api/operator/clinics", "Opens a clinic with its first people and computers. Its secrets are in the reply and nowhere else.", NewClinic => OpenedClinic;
    UnlockOwner: Post "/api/operator/owner-unlocks", "Ends the lock of an owner while every owner of the clinic is locked. It is logged, and every owner gets a mail.", OwnerUnlock => Relieved;
    ReopenProfile: Post "/api/operator/profile-reopenings", "Lets a profile take codes again that wrong ones have stopped, while nobody gets through step 2 in any other. It is logged, and every owner gets a mail.", ProfileReopening => Relieved;
}

/// A clinic to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewClinic {
    /// The clinic's name.
    pub name: String,
    /// The default language.
    pub language: Language,
    /// An IANA time zone, such as `Europe/Paris`.
    pub time_zone: String,
    /// The names of its profiles.
    pub profiles: Vec<String>,
    /// Its computers.
    pub computers: Vec<NewComputer>,
    /// Its people.
    pub users: Vec<NewUser>,
}

/// A computer of a new clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewComputer {
    /// The label, such as "Reception 1".
    pub label: String,
    /// The name of one of the clinic's profiles.
    pub profile: String,
}

/// A person of a new clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The role.
    pub role: Role,
    /// The last name.
    pub last_name: String,
    /// The first name.
    pub first_name: String,
    /// The middle name, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// The position.
    pub position: String,
    /// The e-mail address.
    pub email: String,
    /// The login.
    pub login: String,
}

/// An opened clinic, with the secrets of its access forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenedClinic {
    /// The clinic's name.
    pub name: String,
    /// The code that its computers' usernames begin with.
    pub code: String,
    /// Step 1 pairs.
    pub computers: Vec<ComputerSecret>,
    /// Step 2 secrets.
    pub profiles: Vec<ProfileSecret>,
    /// Step 3 pairs.
    pub users: Vec<UserSecret>,
}

/// A computer's step 1 pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComputerSecret {
    /// The label.
    pub label: String,
    /// The username.
    pub username: String,
    /// The 24-character password.
    pub password: String,
}

/// A profile's TOTP secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProfileSecret {
    /// The name.
    pub name: String,
    /// The `otpauth://` address that the QR code holds.
    pub otpauth_url: String,
}

/// A person's step 3 pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserSecret {
    /// The role.
    pub role: Role,
    /// The full name, in the order that the clinic's language writes it.
    pub full_name: String,
    /// The login.
    pub login: String,
    /// The generated password.
    pub password: String,
    /// The e-mail address.
    pub email: String,
}

/// An owner who is to be unlocked in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnerUnlock {
    /// The code that the usernames of the clinic's computers begin with.
    pub clinic: String,
    /// The owner's login.
    pub login: String,
    /// Why; it stands in the clinic's log and in the mails to its owners.
    pub reason: String,
}

/// A profile that is to take codes again in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileReopening {
    /// The code that the usernames of the clinic's computers begin with.
    pub clinic: String,
    /// The profile's name.
    pub profile: String,
    /// Why; it stands in the clinic's log and in the mails to its owners.
    pub reason: String,
}

/// Who or what was helped in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Relieved {
    /// The clinic's name.
    pub clinic: String,
    /// The owner's full name, or the profile's name.
    pub name: String,
}
