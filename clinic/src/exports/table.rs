//! The log as a table for people (RFC 4180). It opens with a byte order mark, without which Excel takes UTF-8 for something else,
//! and no cell of it is a formula.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use wire::{
    activities::{Change, Subject},
    cells::harmless,
};

use super::{Unwritable, names::json_name};
use crate::{commands::activities_export::ExportedLine, rules::time_zone};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const COLUMNS: [&str; 10] =
    ["seq", "at", "action", "user", "user_id", "by", "by_id", "computer", "address", "changes"];

/// Mark and titles.
pub fn head() -> Result<Vec<u8>, Unwritable> {
    Ok([BYTE_ORDER_MARK, &written([COLUMNS.map(str::to_owned)].into_iter())?].concat())
}

/// A row for each line.
pub fn rows(lines: &[ExportedLine], zone: &str) -> Result<Vec<u8>, Unwritable> {
    let zone = time_zone::of(zone);
    written(lines.iter().map(|ExportedLine { line, .. }| {
        let [(user, user_id), (by, by_id)] = [&line.user, &line.by].map(subject);
        let changes: Vec<_> = line.changes.iter().map(change).collect();
        [
            line.seq.to_string(),
            time_zone::rfc3339(line.at, &zone),
            json_name(&line.action),
            user,
            user_id,
            by,
            by_id,
            line.computer.clone(),
            line.address.clone(),
            changes.join("\n"),
        ]
    }))
}

fn written(rows: impl Iterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>, Unwritable> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.map(|cell| harmless(&cell))).map_err(|_| Unwritable)?;
    }
    writer.into_inner().map_err(|_| Unwritable)
}

/// Name and id. Those without a name go by what they are.
fn subject(subject: &Subject) -> (String, String) {
    match subject {
        Subject::Nobody => (String::new(), String::new()),
        Subject::Account { id, name } => (name.clone(), id.to_string()),
        Subject::UnknownLogin => ("unknown_login".to_owned(), String::new()),
        Subject::Operator => ("operator".to_owned(), String::new()),
    }
}

fn change(Change { what, old, new }: &Change) -> String {
    format!("{}: {old} → {new}", json_name(what))
}

#[cfg(test)]
mod tests {
    use wire::{
        Timestamp,
        activities::{Action, ActivityLine, Changed},
        log_file::BEGINNING,
        rights::Module,
    };

    use super::*;

    fn line(name: &str) -> ExportedLine {
        let changed = |what, old: &str, new: &str| Change { what, old: old.into(), new: new.into() };
        let line = ActivityLine {
            seq: 7,
            at: Timestamp(1_795_286_400_000),
            action: Action::UserEdited,
            user: Subject::Account { id: "0123456789abcdef".parse().unwrap(), name: name.into() },
            by: Subject::Operator,
            computer: "Reception; 1".into(),
            address: "192.0.2.1".into(),
            changes: vec![
                changed(Changed::Right(Module::Users), "read", "edit"),
                changed(Changed::Position, "", "Nurse"),
            ],
        };
        ExportedLine { line, hash: BEGINNING, before: BEGINNING }
    }

    #[test]
    fn a_row_is_read_back_as_it_was() {
        let bytes = [head().unwrap(), rows(&[line("Ёлкина, \"Жанна\"")], "Europe/Moscow").unwrap()].concat();
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap();
        let mut reader = csv::Reader::from_reader(text);
        assert_eq!(reader.headers().unwrap(), &COLUMNS[..]);
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(
            row.iter().collect::<Vec<_>>(),
            [
                "7",
                "2026-11-21T21:40:00+03:00",
                "user_edited",
                "Ёлкина, \"Жанна\"",
                "0123456789abcdef",
                "operator",
                "",
                "Reception; 1",
                "192.0.2.1",
                "right users: read → edit\nposition:  → Nurse"
            ]
        );
        assert!(text.ends_with(b"\r\n"));
    }
}
