//! A clinic moves from one deployment to another and back: closed here, taken in there, with its people, forms, authenticators, locks and
//! log as they were, and nothing of what let somebody in before.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests panic")]

use clinic::{
    Caller, Clinic, Keys,
    clinic::envelope,
    commands::{
        archive::{
            CloseClinic, DeleteClinic, ReopenClinic, SignArchive, TakeArchivePage, TakeInClinic,
            WriteArchivePage,
        },
        login::Reservation,
        mails::ListMails,
        me::ReadMe,
        retention::Trimmed,
        session::ReadSignIn,
    },
    records::{restored, schema, sql::Sql},
    testing::{Door, House, Seeded, Sqlite, pin_in},
};
use wire::{
    Problem, ProblemCode, Timestamp,
    activities::Action,
    archive::{self, ArchiveEnd, ClosedClinic, FIRST_DIGEST, PagePlace, TakenInClinic},
    mails::MailState,
    sign_in::SignInState,
};

const ELSEWHERE: [u8; 32] = [2; 32];

/// An archive as its file holds it.
#[derive(Clone)]
struct Archive {
    pages: Vec<String>,
    end: String,
}

fn operator() -> Caller {
    Caller { address: "192.0.2.1".into(), ..Caller::default() }
}

fn close(house: &House) -> ClosedClinic {
    house.ask(&operator(), &CloseClinic { reason: "It moves".into() }).unwrap().unwrap()
}

fn write(house: &House, to: &Keys) -> Result<Archive, Problem> {
    let (mut pages, mut place, mut digest) = (Vec::new(), Some(PagePlace::default()), FIRST_DIGEST);
    let to = to.archive_key().to_string();
    while let Some(at) = place {
        let number = u32::try_from(pages.len()).unwrap();
        let wish = WriteArchivePage { to: to.clone(), number, place: at };
        let page = house.ask(&operator(), &wish).unwrap()?;
        digest = archive::digest(&digest, &page.sealed);
        pages.push(page.sealed);
        place = page.next;
    }
    let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let wish = SignArchive { to, pages: u32::try_from(pages.len()).unwrap(), digest };
    Ok(Archive { end: house.ask(&operator(), &wish).unwrap()?.end, pages })
}

fn page(clinic: &str, number: usize, sealed: &str) -> TakeArchivePage {
    let number = u32::try_from(number).unwrap();
    TakeArchivePage { clinic: clinic.parse().unwrap(), number, sealed: sealed.to_owned() }
}

fn take_in(house: &House, archive: &Archive) -> Result<TakenInClinic, Problem> {
    let clinic = end_of(archive).statement.clinic;
    for (number, sealed) in archive.pages.iter().enumerate() {
        house.ask(&operator(), &page(clinic.as_str(), number, sealed)).unwrap()?;
    }
    house.ask(&operator(), &TakeInClinic { end: archive.end.clone() }).unwrap()
}

fn end_of(archive: &Archive) -> ArchiveEnd {
    archive::read_end(&archive.end).unwrap()
}

fn moved(house: &House, secret_key: [u8; 32]) -> House {
    close(house);
    let there = house.elsewhere(secret_key);
    let archive = write(house, &Keys::derive(&secret_key)).unwrap();
    take_in(&there, &archive).unwrap();
    there
}

fn code(answer: Result<impl Sized, Problem>) -> ProblemCode {
    answer.err().expect("refused").code
}

fn pepper_of_stored(house: &House, login: &str, keys: &Keys) -> ([u8; 32], String) {
    let clinic = clinic_code(house);
    let stored = match house.door(0).reserve(login).unwrap() {
        Reservation::Check { password_hash, .. } => password_hash,
        other => panic!("{other:?}"),
    };
    let (key, phc) = keys.read_hash(&clinic, &stored);
    (key.pepper(), phc.to_owned())
}

fn clinic_code(house: &House) -> String {
    house.store.query("SELECT code FROM settings", &[]).unwrap().pop().unwrap().take().unwrap()
}

fn count(house: &House, table: &str) -> i64 {
    house.store.query(&format!("SELECT count(*) FROM {table}"), &[]).unwrap().pop().unwrap().take().unwrap()
}

#[test]
fn a_clinic_goes_elsewhere_and_comes_back_with_all_that_it_is() {
    let mut house = House::open();
    house.door(0).lock("nurse");
    let nurse = house.account("nurse");
    house.deliver();
    let owner = house.signed_in("owner");
    owner.send_pin(&nurse).unwrap();
    let old = owner.caller.clone();
    let home_pepper = House::keys().of_clinic(&clinic_code(&house)).pepper();
    let tables = [
        "accounts",
        "profiles",
        "computers",
        "first_day",
        "retired_logins",
        "outbox",
        "pin_events",
        "settings",
    ];
    for (secret_key, leg) in [(ELSEWHERE, "away"), ([3; 32], "on"), ([1; 32], "home")] {
        let keys = Keys::derive(&secret_key);
        let counts = tables.map(|table| count(&house, table));
        close(&house);
        let head = restored::log_head(&house.store).unwrap().unwrap();
        let archive = write(&house, &keys).unwrap();
        let there = house.elsewhere(secret_key);
        let taken = take_in(&there, &archive).unwrap();
        assert_eq!(
            (taken.name.as_str(), taken.people, taken.computers),
            ("Harbour Street Clinic", 6, 2),
            "{leg}"
        );
        assert_eq!(taken.seq, head.0 as u64, "{leg}");
        assert_eq!(tables.map(|table| count(&there, table)), counts, "{leg}");
        // The log goes on from its last line, and every line is found as before.
        let (seq, _) = restored::log_head(&there.store).unwrap().unwrap();
        assert_eq!(seq, head.0 + 1, "{leg}");
        assert_eq!(count(&there, "activities"), count(&house, "activities") + 1, "{leg}");
        // What let somebody in lets nobody in.
        let stale = Door::at(&there, old.clone());
        assert_eq!(stale.ask(&ReadSignIn {}).unwrap(), SignInState::Computer, "{leg}");
        assert_eq!(count(&there, "pins"), 0, "{leg}");
        // The printed form, the authenticator and the password do, once the codes of that minute are over.
        there.pass_seconds(120);
        let mut door = there.door(0);
        door.sign_in("manager").unwrap();
        assert_eq!(code(there.door(1).reserve("nurse")), ProblemCode::AccountLocked, "{leg}");
        let (pepper, phc) = pepper_of_stored(&there, "partner", &keys);
        assert_eq!((pepper, phc.as_str()), (home_pepper, "hash of partner"), "{leg}");
        there.deliver();
        let owner = there.signed_in("owner");
        owner.send_pin(&nurse).unwrap();
        let pin = pin_in(there.deliver().last().unwrap());
        owner.unlock(&nurse, &pin).unwrap();
        there.door(0).lock("nurse");
        there.deliver();
        let page = there.signed_in("owner").ask(&ListMails {}).unwrap();
        assert!(page.mails.iter().all(|mail| mail.state != MailState::Queued), "{leg}");
        // Where it left, nothing is left once that is asked for.
        let old_place = Door::at(&house, old.clone());
        assert_eq!(code(old_place.ask(&ReadSignIn {})), ProblemCode::ClinicClosed, "{leg}");
        let deletion = DeleteClinic { name: taken.name, seq: Some(taken.seq) };
        let before = DeleteClinic { seq: Some(taken.seq - 1), name: deletion.name.clone() };
        assert_eq!(code(house.ask(&operator(), &before).unwrap()), ProblemCode::EditedMeanwhile, "{leg}");
        house.ask(&operator(), &deletion).unwrap().unwrap();
        assert!(!schema::is_opened(&house.store).unwrap(), "{leg}");
        let left =
            house.store.query("SELECT name FROM sqlite_master WHERE name NOT GLOB 'sqlite_*'", &[]).unwrap();
        assert!(left.is_empty(), "{leg}: {left:?}");
        house = there;
    }
    assert!(count(&house, "activities") > 0);
}

#[test]
fn a_closed_clinic_changes_nothing_and_opens_again() {
    let house = House::open();
    let owner = house.signed_in("owner");
    house.door(0).lock("nurse");
    let mails = house.take_due_mails().len();
    assert_eq!(mails, 3, "the user, and two owners");
    // By now a lock ends by the clock, and lines go when they are old enough.
    let policy = "UPDATE settings SET policies = json_set(policies, '$.automatic_unlock_minutes', 30)";
    house.store.run(policy, &[]).unwrap();
    let first = close(&house);
    assert_eq!(close(&house), first, "once is enough");
    assert!(house.told.borrow().is_empty());
    let head = restored::log_head(&house.store).unwrap();
    assert_eq!(code(owner.ask(&ReadMe {})), ProblemCode::ClinicClosed);
    assert_eq!(code(house.stranger().ask(&ReadSignIn {})), ProblemCode::ClinicClosed);
    house.pass_idle_seconds(8 * 366 * 24 * 3600);
    house.ring();
    assert_eq!(house.trim().unwrap(), Trimmed::Nothing);
    assert_eq!(house.trims_at(), None);
    assert_eq!(restored::log_head(&house.store).unwrap(), head);
    let reopened = house.ask(&operator(), &ReopenClinic { reason: "It stays".into() }).unwrap().unwrap();
    assert_eq!(reopened.seq, first.seq + 1);
    assert_eq!(
        code(house.ask(&operator(), &ReopenClinic { reason: "x".into() }).unwrap()),
        ProblemCode::ClinicNotClosed
    );
    let log = house.signed_in("owner").log();
    let told = |action| log.iter().find(|line| line.action == action).unwrap().changes[0].new.clone();
    assert_eq!([told(Action::ClinicClosed), told(Action::ClinicReopened)], ["It moves", "It stays"]);
}

#[test]
fn an_open_clinic_is_neither_written_nor_deleted() {
    let house = House::open();
    assert_eq!(code(write(&house, &House::keys())), ProblemCode::ClinicNotClosed);
    let deletion =
        |name: &str| house.ask(&operator(), &DeleteClinic { name: name.into(), seq: None }).unwrap();
    assert_eq!(code(deletion("Harbour Street Clinic")), ProblemCode::ClinicNotClosed);
    let end = SignArchive { to: House::keys().archive_key().to_string(), pages: 1, digest: "00".repeat(32) };
    assert_eq!(code(house.ask(&operator(), &end).unwrap()), ProblemCode::ClinicNotClosed);
    close(&house);
    assert_eq!(code(deletion("Harbour Street")), ProblemCode::NotFound);
    assert_eq!(
        code(house.elsewhere(ELSEWHERE).ask(&operator(), &CloseClinic { reason: "x".into() }).unwrap()),
        ProblemCode::NotFound
    );
}

#[test]
fn the_bytes_of_a_clinic_that_is_gone_can_be_asked_to_go_again() {
    let (clinic, store) = (Clinic::new(House::keys(), String::new()), Sqlite::in_memory());
    let emptied = |name: &str| {
        let deletion = envelope(&DeleteClinic { name: name.into(), seq: None }, &operator(), None).unwrap();
        let answer = clinic.answer(&store, Timestamp(0), &mut Seeded::from(1), &deletion).unwrap();
        (answer.reply.contains(r#""not_found""#), answer.emptied)
    };
    assert_eq!(emptied("Harbour Street Clinic"), (true, true));
}

#[test]
fn what_is_no_whole_archive_for_here_opens_nothing() {
    let house = House::open();
    close(&house);
    let keys = Keys::derive(&ELSEWHERE);
    let archive = write(&house, &keys).unwrap();
    let other = House::open();
    other.door(0).lock("nurse");
    close(&other);
    let newer = write(&other, &keys).unwrap();
    let there = house.elsewhere(ELSEWHERE);
    let refused = |at: &House, archive: &Archive| {
        assert_eq!(code(take_in(at, archive)), ProblemCode::ArchiveWrong);
        let state = at.stranger().ask(&ReadSignIn {}).unwrap();
        assert_eq!(state, SignInState::Computer, "nobody sees that something has arrived");
        assert_eq!(at.wake_at(), None);
        at.ring();
        assert!(at.take_due_mails().is_empty());
    };
    // For somebody else, changed, of another clinic, or in another order.
    refused(&house.elsewhere([4; 32]), &archive);
    let changed = |what: &dyn Fn(&mut Archive)| {
        let mut archive = archive.clone();
        what(&mut archive);
        refused(&house.elsewhere(ELSEWHERE), &archive);
    };
    changed(&|archive| {
        let other = if archive.pages[0][90..].starts_with('A') { "B" } else { "A" };
        archive.pages[0].replace_range(90..91, other);
    });
    changed(&|archive| archive.pages[0] = "not base64".into());
    changed(&|archive| archive.end.clone_from(&newer.end));
    // The same, written a second time: its end is for other pages.
    let twin = write(&house, &keys).unwrap();
    changed(&|archive| archive.end.clone_from(&twin.end));
    changed(&|archive| archive.pages.push(archive.pages[0].clone()));
    changed(&|archive| _ = archive.pages.pop());
    // A page of another clinic, or none.
    let code_of = clinic_code(&house);
    let late = there.ask(&operator(), &page(&code_of, 1, &archive.pages[0])).unwrap();
    assert_eq!(code(late), ProblemCode::ArchiveWrong);
    // Begun and begun again, it goes well; and once only.
    there.ask(&operator(), &page(&code_of, 0, &archive.pages[0])).unwrap().unwrap();
    take_in(&there, &archive).unwrap();
    assert_eq!(code(take_in(&there, &archive)), ProblemCode::ClinicExists);
    there.pass_seconds(120);
    there.signed_in("owner");
    // What arrived by half can be thrown away.
    let half = house.elsewhere(ELSEWHERE);
    half.ask(&operator(), &page(&code_of, 0, &archive.pages[0])).unwrap().unwrap();
    assert_eq!(code(half.stranger().authorize_computer(0)), ProblemCode::ComputerWrong, "it is not open");
    half.ask(&operator(), &DeleteClinic { name: String::new(), seq: None }).unwrap().unwrap();
    assert!(!schema::is_opened(&half.store).unwrap());
}

#[test]
fn a_log_that_was_changed_is_not_taken_in() {
    let house = House::open();
    house.door(0).lock("nurse");
    house.store.run("DROP TRIGGER activities_stay", &[]).unwrap();
    house.store.run("UPDATE activities SET address = '203.0.113.9' WHERE seq = 2", &[]).unwrap();
    close(&house);
    let archive = write(&house, &Keys::derive(&ELSEWHERE)).unwrap();
    let there = house.elsewhere(ELSEWHERE);
    assert_eq!(code(take_in(&there, &archive)), ProblemCode::ArchiveWrong);
    assert!(!schema::is_opened(&there.store).unwrap(), "nothing of it is left");
}

#[test]
fn a_trimmed_log_goes_on_behind_a_checkpoint_of_the_deployment_it_came_to() {
    let house = House::open();
    for _ in 0..3 {
        house.door(0).lock("nurse2");
        house.pass_seconds(3600);
    }
    house.pass_seconds(8 * 366 * 24 * 3600);
    house.trim().unwrap();
    let gone = "SELECT seq FROM activity_retention";
    let seq: i64 = house.store.query(gone, &[]).unwrap().pop().unwrap().take().unwrap();
    assert!(seq > 0, "nothing went");
    let there = moved(&house, ELSEWHERE);
    let now: i64 = there.store.query(gone, &[]).unwrap().pop().unwrap().take().unwrap();
    assert_eq!(now, seq);
    // It is its own from now on: the next lines go as well.
    there.pass_seconds(8 * 366 * 24 * 3600);
    there.ring();
    assert!(matches!(there.trim().unwrap(), Trimmed::Lines(_)));
}

#[test]
fn a_clinic_of_many_pages_arrives_in_their_order_however_often_each_is_delivered() {
    let house = House::open();
    house.door(0).lock("nurse");
    let events = "WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers WHERE number < 30000)
                  INSERT INTO pin_events (account, kind, at) SELECT 'somebody of before', 'sent', number FROM numbers";
    house.store.run(events, &[]).unwrap();
    close(&house);
    let archive = write(&house, &Keys::derive(&ELSEWHERE)).unwrap();
    assert!(archive.pages.len() > 2, "{}", archive.pages.len());
    let there = house.elsewhere(ELSEWHERE);
    let clinic = clinic_code(&house);
    let deliver =
        |number: usize| there.ask(&operator(), &page(&clinic, number, &archive.pages[number])).unwrap();
    assert_eq!(code(deliver(1)), ProblemCode::ArchiveWrong, "nothing has begun");
    deliver(0).unwrap();
    assert_eq!(code(deliver(2)), ProblemCode::ArchiveWrong, "one is missing");
    for number in 1..archive.pages.len() {
        deliver(number).unwrap();
        deliver(number).unwrap();
    }
    let end = TakeInClinic { end: archive.end.clone() };
    there.ask(&operator(), &end).unwrap().unwrap();
    assert_eq!(count(&there, "pin_events"), count(&house, "pin_events"));
}
