//! What people do in several of the stories.

use anyhow::{Context, Result, bail, ensure};
use wardkey_tests::{Client, Refusal};
use wire::{
    Empty, Problem, ProblemCode,
    activities::{Action, ActivitiesQuery, ActivityLine, ListActivities, PAGE_LINES_MAX},
    users::{GetUser, ListUsers, UserQuery, UserWindow},
};

/// Wrong passwords that lock.
pub const STRIKES: usize = 5;

/// Types wrong passwords until the account is locked.
pub async fn lock(client: &Client, login: &str) -> Result<()> {
    for strike in 1..=STRIKES {
        let Err(refusal) = client.try_password(login, "not the password").await? else {
            bail!("a wrong password was right");
        };
        let expected = if strike < STRIKES { ProblemCode::LoginWrong } else { ProblemCode::AccountLocked };
        ensure!(refusal.problem.code == expected, "strike {strike}: {refusal}");
    }
    Ok(())
}

/// The account window of a login, as the one who is signed in sees it.
pub async fn window(client: &Client, login: &str) -> Result<UserWindow> {
    let list = client.call::<ListUsers>(&Empty {}).await?;
    let user = list.users.into_iter().find(|user| user.login == login).context("no such user")?;
    client.call::<GetUser>(&UserQuery { id: user.id.as_str().to_owned() }).await
}

/// The id of a login's account.
pub async fn account(client: &Client, login: &str) -> Result<String> {
    Ok(window(client, login).await?.user.id.as_str().to_owned())
}

/// The whole log, newest first, page by page.
pub async fn log(client: &Client) -> Result<Vec<ActivityLine>> {
    let mut lines = Vec::new();
    let mut before = None;
    loop {
        let query = ActivitiesQuery { before, limit: Some(PAGE_LINES_MAX) };
        let page = client.call::<ListActivities>(&query).await?;
        lines.extend(page.lines);
        before = page.next;
        if before.is_none() {
            return Ok(lines);
        }
    }
}

/// How often something stands in a log.
pub fn count(log: &[ActivityLine], action: Action) -> usize {
    log.iter().filter(|line| line.action == action).count()
}

/// That a refusal is this one.
pub fn expect(refusal: &Refusal, status: u16, code: ProblemCode) -> Result<()> {
    let Refusal { status: was, problem: Problem { code: told, .. } } = refusal;
    ensure!((*was, *told) == (status, code), "expected {status} {code:?}, was {refusal}");
    Ok(())
}
