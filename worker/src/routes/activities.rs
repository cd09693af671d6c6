//! Management: the activity log.

use clinic::commands::activities::{CountFailures, ListActivities, ReadActivityChoices, Search};
use wire::{
    Day, Empty, Problem, ProblemCode,
    activities::{
        Action, ActivitiesPage, ActivitiesQuery, ActivityChoices, FailureChart, PAGE_LINES_DEFAULT,
        PAGE_LINES_MAX,
    },
};

use crate::visit::Visit;

pub async fn list(visit: &mut Visit<'_>, request: ActivitiesQuery) -> Result<ActivitiesPage, Problem> {
    let before = request.before;
    let limit = request.limit.unwrap_or(PAGE_LINES_DEFAULT);
    if !(1..=PAGE_LINES_MAX).contains(&limit) || before.is_some_and(|before| before < 1) {
        return Err(Problem::new(ProblemCode::MalformedRequest));
    }
    visit.read(&ListActivities { before, limit, search: search(request)? }).await
}

pub async fn failures(visit: &mut Visit<'_>, request: ActivitiesQuery) -> Result<FailureChart, Problem> {
    // A chart has no pages.
    if request.before.is_some() || request.limit.is_some() {
        return Err(Problem::new(ProblemCode::MalformedRequest));
    }
    visit.read(&CountFailures { search: search(request)? }).await
}

pub async fn choices(visit: &mut Visit<'_>, _: Empty) -> Result<ActivityChoices, Problem> {
    visit.read(&ReadActivityChoices {}).await
}

/// What is looked for; what is empty is not.
pub fn search(request: ActivitiesQuery) -> Result<Search, Problem> {
    let ActivitiesQuery { before: _, limit: _, user, actions, computer, from, until, words } = request;
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let day = |name: &str, text: Option<String>| -> Result<Option<Day>, Problem> {
        let named = |problem| Problem { field: Some(name.to_owned()), ..problem };
        said(text).map(|text| text.parse().map_err(named)).transpose()
    };
    Ok(Search {
        actions: parse_actions(&actions.unwrap_or_default())?,
        user: said(user).map(|id| id.parse()).transpose()?,
        computer: said(computer),
        from: day("from", from)?,
        until: day("until", until)?,
        words: said(words),
    })
}

fn parse_actions(names: &str) -> Result<Vec<Action>, Problem> {
    let unknown = || Problem::about("actions", ProblemCode::NotFound);
    let action = |name: &str| {
        Action::ALL
            .into_iter()
            .find(|action| serde_json::to_string(action).is_ok_and(|json| json.trim_matches('"') == name))
    };
    names.split(',').filter(|name| !name.is_empty()).map(|name| action(name).ok_or_else(unknown)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_go_by_their_json_names() {
        assert_eq!(parse_actions(""), Ok(Vec::new()));
        assert_eq!(
            parse_actions("login_failed,account_locked"),
            Ok(vec![Action::LoginFailed, Action::AccountLocked])
        );
        let unknown = Problem::about("actions", ProblemCode::NotFound);
        for names in ["LoginFailed", "login_failed, account_locked", "\"login_failed\"", "nothing"] {
            assert_eq!(parse_actions(names), Err(unknown.clone()), "{names}");
        }
    }

    #[test]
    fn a_bad_day_is_refused_beside_its_field() {
        let query = ActivitiesQuery { until: Some("yesterday".into()), ..ActivitiesQuery::default() };
        assert_eq!(search(query).err(), Some(Problem::about("until", ProblemCode::DayMalformed)));
    }
}
