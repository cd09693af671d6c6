//! The people of a clinic, and the unlock.

use serde::{Deserialize, Serialize};

use crate::{
    Language, Role, Timestamp,
    endpoint::{Empty, endpoints},
    ids::AccountId,
    rights::{Permission, Rights},
    support::SupportOffer,
};

endpoints! {
    ListUsers: Get "/api/users", "Lists the clinic's accounts.", Empty => UserList;
    GetUser: Get "/api/users/account", "Opens an account window.", UserQuery => UserWindow;
    SendPin: Post "/api/users/unlock/pin", "Unlock, first half: mails a PIN to the owner who asks.", PinRequest => PinSent;
    Unlock: Post "/api/users/unlock", "Unlock, second half: the PIN opens the account.", UnlockRequest => UserWindow;
}

/// The accounts of the clinic, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserList {
    /// The accounts, ordered by full name; the removed ones only for those who may bring them back.
    pub users: Vec<User>,
    /// The roles that the one who looks may give to somebody new; none when they may add nobody.
    #[serde(default)]
    pub may_add: Vec<Role>,
}

/// An account, as a line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct User {
    /// The account.
    pub id: AccountId,
    /// The full name, in the order that the clinic's language writes it.
    pub full_name: String,
    /// The login.
    pub login: String,
    /// The position, such as "Nurse"; may be empty.
    pub position: String,
    /// The role.
    pub role: Role,
    /// Whether one can sign in with it.
    pub status: UserStatus,
}

/// Whether one can sign in with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum UserStatus {
    /// One can.
    Active,
    /// Five consecutive wrong passwords; only an owner's PIN opens it.
    Locked {
        /// When it was locked.
        since: Timestamp,
    },
    /// The person no longer works here.
    Removed {
        /// When it was removed.
        since: Timestamp,
    },
}

/// Which account window to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// The account.
    pub id: String,
}

/// Everything that an account window shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserWindow {
    /// The line of the list.
    pub user: User,
    /// The e-mail address on file; empty when there is none.
    pub email: String,
    /// When somebody last signed in with it, for those who may read the log about it.
    pub last_sign_in: Option<LastSignIn>,
    /// The lock episode, when it is locked.
    pub lock: Option<LockEpisode>,
    /// What else there is to it, and what the one who looks may do with it.
    #[serde(default)]
    pub details: Option<UserDetails>,
}

/// The parts of an account that can be edited, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserDetails {
    /// The version that a change must name.
    pub version: u32,
    /// The last name.
    pub last_name: String,
    /// The first name.
    pub first_name: String,
    /// The middle name; may be empty.
    pub middle_name: String,
    /// The language of mails.
    pub language: Language,
    /// What the person may do, module by module.
    pub rights: Rights,
    /// Whether these differ from what the role has by itself.
    pub own_rights: bool,
    /// Whether the person has yet to choose a password of their own.
    pub first_password: bool,
    /// What the one who looks may do.
    pub may: UserPermissions,
}

/// What the one who looks may do with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserPermissions {
    /// Change name, position, e-mail address, login and language.
    pub edit: Permission,
    /// Change role and rights.
    pub change_role: Permission,
    /// The roles that may be given to it, its present one included.
    pub roles: Vec<Role>,
    /// The most that may be given in each module.
    pub rights_max: Rights,
    /// Give it a new first password.
    pub restore: Permission,
    /// Remove it.
    pub remove: Permission,
    /// Bring it back.
    pub bring_back: Permission,
}

/// When somebody last signed in with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LastSignIn {
    /// The moment; absent when nobody ever has.
    pub at: Option<Timestamp>,
}

/// A lock, as the account window shows it to the one who looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LockEpisode {
    /// When it was locked.
    pub since: Timestamp,
    /// What the log says of it, for those who may read the log about the account.
    pub record: Option<LockRecord>,
    /// Whether the one who looks may unlock it.
    pub unlock: UnlockPermission,
    /// The PIN that was mailed to the one who looks and is still good.
    pub pin: Option<PinSent>,
    /// What they may ask of support; absent where their role asks nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<SupportOffer>,
}

/// What the log says of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LockRecord {
    /// The label of the computer on which the last wrong password was typed.
    pub computer: String,
    /// How many tries there were since.
    pub tries_since: u32,
}

/// Whether the one who looks may press Unlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnlockPermission {
    /// An owner.
    Allowed,
    /// Only an owner can.
    OnlyOwners,
    /// An owner, but of the locked account; another owner or support can.
    OwnAccount,
    /// An owner without an e-mail address on file: a PIN could reach nobody.
    NoEmail,
}

/// Which account to unlock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PinRequest {
    /// The account.
    pub id: String,
}

/// A PIN is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PinSent {
    /// Where to, with most of the address hidden.
    pub email_hint: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// How many tries it has left.
    pub tries_left: u32,
}

/// The PIN, typed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UnlockRequest {
    /// The account.
    pub id: String,
    /// See [`crate::fields::Pin`].
    pub pin: String,
}
