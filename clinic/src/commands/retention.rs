//! The log is kept as long as the policy says. What is older goes in portions, each with a line of its own and a signed checkpoint,
//! on which what remains stands: a crash leaves every portion whole or untouched.

use wire::{
    Timestamp,
    activities::{Action, Change, Changed, Subject},
    checkpoint::Gone,
    log_file::{BEGINNING, LineHash},
};

use crate::{
    call::Call,
    records::{
        activities::NewActivity,
        activity_retention::{self, OldLine, Retention},
        activity_search::{self, HashedLine},
        settings,
        sql::{Sql, SqlError},
    },
    rules::{activity_chain, retention, time_zone},
};

/// Lines that go at a time: the object has other things to do.
pub const TRIM_LINES_MAX: u32 = 2_000;
/// Days for which nothing goes once the policy was made shorter: a slip can be taken back.
pub const SHORTENED_REST_DAYS: i64 = 7;
/// Minutes for which nothing goes once an export has begun, whose older lines are still to be read.
pub const EXPORT_REST_MINUTES: i64 = 60;
/// Hours until a log is looked at again that is not as it was written.
const BROKEN_REST_HOURS: i64 = 24;

const DAY_MINUTES: i64 = 24 * 60;

/// What came of a portion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trimmed {
    /// Nothing was old enough.
    Nothing,
    /// So many lines went.
    Lines(u32),
    /// The oldest lines are not as they were written, and stay: they are evidence.
    Broken,
    /// The checkpoint before them is none that this deployment signed for this clinic, and they stay as well.
    Foreign,
}

impl Call<'_> {
    /// Lets no line go for so many minutes.
    pub(super) fn rest_from_trimming(&self, minutes: i64) -> Result<(), SqlError> {
        activity_retention::rest(self.sql, self.now.plus_minutes(minutes))
    }

    /// The same after the policy was made shorter.
    pub(super) fn rest_after_shortening(&self) -> Result<(), SqlError> {
        self.rest_from_trimming(SHORTENED_REST_DAYS * DAY_MINUTES)
    }
}

/// When the oldest line goes.
pub(crate) fn next_trim(sql: &dyn Sql) -> Result<Option<Timestamp>, SqlError> {
    let Some(written) = activity_retention::oldest_at(sql)? else { return Ok(None) };
    let settings = settings::get(sql)?;
    let zone = time_zone::of(&settings.time_zone);
    let goes = retention::goes_at(written, settings.policies.log_years, &zone);
    Ok(Some(goes.max(activity_retention::get(sql)?.rest_until)))
}

/// Lets a portion of what is older than the policy says go.
pub(crate) fn trim(call: &mut Call<'_>) -> Result<Trimmed, SqlError> {
    let Retention { rest_until, checkpoint } = activity_retention::get(call.sql)?;
    if call.now < rest_until || !activity_search::is_caught_up(call.sql)? {
        return Ok(Trimmed::Nothing);
    }
    let settings = call.settings()?;
    let zone = time_zone::of(&settings.time_zone);
    let kept_since = retention::kept_since(call.now, settings.policies.log_years, &zone);
    let mut lines = activity_retention::oldest(call.sql, TRIM_LINES_MAX)?;
    let old = lines.iter().take_while(|line| line.at < kept_since).count();
    lines.truncate(old);
    let Some(OldLine { at: last, .. }) = lines.last() else { return Ok(Trimmed::Nothing) };
    let begin = match checkpoint {
        Ok(None) => Some((0, BEGINNING)),
        Ok(Some(ours)) if call.keys.knows(&ours, &settings.code) => {
            Some((ours.statement.seq, ours.statement.hash))
        }
        Ok(Some(_)) | Err(_) => None,
    };
    let Some(begin) = begin else { return stay(call, Trimmed::Foreign) };
    let Some((seq, hash)) = end_of_chain(begin, &lines)? else { return stay(call, Trimmed::Broken) };
    let at = u64::try_from(call.now.0).unwrap_or_default();
    let unsigned = || SqlError("a checkpoint cannot be signed".into());
    let clinic = settings.code.parse().map_err(|_| unsigned())?;
    let checkpoint = call.keys.sign(Gone { clinic, seq, hash, at }).ok_or_else(unsigned)?;
    let new = |what, new: String| Change { what, old: String::new(), new };
    let changes = vec![
        new(Changed::LinesTrimmed, lines.len().to_string()),
        new(Changed::TrimmedUntil, time_zone::day(*last, &zone).to_string()),
    ];
    // Before they go: the log is never empty, and the chain goes on from its newest line.
    call.append(NewActivity {
        action: Action::LogTrimmed,
        user: Subject::Nobody,
        by: Subject::Nobody,
        computer: "",
        address: "",
        changes,
    })?;
    activity_retention::trim(call.sql, &checkpoint)?;
    Ok(Trimmed::Lines(u32::try_from(lines.len()).unwrap_or(u32::MAX)))
}

/// Nothing goes, and nobody looks again for a while.
fn stay(call: &Call<'_>, why: Trimmed) -> Result<Trimmed, SqlError> {
    call.rest_from_trimming(BROKEN_REST_HOURS * 60)?;
    Ok(why)
}

/// Number and hash of the last line, where each stands on the one before it as it was written.
pub(super) fn end_of_chain(
    begin: (u64, LineHash),
    lines: &[OldLine],
) -> Result<Option<(u64, LineHash)>, SqlError> {
    let mut end = begin;
    for OldLine { written, .. } in lines {
        let Ok(HashedLine { line, hash, .. }) = written else { return Ok(None) };
        let next = (end.0.saturating_add(1), activity_chain::hash(&end.1, line));
        let unhashed = |_| SqlError("a line cannot be hashed".into());
        end = (next.0, next.1.map_err(unhashed)?);
        if u64::try_from(line.seq) != Ok(end.0) || hash.as_slice() != end.1 {
            return Ok(None);
        }
    }
    Ok(Some(end))
}
