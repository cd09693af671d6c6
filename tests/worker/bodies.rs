//! Bodies and queries that no page of ours would send: each is refused, and nothing of it is a fault of ours.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Endpoint, ProblemCode,
    people::{CheckImport, ImportUsers},
    sign_in::SignOut,
};

use crate::routes::{self, Ids, Route};

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
