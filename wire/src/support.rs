//! The support desk: who has no owner at hand asks for help with a code, and an operator of the vendor's who got it unlocks.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    endpoint::{Empty, endpoints},
    help::HelpCount,
    ids::{CaseId, OperatorId},
    place::{ClinicPlace, Jurisdiction},
    rights::Permission,
    setup::SetupLink,
};

endpoints! {
    OpenSupportCase: Post "/api/users/support", "Asks support to unlock an account. The code of the case is in the reply and nowhere else.", CaseRequest => OpenedCase;
    WithdrawSupportCase: Post "/api/users/support/withdraw", "Withdraws the open support case of an account.", CaseQuery => Empty;

    SignInOperator: Post "/api/support/sign-in", "Signs an operator in to the support desk.", OperatorCredentials => Desk;
    SignOutOperator: Post "/api/support/sign-out", "Ends an operator's session.", Empty => Empty;
    OpenDesk: Post "/api/support/desk", "Shows the support desk: open cases that were read out to it, its operators and its log. It is a use of the session, and finishes what was cut off.", Empty => Desk;
    ListDeskLog: Post "/api/support/log", "Lists older lines of the desk's log. It is a use of the session.", DeskLogQuery => DeskLog;
    LookUpCase: Post "/api/support/cases", "Shows the case of a code that was read out.", CaseCodeRequest => SupportCase;
    FollowSupportCase: Post "/api/support/case", "Asks the clinic how a case of the desk's stands now, and notes it.", DeskCaseQuery => SupportCase;
    UnlockForSupport: Post "/api/support/case/unlock", "Unlocks the account that a case is about.", SupportUnlock => SupportCase;
    UnlockOperator: Post "/api/support/operators/unlock", "Unlocks a colleague.", OperatorQuery => Desk;
    MakeClinicLink: Post "/api/support/setup-links", "Makes a link that opens one clinic within 24 hours.", ClinicPlace => SetupLink;

    MakeOperator: Post "/api/operator/support-operators", "Makes an operator of the support desk, or gives one whose login it is a new password and authenticator.", NewOperator => MadeOperator;
    RemoveOperator: Post "/api/operator/support-operators/remove", "Removes an operator of the support desk, whose sessions end.", OperatorLogin => RemovedOperator;
}

/// Characters of a case code, read out in two groups.
pub const CASE_CODE_LENGTH: usize = 10;
/// Most characters of a reason.
pub const REASON_LENGTH_MAX: usize = 500;
/// An operator's screen that nobody uses for so long covers itself.
pub const DESK_IDLE_MINUTES: u32 = 10;

/// A case to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseRequest {
    /// The locked account.
    pub id: String,
    /// Why it can't wait for an owner.
    pub reason: String,
    /// Where support is to ring back.
    pub phone: String,
}

/// The account whose case it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseQuery {
    /// The account.
    pub id: String,
}

/// An opened case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenedCase {
    /// What is read out to support, in two groups.
    pub code: String,
}

/// What the one who looks at a locked account may ask of support.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SupportOffer {
    /// Whether they may open a case, and withdraw it.
    pub may: Permission,
    /// The case that is open.
    pub case: Option<OpenCase>,
}

/// An open case, as the clinic sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenCase {
    /// The case.
    pub id: CaseId,
    /// Who opened it.
    pub by: String,
    /// Until when its code is good.
    pub expires_at: Timestamp,
}

/// What an operator signs in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorCredentials {
    /// See [`crate::fields::Login`].
    pub login: String,
    /// See [`crate::fields::Password`].
    pub password: String,
    /// See [`crate::fields::TotpCode`].
    pub code: String,
}

/// The support desk, as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Desk {
    /// Who is signed in.
    pub operator: String,
    /// The cases whose codes were read out, while they are open, the newest first.
    pub cases: Vec<SupportCase>,
    /// Everybody who may sign in here, by name.
    pub operators: Vec<Operator>,
    /// The latest of what happened here, newest first.
    pub log: Vec<DeskLine>,
    /// What readers said of the help pages lately: those pages of which anything was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<HelpCount>,
    /// What this deployment can keep a new clinic to; self-hosted, nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jurisdictions: Vec<Jurisdiction>,
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Operator {
    /// The operator.
    pub id: OperatorId,
    /// The name.
    pub name: String,
    /// The login.
    pub login: String,
    /// Since when wrong tries have locked them.
    pub locked_since: Option<Timestamp>,
    /// Whether it is the one who looks.
    pub own: bool,
}

/// A case, as the desk sees it: this, and nothing else of any clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SupportCase {
    /// The case.
    pub id: CaseId,
    /// The clinic's name.
    pub clinic: String,
    /// Who asked.
    pub manager: String,
    /// Where to ring back.
    pub phone: String,
    /// Whose account it is.
    pub account: String,
    /// Why it can't wait for an owner.
    pub reason: String,
    /// When the account was locked.
    pub locked_since: Timestamp,
    /// Until when the case is open.
    pub expires_at: Timestamp,
    /// What became of it.
    pub state: CaseState,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// The account is locked still.
    Open,
    /// Support has unlocked it.
    Used,
    /// The clinic withdrew it.
    Withdrawn,
    /// It was open for too long.
    Expired,
    /// The account was unlocked in another way.
    Moot,
}

/// A code that was read out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseCodeRequest {
    /// See [`crate::fields::CaseCode`].
    pub code: String,
}

/// A case of the desk's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeskCaseQuery {
    /// The case.
    pub case: String,
}

/// What an operator says before they unlock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SupportUnlock {
    /// The case.
    pub case: String,
    /// That whoever asked was rung back on the number of the case, or on the clinic's own.
    pub called_back: bool,
    /// Why they believe it.
    pub why: String,
}

/// A colleague.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorQuery {
    /// The operator.
    pub operator: String,
}

/// An operator to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOperator {
    /// The name.
    pub name: String,
    /// The login.
    pub login: String,
}

/// What an operator signs in with, told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MadeOperator {
    /// The login.
    pub login: String,
    /// The generated password.
    pub password: String,
    /// The `otpauth://` address for an authenticator app.
    pub otpauth_url: String,
}

/// An operator to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorLogin {
    /// The login.
    pub login: String,
}

/// Who was removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemovedOperator {
    /// The name; none where no operator has the login.
    pub name: Option<String>,
}

/// One line of the desk's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeskLine {
    /// The place in the log, from 1.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub action: DeskAction,
    /// Which operator did it, or whom it happened to; empty for logins that nobody has.
    pub operator: String,
    /// The network address.
    pub address: String,
    /// Whom the operator did it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colleague: Option<String>,
    /// The case that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseTold>,
    /// How many tries the line stands for, where it sums up what any stranger can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries: Option<u32>,
}

/// A page of the desk's log that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeskLogQuery {
    /// Only lines older than the one of this number.
    pub before: i64,
}

/// A page of the desk's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeskLog {
    /// The lines, newest first; none where there are no older ones.
    pub lines: Vec<DeskLine>,
}

/// A case in the desk's log, in the words that the clinic's log has for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseTold {
    /// The case.
    pub id: CaseId,
    /// The clinic's name.
    pub clinic: String,
    /// Who asked.
    pub manager: String,
    /// Whose account it is.
    pub account: String,
    /// What the operator wrote; empty where they wrote nothing.
    pub why: String,
}

/// What happens at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeskAction {
    /// Whoever has the deployment's key made an operator, or renewed one.
    OperatorMade,
    /// Whoever has the deployment's key removed an operator.
    OperatorRemoved,
    /// Login, password and code were right.
    LoginSucceeded,
    /// One of them was wrong.
    LoginFailed,
    /// A try at a locked operator.
    LoginFailedLocked,
    /// The last strike.
    OperatorLocked,
    /// A colleague ended the lock.
    OperatorUnlocked,
    /// An operator left.
    SignedOut,
    /// A case was opened by its code.
    CaseLookedUp,
    /// A code that opens no case.
    CaseRefused,
    /// A case ended without the desk: withdrawn, too old, or the account was unlocked in another way.
    CaseClosed,
    /// Support unlocked an account.
    AccountUnlocked,
    /// A setup link was made.
    SetupLinkMade,
}
