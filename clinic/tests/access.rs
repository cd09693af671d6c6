//! The table of rights: every command, every role, every right. What the table says is what happens.

use clinic::{
    clinic::COMMANDS,
    commands::{computers::ListComputers, users::ListUsers},
    records::sql::Sql,
    rules::{
        roles::{self, Need},
        session::PASSWORD_FRESH_SECONDS,
    },
    testing::House,
};
use serde_json::{Value, json};
use wire::{
    ProblemCode, Role,
    rights::{Module, Right, Rights},
};

/// A body for each command that needs a right or an owner. What it asks for is harmless, or is refused further on.
fn body(name: &str, nurse: &str, computer: &str, profile: &str) -> Option<Value> {
    let first = json!({ "password": "abcd2345", "hash": "a hash" });
    let person =
        json!({ "last_name": "", "first_name": "", "role": "employee", "login": "x", "language": "en" });
    Some(match name {
        "list_users" | "list_computers" | "read_settings" | "may_manage_people" | "list_mails"
        | "read_first_day" | "use_session" => json!({}),
        "tick_first_day" => json!({ "tick": "policies" }),
        "read_user" | "send_pin" | "remove_user" => json!({ "id": nurse }),
        "unlock" => json!({ "id": nurse, "pin": "123456" }),
        "open_support_case" => json!({ "id": nurse, "reason": "", "phone": "" }),
        "withdraw_support_case" => json!({ "id": nurse }),
        "may_renew_access" => json!({ "id": nurse, "removed": false }),
        "suggest_login" => json!({ "last_name": "A", "first_name": "B", "role": "employee" }),
        "add_user" => json!({ "person": person, "first": first }),
        "edit_user" => json!({ "id": nurse, "version": 999, "fields": person }),
        "restore_access" | "bring_back_user" => json!({ "id": nurse, "first": first }),
        "check_import" => json!({ "text": "" }),
        "import_users" => json!({ "import": "0123456789abcdef", "people": [] }),
        "add_computer" => json!({ "label": "", "profile": profile }),
        "edit_computer" => json!({ "id": computer, "version": 999, "label": "", "profile": profile }),
        "revoke_computer" | "remove_computer" => json!({ "id": computer }),
        "add_profile" => json!({ "name": "" }),
        "rename_profile" => json!({ "id": profile, "version": 999, "name": "" }),
        "remove_profile" => json!({ "id": profile }),
        "change_settings" => {
            json!({ "change": { "version": 999, "name": "", "time_zone": "", "language": "en" } })
        }
        "change_policies" => {
            json!({ "change": { "version": 999, "policies": wire::settings::Policies::default() } })
        }
        "begin_export" => json!({ "format": "csv", "search": { "user": nurse }, "asked": "" }),
        "read_export" => json!({ "search": { "user": nurse }, "after": 0, "last": 9 }),
        // They take the steps from under the one who walks the table; equipment.rs has them.
        "reissue_computer" | "reissue_profile" | "reset_computer" => return None,
        // It names a mail, of which there is none here; mails.rs has it.
        "send_mail_again" => return None,
        other => panic!("{other} needs a line here"),
    })
}

#[test]
fn every_command_is_held_to_the_table() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let users = owner.ask(&ListUsers {}).unwrap().users;
    let id = |login: &str| users.iter().find(|user| user.login == login).unwrap().id.to_string();
    let places = owner.ask(&ListComputers {}).unwrap();
    // The computer that everybody in this test sits at: revoking it is refused, by a rule beyond the table.
    let computer = places.computers.iter().find(|computer| computer.here).unwrap().id.to_string();
    let profile = places.profiles[0].id.to_string();
    let mut asked = 0;
    for (role, login) in [
        (Role::Owner, "owner"),
        (Role::Manager, "manager"),
        (Role::Employee, "nurse"),
        (Role::SystemAdministrator, "sys_house"),
    ] {
        let door = house.signed_in(login);
        for (name, need) in COMMANDS {
            if matches!(need, Need::Nothing | Need::Session) {
                continue;
            }
            let Some(body) = body(name, &id("nurse2"), &computer, &profile) else { continue };
            let module = match need {
                Need::Right(module, _) => *module,
                _ => Module::Settings,
            };
            for right in [None, Some(Right::None), Some(Right::Read), Some(Right::Edit)] {
                let own = right.map(|right| Rights::default().with(module, right));
                let text = own.map(|own| serde_json::to_string(&own).unwrap());
                let statement = "UPDATE accounts SET rights = ?2 WHERE login = ?1";
                let values = [login.into(), clinic::records::sql::Value::from(text)];
                house.store.run(statement, &values).unwrap();
                let may = need.is_met_by(role, roles::rights(role, own));
                let refused = house.ask_by_name(&door.caller, name, &body).err().map(|problem| problem.code);
                assert_eq!(
                    refused == Some(ProblemCode::NotAllowed),
                    !may,
                    "{role:?} {right:?} {name}: {refused:?}"
                );
                asked += 1;
            }
            house.store.run("UPDATE accounts SET rights = NULL, removed_at = NULL", &[]).unwrap();
        }
    }
    assert!(asked > 350, "only {asked} were asked");
}

#[test]
fn whoever_is_locked_looks_and_does_their_own_work_and_changes_nothing() {
    // In a session that was open before the lock. What is missing here, a new command too, is refused.
    let open = [
        "read_me",
        "reserve_own_attempt",
        "settle_own_attempt",
        "confirm_own_password",
        "change_language",
        "sign_out_everywhere",
        "use_session",
        "list_users",
        "read_user",
        "list_computers",
        "read_settings",
        "list_mails",
        "read_first_day",
        "tick_first_day",
        "list_activities",
        "count_failures",
        "read_activity_choices",
    ];
    let house = House::open();
    let places = house.signed_in("owner").ask(&ListComputers {}).unwrap();
    let computer = places.computers.iter().find(|computer| !computer.here).unwrap().id.to_string();
    let profile = places.profiles[0].id.to_string();
    let nurse = house.account("nurse2").to_string();
    let (mut refused, mut asked) = (0, 0);
    for login in ["owner", "manager", "sys_house"] {
        let door = house.signed_in(login);
        let role = door.window(&house.account(login)).user.role;
        house.door(0).lock(login);
        for (name, need) in COMMANDS {
            // Each of these two ends what is asked with.
            if *need == Need::Nothing || matches!(*name, "sign_out_everywhere" | "settle_own_attempt") {
                continue;
            }
            let body = match *name {
                "reissue_computer" => json!({ "id": computer }),
                "reissue_profile" => json!({ "id": profile }),
                // No mail of this house has failed, and a mail that is none is not found.
                "send_mail_again" => json!({ "id": mail(&house) }),
                name => signed_in_body(name).or_else(|| body(name, &nurse, &computer, &profile)).unwrap(),
            };
            let code = house.ask_by_name(&door.caller, name, &body).err().map(|problem| problem.code);
            asked += 1;
            match (need.is_met_by(role, Rights::of_role(role)), open.contains(name)) {
                (false, _) => assert_eq!(code, Some(ProblemCode::NotAllowed), "{login} {name}"),
                (true, true) => assert_ne!(code, Some(ProblemCode::UnlockFirst), "{login} {name}"),
                (true, false) => {
                    assert_eq!(code, Some(ProblemCode::UnlockFirst), "{login} {name}");
                    refused += 1;
                }
            }
        }
    }
    assert!(asked > 120 && refused > 60, "{refused} of {asked}");
}

/// A mail of the house, whichever.
fn mail(house: &House) -> String {
    let statement = "SELECT public_id FROM outbox WHERE recipient IS NOT NULL LIMIT 1";
    house.store.query(statement, &[]).unwrap()[0].take().unwrap()
}

/// A body for each command that needs somebody who is signed in, and no right.
fn signed_in_body(name: &str) -> Option<Value> {
    Some(match name {
        "read_me" | "reserve_own_attempt" | "sign_out_everywhere" | "reset_computer" => json!({}),
        "read_activity_choices" => json!({}),
        "change_language" => json!({ "language": "en" }),
        "settle_own_attempt" => {
            let attempt = json!({ "subject": { "Account": "x" }, "number": 1, "hash_digest": [] });
            json!({ "attempt": attempt, "right": true })
        }
        "confirm_own_password" => {
            let attempt = json!({ "subject": { "Account": "x" }, "number": 1, "hash_digest": [] });
            json!({ "attempt": attempt, "right": true })
        }
        "list_activities" => json!({ "limit": 1, "search": {} }),
        "count_failures" => json!({ "search": {} }),
        _ => return None,
    })
}

#[test]
fn nobody_who_is_not_signed_in_gets_past_the_table() {
    let house = House::open();
    let door = house.door(0);
    for (name, need) in COMMANDS {
        if *need == Need::Nothing {
            continue;
        }
        let body = match *name {
            name if signed_in_body(name).is_some() => signed_in_body(name).unwrap(),
            "reissue_computer" | "reissue_profile" | "send_mail_again" => {
                json!({ "id": "0123456789abcdef" })
            }
            other => body(other, "0123456789abcdef", "0123456789abcdef", "0123456789abcdef").unwrap(),
        };
        let refused = house.ask_by_name(&door.caller, name, &body).unwrap_err();
        assert_eq!(refused.code, ProblemCode::SessionRequired, "{name}");
        let refused = house.ask_by_name(&house.stranger().caller, name, &body).unwrap_err();
        assert_eq!(refused.code, ProblemCode::ComputerRequired, "{name}");
    }
}

#[test]
fn an_id_that_is_none_of_ours_is_not_found_whoever_asks() {
    let house = House::open();
    for login in ["owner", "manager", "nurse", "sys_house"] {
        let door = house.signed_in(login);
        for (name, need) in COMMANDS {
            if matches!(need, Need::Nothing | Need::Session) {
                continue;
            }
            let foreign = "zzzzzzzzzzzzzzzz";
            let Some(body) = body(name, foreign, foreign, foreign) else { continue };
            if !body.to_string().contains(foreign) {
                continue;
            }
            let refused = house.ask_by_name(&door.caller, name, &body).unwrap_err();
            assert_eq!(refused.code, ProblemCode::NotFound, "{login} {name}");
        }
        let body = json!({ "limit": 1, "search": { "user": "zzzzzzzzzzzzzzzz" } });
        for name in ["list_activities", "count_failures"] {
            let refused = house.ask_by_name(&door.caller, name, &body).unwrap_err();
            assert_eq!(refused.code, ProblemCode::NotFound, "{login} {name}");
        }
    }
}

#[test]
fn what_would_carry_far_wants_the_password_once_more() {
    // Whoever finds a session that was left open must not get any of this by it.
    let guarded = [
        "open_support_case",
        "add_user",
        "edit_user",
        "restore_access",
        "remove_user",
        "bring_back_user",
        "may_manage_people",
        "may_renew_access",
        "import_users",
        "add_computer",
        "reissue_computer",
        "add_profile",
        "reissue_profile",
        "begin_export",
        "change_policies",
    ];
    let house = House::open();
    let owner = house.signed_in("owner");
    let places = owner.ask(&ListComputers {}).unwrap();
    let computer = places.computers.iter().find(|computer| !computer.here).unwrap().id.to_string();
    let profile = places.profiles[0].id.to_string();
    let nurse = house.account("nurse").to_string();
    house.door(0).lock("nurse2");
    let mail = mail(&house);
    // Somebody uses the session, whoever that is.
    house.pass_idle_seconds(PASSWORD_FRESH_SECONDS);
    let mut asked = Vec::new();
    for (name, need) in COMMANDS {
        if *need == Need::Nothing || *name == "sign_out_everywhere" || *name == "reset_computer" {
            continue;
        }
        let body = match *name {
            "reissue_computer" => json!({ "id": computer }),
            "reissue_profile" => json!({ "id": profile }),
            "send_mail_again" => json!({ "id": mail }),
            name => signed_in_body(name).or_else(|| body(name, &nurse, &computer, &profile)).unwrap(),
        };
        let code = house.ask_by_name(&owner.caller, name, &body).err().map(|problem| problem.code);
        if code == Some(ProblemCode::PasswordNeeded) {
            asked.push(*name);
        }
    }
    asked.sort_unstable();
    let mut expected = guarded;
    expected.sort_unstable();
    assert_eq!(asked, expected);
}
