//! Who may do what: the one table that the commands are held to and that the screens are told of.

use wire::{
    Role,
    rights::{Module, Right, Rights},
    users::UnlockPermission,
};

/// What a command needs of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it looks for itself which step the caller has reached.
    Nothing,
    /// Somebody who is signed in.
    Session,
    /// A right, at least.
    Right(Module, Right),
    /// An owner.
    Owner,
}

impl Need {
    /// Whether somebody of this role, with these rights, has it.
    pub fn is_met_by(self, role: Role, rights: Rights) -> bool {
        match self {
            Need::Nothing | Need::Session => true,
            Need::Right(module, right) => rights.of(module) >= right,
            Need::Owner => role == Role::Owner,
        }
    }
}

/// What a role may do by itself.
pub fn rights_of_role(role: Role) -> Rights {
    use Right::{Edit, None, Read};
    let row = |users, computers, activities, settings| Rights { users, computers, activities, settings };
    match role {
        Role::Owner => row(Edit, Edit, Edit, Edit),
        Role::Manager => row(Edit, Read, Read, None),
        Role::Employee => row(Read, None, None, None),
        Role::SystemAdministrator => row(Edit, Edit, Read, Edit),
    }
}

/// What somebody may do: an owner everything, others what their account says, and what their role says where it says nothing.
pub fn rights(role: Role, own: Option<Rights>) -> Rights {
    match (role, own) {
        (Role::Owner, _) | (_, None) => rights_of_role(role),
        (_, Some(own)) => own,
    }
}

/// Whether somebody may add, edit, restore and remove people of a role.
pub fn may_manage(role: Role, rights: Rights, other: Role) -> bool {
    rights.users == Right::Edit
        && match role {
            Role::Owner => true,
            Role::SystemAdministrator => other != Role::Owner,
            Role::Manager | Role::Employee => other == Role::Employee,
        }
}

/// The roles that somebody may give. Only an owner makes an owner or a manager.
pub fn roles_to_give(role: Role, rights: Rights) -> &'static [Role] {
    match role {
        _ if rights.users != Right::Edit => &[],
        Role::Owner => &Role::ALL,
        Role::SystemAdministrator => &[Role::Employee, Role::SystemAdministrator],
        Role::Manager | Role::Employee => &[Role::Employee],
    }
}

/// Whether somebody with the rights `giver` may change another's rights from `old` to `new`: nobody gives what they don't have.
pub fn may_give(giver: Rights, old: Rights, new: Rights) -> bool {
    Module::ALL.into_iter().all(|module| {
        new.of(module) == old.of(module)
            || (new.of(module) <= giver.of(module) && old.of(module) <= giver.of(module))
    })
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
        for role in Role::ALL {
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

    #[test]
    fn an_owner_cannot_be_kept_out_of_anything() {
        assert_eq!(rights(Role::Owner, Some(Rights::default())), rights_of_role(Role::Owner));
        assert_eq!(rights(Role::Manager, Some(Rights::default())), Rights::default());
    }

    #[test]
    fn only_an_owner_makes_owners_and_managers() {
        for role in Role::ALL {
            let all = rights_of_role(Role::Owner);
            for given in [Role::Owner, Role::Manager] {
                assert_eq!(
                    roles_to_give(role, all).contains(&given),
                    role == Role::Owner,
                    "{role:?} {given:?}"
                );
            }
            assert_eq!(roles_to_give(role, Rights::default()), [], "{role:?}");
        }
    }

    #[test]
    fn nobody_gives_or_takes_what_they_do_not_have() {
        let manager = rights_of_role(Role::Manager);
        let nurse = rights_of_role(Role::Employee);
        assert!(may_give(manager, nurse, nurse.with(Module::Computers, Right::Read)));
        assert!(!may_give(manager, nurse, nurse.with(Module::Computers, Right::Edit)));
        let trusted = nurse.with(Module::Settings, Right::Edit);
        assert!(may_give(manager, trusted, trusted.with(Module::Activities, Right::Read)));
        assert!(!may_give(manager, trusted, nurse));
    }
}
