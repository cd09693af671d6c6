//! Writing the log into a file: noted in the log first, then read page after page, so that the object never holds all of it.

use serde::{Deserialize, Serialize};
use wire::{
    Day, Timestamp,
    activities::{Action, ActivityLine, Change, Changed, ExportFormat, Subject},
    log_file::{BEGINNING, LineHash},
};

use super::{Command, activities::Search, retention::EXPORT_REST_MINUTES};
use crate::{
    call::{Call, CommandError},
    records::{activity_retention, activity_search, settings::Settings, sql::SqlError},
    rules::{roles::Need, time_zone},
};

/// Lines that are read at a time. The platform lets one request ask an object a thousand times: two million lines.
pub const EXPORT_PAGE_LINES: u32 = 2_000;

/// Notes that the log is exported, and says what the file will hold.
#[derive(Debug, Serialize, Deserialize)]
pub struct BeginExport {
    /// How it is written.
    pub format: ExportFormat,
    /// What it is to hold.
    pub search: Search,
    /// The same as somebody asked for it, for the log.
    pub asked: String,
}

/// What a file will hold, and what is written around it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportPlan {
    /// The newest line: that of the export itself. What happens from now on stays out, or a file of a busy log would never end.
    pub last: i64,
    /// The clinic's day.
    pub day: Day,
    /// The clinic's time zone.
    pub time_zone: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// The clinic's name.
    pub clinic: String,
    /// The clinic's code.
    pub code: String,
    /// Whether nothing was asked to be left out.
    pub whole: bool,
    /// What stands in a file of the whole log for the lines that went.
    pub checkpoint: Option<String>,
}

impl Command for BeginExport {
    const NAME: &'static str = "begin_export";
    const NEEDS: Need = Need::Owner;
    const FRESH_PASSWORD: bool = true;
    type Reply = ExportPlan;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        self.search.require_named(call)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ExportPlan, CommandError> {
        // What cannot be looked for is refused before anything is noted.
        self.search.wish(call, 0, 0)?;
        let said = |what, new: &str| Change { what, old: String::new(), new: new.to_owned() };
        let mut changes = vec![said(Changed::ExportFormat, self.format.name())];
        if !self.asked.is_empty() {
            changes.push(said(Changed::ExportFilter, &self.asked));
        }
        let actor = call.require_session()?;
        call.log_changes(Action::LogExported, Subject::Nobody, &actor, changes)?;
        // What is to be read must not go meanwhile.
        call.rest_from_trimming(EXPORT_REST_MINUTES)?;
        let settings = call.settings()?;
        let whole = self.search == Search::default();
        // A checkpoint that nobody can read is none: what it stood for is missing in the file as it is in the log.
        let gone = activity_retention::get(call.sql)?.checkpoint.ok().flatten();
        let checkpoint = gone.filter(|_| whole).map(|checkpoint| checkpoint.write());
        let last = activity_search::newest(call.sql)?;
        let day = time_zone::day(call.now, &time_zone::of(&settings.time_zone));
        let Settings { code, name: clinic, time_zone, .. } = settings;
        Ok(ExportPlan { last, day, time_zone, at: call.now, clinic, code, whole, checkpoint })
    }
}

/// Reads a page of what is exported, oldest first.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadExport {
    /// What the file is to hold.
    pub search: Search,
    /// Only lines newer than this one.
    pub after: i64,
    /// Only lines up to this one.
    pub last: i64,
}

/// A page of what is exported; there is no other behind one that is not full.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportPage {
    /// The lines.
    pub lines: Vec<ExportedLine>,
    /// Whether it is full.
    pub full: bool,
}

/// A line with what makes it verifiable.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportedLine {
    /// The line.
    pub line: ActivityLine,
    /// Its hash.
    pub hash: LineHash,
    /// The hash of the line before it.
    pub before: LineHash,
}

impl Command for ReadExport {
    const NAME: &'static str = "read_export";
    const NEEDS: Need = Need::Owner;
    type Reply = ExportPage;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        self.search.require_named(call)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ExportPage, CommandError> {
        let wish = self.search.wish(call, self.last.saturating_add(1), EXPORT_PAGE_LINES)?;
        let found = activity_search::slice(call.sql, &wish, self.after)?;
        let full = found.len() == EXPORT_PAGE_LINES as usize;
        let hash = |bytes: Vec<u8>| {
            LineHash::try_from(bytes).map_err(|_| SqlError("a stored hash has another length".into()))
        };
        let lines = found.into_iter().map(|found| {
            let before = found.before.map_or(Ok(BEGINNING), hash)?;
            Ok(ExportedLine { line: found.line, hash: hash(found.hash)?, before })
        });
        Ok(ExportPage { lines: lines.collect::<Result<_, SqlError>>()?, full })
    }
}
