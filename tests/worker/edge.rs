//! What reaches the Worker from strangers: other origins, odd bodies, odd cookies. Nothing of it is a fault of ours.

use anyhow::{Result, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Clinic, Reply, Wardkey};
use wire::{
    Endpoint, ProblemCode,
    activities::ListActivities,
    operator::OpenClinic,
    sign_in::{
        AnswerQuestion, AuthorizeComputer, AuthorizeProfile, GetLock, GetSignIn, SignOut, SubmitPassword,
    },
    users::{GetUser, ListUsers, SendPin, Unlock},
};

const READS: [&str; 5] =
    [GetSignIn::PATH, GetLock::PATH, ListUsers::PATH, GetUser::PATH, ListActivities::PATH];
const CHANGES: [&str; 7] = [
    AuthorizeComputer::PATH,
    AuthorizeProfile::PATH,
    SubmitPassword::PATH,
    AnswerQuestion::PATH,
    SignOut::PATH,
    SendPin::PATH,
    Unlock::PATH,
];

async fn post(client: &Client, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Reply> {
    client.send(Method::POST, path, headers, Some(body.to_owned())).await
}

#[tokio::test]
async fn a_change_is_taken_from_our_own_pages_alone() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("hughes")?).await?;
    let own = client.origin().to_owned();
    let json = ("content-type", "application/json");
    let foreign = [
        vec![json],
        vec![json, ("origin", "null")],
        vec![json, ("origin", "https://evil.example")],
        vec![json, ("origin", "http://localhost")],
        vec![json, ("origin", &own), ("sec-fetch-site", "cross-site")],
        vec![json, ("origin", &own), ("sec-fetch-site", "same-site")],
    ];
    for path in CHANGES {
        for headers in &foreign {
            let reply = post(&client, path, headers, "{}").await?;
            ensure!(reply.problem()?.code == ProblemCode::ForeignOrigin, "{path} {headers:?}: {reply:?}");
            ensure!(reply.status == 403);
        }
    }
    let headers = [json, ("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
    let reply = post(&client, SignOut::PATH, &headers, "{}").await?;
    ensure!(reply.status == 200, "{reply:?}");
    Ok(())
}

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
    for path in CHANGES {
        for body in bodies {
            let reply = post(&client.twin()?, path, &headers, body).await?;
            let fine = (path == SignOut::PATH && body == "{}") || (400..500).contains(&reply.status);
            ensure!(fine, "{path} {body:.60}: {reply:?}");
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
    for path in READS {
        for query in queries {
            let reply = client.send(Method::GET, &format!("{path}{query}"), &[], None).await?;
            ensure!(reply.status < 500, "{path}{query}: {reply:?}");
        }
    }
    Ok(())
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
        let reply = post(&client, SignOut::PATH, &[origin, ("content-type", content_type)], "{}").await?;
        ensure!(
            reply.problem()?.code == ProblemCode::UnsupportedMediaType && reply.status == 415,
            "{content_type}: {reply:?}"
        );
    }
    let reply = post(&client, SignOut::PATH, &[origin], "{}").await?;
    ensure!(reply.status == 415, "{reply:?}");
    let long = format!(r#"{{"login":"a","password":"{}"}}"#, "b".repeat(20_000));
    let reply =
        post(&client, SubmitPassword::PATH, &[origin, ("content-type", "application/json")], &long).await?;
    ensure!(reply.problem()?.code == ProblemCode::RequestTooLarge && reply.status == 413, "{reply:?}");
    Ok(())
}

#[tokio::test]
async fn every_reply_of_the_api_is_secured() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let paths = ["/api/health", "/api/openapi.json", "/api/nowhere", GetUser::PATH, SignOut::PATH];
    for path in READS.into_iter().chain(paths) {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS] {
            let reply = client.send(method.clone(), path, &[], None).await?;
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
                ("cross-origin-resource-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ] {
                ensure!(reply.header(name) == value, "{method} {path}: {name}: {reply:?}");
            }
            let policy = reply.header("content-security-policy");
            ensure!(
                policy.starts_with("default-src 'none'; frame-ancestors 'none'"),
                "{method} {path}: {policy}"
            );
            ensure!(reply.header("access-control-allow-origin").is_empty(), "{method} {path}");
            ensure!(method != Method::HEAD || reply.text.is_empty(), "{path}: {reply:?}");
            if reply.status == 405 {
                ensure!(!reply.header("allow").is_empty(), "{method} {path}: {reply:?}");
            }
            if reply.status >= 400 && method != Method::HEAD {
                ensure!(
                    reply.header("content-type") == "application/problem+json",
                    "{method} {path}: {reply:?}"
                );
                let kind = format!("urn:wardkey:problem:{}", reply.problem()?.code.as_str());
                ensure!(reply.text.contains(&kind), "{method} {path}: {reply:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = Client::new(clinic.wardkey.origin())?;
    let own = client.origin().to_owned();
    let headers = [("content-type", "application/json"), ("origin", own.as_str())];
    let computer = clinic.computer("Reception 1")?;
    let body =
        serde_json::json!({ "username": computer.username, "password": computer.password }).to_string();
    let reply = post(&client, AuthorizeComputer::PATH, &headers, &body).await?;
    let cookies: Vec<&str> =
        reply.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect();
    ensure!(cookies.len() == 4, "step 1 begins anew: {cookies:?}");
    for cookie in cookies {
        ensure!(cookie.starts_with("__Host-wardkey_"), "{cookie}");
        for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
            ensure!(cookie.contains(part), "{cookie}");
        }
        ensure!(!cookie.contains("Domain"), "{cookie}");
    }
    Ok(())
}

#[tokio::test]
async fn an_odd_cookie_is_as_good_as_none() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let good = clinic.at("Reception 1").await?;
    let jar = good.cookies();
    let computer = jar
        .iter()
        .find(|(name, _)| name.ends_with("_computer"))
        .map(|(_, value)| value.clone())
        .unwrap_or_default();
    let stranger = Client::new(clinic.wardkey.origin())?;
    let (code, _) = computer.split_once('.').unwrap_or_default();
    for value in [
        String::new(),
        code.to_owned(),
        format!("{code}."),
        format!("{code}.{}", "a".repeat(43)),
        format!("{code}.{}", "a".repeat(3_000)),
        format!("aaaaaaaaaa.{}", "a".repeat(43)),
        format!("{computer}; __Host-wardkey_computer={computer}"),
        "%00\u{1}\"".to_owned(),
    ] {
        let cookie = format!("__Host-wardkey_computer={value}");
        // Our client can't send what is no header at all.
        if cookie.bytes().any(|byte| byte < 32) {
            continue;
        }
        let reply = stranger.send(Method::GET, GetSignIn::PATH, &[("cookie", &cookie)], None).await?;
        ensure!(reply.status == 200 && reply.text == r#"{"step":"computer"}"#, "{value}: {reply:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_clinic_is_opened_by_the_operator_alone() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    for authorization in ["", "Bearer ", "Bearer wrong", "Basic d3Jvbmc6d3Jvbmc="] {
        let headers = [("content-type", "application/json"), ("authorization", authorization)];
        let reply = post(&client, OpenClinic::PATH, &headers, "{}").await?;
        ensure!(
            reply.status == 404 && reply.problem()?.code == ProblemCode::NotFound,
            "{authorization}: {reply:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_description_names_every_route() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    let reply = client.send(Method::GET, "/api/openapi.json", &[], None).await?;
    let description: serde_json::Value = serde_json::from_str(&reply.text)?;
    ensure!(description["openapi"] == "3.1.0", "{}", description["openapi"]);
    for path in READS.into_iter().chain(CHANGES) {
        ensure!(description["paths"][path].is_object(), "{path}");
    }
    Ok(())
}
