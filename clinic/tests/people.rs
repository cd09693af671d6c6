//! The management of people: who may do it to whom, logins, first passwords, removal, and imports that are whole or nothing.

use clinic::{
    Keys,
    commands::{
        Command,
        import::{CheckImport, ImportUsers, seal_hash},
        me::{ReadMe, SignOutEverywhere},
        password::{ChooseOwnPassword, Chooser, ReadPasswordRules, ReserveOwnAttempt, SettleOwnAttempt},
        people::{
            AddUser, BringBackUser, EditUser, FirstPassword, MayManagePeople, RemoveUser, RestoreAccess,
            SuggestLogin,
        },
        settings::{ChangePolicies, ReadSettings},
    },
    commands::{login::Reservation, question::Answered},
    records::sql::{Sql, SqlError},
    testing::{Door, House},
};
use wire::{
    Language, Problem, ProblemCode, Role,
    activities::{Action, Changed},
    ids::AccountId,
    people::{ImportPerson, PersonFields},
    rights::{Module, Permission, Right},
    settings::PoliciesChange,
    sign_in::SignInState,
    users::{UserStatus, UserWindow},
};

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

#[test]
fn somebody_new_chooses_a_password_of_their_own_before_the_session_begins() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let id = add(&owner, person("Ivanova", Role::Employee, "ivanova")).unwrap();
    assert!(owner.window(&id).details.unwrap().first_password);
    let mut door = house.door(0);
    door.password("ivanova", true).unwrap();
    let answered: Answered = door.ask(&clinic::commands::question::AnswerQuestion { yes: true }).unwrap();
    assert!(matches!(answered.state, SignInState::NewPassword { length_min: 8, .. }));
    assert_eq!(answered.token, None, "no session yet");
    door.caller.question = answered.choice;
    assert_eq!(code(&door, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    let rules = door.ask(&ReadPasswordRules { of: Chooser::Newcomer }).unwrap();
    assert_eq!((rules.password_hash.as_str(), rules.length_min), ("hash of ivanova", 8));
    for word in ["Ivanova", "Anna", "ivanova", "Harbour Street Clinic"] {
        assert!(rules.about.iter().any(|about| about == word), "{word} in {:?}", rules.about);
    }
    let chosen = door.ask(&ChooseOwnPassword { password_hash: "another hash".into() }).unwrap();
    assert!(matches!(chosen.state, SignInState::SignedIn { .. }));
    door.caller.session = chosen.token;
    assert!(door.ask(&ReadMe {}).is_ok());
    let again = ChooseOwnPassword { password_hash: "a third".into() };
    assert_eq!(code(&door, &again), Some((ProblemCode::QuestionExpired, None)), "it is chosen once");
    assert!(!owner.window(&id).details.unwrap().first_password);
    assert!(owner.log().iter().any(|line| line.action == Action::PasswordChanged));
    assert!(matches!(house.door(0).sign_in("ivanova"), Ok(SignInState::SignedIn { .. })), "asked once only");
}

#[test]
fn a_lock_shuts_the_choice_of_a_password_too() {
    let house = House::open();
    add(&house.signed_in("owner"), person("Ivanova", Role::Employee, "ivanova")).unwrap();
    let mut door = house.door(0);
    door.password("ivanova", true).unwrap();
    let answered: Answered = door.ask(&clinic::commands::question::AnswerQuestion { yes: true }).unwrap();
    door.caller.question = answered.choice;
    house.door(1).lock("ivanova");
    let choose = ChooseOwnPassword { password_hash: "another".into() };
    assert_eq!(code(&door, &choose), Some((ProblemCode::QuestionExpired, None)));
}

#[test]
fn a_clinic_may_let_people_keep_their_first_password() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let settings = owner.ask(&ReadSettings {}).unwrap();
    let policies = wire::settings::Policies { own_password: false, ..settings.policies };
    owner.ask(&ChangePolicies { change: PoliciesChange { version: settings.version, policies } }).unwrap();
    add(&owner, person("Ivanova", Role::Employee, "ivanova")).unwrap();
    assert!(matches!(house.door(0).sign_in("ivanova"), Ok(SignInState::SignedIn { .. })));
}

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
fn whoever_is_removed_is_out_at_once_and_can_be_brought_back() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let nurse = house.signed_in("nurse");
    let id = house.account("nurse");
    let mut asked = house.door(0);
    asked.password("nurse", true).unwrap();
    let window = owner.ask(&RemoveUser { id: id.clone() }).unwrap();
    assert!(matches!(window.user.status, UserStatus::Removed { .. }));
    assert_eq!(*house.told.borrow(), [format!("account {id}")].into());
    assert_eq!(code(&nurse, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    assert_eq!(asked.answer(true).unwrap_err().code, ProblemCode::QuestionExpired);
    assert_eq!(house.door(0).password("nurse", true).unwrap_err().code, ProblemCode::LoginWrong);
    assert_eq!(code(&owner, &RemoveUser { id: id.clone() }), Some((ProblemCode::UserRemoved, None)));
    let fields = person("Nurse", Role::Employee, "nurse");
    assert_eq!(add(&owner, fields).unwrap_err().code, ProblemCode::LoginTaken, "retired for ever");
    let listed = |login: &str| {
        let list = house.signed_in(login).ask(&clinic::commands::users::ListUsers {}).unwrap();
        list.users.iter().any(|user| user.id == id)
    };
    assert!(listed("manager") && !listed("nurse2"), "the removed are shown to those who can bring them back");
    assert!(owner.log().iter().any(
        |line| matches!(&line.user, wire::activities::Subject::Account { name, .. } if name == "Jane Nurse")
    ));

    let back = owner.ask(&BringBackUser { id: id.clone(), first: first("nurse") }).unwrap();
    assert_eq!((back.pair.login.as_str(), back.pair.password.as_str()), ("nurse", "abcd2345"));
    assert!(matches!(house.door(0).sign_in("nurse"), Ok(SignInState::NewPassword { .. })));
    let again = BringBackUser { id, first: first("nurse") };
    assert_eq!(code(&owner, &again), Some((ProblemCode::UserNotRemoved, None)));
}

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
    assert!(nurse.ask(&clinic::commands::computers::ListComputers {}).is_ok());
    let window = edit(&manager, &manager.window(&id), |f| f.rights = Some(rights)).unwrap();
    assert!(!window.details.unwrap().own_rights, "what the role has by itself is nothing of one's own");
    assert_eq!(
        code(&nurse, &clinic::commands::computers::ListComputers {}),
        Some((ProblemCode::NotAllowed, None)),
        "it is taken away at once"
    );
}

#[test]
fn two_who_edit_one_account_do_not_overwrite_each_other() {
    let house = House::open();
    let (owner, manager) = (house.signed_in("owner"), house.signed_in("manager"));
    let id = house.account("nurse");
    let (seen_by_owner, seen_by_manager) = (owner.window(&id), manager.window(&id));
    edit(&owner, &seen_by_owner, |fields| fields.position = "Head nurse".into()).unwrap();
    let late = edit(&manager, &seen_by_manager, |fields| fields.email = "new@clinic.example".into());
    assert_eq!(late.unwrap_err().code, ProblemCode::EditedMeanwhile);
    let window =
        edit(&manager, &manager.window(&id), |fields| fields.email = "new@clinic.example".into()).unwrap();
    assert_eq!((window.user.position.as_str(), window.email.as_str()), ("Head nurse", "new@clinic.example"));
}

#[test]
fn restored_access_ends_the_old_password_and_every_session_but_no_lock() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let nurse = house.signed_in("nurse");
    let id = house.account("nurse");
    let pair = owner.ask(&RestoreAccess { id: id.clone(), first: first("new nurse") }).unwrap().pair;
    assert_eq!(pair.login, "nurse");
    assert_eq!(code(&nurse, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    assert_eq!(house.deliver()[0].subject, "Your access was restored");
    match house.door(0).reserve("nurse").unwrap() {
        Reservation::Check { password_hash, .. } => assert_eq!(password_hash, "hash of new nurse"),
        Reservation::Wait => panic!("nobody else is trying"),
    }
    house.door(0).lock("nurse2");
    let locked = RestoreAccess { id: house.account("nurse2"), first: first("x") };
    assert_eq!(code(&owner, &locked), Some((ProblemCode::UnlockFirst, None)));
    assert_eq!(
        code(&owner, &RestoreAccess { id: house.account("owner"), first: first("x") }),
        Some((ProblemCode::OwnAccount, None))
    );
}

#[test]
fn the_own_password_is_changed_with_the_present_one_which_counts() {
    let house = House::open();
    let (here, elsewhere) = (house.signed_in("nurse"), house.signed_in("nurse"));
    let attempt = |door: &Door<'_>| match door.ask(&ReserveOwnAttempt {}).unwrap() {
        Reservation::Check { attempt, .. } => attempt,
        Reservation::Wait => panic!("nobody else is trying"),
    };
    let settle = |door: &Door<'_>, right: bool| {
        let password_hash = right.then(|| "a new hash".to_owned());
        door.ask(&SettleOwnAttempt { attempt: attempt(door), right, password_hash })
    };
    let wrong = settle(&here, false).unwrap_err();
    assert_eq!(
        (wrong.code, wrong.field.as_deref(), wrong.tries_left),
        (ProblemCode::PasswordWrong, Some("current"), Some(4))
    );
    assert!(settle(&here, true).is_ok());
    assert_eq!(house.deliver()[0].subject, "Your password was changed");
    assert!(here.ask(&ReadMe {}).is_ok(), "whoever changed it stays");
    assert_eq!(code(&elsewhere, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    for _ in 0..4 {
        assert_eq!(settle(&here, false).unwrap_err().code, ProblemCode::PasswordWrong);
    }
    assert_eq!(
        settle(&here, false).unwrap_err().code,
        ProblemCode::AccountLocked,
        "the fifth locks, here too"
    );
    assert_eq!(code(&here, &ReserveOwnAttempt {}), Some((ProblemCode::AccountLocked, None)));
}

#[test]
fn a_session_alone_tells_nothing_about_its_password() {
    let house = House::open();
    let nurse = house.signed_in("nurse");
    let newcomer = ReadPasswordRules { of: Chooser::Newcomer };
    assert_eq!(code(&nurse, &newcomer), Some((ProblemCode::QuestionExpired, None)));
    assert!(nurse.ask(&ReadPasswordRules { of: Chooser::SignedIn }).is_ok());
}

#[test]
fn a_password_that_was_right_when_it_was_looked_at_is_wrong_once_there_is_another() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let id = house.account("nurse");
    let mut thief = house.door(0);
    let attempt = thief.reserved("nurse");
    owner.ask(&RestoreAccess { id: id.clone(), first: first("new nurse") }).unwrap();
    assert_eq!(thief.settle(attempt, true).unwrap_err().code, ProblemCode::LoginWrong);
    // The same where the login is another one by then: the try stays with the account that it was reserved at.
    let attempt = thief.reserved("nurse");
    edit(&owner, &owner.window(&id), |fields| fields.login = "nurse.new".into()).unwrap();
    assert_eq!(thief.settle(attempt, false).unwrap_err().tries_left, Some(3));
}

#[test]
fn the_former_address_hears_that_there_is_another() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let own = house.account("owner");
    edit(&owner, &owner.window(&own), |fields| fields.email = "new@clinic.example".into()).unwrap();
    let mails = house.deliver();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("owner@clinic.example", "Your e-mail address was changed")
    );
}

#[test]
fn a_locked_owner_does_not_get_around_the_lock_with_a_session_that_is_left() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let (manager, partner) = (house.account("manager"), house.account("partner"));
    house.door(0).lock("owner");
    let settings = owner.ask(&ReadSettings {}).unwrap();
    let policies = wire::settings::Policies { automatic_unlock_minutes: Some(5), ..settings.policies };
    let change = PoliciesChange { version: settings.version, policies };
    assert_eq!(code(&owner, &ChangePolicies { change }), Some((ProblemCode::UnlockFirst, None)));
    let promote = edit(&owner, &owner.window(&manager), |fields| fields.role = Role::Owner);
    assert_eq!(promote.unwrap_err().code, ProblemCode::UnlockFirst);
    let fresh = add(&owner, person("Ivanova", Role::Owner, "ivanova"));
    assert_eq!(fresh.unwrap_err().code, ProblemCode::UnlockFirst);
    let taken_over = RestoreAccess { id: partner, first: first("x") };
    assert_eq!(code(&owner, &taken_over), Some((ProblemCode::UnlockFirst, None)));
    assert!(add(&owner, person("Ivanova", Role::Employee, "ivanova")).is_ok(), "the rest of the day goes on");
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

#[test]
fn signing_out_everywhere_ends_this_session_too() {
    let house = House::open();
    let (here, elsewhere) = (house.signed_in("nurse"), house.signed_in("nurse"));
    assert_eq!(here.ask(&ReadMe {}).unwrap().sessions.len(), 2);
    assert!(matches!(here.ask(&SignOutEverywhere {}), Ok(SignInState::User { .. })));
    for door in [&here, &elsewhere] {
        assert_eq!(code(door, &ReadMe {}), Some((ProblemCode::SessionRequired, None)));
    }
}

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
fn a_password_that_was_made_for_another_clinic_is_none() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let (name, mut people) = import(&owner, LIST);
    let elsewhere = Keys::derive(&[1; 32]).clinic_code([9; 6]);
    people[2].sealed = seal_hash(&Keys::derive(&[1; 32]), &elsewhere, [3; 24], "a hash");
    let refused = ImportUsers { import: name, people };
    assert_eq!(code(&owner, &refused), Some((ProblemCode::MalformedRequest, None)));
    assert_eq!(
        house.door(0).password("ivanova", true).unwrap_err().code,
        ProblemCode::LoginWrong,
        "nobody was added"
    );
}

#[test]
fn what_is_written_down_is_parsed() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let nobody = person("Ivanova", Role::Employee, "ivanova");
    let long = "a".repeat(101);
    for (field, code_wanted, fields) in [
        (
            "last_name",
            ProblemCode::NameMalformed,
            PersonFields { last_name: String::new(), ..nobody.clone() },
        ),
        (
            "first_name",
            ProblemCode::NameMalformed,
            PersonFields { first_name: long.clone(), ..nobody.clone() },
        ),
        (
            "middle_name",
            ProblemCode::NameMalformed,
            PersonFields { middle_name: "a\nb".into(), ..nobody.clone() },
        ),
        ("position", ProblemCode::NameMalformed, PersonFields { position: long, ..nobody.clone() }),
        ("email", ProblemCode::EmailMalformed, PersonFields { email: "a@b".into(), ..nobody.clone() }),
    ] {
        let add = AddUser { person: fields, first: first("x") };
        assert_eq!(code(&owner, &add), refused_for(field, code_wanted));
    }
}
