//! A browser's key: tokens are of use to whoever shows the key that they were given to, and to nobody else.

use clinic::{
    Caller,
    commands::{
        session::{ReadSignIn, SignOut},
        settings::{ChangePolicies, ReadSettings},
        users::ListUsers,
    },
    testing::House,
};
use wire::{
    ProblemCode,
    activities::{Action, Changed},
    settings::{Policies, PoliciesChange},
    sign_in::SignInState,
};

const ANOTHER: &str = "jkt of another browser";

fn state(house: &House, caller: &Caller) -> SignInState {
    house.ask(caller, &ReadSignIn {}).unwrap().unwrap()
}

fn allow(house: &House, browsers_without_key: bool) {
    let owner = house.signed_in("owner");
    let version = owner.ask(&ReadSettings {}).unwrap().version;
    let policies = Policies { browsers_without_key, ..Policies::default() };
    owner.ask(&ChangePolicies { change: PoliciesChange { version, policies } }).unwrap();
}

#[test]
fn copied_tokens_are_worth_nothing_without_their_key() {
    let house = House::open();
    for may_lack_it in [false, true] {
        if may_lack_it {
            allow(&house, true);
        }
        let door = house.signed_in("nurse");
        let mut asked = house.door(0);
        asked.password("nurse2", true).unwrap();
        for key in [Some(ANOTHER.to_owned()), Some(String::new()), None] {
            for own in [&door, &asked] {
                let thief = Caller { key: key.clone(), ..own.caller.clone() };
                assert_eq!(state(&house, &thief), SignInState::Computer, "{key:?}");
                let refused = house.ask(&thief, &ListUsers {}).unwrap().unwrap_err();
                assert_eq!(refused.code, ProblemCode::ComputerRequired, "{key:?}");
                house.ask(&thief, &SignOut {}).unwrap().unwrap();
            }
            // Somebody who stands at the same computer with a key of their own gets no further with it.
            let mut own = house.stranger();
            own.caller.key = key.clone();
            if own.authorize_computer(1).is_ok() {
                let mixed =
                    Caller { computer: own.caller.computer.clone(), key: key.clone(), ..door.caller.clone() };
                assert!(matches!(state(&house, &mixed), SignInState::Profile { .. }), "{key:?}");
            }
        }
        assert!(
            matches!(state(&house, &door.caller), SignInState::SignedIn { .. }),
            "whoever has the key goes on"
        );
        assert!(matches!(state(&house, &asked.caller), SignInState::Question { .. }));
    }
}

#[test]
fn a_browser_without_a_key_is_refused_and_where_the_clinic_lets_it_in_marked() {
    let house = House::open();
    let mut old = house.stranger();
    old.caller.key = None;
    assert_eq!(old.authorize_computer(0).unwrap_err().code, ProblemCode::KeyMissing);
    assert_eq!(old.authorize(1, "a wrong password, 24 long").unwrap_err().code, ProblemCode::KeyMissing);

    allow(&house, true);
    old.authorize_computer(0).unwrap();
    house.pass_seconds(30);
    old.authorize_profile(&house.code(0)).unwrap();
    assert!(matches!(old.sign_in("nurse"), Ok(SignInState::SignedIn { .. })));
    let log = house.signed_in("owner").log();
    for action in [Action::ComputerAuthorized, Action::LoginSucceeded] {
        let marked = |line: &&wire::activities::ActivityLine| {
            line.action == action && line.changes.iter().any(|change| change.what == Changed::BrowserKey)
        };
        assert_eq!(log.iter().filter(marked).count(), 1, "{action:?}");
    }

    // What was let in is out once the clinic thinks otherwise.
    allow(&house, false);
    assert_eq!(state(&house, &old.caller), SignInState::Computer);
    let refused = house.ask(&old.caller, &ListUsers {}).unwrap().unwrap_err();
    assert_eq!(refused.code, ProblemCode::ComputerRequired);
}
