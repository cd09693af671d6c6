//! The three steps and the question.

use serde::{Deserialize, Serialize};

use crate::{
    Language, Role, Timestamp,
    endpoint::{Empty, endpoints},
    ids::AccountId,
    rights::Rights,
};

endpoints! {
    GetSignIn: Get "/api/sign-in", "Tells which step this browser has reached.", Empty => SignInState;
    AuthorizeComputer: Post "/api/sign-in/computer", "Step 1: authorizes the computer with the pair from its access form.", ComputerCredentials => SignInState;
    AuthorizeProfile: Post "/api/sign-in/profile", "Step 2: authorizes the profile with a code of the authenticator app.", ProfileCode => SignInState;
    SubmitPassword: Post "/api/sign-in/user", "Step 3: checks login and password and asks \"Is this you?\".", UserCredentials => SignInState;
    AnswerQuestion: Post "/api/sign-in/answer", "Answers \"Is this you?\": yes opens the session, no goes back to step 3.", Answer => SignInState;
    ChoosePassword: Post "/api/sign-in/password", "First sign-in: the password of one's own opens the session.", OwnPassword => SignInState;
    GetLock: Get "/api/sign-in/lock", "Tells the waiting screen of step 3 whether the login is still locked, and until when.", LockQuery => LockState;
    UseSession: Post "/api/session/use", "Says that somebody uses the session. One that nobody uses for the clinic's idle minutes ends.", Empty => Empty;
    SignOut: Post "/api/sign-out", "Ends the session. The computer and the profile stay authorized.", Empty => SignInState;
    LeaveProfile: Post "/api/sign-in/profile/leave", "Takes this browser back to step 2. Where somebody is signed in, nothing happens.", Empty => SignInState;
    LeaveComputer: Post "/api/sign-in/computer/leave", "Takes this browser back to step 1, for whoever stands before it. Where somebody is signed in, nothing happens.", Empty => SignInState;
    ResetComputer: Post "/api/sign-in/reset", "Takes this browser back to step 1, for those who look after the computers.", Empty => SignInState;
}

/// How far this browser has come. Each step holds just what its screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SignInState {
    /// Step 1 is next.
    Computer,
    /// Step 2 is next.
    Profile {
        /// Where this is.
        seat: Seat,
        /// The clinic's clock, which codes are checked against.
        #[serde(default)]
        now: Timestamp,
    },
    /// Step 3 is next.
    User {
        /// Where this is.
        seat: Seat,
    },
    /// "Is this you?" is next; no session exists yet.
    Question {
        /// Where this is.
        seat: Seat,
        /// Who the password belongs to.
        person: Person,
    },
    /// The person has said yes, and chooses a password of their own before the session begins.
    NewPassword {
        /// Where this is.
        seat: Seat,
        /// Who chooses.
        person: Person,
        /// Fewest characters of it.
        length_min: u32,
    },
    /// Somebody is signed in.
    SignedIn {
        /// Where this is.
        seat: Seat,
        /// Who it is.
        me: Me,
    },
}

/// The authorized computer and its clinic, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Seat {
    /// The clinic's name.
    pub clinic: String,
    /// The computer's label, such as "Reception 1".
    pub computer: String,
    /// The name of the profile that the computer belongs to.
    pub profile: String,
    /// The clinic's default language.
    pub language: Language,
    /// The clinic's IANA time zone.
    pub time_zone: String,
    /// Idle minutes after which the screen covers itself; zero for never.
    #[serde(default)]
    pub idle_minutes: u32,
}

/// The person of "Is this you?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Person {
    /// The full name, in the order that the clinic's language writes it.
    pub full_name: String,
    /// The login.
    pub login: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Me {
    /// The own account.
    pub account: AccountId,
    /// The full name, in the order that the clinic's language writes it.
    pub full_name: String,
    /// The login.
    pub login: String,
    /// The role.
    pub role: Role,
    /// What one may do, module by module.
    #[serde(default)]
    pub rights: Rights,
    /// For owners: since when no mail has left, once that is worth a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mails_stuck_since: Option<Timestamp>,
}

/// Step 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ComputerCredentials {
    /// See [`crate::fields::ComputerUsername`].
    pub username: String,
    /// The 24 characters of the access form; spaces and dashes between them are forgiven.
    pub password: String,
}

/// Step 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileCode {
    /// See [`crate::fields::TotpCode`].
    pub code: String,
}

/// Step 3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UserCredentials {
    /// See [`crate::fields::Login`].
    pub login: String,
    /// See [`crate::fields::Password`].
    pub password: String,
}

/// The answer to "Is this you?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Whether it is.
    pub yes: bool,
}

/// A password of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// See [`crate::fields::Password`].
    pub password: String,
}

/// Which login the waiting screen waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LockQuery {
    /// See [`crate::fields::Login`].
    pub login: String,
}

/// Whether a login is locked. An unknown login answers as a known one does, for as long as its tries are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LockState {
    /// Whether it is.
    pub locked: bool,
    /// When it becomes active again by itself, where the clinic lets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether it was locked before, with no right password since: then a new password is the way on.
    #[serde(default)]
    pub again: bool,
}
