//! Bodies and queries that no page of ours would send: each is refused, and nothing of it is a fault of ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Endpoint, ProblemCode,
    people::{CheckImport, ImportUsers},
    recovery::RequestReset,
    sign_in::SignOut,
    users::SendPin,
};

use crate::{
    acts,
    routes::{self, Ids, Route},
};

#[tokio::test]
async fn nothing_that_can_be_sent_is_a_fault_of_ours() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let own = client.origin().to_owned();
    let headers = [("content-type", "application/json"), ("origin", own.as_str())];
    let deep = format!("{}{}", "[".repeat(6_000), "]".repeat(6_000));
    let long = format!(
        r#"{{"login":"{}","password":"{}","code":"1","id":"x","pin":"1","yes":true}}"#,
        "a".repeat(5_000),
        "b".repeat(5_000)
    );
    let bodies = [
        "",
        "null",
        "true",
        "[]",
        "{}",
        "{",
        "\u{0}",
        "\u{feff}{}",
        deep.as_str(),
        long.as_str(),
        r#"{"yes":"yes"}"#,
        r#"{"yes":true,"yes":false}"#,
        r#"{"yes":true,"more":1}"#,
        r#"{"username":null,"password":[]}"#,
        r#"{"username":"a-1","password":""}"#,
        r#"{"username":"a-99999999999999999999","password":"x"}"#,
        r#"{"code":"１２３４５６"}"#,
        r#"{"code":"      "}"#,
        r#"{"login":"'; DROP TABLE accounts; --","password":"x"}"#,
        r#"{"login":"hughes","password":"\ud800"}"#,
        r#"{"login":"\u0000","password":"\u0000"}"#,
        r#"{"id":"../../etc/passwd"}"#,
        r#"{"id":"0123456789abcdef","pin":"00000a"}"#,
        r#"{"id":"0123456789abcdef","pin":1e999}"#,
    ];
    let routes = routes::with_method(&client, Method::POST).await?;
    ensure!(routes.len() > 25, "{}", routes.len());
    let ids = Ids::of(&client).await?;
    for Route { path, .. } in &routes {
        let mutants = mutants(&routes::request(path, &ids)?, "more");
        for body in bodies.into_iter().map(str::to_owned).chain(mutants.iter().map(Value::to_string)) {
            let reply = routes::post(&client, path, &headers, &body).await?;
            let fine = (200..500).contains(&reply.status) && (reply.status >= 400 || body.starts_with('{'));
            ensure!(fine, "{path} {body:.60}: {reply:?}");
            let stray = body.contains(r#""more":"#);
            ensure!(!stray || reply.status == 400, "{path} {body:.60}: {reply:?}");
        }
    }
    let queries = [
        "?",
        "?id",
        "?id=",
        "?id=%00",
        "?id=%ff%fe",
        "?id=a&id=b",
        "?login=%F0%9F%92%A9",
        "?login=a&login=b",
        "?before=-1",
        "?before=1e5",
        "?before=99999999999999999999",
        "?before=9007199254740993",
        "?limit=0",
        "?limit=-1",
        "?limit=4294967296",
        "?limit=201",
        "?x=1",
        "?%",
    ];
    let client = clinic.signed_in("Reception 2", clinic.user("whitfield")?).await?;
    for Route { path, .. } in routes::with_method(&client, Method::GET).await? {
        for query in queries {
            let reply = client.send(Method::GET, &format!("{path}{query}"), &[], None).await?;
            ensure!(reply.status < 500, "{path}{query}: {reply:?}");
        }
    }
    Ok(())
}

/// A request that is not quite as it should be: without a field, with another kind of thing in it, with one field more.
fn mutants(request: &Value, stray: &str) -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}"),
        json!("\u{202e}💩"),
        json!("x".repeat(4_000)),
        json!([]),
        json!({}),
        deep,
    ];
    let mut mutants = Vec::new();
    for name in request.as_object().into_iter().flat_map(|fields| fields.keys()) {
        let mut without = request.clone();
        without.as_object_mut().map(|fields| fields.remove(name));
        mutants.push(without);
        mutants.extend(odd.iter().map(|value| {
            let mut with = request.clone();
            with[name] = value.clone();
            with
        }));
    }
    let mut more = request.clone();
    more[stray] = json!(1);
    mutants.push(more);
    mutants
}

#[tokio::test]
async fn a_body_is_json_and_short() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    let own = client.origin().to_owned();
    let origin = ("origin", own.as_str());
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
    ] {
        let reply =
            routes::post(&client, SignOut::PATH, &[origin, ("content-type", content_type)], "{}").await?;
        ensure!(
            reply.problem()?.code == ProblemCode::UnsupportedMediaType && reply.status == 415,
            "{content_type}: {reply:?}"
        );
    }
    let reply = routes::post(&client, SignOut::PATH, &[origin], "{}").await?;
    ensure!(reply.status == 415, "{reply:?}");
    let long = format!(r#"{{"login":"a","password":"{}"}}"#, "b".repeat(20_000));
    for Route { path, .. } in routes::with_method(&client, Method::POST).await? {
        let reply =
            routes::post(&client, &path, &[origin, ("content-type", "application/json")], &long).await?;
        // A list of people may be longer.
        if matches!(path.as_str(), CheckImport::PATH | ImportUsers::PATH) {
            ensure!(reply.status == 400, "{path}: {reply:?}");
        } else {
            ensure!(
                reply.problem()?.code == ProblemCode::RequestTooLarge && reply.status == 413,
                "{reply:?}"
            );
        }
    }
    Ok(())
}

/// How long a mail may take that must not come.
const STRAY_PATIENCE: Duration = Duration::from_secs(2);
/// Where nobody's mail goes.
const STRAY: &str = "mallory@evil.example";

#[tokio::test]
async fn a_pin_and_a_link_go_to_their_own_address_whatever_stands_beside() -> Result<()> {
    // Its own, so that every mail is known.
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let email = |login: &str| anyhow::Ok(clinic.user(login)?.email.as_str());
    let door = clinic.at("Reception 1").await?;
    acts::lock(&door, "hughes").await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let partner = clinic.signed_in("Reception 2", clinic.user("okafor")?).await?;
    let (locked, own) = (acts::account(&owner, "hughes").await?, acts::account(&owner, "whitfield").await?);
    let headers = [("content-type", "application/json"), ("origin", owner.origin())];
    let (mut pressed, mut refused) = (BTreeMap::<&str, usize>::new(), 0);
    let presses = odd(&json!({ "id": locked }), &own, email("okafor")?);
    let asks = odd(&json!({ "login": "reid" }), "patel", email("patel")?);
    let seats = [(&owner, email("whitfield")?), (&partner, email("okafor")?)];
    for (client, email) in seats {
        for body in presses.iter().chain([&json!({ "id": locked }).to_string()]) {
            let reply = routes::post(client, SendPin::PATH, &headers, body).await?;
            ensure!(matches!(reply.status, 200 | 400..500), "{body:.60}: {reply:?}");
            let sent = reply.status == 200;
            *pressed.entry(email).or_default() += usize::from(sent);
            refused += usize::from(!sent);
        }
    }
    let mut asked = 0;
    for body in asks.iter().chain([&json!({ "login": "reid" }).to_string()]) {
        let reply = routes::post(&door, RequestReset::PATH, &headers, body).await?;
        ensure!(matches!(reply.status, 200 | 400..500), "{body:.60}: {reply:?}");
        asked += usize::from(reply.status == 200);
        refused += usize::from(reply.status != 200);
    }
    ensure!(pressed.values().all(|count| *count > 0) && asked > 0, "{pressed:?} {asked}");
    ensure!(refused >= presses.len() + asks.len(), "{refused} were refused");

    for email in [email("whitfield")?, email("okafor")?] {
        clinic.mail(email, "User Account Unlock").await?;
    }
    clinic.mail(email("reid")?, "Reset your password").await?;
    tokio::time::sleep(STRAY_PATIENCE).await;
    let owners = [email("whitfield")?, email("okafor")?];
    let (mut pins, mut links) = (BTreeMap::<String, usize>::new(), 0);
    for mail in wardkey.mailbox().seen() {
        let mail: Value = serde_json::from_str(&mail.body)?;
        let fields: BTreeSet<&str> =
            mail.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        ensure!(fields == ["from", "headers", "html", "subject", "text", "to"].into(), "{fields:?}");
        let to = mail["to"].as_array().filter(|to| to.len() == 1).and_then(|to| to[0].as_str());
        let (to, subject) = (to.with_context(|| mail["to"].to_string())?, mail["subject"].as_str());
        let right = match subject.unwrap_or_default() {
            "User Account Unlock" => {
                *pins.entry(to.to_owned()).or_default() += 1;
                owners.contains(&to)
            }
            "Reset your password" => {
                links += 1;
                to == email("reid")?
            }
            "Account Locked" => to == email("hughes")?,
            "User Account Locked" | "New computer authorised" => owners.contains(&to),
            _ => false,
        };
        ensure!(right, "{subject:?} went to {to}");
    }
    let pins: BTreeMap<&str, usize> = pins.iter().map(|(to, count)| (to.as_str(), *count)).collect();
    ensure!(pins == pressed, "PINs by address {pins:?}, pressed {pressed:?}");
    ensure!(links == asked.min(3), "{links} links for {asked} that were asked for");
    Ok(())
}

/// A request and what else somebody would like it to say: another one's name or address, beside or in the place of its own.
fn odd(request: &Value, other: &str, address: &str) -> Vec<String> {
    let field = request.as_object().and_then(|fields| fields.keys().next()).map_or("", String::as_str);
    let own = request[field].as_str().unwrap_or_default();
    let mut odd = vec![
        format!(r#"{{"{field}":"{own}","{field}":"{other}"}}"#),
        format!(r#"{{"{field}":"{other}","{field}":"{own}"}}"#),
        json!([{ field: own }, { field: other }]).to_string(),
    ];
    let values = [
        json!([own, other]),
        json!({ field: own, "email": address }),
        json!(format!("{own},{other}")),
        json!(format!("{own}\n{STRAY}")),
        json!(format!("{own}\u{0}{STRAY}")),
        json!(STRAY),
        json!(address),
    ];
    odd.extend(values.map(|value| json!({ field: value }).to_string()));
    for stray in ["to", "cc", "bcc", "email", "recipient", "owner", "reply_to"] {
        odd.extend([STRAY, address].map(|value| json!({ field: own, stray: value }).to_string()));
    }
    odd.extend(mutants(request, "email").iter().map(Value::to_string));
    odd
}
