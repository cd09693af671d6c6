//! Who may do what to whom, and what nobody may: give more than they have, leave the clinic without an owner, get around a lock.

use clinic::{
    commands::{
        computers::ListComputers,
        people::{BringBackUser, RemoveUser, RestoreAccess},
        settings::{ChangePolicies, ReadSettings},
    },
    testing::{Door, House},
};
use wire::{
    ProblemCode, Role,
    ids::AccountId,
    rights::{Module, Permission, Right},
    settings::{Policies, PoliciesChange},
};

use crate::{add, code, edit, first, person};

#[test]
fn nobody_locks_the_clinic_out_of_its_owners() {
    let house = House::open();
    let (owner, partner) = (house.signed_in("owner"), house.signed_in("partner"));
    let (own, other) = (house.account("owner"), house.account("partner"));
    assert_eq!(code(&owner, &RemoveUser { id: own.clone() }), Some((ProblemCode::OwnAccount, None)));
    let demote = |door: &Door<'_>, id: &AccountId| {
        edit(door, &door.window(id), |fields| fields.role = Role::Employee).map(drop).map_err(|p| p.code)
    };
    assert_eq!(demote(&owner, &own), Err(ProblemCode::OwnAccount));
    let no_mail = edit(&owner, &owner.window(&own), |fields| fields.email = String::new()).unwrap_err();
    assert_eq!((no_mail.code, no_mail.field.as_deref()), (ProblemCode::EmailMissing, Some("email")));
    // Two owners who get rid of each other in the same moment: the first wins, the second is none any more.
    let window = partner.window(&own);
    owner.ask(&RemoveUser { id: other.clone() }).unwrap();
    assert_eq!(
        edit(&partner, &window, |fields| fields.role = Role::Employee).unwrap_err().code,
        ProblemCode::SessionRequired
    );
    assert_eq!(code(&partner, &RemoveUser { id: own.clone() }), Some((ProblemCode::SessionRequired, None)));
    assert_eq!(owner.window(&own).details.unwrap().may.remove, Permission::OwnAccount);
    owner.ask(&BringBackUser { id: other.clone(), first: first("partner") }).unwrap();
    assert_eq!(demote(&owner, &other), Ok(()));
}

#[test]
fn each_role_manages_whom_it_may() {
    let house = House::open();
    let ids: Vec<(Role, AccountId)> = [
        (Role::Owner, "partner"),
        (Role::Manager, "manager"),
        (Role::Employee, "nurse2"),
        (Role::SystemAdministrator, "sys_house"),
    ]
    .map(|(role, login)| (role, house.account(login)))
    .into();
    for (login, managed, given) in [
        ("owner", &Role::ALL[..], &Role::ALL[..]),
        ("manager", &[Role::Employee], &[Role::Employee]),
        ("nurse", &[], &[]),
        (
            "sys_house",
            &[Role::Manager, Role::Employee, Role::SystemAdministrator],
            &[Role::Employee, Role::SystemAdministrator],
        ),
    ] {
        let door = house.signed_in(login);
        for (role, id) in &ids {
            let window = door.window(id);
            let may = window.details.as_ref().unwrap().may.edit == Permission::Allowed;
            assert_eq!(may, managed.contains(role), "{login} edits {role:?}");
            let edited = edit(&door, &window, |fields| fields.position = format!("{login} was here"));
            assert_eq!(edited.is_ok(), may, "{login} edits {role:?}: {edited:?}");
            if !may {
                for refused in [
                    code(&door, &RemoveUser { id: id.clone() }),
                    code(&door, &RestoreAccess { id: id.clone(), first: first("x") }),
                ] {
                    assert_eq!(refused, Some((ProblemCode::NotAllowed, None)), "{login} {role:?}");
                }
            }
        }
        for role in Role::ALL {
            let prefix = if role == Role::SystemAdministrator { "sys_" } else { "" };
            let name =
                format!("{prefix}{}{login}", format!("{role:?}").to_lowercase().replace("system", "x"))
                    .replace("sys_house", "house");
            let added = add(&door, person("Somebody", role, &name));
            assert_eq!(added.is_ok(), given.contains(&role), "{login} adds {role:?}: {added:?}");
        }
    }
}

#[test]
fn nobody_gives_more_rights_than_they_have() {
    let house = House::open();
    let manager = house.signed_in("manager");
    let id = house.account("nurse");
    let window = manager.window(&id);
    let rights = window.details.as_ref().unwrap().rights;
    let give =
        |module, right| edit(&manager, &manager.window(&id), |f| f.rights = Some(rights.with(module, right)));
    let refused = give(Module::Computers, Right::Edit).unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ProblemCode::RightsNotAllowed, Some("rights")));
    let window = give(Module::Computers, Right::Read).unwrap();
    assert!(window.details.unwrap().own_rights);
    let nurse = house.signed_in("nurse");
    assert!(nurse.ask(&ListComputers {}).is_ok());
    let window = edit(&manager, &manager.window(&id), |f| f.rights = Some(rights)).unwrap();
    assert!(!window.details.unwrap().own_rights, "what the role has by itself is nothing of one's own");
    assert_eq!(
        code(&nurse, &ListComputers {}),
        Some((ProblemCode::NotAllowed, None)),
        "it is taken away at once"
    );
}

#[test]
fn a_locked_owner_does_not_get_around_the_lock_with_a_session_that_is_left() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let (manager, partner) = (house.account("manager"), house.account("partner"));
    house.door(0).lock("owner");
    let settings = owner.ask(&ReadSettings {}).unwrap();
    let policies = Policies { automatic_unlock_minutes: Some(5), ..settings.policies };
    let change = PoliciesChange { version: settings.version, policies };
    assert_eq!(code(&owner, &ChangePolicies { change }), Some((ProblemCode::UnlockFirst, None)));
    let mailed = edit(&owner, &owner.window(&partner), |fields| fields.email = "mine@clinic.example".into());
    assert_eq!(mailed.unwrap_err().code, ProblemCode::UnlockFirst, "a link to the other owner's new address");
    let promote = edit(&owner, &owner.window(&manager), |fields| fields.role = Role::Owner);
    assert_eq!(promote.unwrap_err().code, ProblemCode::UnlockFirst);
    let fresh = add(&owner, person("Ivanova", Role::Owner, "ivanova"));
    assert_eq!(fresh.unwrap_err().code, ProblemCode::UnlockFirst);
    for id in [partner, manager] {
        let taken_over = RestoreAccess { id, first: first("x") };
        assert_eq!(code(&owner, &taken_over), Some((ProblemCode::UnlockFirst, None)));
    }
    assert!(owner.ask(&ListComputers {}).is_ok(), "the rest of the day goes on");
}
