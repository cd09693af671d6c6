//! The routes as the API describes them itself, with a request for each: what holds for all of them is walked from here,
//! so that a new route fails until it has its line.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};
use wire::{
    Empty, Endpoint, activities::*, archive::GetArchiveKey, computers::*, first_day::*, health::GetHealth,
    help::AnswerHelp, mails::*, me::*, people::*, recovery::*, settings::*, setup::*, sign_in::*,
    signed::GetLogKey, support::*, users::*,
};

use crate::{Client, Reply, acts};

/// They take sessions or steps away, so that they come last.
pub const LEAVING: [&str; 3] = [SignOut::PATH, SignOutEverywhere::PATH, ResetComputer::PATH];

/// Where the API describes itself.
const DESCRIPTION: &str = "/api/openapi.json";

/// A route that a browser may call.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// The names of its request's fields, at every depth.
    pub fields: BTreeSet<String>,
}

/// Whom and what the requests are about.
pub struct Ids {
    /// An account.
    pub account: String,
    /// A removed account.
    pub removed: String,
    /// A computer that nobody is at.
    pub computer: String,
    /// A computer that somebody is at.
    pub computer_in_use: String,
    /// A profile that nobody uses whose session matters.
    pub profile: String,
    /// A mail that did not fail.
    pub mail: String,
}

impl Ids {
    /// Ids that nothing has.
    pub fn of_nothing() -> Self {
        let id = || "zzzzzzzzzzzzzzzz".to_owned();
        Self {
            account: id(),
            removed: id(),
            computer: id(),
            computer_in_use: id(),
            profile: id(),
            mail: id(),
        }
    }

    /// Those of "Harbour Street Clinic", where nobody works in the dental room and somebody is removed for it.
    pub async fn of(owner: &Client) -> Result<Self> {
        let removed = acts::account(owner, "oconnor").await?;
        owner.call::<RestoreAccess>(&UserQuery { id: removed.clone() }).await?;
        let mail = acts::last_mail(owner).await?;
        owner.call::<RemoveUser>(&UserQuery { id: removed.clone() }).await?;
        let places = owner.call::<ListComputers>(&Empty {}).await?;
        let computer = |label: &str| places.computers.iter().find(|computer| computer.label == label);
        let dental = computer("Dental room").context("no dental room")?;
        Ok(Self {
            account: acts::account(owner, "patel").await?,
            removed,
            computer: dental.id.to_string(),
            computer_in_use: computer("Owner's phone").context("no phone")?.id.to_string(),
            profile: dental.profile.to_string(),
            mail,
        })
    }
}

/// The description.
pub async fn description(client: &Client) -> Result<Value> {
    let reply = client.send(Method::GET, DESCRIPTION, &[], None).await?;
    Ok(serde_json::from_str(&reply.text)?)
}

/// Every route that a clinic's browser may call, but for the live socket.
pub async fn of_browsers(client: &Client) -> Result<Vec<Route>> {
    of(client, "browser").await
}

/// Every route of the support desk.
pub async fn of_desk(client: &Client) -> Result<Vec<Route>> {
    of(client, "support").await
}

async fn of(client: &Client, security: &str) -> Result<Vec<Route>> {
    let description = description(client).await?;
    let paths = description["paths"].as_object().context("no paths")?;
    let mut routes = Vec::new();
    for (path, operations) in paths.iter().filter(|(path, _)| *path != wire::live::LIVE_PATH) {
        for (method, operation) in operations.as_object().context("no operations")? {
            let schemes = operation["security"].as_array().context("no security")?;
            if !schemes.iter().any(|scheme| scheme.get(security).is_some()) {
                continue;
            }
            let method = Method::from_bytes(method.to_uppercase().as_bytes())?;
            routes.push(Route { method, path: path.clone(), fields: fields(&description, operation) });
        }
    }
    Ok(routes)
}

/// Those of one method, the desk's among them, with those last that take sessions and steps away.
pub async fn with_method(client: &Client, method: Method) -> Result<Vec<Route>> {
    let mut routes = of_browsers(client).await?;
    routes.extend(of_desk(client).await?);
    routes.retain(|route| route.method == method);
    routes.sort_by_key(|route| LEAVING.iter().position(|path| *path == route.path));
    Ok(routes)
}

fn fields(description: &Value, operation: &Value) -> BTreeSet<String> {
    let query = operation["parameters"].as_array().into_iter().flatten();
    let mut fields: BTreeSet<String> =
        query.filter_map(|parameter| parameter["name"].as_str()).map(str::to_owned).collect();
    let mut open = vec![&operation["requestBody"]["content"]["application/json"]["schema"]];
    let mut followed = BTreeSet::new();
    while let Some(schema) = open.pop() {
        match schema {
            Value::Object(map) => {
                if let Some(properties) = map.get("properties").and_then(Value::as_object) {
                    fields.extend(properties.keys().cloned());
                }
                if let Some(reference) = map.get("$ref").and_then(Value::as_str)
                    && followed.insert(reference)
                {
                    open.extend(description.pointer(reference.trim_start_matches('#')));
                }
                open.extend(map.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    fields
}

/// Posts anything.
pub async fn post(client: &Client, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Reply> {
    client.send(Method::POST, path, headers, Some(body.to_owned())).await
}

/// Sends a request to a route, as our own pages would.
pub async fn send(client: &Client, route: &Route, request: &Value) -> Result<Reply> {
    if route.method == Method::POST {
        let headers = [("content-type", "application/json"), ("origin", client.origin())];
        return client.send(Method::POST, &route.path, &headers, Some(request.to_string())).await;
    }
    let query = serde_urlencoded::to_string(request.as_object().context("no query")?)?;
    client.send(route.method.clone(), &format!("{}?{query}", route.path), &[], None).await
}

/// A request that the route can read, and that does no harm: what it asks for is refused by a rule, or may be done.
pub fn request(path: &str, ids: &Ids) -> Result<Value> {
    let Ids { account, removed, computer, computer_in_use, profile, mail } = ids;
    let person =
        json!({ "last_name": "", "first_name": "", "role": "employee", "login": "x", "language": "en" });
    Ok(match path {
        GetHealth::PATH
        | GetArchiveKey::PATH
        | GetLogKey::PATH
        | GetSignIn::PATH
        | GetMe::PATH
        | GetFirstDay::PATH
        | ListUsers::PATH
        | ListComputers::PATH => json!({}),
        TickFirstDay::PATH => json!({ "tick": "policies" }),
        AnswerHelp::PATH => json!({ "page": "locked", "language": "en", "answered": true }),
        GetSettings::PATH | ListActivities::PATH | SignOut::PATH => json!({}),
        CountFailures::PATH | GetActivityChoices::PATH | ListMails::PATH => json!({}),
        SendMailAgain::PATH => json!({ "id": mail }),
        ExportActivities::PATH => json!({ "format": "csv" }),
        SignOutEverywhere::PATH | ResetComputer::PATH | UseSession::PATH => json!({}),
        LeaveProfile::PATH | LeaveComputer::PATH => json!({}),
        AuthorizeComputer::PATH => json!({ "username": "x", "password": "x" }),
        AuthorizeProfile::PATH => json!({ "code": "x" }),
        SubmitPassword::PATH => json!({ "login": "", "password": "x" }),
        AnswerQuestion::PATH => json!({ "yes": true }),
        ChoosePassword::PATH => json!({ "password": "x" }),
        GetLock::PATH => json!({ "login": "nobody" }),
        ConfirmPassword::PATH => json!({ "own_password": "" }),
        ChangePassword::PATH => json!({ "current": "x", "password": "short" }),
        ChangeLanguage::PATH => json!({ "language": "en" }),
        GetUser::PATH | SendPin::PATH | RestoreAccess::PATH | BringBackUser::PATH => json!({ "id": account }),
        Unlock::PATH => json!({ "id": account, "pin": "123456" }),
        OpenSupportCase::PATH => json!({ "id": account, "reason": "", "phone": "" }),
        WithdrawSupportCase::PATH => json!({ "id": account }),
        OpenDesk::PATH | SignOutOperator::PATH | MakeClinicLink::PATH => json!({}),
        SignInOperator::PATH => json!({ "login": "", "password": "x", "code": "x" }),
        ListDeskLog::PATH => json!({ "before": 1 }),
        LookUpCase::PATH => json!({ "code": "aaaaa-aaaaa" }),
        FollowSupportCase::PATH => json!({ "case": account }),
        UnlockForSupport::PATH => json!({ "case": account, "called_back": true, "why": "x" }),
        UnlockOperator::PATH => json!({ "operator": account }),
        RemoveUser::PATH => json!({ "id": removed }),
        SuggestLogin::PATH => json!({ "last_name": "A", "first_name": "B", "role": "employee" }),
        AddUser::PATH => person,
        EditUser::PATH => json!({ "id": account, "version": 999, "fields": person }),
        CheckImport::PATH => json!({ "text": "" }),
        MakePasswords::PATH => json!({ "count": 1 }),
        ImportUsers::PATH => json!({ "import": "0123456789abcdef", "people": [] }),
        AddComputer::PATH => json!({ "label": "", "profile": profile }),
        EditComputer::PATH => json!({ "id": computer, "version": 999, "label": "", "profile": profile }),
        RevokeComputer::PATH | ReissueComputer::PATH => json!({ "id": computer }),
        RemoveComputer::PATH => json!({ "id": computer_in_use }),
        AddProfile::PATH => json!({ "name": "" }),
        RenameProfile::PATH => json!({ "id": profile, "version": 999, "name": "" }),
        ReissueProfile::PATH | RemoveProfile::PATH => json!({ "id": profile }),
        ChangeSettings::PATH => json!({ "version": 999, "name": "", "time_zone": "", "language": "en" }),
        ChangePolicies::PATH => json!({ "version": 999, "policies": Policies::default() }),
        CheckSetupLink::PATH => json!({ "token": "x" }),
        RequestReset::PATH => json!({ "login": "" }),
        CheckResetLink::PATH => json!({ "token": "x" }),
        ResetPassword::PATH => json!({ "token": "x", "password": "a fine new tune" }),
        SetUpClinic::PATH => json!({
            "token": "x", "clinic": "", "time_zone": "", "language": "en", "last_name": "", "first_name": "",
            "email": "", "computer": "", "profile": "", "administrator": { "last_name": "", "first_name": "" }
        }),
        other => bail!("{other} needs a line here"),
    })
}
