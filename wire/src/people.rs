//! The management of people: adding, editing, restoring access, removing, bringing back and importing them.

use serde::{Deserialize, Serialize};

use crate::{
    Language, Problem, Role,
    computers::SignInPair,
    endpoint::endpoints,
    ids::AccountId,
    rights::Rights,
    users::{UserQuery, UserWindow},
};

endpoints! {
    SuggestLogin: Post "/api/users/login", "Makes a free login of a last name.", LoginWish => LoginSuggestion;
    AddUser: Post "/api/users/add", "Adds an account. Its first password is in the reply and nowhere else.", PersonFields => AddedUser;
    EditUser: Post "/api/users/edit", "Changes an account.", UserChange => UserWindow;
    RestoreAccess: Post "/api/users/restore", "Gives an account a new first password and ends its sessions.", UserQuery => AddedUser;
    RemoveUser: Post "/api/users/remove", "Removes an account: its sessions end, its login is retired, the log keeps the name.", UserQuery => UserWindow;
    BringBackUser: Post "/api/users/bring-back", "Brings a removed account back, with a new first password.", UserQuery => AddedUser;
    CheckImport: Post "/api/users/import/check", "Reads a list of people and tells, line by line, what an import would do. Changes nothing.", ImportText => ImportReport;
    MakePasswords: Post "/api/users/import/passwords", "Makes some first passwords for an import, each with its sealed hash.", PasswordWish => MadePasswords;
    ImportUsers: Post "/api/users/import", "Adds all the people of an import, or none.", Import => Imported;
}

/// Most people that one import can have.
pub const IMPORT_PEOPLE_MAX: usize = 1_000;
/// Most passwords that are made at once: each costs a hash.
pub const PASSWORDS_AT_ONCE_MAX: u32 = 10;

/// Whose login is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LoginWish {
    /// The last name.
    pub last_name: String,
    /// The first name, for a last name that gives no login.
    #[serde(default)]
    pub first_name: String,
    /// The role: a system administrator's login starts with `sys_`.
    pub role: Role,
}

/// A login that is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoginSuggestion {
    /// The login.
    pub login: String,
}

/// What is written down of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonFields {
    /// The last name.
    pub last_name: String,
    /// The first name.
    pub first_name: String,
    /// The middle name; may be empty.
    #[serde(default)]
    pub middle_name: String,
    /// The position; may be empty.
    #[serde(default)]
    pub position: String,
    /// The e-mail address; may be empty, but for an owner.
    #[serde(default)]
    pub email: String,
    /// The role.
    pub role: Role,
    /// The login; see [`crate::fields::Login`].
    pub login: String,
    /// The language of mails.
    pub language: Language,
    /// Rights that differ from those of the role; absent when they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<Rights>,
}

/// New fields of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// The account.
    pub id: String,
    /// The version that was looked at: who changes an older one is asked to look again.
    pub version: u32,
    /// All fields, the unchanged ones too.
    pub fields: PersonFields,
}

/// An account with a new first password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddedUser {
    /// The account.
    pub id: AccountId,
    /// Its pair.
    pub pair: SignInPair,
}

/// A list of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportText {
    /// CSV (RFC 4180) with `,`, `;` or tabs; the first line may name the columns.
    pub text: String,
}

/// What an import would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportReport {
    /// What the import is called from here on: sent twice, it is done once.
    pub import: String,
    /// The lines, in the order of the list, without the one that names the columns.
    pub lines: Vec<ImportLine>,
}

/// A line of a list of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportLine {
    /// Its number in the file, from 1.
    pub line: u32,
    /// What was read, with the login that the person would get.
    pub person: PersonFields,
    /// Why it can't be imported; absent when it can.
    pub problem: Option<Problem>,
}

/// How many passwords are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordWish {
    /// From 1 to [`PASSWORDS_AT_ONCE_MAX`].
    pub count: u32,
}

/// First passwords that belong to nobody yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MadePasswords {
    /// The passwords.
    pub passwords: Vec<MadePassword>,
}

/// A first password that belongs to nobody yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MadePassword {
    /// The password.
    pub password: String,
    /// Its hash, sealed for this clinic.
    pub sealed: String,
}

/// People to be added, all or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// The `import` of the report.
    pub import: String,
    /// The people.
    pub people: Vec<ImportPerson>,
}

/// Somebody to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportPerson {
    /// The line's number in the file.
    pub line: u32,
    /// The fields.
    pub person: PersonFields,
    /// The sealed hash of the first password.
    pub sealed: String,
}

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Imported {
    /// Everybody who was added; empty when a line stood in the way.
    pub added: Vec<AccountId>,
    /// The lines that stood in the way: since the report somebody may have taken a login.
    pub refused: Vec<RefusedLine>,
}

/// A line that stood in the way of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RefusedLine {
    /// The line's number in the file.
    pub line: u32,
    /// Why.
    pub problem: Problem,
}
