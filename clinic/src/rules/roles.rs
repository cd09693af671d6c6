//! Who may do what: the one table that the commands are held to and that the screens are told of.

use wire::{
    Role,
    rights::{Module, Permission, Right, Rights},
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
    /// Somebody who may ask support to unlock an account.
    Support,
}

impl Need {
    /// Whether somebody of this role, with these rights, has it.
    pub fn is_met_by(self, role: Role, rights: Rights) -> bool {
        match self {
            Need::Nothing | Need::Session => true,
            Need::Right(module, right) => rights.of(module) >= right,
            Need::Owner => role == Role::Owner,
            Need::Support => support_permission(role, false) == Permission::Allowed,
        }
    }
}

impl Need {
    /// Whether somebody whose account is locked may do what needs this, in a session that they still have: look, and do their own
    /// work. Whatever changes people, equipment or policies, exports or unlocks waits until an owner has unlocked them, or their
    /// session would be a way around the lock.
    pub const fn is_open_to_the_locked(self) -> bool {
        match self {
            Need::Nothing | Need::Session | Need::Right(_, Right::None | Right::Read) => true,
            Need::Right(_, Right::Edit) | Need::Owner | Need::Support => false,
        }
    }
}

/// What somebody may do: an owner everything, others what their account says, and what their role says where it says nothing.
pub fn rights(role: Role, own: Option<Rights>) -> Rights {
    match (role, own) {
        (Role::Owner, _) | (_, None) => Rights::of_role(role),
        (_, Some(own)) => own,
    }
}

/// Whether somebody may edit, restore and remove another. Never one who may do more than they: with a new password for that
/// account they would have its rights.
pub fn may_manage(role: Role, rights: Rights, other: Role, other_rights: Rights) -> bool {
    let beneath = match role {
        Role::Owner => true,
        Role::SystemAdministrator => other != Role::Owner,
        Role::Manager | Role::Employee => other == Role::Employee,
    };
    rights.users == Right::Edit && beneath && reach_no_further(other_rights, rights)
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

/// Whether rights reach nowhere further than those of the one who gives them.
pub fn reach_no_further(rights: Rights, giver: Rights) -> bool {
    Module::ALL.into_iter().all(|module| rights.of(module) <= giver.of(module))
}

/// Whether somebody may ask support to unlock an account. Never their own: whoever sits down at a session that was left open
/// would have support ring a number of their own.
pub fn support_permission(role: Role, own_account: bool) -> Permission {
    match role {
        Role::Owner | Role::Manager if own_account => Permission::OwnAccount,
        Role::Owner | Role::Manager => Permission::Allowed,
        Role::Employee | Role::SystemAdministrator => Permission::NotAllowed,
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
        assert_eq!(unlock_permission(Role::Owner, true, true), UnlockPermission::OwnAccount);
        assert_eq!(unlock_permission(Role::Owner, false, false), UnlockPermission::NoEmail);
        assert_eq!(unlock_permission(Role::Manager, false, true), UnlockPermission::OnlyOwners);
    }

    #[test]
    fn owners_and_managers_ask_support_and_never_for_themselves() {
        let allowed = Role::ALL.into_iter().filter(|role| Need::Support.is_met_by(*role, Rights::default()));
        assert_eq!(allowed.collect::<Vec<_>>(), [Role::Owner, Role::Manager]);
        for role in Role::ALL {
            assert_ne!(support_permission(role, true), Permission::Allowed, "{role:?}");
        }
        assert_eq!(support_permission(Role::Manager, true), Permission::OwnAccount);
        assert_eq!(support_permission(Role::Employee, true), Permission::NotAllowed);
    }

    #[test]
    fn an_owner_cannot_be_kept_out_of_anything() {
        assert_eq!(rights(Role::Owner, Some(Rights::default())), Rights::of_role(Role::Owner));
        assert_eq!(rights(Role::Manager, Some(Rights::default())), Rights::default());
    }

    #[test]
    fn a_need_is_met_by_rights_and_an_owners_by_owners_alone() {
        let reader = Rights::default().with(Module::Users, Right::Read);
        for (right, met) in [(Right::None, true), (Right::Read, true), (Right::Edit, false)] {
            assert_eq!(Need::Right(Module::Users, right).is_met_by(Role::Employee, reader), met, "{right:?}");
        }
        for role in Role::ALL {
            assert!(Need::Nothing.is_met_by(role, reader) && Need::Session.is_met_by(role, reader));
            assert_eq!(
                Need::Owner.is_met_by(role, Rights::of_role(Role::Owner)),
                role == Role::Owner,
                "{role:?}"
            );
        }
    }

    #[test]
    fn the_locked_look_and_change_nothing_of_others() {
        let look = [
            Need::Nothing,
            Need::Session,
            Need::Right(Module::Users, Right::None),
            Need::Right(Module::Users, Right::Read),
        ];
        assert!(look.into_iter().all(Need::is_open_to_the_locked));
        let change = [Need::Right(Module::Users, Right::Edit), Need::Owner, Need::Support];
        assert!(!change.into_iter().any(Need::is_open_to_the_locked));
    }

    #[test]
    fn each_role_manages_those_beneath_it() {
        let none = Rights::default();
        let all = Rights::of_role(Role::Owner);
        let beneath = |role| {
            Role::ALL.into_iter().filter(|other| may_manage(role, all, *other, none)).collect::<Vec<_>>()
        };
        assert_eq!(beneath(Role::Owner), Role::ALL);
        assert!(!beneath(Role::SystemAdministrator).contains(&Role::Owner));
        assert_eq!(beneath(Role::SystemAdministrator).len(), Role::ALL.len() - 1);
        for role in [Role::Manager, Role::Employee] {
            assert_eq!(beneath(role), [Role::Employee]);
        }
        let reader = all.with(Module::Users, Right::Read);
        assert!(!may_manage(Role::Owner, reader, Role::Employee, none), "who may only look manages nobody");
    }

    #[test]
    fn only_an_owner_makes_owners_and_managers() {
        for role in Role::ALL {
            let all = Rights::of_role(Role::Owner);
            for given in [Role::Owner, Role::Manager] {
                assert_eq!(
                    roles_to_give(role, all).contains(&given),
                    role == Role::Owner,
                    "{role:?} {given:?}"
                );
            }
            assert_eq!(roles_to_give(role, Rights::default()), [], "{role:?}");
            assert!(roles_to_give(role, all).contains(&Role::Employee), "{role:?}");
            assert_eq!(
                roles_to_give(role, all).contains(&Role::SystemAdministrator),
                matches!(role, Role::Owner | Role::SystemAdministrator),
                "{role:?}"
            );
        }
    }

    #[test]
    fn nobody_manages_somebody_who_may_do_more() {
        let (manager, nurse) = (Rights::of_role(Role::Manager), Rights::of_role(Role::Employee));
        let may = |rights| may_manage(Role::Manager, manager, Role::Employee, rights);
        assert!(may(nurse) && may(nurse.with(Module::Computers, Right::Read)));
        assert!(!may(nurse.with(Module::Computers, Right::Edit)));
        assert!(!may(nurse.with(Module::Settings, Right::Read)));
    }
}
