//! The log. Lines are only ever added, each with a hash over the one before it. What finds them is in `activity_search`.

use wire::{
    Timestamp,
    activities::{Action, ActivityLine, Change, Subject},
    ids::AccountId,
};

use super::{
    activity_search,
    sql::{Row, Sql, SqlError, values},
};
use crate::rules::activity_chain;

/// An action as it is stored, as its lines are marked, and as it is counted.
pub fn action_text(action: Action) -> &'static str {
    match action {
        Action::ClinicOpened => "clinic_opened",
        Action::ComputerAuthorized => "computer_authorized",
        Action::ComputerAuthorizationFailed => "computer_authorization_failed",
        Action::ProfileAuthorized => "profile_authorized",
        Action::ProfileAuthorizationFailed => "profile_authorization_failed",
        Action::ProfileLeft => "profile_left",
        Action::LoginSucceeded => "login_succeeded",
        Action::LoginDeclined => "login_declined",
        Action::LoginFailed => "login_failed",
        Action::LoginFailedLocked => "login_failed_locked",
        Action::AccountLocked => "account_locked",
        Action::PinSent => "pin_sent",
        Action::AccountUnlockFailed => "account_unlock_failed",
        Action::AccountUnlocked => "account_unlocked",
        Action::SignedOut => "signed_out",
        Action::AccountUnlockedAutomatically => "account_unlocked_automatically",
        Action::MailSentAgain => "mail_sent_again",
        Action::PasswordChanged => "password_changed",
        Action::PasswordResetRequested => "password_reset_requested",
        Action::PasswordResetRequestedLocked => "password_reset_requested_locked",
        Action::PasswordReset => "password_reset",
        Action::SignedOutEverywhere => "signed_out_everywhere",
        Action::UserAdded => "user_added",
        Action::UserEdited => "user_edited",
        Action::UserRemoved => "user_removed",
        Action::UserBroughtBack => "user_brought_back",
        Action::AccessRestored => "access_restored",
        Action::ComputerAdded => "computer_added",
        Action::ComputerEdited => "computer_edited",
        Action::ComputerRevoked => "computer_revoked",
        Action::ComputerReissued => "computer_reissued",
        Action::ComputerRemoved => "computer_removed",
        Action::ComputerReset => "computer_reset",
        Action::ProfileAdded => "profile_added",
        Action::ProfileRenamed => "profile_renamed",
        Action::ProfileReissued => "profile_reissued",
        Action::ProfileRemoved => "profile_removed",
        Action::SettingsChanged => "settings_changed",
        Action::PolicyChanged => "policy_changed",
        Action::SupportCaseOpened => "support_case_opened",
        Action::SupportCaseRead => "support_case_read",
        Action::SupportCaseWithdrawn => "support_case_withdrawn",
        Action::AccountUnlockedBySupport => "account_unlocked_by_support",
        Action::AccountUnlockedInEmergency => "account_unlocked_in_emergency",
        Action::ProfileReopened => "profile_reopened",
        Action::LogExported => "log_exported",
        Action::LogTrimmed => "log_trimmed",
        Action::ClinicClosed => "clinic_closed",
        Action::ClinicReopened => "clinic_reopened",
        Action::ClinicTakenIn => "clinic_taken_in",
        // Nothing appends it: its line has no hash.
        Action::Unknown => "unknown",
    }
}

fn action(text: &str) -> Result<Action, SqlError> {
    Action::ALL
        .into_iter()
        .find(|action| action_text(*action) == text)
        .ok_or_else(|| SqlError("a stored action is unknown".into()))
}

type SubjectColumns<'a> = (&'static str, Option<&'a str>, Option<&'a str>);

fn subject_columns(subject: &Subject) -> SubjectColumns<'_> {
    match subject {
        Subject::Nobody => ("nobody", None, None),
        Subject::Account { id, name } => ("account", Some(id.as_str()), Some(name)),
        Subject::UnknownLogin => ("unknown_login", None, None),
        Subject::Operator => ("operator", None, None),
    }
}

fn subject(row: &mut Row) -> Result<Subject, SqlError> {
    let (is, id, name): (String, Option<String>, Option<String>) = (row.take()?, row.take()?, row.take()?);
    match (is.as_str(), id, name) {
        ("nobody", ..) => Ok(Subject::Nobody),
        ("account", Some(id), Some(name)) => Ok(Subject::Account { id: AccountId::from_stored(id), name }),
        ("unknown_login", ..) => Ok(Subject::UnknownLogin),
        ("operator", ..) => Ok(Subject::Operator),
        _ => Err(SqlError("a stored subject is unknown".into())),
    }
}

/// What is to be noted.
#[derive(Clone, Debug)]
pub struct NewActivity<'a> {
    /// What happened.
    pub action: Action,
    /// To whom.
    pub user: Subject,
    /// Who did it.
    pub by: Subject,
    /// The computer's label.
    pub computer: &'a str,
    /// The network address.
    pub address: &'a str,
    /// What was changed.
    pub changes: Vec<Change>,
}

/// The number of the next line of a log, and the hash that it goes on from.
pub(crate) fn next_link(sql: &dyn Sql, table: &str) -> Result<(i64, Vec<u8>), SqlError> {
    let newest = format!("SELECT seq, hash FROM {table} ORDER BY seq DESC LIMIT 1");
    match sql.query(&newest, &[])?.pop() {
        Some(mut row) => Ok((row.take::<i64>()? + 1, row.take()?)),
        None => Ok((1, activity_chain::BEGINNING.to_vec())),
    }
}

/// Adds a line.
pub fn append(sql: &dyn Sql, new: NewActivity<'_>, now: Timestamp) -> Result<(), SqlError> {
    let (seq, before) = next_link(sql, "activities")?;
    let NewActivity { action, user, by, computer, address, changes } = new;
    let line = ActivityLine {
        seq,
        at: now,
        action,
        user,
        by,
        computer: computer.to_owned(),
        address: address.to_owned(),
        changes,
    };
    let changes = (!line.changes.is_empty()).then(|| serde_json::to_string(&line.changes)).transpose();
    let changes = changes.map_err(|_| SqlError("changes cannot be written".into()))?;
    let hash =
        activity_chain::hash(&before, &line).map_err(|_| SqlError("a line cannot be hashed".into()))?;
    let (user_is, user_id, user_name) = subject_columns(&line.user);
    let (by_is, by_id, by_name) = subject_columns(&line.by);
    sql.run(
        "INSERT INTO activities
             (seq, at, action, user_is, user_id, user_name, by_is, by_id, by_name, computer, address, hash, changes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        values![
            seq,
            now,
            action_text(action),
            user_is,
            user_id,
            user_name,
            by_is,
            by_id,
            by_name,
            computer,
            address,
            hash.as_slice(),
            changes,
        ],
    )?;
    activity_search::fold_new_texts(sql)
}

/// The columns that [`line`] reads.
pub(crate) const COLUMNS: &str =
    "seq, at, action, user_is, user_id, user_name, by_is, by_id, by_name, computer, address, changes";

/// A line as it is stored.
pub(super) fn line(mut row: Row) -> Result<ActivityLine, SqlError> {
    take_line(&mut row)
}

/// A line, from a row that holds more behind it.
pub(crate) fn take_line(row: &mut Row) -> Result<ActivityLine, SqlError> {
    Ok(ActivityLine {
        seq: row.take()?,
        at: row.take()?,
        action: action(&row.take::<String>()?)?,
        user: subject(row)?,
        by: subject(row)?,
        computer: row.take()?,
        address: row.take()?,
        changes: match row.take::<Option<String>>()? {
            Some(text) => {
                serde_json::from_str(&text).map_err(|_| SqlError("stored changes cannot be read".into()))?
            }
            None => Vec::new(),
        },
    })
}
