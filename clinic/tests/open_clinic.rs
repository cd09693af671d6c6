//! A clinic that the operator opens: what is refused of it, before anything of it stands.

use clinic::{Caller, commands::open_clinic::OpenClinic, testing::House};
use wire::{
    Language, ProblemCode, Role,
    operator::{NewClinic, NewUser},
};

/// Asks for a clinic of these people, and says why it is refused.
fn opened(house: &House, people: &[(Role, &str)]) -> Result<(), (ProblemCode, Option<String>)> {
    let user = |(role, login): &(Role, &str)| NewUser {
        role: *role,
        last_name: "Porter".into(),
        first_name: "Jane".into(),
        middle_name: None,
        position: String::new(),
        email: "porter@clinic.example".into(),
        login: (*login).into(),
    };
    let clinic = NewClinic {
        name: "Harbour Street Clinic".into(),
        language: Language::En,
        time_zone: "Europe/London".into(),
        profiles: Vec::new(),
        computers: Vec::new(),
        users: people.iter().map(user).collect(),
    };
    let code = House::keys().clinic_code([1, 2, 3, 4, 5, 6], None);
    let password_hashes = vec!["a hash".to_owned(); people.len()];
    let reply = house.ask(&Caller::default(), &OpenClinic { code, clinic, password_hashes });
    reply.expect("the storage works").map(drop).map_err(|problem| (problem.code, problem.field))
}

#[test]
fn a_clinic_has_an_owner_and_no_two_logins_that_look_alike() {
    let house = House::empty();
    let refused = |field: &str, code| Err((code, Some(field.to_owned())));
    let with_owner = |login| [(Role::Owner, "porter"), (Role::Employee, login)];
    assert_eq!(opened(&house, &with_owner("porter")), refused("login", ProblemCode::LoginTaken));
    assert_eq!(opened(&house, &with_owner("p0rter")), refused("login", ProblemCode::LoginConfusable));
    let led = [(Role::Manager, "porter"), (Role::Employee, "doe")];
    assert_eq!(opened(&house, &led), refused("users", ProblemCode::LastOwner));
    assert_eq!(opened(&house, &with_owner("doe")), Ok(()), "a refusal leaves nothing in the way");
}
