//! Settings and policies take effect, within their bounds, and each change is in the log. A setup link opens a clinic once.

use clinic::{
    Caller, Keys,
    commands::{
        lock::ReadLock,
        people::FirstPassword,
        settings::{ChangePolicies, ChangeSettings, ReadSettings},
        setup::{ReadSetup, SetUpClinic},
    },
    testing::{Door, House},
};
use wire::{
    Language, Problem, ProblemCode,
    activities::{Action, Change, Changed},
    settings::{ClinicSettings, Policies, PoliciesChange, SettingsChange},
    setup::{AdministratorName, SetupRequest},
    sign_in::{LockState, SignInState},
};

fn read(door: &Door<'_>) -> ClinicSettings {
    door.ask(&ReadSettings {}).unwrap()
}

fn set(door: &Door<'_>, change: impl FnOnce(&mut Policies)) -> Result<ClinicSettings, Problem> {
    let ClinicSettings { version, mut policies, .. } = read(door);
    change(&mut policies);
    door.ask(&ChangePolicies { change: PoliciesChange { version, policies } })
}

#[test]
fn a_changed_setting_is_in_the_log_with_what_it_was() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let settings = read(&owner);
    let change = SettingsChange {
        version: settings.version,
        name: "Harbour".into(),
        time_zone: "Europe/Paris".into(),
        language: Language::En,
    };
    let changed = owner.ask(&ChangeSettings { change: change.clone() }).unwrap();
    assert_eq!((changed.name.as_str(), changed.version), ("Harbour", settings.version + 1));
    assert_eq!(*house.told.borrow(), ["clinic", "log"].map(str::to_owned).into());
    let late = owner.ask(&ChangeSettings { change: change.clone() }).unwrap_err();
    assert_eq!(late.code, ProblemCode::EditedMeanwhile);
    let same = SettingsChange { version: changed.version, ..change.clone() };
    assert_eq!(
        owner.ask(&ChangeSettings { change: same }).unwrap().version,
        changed.version,
        "nothing changed"
    );
    let line = owner.log().into_iter().find(|line| line.action == Action::SettingsChanged).unwrap();
    let expected = |what, old: &str, new: &str| Change { what, old: old.into(), new: new.into() };
    assert_eq!(
        line.changes,
        [
            expected(Changed::ClinicName, "Harbour Street Clinic", "Harbour"),
            expected(Changed::TimeZone, "Europe/London", "Europe/Paris"),
        ]
    );
    let wrong = SettingsChange { version: changed.version, time_zone: "Mars/Olympus".into(), ..change };
    assert_eq!(owner.ask(&ChangeSettings { change: wrong }).unwrap_err().field.as_deref(), Some("time_zone"));
}

#[test]
fn policies_stay_within_their_bounds_and_with_the_owners() {
    let house = House::open();
    let owner = house.signed_in("owner");
    for (name, bounds, _) in Policies::default().numbers() {
        for outside in [bounds.min - 1, bounds.max + 1] {
            let ClinicSettings { version, policies, .. } = read(&owner);
            let mut json = serde_json::to_value(policies).unwrap();
            json[name] = outside.into();
            let policies = serde_json::from_value(json).unwrap();
            let refused =
                owner.ask(&ChangePolicies { change: PoliciesChange { version, policies } }).unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), (ProblemCode::OutOfBounds, Some(name)));
        }
    }
    for outside in [4, 61] {
        let refused = set(&owner, |policies| policies.automatic_unlock_minutes = Some(outside)).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("automatic_unlock_minutes"));
    }
    let sys = house.signed_in("sys_house");
    let shown = read(&sys);
    assert!(shown.may_change && !shown.may_change_policies);
    assert_eq!(set(&sys, |policies| policies.strikes_max = 3).unwrap_err().code, ProblemCode::NotAllowed);
    let changed = set(&owner, |policies| {
        policies.strikes_max = 3;
        policies.own_password = false;
    });
    changed.unwrap();
    let line = owner.log().into_iter().find(|line| line.action == Action::PolicyChanged).unwrap();
    let expected = |name: &str, old: &str, new: &str| Change {
        what: Changed::Policy(name.into()),
        old: old.into(),
        new: new.into(),
    };
    assert_eq!(line.changes, [expected("strikes_max", "5", "3"), expected("own_password", "on", "off")]);
}

#[test]
fn three_strikes_lock_where_the_policy_says_three() {
    let house = House::open();
    set(&house.signed_in("owner"), |policies| policies.strikes_max = 3).unwrap();
    let mut door = house.door(0);
    let codes: Vec<_> = (0..3).map(|_| door.password("nurse", false).unwrap_err()).collect();
    assert_eq!(codes.iter().map(|p| p.tries_left).collect::<Vec<_>>(), [Some(2), Some(1), None]);
    assert_eq!(codes[2].code, ProblemCode::AccountLocked);
}

#[test]
fn a_lock_ends_by_the_clock_where_the_policy_says_so() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let id = house.account("nurse");
    set(&owner, |policies| policies.automatic_unlock_minutes = Some(15)).unwrap();
    let mut door = house.door(0);
    door.lock("nurse");
    let due = house.now().plus_minutes(15);
    door.lock("nobody");
    house.deliver();
    assert_eq!(house.wake_at(), Some(due), "the alarm rings when it ends");
    // The second one began a little later.
    house.pass_seconds(15 * 60 - 3);
    assert!(house.ring().is_empty());
    assert_eq!(door.password("nurse", true).unwrap_err().code, ProblemCode::AccountLocked);
    house.pass_seconds(3);
    let told = ["clinic", "deliveries", "log"].map(str::to_owned).into();
    assert_eq!(house.ring(), told, "the waiting screens are told, and owners of the mail");
    assert_eq!(owner.window(&id).lock, None);
    assert_eq!(house.deliver()[0].subject, "Your account is unlocked");
    for login in ["nurse", "nobody"] {
        assert_eq!(door.password(login, false).unwrap_err().tries_left, Some(4), "{login}: known or not");
    }
    assert!(owner.log().iter().any(|line| line.action == Action::AccountUnlockedAutomatically));
    assert_eq!(house.wake_at(), None);
}

#[test]
fn a_lock_that_nobody_rang_for_ends_with_the_next_command() {
    let house = House::open();
    set(&house.signed_in("owner"), |policies| policies.automatic_unlock_minutes = Some(5)).unwrap();
    let mut door = house.door(0);
    door.lock("nurse");
    house.pass_seconds(5 * 60);
    assert!(matches!(door.sign_in("nurse"), Ok(SignInState::SignedIn { .. })));
}

#[test]
fn who_is_locked_again_without_a_right_password_is_advised_to_take_a_new_one() {
    let house = House::open();
    set(&house.signed_in("owner"), |policies| policies.automatic_unlock_minutes = Some(5)).unwrap();
    let mut door = house.door(0);
    let state = |door: &Door<'_>, login: &str| door.ask(&ReadLock { login: login.parse().unwrap() }).unwrap();
    for again in [false, true] {
        for login in ["nurse", "nobody"] {
            door.lock(login);
            let locked = LockState { locked: true, until: Some(house.now().plus_minutes(5)), again };
            assert_eq!(state(&door, login), locked, "{login}: known or not");
        }
        let mails = house.deliver();
        let to = |address: &str| &mails.iter().find(|mail| mail.to == address).unwrap().text;
        assert_eq!(to("nurse@clinic.example").contains("choose a new password"), again);
        for address in ["nurse@clinic.example", "owner@clinic.example"] {
            assert!(to(address).contains("t becomes active again by itself: "), "{}", to(address));
        }
        house.pass_seconds(5 * 60);
        house.ring();
        house.deliver();
        let open = LockState { locked: false, until: None, again };
        assert_eq!(state(&door, "nurse"), open, "the advice is for whoever is active again");
    }
    door.password("nurse", true).unwrap();
    door.lock("nurse");
    assert!(!state(&door, "nurse").again, "a right password came between");
}

#[test]
fn where_no_lock_ends_by_itself_no_mail_and_no_screen_says_so() {
    let house = House::open();
    let mut door = house.door(0);
    door.lock("nurse");
    assert!(house.deliver().iter().all(|mail| !mail.text.contains("by itself")));
    let state = door.ask(&ReadLock { login: "nurse".parse().unwrap() }).unwrap();
    assert_eq!(state, LockState { locked: true, until: None, again: false });
}

#[test]
fn a_working_day_is_as_long_as_the_policy_says() {
    let house = House::open();
    set(&house.signed_in("owner"), |policies| {
        policies.profile_hours = 2;
        policies.computer_unused_days = 7;
    })
    .unwrap();
    let mut door = house.door(0);
    door.sign_in("nurse").unwrap();
    let state = |door: &Door<'_>| door.ask(&clinic::commands::session::ReadSignIn {}).unwrap();
    house.pass_seconds(2 * 60 * 60 - 1);
    assert!(matches!(state(&door), SignInState::SignedIn { .. }));
    house.pass_seconds(1);
    assert!(matches!(state(&door), SignInState::Profile { .. }));
    house.pass_seconds(7 * 24 * 60 * 60);
    assert!(matches!(state(&door), SignInState::Computer));
}

fn first(password: &str) -> FirstPassword {
    FirstPassword { password: password.into(), hash: format!("hash of {password}") }
}

fn setup(request: SetupRequest) -> SetUpClinic {
    let code = Keys::derive(&[1; 32]).clinic_code([9; 6], None);
    SetUpClinic { code, request, owner: first("owner234"), administrator: first("admin234") }
}

fn request() -> SetupRequest {
    SetupRequest {
        token: "t".into(),
        clinic: "Клиника на Садовой".into(),
        time_zone: "Europe/Moscow".into(),
        language: Language::Ru,
        last_name: "Иванова".into(),
        first_name: "Анна".into(),
        middle_name: "Сергеевна".into(),
        email: "anna@clinic.example".into(),
        computer: "Регистратура".into(),
        profile: "Основной".into(),
        administrator: AdministratorName {
            last_name: "Системный".into(),
            first_name: "администратор".into(),
        },
    }
}

#[test]
fn a_setup_link_opens_a_clinic_once_and_its_form_works_at_once() {
    let house = House::empty();
    let nobody = Caller::default();
    assert_eq!(house.ask(&nobody, &ReadSetup {}).unwrap(), Ok(false));
    let done = house.ask(&nobody, &setup(request())).unwrap().unwrap();
    assert_eq!(done.owner.full_name, "Иванова Анна Сергеевна");
    assert_eq!((done.owner.login.as_str(), done.owner.password.as_str()), ("ivanova", "owner234"));
    let administrator = done.form.administrator.clone().unwrap();
    assert_eq!(administrator.full_name, "Системный администратор");
    assert!(administrator.login.starts_with("sys_klinika"), "{}", administrator.login);
    for login in [&done.owner.login, &administrator.login] {
        let mut door = house.stranger();
        let password = &done.form.computer.as_ref().unwrap().password;
        door.authorize(1, password).unwrap();
        house.pass_seconds(60);
        door.authorize_profile(&house.code_of(&done.form.profile.otpauth_url, 0)).unwrap();
        assert!(matches!(door.sign_in(login), Ok(SignInState::NewPassword { .. })), "{login}");
    }
    assert_eq!(house.ask(&nobody, &ReadSetup {}).unwrap(), Ok(true));
    assert_eq!(house.ask(&nobody, &setup(request())).unwrap().unwrap_err().code, ProblemCode::SetupLinkUsed);
}

#[test]
fn a_refused_setup_leaves_nothing_behind() {
    let house = House::empty();
    let nobody = Caller::default();
    for (field, request) in [
        ("clinic", SetupRequest { clinic: String::new(), ..request() }),
        ("time_zone", SetupRequest { time_zone: "Mars".into(), ..request() }),
        ("last_name", SetupRequest { last_name: "a\nb".into(), ..request() }),
        ("first_name", SetupRequest { first_name: " ".into(), ..request() }),
        ("middle_name", SetupRequest { middle_name: "\u{202e}".into(), ..request() }),
        ("email", SetupRequest { email: String::new(), ..request() }),
        ("email", SetupRequest { email: "anna".into(), ..request() }),
        ("computer", SetupRequest { computer: String::new(), ..request() }),
        ("profile", SetupRequest { profile: String::new(), ..request() }),
    ] {
        let refused = house.ask(&nobody, &setup(request)).unwrap().unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field));
        assert_eq!(house.ask(&nobody, &ReadSetup {}).unwrap(), Ok(false));
    }
    assert!(house.ask(&nobody, &setup(request())).unwrap().is_ok());
}
