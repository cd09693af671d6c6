//! What reaches the Worker from strangers: other origins, odd cookies, no key.

use std::fs;

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Endpoint, ProblemCode,
    live::LIVE_PATH,
    operator::{OpenClinic, ReopenProfile, UnlockOwner},
    setup::MakeSetupLink,
    sign_in::{AuthorizeComputer, GetSignIn, SignOut},
    users::GetUser,
};
use xtask::{api_reference, root};

use crate::routes::{self, Ids, Route};

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
    for Route { path, .. } in routes::with_method(&client, Method::POST).await? {
        for headers in &foreign {
            let reply = routes::post(&client, &path, headers, "{}").await?;
            ensure!(reply.problem()?.code == ProblemCode::ForeignOrigin, "{path} {headers:?}: {reply:?}");
            ensure!(reply.status == 403);
        }
    }
    let headers = [json, ("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
    let reply = routes::post(&client, SignOut::PATH, &headers, "{}").await?;
    ensure!(reply.status == 200, "{reply:?}");
    Ok(())
}

#[tokio::test]
async fn every_reply_of_the_api_is_secured() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let paths = ["/api/health", "/api/openapi.json", "/api/nowhere", GetUser::PATH, SignOut::PATH];
    let reads = routes::with_method(&client, Method::GET).await?;
    for path in reads.iter().map(|route| route.path.as_str()).chain(paths) {
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
    let reply = routes::post(&client, AuthorizeComputer::PATH, &headers, &body).await?;
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
async fn a_clinic_is_opened_and_helped_by_the_operator_alone() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    for authorization in ["", "Bearer ", "Bearer wrong", "Basic d3Jvbmc6d3Jvbmc="] {
        let headers = [("content-type", "application/json"), ("authorization", authorization)];
        for path in [OpenClinic::PATH, MakeSetupLink::PATH, UnlockOwner::PATH, ReopenProfile::PATH] {
            let reply = routes::post(&client, path, &headers, "{}").await?;
            let absent = reply.status == 404 && reply.problem()?.code == ProblemCode::NotFound;
            ensure!(absent, "{path} {authorization}: {reply:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_reference_is_what_the_description_says() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    let reply = client.send(Method::GET, api_reference::DESCRIPTION, &[], None).await?;
    let (said, written) =
        (api_reference::text(&reply.text)?, fs::read_to_string(root().join(api_reference::FILE))?);
    let differs = said.lines().zip(written.lines()).find(|(said, written)| said != written);
    ensure!(
        said == written,
        "{} is out of date: `cargo xtask api-reference`. {differs:?}",
        api_reference::FILE
    );
    Ok(())
}

#[tokio::test]
async fn the_description_names_every_route() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    let reply = client.send(Method::GET, "/api/openapi.json", &[], None).await?;
    let description: serde_json::Value = serde_json::from_str(&reply.text)?;
    ensure!(description["openapi"] == "3.1.0", "{}", description["openapi"]);
    ensure!(description["paths"][LIVE_PATH]["get"].is_object());
    for path in [OpenClinic::PATH, MakeSetupLink::PATH] {
        let security = &description["paths"][path]["post"]["security"];
        ensure!(*security == json!([{ "operator": [] }]), "{path}: {security}");
    }
    let ids = Ids::of_nothing();
    for route in routes::of_browsers(&client).await? {
        let request = routes::request(&route.path, &ids)?;
        let fields = request.as_object().into_iter().flat_map(|fields| fields.keys());
        for field in fields {
            ensure!(route.fields.contains(field), "{}: {field} is not described", route.path);
        }
    }
    Ok(())
}
