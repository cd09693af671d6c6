//! The log as a file: whole, in order, as it was when somebody asked for it, and noted in the log itself.

use clinic::{
    commands::{
        activities::Search,
        activities_export::{BeginExport, EXPORT_PAGE_LINES, ReadExport},
    },
    exports::Writer,
    records::sql::Sql,
    testing::{Door, House},
};
use wire::{
    Problem, ProblemCode,
    activities::{Action, ActivityLine, Change, Changed, ExportFormat},
    log_file::{Fault, Verifier},
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
    file.extend(writer.end());
    Ok((String::from_utf8(file).unwrap(), pages))
}

fn verified(file: &str) -> Result<u64, Fault> {
    let mut verifier = Verifier::default();
    file.lines().try_for_each(|line| verifier.read(line.as_bytes()))?;
    verifier.finish()
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
    assert!(matches!(verified(&file), Err(Fault::Missing(1))));
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
    let mut verifier = Verifier::default();
    let found = file.lines().position(|line| verifier.read(line.as_bytes()).is_err());
    assert_eq!(found, Some(2));
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
