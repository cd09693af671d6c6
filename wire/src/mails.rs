//! What became of the clinic's mails.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    endpoint::{Empty, endpoints},
    ids::{AccountId, MailId},
};

endpoints! {
    ListMails: Get "/api/mails", "Lists the mails of the last 30 days, the newest first, and what became of each.", Empty => MailList;
    SendMailAgain: Post "/api/mails/send-again", "Sends a mail again that failed, to the address that its recipient has now.", MailQuery => MailList;
}

/// Most mails that the list tells of.
pub const MAILS_LISTED_MAX: u32 = 200;

/// The mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailList {
    /// The newest first.
    pub mails: Vec<MailRecord>,
}

/// A mail: its cause and its fate, never its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailRecord {
    /// The mail.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// Whom it is for.
    pub to: AccountId,
    /// Their full name.
    pub full_name: String,
    /// When it was written.
    pub at: Timestamp,
    /// What became of it.
    pub state: MailState,
    /// Why it did not leave, or not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<MailTrouble>,
    /// Whether it can be sent again.
    pub may_send_again: bool,
}

/// The kinds of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// To the user: locked.
    AccountLocked,
    /// To an owner: somebody is locked.
    UserAccountLocked,
    /// To an owner: the PIN.
    UserAccountUnlock,
    /// To the user: unlocked.
    AccountUnlocked,
    /// To the user: a new first password.
    AccessRestored,
    /// To the user: the password was changed.
    PasswordChanged,
    /// To the user: the link that resets the password.
    ResetYourPassword,
    /// To the user: it was reset.
    PasswordReset,
    /// To the former address: mails go elsewhere now.
    EmailChanged,
    /// To an owner: support was asked to unlock an account.
    SupportCaseOpened,
    /// To an owner: an operator of the support desk looked at the case.
    SupportCaseRead,
    /// To an owner: support unlocked it.
    SupportCaseUsed,
    /// To an owner: step 1 let a browser in that it had not let in before.
    ComputerAuthorized,
    /// To an owner: the operator of the deployment unlocked an owner, because every owner was locked.
    EmergencyUnlock,
    /// To an owner: the operator of the deployment let a profile take codes again.
    ProfileReopened,
    /// One that came with a later version than this one; it is read and never written.
    #[serde(other, skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Unknown,
}

impl MailKind {
    /// Every kind that this version knows.
    pub const ALL: [MailKind; 15] = [
        MailKind::AccountLocked,
        MailKind::UserAccountLocked,
        MailKind::UserAccountUnlock,
        MailKind::AccountUnlocked,
        MailKind::AccessRestored,
        MailKind::PasswordChanged,
        MailKind::ResetYourPassword,
        MailKind::PasswordReset,
        MailKind::EmailChanged,
        MailKind::SupportCaseOpened,
        MailKind::SupportCaseRead,
        MailKind::SupportCaseUsed,
        MailKind::ComputerAuthorized,
        MailKind::EmergencyUnlock,
        MailKind::ProfileReopened,
    ];
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It waits to leave.
    Queued,
    /// The mail API took it.
    Sent,
    /// It will not leave.
    Failed,
}

/// Why a mail did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MailTrouble {
    /// What was the matter.
    pub code: MailTroubleCode,
    /// The status of HTTP or of SMTP, where the mail service answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// What can be the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailTroubleCode {
    /// The mail API could not be reached.
    Unreachable,
    /// It did not answer in time.
    NoAnswer,
    /// It answered, but did not take the mail.
    Answered,
    /// It does not write to this address: mail to it came back, or its owner reported one as spam.
    RecipientRefused,
    /// It did not take the mail for as long as that was of use.
    TooLate,
    /// The mail was sealed with another key.
    Unreadable,
}

impl MailTrouble {
    /// The mail API answered, but did not take the mail.
    pub fn answered(status: u16) -> MailTrouble {
        MailTrouble { code: MailTroubleCode::Answered, status: Some(status) }
    }

    /// The mail API answered that it does not write to this address.
    pub fn recipient_refused(status: u16) -> MailTrouble {
        MailTrouble { code: MailTroubleCode::RecipientRefused, status: Some(status) }
    }
}

impl From<MailTroubleCode> for MailTrouble {
    fn from(code: MailTroubleCode) -> MailTrouble {
        MailTrouble { code, status: None }
    }
}

/// Names a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MailQuery {
    /// The mail.
    pub id: String,
}
