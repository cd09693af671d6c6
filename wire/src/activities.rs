//! The activity log.

use serde::{Deserialize, Serialize};

use crate::{Day, Empty, Timestamp, endpoint::endpoints, ids::AccountId, rights::Module};

endpoints! {
    ListActivities: Get "/api/activities", "Lists what happened, newest first.", ActivitiesQuery => ActivitiesPage;
    CountFailures: Get "/api/activities/failures", "Counts the failed logins among the lines of a period, a bar for each of its parts.", ActivitiesQuery => FailureChart;
    GetActivityChoices: Get "/api/activities/choices", "Lists the people and computers that the log can be searched for.", Empty => ActivityChoices;
    ExportActivities: Post "/api/activities/export", "Writes what is found into a file, oldest first: text that comes while it is read.", ExportWish => String;
}

/// Most lines that one page can have.
pub const PAGE_LINES_MAX: u32 = 200;
/// Lines of a page when the request does not say.
pub const PAGE_LINES_DEFAULT: u32 = 50;
/// Longest text that is searched for, in characters.
pub const WORDS_LENGTH_MAX: usize = 100;
/// Most bars of a chart.
pub const BARS_MAX: usize = 62;

/// Which lines of the log, and which page of them. What is absent or empty leaves nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActivitiesQuery {
    /// Only lines older than this one: the `next` of the page before. Absent for the newest, and for a chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub before: Option<i64>,
    /// How many lines, from 1 to [`PAGE_LINES_MAX`]; absent for a chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PAGE_LINES_MAX)))]
    pub limit: Option<u32>,
    /// Only lines about or by this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Only these actions: their JSON names, with commas between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<String>,
    /// Only what was done on the computer that had this label then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computer: Option<String>,
    /// Only from the beginning of this day on, by the clinic's time zone: a link means the same wherever it is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Only until the end of this day. A chart ends today where this is not said, and begins thirty days before its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Only lines that have each of these words, or parts of words, in a name, a login, a computer's label or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Which lines are written into a file, and how. What is absent or empty leaves nothing out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportWish {
    /// How they are written.
    pub format: ExportFormat,
    /// As when lines are listed ([`ActivitiesQuery::user`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// As when lines are listed ([`ActivitiesQuery::actions`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<String>,
    /// As when lines are listed ([`ActivitiesQuery::computer`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computer: Option<String>,
    /// As when lines are listed ([`ActivitiesQuery::from`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// As when lines are listed ([`ActivitiesQuery::until`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// As when lines are listed ([`ActivitiesQuery::words`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// How a file of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// A table for people: RFC 4180 in UTF-8, in the clinic's time zone.
    Csv,
    /// JSON Lines with the hashes, which can be verified: see [`crate::log_file`].
    Jsonl,
    /// HL7 FHIR R4 AuditEvent resources, one a line, for programs that gather audit records.
    Fhir,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [ExportFormat; 3] = [ExportFormat::Csv, ExportFormat::Jsonl, ExportFormat::Fhir];

    /// Its JSON name.
    pub fn name(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Jsonl => "jsonl",
            ExportFormat::Fhir => "fhir",
        }
    }

    /// How its files' names end.
    pub fn extension(self) -> &'static str {
        match self {
            ExportFormat::Csv | ExportFormat::Jsonl => self.name(),
            ExportFormat::Fhir => "ndjson",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            ExportFormat::Csv => "text/csv; charset=utf-8",
            ExportFormat::Jsonl => "application/jsonl",
            ExportFormat::Fhir => "application/fhir+ndjson",
        }
    }
}

/// Failed logins over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailureChart {
    /// Whether a bar is an hour, and not one or several of the clinic's days.
    pub hourly: bool,
    /// The bars, oldest first: at most [`BARS_MAX`].
    pub bars: Vec<FailureBar>,
}

/// The failed logins of a part of the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailureBar {
    /// When it begins.
    pub at: Timestamp,
    /// When the one after it begins.
    pub end: Timestamp,
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub until: Day,
    /// How many logins failed.
    pub failures: u32,
}

/// What the log can be searched for. Whoever reads their own lines alone is offered nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActivityChoices {
    /// Everybody who has or had an account, by name.
    pub people: Vec<ActivityPerson>,
    /// The labels of all computers that stand in the log.
    pub computers: Vec<String>,
    /// Whether the one who looks may write the log into a file.
    #[serde(default)]
    pub may_export: bool,
}

/// Somebody whom the log can be searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActivityPerson {
    /// The account.
    pub id: AccountId,
    /// The full name of today.
    pub name: String,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActivitiesPage {
    /// The lines.
    pub lines: Vec<ActivityLine>,
    /// The cursor of the page after this one; absent on the last.
    pub next: Option<i64>,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActivityLine {
    /// The place in the log, from 1; also the cursor.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub action: Action,
    /// To whom.
    pub user: Subject,
    /// Who did it, where that is known.
    pub by: Subject,
    /// The label of the computer on which it was done; empty when it was done by itself.
    pub computer: String,
    /// The network address from which it was done; empty when unknown.
    pub address: String,
    /// What was changed, from what to what. Lines of before there were changes are hashed without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// What.
    pub what: Changed,
    /// What it was; empty for something new.
    pub old: String,
    /// What it is; empty for something that is gone.
    pub new: String,
}

/// What can be changed. A policy goes by its JSON name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// A person's full name.
    FullName,
    /// A login.
    Login,
    /// An e-mail address.
    Email,
    /// A position.
    Position,
    /// A role, by its JSON name.
    Role,
    /// A right, by its JSON name.
    Right(Module),
    /// A language, by its tag.
    Language,
    /// The label of a computer.
    Computer,
    /// The profile of a computer, or its name.
    Profile,
    /// The clinic's name.
    ClinicName,
    /// The clinic's time zone.
    TimeZone,
    /// A policy.
    Policy(String),
    /// A support case, by its id.
    SupportCase,
    /// Who asked support.
    SupportManager,
    /// The operator of the support desk.
    SupportOperator,
    /// Why support was asked, or unlocked, or why the operator of the deployment helped.
    SupportReason,
    /// The format of a file that the log was written into.
    ExportFormat,
    /// What was looked for in the log that was written into a file, as in a query.
    ExportFilter,
    /// The key that a browser keeps: `none` where a step was passed without one.
    BrowserKey,
    /// How many lines of the log went.
    LinesTrimmed,
    /// The day of the newest of them.
    TrimmedUntil,
    /// Something that came with a later version than this one, as with [`Action::Unknown`].
    #[serde(other, skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Unknown,
}

/// A person in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Subject {
    /// Nobody, or not known.
    Nobody,
    /// An account of the clinic, by the name that it had then.
    Account {
        /// The account.
        id: AccountId,
        /// The full name at the time.
        name: String,
    },
    /// A login that no account has. What was typed is not kept: it may be a password in the wrong field.
    UnknownLogin,
    /// Whoever runs this deployment.
    Operator,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The clinic was opened.
    ClinicOpened,
    /// Step 1 succeeded.
    ComputerAuthorized,
    /// Step 1 failed for a computer of the clinic.
    ComputerAuthorizationFailed,
    /// Step 2 succeeded.
    ProfileAuthorized,
    /// Step 2 failed.
    ProfileAuthorizationFailed,
    /// A browser was taken back to step 2.
    ProfileLeft,
    /// "Yes, sign in".
    LoginSucceeded,
    /// "No, switch user".
    LoginDeclined,
    /// A wrong password.
    LoginFailed,
    /// A try at a locked account.
    LoginFailedLocked,
    /// The last strike.
    AccountLocked,
    /// A PIN was mailed.
    PinSent,
    /// A wrong or stale PIN.
    AccountUnlockFailed,
    /// A right PIN.
    AccountUnlocked,
    /// The session was ended by its user.
    SignedOut,
    /// The lock ended by the clock, as the policy says.
    AccountUnlockedAutomatically,
    /// An owner had a mail sent again that had failed.
    MailSentAgain,
    /// A password was changed by its user.
    PasswordChanged,
    /// A link for a new password was asked for.
    PasswordResetRequested,
    /// The same, at a locked account: nothing was mailed.
    PasswordResetRequestedLocked,
    /// A new password was chosen with a link from a mail.
    PasswordReset,
    /// Every session of an account was ended by its user.
    SignedOutEverywhere,
    /// An account was added.
    UserAdded,
    /// An account was changed.
    UserEdited,
    /// An account was removed.
    UserRemoved,
    /// A removed account was brought back.
    UserBroughtBack,
    /// An account was given a new first password.
    AccessRestored,
    /// A computer was added.
    ComputerAdded,
    /// A computer was renamed or moved.
    ComputerEdited,
    /// A computer's authorization was ended.
    ComputerRevoked,
    /// A computer was given a new access form.
    ComputerReissued,
    /// A revoked computer was taken off the list.
    ComputerRemoved,
    /// A browser was taken back to step 1.
    ComputerReset,
    /// A profile was added.
    ProfileAdded,
    /// A profile was renamed.
    ProfileRenamed,
    /// A profile was given a new QR code.
    ProfileReissued,
    /// A profile was removed.
    ProfileRemoved,
    /// Name, time zone or language of the clinic was changed.
    SettingsChanged,
    /// A policy was changed.
    PolicyChanged,
    /// Support was asked to unlock an account.
    SupportCaseOpened,
    /// An operator of the support desk looked at the case, for the first time.
    SupportCaseRead,
    /// The clinic took the case back.
    SupportCaseWithdrawn,
    /// Support unlocked an account.
    AccountUnlockedBySupport,
    /// The operator of the deployment unlocked an owner, because every owner was locked.
    AccountUnlockedInEmergency,
    /// The operator of the deployment let a profile take codes again that wrong ones had stopped.
    ProfileReopened,
    /// The log was written into a file.
    LogExported,
    /// Lines of the log went that were older than the policy keeps them.
    LogTrimmed,
    /// The operator of the deployment closed the clinic: it moves, or is written into an archive.
    ClinicClosed,
    /// The operator opened the closed clinic again.
    ClinicReopened,
    /// The clinic came from another deployment, in an archive.
    ClinicTakenIn,
    /// One that came with a later version than this one. It is read, so that an app of before an update shows the rest of a page, and
    /// is never written: what cannot be told cannot be hashed either.
    #[serde(other, skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Unknown,
}

impl Action {
    /// Every action that this version knows.
    pub const ALL: [Action; 50] = [
        Action::ClinicOpened,
        Action::ComputerAuthorized,
        Action::ComputerAuthorizationFailed,
        Action::ProfileAuthorized,
        Action::ProfileAuthorizationFailed,
        Action::ProfileLeft,
        Action::LoginSucceeded,
        Action::LoginDeclined,
        Action::LoginFailed,
        Action::LoginFailedLocked,
        Action::AccountLocked,
        Action::PinSent,
        Action::AccountUnlockFailed,
        Action::AccountUnlocked,
        Action::SignedOut,
        Action::AccountUnlockedAutomatically,
        Action::MailSentAgain,
        Action::PasswordChanged,
        Action::PasswordResetRequested,
        Action::PasswordResetRequestedLocked,
        Action::PasswordReset,
        Action::SignedOutEverywhere,
        Action::UserAdded,
        Action::UserEdited,
        Action::UserRemoved,
        Action::UserBroughtBack,
        Action::AccessRestored,
        Action::ComputerAdded,
        Action::ComputerEdited,
        Action::ComputerRevoked,
        Action::ComputerReissued,
        Action::ComputerRemoved,
        Action::ComputerReset,
        Action::ProfileAdded,
        Action::ProfileRenamed,
        Action::ProfileReissued,
        Action::ProfileRemoved,
        Action::SettingsChanged,
        Action::PolicyChanged,
        Action::SupportCaseOpened,
        Action::SupportCaseRead,
        Action::SupportCaseWithdrawn,
        Action::AccountUnlockedBySupport,
        Action::AccountUnlockedInEmergency,
        Action::ProfileReopened,
        Action::LogExported,
        Action::LogTrimmed,
        Action::ClinicClosed,
        Action::ClinicReopened,
        Action::ClinicTakenIn,
    ];
}
