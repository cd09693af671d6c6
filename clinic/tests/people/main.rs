//! The management of people: who may do it to whom, logins, first passwords, removal, and imports that are whole or nothing.

mod add;
mod edit;
mod import;
mod logins;
mod own;
mod powers;
mod remove;
mod restore;

use clinic::{
    commands::{
        Command,
        people::{AddUser, EditUser, FirstPassword},
    },
    testing::Door,
};
use wire::{Language, Problem, ProblemCode, Role, ids::AccountId, people::PersonFields, users::UserWindow};

fn person(last: &str, role: Role, login: &str) -> PersonFields {
    PersonFields {
        last_name: last.into(),
        first_name: "Anna".into(),
        middle_name: String::new(),
        position: "Nurse".into(),
        email: format!("{login}@clinic.example"),
        role,
        login: login.into(),
        language: Language::En,
        rights: None,
    }
}

fn first(login: &str) -> FirstPassword {
    FirstPassword { password: "abcd2345".into(), hash: format!("hash of {login}") }
}

fn add(door: &Door<'_>, fields: PersonFields) -> Result<AccountId, Problem> {
    let first = first(&fields.login);
    door.ask(&AddUser { person: fields, first }).map(|added| added.id)
}

fn code<C: Command>(door: &Door<'_>, command: &C) -> Option<(ProblemCode, Option<String>)> {
    door.ask(command).err().map(|problem| (problem.code, problem.field))
}

fn refused_for(field: &str, code: ProblemCode) -> Option<(ProblemCode, Option<String>)> {
    Some((code, Some(field.to_owned())))
}

/// The fields of an account, as its window shows them.
fn fields(window: &UserWindow) -> PersonFields {
    let details = window.details.clone().unwrap();
    PersonFields {
        last_name: details.last_name,
        first_name: details.first_name,
        middle_name: details.middle_name,
        position: window.user.position.clone(),
        email: window.email.clone(),
        role: window.user.role,
        login: window.user.login.clone(),
        language: details.language,
        rights: details.own_rights.then_some(details.rights),
    }
}

fn edit(
    door: &Door<'_>,
    window: &UserWindow,
    change: impl FnOnce(&mut PersonFields),
) -> Result<UserWindow, Problem> {
    let mut fields = fields(window);
    change(&mut fields);
    let version = window.details.as_ref().unwrap().version;
    door.ask(&EditUser { id: window.user.id.clone(), version, fields })
}
