//! What one clinic has and no other knows: its ids, and where a request holds one.

use anyhow::Result;
use wire::{Empty, Endpoint, computers::ListComputers, setup::SetUpClinic, users::ListUsers};

use crate::{Client, routes::Route};

/// What a field is called that holds an id.
const ID_FIELDS: [&str; 3] = ["id", "user", "profile"];
/// Fields of such a name that hold something else.
const NO_IDS: [(&str, &str); 1] = [(SetUpClinic::PATH, "profile")];

/// The fields of a route's request that hold ids.
pub fn id_fields(route: &Route) -> impl Iterator<Item = &'static str> {
    let holds =
        |field: &&str| route.fields.contains(*field) && !NO_IDS.contains(&(route.path.as_str(), *field));
    ID_FIELDS.into_iter().filter(holds)
}

/// The accounts, computers and profiles of a clinic.
pub async fn every_id(owner: &Client) -> Result<Vec<String>> {
    let users = owner.call::<ListUsers>(&Empty {}).await?.users;
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    let mut ids: Vec<String> = users.iter().map(|user| user.id.to_string()).collect();
    ids.extend(places.computers.iter().map(|computer| computer.id.to_string()));
    ids.extend(places.profiles.iter().map(|profile| profile.id.to_string()));
    Ok(ids)
}
