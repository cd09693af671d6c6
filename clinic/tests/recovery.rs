//! Forgot password: one link by mail to whoever it belongs to, the same to see for everybody else, and never a way around a lock.

use clinic::{
    Keys,
    commands::{
        Command,
        login::{Reservation, SettleAttempt},
        me::ReadMe,
        outbox::OutgoingMail,
        people::{AddUser, BringBackUser, EditUser, FirstPassword, RemoveUser, RestoreAccess},
        recovery::{CheckReset, RequestReset, ResetCase, ResetPassword},
        session::ReadSignIn,
    },
    records::{
        resets,
        sql::{Sql, SqlError},
    },
    rules::recovery::{RESET_LIFETIME_MINUTES, RESET_MAILS_MAX, RESET_MAILS_WINDOW_MINUTES},
    testing::{Door, House, pin_in},
};
use wire::{
    Language, Problem, ProblemCode, Role,
    activities::{Action, Subject},
    fields::ClinicCode,
    ids::AccountId,
    people::PersonFields,
    recovery::ResetToken,
    sign_in::SignInState,
};

const NEW: &str = "hash of another";

fn ask(door: &Door<'_>, login: &str) -> Result<(), Problem> {
    door.ask(&RequestReset { login: login.parse()? }).map(drop)
}

/// The token of the one link that is waiting to be mailed.
fn mailed(house: &House) -> ResetToken {
    let mails = house.deliver();
    let links: Vec<ResetToken> = mails.iter().filter_map(link_in).collect();
    assert_eq!(links.len(), 1, "{mails:?}");
    links.into_iter().next().unwrap()
}

fn link_in(mail: &OutgoingMail) -> Option<ResetToken> {
    mail.text.lines().find_map(|line| line.strip_prefix("https://wardkey.example/reset#")?.parse().ok())
}

/// A link for a login, fetched at the reception.
fn link(house: &House, login: &str) -> ResetToken {
    ask(&house.door(0), login).unwrap();
    mailed(house)
}

fn check(house: &House, link: &ResetToken) -> Result<ResetCase, ProblemCode> {
    let (account, secret) = (link.account.clone(), link.secret.clone());
    house.stranger().ask(&CheckReset { account, secret }).map_err(|problem| problem.code)
}

fn reset(house: &House, link: &ResetToken) -> Result<(), ProblemCode> {
    let (account, secret) = (link.account.clone(), link.secret.clone());
    let command = ResetPassword { account, secret, password_hash: NEW.into() };
    house.stranger().ask(&command).map(drop).map_err(|problem| problem.code)
}

/// The hash that a password at the door is looked at with.
fn hash_of(house: &House, login: &str) -> String {
    match house.door(0).reserve(login).unwrap() {
        Reservation::Check { password_hash, .. } => password_hash,
        other => panic!("nobody else is trying: {other:?}"),
    }
}

fn count(house: &House, table: &str) -> u32 {
    house.store.query(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap()[0].take().unwrap()
}

fn newest(house: &House) -> (Action, Subject) {
    let log = house.signed_in("owner").log();
    let line = log.into_iter().find(|line| {
        use Action::{PasswordReset, PasswordResetRequested, PasswordResetRequestedLocked};
        matches!(line.action, PasswordReset | PasswordResetRequested | PasswordResetRequestedLocked)
    });
    line.map(|line| (line.action, line.user)).unwrap()
}

fn account(house: &House, login: &str) -> Subject {
    let name = format!("Jane {}{}", login[..1].to_uppercase(), &login[1..]);
    Subject::Account { id: house.account(login), name }
}

fn without_email(house: &House, login: &str) {
    house.store.run("UPDATE accounts SET email = NULL WHERE login = ?1", &[login.into()]).unwrap();
}

fn first() -> FirstPassword {
    FirstPassword { password: "abcd2345".into(), hash: "hash of a first one".into() }
}

#[test]
fn who_has_forgotten_gets_a_link_and_a_new_password_with_it() {
    let house = House::open();
    let door = house.door(0);
    ask(&door, "nurse").unwrap();
    let mails = house.deliver();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("nurse@clinic.example", "Reset your password"));
    assert!(mail.text.contains("\"Reception 1\"") && mail.text.contains("30 minutes"), "{}", mail.text);
    let link = link_in(mail).unwrap();
    let code: ClinicCode = Keys::derive(&[1; 32]).clinic_code([1, 2, 3, 4, 5, 6], None);
    assert_eq!((&link.clinic, &link.account), (&code, &house.account("nurse")));
    assert_eq!(link.secret.len(), 43, "256 bits");
    assert_eq!(newest(&house), (Action::PasswordResetRequested, account(&house, "nurse")));

    // On a phone that no step was ever taken on.
    let ResetCase { offer, about } = check(&house, &link).unwrap();
    assert_eq!((offer.clinic.as_str(), offer.length_min), ("Harbour Street Clinic", 8));
    assert_eq!((offer.person.full_name.as_str(), offer.person.login.as_str()), ("Jane Nurse", "nurse"));
    for word in ["Nurse", "Jane", "nurse", "Harbour Street Clinic"] {
        assert!(about.iter().any(|about| about == word), "{word} in {about:?}");
    }
    assert_eq!(hash_of(&house, "nurse"), "hash of nurse", "asking changes nothing");
    reset(&house, &link).unwrap();
    assert_eq!(hash_of(&house, "nurse"), NEW);
    let mails = house.deliver();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("nurse@clinic.example", "Your password was changed")
    );
    assert_eq!(newest(&house), (Action::PasswordReset, account(&house, "nurse")));
}

#[test]
fn a_link_works_once() {
    let house = House::open();
    let link = link(&house, "nurse");
    reset(&house, &link).unwrap();
    assert_eq!(reset(&house, &link), Err(ProblemCode::ResetLinkWrong));
    assert_eq!(check(&house, &link).err(), Some(ProblemCode::ResetLinkWrong));
    assert_eq!(count(&house, "outbox"), 2, "the link and one notice");
}

#[test]
fn a_link_is_good_for_thirty_minutes() {
    let house = House::open();
    let link = link(&house, "nurse");
    house.pass_seconds(RESET_LIFETIME_MINUTES * 60 - 1);
    assert!(check(&house, &link).is_ok());
    house.pass_seconds(1);
    assert_eq!(check(&house, &link).err(), Some(ProblemCode::ResetLinkWrong));
    assert_eq!(reset(&house, &link), Err(ProblemCode::ResetLinkWrong));
}

#[test]
fn a_link_that_could_not_be_mailed_in_its_time_is_not_mailed() {
    let house = House::open();
    ask(&house.door(0), "nurse").unwrap();
    house.pass_seconds(RESET_LIFETIME_MINUTES * 60);
    assert!(house.deliver().is_empty());
}

#[test]
fn a_newer_link_replaces_the_older_one() {
    let house = House::open();
    let older = link(&house, "nurse");
    let newer = link(&house, "nurse");
    assert_eq!(reset(&house, &older), Err(ProblemCode::ResetLinkWrong));
    reset(&house, &newer).unwrap();
}

#[test]
fn a_link_is_bound_to_its_account() {
    let house = House::open();
    let (mine, theirs) = (link(&house, "nurse"), link(&house, "nurse2"));
    let crossed = ResetToken { account: theirs.account.clone(), ..mine.clone() };
    assert_eq!(reset(&house, &crossed), Err(ProblemCode::ResetLinkWrong));
    // Not even somebody who can write into the table moves it to another account.
    let moved =
        "UPDATE resets SET digest = (SELECT digest FROM resets WHERE subject = ?1) WHERE subject = ?2";
    let key = |link: &ResetToken| format!("account {}", link.account).into();
    house.store.run(moved, &[key(&mine), key(&theirs)]).unwrap();
    assert_eq!(reset(&house, &crossed), Err(ProblemCode::ResetLinkWrong));
    for account in [AccountId::from_random([0; 16]), mine.account.clone()] {
        let guessed = ResetToken { account, secret: "A".repeat(43), ..mine.clone() };
        assert_eq!(check(&house, &guessed).err(), Some(ProblemCode::ResetLinkWrong));
    }
    reset(&house, &mine).unwrap();
}

/// Everything that the records, the answer and the screens tell of a request, but for whose it is. Who reads the log hears of it, and owners of the mail.
fn seen(house: &House, login: &str) -> (Result<(), Problem>, [u32; 4], usize) {
    let tables = ["resets", "outbox", "activities", "tallies"];
    let door = house.door(0);
    let before = tables.map(|table| count(house, table));
    let answer = ask(&door, login);
    let after = tables.map(|table| count(house, table));
    let grown = std::array::from_fn(|table| after[table] - before[table]);
    (answer, grown, house.told.borrow().len())
}

#[test]
fn whoever_it_is_the_answer_and_the_work_are_the_same() {
    let house = House::open();
    without_email(&house, "sys_house");
    let owner = house.signed_in("owner");
    owner.ask(&RemoveUser { id: house.account("nurse2") }).unwrap();
    let known = seen(&house, "nurse");
    assert_eq!(known, (Ok(()), [1, 1, 1, 0], 2));
    house.deliver();
    for login in ["nobody", "sys_house", "nurse2"] {
        assert_eq!(seen(&house, login), known, "{login}");
        assert_eq!(house.wake_at(), Some(house.now()), "{login}: the alarm rings for a mail to nobody too");
        assert!(house.deliver().is_empty(), "{login}");
    }
    assert_eq!(count(&house, "outbox"), 1, "mails to nobody are forgotten");
    let log = house.signed_in("owner").log();
    let asked = |user: &Subject| {
        let is = |line: &&wire::activities::ActivityLine| line.action == Action::PasswordResetRequested;
        log.iter().filter(is).filter(|line| line.user == *user).count()
    };
    assert_eq!(asked(&Subject::UnknownLogin), 2, "whoever was removed is as unknown as anybody");
    assert_eq!(asked(&account(&house, "nurse")), 1);
}

#[test]
fn what_was_typed_is_kept_nowhere() {
    let house = House::open();
    ask(&house.door(0), "my.password.31").unwrap();
    for table in ["activities", "resets", "outbox", "tallies"] {
        let rows = house.store.query(&format!("SELECT * FROM {table}"), &[]).unwrap();
        assert!(!rows.is_empty() || table == "tallies");
        assert!(!format!("{rows:?}").contains("my.password"), "{table}");
    }
    let link = link(&house, "nurse");
    let rows = house.store.query("SELECT * FROM resets", &[]).unwrap();
    assert!(!format!("{rows:?}").contains(&link.secret));
}

#[test]
fn a_locked_account_is_mailed_nothing_and_answered_the_same() {
    let house = House::open();
    for login in ["nurse", "nobody"] {
        let mut door = house.door(0);
        door.lock(login);
        house.deliver();
        let before = (count(&house, "resets"), count(&house, "outbox"));
        assert_eq!(ask(&door, login), Ok(()));
        assert_eq!((count(&house, "resets"), count(&house, "outbox")), before, "{login}");
        let user = if login == "nurse" { account(&house, login) } else { Subject::UnknownLogin };
        assert_eq!(newest(&house), (Action::PasswordResetRequestedLocked, user));
    }
}

#[test]
fn a_lock_binds_a_link_that_was_mailed_before_it() {
    let house = House::open();
    let link = link(&house, "nurse");
    house.door(0).lock("nurse");
    assert_eq!(check(&house, &link).err(), Some(ProblemCode::ResetLocked));
    assert_eq!(reset(&house, &link), Err(ProblemCode::ResetLocked));
    let guessed = ResetToken { secret: "A".repeat(43), ..link.clone() };
    assert_eq!(check(&house, &guessed).err(), Some(ProblemCode::ResetLinkWrong), "a guess hears of no lock");

    // The unlock ends what was begun before the lock, so that the owner knows what they let in.
    house.deliver();
    let (owner, id) = (house.signed_in("owner"), house.account("nurse"));
    owner.send_pin(&id).unwrap();
    owner.unlock(&id, &pin_in(&house.deliver()[0])).unwrap();
    assert_eq!(reset(&house, &link), Err(ProblemCode::ResetLinkWrong));
    assert_eq!(hash_of(&house, "nurse"), "hash of nurse");
}

#[test]
fn three_links_an_hour_are_mailed_and_nobody_is_told() {
    let house = House::open();
    without_email(&house, "sys_house");
    let mut last = link(&house, "nurse");
    for _ in 1..RESET_MAILS_MAX {
        last = link(&house, "nurse");
    }
    for login in ["nobody", "sys_house"] {
        (0..RESET_MAILS_MAX).for_each(|_| ask(&house.door(0), login).unwrap());
        house.deliver();
    }
    let throttled = seen(&house, "nurse");
    assert_eq!(throttled, (Ok(()), [0, 0, 1, 0], 1));
    for login in ["nobody", "sys_house"] {
        assert_eq!(seen(&house, login), throttled, "{login}");
    }
    assert!(house.deliver().is_empty());
    assert!(check(&house, &last).is_ok(), "the last one that was mailed stays good");
    assert_eq!(link(&house, "nurse2").account, house.account("nurse2"), "others are not concerned");
    house.pass_seconds(RESET_MAILS_WINDOW_MINUTES * 60);
    link(&house, "nurse");
}

#[test]
fn a_used_link_counts_among_the_three() {
    let house = House::open();
    for _ in 0..RESET_MAILS_MAX {
        let link = link(&house, "nurse");
        reset(&house, &link).unwrap();
        house.deliver();
    }
    ask(&house.door(0), "nurse").unwrap();
    assert!(house.deliver().is_empty());
}

#[test]
fn a_reset_ends_what_was_begun_with_the_old_password_and_signs_nobody_in() {
    let house = House::open();
    let here = house.signed_in("nurse");
    let colleague = house.signed_in("nurse2");
    let mut asked = house.door(0);
    asked.password("nurse", true).unwrap();
    let thief = house.door(0);
    let attempt = thief.reserved("nurse");
    let link = link(&house, "nurse");
    let id = house.account("nurse");
    reset(&house, &link).unwrap();
    assert!(house.told.borrow().contains(&format!("account {id}")), "{:?}", house.told.borrow());
    let refused = |door: &Door<'_>| door.ask(&ReadMe {}).err().map(|problem| problem.code);
    assert_eq!(refused(&here), Some(ProblemCode::SessionRequired));
    assert_eq!(refused(&colleague), None, "others go on");
    assert_eq!(asked.answer(true).unwrap_err().code, ProblemCode::QuestionExpired);
    let settled = thief.ask(&SettleAttempt { attempt, right: true });
    assert_eq!(settled.unwrap_err().code, ProblemCode::LoginWrong, "the old password is right no more");
    assert_eq!(house.stranger().ask(&ReadSignIn {}).unwrap(), SignInState::Computer, "no session from it");
    assert!(matches!(house.door(0).sign_in("nurse"), Ok(SignInState::SignedIn { .. })));
}

#[test]
fn strikes_outlive_a_reset_and_end_with_the_first_right_password() {
    let strikes = |house: &House| {
        let mut door = house.door(0);
        (0..4).for_each(|_| drop(door.password("nurse", false).unwrap_err()));
    };
    let house = House::open();
    strikes(&house);
    reset(&house, &link(&house, "nurse")).unwrap();
    assert_eq!(house.door(0).password("nurse", false).unwrap_err().code, ProblemCode::AccountLocked);

    let house = House::open();
    strikes(&house);
    reset(&house, &link(&house, "nurse")).unwrap();
    house.door(0).sign_in("nurse").unwrap();
    assert_eq!(house.door(0).password("nurse", false).unwrap_err().tries_left, Some(4));
}

#[test]
fn a_first_password_ends_with_a_reset() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let fields = PersonFields {
        last_name: "Ivanova".into(),
        first_name: "Anna".into(),
        middle_name: String::new(),
        position: String::new(),
        email: "ivanova@clinic.example".into(),
        role: Role::Employee,
        login: "ivanova".into(),
        language: Language::Ru,
        rights: None,
    };
    owner.ask(&AddUser { person: fields, first: first() }).unwrap();
    let mut door = house.door(0);
    door.password("ivanova", true).unwrap();
    let command = clinic::commands::question::AnswerQuestion { yes: true };
    door.caller.question = door.ask(&command).unwrap().choice;
    ask(&house.door(0), "ivanova").unwrap();
    let mails = house.deliver();
    assert_eq!((mails[0].language, mails[0].subject.as_str()), (Language::Ru, "Сброс пароля"));
    let link = link_in(&mails[0]).unwrap();
    assert_eq!(check(&house, &link).unwrap().offer.language, Language::Ru);
    reset(&house, &link).unwrap();
    assert!(matches!(door.ask(&ReadSignIn {}), Ok(SignInState::User { .. })), "the choice is closed");
    assert!(matches!(house.door(0).sign_in("ivanova"), Ok(SignInState::SignedIn { .. })));
}

#[test]
fn a_link_dies_with_the_password_and_the_address_that_it_was_made_for() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let id = house.account("nurse");
    let restored = link(&house, "nurse");
    owner.ask(&RestoreAccess { id: id.clone(), first: first() }).unwrap();
    house.deliver();
    assert_eq!(check(&house, &restored).err(), Some(ProblemCode::ResetLinkWrong));

    let moved = link(&house, "nurse");
    let window = owner.window(&id);
    let details = window.details.unwrap();
    let fields = PersonFields {
        last_name: details.last_name,
        first_name: details.first_name,
        middle_name: details.middle_name,
        position: window.user.position,
        email: "new@clinic.example".into(),
        role: window.user.role,
        login: window.user.login,
        language: details.language,
        rights: None,
    };
    owner.ask(&EditUser { id: id.clone(), version: details.version, fields }).unwrap();
    house.deliver();
    assert_eq!(
        check(&house, &moved).err(),
        Some(ProblemCode::ResetLinkWrong),
        "it lies in a mailbox of before"
    );

    let removed = link(&house, "nurse");
    owner.ask(&RemoveUser { id: id.clone() }).unwrap();
    assert_eq!(reset(&house, &removed), Err(ProblemCode::ResetLinkWrong));
    owner.ask(&BringBackUser { id, first: FirstPassword { hash: "a third".into(), ..first() } }).unwrap();
    assert_eq!(reset(&house, &removed), Err(ProblemCode::ResetLinkWrong));
}

#[test]
fn a_link_is_asked_for_behind_steps_1_and_2_alone() {
    let house = House::open();
    let mut door = house.stranger();
    assert_eq!(ask(&door, "nurse").unwrap_err().code, ProblemCode::ComputerRequired);
    door.authorize_computer(0).unwrap();
    assert_eq!(ask(&door, "nurse").unwrap_err().code, ProblemCode::ProfileRequired);
    assert!(house.deliver().iter().all(|mail| mail.to != "nurse@clinic.example"));
}

#[test]
fn made_up_logins_neither_fill_the_disk_nor_make_room_for_more_links() {
    let house = House::open();
    (0..RESET_MAILS_MAX).for_each(|_| drop(link(&house, "nurse")));
    let door = house.door(0);
    for n in 0..resets::UNKNOWN_REQUESTS_MAX + 50 {
        ask(&door, &format!("nobody{n}")).unwrap();
    }
    assert_eq!(count(&house, "resets"), resets::UNKNOWN_REQUESTS_MAX + RESET_MAILS_MAX);
    while !house.deliver().is_empty() || house.wake_at().is_some() {}
    ask(&door, "nurse").unwrap();
    assert!(house.deliver().is_empty(), "hers still count");
    house.pass_seconds(RESET_MAILS_WINDOW_MINUTES * 60);
    link(&house, "nurse");
    assert_eq!(count(&house, "resets"), 1);
}

/// Fails each statement of a command in turn, and gives back how many there were.
fn failed<C: Command>(begin: impl Fn(&House) -> C, grown: [u32; 4]) -> u32 {
    let tables = ["activities", "outbox", "resets", "sessions"];
    for statement in 0.. {
        let house = House::open();
        let _session = house.signed_in("nurse");
        let command = begin(&house);
        let door = house.door(0);
        let state = || tables.map(|table| count(&house, table));
        let before = state();
        house.store.fail_after(Some(statement));
        let outcome = house.ask(&door.caller, &command);
        house.store.fail_after(None);
        let after = state();
        match outcome {
            Err(SqlError(_)) => {
                assert_eq!(after, before, "at {statement}");
                assert_eq!(hash_of(&house, "nurse"), "hash of nurse", "at {statement}");
            }
            Ok(answer) => {
                assert!(answer.is_ok());
                assert_eq!(std::array::from_fn(|table| after[table].abs_diff(before[table])), grown);
                return statement;
            }
        }
    }
    0
}

#[test]
fn request_and_reset_are_whole_or_not_there_whatever_statement_fails() {
    let requested = failed(|_| RequestReset { login: "nurse".parse().unwrap() }, [1, 1, 1, 0]);
    let reset = failed(
        |house| {
            let ResetToken { account, secret, .. } = link(house, "nurse");
            ResetPassword { account, secret, password_hash: NEW.into() }
        },
        [1, 1, 0, 1],
    );
    assert!(requested > 12 && reset > 12, "only {requested} and {reset} statements were failed");
}
