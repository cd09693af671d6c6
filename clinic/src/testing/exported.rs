//! A log as an owner gets it.

use wire::activities::ExportFormat;

use super::House;
use crate::{
    commands::{
        activities::Search,
        activities_export::{BeginExport, ReadExport},
    },
    exports::Writer,
};

/// The file of a clinic's whole log with its hashes, asked for page by page.
pub fn exported(house: &House) -> String {
    let owner = house.signed_in("owner");
    let (format, search) = (ExportFormat::Jsonl, Search::default());
    let plan = owner.ask(&BeginExport { format, search: search.clone(), asked: String::new() });
    let plan = plan.expect("an owner may");
    let mut read = ReadExport { search, after: 0, last: plan.last };
    let mut writer = Writer::new(format, plan);
    let mut file = writer.begin().expect("it is written");
    loop {
        let page = owner.ask(&read).expect("an owner may");
        file.extend(writer.page(&page.lines).expect("it is written"));
        match page.lines.last() {
            Some(last) if page.full => read.after = last.line.seq,
            _ => break,
        }
    }
    file.extend(writer.end(&House::keys()).expect("it is written"));
    String::from_utf8(file).expect("it is text")
}
