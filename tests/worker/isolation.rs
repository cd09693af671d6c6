//! Clinics see nothing of each other: what is one's own is to everybody of another as if it were not there.

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::Value;
use wardkey_tests::{Client, Clinic, Wardkey, foreign};
use wire::{
    Empty, Endpoint, ProblemCode, Role,
    activities::{ListActivities, PAGE_LINES_MAX},
    computers::ListComputers,
    people::{Import, ImportPerson, ImportUsers, MakePasswords, PasswordWish},
    settings::GetSettings,
    users::{GetUser, ListUsers},
};

use crate::{
    acts,
    routes::{self, Ids, Route},
};

#[tokio::test]
async fn no_id_of_another_clinic_is_found_by_anybody() -> Result<()> {
    let (theirs, ours) = (Clinic::open(Wardkey::shared()?)?, Clinic::open(Wardkey::shared()?)?);
    let their_owner = theirs.signed_in("Owner's phone", theirs.user("whitfield")?).await?;
    let doors = [
        ("owner", ours.signed_in("Reception 1", ours.user("whitfield")?).await?),
        ("manager", ours.signed_in("Reception 2", ours.user("reid")?).await?),
        ("employee", ours.signed_in("Ward 1", ours.user("hughes")?).await?),
        ("sys_", ours.signed_in("Ward 2", ours.user("sys_harbour")?).await?),
    ];
    let mut foreign = foreign::every_id(&their_owner).await?;
    ensure!(foreign.len() == 15, "7 people, 6 computers, 2 profiles: {foreign:?}");
    foreign.push(Ids::of(&their_owner).await?.mail);
    let own = Ids::of(&doors[0].1).await?;
    let routes = routes::of_browsers(&their_owner).await?;
    let before = (everything(&their_owner).await?, everything(&doors[0].1).await?);

    let walks = doors.iter().map(|(role, door)| walk(role, door, &routes, &own, &foreign));
    let asked: usize = try_join_all(walks).await?.into_iter().sum();
    ensure!(asked >= 4 * 16 * 17, "only {asked} were asked");

    ensure!(everything(&their_owner).await? == before.0, "their clinic has changed");
    ensure!(everything(&doors[0].1).await? == before.1, "ours has changed");
    Ok(())
}

async fn walk(role: &str, door: &Client, routes: &[Route], own: &Ids, ids: &[String]) -> Result<usize> {
    let mut asked = 0;
    for route in routes {
        for field in foreign::id_fields(route) {
            for id in ids {
                let mut request = routes::request(&route.path, own)?;
                request[field] = Value::from(id.as_str());
                let reply = routes::send(door, route, &request).await?;
                let found = reply.status != 404 || reply.problem()?.code != ProblemCode::NotFound;
                ensure!(!found, "{role} {} {field}: {reply:?}", route.path);
                asked += 1;
            }
        }
    }
    Ok(asked)
}

/// All that an owner can see of a clinic, to the letter.
async fn everything(owner: &Client) -> Result<Vec<String>> {
    let mut seen = Vec::new();
    for path in [ListUsers::PATH, GetSettings::PATH] {
        seen.push(read(owner, path).await?);
    }
    for user in owner.call::<ListUsers>(&Empty {}).await?.users {
        seen.push(read(owner, &format!("{}?id={}", GetUser::PATH, user.id)).await?);
    }
    let mut places: Value = serde_json::from_str(&read(owner, ListComputers::PATH).await?)?;
    // The clinic's clock goes on.
    places["now"] = Value::Null;
    seen.push(places.to_string());
    seen.push(read(owner, &format!("{}?limit={PAGE_LINES_MAX}", ListActivities::PATH)).await?);
    Ok(seen)
}

async fn read(owner: &Client, path: &str) -> Result<String> {
    let reply = owner.send(reqwest::Method::GET, path, &[], None).await?;
    ensure!(reply.status == 200, "{path}: {reply:?}");
    Ok(reply.text)
}

#[tokio::test]
async fn a_first_password_that_another_clinic_sealed_adds_nobody() -> Result<()> {
    let (theirs, ours) = (Clinic::open(Wardkey::shared()?)?, Clinic::open(Wardkey::shared()?)?);
    let their_owner = theirs.signed_in("Reception 1", theirs.user("whitfield")?).await?;
    let foreign = sealed(&their_owner).await?;
    let mut cut = foreign.clone();
    cut.pop();
    for (label, login) in [("Reception 1", "whitfield"), ("Reception 2", "reid"), ("Ward 1", "sys_harbour")] {
        let door = ours.signed_in(label, ours.user(login)?).await?;
        let before = door.call::<ListUsers>(&Empty {}).await?;
        for sealed in [foreign.as_str(), cut.as_str(), "", "not base64!", "AAAA"] {
            let refusal = door.refusal::<ImportUsers>(&import("0123456789abcdef", sealed)).await?;
            acts::expect(&refusal, 400, ProblemCode::MalformedRequest)?;
        }
        ensure!(door.call::<ListUsers>(&Empty {}).await? == before, "{login}");
    }
    Ok(())
}

#[tokio::test]
async fn an_import_is_known_to_its_own_clinic_alone() -> Result<()> {
    let (theirs, ours) = (Clinic::open(Wardkey::shared()?)?, Clinic::open(Wardkey::shared()?)?);
    let their_owner = theirs.signed_in("Reception 1", theirs.user("whitfield")?).await?;
    let our_owner = ours.signed_in("Reception 1", ours.user("whitfield")?).await?;
    let name = "zyxwvtsrqpnmkjhg";
    let request = import(name, &sealed(&their_owner).await?);
    let there = their_owner.call::<ImportUsers>(&request).await?;
    let here = our_owner.call::<ImportUsers>(&import(name, &sealed(&our_owner).await?)).await?;
    ensure!(there.added.len() == 1 && here.added.len() == 1, "{there:?} {here:?}");
    ensure!(there.added != here.added, "{here:?}");
    Ok(())
}

async fn sealed(door: &Client) -> Result<String> {
    let made = door.call::<MakePasswords>(&PasswordWish { count: 1 }).await?;
    Ok(made.passwords.into_iter().next().context("no password")?.sealed)
}

fn import(name: &str, sealed: &str) -> Import {
    let person = acts::person(Role::Employee, "Newcomer", "newcomer");
    Import {
        import: name.to_owned(),
        people: vec![ImportPerson { line: 1, person, sealed: sealed.to_owned() }],
    }
}
