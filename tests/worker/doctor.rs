//! `cargo xtask doctor --url`: what is wrong with what answers at an address, each thing broken once in the real proxy.

use std::fs;

use anyhow::{Context, Result, ensure};
use wardkey_tests::{Home, Wardkey};
use xtask::{
    doctor::{Finding, System, Verdict, deployed},
    metrics_key,
};

async fn look(url: &str, key: Option<&str>) -> Result<Vec<Finding>> {
    let (url, key) = (url.to_owned(), key.map(str::to_owned));
    tokio::task::spawn_blocking(move || deployed::look(&System::own(), &url, key.as_deref())).await?
}

fn wrong(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.verdict == Verdict::Bad).collect()
}

#[tokio::test]
async fn a_wardkey_that_is_well_is_said_to_be() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let key = metrics_key::of(&wardkey.settings().secret_key_bytes()?)?;
    let findings = look(wardkey.origin(), Some(&key)).await?;
    ensure!(wrong(&findings).is_empty() && findings.len() >= 9, "{findings:#?}");
    let stranger = look(wardkey.origin(), None).await?;
    ensure!(wrong(&stranger).is_empty(), "{stranger:#?}");
    ensure!(stranger.iter().any(|one| one.verdict == Verdict::Unseen), "{stranger:#?}");
    let other = look(wardkey.origin(), Some("the key of another")).await?;
    let [finding] = wrong(&other)[..] else { anyhow::bail!("{other:#?}") };
    ensure!(finding.said.contains("is this its SECRET_KEY?"), "{finding:?}");
    Ok(())
}

#[tokio::test]
async fn each_trouble_of_a_proxy_is_told_with_what_to_do() -> Result<()> {
    let mut home = Home::write()?;
    home.start_worker()?;
    home.start_nginx()?;
    let (_, way, address) = home.browser().await?;
    let key = metrics_key::of(&home.settings()?.secret_key_bytes()?)?;
    let well = look(&way.url(), Some(&key)).await?;
    ensure!(wrong(&well).is_empty(), "{well:#?}");
    ensure!(well.iter().any(|one| one.said == format!("it is told as {address}")), "{well:#?}");

    let file = home.folder().join("current/nginx.conf");
    let right = fs::read_to_string(&file)?;
    for (what, words, is, becomes) in [
        (
            "address of whoever comes",
            "anybody can write it",
            "X-Real-IP $remote_addr",
            "X-Real-IP $http_x_real_ip",
        ),
        ("address of whoever comes", "is not told it", "X-Real-IP $remote_addr", "X-Real-IP \"\""),
        ("live socket", "have the proxy pass `Upgrade`", "Upgrade $http_upgrade", "Upgrade \"\""),
        (
            "security headers",
            "content-security-policy",
            "server_tokens off;",
            "server_tokens off; proxy_hide_header Content-Security-Policy;",
        ),
        (
            "security headers",
            "x-content-type-options",
            "server_tokens off;",
            "server_tokens off; add_header X-Content-Type-Options nosniff;",
        ),
        (
            "health",
            "see where the name leads",
            "location /api/ {",
            "location = /api/health { return 404; }\n    location /api/ {",
        ),
    ] {
        let broken = right.replace(is, becomes);
        ensure!(broken != right, "{is} does not stand there");
        fs::write(&file, broken)?;
        home.restart_nginx()?;
        let findings = look(&way.url(), Some(&key)).await?;
        let [finding] = wrong(&findings)[..] else { anyhow::bail!("{what}: {findings:#?}") };
        ensure!(finding.what == what && finding.said.contains(words), "{what}, {words}: {finding:?}");
    }
    fs::write(&file, right)?;
    home.restart_nginx()?;

    // Its certificate is nobody's whom this computer trusts.
    let origin = home.settings()?.public_origin;
    let findings = look(&origin, None).await?;
    let [finding] = wrong(&findings)[..] else { anyhow::bail!("{findings:#?}") };
    ensure!(
        finding.said.contains("a certificate") || finding.said.contains("certificate is one"),
        "{finding:?}"
    );

    home.kill_worker();
    let findings = look(&way.url(), None).await?;
    let health =
        wrong(&findings).into_iter().find(|finding| finding.what == "health").context("it is well")?;
    ensure!(health.said.contains("it answers 503"), "{health:?}");
    Ok(())
}
