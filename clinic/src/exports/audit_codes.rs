//! What each action is in the words of FHIR R4 and DICOM. `docs/fhir.md` tells the same as a table, and a test compares the two.

use wire::activities::Action;

/// A kind of event among those of DICOM PS3.15 A.5, with its name there.
pub type Code = (&'static str, &'static str);

const APPLICATION_ACTIVITY: Code = ("110100", "Application Activity");
const AUDIT_LOG_USED: Code = ("110101", "Audit Log Used");
const SECURITY_ALERT: Code = ("110113", "Security Alert");
const USER_AUTHENTICATION: Code = ("110114", "User Authentication");

const LOGIN: Code = ("110122", "Login");
const LOGOUT: Code = ("110123", "Logout");
const NODE_AUTHENTICATION: Code = ("110126", "Node Authentication");
const SECURITY_CONFIGURATION: Code = ("110129", "Security Configuration");
const SOFTWARE_CONFIGURATION: Code = ("110131", "Software Configuration");
const USE_OF_RESTRICTED_FUNCTION: Code = ("110132", "Use of Restricted Function");
const USER_SECURITY_ATTRIBUTES_CHANGED: Code = ("110137", "User Security Attributes Changed");

/// What was done to what the event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Create,
    Read,
    Update,
    Delete,
    Execute,
}

impl Doing {
    pub fn code(self) -> &'static str {
        match self {
            Doing::Create => "C",
            Doing::Read => "R",
            Doing::Update => "U",
            Doing::Delete => "D",
            Doing::Execute => "E",
        }
    }
}

/// An action as an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The kind.
    pub kind: Code,
    /// The kind within the kind, where DICOM has one.
    pub subkind: Option<Code>,
    /// What was done.
    pub doing: Doing,
    /// Why it failed; nothing where it did not.
    pub failed: Option<&'static str>,
}

/// The event that an action is.
pub fn event(action: Action) -> Event {
    use Doing::{Create, Delete, Execute, Read, Update};
    let did = |kind, subkind, doing| Event { kind, subkind, doing, failed: None };
    let failed = |why, event| Event { failed: Some(why), ..event };
    let login = did(USER_AUTHENTICATION, Some(LOGIN), Execute);
    let logout = did(USER_AUTHENTICATION, Some(LOGOUT), Execute);
    let reset_requested = did(USER_AUTHENTICATION, None, Execute);
    let alert = |subkind, doing| did(SECURITY_ALERT, Some(subkind), doing);
    let node = alert(NODE_AUTHENTICATION, Execute);
    let user = |doing| alert(USER_SECURITY_ATTRIBUTES_CHANGED, doing);
    let device = |doing| alert(SECURITY_CONFIGURATION, doing);
    let restricted = alert(USE_OF_RESTRICTED_FUNCTION, Execute);
    match action {
        Action::ClinicOpened => did(APPLICATION_ACTIVITY, None, Create),
        Action::MailSentAgain | Action::Unknown => did(APPLICATION_ACTIVITY, None, Execute),
        Action::ComputerAuthorized | Action::ProfileAuthorized => node,
        Action::ComputerAuthorizationFailed => failed("wrong password", node),
        Action::ProfileAuthorizationFailed => failed("wrong code", node),
        Action::LoginSucceeded => login,
        Action::LoginDeclined => failed("declined", login),
        Action::LoginFailed => failed("wrong password", login),
        Action::LoginFailedLocked => failed("account locked", login),
        Action::SignedOut | Action::SignedOutEverywhere => logout,
        Action::PasswordResetRequested => reset_requested,
        Action::PasswordResetRequestedLocked => failed("account locked", reset_requested),
        Action::PinSent
        | Action::SupportCaseOpened
        | Action::SupportCaseRead
        | Action::SupportCaseWithdrawn => restricted,
        Action::AccountUnlockFailed => failed("wrong PIN", restricted),
        Action::UserAdded => user(Create),
        Action::UserRemoved => user(Delete),
        Action::AccountLocked
        | Action::AccountUnlocked
        | Action::AccountUnlockedAutomatically
        | Action::AccountUnlockedBySupport
        | Action::AccountUnlockedInEmergency
        | Action::PasswordChanged
        | Action::PasswordReset
        | Action::UserEdited
        | Action::UserBroughtBack
        | Action::AccessRestored => user(Update),
        Action::ComputerAdded | Action::ProfileAdded => device(Create),
        Action::ComputerRemoved | Action::ProfileRemoved => device(Delete),
        Action::ComputerEdited
        | Action::ComputerRevoked
        | Action::ComputerReissued
        | Action::ComputerReset
        | Action::ProfileLeft
        | Action::ProfileRenamed
        | Action::ProfileReissued
        | Action::ProfileReopened
        | Action::PolicyChanged => device(Update),
        Action::SettingsChanged | Action::ClinicClosed | Action::ClinicReopened | Action::ClinicTakenIn => {
            alert(SOFTWARE_CONFIGURATION, Update)
        }
        Action::LogExported => did(AUDIT_LOG_USED, None, Read),
        Action::LogTrimmed => did(AUDIT_LOG_USED, None, Delete),
    }
}

/// Whether the one whom the line is about did it, where it names nobody else.
pub fn is_by_its_user(action: Action) -> bool {
    matches!(
        action,
        Action::LoginDeclined
            | Action::LoginFailed
            | Action::LoginFailedLocked
            | Action::PasswordResetRequested
            | Action::PasswordResetRequestedLocked
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../../docs/fhir.md");

    #[test]
    fn the_table_of_the_docs_tells_what_is_written() {
        let cell = |code: Option<Code>| {
            code.map_or_else(|| "–".to_owned(), |(code, display)| format!("{code} {display}"))
        };
        for action in Action::ALL {
            let Event { kind, subkind, doing, failed } = event(action);
            let name = serde_json::to_string(&action).unwrap();
            let row = format!(
                "| `{}` | {} | {} | {} | {} |",
                name.trim_matches('"'),
                cell(Some(kind)),
                cell(subkind),
                doing.code(),
                failed.map_or_else(|| "0".to_owned(), |why| format!("4 {why}")),
            );
            assert!(TABLE.contains(&row), "docs/fhir.md lacks {row}");
        }
        let rows = TABLE.lines().filter(|line| line.starts_with("| `") && line.matches('|').count() == 6);
        assert_eq!(rows.count(), Action::ALL.len());
    }
}
