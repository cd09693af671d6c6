//! Reading the log.

use serde::{Deserialize, Serialize};
use wire::activities::{ActivitiesPage, PAGE_LINES_MAX};

use super::Command;
use crate::{
    call::{Call, CommandError},
    records::activities,
    rules::roles::{self, LogAccess},
};

/// Beyond any line's number. Integers from 2^53 on would not survive the platform's floats.
const SEQ_MAX: i64 = 1 << 52;

/// Reads a page of the log, newest first.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListActivities {
    /// Only lines older than this one.
    pub before: Option<i64>,
    /// How many lines.
    pub limit: u32,
}

impl Command for ListActivities {
    const NAME: &'static str = "list_activities";
    type Reply = ActivitiesPage;

    fn run(self, call: &mut Call<'_>) -> Result<ActivitiesPage, CommandError> {
        let reader = call.require_session()?.account;
        let limit = self.limit.min(PAGE_LINES_MAX);
        let before = self.before.unwrap_or(SEQ_MAX).min(SEQ_MAX);
        // One line more than asked for tells whether there is another page.
        let mut lines = match roles::log_access(reader.role) {
            LogAccess::All => activities::before(call.sql, before, limit + 1)?,
            LogAccess::Own => activities::of_account_before(call.sql, &reader.id, before, limit + 1)?,
        };
        let more = lines.len() > limit as usize;
        lines.truncate(limit as usize);
        let next = lines.last().filter(|_| more).map(|line| line.seq);
        Ok(ActivitiesPage { lines, next })
    }
}
