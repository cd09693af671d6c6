//! Who may do what.

use wire::{Role, users::UnlockPermission};

/// Whose lines of the log a person may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogAccess {
    /// Every line.
    All,
    /// Only lines about or by themselves.
    Own,
}

/// Which part of the log a role reads.
pub fn log_access(role: Role) -> LogAccess {
    match role {
        Role::Owner | Role::Manager | Role::SystemAdministrator => LogAccess::All,
        Role::Employee => LogAccess::Own,
    }
}

/// Whether somebody may unlock an account.
pub fn unlock_permission(role: Role, own_account: bool, has_email: bool) -> UnlockPermission {
    match role {
        Role::Owner if own_account => UnlockPermission::OwnAccount,
        Role::Owner if !has_email => UnlockPermission::NoEmail,
        Role::Owner => UnlockPermission::Allowed,
        Role::Manager | Role::Employee | Role::SystemAdministrator => UnlockPermission::OnlyOwners,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_owner_with_an_address_unlocks() {
        for role in [Role::Owner, Role::Manager, Role::Employee, Role::SystemAdministrator] {
            for own in [false, true] {
                for has_email in [false, true] {
                    let allowed = unlock_permission(role, own, has_email) == UnlockPermission::Allowed;
                    assert_eq!(
                        allowed,
                        role == Role::Owner && !own && has_email,
                        "{role:?} {own} {has_email}"
                    );
                }
            }
        }
    }
}
