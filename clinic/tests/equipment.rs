//! Computers and profiles: access forms that work once they are printed and die when they are void.

use clinic::{
    commands::{
        computers::{
            AddComputer, EditComputer, ListComputers, ReissueComputer, RemoveComputer, RevokeComputer,
        },
        me::ReadMe,
        profiles::{AddProfile, ReissueProfile, RemoveProfile, RenameProfile},
        session::{LeaveComputer, LeaveProfile, ReadSignIn, ResetComputer},
    },
    testing::{Door, House},
};
use wire::{
    ProblemCode,
    activities::{Action, Changed},
    computers::{AccessForm, Computer, ComputerList, ComputerStatus, Profile},
    fields::ComputerUsername,
    sign_in::SignInState,
};

fn list(door: &Door<'_>) -> ComputerList {
    door.ask(&ListComputers {}).unwrap()
}

fn computer(door: &Door<'_>, label: &str) -> Computer {
    list(door).computers.into_iter().find(|computer| computer.label == label).expect(label)
}

fn profile(door: &Door<'_>, name: &str) -> Profile {
    list(door).profiles.into_iter().find(|profile| profile.name == name).expect(name)
}

fn authorize(door: &mut Door<'_>, form: &AccessForm) -> Result<SignInState, ProblemCode> {
    let pair = form.computer.as_ref().unwrap();
    let username: ComputerUsername = pair.username.parse().unwrap();
    door.authorize(username.number(), &pair.password).map_err(|problem| problem.code)
}

fn add(door: &Door<'_>, label: &str) -> AccessForm {
    door.ask(&AddComputer { label: label.into(), profile: profile(door, "Main").id }).unwrap()
}

#[test]
fn an_access_form_opens_its_computer_and_its_profile() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let form = add(&owner, "Reception 2");
    assert_eq!(
        (form.clinic.as_str(), form.address.as_str()),
        ("Harbour Street Clinic", "https://wardkey.example/")
    );
    assert_eq!(form.computer.as_ref().unwrap().password.len(), 24);
    assert_eq!(computer(&owner, "Reception 2").status, ComputerStatus::Waiting);
    let mut door = house.stranger();
    assert!(matches!(authorize(&mut door, &form), Ok(SignInState::Profile { .. })));
    house.pass_seconds(60);
    door.authorize_profile(&house.code_of(&form.profile.otpauth_url, 0)).unwrap();
    door.sign_in("nurse").unwrap();
    let line = computer(&owner, "Reception 2");
    assert_eq!((line.status, line.here, line.people.len()), (ComputerStatus::Authorized, false, 1));
    assert_eq!(line.people[0].full_name, "Jane Nurse");
    assert!(computer(&owner, "Office").here);
}

#[test]
fn a_revoked_computer_is_out_at_once_with_everybody_on_it() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let mut nurse = house.door(0);
    nurse.sign_in("nurse").unwrap();
    let id = computer(&owner, "Reception 1").id;
    let after = owner.ask(&RevokeComputer { id: id.clone() }).unwrap();
    assert_eq!(*house.told.borrow(), [format!("computer {id}"), "log".to_owned()].into());
    assert!(
        after
            .computers
            .iter()
            .any(|computer| computer.id == id && computer.status == ComputerStatus::Revoked)
    );
    assert_eq!(nurse.ask(&ReadMe {}).unwrap_err().code, ProblemCode::ComputerRequired);
    assert!(matches!(nurse.ask(&ReadSignIn {}), Ok(SignInState::Computer)));
    assert_eq!(house.stranger().authorize_computer(0).unwrap_err().code, ProblemCode::ComputerWrong);
    assert_eq!(
        owner.ask(&RevokeComputer { id: id.clone() }).unwrap_err().code,
        ProblemCode::ComputerIsRevoked
    );

    let form = owner.ask(&ReissueComputer { id: id.clone() }).unwrap().form;
    assert!(authorize(&mut house.stranger(), &form).is_ok(), "a new form brings it back");
    assert_eq!(
        owner.ask(&RemoveComputer { id: id.clone() }).unwrap_err().code,
        ProblemCode::ComputerNotRevoked
    );
    owner.ask(&RevokeComputer { id: id.clone() }).unwrap();
    owner.ask(&RemoveComputer { id: id.clone() }).unwrap();
    assert_eq!(list(&owner).computers.len(), 1);
    let form = add(&owner, "Reception 1");
    assert!(form.computer.unwrap().username.ends_with("-3"), "no username is given twice");
    let own = computer(&owner, "Office").id;
    assert_eq!(owner.ask(&RevokeComputer { id: own }).unwrap_err().code, ProblemCode::OwnComputer);
    let line = owner.log().into_iter().find(|line| line.action == Action::ComputerRemoved).unwrap();
    assert_eq!(
        (line.changes[0].what.clone(), line.changes[0].old.as_str()),
        (Changed::Computer, "Reception 1")
    );
}

#[test]
fn a_reissued_form_ends_what_the_old_one_opened() {
    let house = House::open();
    let mut owner = house.signed_in("owner");
    let mut nurse = house.door(0);
    nurse.sign_in("nurse").unwrap();
    let old = house.computer(0);
    let form = owner.ask(&ReissueComputer { id: computer(&owner, "Reception 1").id }).unwrap().form;
    assert_ne!(form.computer.as_ref().unwrap().password, old.1);
    assert_eq!(nurse.ask(&ReadMe {}).unwrap_err().code, ProblemCode::ComputerRequired);
    assert_eq!(house.stranger().authorize_computer(0).unwrap_err().code, ProblemCode::ComputerWrong);
    // The own computer's form can be lost as well; whoever asks for a new one goes on.
    let other_browser = house.signed_in("nurse2");
    let copied = owner.caller.clone();
    let ask = || owner.ask(&ReissueComputer { id: computer(&owner, "Office").id }).unwrap().token;
    assert_ne!(ask(), None, "this reply gets lost, and the browser asks again");
    assert_eq!(other_browser.ask(&ReadMe {}).unwrap_err().code, ProblemCode::ComputerRequired);
    let token = ask();
    owner.caller.computer = token;
    assert!(owner.ask(&ReadMe {}).is_ok());
    let refused = house.ask(&copied, &ReadMe {}).unwrap().unwrap_err();
    assert_eq!(refused.code, ProblemCode::ComputerRequired, "a copy of the cookie dies as well");
}

#[test]
fn a_computer_is_renamed_and_moved() {
    let house = House::open();
    let owner = house.signed_in("owner");
    owner.ask(&AddProfile { name: "Dental".into() }).unwrap();
    let seen = computer(&owner, "Reception 1");
    let edit = |version, label: &str, profile: &Profile| {
        let (id, profile) = (seen.id.clone(), profile.id.clone());
        owner.ask(&EditComputer { id, version, label: label.into(), profile }).map(drop).map_err(|p| p.code)
    };
    let (main, dental) = (profile(&owner, "Main"), profile(&owner, "Dental"));
    let own = computer(&owner, "Office");
    let move_own =
        EditComputer { id: own.id, version: own.version, label: "Office".into(), profile: dental.id.clone() };
    assert_eq!(owner.ask(&move_own).unwrap_err().code, ProblemCode::OwnComputer);
    assert_eq!(edit(seen.version, "office", &main), Err(ProblemCode::NameTaken));
    assert_eq!(edit(seen.version, "", &main), Err(ProblemCode::NameMalformed));
    assert_eq!(edit(seen.version, "Front desk", &main), Ok(()));
    assert_eq!(edit(seen.version, "Reception", &main), Err(ProblemCode::EditedMeanwhile));
    let mut nurse = house.door(0);
    nurse.sign_in("nurse").unwrap();
    assert_eq!(edit(seen.version + 1, "Front desk", &dental), Ok(()));
    assert!(
        matches!(nurse.ask(&ReadSignIn {}), Ok(SignInState::Profile { seat, .. }) if seat.profile == "Dental")
    );
    let line = owner.log().into_iter().find(|line| line.action == Action::ComputerEdited).unwrap();
    let changes: Vec<_> =
        line.changes.iter().map(|c| (c.what.clone(), c.old.as_str(), c.new.as_str())).collect();
    let still = "Front desk";
    assert_eq!(changes, [(Changed::Computer, still, still), (Changed::Profile, "Main", "Dental")]);
}

#[test]
fn a_new_qr_code_ends_the_codes_of_the_old_one() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let mut waiting = house.door(0);
    let form = owner.ask(&ReissueProfile { id: profile(&owner, "Main").id }).unwrap();
    assert_eq!(form.computer, None, "a form for the profile alone");
    assert!(owner.ask(&ReadMe {}).is_ok(), "sessions go on");
    assert!(matches!(waiting.ask(&ReadSignIn {}), Ok(SignInState::Profile { .. })), "step 2 is passed anew");
    house.pass_seconds(60);
    assert_eq!(waiting.authorize_profile(&house.code(0)).unwrap_err().code, ProblemCode::CodeWrong);
    assert!(waiting.authorize_profile(&house.code_of(&form.profile.otpauth_url, 0)).is_ok());
}

#[test]
fn a_profile_that_wrong_codes_have_stopped_goes_on_with_a_new_qr_code() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let mut door = house.stranger();
    door.authorize_computer(0).unwrap();
    for _ in 0..20 {
        for _ in 0..5 {
            let wrong = format!("{:06}", (house.code(0).parse::<u32>().unwrap() + 1) % 1_000_000);
            if door.authorize_profile(&wrong).unwrap_err().code == ProblemCode::ComputerRequired {
                door.authorize_computer(0).unwrap();
            }
        }
        house.pass_seconds(15 * 60);
    }
    assert!(profile(&owner, "Main").stopped);
    assert_eq!(door.authorize_profile(&house.code(0)).unwrap_err().code, ProblemCode::ProfileStopped);
    let form = owner.ask(&ReissueProfile { id: profile(&owner, "Main").id }).unwrap();
    assert!(!profile(&owner, "Main").stopped);
    assert!(door.authorize_profile(&house.code_of(&form.profile.otpauth_url, 0)).is_ok());
}

#[test]
fn a_profile_is_removed_when_it_is_empty() {
    let house = House::open();
    let owner = house.signed_in("owner");
    owner.ask(&AddProfile { name: "Dental".into() }).unwrap();
    assert_eq!(owner.ask(&AddProfile { name: "DENTAL".into() }).unwrap_err().code, ProblemCode::NameTaken);
    let main = profile(&owner, "Main");
    assert_eq!(
        owner.ask(&RemoveProfile { id: main.id.clone() }).unwrap_err().code,
        ProblemCode::ProfileInUse
    );
    let rename = RenameProfile { id: main.id.clone(), version: main.version, name: "General".into() };
    owner.ask(&rename).unwrap();
    assert_eq!(owner.ask(&rename).unwrap_err().code, ProblemCode::EditedMeanwhile);
    owner.ask(&RemoveProfile { id: profile(&owner, "Dental").id }).unwrap();
    let names: Vec<_> = list(&owner).profiles.into_iter().map(|profile| profile.name).collect();
    assert_eq!(names, ["General"]);
}

#[test]
fn a_reset_takes_the_very_browser_back_to_step_1() {
    let house = House::open();
    let (sys, other) = (house.signed_in("sys_house"), house.signed_in("nurse"));
    let (office, main) = (computer(&sys, "Office").id, profile(&sys, "Main").id);
    assert_eq!(other.ask(&ReissueComputer { id: office }).unwrap_err().code, ProblemCode::NotAllowed);
    assert_eq!(other.ask(&ReissueProfile { id: main }).unwrap_err().code, ProblemCode::NotAllowed);
    assert!(matches!(sys.ask(&ResetComputer {}), Ok(SignInState::Computer)));
    assert!(
        matches!(sys.ask(&ReadSignIn {}), Ok(SignInState::Computer)),
        "its cookies are worth nothing now"
    );
    assert!(other.ask(&ReadMe {}).is_ok(), "another browser with the same form goes on");
    assert!(house.stranger().authorize_computer(1).is_ok(), "the form stays good");
    assert_eq!(other.ask(&ResetComputer {}).unwrap_err().code, ProblemCode::NotAllowed);
}

#[test]
fn the_profile_is_left_at_the_door() {
    let house = House::open();
    let mut door = house.door(0);
    door.password("nurse", true).unwrap();
    assert!(matches!(door.ask(&LeaveProfile {}), Ok(SignInState::Profile { .. })));
    assert!(
        matches!(door.ask(&ReadSignIn {}), Ok(SignInState::Profile { .. })),
        "its token is worth nothing"
    );
    assert_eq!(door.password("nurse", true).unwrap_err().code, ProblemCode::ProfileRequired);
    house.pass_seconds(30);
    door.authorize_profile(&house.code(0)).unwrap();
    assert_eq!(
        door.answer(true).unwrap_err().code,
        ProblemCode::QuestionExpired,
        "the question went as well"
    );
    door.ask(&LeaveProfile {}).unwrap();
    assert!(matches!(door.ask(&LeaveProfile {}), Ok(SignInState::Profile { .. })), "once more does no harm");
    let owner = house.signed_in("owner");
    let left = owner.log().into_iter().filter(|line| line.action == Action::ProfileLeft);
    assert_eq!(left.map(|line| line.computer).collect::<Vec<_>>(), ["Reception 1", "Reception 1"]);
}

#[test]
fn the_computer_is_reset_at_the_door() {
    let house = House::open();
    let mut door = house.door(0);
    door.password("nurse", true).unwrap();
    assert!(matches!(door.ask(&LeaveComputer {}), Ok(SignInState::Computer)));
    assert!(matches!(door.ask(&ReadSignIn {}), Ok(SignInState::Computer)), "its token is worth nothing");
    assert!(matches!(door.ask(&LeaveComputer {}), Ok(SignInState::Computer)), "once more does no harm");
    assert!(matches!(house.stranger().ask(&LeaveComputer {}), Ok(SignInState::Computer)));
    let profile = door.caller.profile.clone();
    door.authorize_computer(0).unwrap();
    door.caller.profile = profile;
    assert_eq!(
        door.password("nurse", true).unwrap_err().code,
        ProblemCode::ProfileRequired,
        "step 2 went as well"
    );
    let log = house.signed_in("owner").log();
    assert_eq!(log.iter().filter(|line| line.action == Action::ComputerReset).count(), 1);
}

#[test]
fn a_tab_that_was_left_at_the_door_ends_nothing_for_whoever_is_signed_in() {
    let house = House::open();
    let nurse = house.signed_in("nurse");
    assert!(matches!(nurse.ask(&LeaveProfile {}), Ok(SignInState::SignedIn { .. })));
    assert!(matches!(nurse.ask(&LeaveComputer {}), Ok(SignInState::SignedIn { .. })));
    assert!(matches!(nurse.ask(&ReadSignIn {}), Ok(SignInState::SignedIn { .. })));
}
