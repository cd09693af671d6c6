//! Management: the activity log.

use clinic::commands::activities::ListActivities;
use wire::{
    Problem, ProblemCode,
    activities::{ActivitiesPage, ActivitiesQuery, PAGE_LINES_DEFAULT, PAGE_LINES_MAX},
};

use crate::visit::Visit;

/// No log is longer; larger numbers would not survive the storage's floats.
const SEQ_MAX: i64 = 1 << 52;

pub async fn list(visit: &mut Visit<'_>, request: ActivitiesQuery) -> Result<ActivitiesPage, Problem> {
    let limit = request.limit.unwrap_or(PAGE_LINES_DEFAULT);
    let before_fits = request.before.is_none_or(|before| (1..=SEQ_MAX).contains(&before));
    if !(1..=PAGE_LINES_MAX).contains(&limit) || !before_fits {
        return Err(Problem::new(ProblemCode::MalformedRequest));
    }
    visit.read(&ListActivities { before: request.before, limit }).await
}
