//! The list of users: full, found nobody, on its way, failed, without a connection.

use anyhow::Result;
use serde_json::json;
use wardkey_tests::{Clinic, Person, Screen};
use wire::{Role, people::RemoveUser, users::UserQuery};

use super::Stage;

pub const PAGES: &[&str] =
    &["users", "users-nobody", "users-offline", "users-loading", "users-failed", "unknown-page"];

const LIST: &str = "/clinic/users";

/// An owner looks for people.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let client = clinic.signed_in("Owner's phone", owner).await?;
    let id = clinic.account(&client, "oconnor").await?;
    client.call::<RemoveUser>(&UserQuery { id }).await?;
    clinic.lock(&clinic.at("Ward 1").await?, &nurse.login).await?;

    let person = Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, LIST).await?;
    let at = &person.session;
    at.row(&nurse.full_name).await?;
    stage.camera.shoot(at, "users").await?;
    at.type_into("Search by name, login or position", "zzzz").await?;
    at.sees("Nobody matches.").await?;
    stage.camera.shoot(at, "users-nobody").await?;
    person.open(LIST).await?;
    at.row(&nurse.full_name).await?;
    stage.camera.learn(at).await?;
    at.network(false).await?;
    at.sees("The connection is lost.").await?;
    stage.camera.shoot(at, "users-offline").await?;
    at.network(true).await?;

    // Nobody lets the list go on.
    at.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*/api/users" }] })).await?;
    person.open(LIST).await?;
    at.heading("Users").await?;
    stage.camera.shoot(at, "users-loading").await?;
    at.devtools("Fetch.disable", json!({})).await?;
    at.devtools("Network.enable", json!({})).await?;
    at.devtools("Network.setBlockedURLs", json!({ "urls": ["*/api/users"] })).await?;
    person.open(LIST).await?;
    at.button("Try again").await?;
    stage.camera.shoot(at, "users-failed").await?;
    at.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    person.open("/no/such/page").await?;
    at.heading("There is no such page").await?;
    stage.camera.shoot(at, "unknown-page").await?;
    at.page_errors().await?;
    person.session.close().await
}
