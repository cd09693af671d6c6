//! What the codes of the wire are called: roles, actions, rights, what was changed, policies, and why something is not allowed.

use wire::{
    Role,
    activities::{Action, Changed},
    rights::{Module, Permission, Right},
    users::UnlockPermission,
};

use super::{Template, Text, t};

pub fn role_name(role: Role) -> Text {
    match role {
        Role::Owner => t::role::OWNER,
        Role::Manager => t::role::MANAGER,
        Role::Employee => t::role::EMPLOYEE,
        Role::SystemAdministrator => t::role::SYSTEM_ADMINISTRATOR,
    }
}

pub fn action_name(action: Action) -> Text {
    match action {
        Action::ClinicOpened => t::action::CLINIC_OPENED,
        Action::ComputerAuthorized => t::action::COMPUTER_AUTHORIZED,
        Action::ComputerAuthorizationFailed => t::action::COMPUTER_AUTHORIZATION_FAILED,
        Action::ProfileAuthorized => t::action::PROFILE_AUTHORIZED,
        Action::ProfileAuthorizationFailed => t::action::PROFILE_AUTHORIZATION_FAILED,
        Action::ProfileLeft => t::action::PROFILE_LEFT,
        Action::LoginSucceeded => t::action::LOGIN_SUCCEEDED,
        Action::LoginDeclined => t::action::LOGIN_DECLINED,
        Action::LoginFailed => t::action::LOGIN_FAILED,
        Action::LoginFailedLocked => t::action::LOGIN_FAILED_LOCKED,
        Action::AccountLocked => t::action::ACCOUNT_LOCKED,
        Action::PinSent => t::action::PIN_SENT,
        Action::AccountUnlockFailed => t::action::ACCOUNT_UNLOCK_FAILED,
        Action::AccountUnlocked => t::action::ACCOUNT_UNLOCKED,
        Action::SignedOut => t::action::SIGNED_OUT,
        Action::AccountUnlockedAutomatically => t::action::ACCOUNT_UNLOCKED_AUTOMATICALLY,
        Action::MailSentAgain => t::action::MAIL_SENT_AGAIN,
        Action::PasswordChanged => t::action::PASSWORD_CHANGED,
        Action::PasswordResetRequested => t::action::PASSWORD_RESET_REQUESTED,
        Action::PasswordResetRequestedLocked => t::action::PASSWORD_RESET_REQUESTED_LOCKED,
        Action::PasswordReset => t::action::PASSWORD_RESET,
        Action::SignedOutEverywhere => t::action::SIGNED_OUT_EVERYWHERE,
        Action::UserAdded => t::action::USER_ADDED,
        Action::UserEdited => t::action::USER_EDITED,
        Action::UserRemoved => t::action::USER_REMOVED,
        Action::UserBroughtBack => t::action::USER_BROUGHT_BACK,
        Action::AccessRestored => t::action::ACCESS_RESTORED,
        Action::ComputerAdded => t::action::COMPUTER_ADDED,
        Action::ComputerEdited => t::action::COMPUTER_EDITED,
        Action::ComputerRevoked => t::action::COMPUTER_REVOKED,
        Action::ComputerReissued => t::action::COMPUTER_REISSUED,
        Action::ComputerRemoved => t::action::COMPUTER_REMOVED,
        Action::ComputerReset => t::action::COMPUTER_RESET,
        Action::ProfileAdded => t::action::PROFILE_ADDED,
        Action::ProfileRenamed => t::action::PROFILE_RENAMED,
        Action::ProfileReissued => t::action::PROFILE_REISSUED,
        Action::ProfileRemoved => t::action::PROFILE_REMOVED,
        Action::SettingsChanged => t::action::SETTINGS_CHANGED,
        Action::PolicyChanged => t::action::POLICY_CHANGED,
        Action::SupportCaseOpened => t::action::SUPPORT_CASE_OPENED,
        Action::SupportCaseRead => t::action::SUPPORT_CASE_READ,
        Action::SupportCaseWithdrawn => t::action::SUPPORT_CASE_WITHDRAWN,
        Action::AccountUnlockedBySupport => t::action::ACCOUNT_UNLOCKED_BY_SUPPORT,
        Action::AccountUnlockedInEmergency => t::action::ACCOUNT_UNLOCKED_IN_EMERGENCY,
        Action::ProfileReopened => t::action::PROFILE_REOPENED,
        Action::LogExported => t::action::LOG_EXPORTED,
        Action::LogTrimmed => t::action::LOG_TRIMMED,
        Action::ClinicClosed => t::action::CLINIC_CLOSED,
        Action::ClinicReopened => t::action::CLINIC_REOPENED,
        Action::ClinicTakenIn => t::action::CLINIC_TAKEN_IN,
        Action::Unknown => t::action::UNKNOWN,
    }
}

pub fn module_name(module: Module) -> Text {
    match module {
        Module::Users => t::module::USERS,
        Module::Computers => t::module::COMPUTERS,
        Module::Activities => t::module::ACTIVITIES,
        Module::Settings => t::module::SETTINGS,
    }
}

pub fn right_name(right: Right) -> Text {
    match right {
        Right::None => t::right::NONE,
        Right::Read => t::right::READ,
        Right::Edit => t::right::EDIT,
    }
}

/// Why restoring or removing is not possible.
pub fn permission_reason(permission: Permission) -> Option<Text> {
    match permission {
        Permission::Allowed | Permission::NotAllowed => None,
        Permission::OwnAccount => Some(t::people::OWN_ACCOUNT),
        Permission::LastOwner => Some(t::people::LAST_OWNER),
        Permission::Locked => Some(t::people::LOCKED),
    }
}

/// Why unlocking is not possible.
pub fn unlock_reason(permission: UnlockPermission) -> Option<Text> {
    match permission {
        UnlockPermission::Allowed => None,
        UnlockPermission::OnlyOwners => Some(t::account::ONLY_OWNERS),
        UnlockPermission::OwnAccount => Some(t::account::OWN_ACCOUNT),
        UnlockPermission::NoEmail => Some(t::account::NO_EMAIL),
    }
}

/// What was changed: of a right the module that it is for, of a policy its name.
pub fn changed_name(what: &Changed) -> Text {
    match what {
        Changed::FullName => t::changes::FULL_NAME,
        Changed::Login => t::changes::LOGIN,
        Changed::Email => t::changes::EMAIL,
        Changed::Position => t::changes::POSITION,
        Changed::Role => t::changes::ROLE,
        Changed::Right(of) => module_name(*of),
        Changed::Language => t::changes::LANGUAGE,
        Changed::Computer => t::changes::COMPUTER,
        Changed::Profile => t::changes::PROFILE,
        Changed::ClinicName => t::changes::CLINIC_NAME,
        Changed::TimeZone => t::changes::TIME_ZONE,
        Changed::Policy(name) => policy(name).name,
        Changed::SupportCase => t::support::CASE,
        Changed::SupportManager => t::support::MANAGER,
        Changed::SupportOperator => t::support::OPERATOR,
        Changed::SupportReason => t::support::REASON,
        Changed::ExportFormat => t::changes::EXPORT_FORMAT,
        Changed::ExportFilter => t::activities::FILTERS,
        Changed::BrowserKey => t::changes::BROWSER_KEY,
        Changed::LinesTrimmed => t::changes::LINES_TRIMMED,
        Changed::TrimmedUntil => t::changes::TRIMMED_UNTIL,
        Changed::Unknown => t::action::UNKNOWN,
    }
}

/// What a policy is called, what it does, and what it is counted in.
#[derive(Clone, Copy)]
pub struct PolicyTexts {
    pub name: Text,
    pub about: Option<Text>,
    pub unit: Option<Template<1>>,
}

/// A policy by its JSON name.
pub fn policy(name: &str) -> PolicyTexts {
    use t::policy as p;
    let (name, about, unit) = match name {
        "strikes_max" => (p::STRIKES_MAX, p::STRIKES_MAX_ABOUT, Some(p::STRIKES_MAX_UNIT)),
        "password_length_min" => {
            (p::PASSWORD_LENGTH_MIN, p::PASSWORD_LENGTH_MIN_ABOUT, Some(p::PASSWORD_LENGTH_MIN_UNIT))
        }
        "computer_unused_days" => {
            (p::COMPUTER_UNUSED_DAYS, p::COMPUTER_UNUSED_DAYS_ABOUT, Some(p::COMPUTER_UNUSED_DAYS_UNIT))
        }
        "profile_hours" => (p::PROFILE_HOURS, p::PROFILE_HOURS_ABOUT, Some(p::PROFILE_HOURS_UNIT)),
        "idle_minutes" => (p::IDLE_MINUTES, p::IDLE_MINUTES_ABOUT, Some(p::IDLE_MINUTES_UNIT)),
        "log_years" => (p::LOG_YEARS, p::LOG_YEARS_ABOUT, Some(p::LOG_YEARS_UNIT)),
        "own_password" => (p::OWN_PASSWORD, p::OWN_PASSWORD_ABOUT, None),
        "browsers_without_key" => (p::BROWSERS_WITHOUT_KEY, p::BROWSERS_WITHOUT_KEY_ABOUT, None),
        "automatic_unlock_minutes" => (
            p::AUTOMATIC_UNLOCK_MINUTES,
            p::AUTOMATIC_UNLOCK_MINUTES_ABOUT,
            Some(p::AUTOMATIC_UNLOCK_MINUTES_UNIT),
        ),
        _ => return PolicyTexts { name: p::OTHER, about: None, unit: None },
    };
    PolicyTexts { name, about: Some(about), unit }
}

#[cfg(test)]
mod tests {
    use wire::{Language, settings::Policies};

    use super::*;
    use crate::texts::of;

    #[test]
    fn the_five_actions_carry_their_names() {
        let names = [
            (Action::AccountLocked, "Account locked"),
            (Action::AccountUnlocked, "Account unlocked"),
            (Action::LoginFailed, "Login failed"),
            (Action::LoginFailedLocked, "Login failed (locked)"),
            (Action::AccountUnlockFailed, "Account unlock failed"),
        ];
        for (action, name) in names {
            assert_eq!(of(Language::En).text(action_name(action)), name);
        }
    }

    #[test]
    fn every_policy_has_a_name_in_every_language() {
        for language in Language::ALL {
            let sentences = of(language);
            let mut seen = vec![sentences.text(policy("").name)];
            let switches = ["own_password", "browsers_without_key", "automatic_unlock_minutes"];
            let defaults = Policies::default();
            for name in defaults.numbers().map(|(name, ..)| name).chain(switches) {
                let texts = policy(name);
                let called = sentences.text(texts.name);
                assert!(!seen.contains(&called), "{language:?} {name}");
                let about = texts.about.map(|about| sentences.text(about));
                assert!(about.is_some_and(|about| about.ends_with('.')), "{language:?} {name}");
                seen.push(called);
            }
        }
    }
}
