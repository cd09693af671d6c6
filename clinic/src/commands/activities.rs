//! Reading the log.

use serde::{Deserialize, Serialize};
use wire::{
    ProblemCode,
    activities::{ActivitiesPage, PAGE_LINES_MAX},
    ids::AccountId,
    rights::Right,
};

use super::Command;
use crate::{
    call::{Call, CommandError},
    records::activities,
    rules::roles::Need,
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
    /// Only lines about or by this account.
    pub user: Option<AccountId>,
}

impl Command for ListActivities {
    const NAME: &'static str = "list_activities";
    const NEEDS: Need = Need::Session;
    type Reply = ActivitiesPage;

    fn require_named(&self, call: &Call<'_>) -> Result<(), CommandError> {
        self.user.as_ref().map_or(Ok(()), |id| call.require_account(id))
    }

    fn run(self, call: &mut Call<'_>) -> Result<ActivitiesPage, CommandError> {
        let reader = call.require_session()?.account;
        let limit = self.limit.min(PAGE_LINES_MAX);
        let before = self.before.unwrap_or(SEQ_MAX).min(SEQ_MAX);
        // Whoever may not read the log reads their own lines of it.
        let whose = match (reader.rights().activities >= Right::Read, self.user) {
            (true, user) => user,
            (false, None) => Some(reader.id),
            (false, Some(user)) if user == reader.id => Some(user),
            (false, Some(_)) => return Err(ProblemCode::NotAllowed.into()),
        };
        // One line more than asked for tells whether there is another page.
        let mut lines = match whose {
            None => activities::before(call.sql, before, limit + 1)?,
            Some(user) => activities::of_account_before(call.sql, &user, before, limit + 1)?,
        };
        let more = lines.len() > limit as usize;
        lines.truncate(limit as usize);
        let next = lines.last().filter(|_| more).map(|line| line.seq);
        Ok(ActivitiesPage { lines, next })
    }
}
