//! The log as a file: whole, in order, as it was when somebody asked for it, and noted in the log itself.

use clinic::{
    commands::{
        activities::Search,
        activities_export::{BeginExport, EXPORT_PAGE_LINES, ReadExport},
    },
    exports::Writer,
    keys::Keys,
    records::sql::Sql,
    testing::{Door, House},
};
use wire::{
    Problem, ProblemCode,
    activities::{Action, ActivityLine, Change, Changed, ExportFormat},
    log_end::End,
    log_file::{BadLine, Fault, FileVerifier, Verdict},
};

/// The file that somebody gets, and how many pages it was read in.
fn export(
    house: &House,
    door: &Door<'_>,
    format: ExportFormat,
    search: &Search,
) -> Result<(String, u32), Problem> {
    let plan = door.ask(&BeginExport { format, search: search.clone(), asked: String::new() })?;
    let mut read = ReadExport { search: search.clone(), after: 0, last: plan.last };
    let mut writer = Writer::new(format, plan);
    let mut file = writer.begin().unwrap();
    let mut pages = 0;
    loop {
        let page = door.ask(&read)?;
        pages += 1;
        file.extend(writer.page(&page.lines).unwrap());
        // Somebody mistypes while it is read.
        house.door(0).password("nobody", false).unwrap_err();
        if !page.full {
            break;
        }
        read.after = page.lines.last().unwrap().line.seq;
    }
    file.extend(writer.end(&House::keys()).unwrap());
    Ok((String::from_utf8(file).unwrap(), pages))
}

fn judged(file: &str) -> Verdict {
    let mut verifier = FileVerifier::default();
    // What is wrong is remembered.
    let _ = verifier.take(file.as_bytes());
    verifier.finish().judged(House::keys().log_key())
}

/// How many lines are good and ours, or which is the first that is not.
fn verified(file: &str) -> Result<u64, (u64, Fault)> {
    match judged(file) {
        Verdict::Proven(end) => Ok(end.statement.lines),
        Verdict::Unproven(_) => unreachable!("a key was given"),
        Verdict::Bad(BadLine { number, fault }) => Err((number, fault)),
    }
}

/// What the end of a good file says.
fn end_of(file: &str) -> End {
    match judged(file) {
        Verdict::Proven(end) => end.statement,
        other => unreachable!("{other:?}: {file}"),
    }
}

#[test]
fn a_long_log_comes_whole_and_in_order_while_it_grows() {
    let house = House::open();
    let owner = house.signed_in("owner");
    for _ in 0..EXPORT_PAGE_LINES {
        let nothing = Search { actions: vec![Action::PolicyChanged], ..Search::default() };
        owner.ask(&BeginExport { format: ExportFormat::Csv, search: nothing, asked: String::new() }).unwrap();
    }
    let (file, pages) = export(&house, &owner, ExportFormat::Jsonl, &Search::default()).unwrap();
    let log = owner.log();
    let exported = log.iter().find(|line| line.action == Action::LogExported).unwrap();
    assert_eq!(verified(&file), Ok(u64::try_from(exported.seq).unwrap()));
    assert_eq!(pages, 2);
    assert!(log.first().unwrap().seq > exported.seq, "nothing happened meanwhile");
    let last = file.lines().rev().nth(1).unwrap();
    assert!(last.contains("log_exported"), "{last}");
}

#[test]
fn an_export_stands_in_the_log_with_its_format_and_what_it_left_out() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let search = Search { actions: vec![Action::LoginSucceeded], ..Search::default() };
    let asked = "actions=login_succeeded".to_owned();
    owner.ask(&BeginExport { format: ExportFormat::Csv, search, asked }).unwrap();
    let newest: ActivityLine = owner.log().remove(0);
    let new = |what, new: &str| Change { what, old: String::new(), new: new.into() };
    assert_eq!(newest.action, Action::LogExported);
    assert_eq!(
        newest.changes,
        [new(Changed::ExportFormat, "csv"), new(Changed::ExportFilter, "actions=login_succeeded")]
    );
}

#[test]
fn a_filtered_file_holds_what_is_found_and_cannot_pass_for_the_whole_log() {
    let house = House::open();
    house.door(0).lock("nurse");
    let owner = house.signed_in("owner");
    let search = Search { actions: vec![Action::LoginFailed], ..Search::default() };
    let (file, _) = export(&house, &owner, ExportFormat::Jsonl, &search).unwrap();
    assert_eq!(file.lines().count(), 6, "five and the end: {file}");
    assert!(file.lines().take(5).all(|line| line.contains("\"action\":\"login_failed\"")), "{file}");
    assert_eq!(verified(&file), Err((1, Fault::Missing(1))));
    let (table, _) = export(&house, &owner, ExportFormat::Csv, &search).unwrap();
    assert_eq!(table.lines().count(), 7, "six by now, and the titles: {table}");
}

#[test]
fn what_was_changed_in_the_records_shows_in_the_file() {
    let house = House::open();
    house.door(0).lock("nurse");
    let owner = house.signed_in("owner");
    house.store.run("DROP TRIGGER activities_stay", &[]).unwrap();
    house.store.run("UPDATE activities SET address = '198.51.100.7' WHERE seq = 3", &[]).unwrap();
    let (file, _) = export(&house, &owner, ExportFormat::Jsonl, &Search::default()).unwrap();
    assert_eq!(verified(&file), Err((3, Fault::Changed)));
}

#[test]
fn the_end_says_whose_log_it_was_and_when_and_that_it_is_all() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let asked = house.now();
    let (file, _) = export(&house, &owner, ExportFormat::Jsonl, &Search::default()).unwrap();
    let said = end_of(&file);
    assert_eq!(said.clinic, House::keys().clinic_code([1, 2, 3, 4, 5, 6], None));
    assert_eq!((said.whole, said.at as i64, said.gone()), (true, asked.0, 0));
    // A filter that leaves nothing out still says that it was asked for.
    let everything = Search { until: Some("2100-01-01".parse().unwrap()), ..Search::default() };
    let (file, _) = export(&house, &owner, ExportFormat::Jsonl, &everything).unwrap();
    assert_eq!(verified(&file), Err((file.lines().count() as u64, Fault::Filtered)), "{file}");
}

#[test]
fn a_cut_file_with_an_end_of_ones_own_is_not_ours() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let (file, _) = export(&house, &owner, ExportFormat::Jsonl, &Search::default()).unwrap();
    let mut lines: Vec<&str> = file.lines().collect();
    lines.truncate(lines.len() - 2);
    let last: serde_json::Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    let digits = last["hash"].as_str().unwrap();
    let hash = std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap());
    let lines_kept = lines.len() as u64;
    let shorter = End { lines: lines_kept, seq: lines_kept, hash, ..end_of(&file) };
    let theirs = Keys::derive(&[9; 32]).sign(shorter).unwrap().write();
    let forged = format!("{}\n{theirs}", lines.join("\n"));
    assert_eq!(verified(&forged), Err((lines_kept + 1, Fault::Foreign)));
}

#[test]
fn what_cannot_be_looked_for_is_not_noted_either() {
    let house = House::open();
    let owner = house.signed_in("owner");
    let before = owner.log().len();
    let search = Search { words: Some("a".repeat(101)), ..Search::default() };
    let refused = export(&house, &owner, ExportFormat::Csv, &search).unwrap_err();
    assert_eq!(refused, Problem::about("words", ProblemCode::OutOfBounds));
    assert_eq!(owner.log().len(), before);
}
