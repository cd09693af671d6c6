//! Reading the log: page by page, for whom and what one looks, and as a chart of the failed logins.

use serde::{Deserialize, Serialize};
use wire::{
    Day, Problem, ProblemCode,
    activities::{
        Action, ActivitiesPage, ActivityChoices, ActivityPerson, FailureBar, FailureChart, PAGE_LINES_MAX,
        WORDS_LENGTH_MAX,
    },
    ids::AccountId,
    rights::Right,
};

use super::{Command, activities_export::BeginExport};
use crate::{
    call::{Call, CommandError},
    records::{
        accounts,
        activity_search::{self, Marks, MarksError, PageWish},
    },
    rules::{
        period::{Bar, Bars, Period},
        roles::Need,
    },
};

/// Beyond any line's number. Integers from 2^53 on would not survive the platform's floats.
const SEQ_MAX: i64 = 1 << 52;
/// When to search again while the lines of before there was a search are being marked.
const CATCH_UP_SECONDS: u32 = 2;
/// What the chart counts.
const FAILURES: [Action; 2] = [Action::LoginFailed, Action::LoginFailedLocked];

/// What is looked for in the log. Nothing is left out for what is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Lines with one of these actions, unless there are none.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Lines about or by this account.
    pub user: Option<AccountId>,
    /// Lines of the computer that had this label.
    pub computer: Option<String>,
    /// Lines from this day on.
    pub from: Option<Day>,
    /// Lines until the end of this day.
    pub until: Option<Day>,
    /// Lines with these words.
    pub words: Option<String>,
}

impl Search {
    pub(super) fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        self.user.as_ref().map_or(Ok(()), |id| call.require_account(id))
    }

    fn period(&self) -> Result<Period, Problem> {
        Period::new(self.from.as_ref(), self.until.as_ref())
    }

    /// So many lines of it, older than this one.
    pub(super) fn wish(&self, call: &Call<'_>, before: i64, limit: u32) -> Result<PageWish, CommandError> {
        let (marks, period) = (self.marks(call)?, self.period()?);
        let zone = call.settings()?.time_zone;
        let period = period.is_limited().then(|| period.moments(&zone));
        Ok(PageWish { marks, before, period, limit })
    }

    /// What the lines are marked with that the caller looks for and may read.
    fn marks(&self, call: &Call<'_>) -> Result<Marks, CommandError> {
        let mut marks = Marks::default();
        if let Some(account) = self.whose(call)? {
            marks.account(&account);
        }
        if !self.actions.is_empty() {
            marks.actions(&self.actions);
        }
        if let Some(label) = &self.computer {
            marks.computer(call.sql, label)?;
        }
        let words = self.words.as_deref().unwrap_or_default();
        if words.chars().count() > WORDS_LENGTH_MAX {
            return Err(Problem::about("words", ProblemCode::OutOfBounds).into());
        }
        marks.words(call.sql, words).map_err(|error| match error {
            MarksError::TooMany => Problem::about("words", ProblemCode::WordsTooShort).into(),
            MarksError::Fault(fault) => CommandError::from(fault),
        })?;
        if marks != Marks::default() && !activity_search::is_caught_up(call.sql)? {
            return Err(Problem::new(ProblemCode::Busy).retry_after(CATCH_UP_SECONDS).into());
        }
        Ok(marks)
    }

    /// Whoever may not read the log reads their own lines of it, whatever else they look for.
    fn whose(&self, call: &Call<'_>) -> Result<Option<AccountId>, CommandError> {
        let reader = call.require_session()?.account;
        match (reader.rights().activities >= Right::Read, self.user.clone()) {
            (true, user) => Ok(user),
            (false, Some(user)) if user != reader.id => Err(ProblemCode::NotAllowed.into()),
            (false, _) => Ok(Some(reader.id)),
        }
    }
}

/// Reads a page of the log, newest first.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListActivities {
    /// Only lines older than this one.
    pub before: Option<i64>,
    /// How many lines.
    pub limit: u32,
    /// What is looked for.
    pub search: Search,
}

impl Command for ListActivities {
    const NAME: &'static str = "list_activities";
    const NEEDS: Need = Need::Session;
    type Reply = ActivitiesPage;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        self.search.require_named(call)
    }

    fn run(self, call: &mut Call<'_>) -> Result<ActivitiesPage, CommandError> {
        let limit = self.limit.min(PAGE_LINES_MAX);
        // One line more than asked for tells whether there is another page.
        let wish = self.search.wish(call, self.before.unwrap_or(SEQ_MAX).min(SEQ_MAX), limit + 1)?;
        let mut lines = activity_search::page(call.sql, &wish)?;
        let more = lines.len() > limit as usize;
        lines.truncate(limit as usize);
        let next = lines.last().filter(|_| more).map(|line| line.seq);
        Ok(ActivitiesPage { lines, next })
    }
}

/// Counts the failed logins of a period, part by part.
#[derive(Debug, Serialize, Deserialize)]
pub struct CountFailures {
    /// Among which lines.
    pub search: Search,
}

impl Command for CountFailures {
    const NAME: &'static str = "count_failures";
    const NEEDS: Need = Need::Session;
    type Reply = FailureChart;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        self.search.require_named(call)
    }

    fn run(self, call: &mut Call<'_>) -> Result<FailureChart, CommandError> {
        let mut marks = self.search.marks(call)?;
        marks.actions(&FAILURES);
        let zone = call.settings()?.time_zone;
        let Bars { hourly, bars } = self.search.period()?.bars(call.now, &zone);
        // Each bar ends where the next one begins.
        let moments: Vec<_> = bars.iter().map(|bar| bar.at).chain(bars.last().map(|bar| bar.end)).collect();
        let counts = activity_search::counts(call.sql, &marks, &moments)?;
        let counted = bars.into_iter().zip(counts);
        let bars = counted
            .map(|(Bar { at, end, from, until }, failures)| FailureBar { at, end, from, until, failures })
            .collect();
        Ok(FailureChart { hourly, bars })
    }
}

/// Lists whom and what the log can be searched for.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadActivityChoices {}

impl Command for ReadActivityChoices {
    const NAME: &'static str = "read_activity_choices";
    const NEEDS: Need = Need::Session;
    type Reply = ActivityChoices;

    fn run(self, call: &mut Call<'_>) -> Result<ActivityChoices, CommandError> {
        let reader = call.require_session()?.account;
        if reader.rights().activities < Right::Read {
            return Ok(ActivityChoices::default());
        }
        let language = call.settings()?.language;
        let person = |account: accounts::Account| ActivityPerson {
            name: account.name.written(language),
            id: account.id,
        };
        let mut people: Vec<_> = accounts::all(call.sql)?.into_iter().map(person).collect();
        people.sort_by(|one, other| one.name.cmp(&other.name));
        let may_export = BeginExport::NEEDS.is_met_by(reader.role, reader.rights());
        Ok(ActivityChoices { people, computers: activity_search::computers(call.sql)?, may_export })
    }
}
