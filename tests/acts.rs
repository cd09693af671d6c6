//! What people do in several of the stories and attacks.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail, ensure};
use wire::{
    Empty, Language, Problem, ProblemCode, Role,
    activities::{Action, ActivitiesQuery, ActivityLine, ListActivities, PAGE_LINES_MAX},
    computers::{AccessForm, AddComputer, ListComputers, NewComputerRequest, SignInPair},
    mails::ListMails,
    operator::UserSecret,
    people::{AddUser, AddedUser, EditUser, PersonFields, UserChange},
    rights::Rights,
    settings::{ChangePolicies, ClinicSettings, GetSettings, Policies, PoliciesChange},
    sign_in::{ChoosePassword, OwnPassword, SignInState},
    users::{GetUser, ListUsers, UserQuery, UserWindow},
};

use crate::{Client, Clinic, Refusal, Wardkey, authenticator};

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

/// The id of the mail that was written last.
pub async fn last_mail(owner: &Client) -> Result<String> {
    let mails = owner.call::<ListMails>(&Empty {}).await?.mails;
    Ok(mails.first().context("no mail was written")?.id.to_string())
}

/// The whole log, newest first, page by page.
pub async fn log(client: &Client) -> Result<Vec<ActivityLine>> {
    let mut lines = Vec::new();
    let mut before = None;
    loop {
        let query = ActivitiesQuery { before, limit: Some(PAGE_LINES_MAX), ..ActivitiesQuery::default() };
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

/// Step 3 and a yes, for somebody who has a password of their own.
pub async fn sign_in(client: &Client, user: &UserSecret) -> Result<()> {
    client.submit_password(&user.login, &user.password).await?;
    match client.answer(true).await? {
        SignInState::SignedIn { .. } => Ok(()),
        other => bail!("not signed in: {other:?}"),
    }
}

/// Step 3 with a first password, up to the choice of another one.
pub async fn come_to_the_choice(client: &Client, pair: &SignInPair) -> Result<()> {
    client.submit_password(&pair.login, &pair.password).await?;
    match client.answer(true).await? {
        SignInState::NewPassword { .. } => Ok(()),
        other => bail!("no choice: {other:?}"),
    }
}

/// The first sign-in, with the choice of a password.
pub async fn sign_in_first(client: &Client, pair: &SignInPair, password: &str) -> Result<()> {
    come_to_the_choice(client, pair).await?;
    match client.call::<ChoosePassword>(&OwnPassword { password: password.to_owned() }).await? {
        SignInState::SignedIn { .. } => Ok(()),
        other => bail!("not signed in: {other:?}"),
    }
}

/// A browser that has passed steps 1 and 2 with an access form.
pub async fn browser(wardkey: &Wardkey, form: &AccessForm) -> Result<Client> {
    let client = Client::new(wardkey.origin())?;
    let pair = form.computer.as_ref().context("no computer on the form")?;
    client.authorize_computer(&pair.username, &pair.password).await?;
    client.authorize_profile(&authenticator::code(&form.profile.otpauth_url)?).await?;
    Ok(client)
}

/// A browser on a computer that is added for it.
pub async fn another_browser(clinic: &Clinic<'_>, owner: &Client) -> Result<Client> {
    browser(clinic.wardkey, &add_computer(owner).await?).await
}

/// Adds a computer to the profile "Main".
pub async fn add_computer(owner: &Client) -> Result<AccessForm> {
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    let main = places.profiles.iter().find(|profile| profile.name == "Main").context("no Main")?;
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let label = format!("Computer {}", NUMBER.fetch_add(1, Ordering::Relaxed));
    owner.call::<AddComputer>(&NewComputerRequest { label, profile: main.id.to_string() }).await
}

/// Somebody to be added.
pub fn person(role: Role, last_name: &str, login: &str) -> PersonFields {
    PersonFields {
        last_name: last_name.to_owned(),
        first_name: "Robin".to_owned(),
        middle_name: String::new(),
        position: String::new(),
        email: format!("{login}@added.example.org"),
        role,
        login: login.to_owned(),
        language: Language::En,
        rights: None,
    }
}

/// Adds somebody.
pub async fn add(owner: &Client, role: Role, last_name: &str, login: &str) -> Result<AddedUser> {
    owner.call::<AddUser>(&person(role, last_name, login)).await
}

/// An edit that changes nothing yet.
pub fn edit(window: &UserWindow) -> Result<UserChange> {
    let details = window.details.clone().context("no details")?;
    let fields = PersonFields {
        last_name: details.last_name,
        first_name: details.first_name,
        middle_name: details.middle_name,
        position: window.user.position.clone(),
        email: window.email.clone(),
        role: window.user.role,
        login: window.user.login.clone(),
        language: details.language,
        rights: details.own_rights.then_some(details.rights),
    };
    Ok(UserChange { id: window.user.id.to_string(), version: details.version, fields })
}

/// Gives somebody rights of their own, or takes them.
pub async fn set_rights(owner: &Client, login: &str, rights: Option<Rights>) -> Result<()> {
    let mut change = edit(&window(owner, login).await?)?;
    change.fields.rights = rights;
    owner.call::<EditUser>(&change).await.map(drop)
}

/// Changes policies.
pub async fn set_policies(owner: &Client, change: impl FnOnce(&mut Policies)) -> Result<ClinicSettings> {
    let ClinicSettings { version, mut policies, .. } = owner.call::<GetSettings>(&Empty {}).await?;
    change(&mut policies);
    owner.call::<ChangePolicies>(&PoliciesChange { version, policies }).await
}
