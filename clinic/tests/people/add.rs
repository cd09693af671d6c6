//! Somebody new: what is written down of them, and a first password that opens nothing but the choice of another one.

use clinic::{
    commands::{
        me::ReadMe,
        password::{ChooseOwnPassword, Chooser, ReadPasswordRules},
        people::AddUser,
        question::{AnswerQuestion, Answered},
        settings::{ChangePolicies, ReadSettings},
    },
    testing::House,
};
use wire::{
    ProblemCode, Role,
    activities::Action,
    people::PersonFields,
    settings::{Policies, PoliciesChange},
    sign_in::SignInState,
};

use crate::{add, code, first, person, refused_for};

#[test]
fn somebody_new_chooses_a_password_of_their_own_before_the_session_begins() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let id = add(&owner, person("Ivanova", Role::Employee, "ivanova")).unwrap();
    assert!(owner.window(&id).details.unwrap().first_password);
    let mut door = house.door(0);
    door.password("ivanova", true).unwrap();
    let answered: Answered = door.ask(&AnswerQuestion { yes: true }).unwrap();
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
    let answered: Answered = door.ask(&AnswerQuestion { yes: true }).unwrap();
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
    let policies = Policies { own_password: false, ..settings.policies };
    owner.ask(&ChangePolicies { change: PoliciesChange { version: settings.version, policies } }).unwrap();
    add(&owner, person("Ivanova", Role::Employee, "ivanova")).unwrap();
    assert!(matches!(house.door(0).sign_in("ivanova"), Ok(SignInState::SignedIn { .. })));
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
