//! Imports are looked at line by line, and are whole or nothing.

use clinic::{
    Keys,
    commands::{
        import::{CheckImport, ImportUsers, seal_hash},
        people::MayManagePeople,
        users::ListUsers,
    },
    records::sql::{Sql, SqlError},
    testing::{Door, House},
};
use wire::{ProblemCode, people::ImportPerson, sign_in::SignInState};

use crate::code;

const LIST: &str = "Фамилия;Имя;Должность;Почта;Роль\n\
                    Иванова;Анна;Медсестра;anna@clinic.example;\n\
                    Иванов;Пётр;Врач;;сотрудник\n\
                    Иванова;Мария;;;\n";

fn import(door: &Door<'_>, text: &str) -> (String, Vec<ImportPerson>) {
    let keys = Keys::derive(&[1; 32]);
    let clinic = door.ask(&MayManagePeople {}).unwrap();
    let report = door.ask(&CheckImport { text: text.into() }).unwrap();
    let people = report.lines.into_iter().map(|line| {
        assert_eq!(line.problem, None, "line {}", line.line);
        let sealed = seal_hash(&keys, &clinic, [3; 24], &format!("hash of {}", line.person.login));
        ImportPerson { line: line.line, person: line.person, sealed }
    });
    (report.import, people.collect())
}

#[test]
fn an_import_gives_everybody_a_login_of_their_own() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let (name, people) = import(&owner, LIST);
    let logins: Vec<_> = people.iter().map(|person| person.person.login.as_str()).collect();
    assert_eq!(logins, ["ivanova", "ivanov", "ivanova2"]);
    let done = owner.ask(&ImportUsers { import: name.clone(), people: people.clone() }).unwrap();
    assert_eq!(done.added.len(), 3);
    let twice = owner.ask(&ImportUsers { import: name, people: people.clone() }).unwrap();
    assert_eq!(done, twice, "sent twice, it is done once");
    assert!(matches!(house.door(0).sign_in("ivanova2"), Ok(SignInState::NewPassword { .. })));

    let report = owner.ask(&CheckImport { text: LIST.into() }).unwrap();
    assert_eq!(report.lines[0].person.login, "ivanova3", "a second list goes on where the first ended");
    let again = ImportUsers { import: report.import, people };
    let refused = owner.ask(&again).unwrap();
    assert!(refused.added.is_empty());
    assert_eq!(refused.refused.len(), 3);
    assert_eq!(refused.refused[0].problem.code, ProblemCode::LoginTaken);
}

#[test]
fn an_import_is_looked_at_line_by_line() {
    let house = House::open();
    let manager = house.signed_in("manager");
    let text = "last name,first name,middle name,position,email,role,login\n\
                Porter,Jane,,,jane@clinic.example,,\n\
                ,Jane,,,,,\n\
                Doe,Jane,,,no address,,\n\
                Doe,Jane,,,,Wizard,\n\
                Doe,Jane,,,,owner,\n\
                Doe,Jane,,,,,nurse\n\
                Doe,Jane,,,,,porter\n\
                Doe,John,,,,,porter\n";
    let report = manager.ask(&CheckImport { text: text.into() }).unwrap();
    let problems: Vec<_> = report
        .lines
        .iter()
        .map(|line| line.problem.as_ref().map(|p| (line.line, p.code, p.field.clone().unwrap_or_default())))
        .collect();
    assert_eq!(
        problems,
        [
            None,
            Some((3, ProblemCode::NameMalformed, "last_name".to_owned())),
            Some((4, ProblemCode::EmailMalformed, "email".to_owned())),
            Some((5, ProblemCode::RoleNotAllowed, "role".to_owned())),
            Some((6, ProblemCode::RoleNotAllowed, "role".to_owned())),
            Some((7, ProblemCode::LoginTaken, "login".to_owned())),
            None,
            Some((9, ProblemCode::LoginTaken, "login".to_owned())),
        ]
    );
}

#[test]
fn an_import_is_whole_or_nothing_whatever_statement_fails() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let (name, people) = import(&owner, LIST);
    let count = |table: &str| -> i64 {
        house.store.query(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap()[0].take().unwrap()
    };
    let before = (count("accounts"), count("activities"));
    let mut failures = 0;
    for statement in 0.. {
        house.store.fail_after(Some(statement));
        let outcome = house.ask(&owner.caller, &ImportUsers { import: name.clone(), people: people.clone() });
        house.store.fail_after(None);
        match outcome {
            Err(SqlError(_)) => {
                failures += 1;
                assert_eq!((count("accounts"), count("activities")), before, "at statement {statement}");
            }
            Ok(done) => {
                assert_eq!(done.unwrap().added.len(), 3);
                break;
            }
        }
    }
    assert!(failures > 15, "only {failures} statements were failed");
    assert_eq!((count("accounts"), count("activities")), (before.0 + 3, before.1 + 3));
}

#[test]
fn of_people_whom_somebody_may_not_add_nobody_is_added() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let list =
        "last name,first name,email,role\nPorter,Jane,,employee\nPorter,John,john@clinic.example,owner\n";
    let (name, people) = import(&owner, list);
    house.door(0).lock("owner");
    let refused = ImportUsers { import: name.clone(), people: people.clone() };
    assert_eq!(code(&owner, &refused), Some((ProblemCode::UnlockFirst, None)));
    let logins = house.signed_in("partner").ask(&ListUsers {}).unwrap().users;
    assert!(logins.iter().all(|user| !user.login.starts_with("porter")), "{logins:?}");
    let partner = house.signed_in("partner");
    assert_eq!(partner.ask(&ImportUsers { import: name, people }).unwrap().added.len(), 2, "and can be yet");
}

#[test]
fn a_password_that_was_made_for_another_clinic_is_none() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let (name, mut people) = import(&owner, LIST);
    let elsewhere = Keys::derive(&[1; 32]).clinic_code([9; 6], None);
    people[2].sealed = seal_hash(&Keys::derive(&[1; 32]), &elsewhere, [3; 24], "a hash");
    let refused = ImportUsers { import: name, people };
    assert_eq!(code(&owner, &refused), Some((ProblemCode::MalformedRequest, None)));
    assert_eq!(
        house.door(0).password("ivanova", true).unwrap_err().code,
        ProblemCode::LoginWrong,
        "nobody was added"
    );
}
