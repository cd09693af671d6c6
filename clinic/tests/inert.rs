//! An exported log does nothing in a spreadsheet, whatever stands in it: read back as tables are read, and torn apart as by a
//! spreadsheet that is told of another separator, or of no quotes.

use clinic::{
    call::Random,
    commands::activities_export::{ExportPlan, ExportedLine},
    exports::Writer,
    testing::Seeded,
};
use wire::{
    Day, Timestamp,
    activities::{Action, ActivityLine, Change, Changed, ExportFormat, Subject},
    log_file::BEGINNING,
};

/// Rows of the table. Each has five cells that people have a hand in.
const ROWS: i64 = 20_000;
const PAGE: i64 = 500;
/// What a formula begins with.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// What stands around it: separators, quotes, blanks, what is not seen, and what nobody minds.
const PIECES: [&str; 27] = [
    "",
    ",",
    ";",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "'",
    "\",\"",
    "\";\"",
    " ",
    "  ",
    "\u{a0}",
    "\u{3000}",
    "\u{200b}",
    "\u{feff}",
    "\u{ad}",
    "\u{1}",
    "|",
    "a",
    "Ёлкина",
    "1",
    "cmd|' /C calc'!A0",
    "1+1",
    "SUM(1)",
];

/// A text that may do harm: up to three pieces, what a formula begins with, up to three more, and perhaps all of that again.
fn harmful(random: &mut Seeded) -> String {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let [times, formulas @ .., a, b, c, d, e, f] = bytes.map(usize::from);
    formulas.iter().take(1 + times % 2).fold(String::new(), |text, formula| {
        let [a, b, c, d, e, f] = [a, b, c, d, e, f].map(|piece| PIECES[(piece + text.len()) % PIECES.len()]);
        format!("{text}{a}{b}{c}{}{d}{e}{f}", FORMULA[formula % FORMULA.len()])
    })
}

fn line(seq: i64, random: &mut Seeded) -> ExportedLine {
    let id = "0123456789abcdef".parse().expect("an id");
    let mut subject = || Subject::Account { id: Clone::clone(&id), name: harmful(random) };
    let (user, by) = (subject(), subject());
    let line = ActivityLine {
        seq,
        at: Timestamp(1_795_286_400_000),
        action: Action::UserEdited,
        user,
        by,
        computer: harmful(random),
        address: harmful(random),
        changes: vec![Change { what: Changed::Position, old: String::new(), new: harmful(random) }],
    };
    ExportedLine { line, hash: BEGINNING, before: BEGINNING }
}

/// Whether a spreadsheet that drops what stands before the text, or cannot be seen there, would calculate.
fn is_formula(cell: &str) -> bool {
    let dropped = |symbol: char| {
        symbol.is_whitespace()
            || symbol.is_control()
            || matches!(symbol, '"' | '\u{ad}' | '\u{200b}' | '\u{feff}')
    };
    cell.trim_start_matches(dropped).starts_with(FORMULA)
}

/// Whether a cell is the text with nothing but an apostrophe before each of some formulas.
fn survives(text: &str, cell: &str) -> bool {
    let mut rest = text.chars().peekable();
    let mut symbols = cell.chars().peekable();
    while let Some(symbol) = symbols.next() {
        let guards = symbols.peek().is_some_and(|next| FORMULA.contains(next) && rest.peek() == Some(next));
        if rest.peek() == Some(&symbol) {
            rest.next();
        } else if symbol != '\'' || !guards {
            return false;
        }
    }
    rest.next().is_none()
}

#[test]
fn a_hundred_thousand_harmful_cells_are_text_and_stay_readable() {
    let plan = ExportPlan {
        last: ROWS,
        day: Day::new(2026, 11, 23),
        time_zone: "Europe/Moscow".into(),
        at: Timestamp(1_795_286_400_000),
        clinic: "Harbour Street".into(),
        code: String::new(),
        whole: true,
        checkpoint: None,
    };
    let mut random = Seeded::from(31);
    let lines: Vec<_> = (1..=ROWS).map(|seq| line(seq, &mut random)).collect();
    let mut writer = Writer::new(ExportFormat::Csv, plan);
    let mut file = writer.begin().expect("a table");
    for page in lines.chunks(PAGE as usize) {
        file.extend(writer.page(page).expect("a table"));
    }
    let file = String::from_utf8(file).expect("text");
    let table = file.strip_prefix('\u{feff}').expect("a byte order mark");

    let mut harmful = 0;
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    for (ExportedLine { line, .. }, row) in lines.iter().zip(rows.records().map(|row| row.expect("a row"))) {
        let name = |subject: &Subject| match subject {
            Subject::Account { name, .. } => name.clone(),
            other => unreachable!("{other:?}"),
        };
        let change = format!("position:  → {}", line.changes[0].new);
        let written = [name(&line.user), name(&line.by), line.computer.clone(), line.address.clone(), change];
        for (text, place) in written.iter().zip([3, 5, 7, 8, 9]) {
            assert!(survives(text, &row[place]), "{text:?} became {:?}", &row[place]);
            harmful += 1;
        }
        for cell in &row {
            assert!(!is_formula(cell) && !cell.starts_with(['\t', '\r']), "{cell:?}");
        }
    }
    assert_eq!(harmful, 5 * ROWS);

    let mut torn = 0;
    for separator in [',', ';', '\t'] {
        let mut reader = csv::ReaderBuilder::new();
        let mut quoted = reader.delimiter(separator as u8).flexible(true).from_reader(table.as_bytes());
        let quoted: Vec<_> = quoted.records().map(|row| row.expect("a row")).collect();
        let unquoted = table.split([separator, '\r', '\n']);
        for cell in quoted.iter().flatten().chain(unquoted) {
            assert!(!is_formula(cell), "{cell:?}, between {separator:?}");
            torn += 1;
        }
    }
    println!("{harmful} harmful cells, {torn} where the table is torn apart: 0 formulas, 0 texts lost");
}
