//! Old lines of the log go when their time is over, portion by portion, and what remains is as verifiable as the whole was.

use clinic::{
    commands::{
        activities::{CountFailures, ListActivities, ReadActivityChoices, Search},
        activities_export::BeginExport,
        retention::{EXPORT_REST_MINUTES, SHORTENED_REST_DAYS, TRIM_LINES_MAX, Trimmed},
        settings::{ChangePolicies, ReadSettings},
    },
    keys::Keys,
    records::{
        activities::{self, NewActivity},
        sql::{Sql, Value},
    },
    testing::{Door, House, exported},
};
use wire::{
    activities::{Action, Changed, ExportFormat, Subject},
    checkpoint::Gone,
    log_file::{BadLine, Fault, FileVerifier, Verdict},
    settings::PoliciesChange,
};

const HOUR_SECONDS: i64 = 60 * 60;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;
/// Between two lines of the long log.
const STEP_SECONDS: i64 = 8 * HOUR_SECONDS;
const YEARS: i64 = 3;

/// A clinic that keeps its log for a year, with a log of three years.
fn old_house() -> House {
    let house = House::open();
    keep_years(&house.signed_in("owner"), 1);
    for number in 0..YEARS * 365 * DAY_SECONDS / STEP_SECONDS {
        house.pass_seconds(STEP_SECONDS);
        note(&house, if number < 900 { "Old reception" } else { "Reception 1" });
    }
    house
}

fn note(house: &House, computer: &str) {
    let (user, by) = (Subject::UnknownLogin, Subject::Nobody);
    let address = "192.0.2.1";
    let new = NewActivity { action: Action::LoginFailed, user, by, computer, address, changes: Vec::new() };
    activities::append(&house.store, new, house.now()).unwrap();
}

fn keep_years(owner: &Door<'_>, years: u32) {
    let settings = owner.ask(&ReadSettings {}).unwrap();
    let policies = wire::settings::Policies { log_years: years, ..settings.policies };
    owner.ask(&ChangePolicies { change: PoliciesChange { version: settings.version, policies } }).unwrap();
}

fn count(house: &House, statement: &str) -> i64 {
    house.store.query(statement, &[]).unwrap()[0].take().unwrap()
}

fn lines(house: &House) -> i64 {
    count(house, "SELECT COUNT(*) FROM activities")
}

/// The file of the whole log, as an owner gets it.
fn file(house: &House) -> String {
    let file = exported(house);
    // As long as somebody may read on, nothing goes.
    house.pass_seconds(EXPORT_REST_MINUTES * 60);
    file
}

/// How many lines are good and ours, and behind which one they begin.
fn verified(file: &str) -> Result<(u64, u64), (u64, Fault)> {
    let mut verifier = FileVerifier::default();
    // What is wrong is remembered.
    let _ = verifier.take(file.as_bytes());
    match verifier.finish().judged(House::keys().log_key()) {
        Verdict::Proven(end) => Ok((end.statement.lines, end.statement.gone())),
        Verdict::Unproven(_) => unreachable!("a key was given"),
        Verdict::Bad(BadLine { number, fault }) => Err((number, fault)),
    }
}

/// Trims until nothing is old enough, and tells how many lines went each time.
fn trim_all(house: &House) -> Vec<u32> {
    std::iter::from_fn(|| match house.trim().unwrap() {
        Trimmed::Lines(lines) => Some(lines),
        Trimmed::Nothing => None,
        Trimmed::Broken | Trimmed::Foreign => panic!("the log is as it was written"),
    })
    .collect()
}

#[test]
fn three_years_become_one_in_portions_and_the_rest_verifies_as_the_whole_did() {
    let house = old_house();
    let (before, gone) = verified(&file(&house)).unwrap();
    assert_eq!((before as i64, gone), (lines(&house), 0));
    let portions = trim_all(&house);
    assert!(portions.len() > 1 && portions[0] == TRIM_LINES_MAX, "{portions:?}");
    let went: u32 = portions.iter().sum();
    let kept = file(&house);
    let (after, gone) = verified(&kept).unwrap();
    assert_eq!((after as i64, gone), (lines(&house), u64::from(went)));
    // Two thirds, and no more than the month that is going on.
    let year = 365 * DAY_SECONDS / STEP_SECONDS;
    assert!((2 * year - 150..=2 * year + 20).contains(&i64::from(went)), "{went}");
    assert!(kept.starts_with("{\"checkpoint\":{\"clinic\":"), "{}", &kept[..100]);
    assert_eq!(house.trim(), Ok(Trimmed::Nothing));
    // A year later once more: the checkpoint goes on, and all that went stays proven.
    house.pass_seconds(400 * DAY_SECONDS);
    assert!(!trim_all(&house).is_empty());
    let (_, later) = verified(&file(&house)).unwrap();
    assert!(later > gone);
}

#[test]
fn a_crash_at_any_statement_leaves_the_portion_untouched() {
    let house = old_house();
    let (before, seq) = (lines(&house), "SELECT seq FROM activity_retention");
    let mut crashes = 0;
    let went = loop {
        house.store.fail_after(Some(crashes));
        let trimmed = house.trim();
        house.store.fail_after(None);
        match trimmed {
            Ok(trimmed) => break trimmed,
            Err(_) => crashes += 1,
        }
        assert_eq!((lines(&house), count(&house, seq)), (before, 0), "after statement {crashes}");
    };
    assert!(crashes > 8, "only {crashes}");
    assert_eq!(went, Trimmed::Lines(TRIM_LINES_MAX));
    // One line tells of it.
    assert_eq!(lines(&house), before - i64::from(TRIM_LINES_MAX) + 1);
    assert!(verified(&file(&house)).is_ok());
}

#[test]
fn a_line_goes_to_the_millisecond_and_the_log_tells_how_many_went_and_until_when() {
    let house = House::open();
    keep_years(&house.signed_in("owner"), 1);
    let due = house.trims_at().unwrap();
    assert_eq!(due.0, 1_827_619_200_000);
    let old = lines(&house);
    house.pass_seconds(due.seconds() - house.now().seconds() - 1);
    assert_eq!(house.trim(), Ok(Trimmed::Nothing));
    house.pass_seconds(1);
    assert_eq!(house.trim(), Ok(Trimmed::Lines(old as u32)));
    let log = house.signed_in("owner").log();
    let told = log.iter().find(|line| line.action == Action::LogTrimmed).unwrap();
    assert_eq!((&told.user, &told.by), (&Subject::Nobody, &Subject::Nobody));
    let changes: Vec<_> = told.changes.iter().map(|change| (&change.what, change.new.as_str())).collect();
    let many = old.to_string();
    assert_eq!(changes, [(&Changed::LinesTrimmed, many.as_str()), (&Changed::TrimmedUntil, "2026-11-21")]);
    // Numbers go on, and are given to nobody twice.
    assert_eq!(log.last().unwrap().seq, old + 1);
}

#[test]
fn what_went_is_found_no_more() {
    let house = old_house();
    let search = |words: &str| Search { words: Some(words.into()), ..Search::default() };
    let found = |words: &str| {
        let list = ListActivities { before: None, limit: 200, search: search(words) };
        house.signed_in("owner").ask(&list).unwrap().lines.len()
    };
    assert_eq!(found("old recep"), 200);
    trim_all(&house);
    assert_eq!(found("old recep"), 0);
    assert_eq!(found("192.0.2.1"), 200);
    let choices = house.signed_in("owner").ask(&ReadActivityChoices {}).unwrap();
    assert!(!choices.computers.iter().any(|label| label == "Old reception"), "{choices:?}");
    assert_eq!(count(&house, "SELECT COUNT(*) FROM activity_texts WHERE text = 'Old reception'"), 0);
    let oldest = count(&house, "SELECT MIN(seq) FROM activities");
    let mark = "SELECT MIN(rowid) FROM activity_marks WHERE activity_marks MATCH 'login_failed'";
    assert_eq!(count(&house, mark), oldest);
    let day = |text: &str| Some(text.parse().unwrap());
    let failures = |from, until| {
        let period = Search { from: day(from), until: day(until), ..Search::default() };
        let chart = house.signed_in("owner").ask(&CountFailures { search: period }).unwrap();
        chart.bars.iter().map(|bar| bar.failures).sum::<u32>()
    };
    assert_eq!(failures("2026-12-01", "2027-01-01"), 0);
    assert!(failures("2029-06-01", "2029-07-01") > 80);
}

#[test]
fn a_shorter_time_takes_effect_after_a_week() {
    let house = House::open();
    house.pass_seconds(2 * 366 * DAY_SECONDS);
    assert_eq!(house.trim(), Ok(Trimmed::Nothing), "six years are not over");
    keep_years(&house.signed_in("owner"), 1);
    assert_eq!(house.trim(), Ok(Trimmed::Nothing));
    let rest = SHORTENED_REST_DAYS * DAY_SECONDS;
    assert_eq!(house.trims_at(), Some(house.now().plus_seconds(rest)));
    house.pass_seconds(rest);
    assert!(matches!(house.trim(), Ok(Trimmed::Lines(_))));
    // A longer one at once.
    house.pass_seconds(400 * DAY_SECONDS);
    keep_years(&house.signed_in("owner"), 30);
    assert_eq!(house.trim(), Ok(Trimmed::Nothing));
}

#[test]
fn nothing_goes_while_the_log_is_exported() {
    let house = old_house();
    let owner = house.signed_in("owner");
    let begin = BeginExport { format: ExportFormat::Csv, search: Search::default(), asked: String::new() };
    owner.ask(&begin).unwrap();
    assert_eq!(house.trim(), Ok(Trimmed::Nothing));
    house.pass_seconds(EXPORT_REST_MINUTES * 60);
    assert!(matches!(house.trim(), Ok(Trimmed::Lines(_))));
}

#[test]
fn lines_that_are_not_as_they_were_written_stay() {
    for damage in [
        "UPDATE activities SET address = '198.51.100.7' WHERE seq = 1999",
        "DELETE FROM activities WHERE seq = 3",
        "DELETE FROM activities WHERE seq = 1",
        // What cannot even be read.
        "UPDATE activities SET action = 'nothing' WHERE seq = 1999",
        "UPDATE activities SET user_is = 'everybody' WHERE seq = 5",
        "UPDATE activities SET by_is = 'account', by_id = NULL WHERE seq = 5",
        "UPDATE activities SET changes = '[' WHERE seq = 1",
    ] {
        let house = old_house();
        house.store.run("DROP TRIGGER activities_stay", &[]).unwrap();
        house.store.run("DROP TRIGGER activities_remain", &[]).unwrap();
        house.store.run(damage, &[]).unwrap();
        let before = lines(&house);
        assert_eq!(house.trim(), Ok(Trimmed::Broken), "{damage}");
        assert_eq!(lines(&house), before, "{damage}");
        // The alarm does not ring without an end for it.
        assert_eq!(house.trims_at(), Some(house.now().plus_seconds(DAY_SECONDS)));
        assert_eq!(house.trim(), Ok(Trimmed::Nothing));
    }
}

#[test]
fn damage_that_is_not_due_yet_holds_nothing_up() {
    let house = old_house();
    house.store.run("DROP TRIGGER activities_stay", &[]).unwrap();
    let newest = count(&house, "SELECT MAX(seq) FROM activities");
    let damage = "UPDATE activities SET action = 'nothing' WHERE seq = ?1";
    house.store.run(damage, &[Value::from(newest)]).unwrap();
    assert_eq!(trim_all(&house).first(), Some(&TRIM_LINES_MAX));
}

#[test]
fn a_forged_checkpoint_is_refused() {
    let house = old_house();
    assert!(matches!(house.trim(), Ok(Trimmed::Lines(_))));
    let before = lines(&house);
    // Whoever has the database takes a line more away, and moves the checkpoint on to it.
    let next = "SELECT seq, hash FROM activities ORDER BY seq LIMIT 1";
    let mut row = house.store.query(next, &[]).unwrap().remove(0);
    let (seq, hash): (i64, Vec<u8>) = (row.take().unwrap(), row.take().unwrap());
    let forge = "UPDATE activity_retention SET seq = ?1, hash = ?2";
    house.store.run(forge, &[Value::from(seq), hash.as_slice().into()]).unwrap();
    house.store.run("DELETE FROM activities WHERE seq <= ?1", &[Value::from(seq)]).unwrap();
    assert_eq!(house.trim(), Ok(Trimmed::Foreign));
    assert_eq!(lines(&house), before - 1);
    assert_eq!(verified(&file(&house)), Err((1, Fault::Changed)));
    // With a key of their own, or with our signature for another clinic, it is not ours either.
    let hash = hash.try_into().unwrap();
    let clinic = House::keys().clinic_code([1, 2, 3, 4, 5, 6], None);
    let elsewhere = House::keys().clinic_code([6, 5, 4, 3, 2, 1], None);
    for (keys, clinic, fault) in
        [(Keys::derive(&[9; 32]), clinic, Fault::Foreign), (House::keys(), elsewhere, Fault::Changed)]
    {
        let theirs = keys.sign(Gone { clinic, seq: seq as u64, hash, at: 0 }).unwrap();
        let sign = "UPDATE activity_retention SET at = 0, key = ?1, signature = ?2";
        let signed: [Value; 2] = [theirs.key.0.as_slice().into(), theirs.signature.as_slice().into()];
        house.store.run(sign, &signed).unwrap();
        house.pass_seconds(2 * DAY_SECONDS);
        assert_eq!(house.trim(), Ok(Trimmed::Foreign));
        assert_eq!(verified(&file(&house)), Err((1, fault)));
    }
}

#[test]
fn a_checkpoint_that_is_none_of_ours_is_told_once_a_day_and_stops_nothing_else() {
    for unknown in ["key = x'00'", "hash = NULL", "at = -1", "signature = x''", "at = at + 1"] {
        let house = old_house();
        assert!(matches!(house.trim(), Ok(Trimmed::Lines(_))));
        house.store.run(&format!("UPDATE activity_retention SET {unknown}"), &[]).unwrap();
        let before = lines(&house);
        assert_eq!(house.trim(), Ok(Trimmed::Foreign), "{unknown}");
        assert_eq!(lines(&house), before, "{unknown}");
        assert_eq!(house.trims_at(), Some(house.now().plus_seconds(DAY_SECONDS)), "{unknown}");
        assert_eq!(house.trim(), Ok(Trimmed::Nothing), "{unknown}");
        assert!(verified(&file(&house)).is_err_and(|(line, _)| line == 1), "{unknown}");
    }
}

#[test]
fn a_filtered_file_of_a_trimmed_log_has_no_checkpoint() {
    let house = old_house();
    trim_all(&house);
    let search = Search { actions: vec![Action::LogTrimmed], ..Search::default() };
    let begin = BeginExport { format: ExportFormat::Jsonl, search, asked: String::new() };
    let plan = house.signed_in("owner").ask(&begin).unwrap();
    assert_eq!(plan.checkpoint, None);
}
