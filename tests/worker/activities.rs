//! The log over HTTP: what is looked for, what cannot be, the chart, and who hears of a new line.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::{Action, ActivitiesQuery, CountFailures, GetActivityChoices, ListActivities},
    live::Live,
};

use crate::{acts, socket::Socket};

fn query(change: impl FnOnce(&mut ActivitiesQuery)) -> ActivitiesQuery {
    let mut query = ActivitiesQuery::default();
    change(&mut query);
    query
}

/// The numbers of the lines that are found.
async fn found(client: &Client, query: &ActivitiesQuery) -> Result<Vec<i64>> {
    let page = client.call::<ListActivities>(query).await?;
    ensure!(page.next.is_none(), "more than a page");
    Ok(page.lines.into_iter().map(|line| line.seq).collect())
}

#[tokio::test]
async fn the_log_is_searched_over_http() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    ensure!(clinic.at("Ward 1").await?.try_password("patel", "wrong").await?.is_err());
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let hughes = acts::account(&owner, "hughes").await?;
    let log = acts::log(&owner).await?;
    let of = |wanted: &dyn Fn(Action, &str) -> bool| -> Vec<i64> {
        log.iter().filter(|line| wanted(line.action, &line.computer)).map(|line| line.seq).collect()
    };
    let failed = |action| action == Action::LoginFailed;

    let asked = query(|query| query.actions = Some("login_failed,account_locked".into()));
    let expected = of(&|action, _| failed(action) || action == Action::AccountLocked);
    ensure!(found(&owner, &asked).await? == expected && expected.len() == 7, "{expected:?}");
    let asked = query(|query| query.computer = Some("Ward 1".into()));
    ensure!(found(&owner, &asked).await? == of(&|_, computer| computer == "Ward 1"));
    let asked = query(|query| {
        query.user = Some(hughes.clone());
        query.actions = Some("login_failed".into());
        query.words = Some("recept".into());
    });
    let expected = of(&|action, computer| failed(action) && computer == "Reception 1");
    ensure!(found(&owner, &asked).await? == expected && expected.len() == 5, "{expected:?}");
    let asked = query(|query| query.words = Some("hughes \"*".into()));
    ensure!(found(&owner, &asked).await?.is_empty());
    // What is empty is not asked for, as a form sends it.
    let page =
        owner.send(Method::GET, "/api/activities?words=&user=&actions=&from=&until=&computer=", &[], None);
    ensure!(page.await?.status == 200);

    let chart = owner.call::<CountFailures>(&ActivitiesQuery::default()).await?;
    ensure!(!chart.hourly && chart.bars.len() == 30, "{chart:?}");
    ensure!(chart.bars.last().context("no bars")?.failures == 6, "{chart:?}");
    let of_hughes = ActivitiesQuery { user: Some(hughes), ..ActivitiesQuery::default() };
    ensure!(owner.call::<CountFailures>(&of_hughes).await?.bars.last().context("no bars")?.failures == 5);
    let choices = owner.call::<GetActivityChoices>(&Empty {}).await?;
    ensure!(choices.people.len() == 7 && choices.computers.contains(&"Ward 1".to_owned()), "{choices:?}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_refused_beside_its_field() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let long = format!("words={}", "a".repeat(101));
    for (asked, status, code, field) in [
        ("actions=login_failed,nothing", 404, ProblemCode::NotFound, Some("actions")),
        ("from=yesterday", 422, ProblemCode::DayMalformed, Some("from")),
        ("until=2026-02-30", 422, ProblemCode::DayMalformed, Some("until")),
        ("from=2026-02-02&until=2026-02-01", 422, ProblemCode::PeriodBackwards, Some("until")),
        (&long, 422, ProblemCode::OutOfBounds, Some("words")),
        ("user=nobody", 404, ProblemCode::NotFound, None),
        ("from=2026-02-01&from=2026-02-02", 400, ProblemCode::MalformedRequest, None),
    ] {
        for path in [ListActivities::PATH, CountFailures::PATH] {
            let reply = owner.send(Method::GET, &format!("{path}?{asked}"), &[], None).await?;
            let problem = reply.problem()?;
            let told = (reply.status, problem.code, problem.field.as_deref());
            ensure!(told == (status, code, field), "{path}?{asked}: {reply:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn whoever_reads_the_log_hears_of_a_new_line_and_nobody_else_does() -> Result<()> {
    let (clinic, other) = (Clinic::open(Wardkey::shared()?)?, Clinic::open(Wardkey::shared()?)?);
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let nurse = clinic.signed_in("Ward 1", clinic.user("hughes")?).await?;
    let foreign = other.signed_in("Owner's phone", other.user("whitfield")?).await?;
    let door = clinic.at("Reception 1").await?;
    let mut reader = Socket::open(&owner).await?;
    let mut others = [Socket::open(&nurse).await?, Socket::open(&foreign).await?, Socket::open(&door).await?];
    ensure!(door.try_password("patel", "wrong").await?.is_err());
    reader.must_hear_that(Live::NewActivity).await?;
    for socket in &mut others {
        socket.must_not_hear().await?;
    }
    Ok(())
}
