//! A connection that is lost and comes back, while somebody types.

use anyhow::Result;
use serde_json::json;
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::Role;

use crate::person::Person;

const LOST: &str = "The connection is lost.";

#[tokio::test]
async fn a_lost_connection_shows_itself_loses_nothing_and_heals() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", owner, "/clinic/users/add").await?;
    let at = &person.session;
    at.type_into("Last name", "Porter").await?;
    at.devtools("Network.enable", json!({})).await?;
    let network = async |offline: bool| {
        let limits =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        at.devtools("Network.emulateNetworkConditions", limits).await
    };
    network(true).await?;
    at.sees(LOST).await?;
    at.is_sound().await?;
    network(false).await?;
    at.sees_no_more(LOST).await?;
    at.holds("Last name", "Porter").await?;
    person.session.close().await
}
