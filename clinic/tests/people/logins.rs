//! A login is made of a name, and belongs to one person for ever.

use clinic::{
    commands::{import::CheckImport, people::SuggestLogin},
    testing::House,
};
use wire::{
    ProblemCode, Role,
    activities::{Action, Changed},
    people::PersonFields,
};

use crate::{add, edit, person};

#[test]
fn a_login_is_made_of_the_name_and_like_nobody_elses() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let suggest = |last: &str, role| {
        owner.ask(&SuggestLogin { last_name: last.into(), first_name: "Анна".into(), role }).unwrap().login
    };
    assert_eq!(suggest("Иванова", Role::Employee), "ivanova");
    add(&owner, person("Иванова", Role::Employee, "ivanova")).unwrap();
    assert_eq!(suggest("Иванова", Role::Manager), "ivanova2");
    assert_eq!(suggest("Anybody", Role::SystemAdministrator), "sys_harbourstreetclinic");
    for (login, code) in [
        ("ivanova", ProblemCode::LoginTaken),
        ("IVANOVA", ProblemCode::LoginTaken),
        ("1vanova", ProblemCode::LoginMalformed),
        ("lvanova", ProblemCode::LoginConfusable),
        ("ivan0va", ProblemCode::LoginConfusable),
        ("іvаnоvа2", ProblemCode::LoginConfusable),
        ("ｉｖａｎｏｖａ", ProblemCode::LoginConfusable),
        ("иванова", ProblemCode::LoginMalformed),
        ("sys_ivanova", ProblemCode::LoginPrefix),
        ("", ProblemCode::LoginMalformed),
    ] {
        let fields = PersonFields { email: String::new(), ..person("Ivanova", Role::Employee, login) };
        let refused = add(&owner, fields).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (code, Some("login")), "{login}");
    }
    let fields = person("Administrator", Role::SystemAdministrator, "admin");
    assert_eq!(add(&owner, fields).unwrap_err().code, ProblemCode::LoginPrefix);
}

#[test]
fn a_login_that_was_given_up_is_nobody_elses_ever() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let id = add(&owner, person("Ivanova", Role::Employee, "ivanova")).unwrap();
    let married = edit(&owner, &owner.window(&id), |fields| {
        fields.last_name = "Petrova".into();
        fields.login = "petrova".into();
    });
    let married = married.unwrap();
    assert_eq!(
        add(&owner, person("Ivanova", Role::Employee, "ivanova")).unwrap_err().code,
        ProblemCode::LoginTaken
    );
    assert_eq!(house.door(0).password("ivanova", true).unwrap_err().code, ProblemCode::LoginWrong);
    let back = edit(&owner, &married, |fields| fields.login = "ivanova".into()).unwrap();
    assert_eq!(back.user.login, "ivanova", "but it may be taken back");
    let line = owner.log().into_iter().find(|line| line.action == Action::UserEdited).unwrap();
    assert_eq!(line.changes.len(), 1);
    assert_eq!((line.changes[0].what.clone(), line.changes[0].new.as_str()), (Changed::Login, "ivanova"));
}

#[test]
fn a_thousand_namesakes_are_told_apart_in_no_time() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let text = "Ivanov,Ivan\n".repeat(1_000);
    let report = owner.ask(&CheckImport { text }).unwrap();
    assert!(report.lines.iter().all(|line| line.problem.is_none()));
    assert_eq!(report.lines[999].person.login, "ivanov1000");
    let text = "Doe,Jane\nDoe,John,,,,,doe\n".to_owned();
    let report = owner.ask(&CheckImport { text }).unwrap();
    let logins: Vec<_> = report.lines.iter().map(|line| line.person.login.as_str()).collect();
    assert_eq!(logins, ["doe2", "doe"], "a login that a line asks for is suggested to none before it");
}
