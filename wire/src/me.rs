//! What people do with their own account.

use serde::{Deserialize, Serialize};

use crate::{
    Language, Timestamp,
    endpoint::{Empty, endpoints},
    sign_in::SignInState,
};

endpoints! {
    GetMe: Get "/api/me", "Shows the own account.", Empty => MyAccount;
    ChangePassword: Post "/api/me/password", "Changes the own password and ends the other sessions. The current one counts as a try.", PasswordChange => MyAccount;
    ConfirmPassword: Post "/api/me/confirm", "Takes the own password once more, before what asks for it. It counts as a try.", PasswordConfirmation => Empty;
    ChangeLanguage: Post "/api/me/language", "Changes the language of the own mails.", LanguageChange => MyAccount;
    SignOutEverywhere: Post "/api/me/sign-out", "Ends every session of the own account.", Empty => SignInState;
}

/// The own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MyAccount {
    /// The full name.
    pub full_name: String,
    /// The login.
    pub login: String,
    /// The position; may be empty.
    pub position: String,
    /// The e-mail address on file; empty when there is none.
    pub email: String,
    /// The language of mails.
    pub language: Language,
    /// Fewest characters of a new password.
    pub password_length_min: u32,
    /// Where one is signed in, the newest first.
    pub sessions: Vec<MySession>,
}

/// A session of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MySession {
    /// The label of the computer.
    pub computer: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Whether it is this one.
    pub here: bool,
}

/// A new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current one; see [`crate::fields::Password`].
    pub current: String,
    /// The new one.
    pub password: String,
}

/// The own password once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordConfirmation {
    /// It; see [`crate::fields::Password`].
    pub own_password: String,
}

/// A new language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LanguageChange {
    /// The language.
    pub language: Language,
}
