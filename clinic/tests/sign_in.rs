//! Steps 1 to 3 and the question, acted through the commands on real SQLite.

use clinic::{
    commands::{
        computers::ListComputers,
        me::ReadMe,
        session::{ReadSignIn, UseSession},
    },
    rules::session::IDLE_GRACE_SECONDS,
    testing::{Door, House},
};
use wire::{ProblemCode, activities::Action, settings::Policies, sign_in::SignInState};

#[test]
fn three_steps_and_a_yes_sign_in() {
    let house = House::open();
    let mut door = house.stranger();
    assert!(
        matches!(door.authorize_computer(0), Ok(SignInState::Profile { seat, .. }) if seat.computer == "Reception 1")
    );
    assert!(matches!(door.authorize_profile(&house.code(0)), Ok(SignInState::User { .. })));
    let Ok(SignInState::Question { person, .. }) = door.password("nurse", true) else { panic!("a question") };
    assert_eq!((person.full_name.as_str(), person.login.as_str()), ("Jane Nurse", "nurse"));
    assert!(matches!(door.answer(true), Ok(SignInState::SignedIn { me, .. }) if me.login == "nurse"));
}

#[test]
fn no_session_exists_before_the_yes() {
    let house = House::open();
    let mut door = house.door(0);
    door.password("nurse", true).unwrap();
    let refused = door.ask(&clinic::commands::users::ListUsers {}).unwrap_err();
    assert_eq!(refused.code, ProblemCode::SessionRequired);
    assert!(matches!(door.answer(false), Ok(SignInState::User { .. })));
    assert_eq!(door.answer(true).unwrap_err().code, ProblemCode::QuestionExpired, "a no is final");
    assert_eq!(house.signed_in("owner").log()[3].action, Action::LoginDeclined);
}

#[test]
fn a_session_that_nobody_uses_ends_without_its_screen() {
    let house = House::open();
    let nurse = house.signed_in("nurse");
    let owner = house.signed_in("owner");
    let idle = i64::from(Policies::default().idle_minutes) * 60;
    // Whatever screens ask by themselves is no use: the browser that was killed would not ask, the one that was left would.
    for _ in 0..4 {
        house.pass_idle_seconds(idle / 2);
        owner.ask(&UseSession {}).unwrap();
        nurse.ask(&ReadMe {}).ok();
    }
    assert_eq!(nurse.ask(&ReadMe {}).unwrap_err().code, ProblemCode::SessionRequired);
    assert_eq!(
        nurse.ask(&UseSession {}).unwrap_err().code,
        ProblemCode::SessionRequired,
        "it is over for good"
    );
    assert!(matches!(nurse.ask(&ReadSignIn {}), Ok(SignInState::User { .. })), "steps 1 and 2 stand");
    assert_eq!(owner.ask(&ReadMe {}).unwrap().sessions.len(), 1);
    let computers = owner.ask(&ListComputers {}).unwrap().computers;
    let signed_in: usize = computers.iter().map(|computer| computer.people.len()).sum();
    assert_eq!(signed_in, 1, "nobody is said to be where they are not");
}

#[test]
fn the_screen_ends_before_the_session_does() {
    let house = House::open();
    let nurse = house.signed_in("nurse");
    let idle = i64::from(Policies::default().idle_minutes) * 60;
    house.pass_idle_seconds(idle + IDLE_GRACE_SECONDS - 1);
    nurse.ask(&UseSession {}).unwrap();
    house.pass_idle_seconds(idle + IDLE_GRACE_SECONDS);
    assert_eq!(nurse.ask(&UseSession {}).unwrap_err().code, ProblemCode::SessionRequired);
}

#[test]
fn steps_cannot_be_skipped() {
    let house = House::open();
    let mut stranger = house.stranger();
    assert_eq!(stranger.authorize_profile(&house.code(0)).unwrap_err().code, ProblemCode::ComputerRequired);
    stranger.authorize_computer(0).unwrap();
    assert_eq!(stranger.password("nurse", true).unwrap_err().code, ProblemCode::ProfileRequired);
}

#[test]
fn a_profile_token_is_worth_nothing_on_another_computer() {
    let house = House::open();
    let door = house.door(0);
    let mut other = house.stranger();
    other.authorize_computer(1).unwrap();
    other.caller.profile = door.caller.profile.clone();
    assert_eq!(other.password("nurse", true).unwrap_err().code, ProblemCode::ProfileRequired);
}

#[test]
fn a_session_is_worth_nothing_on_another_computer() {
    let house = House::open();
    let session = house.signed_in("owner").caller.session.clone();
    let mut other = house.door(0);
    other.caller.session = session;
    assert_eq!(
        other.ask(&clinic::commands::users::ListUsers {}).unwrap_err().code,
        ProblemCode::SessionRequired
    );
}

#[test]
fn computer_and_profile_outlive_sign_out() {
    let house = House::open();
    let mut door = house.signed_in("nurse");
    let state = door.ask(&clinic::commands::session::SignOut {}).unwrap();
    assert!(matches!(state, SignInState::User { .. }));
    assert_eq!(
        door.ask(&clinic::commands::users::ListUsers {}).unwrap_err().code,
        ProblemCode::SessionRequired,
        "the token died with the session"
    );
    assert!(door.sign_in("manager").is_ok());
}

#[test]
fn whoever_goes_back_a_step_leaves_their_session() {
    let house = House::open();
    let mut door = house.signed_in("owner");
    let old = door.caller.clone();
    door.password("nurse", true).unwrap();
    let list = clinic::commands::users::ListUsers {};
    assert_eq!(house.ask(&old, &list).unwrap().unwrap_err().code, ProblemCode::SessionRequired);
    door.answer(true).unwrap();
    let old = door.caller.clone();
    door.authorize_computer(1).unwrap();
    assert_eq!(house.ask(&old, &list).unwrap().unwrap_err().code, ProblemCode::ComputerRequired);
}

#[test]
fn tokens_of_steps_1_and_2_die_when_the_step_is_passed_anew() {
    let house = House::open();
    let mut door = house.door(0);
    let old = door.caller.clone();
    house.pass_seconds(30);
    door.authorize_profile(&house.code(0)).unwrap();
    let state = |caller: &clinic::Caller| house.ask(caller, &ReadSignIn {}).unwrap().unwrap();
    assert!(matches!(state(&old), SignInState::Profile { .. }), "step 2 has to be passed for it");
    assert!(matches!(state(&door.caller), SignInState::User { .. }));
    for computer in [0, 1] {
        let old = door.caller.clone();
        door.authorize_computer(computer).unwrap();
        assert!(matches!(state(&old), SignInState::Computer));
        let copied = clinic::Caller { computer: door.caller.computer.clone(), ..old };
        assert!(matches!(state(&copied), SignInState::Profile { .. }));
        house.pass_seconds(30);
        door.authorize_profile(&house.code(0)).unwrap();
    }
}

#[test]
fn what_was_authorized_lapses_in_its_time() {
    let house = House::open();
    let door = house.signed_in("nurse");
    let state = || door.ask(&clinic::commands::session::ReadSignIn {}).unwrap();
    assert!(matches!(state(), SignInState::SignedIn { .. }));
    house.pass_seconds(12 * 3600);
    assert!(matches!(state(), SignInState::Profile { .. }), "a working day");
    house.pass_seconds(89 * 24 * 3600);
    assert!(matches!(state(), SignInState::Profile { .. }), "the last use is noted");
    house.pass_seconds(90 * 24 * 3600);
    assert!(matches!(state(), SignInState::Computer), "ninety days unused");
}

#[test]
fn a_code_is_accepted_once_a_computer() {
    let house = House::open();
    let code = house.code(0);
    let (mut first, mut second, mut other) = (house.stranger(), house.stranger(), house.stranger());
    first.authorize_computer(0).unwrap();
    second.authorize_computer(0).unwrap();
    other.authorize_computer(1).unwrap();
    first.authorize_profile(&code).unwrap();
    assert_eq!(second.authorize_profile(&code).unwrap_err().code, ProblemCode::CodeUsed);
    assert!(other.authorize_profile(&code).is_ok(), "another computer may use it");
    assert!(second.authorize_profile(&house.code(-1)).is_ok(), "the step before was never used");
    assert_eq!(second.authorize_profile(&house.code(2)).unwrap_err().code, ProblemCode::CodeWrong);
}

#[test]
fn wrong_codes_pause_the_computer_and_in_the_end_stop_the_profile() {
    let house = House::open();
    let mut door = house.stranger();
    door.authorize_computer(0).unwrap();
    let mut waited = Vec::new();
    let mut wrong = 0;
    loop {
        let problem = door.authorize_profile("000000").unwrap_err();
        match problem.code {
            ProblemCode::CodeWrong => wrong += 1,
            // Whoever has the form comes back, and goes on where they were.
            ProblemCode::ComputerRequired => {
                wrong += 1;
                door.authorize_computer(0).unwrap();
            }
            ProblemCode::CodesPaused => {
                let seconds = problem.retry_after_seconds.unwrap();
                waited.push(seconds);
                assert_eq!(
                    door.authorize_profile(&house.code(0)).unwrap_err().code,
                    ProblemCode::CodesPaused
                );
                house.pass_seconds(i64::from(seconds));
            }
            ProblemCode::ProfileStopped => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(wrong, 100);
    assert_eq!(waited[..6], [60, 120, 240, 480, 900, 900]);
    let mut other = house.stranger();
    other.authorize_computer(1).unwrap();
    assert_eq!(other.authorize_profile(&house.code(0)).unwrap_err().code, ProblemCode::ProfileStopped);
}

#[test]
fn ten_wrong_codes_in_a_row_take_step_1_from_a_computer_and_from_no_other() {
    let house = House::open();
    let (mut stolen, mut office) = (house.door(0), house.signed_in("owner"));
    let beside = house.door(0);
    let wrong = |door: &mut Door<'_>| loop {
        let problem = door.authorize_profile("000000").unwrap_err();
        match problem.retry_after_seconds {
            Some(seconds) => house.pass_seconds(i64::from(seconds)),
            None => return problem.code,
        }
    };
    for _ in 0..9 {
        assert_eq!(wrong(&mut stolen), ProblemCode::CodeWrong);
    }
    stolen.authorize_profile(&house.code(0)).unwrap();
    for _ in 0..9 {
        assert_eq!(wrong(&mut stolen), ProblemCode::CodeWrong, "a right one clears the count");
    }
    assert_eq!(wrong(&mut stolen), ProblemCode::ComputerRequired);
    for door in [&stolen, &beside] {
        assert!(matches!(door.ask(&ReadSignIn {}), Ok(SignInState::Computer)));
    }
    assert_eq!(stolen.authorize_profile(&house.code(0)).unwrap_err().code, ProblemCode::ComputerRequired);
    let line = office.log().into_iter().find(|line| line.action == Action::ComputerReset).unwrap();
    assert_eq!(line.computer, "Reception 1");
    // Nobody else notices anything, and whoever has the form comes back once the pause is over.
    office.authorize_profile(&house.code(0)).unwrap();
    let mut found = house.stranger();
    found.authorize_computer(0).unwrap();
    house.pass_seconds(15 * 60);
    assert!(found.authorize_profile(&house.code(0)).is_ok());
}

#[test]
fn step_1_slows_down_for_known_and_unknown_numbers_alike() {
    let house = House::open();
    let door = house.stranger();
    let try_wrong = |number| {
        let password = "wrong".parse().unwrap();
        door.ask(&clinic::commands::computer::AuthorizeComputer { number, password }).unwrap_err()
    };
    let answers = |number| (0..8).map(|_| try_wrong(number)).collect::<Vec<_>>();
    let known = answers(1);
    assert_eq!(known, answers(77));
    assert_eq!(known[4].code, ProblemCode::ComputerWrong);
    assert_eq!((known[6].code, known[6].retry_after_seconds), (ProblemCode::SlowDown, Some(1)));
}

#[test]
fn a_stranger_who_tries_keeps_nobody_from_step_1() {
    let house = House::open();
    let mut door = house.stranger();
    for _ in 0..20 {
        let password = "wrong".parse().unwrap();
        let _ = door.ask(&clinic::commands::computer::AuthorizeComputer { number: 1, password });
    }
    assert!(door.authorize_computer(0).is_ok());
    let log = house.signed_in("owner").log();
    let failed = log.iter().filter(|line| line.action == Action::ComputerAuthorizationFailed).count();
    assert_eq!(failed, 5, "what comes during the wait is not worth a line");
}

#[test]
fn a_session_ends_with_the_step_2_that_it_stands_on() {
    let house = House::open();
    let mut door = house.door(0);
    house.pass_seconds(11 * 3600);
    door.sign_in("owner").unwrap();
    let list = clinic::commands::users::ListUsers {};
    assert!(door.ask(&list).is_ok());
    house.pass_seconds(3600);
    assert_eq!(door.ask(&list).unwrap_err().code, ProblemCode::SessionRequired);
}

#[test]
fn made_up_numbers_and_logins_do_not_fill_the_disk() {
    use clinic::records::{sql::Sql, tallies, throttles};
    let house = House::open();
    let mut door = house.door(0);
    for n in 0..tallies::UNKNOWN_LOGINS_MAX + 50 {
        door.password(&format!("nobody{n}"), false).unwrap_err();
    }
    for number in 0..throttles::THROTTLES_MAX + 50 {
        let password = "wrong".parse().unwrap();
        let _ = door.ask(&clinic::commands::computer::AuthorizeComputer { number: number + 1000, password });
    }
    let count = |table: &str| {
        house.store.query(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap()[0].take::<u32>().unwrap()
    };
    assert!(count("tallies") <= tallies::UNKNOWN_LOGINS_MAX + 5, "{}", count("tallies"));
    assert!(count("tries") <= tallies::UNKNOWN_LOGINS_MAX + 5);
    assert!(count("throttles") <= throttles::THROTTLES_MAX);
}

#[test]
fn an_object_without_a_clinic_stores_nothing() {
    use clinic::{Caller, Clinic, Keys, clinic::envelope, records::sql::Sql, testing::Sqlite};
    struct Zeros;
    impl clinic::Random for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }
    let (store, clinic) = (Sqlite::in_memory(), Clinic::new(Keys::derive(&[1; 32]), String::new()));
    let ask = |envelope: String| clinic.answer(&store, wire::Timestamp(0), &mut Zeros, &envelope).unwrap();
    let caller = Caller { computer: Some("made-up".into()), ..Caller::default() };
    let read = ask(envelope(&clinic::commands::session::ReadSignIn {}, &caller, None).unwrap());
    assert_eq!(read.reply, r#"{"Ok":{"step":"computer"}}"#);
    let list = ask(envelope(&clinic::commands::users::ListUsers {}, &caller, None).unwrap());
    assert_eq!(list.reply, r#"{"Err":{"code":"computer_required"}}"#);
    assert!(store.query("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
}
