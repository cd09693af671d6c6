//! A home: the folder that `cargo xtask home` writes, started as its unit says, behind Debian's nginx with TLS.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Home, authenticator};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::{ActivitiesQuery, ListActivities},
    health::GetHealth,
    operator::OpenedClinic,
    people::CheckImport,
    sign_in::{AuthorizeComputer, ComputerCredentials, GetSignIn, SignInState, SignOut},
};
use xtask::{demo, tools::on_path};

use crate::socket::Socket;

/// What whoever forges an address would write.
const FORGED: &str = "203.0.113.9";
/// The headers that some proxy or other takes for it.
const ADDRESS_HEADERS: [&str; 7] = [
    "x-real-ip",
    "x_real_ip",
    "x-forwarded-for",
    "forwarded",
    "cf-connecting-ip",
    "true-client-ip",
    "x-client-ip",
];

#[tokio::test]
async fn people_come_in_through_nginx_and_the_log_has_their_own_address() -> Result<()> {
    let mut home = Home::write()?;
    home.start_worker()?;
    home.start_nginx()?;
    let opened = demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;
    let (owner, _way, address) = home.browser().await?;

    // Step 1 with every header that a forger may think of.
    let computer = opened.computers.first().context("no computer")?;
    let body =
        ComputerCredentials { username: computer.username.clone(), password: computer.password.clone() };
    let mut headers: Vec<(&str, &str)> = ADDRESS_HEADERS.iter().map(|name| (*name, FORGED)).collect();
    headers.extend([("content-type", "application/json"), ("origin", owner.origin())]);
    let reply = owner
        .send(Method::POST, AuthorizeComputer::PATH, &headers, Some(serde_json::to_string(&body)?))
        .await?;
    ensure!(reply.status == 200, "{reply:?} {}", home.log());
    sign_in(&owner, &opened, "whitfield").await?;
    let page = owner.call::<ListActivities>(&ActivitiesQuery::default()).await?;
    ensure!(page.lines.len() >= 3, "{page:?}");
    for line in &page.lines {
        let known = line.address == address.to_string() || line.computer.is_empty();
        ensure!(known && line.address != FORGED, "{line:?}");
    }

    // The live socket: the line holds, and news come over it.
    let mut socket = Socket::open(&owner).await?;
    socket.say("ping").await?;
    socket.must_answer().await?;
    ensure!(
        Socket::try_open(&owner, "https://evil.example").await?.is_err(),
        "another site's page was let in"
    );

    files_are_small_and_answers_are_whole(&owner).await?;
    what_is_too_large_is_refused_calmly(&owner).await?;
    owner.sign_out().await.map(drop)
}

/// Steps 2 and 3, with step 1 behind.
pub async fn sign_in(client: &Client, opened: &OpenedClinic, login: &str) -> Result<()> {
    let profile = opened.profiles.first().context("no profile")?;
    client.authorize_profile(&authenticator::code(&profile.otpauth_url)?).await?;
    let user = opened.users.iter().find(|user| user.login == login).context("no such user")?;
    client.submit_password(&user.login, &user.password).await?;
    let state = client.answer(true).await?;
    ensure!(matches!(state, SignInState::SignedIn { .. }), "{state:?}");
    Ok(())
}

async fn files_are_small_and_answers_are_whole(client: &Client) -> Result<()> {
    let compressed = [("accept-encoding", "gzip")];
    for (path, encoding) in [("/", "gzip"), (GetHealth::PATH, ""), (GetSignIn::PATH, "")] {
        let reply = client.send(Method::GET, path, &compressed, None).await?;
        ensure!(reply.status == 200 && reply.header("content-encoding") == encoding, "{path}: {reply:?}");
        let hsts = reply.headers.get_all("strict-transport-security").iter().count();
        ensure!(hsts == 1, "{path}: {reply:?}");
        ensure!(!reply.header("content-security-policy").is_empty(), "{path}: {reply:?}");
    }
    Ok(())
}

async fn what_is_too_large_is_refused_calmly(client: &Client) -> Result<()> {
    let headers = [("content-type", "application/json"), ("origin", client.origin())];
    // Nginx refuses the first, and the Worker the second.
    for bytes in [3 << 20, 40 << 10] {
        let reply = client.send(Method::POST, SignOut::PATH, &headers, Some(" ".repeat(bytes))).await?;
        ensure!(reply.status == 413 && reply.problem()?.code == ProblemCode::RequestTooLarge, "{reply:?}");
        ensure!(reply.header("content-type") == "application/problem+json", "{reply:?}");
    }
    // The longest that any route takes is let through; that it is no list of people, the Worker says.
    let reply = client.send(Method::POST, CheckImport::PATH, &headers, Some(" ".repeat(1 << 20))).await?;
    ensure!(reply.status == 400, "{reply:?}");
    Ok(())
}

#[tokio::test]
async fn step_1_is_slowed_down_and_a_worker_that_is_away_is_told_of() -> Result<()> {
    let mut home = Home::write()?;
    home.start_worker()?;
    home.start_nginx()?;
    let (client, _way, _) = home.browser().await?;
    let headers = [("content-type", "application/json"), ("origin", client.origin())];
    let mut slowed = None;
    for _ in 0..80 {
        let reply = client.send(Method::POST, AuthorizeComputer::PATH, &headers, Some("{}".into())).await?;
        match reply.status {
            429 => slowed = slowed.or(Some(reply)),
            status => ensure!(status == 400 && slowed.is_none(), "{reply:?}"),
        }
    }
    let slowed = slowed.context("eighty tries in a row were let through")?;
    ensure!(slowed.problem()?.code == ProblemCode::SlowDown && !slowed.header("retry-after").is_empty());
    let (elsewhere, _way, _) = home.browser().await?;
    let reply = elsewhere.send(Method::POST, AuthorizeComputer::PATH, &headers, Some("{}".into())).await?;
    ensure!(reply.status == 400, "another network is slowed down as well: {reply:?}");

    home.kill_worker();
    let reply = client.send(Method::GET, GetSignIn::PATH, &[], None).await?;
    ensure!(reply.status == 503 && reply.problem()?.code == ProblemCode::Busy, "{reply:?}");
    home.start_worker()?;
    client.call::<GetSignIn>(&Empty {}).await.map(drop)
}

#[tokio::test]
async fn an_upgrade_keeps_the_secrets_and_the_version_before() -> Result<()> {
    let home = Home::write()?;
    let file = home.folder().join(xtask::home::FILE);
    let before = fs::read_to_string(&file)?;
    ensure!(fs::metadata(&file)?.permissions().mode() & 0o777 == 0o600);
    ensure!(fs::metadata(home.folder().join("data"))?.permissions().mode() & 0o777 == 0o700);
    let secret = &home.settings()?.secret_key;
    for part in ["workerd.capnp", "wardkey.service", "nginx.conf", "Containerfile"] {
        let text = fs::read_to_string(home.folder().join("current").join(part))?;
        ensure!(!text.contains(secret.as_str()), "a secret stands in {part}");
        let unfilled = ["{folder}", "{host}", "{origin}", "{port}", "{version}"];
        ensure!(!unfilled.iter().any(|name| text.contains(name)), "{part}: {text}");
    }
    home.upgrade()?;
    ensure!(fs::read_to_string(&file)? == before);
    if on_path("systemd-analyze").is_some() {
        let unit = home.folder().join("current/wardkey.service");
        let output = Command::new("systemd-analyze").arg("verify").arg(unit).output()?;
        let said = [output.stdout, output.stderr].concat();
        ensure!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
    }
    Ok(())
}
