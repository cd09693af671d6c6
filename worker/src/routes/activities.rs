//! Management: the activity log.

use clinic::commands::activities::ListActivities;
use wire::{
    Problem, ProblemCode,
    activities::{ActivitiesPage, ActivitiesQuery, PAGE_LINES_DEFAULT, PAGE_LINES_MAX},
};

use crate::visit::Visit;

pub async fn list(visit: &mut Visit<'_>, request: ActivitiesQuery) -> Result<ActivitiesPage, Problem> {
    let limit = request.limit.unwrap_or(PAGE_LINES_DEFAULT);
    if !(1..=PAGE_LINES_MAX).contains(&limit) || request.before.is_some_and(|before| before < 1) {
        return Err(Problem::new(ProblemCode::MalformedRequest));
    }
    let user = request.user.map(|id| id.parse()).transpose()?;
    visit.read(&ListActivities { before: request.before, limit, user }).await
}
