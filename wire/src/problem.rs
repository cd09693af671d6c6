//! Refusals. A code crosses the wire; the sentence for people lives in the app.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A refusal: the body of an `application/problem+json` reply (RFC 9457), with the code that the app turns into a
/// sentence. `type` is `urn:wardkey:problem:` and the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// What is wrong; stable.
    pub code: ProblemCode,
    /// The JSON name of the request's field that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whole seconds to wait before another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
    /// How many tries remain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
}

impl Problem {
    /// A problem that is about the request as a whole.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, field: None, retry_after_seconds: None, tries_left: None }
    }

    /// A problem that is about one field of the request.
    pub fn about(field: &str, code: ProblemCode) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(code) }
    }

    /// The same problem, with the time to wait in seconds.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    /// The same problem, with the number of tries that remain.
    pub fn tries_left(self, tries: u32) -> Self {
        Self { tries_left: Some(tries), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for Problem {}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What is wrong, as a stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [ProblemCode] = &[$(ProblemCode::$name,)*];

            /// The code as it crosses the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(ProblemCode::$name => $text,)* }
            }
        }
    };
}

problem_codes! {
    /// Not JSON, or not the JSON that this route takes.
    MalformedRequest = "malformed_request",
    /// Longer than any request of ours.
    RequestTooLarge = "request_too_large",
    /// A body that is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type",
    /// There is no such route, account, computer or line in this clinic.
    NotFound = "not_found",
    /// The route exists, but not with this method.
    MethodNotAllowed = "method_not_allowed",
    /// A change that was asked for from another origin.
    ForeignOrigin = "foreign_origin",
    /// Signed in, but this role may not do it.
    NotAllowed = "not_allowed",
    /// The browser keeps no key, and the clinic wants one ([`crate::proof`]).
    KeyMissing = "key_missing",
    /// What should show that the request comes from the browser that keeps the key does not.
    ProofWrong = "proof_wrong",
    /// It was made too long ago, or by a wrong clock; `Date` has the right one.
    ProofStale = "proof_stale",
    /// Too many at once; nothing was counted.
    Busy = "busy",
    /// A fault of ours. Nothing was changed.
    Internal = "internal",

    /// Not shaped like the username on an access form.
    UsernameMalformed = "username_malformed",
    /// The field is empty.
    PasswordMissing = "password_missing",
    /// Longer than 128 characters.
    PasswordTooLong = "password_too_long",
    /// Empty, over-long or with characters that no login has.
    LoginMalformed = "login_malformed",
    /// Not six digits.
    CodeMalformed = "code_malformed",
    /// Not six digits.
    PinMalformed = "pin_malformed",
    /// Not an e-mail address that we can write to.
    EmailMalformed = "email_malformed",
    /// A name that is empty, over-long or has control characters.
    NameMalformed = "name_malformed",
    /// Not a time zone of the IANA database.
    TimeZoneUnknown = "time_zone_unknown",
    /// Another account of the clinic has this login, or had it.
    LoginTaken = "login_taken",
    /// The login looks like another one, or has letters that only look Latin.
    LoginConfusable = "login_confusable",
    /// A system administrator's login starts with `sys_`, and nobody else's does.
    LoginPrefix = "login_prefix",
    /// An owner needs an e-mail address: unlock PINs go there.
    EmailMissing = "email_missing",
    /// Another computer or profile has this name.
    NameTaken = "name_taken",
    /// A role that does not exist, or that this person may not give.
    RoleNotAllowed = "role_not_allowed",
    /// More rights than this person may give.
    RightsNotAllowed = "rights_not_allowed",
    /// A number outside its bounds.
    OutOfBounds = "out_of_bounds",
    /// Not a day of the calendar.
    DayMalformed = "day_malformed",
    /// A period that ends before it begins.
    PeriodBackwards = "period_backwards",
    /// Log: words that so many names, computers or addresses have that more letters are needed.
    WordsTooShort = "words_too_short",
    /// Own password: the present one is wrong.
    PasswordWrong = "password_wrong",
    /// Own password: what was asked for wants it once more.
    PasswordNeeded = "password_needed",
    /// Own password: fewer characters than the clinic asks for.
    PasswordTooShort = "password_too_short",
    /// Own password: one of those that everybody tries first.
    PasswordCommon = "password_common",
    /// Own password: the name or login of the person, or of the clinic.
    PasswordNamesPerson = "password_names_person",
    /// Own password: the same as before.
    PasswordUnchanged = "password_unchanged",
    /// Somebody else changed this meanwhile: look again.
    EditedMeanwhile = "edited_meanwhile",
    /// The clinic would be left without an owner.
    LastOwner = "last_owner",
    /// The account is locked; an owner must unlock it first.
    UnlockFirst = "unlock_first",
    /// The account was removed.
    UserRemoved = "user_removed",
    /// The account was not removed.
    UserNotRemoved = "user_not_removed",
    /// The mail is not kept any more, or its recipient has no address.
    MailNotRepeatable = "mail_not_repeatable",
    /// The computer that this is asked from; use another one.
    OwnComputer = "own_computer",
    /// The computer is not revoked.
    ComputerNotRevoked = "computer_not_revoked",
    /// The computer is revoked.
    ComputerIsRevoked = "computer_is_revoked",
    /// Computers belong to the profile still.
    ProfileInUse = "profile_in_use",
    /// The list of people is empty, has too many lines or is not a table.
    ImportMalformed = "import_malformed",
    /// Not a setup link of this deployment.
    SetupLinkWrong = "setup_link_wrong",
    /// The setup link is older than 24 hours.
    SetupLinkExpired = "setup_link_expired",
    /// This deployment can't keep a clinic to that jurisdiction.
    JurisdictionNotOffered = "jurisdiction_not_offered",
    /// The setup link has opened its clinic.
    SetupLinkUsed = "setup_link_used",
    /// Not a link for a new password, or one that is older than 30 minutes, was used, or was replaced by a newer one.
    ResetLinkWrong = "reset_link_wrong",
    /// The account has been locked since the link was mailed: a new password does not open it.
    ResetLocked = "reset_locked",

    /// Step 1: username or password is wrong.
    ComputerWrong = "computer_wrong",
    /// Step 1: too many tries with this username; wait.
    SlowDown = "slow_down",
    /// Step 1 comes first.
    ComputerRequired = "computer_required",
    /// Step 2 comes first.
    ProfileRequired = "profile_required",
    /// Step 2: the code is wrong.
    CodeWrong = "code_wrong",
    /// Step 2: this code was accepted before on this computer; wait for the next.
    CodeUsed = "code_used",
    /// Step 2: five wrong codes on this computer; wait.
    CodesPaused = "codes_paused",
    /// Step 2: a hundred wrong codes; the profile needs a new QR code.
    ProfileStopped = "profile_stopped",
    /// Step 3: login or password is wrong.
    LoginWrong = "login_wrong",
    /// Step 3: the account is locked.
    AccountLocked = "account_locked",
    /// "Is this you?" was answered too late, or twice.
    QuestionExpired = "question_expired",
    /// Nobody is signed in, or the session has ended.
    SessionRequired = "session_required",

    /// Unlock: the account is not locked.
    NotLocked = "not_locked",
    /// Nobody unlocks, demotes or removes themselves.
    OwnAccount = "own_account",
    /// Unlock: the PIN is wrong.
    PinWrong = "pin_wrong",
    /// Unlock: the PIN is older than ten minutes, was used, replaced, or never asked for.
    PinExpired = "pin_expired",
    /// Unlock: five wrong tries used this PIN up; ask for a new one.
    PinSpent = "pin_spent",
    /// Unlock: ten tries a day an account; wait.
    PinTriesExhausted = "pin_tries_exhausted",
    /// Unlock: too many PINs were asked for; wait.
    PinTooMany = "pin_too_many",

    /// Emergency: somebody within the clinic can help still, or it would help nobody.
    NotAnEmergency = "not_an_emergency",

    /// The clinic is closed: it moves to another deployment, or is being written into an archive.
    ClinicClosed = "clinic_closed",
    /// Archive: what can be done to a closed clinic alone.
    ClinicNotClosed = "clinic_not_closed",
    /// Archive: there is a clinic already where another is to be taken in.
    ClinicExists = "clinic_exists",
    /// Archive: not one that was written for this deployment, changed since, or not whole.
    ArchiveWrong = "archive_wrong",

    /// Support: not shaped like a case code.
    CaseCodeMalformed = "case_code_malformed",
    /// Support: a code that opens no case: made up, used, withdrawn, replaced or older than a day.
    CaseCodeWrong = "case_code_wrong",
    /// Support: too many codes that open no case; wait.
    CaseCodesPaused = "case_codes_paused",
    /// Support: a case is open for this account already.
    CaseOpen = "case_open",
    /// Support: the case is not open any more.
    CaseClosed = "case_closed",
    /// Support: too many cases were opened for this account; wait.
    CasesTooMany = "cases_too_many",
    /// Support: nobody unlocks without having rung back.
    CallBackMissing = "call_back_missing",
    /// Not a telephone number.
    PhoneMalformed = "phone_malformed",
    /// A reason that is empty, over-long or has control characters.
    ReasonMalformed = "reason_malformed",
    /// Support desk: login, password or code is wrong.
    OperatorWrong = "operator_wrong",
    /// Support desk: the operator is locked.
    OperatorLocked = "operator_locked",
    /// Support desk: no operator is signed in, or the session has ended.
    OperatorRequired = "operator_required",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_alike_in_json_and_in_text() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{}\"", code.as_str()));
        }
    }

    #[test]
    fn a_problem_keeps_its_shape() {
        let problem = Problem::about("pin", ProblemCode::PinWrong).tries_left(4);
        assert_eq!(
            serde_json::to_string(&problem).unwrap(),
            r#"{"code":"pin_wrong","field":"pin","tries_left":4}"#
        );
    }
}
